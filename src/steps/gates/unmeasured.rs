//! G4 where there is no earlier night to measure a night by: what is unlikely in itself.

use std::collections::BTreeMap;

use super::mass_change::{FEW_LINES, baseline_of};
use crate::domain::{AccountStatement, Gate, GateReport, GateStatus, Scoring, Verdict};
use crate::steps::gate_report::{change_hash, report, unless_accepted};

/// A night without an earlier one to be held against may find one in so many of the lines to be waste.
const FIRST_NIGHT_PART: u32 = 3;
/// Of so many lines in use some other line is waste: the list may have left out whoever did not call.
const MANY_LINES: u32 = 30;

/// A night that no earlier one can measure: the accounts beyond their bounds, or why there is nothing to compare.
pub(super) fn unmeasured_night(
    accounts: &[AccountStatement],
    scoring: &Scoring,
    within: GateStatus,
    why: &str,
    accepted: &[String],
) -> Vec<GateReport> {
    let beyond = accounts
        .iter()
        .filter_map(|account| unmeasured(account, scoring, accepted));
    let mut told: Vec<GateReport> = beyond.collect();
    if told.is_empty() {
        told.push(report(Gate::G4MassFlag, within, why.to_owned()));
    }
    told
}

/// An account that no earlier night knew.
pub(super) fn first_night_of(
    account: &AccountStatement,
    scoring: &Scoring,
    accepted: &[String],
) -> GateReport {
    let id = &account.account_id;
    let is_baseline = format!("account {id}: its first good night is the baseline");
    unmeasured(account, scoring, accepted).unwrap_or(report(Gate::G4MassFlag, GateStatus::Ok, is_baseline))
}

/// An account whose lines are waste in larger part than a company's are, or none of many, or that has a location without
/// any use.
fn unmeasured(account: &AccountStatement, scoring: &Scoring, accepted: &[String]) -> Option<GateReport> {
    let id = &account.account_id;
    let waste = baseline_of(account, None).flagged;
    let (found, all) = (waste.len() as u32, account.lines.len() as u32);
    let in_use = account.lines.iter().filter(|line| {
        line.verdict == Verdict::InUse && line.activity.known_business_days >= scoring.min_known_business_days
    });
    let in_use = in_use.count() as u32;
    let mut faults = Vec::new();
    // Only what holds the night, so that the same question has the same answer on the next night.
    let mut key = vec![id.clone()];
    if found >= FEW_LINES && found * FIRST_NIGHT_PART > all {
        key.extend(waste);
        faults.push(format!("{found} of {all} lines are waste, over a third"));
    }
    if found == 0 && in_use >= MANY_LINES {
        key.push("no waste".to_owned());
        faults.push(format!("none of {all} lines is waste, and {in_use} are in use"));
    }
    for (location, lines) in silent_locations(account) {
        let fault = format!("none of the {lines} lines of {location} was ever used");
        key.push(fault.clone());
        faults.push(fault);
    }
    if faults.is_empty() {
        return None;
    }
    let detail = format!(
        "account {id}: {}, and there is no earlier night to measure that by: are all lines and calls there?",
        faults.join("; ")
    );
    let hash = change_hash(key);
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
