//! G4: did too much change at once since the last good night?

use std::collections::{BTreeMap, BTreeSet};

use super::{change_hash, report, unless_accepted};
use crate::domain::{
    AccountBaseline, AccountStatement, Baseline, Gate, GatePolicy, GateReport, GateStatus, Verdict,
};

/// Fewer lines than these may fall silent together, or be waste at first, without holding a small company's night.
const FEW_LINES: u32 = 3;
/// A night without an earlier one to be held against may find one in so many of the lines to be waste.
const FIRST_NIGHT_PART: u32 = 3;

/// G4: did too much change at once since the last good night?
pub fn mass_change(
    accounts: &[AccountStatement],
    scoring_digest: &str,
    last: Option<&Baseline>,
    policy: &GatePolicy,
    accepted: &[String],
) -> Vec<GateReport> {
    let Some(last) = last else {
        return unmeasured_night(
            accounts,
            GateStatus::Ok,
            "first good night: this is the baseline",
            accepted,
        );
    };
    if last.scoring_digest != scoring_digest {
        let why = "the scoring settings changed: this night is a new baseline";
        return unmeasured_night(accounts, GateStatus::Warn, why, accepted);
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
        let unmeasured = unmeasured(account, accepted);
        let is_baseline = format!("account {id}: its first good night is the baseline");
        return unmeasured.unwrap_or(report(Gate::G4MassFlag, GateStatus::Ok, is_baseline));
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

/// A night that no earlier one can measure: the accounts beyond their bounds, or why there is nothing to compare.
fn unmeasured_night(
    accounts: &[AccountStatement],
    within: GateStatus,
    why: &str,
    accepted: &[String],
) -> Vec<GateReport> {
    let beyond = accounts
        .iter()
        .filter_map(|account| unmeasured(account, accepted));
    let mut told: Vec<GateReport> = beyond.collect();
    if told.is_empty() {
        told.push(report(Gate::G4MassFlag, within, why.to_owned()));
    }
    told
}

/// An account whose lines are waste in larger part than a company's are, or that has a location without any use.
fn unmeasured(account: &AccountStatement, accepted: &[String]) -> Option<GateReport> {
    let id = &account.account_id;
    let waste = baseline_of(account, None).flagged;
    let (found, all) = (waste.len() as u32, account.lines.len() as u32);
    let mut faults = Vec::new();
    if found >= FEW_LINES && found * FIRST_NIGHT_PART > all {
        faults.push(format!("{found} of {all} lines are waste, over a third"));
    }
    faults.extend(
        silent_locations(account)
            .into_iter()
            .map(|(location, lines)| format!("none of the {lines} lines of {location} was ever used")),
    );
    if faults.is_empty() {
        return None;
    }
    let detail = format!(
        "account {id}: {}, and there is no earlier night to measure that by: are all calls there?",
        faults.join("; ")
    );
    let hash = change_hash(std::iter::once(id.clone()).chain(waste));
    let hold = report(Gate::G4MassFlag, GateStatus::Hold, detail);
    Some(unless_accepted(hold, hash, accepted))
}

/// Locations that are waste as a whole since none of their lines was ever used, while another location's are, with how many
/// lines they have.
fn silent_locations(account: &AccountStatement) -> BTreeMap<&str, u32> {
    let mut silent: BTreeMap<&str, u32> = BTreeMap::new();
    for line in &account.lines {
        if let (Some(location), Verdict::NeverUsed) = (line.line.location.as_deref(), line.verdict) {
            *silent.entry(location).or_default() += 1;
        }
    }
    let used = account
        .lines
        .iter()
        .filter(|line| line.activity.last_used_on.is_some());
    for line in used {
        if let Some(location) = line.line.location.as_deref() {
            silent.remove(location);
        }
    }
    silent.retain(|_, lines| *lines >= FEW_LINES);
    silent
}

/// What this night leaves for the next.
pub fn baseline_of(account: &AccountStatement, joined_basis_points: Option<u32>) -> AccountBaseline {
    let users: BTreeSet<String> = account
        .lines
        .iter()
        .map(|line| line.line.user_name())
        .filter(|name| !name.is_empty())
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
        idle_last_used: account
            .lines
            .iter()
            .filter(|line| line.verdict.is_waste())
            .map(|line| (line.line.line_id.clone(), line.activity.last_used_on))
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
        accepted_nameless_basis_points: None,
    }
}
