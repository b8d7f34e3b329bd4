//! Everything beside the calls that a job reads, and the job file itself.

use chrono::NaiveDate;

use super::billing::Invoice;
use super::days::{Span, shift};
use super::kinds::TruthKind;
use super::planted::Planted;
use super::population::{Population, SynthLine};
use super::prng::{Rng, Topic};
use super::write::table;
use super::{SynthError, SynthOptions};
use crate::domain::{Charge, Contract, DecisionKind, DirectoryStatus, Line};

/// Between the members of a list in one cell.
const LIST_SEPARATOR: &str = ";";

/// Writes the tables and the job file, and says how many files they are.
pub(super) fn write(
    options: &SynthOptions,
    population: &Population,
    invoices: &[Invoice],
    contracts: &[Contract],
) -> Result<u64, SynthError> {
    let path = |name: &str| options.out.join(name);
    let charges = invoices.iter().flat_map(|invoice| &invoice.charges);
    table(path("lines.csv"), &LINES, lines_rows(population))?;
    table(path("charges.csv"), &CHARGES, charges.map(charge_row).collect())?;
    table(
        path("contracts.csv"),
        &CONTRACTS,
        contracts.iter().map(contract_row).collect(),
    )?;
    table(
        path("directory.csv"),
        &DIRECTORY,
        directory_rows(options, population),
    )?;
    table(
        path("decisions.csv"),
        &DECISIONS,
        decision_rows(options, population),
    )?;
    table(path("holidays.csv"), &HOLIDAYS, holiday_rows(options, population))?;
    let job_file = path("job.toml");
    std::fs::write(&job_file, job_text(options)).map_err(|source| SynthError::write(&job_file, source))?;
    Ok(7)
}

const LINES: [&str; 25] = [
    "account_id",
    "extension",
    "external_id",
    "sip_ids",
    "user_id",
    "login_name",
    "email",
    "first_name",
    "last_name",
    "role",
    "status",
    "kind",
    "tier",
    "term",
    "contract_id",
    "seat_since",
    "seat_until",
    "activated_on",
    "department",
    "cost_center",
    "manager_email",
    "location",
    "time_zone",
    "dids",
    "handset_registered_at",
];

fn lines_rows(population: &Population) -> Vec<Vec<String>> {
    let seats = population.lines.iter().map(|line| &line.line);
    seats
        .chain(&population.queues)
        .chain(&population.silent_queues)
        .chain(&population.seatless)
        .map(line_row)
        .collect()
}

fn line_row(line: &Line) -> Vec<String> {
    vec![
        line.account_id.clone(),
        line.extension.clone(),
        text(&line.external_id),
        line.sip_ids.join(LIST_SEPARATOR),
        text(&line.user_id),
        text(&line.login_name),
        text(&line.email),
        text(&line.first_name),
        text(&line.last_name),
        text(&line.role),
        line.status.to_string(),
        text(&line.kind),
        text(&line.tier),
        text(&line.term),
        text(&line.contract_id),
        text(&line.seat_since),
        text(&line.seat_until),
        text(&line.activated_on),
        text(&line.department),
        text(&line.cost_center),
        text(&line.manager_email),
        text(&line.location),
        text(&line.time_zone),
        line.dids.join(LIST_SEPARATOR),
        text(&line.handset_registered_at),
    ]
}

const CHARGES: [&str; 16] = [
    "account_id",
    "invoice_id",
    "invoice_date",
    "period_start",
    "period_end",
    "description",
    "amount",
    "currency",
    "charge_kind",
    "extension",
    "phone_number",
    "email",
    "tier",
    "term",
    "quantity",
    "unit_price",
];

fn charge_row(charge: &Charge) -> Vec<String> {
    vec![
        charge.account_id.clone(),
        charge.invoice_id.clone(),
        charge.invoice_date.to_string(),
        charge.period_start.to_string(),
        charge.period_end.to_string(),
        charge.description.clone(),
        charge.amount.to_string(),
        charge.currency.to_string(),
        text(&charge.charge_kind),
        text(&charge.extension),
        text(&charge.phone_number),
        text(&charge.email),
        text(&charge.tier),
        text(&charge.term),
        text(&charge.quantity),
        text(&charge.unit_price),
    ]
}

const CONTRACTS: [&str; 14] = [
    "account_id",
    "contract_id",
    "term",
    "start_on",
    "end_on",
    "tier",
    "committed_lines",
    "unit_price",
    "list_price",
    "promo_ends_on",
    "auto_renew",
    "notice_days",
    "mid_term_credit",
    "min_tier_reason",
];

fn contract_row(contract: &Contract) -> Vec<String> {
    vec![
        contract.account_id.clone(),
        contract.contract_id.clone(),
        contract.term.to_string(),
        contract.start_on.to_string(),
        text(&contract.end_on),
        text(&contract.tier),
        text(&contract.committed_lines),
        text(&contract.unit_price),
        text(&contract.list_price),
        text(&contract.promo_ends_on),
        text(&contract.auto_renew),
        text(&contract.notice_days),
        text(&contract.mid_term_credit),
        text(&contract.min_tier_reason),
    ]
}

const DIRECTORY: [&str; 9] = [
    "account_id",
    "email",
    "status",
    "departed_on",
    "on_leave_until",
    "last_sign_in_at",
    "department",
    "cost_center",
    "manager_email",
];

