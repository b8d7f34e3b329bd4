//! The sentences that page and mails share, so that no two of them say the same figure in different words.

use super::cell::{counted, money, percent, thousands};
use super::figures;
use super::safe::{Discretion, clean};
use super::terminal::coverage_words;
use crate::domain::{
    AccountStatement, BRIDGE_PARTS, BridgePart, Cents, CoverageSummary, ExpectedWaste, GateReport,
    GateStatus, LineModel, NightStatus, Recoverable, Statement,
};

/// What the words mean and what call logs cannot show, for every report.
pub fn small_print(statement: &Statement) -> Vec<&'static str> {
    let accounts = || figures::printed_accounts(statement).iter();
    let is_by_rule = accounts().all(|account| account.model.source == LineModel::Rule);
    let idle = if is_by_rule { IDLE_BY_RULE } else { IDLE_BY_CHANCE };
    let mut print = vec![idle];
    if accounts().any(|account| account.expected_waste.is_some()) {
        print.push(EXPECTED_WASTE);
    }
    print.extend(SMALL_PRINT);
    print
}

const IDLE_BY_RULE: &str = "Idle means: no call placed or answered for the whole window, no call ever, nobody holds the line, or its \
                            holder has left.";
const IDLE_BY_CHANCE: &str = "Idle means: silent so long that, by the chance that it stays silent, removing the line is worth more \
                              than waiting; or no call ever, nobody holds the line, or its holder has left.";
const EXPECTED_WASTE: &str = "Expected waste is each line's monthly cost times the chance that it stays silent for the next 90 days, \
                              summed over all lines that have such a chance, also those in use. Its 80 % interval takes lines to fall \
                              silent independently of each other.";
const SMALL_PRINT: &[&str] = &[
    "Call logs show calls. They do not show text messages, meetings, fax, or who is signed in to an app: a line without \
     calls may serve one of these, which is why its holder is asked where there is any doubt.",
    "A day whose call data is missing counts neither as use nor as silence.",
    "Amounts are a month's unless a column says otherwise. Nothing is extrapolated to a year, and amounts that come back at \
     different times are never added together.",
];

pub fn account_heading(account: &AccountStatement) -> String {
    let (name, id) = (clean(&account.name), clean(&account.account_id));
    if name.trim().is_empty() || name == id {
        format!("Account {id}")
    } else {
        format!("{name} ({id})")
    }
}

/// The whole night in one sentence: idle money, its share of the bill, how sure that is, and what is decided by when.
pub fn headline(account: &AccountStatement, statement: &Statement) -> String {
    let lines = figures::waste_lines(account);
    let mut head = match lines {
        0 => format!(
            "No idle line among {}",
            counted(account.lines.len() as u32, "line", "lines")
        ),
        _ => format!(
            "{} a month is idle",
            money(account.idle_monthly, account.currency)
        ),
    };
    let idle = account.bridge.get(BridgePart::Idle);
    if lines > 0 && account.billed_total > Cents::ZERO {
        head.push_str(&format!(
            ", {} of the bill",
            percent(idle.0, account.billed_total.0)
        ));
    }
    if let Some(waste) = account.expected_waste.filter(|_| lines > 0) {
        head.push_str(&format!(
            " (expected waste of all lines {} to {})",
            money(waste.low, account.currency),
            money(waste.high, account.currency)
        ));
    }
    let deadline = deadline(account, statement);
    let mut letters = deadline.chars();
    let first: String = letters
        .next()
        .map(|letter| letter.to_lowercase().collect())
        .unwrap_or_default();
    format!("{head}; {first}{}", letters.as_str())
}

/// What is lost if nothing happens before the next deadline.
pub fn deadline(account: &AccountStatement, statement: &Statement) -> String {
    let currency = account.currency;
    if let Some(next) = figures::next_deadline(account, statement.as_of) {
        return format!(
            "Give notice by {}, or {} a month ({}) stays for another term.",
            next.notice_by,
            money(next.amount, currency),
            next.counted()
        );
    }
    let next_bill = account
        .recoverable
        .get(&Recoverable::NextBill)
        .filter(|bucket| !bucket.amount.is_zero());
    match next_bill.and_then(|bucket| Some((bucket.amount, bucket.earliest_on?))) {
        Some((amount, day)) => {
            format!(
                "No notice deadline is ahead; {} a month can stop from {day} on.",
                money(amount, currency)
            )
        }
        None => "No notice deadline is ahead.".to_owned(),
    }
}

/// Idle money a month, its share of the bill, and whether that bill is whole.
pub fn idle(account: &AccountStatement) -> String {
    format!("{}{}", idle_share(account), short_bill(account))
}

/// What silence is expected to cost; none where no line has a chance of it.
pub fn expected_waste(account: &AccountStatement) -> Option<String> {
    let waste = account.expected_waste?;
    Some(format!(
        "Expected waste: {} a month ({}), over the {} of {} that have a chance of silence.",
        money(waste.amount, account.currency),
        interval(account, &waste),
        counted(waste.lines, "line", "lines"),
        thousands(&account.lines.len().to_string()),
    ))
}

/// `80 % interval USD 90.00 to USD 110.00`.
pub fn interval(account: &AccountStatement, waste: &ExpectedWaste) -> String {
    format!(
        "80 % interval {} to {}",
        money(waste.low, account.currency),
        money(waste.high, account.currency)
    )
}

