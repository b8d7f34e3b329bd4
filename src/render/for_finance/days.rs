//! Days of findings as finance reads them.

use chrono::{Datelike, NaiveDate};

use crate::domain::{AccountStatement, FindingKind, LedgerEntry};
use crate::render::values::discretion::SMALLEST_GROUP;

/// A window before the night that found a line idle lies its last call, and a night before the one that found it no more its next:
/// of such a line the month is told, by its first day.
pub(super) struct Days {
    /// The account's first night, which tells nothing of a line.
    start: Option<NaiveDate>,
    tonight: NaiveDate,
}

impl Days {
    pub(super) fn of(account: &AccountStatement, tonight: NaiveDate) -> Days {
        let entries = account.ledger.iter().map(|entry| (entry.first_seen, entry.kind));
        let mut found: Vec<(NaiveDate, FindingKind)> = entries.collect();
        if found.is_empty() {
            let tonight = account.findings.iter();
            found.extend(tonight.map(|finding| (finding.first_seen, finding.kind)));
        }
        let first = found.iter().map(|(day, _)| *day).min();
        let is_start = |first: &NaiveDate| {
            let with_it = || found.iter().filter(|(day, _)| day == first);
            with_it().count() >= SMALLEST_GROUP || with_it().any(|(_, kind)| !kind.is_waste_line())
        };
        Days {
            start: first.filter(is_start),
            tonight,
        }
    }

    /// The night that found something first.
    pub(super) fn first(&self, kind: FindingKind, day: NaiveDate) -> NaiveDate {
        match kind.is_waste_line() && Some(day) != self.start {
            true => month(day).max(self.start.unwrap_or(NaiveDate::MIN)),
            false => day,
        }
    }

    /// The last night that found it.
    pub(super) fn last(&self, entry: &LedgerEntry) -> NaiveDate {
        match entry.last_seen == self.tonight {
            true => self.tonight,
            false => self.first(entry.kind, entry.last_seen),
        }
    }
}

fn month(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}
