//! Files, months or days of calls that have exactly as many rows as another, and none has more: the export was cut there
//! (gate G1).

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};

use crate::domain::{Gate, GateReport, GateStatus};
use crate::steps::coverage::RowsByDay;
use crate::steps::gate_report::{change_hash, report, unless_accepted};

/// Rows from which on equal counts are no coincidence of small numbers.
const FEWEST_ROWS: u64 = 100;
/// Equal counts that are one whatever the number, and from how many rows on.
const MANY_TIMES: usize = 3;
const MANY_ROWS: u64 = 500;

/// A number of rows beyond which nothing came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cap {
    /// `files`, `months` or `days`.
    pub unit: &'static str,
    pub rows: u64,
    pub times: usize,
}

impl Cap {
    /// What a person confirms: that so many rows are what they are.
    pub fn scope(&self) -> String {
        format!("{} of {} rows", self.unit, self.rows)
    }
}

/// The first cap that a source's files (each content once), or the account's months or days, show.
pub fn cap<'a>(files: impl IntoIterator<Item = &'a BTreeMap<String, u64>>, days: &RowsByDay) -> Option<Cap> {
    let files = files
        .into_iter()
        .find_map(|files| cap_of("files", files.values().copied(), 2));
    let mut months: BTreeMap<NaiveDate, u64> = BTreeMap::new();
    for (day, rows) in days {
        *months.entry(day.with_day(1).unwrap_or(*day)).or_default() += rows;
    }
    files
        .or_else(|| cap_of("months", months.into_values(), 2))
        .or_else(|| cap_of("days", days.values().copied(), 3))
}

/// `times`: how often a round number must be the highest.
fn cap_of(unit: &'static str, counts: impl Iterator<Item = u64>, times: usize) -> Option<Cap> {
    let counts: Vec<u64> = counts.collect();
    let rows = counts.iter().copied().max()?;
    let equal = counts.iter().filter(|count| **count == rows).count();
    let round = rows >= FEWEST_ROWS && is_round(rows) && equal >= times;
    let often = rows >= MANY_ROWS && equal >= MANY_TIMES.max(times);
    (round || often).then_some(Cap {
        unit,
        rows,
        times: equal,
    })
}

/// Hundreds, and powers of two; with or without a row for the headings.
fn is_round(rows: u64) -> bool {
    [rows, rows + 1]
        .iter()
        .any(|rows| rows.is_multiple_of(100) || rows.is_power_of_two())
}

/// G1: nobody's calls come in equal numbers.
pub fn gate_caps(
    account_id: &str,
    cap: &Cap,
    confirmed: &BTreeMap<String, BTreeSet<NaiveDate>>,
    accepted: &[String],
) -> Option<GateReport> {
    if confirmed.contains_key(&cap.scope()) {
        return None;
    }
    let detail = format!(
        "account {account_id}: {} {} of calls have exactly {} rows and none has more: was the export cut there? Export shorter \
         spans",
        cap.times, cap.unit, cap.rows
    );
    let found = report(Gate::G1Completeness, GateStatus::Hold, detail);
    let hash = change_hash(["cap".to_owned(), account_id.to_owned(), cap.scope()]);
    Some(unless_accepted(found, hash, accepted))
}
