//! The gates that look at the whole night: join, mass change, schema. Each says what it saw, also when it
//! lets the night pass.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use super::day_join::DayJoin;
use super::roll_up::is_known_result;
use crate::domain::{
    AccountBaseline, AccountStatement, Baseline, Gate, GatePolicy, GateReport, GateStatus, Kind, Line,
    NightStatus, Verdict,
};

/// Fewer lines than these may fall silent together without holding a small company's night.
const FEW_LINES: u32 = 3;

fn report(gate: Gate, status: GateStatus, detail: String) -> GateReport {
    GateReport {
        gate,
        status,
        detail,
        accept: None,
    }
}

/// The hash that accepts exactly one change.
fn change_hash(parts: impl IntoIterator<Item = String>) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
        hasher.update([0]);
    }
    hasher
        .finalize()
        .iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// A hold or block passes, as a warning, when its very hash was accepted.
fn unless_accepted(found: GateReport, hash: String, accepted: &[String]) -> GateReport {
    if accepted.contains(&hash) {
        GateReport {
            status: GateStatus::Warn,
            detail: format!("accepted ({hash}): {}", found.detail),
            ..found
        }
    } else {
        GateReport {
            accept: Some(hash),
            ..found
        }
    }
}

/// Matched share in hundredths of a percent; none without any row that names a line.
pub fn joined_basis_points(join: &DayJoin) -> Option<u32> {
    (join.with_line_end > 0).then(|| (join.matched * 10_000 / join.with_line_end) as u32)
}

/// G3: do the calls belong to these lines?
pub fn join(
    account_id: &str,
    join: &DayJoin,
    legs_by_line: &BTreeMap<String, u64>,
    lines: &[Line],
    last: Option<&AccountBaseline>,
    policy: &GatePolicy,
    accepted: &[String],
) -> GateReport {
    let Some(joined) = joined_basis_points(join) else {
        return report(
            Gate::G3Join,
            GateStatus::Warn,
            format!("account {account_id}: no call row names a line"),
        );
    };
    let percent = |basis_points: u32| format!("{}.{:02} %", basis_points / 100, basis_points % 100);
    let contradicting = (join.contradictory * 10_000)
        .checked_div(join.matched)
        .unwrap_or(0) as u32;
    let facts = format!(
        "account {account_id}: {} of {} call rows that name a line fit one ({}); {} contradict themselves",
        join.matched,
        join.with_line_end,
        percent(joined),
        join.contradictory
    );
    let block = |why: &str| report(Gate::G3Join, GateStatus::Block, format!("{facts}: {why}"));
    if joined < policy.min_joined_percent * 100 {
        let strangers = join
            .strangers
            .most(5)
            .into_iter()
            .map(|(name, legs)| format!("{name} ({legs} rows)"));
        let strangers = strangers.collect::<Vec<_>>().join(", ");
        return block(&format!(
            "are these the calls of this account, and does the line list hold every extension, queues and attendants too, \
             with its login? Most often without a line: {strangers}"
        ));
    }
    let before = last.and_then(|last| last.joined_basis_points);
    if before.is_some_and(|before| before > joined + policy.max_joined_drop_points * 100) {
        return block(&format!(
            "the last good night had {}; were names hidden or numbers changed?",
            percent(before.unwrap_or(0))
        ));
    }
    if contradicting > policy.max_contradiction_percent * 100 {
        return block("extension and login disagree; are these another account's calls?");
    }
    match one_line_has_most(join, legs_by_line, lines, policy) {
        None => report(Gate::G3Join, GateStatus::Ok, facts),
        Some((line_id, extension)) => {
            let why = format!(
                "one person's line (extension {extension}) stands in more than half of all rows; was this pulled with a user's own rights?"
            );
            unless_accepted(
                block(&why),
                change_hash(["one line".to_owned(), account_id.to_owned(), line_id]),
                accepted,
            )
        }
    }
}

