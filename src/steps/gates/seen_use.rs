//! G4: is use that earlier nights saw still there?

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::domain::{
    AccountStatement, CallKeys, DayState, Gate, GateReport, GateStatus, Line, Seal, SeenKeys,
};
use crate::steps::coverage::{Coverage, Scope};
use crate::steps::gate_report::{change_hash, report, unless_accepted};
use crate::steps::gates::lost_use::LostUse;
use crate::steps::usage::former_lines::sealed_keys;

/// Fewer lost days than these are corrections of single calls, unless the line is waste without them.
const FEW_DAYS: usize = 3;
/// Lines that are named.
const SHOWN: usize = 8;

/// G4: use that was seen is not unseen again, from the first line on, unless the list of lines accounts for it.
pub fn seen_use(
    account: &AccountStatement,
    lost: &LostUse,
    coverage: &Coverage,
    seen: &[SeenKeys],
    seal: &Seal,
    accepted: &[String],
) -> Vec<GateReport> {
    let account_id = &account.account_id;
    let known_days = coverage.days().filter(|(_, state)| *state == DayState::Complete);
    let known_days: BTreeSet<NaiveDate> = known_days.map(|(day, _)| day).collect();
    let mut moved: BTreeMap<&str, BTreeSet<NaiveDate>> = BTreeMap::new();
    let mut gone: BTreeMap<&str, BTreeSet<NaiveDate>> = BTreeMap::new();
    for judged in &account.lines {
        let line = &judged.line;
        let id = line.line_id.as_str();
        let short = line.location.clone().map(Scope::Location);
        let short = short.and_then(|scope| coverage.short.get(&scope));
        let of_known_days = |days: &BTreeMap<String, BTreeSet<NaiveDate>>| {
            let days = days.get(id).map(|days| days & &known_days).unwrap_or_default();
            short.map_or(days.clone(), |short| &days - short)
        };
        let mut explained = of_known_days(&lost.explained);
        let mut with_calls = of_known_days(&lost.with_calls);
        if has_lost_a_name(line, seen, seal) {
            explained.append(&mut with_calls);
        }
        if !explained.is_empty() {
            moved.insert(id, explained);
        }
        if with_calls.len() >= FEW_DAYS || judged.verdict.is_waste() && !with_calls.is_empty() {
            gone.insert(id, with_calls);
        }
    }
    let mut told = Vec::new();
    if !moved.is_empty() {
        let detail = format!(
            "account {account_id}: the list of lines, how calls are counted, or days that were read again on demand, takes \
             use of earlier days from {}",
            named(&moved)
        );
        told.push(report(Gate::G4MassFlag, GateStatus::Ok, detail));
    }
    if !gone.is_empty() {
        let detail = format!(
            "account {account_id}: use that earlier nights saw is gone from the calls of the same days: {}; hand in the \
             whole export, or accept it if those calls were wrong",
            named(&gone)
        );
        let key = gone.iter().flat_map(|(id, days)| {
            std::iter::once((*id).to_owned()).chain(days.iter().map(NaiveDate::to_string))
        });
        let hash = change_hash(["seen use".to_owned(), account_id.clone()].into_iter().chain(key));
        let hold = report(Gate::G4MassFlag, GateStatus::Hold, detail);
        told.push(unless_accepted(hold, hash, accepted));
    }
    told
}

/// Whether a name that the line's calls bore on the last reported night is not its own any more, or only from later on.
fn has_lost_a_name(line: &Line, seen: &[SeenKeys], seal: &Seal) -> bool {
    let before = seen
        .iter()
        .find(|seen| seen.gone_on.is_none() && seen.keys.line_id == line.line_id);
    let Some(SeenKeys { keys: before, .. }) = before else {
        return false;
    };
    let now: CallKeys = sealed_keys(line, seal);
    let lost = |before: &[String], now: &[String]| before.iter().any(|name| !now.contains(name));
    before.extension != now.extension
        || lost(&before.sip_ids, &now.sip_ids)
        || lost(&before.dids, &now.dids)
        || lost(&before.users, &now.users)
        || before.since < now.since
        || now
            .until
            .is_some_and(|now| before.until.is_none_or(|before| now < before))
}

fn named(lines: &BTreeMap<&str, BTreeSet<NaiveDate>>) -> String {
    let shown = lines.iter().take(SHOWN).map(|(id, days)| match days.len() {
        1 => format!("line {id} on 1 day"),
        days => format!("line {id} on {days} days"),
    });
    let mut text = shown.collect::<Vec<_>>().join(", ");
    if lines.len() > SHOWN {
        text.push_str(&format!(", and {} more lines", lines.len() - SHOWN));
    }
    text
}