/// A figure beside the bill is worth less where the bill is short.
fn short_bill(account: &AccountStatement) -> String {
    match account.set_aside.len() {
        0 => String::new(),
        rows => format!(
            " The bill is not complete: {} could not be used ({}).",
            counted(u32::try_from(rows).unwrap_or(u32::MAX), "row", "rows"),
            clean(&account.set_aside.join("; "))
        ),
    }
}

fn idle_share(account: &AccountStatement) -> String {
    let lines = figures::waste_lines(account);
    if lines == 0 {
        return format!(
            "No idle line among {}.",
            counted(account.lines.len() as u32, "line", "lines")
        );
    }
    let head = format!(
        "{} of {} {} idle and {} {} a month.",
        lines,
        counted(account.lines.len() as u32, "line", "lines"),
        if lines == 1 { "is" } else { "are" },
        if lines == 1 { "costs" } else { "cost" },
        money(account.idle_monthly, account.currency)
    );
    format!("{head} {}", share_of_bill(account))
}

fn share_of_bill(account: &AccountStatement) -> String {
    if account.invoice_ids.is_empty() {
        return "No invoice was read, so there is no bill to compare it with.".to_owned();
    }
    let idle = account.bridge.get(BridgePart::Idle);
    let billed = money(account.billed_total, account.currency);
    let period = period(account)
        .map(|period| format!(" for {period}"))
        .unwrap_or_default();
    if account.billed_total <= Cents::ZERO {
        return format!("The bill{period} comes to {billed}.");
    }
    format!(
        "Of the {billed} billed{period}, {} ({}) is for them.",
        money(idle, account.currency),
        percent(idle.0, account.billed_total.0)
    )
}

/// The bill taken apart in one sentence, parts of 0.00 left out; none without an invoice.
pub fn bridge(account: &AccountStatement) -> Option<String> {
    if account.invoice_ids.is_empty() {
        return None;
    }
    let part = |part: &BridgePart| {
        let amount = account.bridge.get(*part);
        (!amount.is_zero()).then(|| {
            format!(
                "{} {}",
                super::plain::bridge_part(*part).to_lowercase(),
                thousands(&amount.to_string())
            )
        })
    };
    let parts: Vec<String> = BRIDGE_PARTS.iter().filter_map(part).collect();
    Some(format!(
        "The bill of {}, to the cent: {}.",
        money(account.billed_total, account.currency),
        parts.join("; ")
    ))
}

/// `2026-10-01 to 2026-10-31`.
pub fn period(account: &AccountStatement) -> Option<String> {
    account.period.map(|(start, end)| format!("{start} to {end}"))
}

/// `calls known on 394 days, 6 not complete, newest call 2026-10-16 21:58 UTC`; the account where there are several.
fn data_words(statement: &Statement, coverage: &CoverageSummary) -> String {
    let told = coverage_words(coverage);
    let head = format!("{} {}: ", coverage.account_id, coverage.source);
    let days = told.strip_prefix(&head).unwrap_or(&told);
    match statement.accounts.len() {
        0 | 1 => format!("{}: {days}", coverage.source),
        _ => format!("account {}, {}: {days}", coverage.account_id, coverage.source),
    }
}

/// Whether the figure can be trusted, in one line.
pub fn health(statement: &Statement) -> String {
    let mut parts: Vec<String> = statement
        .coverage
        .iter()
        .map(|coverage| clean(&data_words(statement, coverage)))
        .collect();
    if parts.is_empty() {
        parts.push("no coverage is recorded".to_owned());
    }
    parts.push(format!(
        "{} set aside",
        counted(
            u32::try_from(statement.quarantine.len()).unwrap_or(u32::MAX),
            "input row",
            "input rows"
        )
    ));
    parts.push(format!(
        "{} call rows fit no line",
        thousands(&statement.unmatched_calls.to_string())
    ));
    let warnings = figures::gates_that_spoke(statement).count() as u32;
    parts.push(match warnings {
        0 => "all checks passed".to_owned(),
        some => format!("{} below", counted(some, "warning", "warnings")),
    });
    format!("Data: {}.", parts.join("; "))
}

/// Each gate that had something to say.
pub fn warnings(statement: &Statement, discretion: &Discretion) -> Vec<String> {
    figures::gates_that_spoke(statement)
        .map(|gate| discretion.without_names(&check_words(statement, gate)))
        .collect()
}

/// What a check saw, without the words of its making: the account is named where there are several, the check at the end.
pub fn check_words(statement: &Statement, gate: &GateReport) -> String {
    let detail = match &statement.accounts[..] {
        [only] => {
            let prefix = format!("account {}: ", only.account_id);
            gate.detail.strip_prefix(&prefix).unwrap_or(&gate.detail)
        }
        _ => &gate.detail,
    };
    let mut letters = detail.chars();
    let first: String = letters
        .next()
        .map(|letter| letter.to_uppercase().collect())
        .unwrap_or_default();
    format!("{first}{} (check {}).", letters.as_str(), gate.gate)
}

/// Why there is no figure tonight.
pub fn withheld(statement: &Statement, discretion: &Discretion) -> String {
    let stopped: Vec<String> = statement
        .gates
        .iter()
        .filter(|gate| gate.status >= GateStatus::Hold)
        .map(|gate| discretion.without_names(&gate.detail))
        .collect();
    let why = if stopped.is_empty() {
        "a check failed".to_owned()
    } else {
        stopped.join("; ")
    };
    let what = match statement.status {
        NightStatus::Held => "held until an operator has looked at it",
        _ => "the data cannot be trusted",
    };
    format!("No figure tonight ({what}): {why}. The last good report stands.")
}