fn one_line_has_most(
    join: &DayJoin,
    legs_by_line: &BTreeMap<String, u64>,
    lines: &[Line],
    policy: &GatePolicy,
) -> Option<(String, String)> {
    let over = |legs: u64| legs * 100 > join.legs * u64::from(policy.max_one_line_percent);
    let mut persons = lines.iter().filter(|line| line.kind == Some(Kind::Person));
    let line = persons.find(|line| legs_by_line.get(&line.line_id).is_some_and(|legs| over(*legs)))?;
    (lines.len() >= 10).then(|| (line.line_id.clone(), line.extension.clone()))
}

/// G4: did too much change at once since the last good night?
pub fn mass_change(
    accounts: &[AccountStatement],
    scoring_digest: &str,
    last: Option<&Baseline>,
    policy: &GatePolicy,
    accepted: &[String],
) -> Vec<GateReport> {
    let Some(last) = last else {
        return vec![report(
            Gate::G4MassFlag,
            GateStatus::Ok,
            "first good night: this is the baseline".to_owned(),
        )];
    };
    if last.scoring_digest != scoring_digest {
        let detail = "the scoring settings changed: this night is a new baseline".to_owned();
        return vec![report(Gate::G4MassFlag, GateStatus::Warn, detail)];
    }
    accounts
        .iter()
        .map(|account| mass_change_of(account, last.accounts.get(&account.account_id), policy, accepted))
        .collect()
}

fn mass_change_of(
    account: &AccountStatement,
    last: Option<&AccountBaseline>,
    policy: &GatePolicy,
    accepted: &[String],
) -> GateReport {
    let id = &account.account_id;
    let Some(last) = last else {
        return report(
            Gate::G4MassFlag,
            GateStatus::Ok,
            format!("account {id}: its first good night is the baseline"),
        );
    };
    let now = baseline_of(account, None);
    let newly: Vec<&String> = now.flagged.difference(&last.flagged).collect();
    let limit = policy
        .mass_flag_lines
        .max(now.lines * policy.mass_flag_percent / 100);
    let shrank =
        |now: i64, before: i64| before > 0 && now * 100 < before * i64::from(100 - policy.max_shrink_percent);
    let mut faults = Vec::new();
    if newly.len() as u32 > limit {
        faults.push(format!(
            "{} lines are newly flagged, more than {limit}",
            newly.len()
        ));
    }
    if now.active_lines + FEW_LINES <= last.active_lines
        && shrank(i64::from(now.active_lines), i64::from(last.active_lines))
    {
        faults.push(format!(
            "{} lines were used in the last 30 days, against {} on the last good night: a part of the calls may be missing",
            now.active_lines, last.active_lines
        ));
    }
    for (what, now, before) in [
        ("users", i64::from(now.users), i64::from(last.users)),
        ("lines", i64::from(now.lines), i64::from(last.lines)),
        ("cents billed", now.billed_total.0, last.billed_total.0),
    ] {
        if shrank(now, before) {
            faults.push(format!("{now} {what} against {before} on the last good night"));
        }
    }
    if faults.is_empty() {
        let detail = format!(
            "account {id}: {} lines newly flagged since the last good night",
            newly.len()
        );
        return report(Gate::G4MassFlag, GateStatus::Ok, detail);
    }
    let key = newly.iter().map(|line| (*line).clone()).chain([
        now.users.to_string(),
        now.active_lines.to_string(),
        now.lines.to_string(),
        now.billed_total.to_string(),
    ]);
    let hash = change_hash(std::iter::once(id.clone()).chain(key));
    unless_accepted(
        report(
            Gate::G4MassFlag,
            GateStatus::Hold,
            format!("account {id}: {}", faults.join("; ")),
        ),
        hash,
        accepted,
    )
}

