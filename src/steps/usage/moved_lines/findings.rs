//! What was found of lines that go on under another id.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;

use super::MovedLines;
use crate::domain::{Cents, FindingKind, FindingState, LedgerEntry, Line};
use crate::steps::finding::finding_id;
use crate::steps::finding::right_size_id;
use crate::steps::finding::waste_line_id;

impl MovedLines {
    /// What was found of a line under its old id goes on under the new one: nobody has taken it away, and it counts once.
    /// `kept` bears the ids of `night`, the last that was reported.
    pub fn ledger(
        &self,
        kept: Vec<LedgerEntry>,
        lines: &[Line],
        night: Option<NaiveDate>,
    ) -> Vec<LedgerEntry> {
        // A night made up for an older day adds to what a later one knows, under the ids of that one.
        let ends = self.ids_of.min(self.as_of);
        let is_later = |on: &NaiveDate| Some(*on) > night && *on <= ends;
        if !self.by_day.keys().any(is_later) {
            return kept;
        }
        let moves = || self.by_day.iter().filter(|(on, _)| is_later(on));
        let now = |id: &str| {
            moves().fold(id.to_owned(), |id, (_, moves)| {
                moves.get(&id).cloned().unwrap_or(id)
            })
        };
        let by_id: HashMap<&str, &Line> = lines.iter().map(|line| (line.line_id.as_str(), line)).collect();
        let (mut moved, mut stay, mut left) = (BTreeMap::new(), Vec::new(), Vec::new());
        for mut entry in kept {
            entry.taken_back_by = entry.taken_back_by.map(|taker| now(&taker));
            let from = entry.line_id.clone().unwrap_or_default();
            let to = now(&from);
            let Some(line) = by_id.get(to.as_str()).filter(|_| to != from) else {
                stay.push(entry);
                continue;
            };
            let is_open = is_open(entry.state);
            let is_by_line = entry.finding_id == line_finding_id(entry.kind, line, &from);
            if is_by_line && (is_open || line.seat_since.is_some()) || is_open && entry.kind.is_of_use() {
                left.push(nothing_more(&entry));
                entry.finding_id = line_finding_id(entry.kind, line, &to);
                entry.line_id = Some(to);
                moved.insert(entry.finding_id.clone(), entry);
                continue;
            }
            // Found again under an id that nothing here can tell.
            if is_open {
                entry.state = FindingState::Expired;
            }
            stay.push(entry);
        }
        // One that has left had the id that another line has tonight.
        stay.append(&mut left);
        stay.retain(|entry| !moved.contains_key(&entry.finding_id));
        stay.extend(moved.into_values());
        stay
    }
}

/// What is left under the old id: its money is counted under the new one.
fn nothing_more(entry: &LedgerEntry) -> LedgerEntry {
    LedgerEntry {
        state: FindingState::Expired,
        monthly_amount: Cents::ZERO,
        approved_on: None,
        actioned_on: None,
        realised_on: None,
        slipped_back_on: None,
        taken_back_by: None,
        dismissed_on: None,
        ..entry.clone()
    }
}

fn is_open(state: FindingState) -> bool {
    use FindingState::{Approved, Dismissed, Identified};
    matches!(state, Identified | Approved | Dismissed)
}

/// The id of a finding on a line that had an id.
fn line_finding_id(kind: FindingKind, line: &Line, line_id: &str) -> String {
    let line = Line {
        line_id: line_id.to_owned(),
        ..line.clone()
    };
    match kind {
        FindingKind::RightSize => right_size_id(&line),
        kind if kind.is_waste_line() => waste_line_id(&line),
        kind => finding_id(kind, &[&line.account_id, &line.line_id]),
    }
}