fn directory_rows(options: &SynthOptions, population: &Population) -> Vec<Vec<String>> {
    let people = population
        .lines
        .iter()
        .enumerate()
        // A second line's holder stands there already, with the first.
        .filter(|(_, line)| line.line.has_user() && line.planted != Some(Planted::SecondLine));
    people
        .map(|(index, line)| directory_row(options, &population.span, index, line))
        .collect()
}

fn directory_row(options: &SynthOptions, span: &Span, index: usize, line: &SynthLine) -> Vec<String> {
    let mut rng = Rng::stream(options.seed, Topic::Person, 1, index as u64);
    let status = match line.truth {
        TruthKind::Leaver => DirectoryStatus::Departed,
        TruthKind::Dead if rng.per_mille(200) => DirectoryStatus::Disabled,
        _ => DirectoryStatus::Active,
    };
    let seen = last_sign_in(&mut rng, span, line, status);
    let (hour, minute) = (rng.between(11, 22), rng.between(0, 59));
    let sign_in = seen.map(|day| format!("{day}T{hour:02}:{minute:02}:00Z"));
    vec![
        line.line.account_id.clone(),
        text(&line.line.email),
        status.to_string(),
        text(&line.life.departed_on),
        text(&line.life.on_leave_until),
        text(&sign_in),
        text(&line.line.department),
        text(&line.line.cost_center),
        text(&line.line.manager_email),
    ]
}

/// Three in ten of those whose line is dead still sign in: they call with something else.
fn last_sign_in(rng: &mut Rng, span: &Span, line: &SynthLine, status: DirectoryStatus) -> Option<NaiveDate> {
    let recent = shift(span.last, -rng.between(0, 6));
    let before_silence = line
        .life
        .dead_since
        .map(|since| shift(since, -1))
        .filter(|day| *day < recent);
    let signs_in_still = rng.per_mille(300) && status == DirectoryStatus::Active;
    match (line.truth, line.life.latest_away(span)) {
        (TruthKind::NeverUsed, _) => Some(recent).filter(|_| signs_in_still),
        (TruthKind::Joiner, _) => Some(recent).filter(|day| line.life.used_from <= *day),
        (_, Some((from, to))) if from <= recent && recent <= to => Some(shift(from, -1)),
        _ if signs_in_still => Some(recent),
        _ => Some(before_silence.unwrap_or(recent)),
    }
}

const DECISIONS: [&str; 9] = [
    "account_id",
    "line_id",
    "finding_id",
    "decision",
    "reason",
    "owner",
    "decided_on",
    "expires_on",
    "holder",
];

/// Two keeps on dead lines that are in force, one that has lapsed, and one on a line never used.
fn decision_rows(options: &SynthOptions, population: &Population) -> Vec<Vec<String>> {
    let of = |truth: TruthKind| population.lines.iter().filter(move |line| line.truth == truth);
    let last = options.last_day;
    let dead = of(TruthKind::Dead).zip([120, 30, -20]);
    let never_used = of(TruthKind::NeverUsed).zip([60]);
    dead.chain(never_used)
        .map(|(line, days_left)| {
            let reason = if line.truth == TruthKind::Dead {
                "Kept for a project"
            } else {
                "Starts next month"
            };
            vec![
                options.account_id.clone(),
                line.line.line_id.clone(),
                String::new(),
                DecisionKind::Keep.to_string(),
                reason.to_owned(),
                text(&line.line.manager_email),
                shift(last, -75).to_string(),
                shift(last, days_left).to_string(),
                line.line.user_name(),
            ]
        })
        .collect()
}

const HOLIDAYS: [&str; 4] = ["account_id", "location", "day", "name"];

fn holiday_rows(options: &SynthOptions, population: &Population) -> Vec<Vec<String>> {
    let span = &population.span;
    let inside = span
        .holidays
        .iter()
        .filter(|(day, _)| (span.first..=span.last).contains(day));
    inside
        .map(|(day, name)| {
            vec![
                options.account_id.clone(),
                String::new(),
                day.to_string(),
                (*name).to_owned(),
            ]
        })
        .collect()
}

fn job_text(options: &SynthOptions) -> String {
    let SynthOptions {
        last_day,
        account_id,
        time_zone,
        mix,
        ..
    } = options;
    let calls = if options.gzip {
        "calls/*.csv.gz"
    } else {
        "calls/*.csv"
    };
    let mut job = format!(
        r#"# A made-up account. Run it with: quietline run job.toml
[job]
name = "synth"
as_of = "{last_day}"
store = "store"
reports = "reports"

[accounts."{account_id}"]
name = "Synthetic Company ({mix})"
time_zone = "{time_zone}"
currency = "USD"

[sources.calls]
files = ["{calls}"]
"#
    );
    for source in [
        "lines",
        "charges",
        "contracts",
        "directory",
        "decisions",
        "holidays",
    ] {
        job.push_str(&format!("\n[sources.{source}]\nfiles = [\"{source}.csv\"]\n"));
    }
    job.push_str(
        r#"
[mail]
transport = "file"
from = "quietline@example.test"

[mail.finance]
to = ["finance@example.test"]

[mail.admins]
to = ["voice-admins@example.test"]
"#,
    );
    job
}

/// A cell; blank where there is nothing.
pub(super) fn text<T: ToString>(value: &Option<T>) -> String {
    value.as_ref().map(T::to_string).unwrap_or_default()
}