/// What this night leaves for the next.
pub fn baseline_of(account: &AccountStatement, joined_basis_points: Option<u32>) -> AccountBaseline {
    let users: BTreeSet<String> = account
        .lines
        .iter()
        .filter(|line| line.line.has_user())
        .map(|line| line.line.user_name())
        .collect();
    AccountBaseline {
        flagged: account
            .lines
            .iter()
            .filter(|line| line.verdict.is_waste())
            .map(|line| line.line.line_id.clone())
            .collect(),
        idle_costs: account
            .lines
            .iter()
            .filter(|line| line.verdict.is_waste())
            .map(|line| (line.line.line_id.clone(), line.cost.monthly_cost))
            .collect(),
        users: users.len() as u32 + account.seatless_users,
        lines: account.lines.len() as u32,
        active_lines: account
            .lines
            .iter()
            .filter(|line| line.activity.active_days_30 > 0)
            .count() as u32,
        billed_total: account.billed_total,
        joined_basis_points,
    }
}

/// G8: young, absent, exempt and protected lines are never flagged; and G9: what the calls say in words nobody knows.
pub fn grace(accounts: &[AccountStatement]) -> GateReport {
    let spared = |verdict| accounts.iter().map(|account| account.count(verdict)).sum::<u32>();
    let detail = format!(
        "left alone: {} new, {} on leave, {} exempt, {} protected",
        spared(Verdict::New),
        spared(Verdict::OnLeave),
        spared(Verdict::Exempt),
        spared(Verdict::Protected)
    );
    report(Gate::G8Grace, GateStatus::Ok, detail)
}

/// G9: the share of call rows whose result is none of the known words.
pub fn schema(results: &BTreeMap<String, u64>, notes: &[String], policy: &GatePolicy) -> GateReport {
    let total: u64 = results.values().sum();
    let unknown: Vec<(&String, u64)> = results
        .iter()
        .filter(|(word, _)| !is_known_result(word))
        .map(|(w, n)| (w, *n))
        .collect();
    let strange: u64 = unknown.iter().map(|(_, count)| count).sum();
    let words: Vec<String> = unknown
        .iter()
        .take(10)
        .map(|(word, count)| format!("{word:?} ({count})"))
        .collect();
    if total > 0 && strange * 100 > total * u64::from(policy.max_unknown_result_percent) {
        let detail = format!(
            "{strange} of {total} call rows have a result that nobody knows: {}",
            words.join(", ")
        );
        return report(Gate::G9Schema, GateStatus::Block, detail);
    }
    let mut noted: Vec<&String> = notes.iter().collect();
    noted.sort();
    noted.dedup();
    let noted = noted.iter().map(|note| format!("; {note}")).collect::<String>();
    if strange > 0 {
        let detail = format!(
            "unknown results, taken as use where somebody talked: {}{noted}",
            words.join(", ")
        );
        return report(Gate::G9Schema, GateStatus::Warn, detail);
    }
    report(
        Gate::G9Schema,
        GateStatus::Ok,
        format!("every required column is there{noted}"),
    )
}

/// G9: an inventory without a line is a broken or foreign export, not a company without phones.
pub fn inventory(account_id: &str, lines: usize) -> Option<GateReport> {
    let detail =
        format!("account {account_id}: no line was read; is the line list empty, or of another account?");
    (lines == 0).then(|| report(Gate::G9Schema, GateStatus::Block, detail))
}

/// The exit code that the gates ask for: 76 for what changed its shape, 65 for every other hold or block.
pub fn exit_code(gates: &[GateReport]) -> u8 {
    let stops = |gate: &&GateReport| matches!(gate.status, GateStatus::Hold | GateStatus::Block);
    match gates
        .iter()
        .filter(stops)
        .map(|gate| gate.gate)
        .collect::<Vec<_>>()[..]
    {
        [] => 0,
        [Gate::G9Schema] => 76,
        _ => 65,
    }
}

/// The gravest gate decides the night.
pub fn status(gates: &[GateReport]) -> NightStatus {
    match gates.iter().map(|gate| gate.status).max() {
        Some(GateStatus::Block) => NightStatus::Blocked,
        Some(GateStatus::Hold) => NightStatus::Held,
        Some(GateStatus::Warn) => NightStatus::Warned,
        Some(GateStatus::Ok) | None => NightStatus::Ok,
    }
}
