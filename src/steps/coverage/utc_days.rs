//! A day of UTC that was not exported lies on two local days, of which neither need have lost most of its rows.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::expectation::{AtOnce, Limits, NOTHING_PERCENT, Series, median};
use super::{DayJudge, RowsByDay, Scope};
use crate::domain::DayState;
use crate::steps::usage::day_join::UtcDays;

/// Rows that a local day usually has on a day of UTC, from which on none at all is told by itself.
const TELLING_ROWS: u64 = 3;
/// A day of UTC is judged where it usually has such a part of a day's rows: an evening off is no loss.
const PART_OF_A_DAY: u64 = 3;

/// A local day's rows on one of the days of UTC on which it lies.
struct Share {
    local: NaiveDate,
    rows: u64,
    usual: u64,
    /// Rows of the local day on other days of UTC.
    elsewhere: u64,
}

impl DayJudge<'_> {
    /// Business days that have lost what fell on one day of UTC.
    pub(super) fn lost_with_utc(&self, states: &BTreeMap<NaiveDate, DayState>) -> BTreeSet<NaiveDate> {
        let told: BTreeMap<NaiveDate, UtcDays> = self
            .days()
            .filter(|day| states.get(day) == Some(&DayState::Complete))
            .filter_map(|day| Some((day, self.utc_rows(day)?)))
            .collect();
        let business: Vec<&UtcDays> = told
            .iter()
            .filter(|(day, _)| self.is_business(**day))
            .map(|(_, rows)| rows)
            .collect();
        let usual: Vec<u64> = (0..3)
            .map(|at| median(business.iter().map(|rows| rows.0[at]).collect()).unwrap_or(0))
            .collect();
        let all = median(business.iter().map(|rows| rows.0.iter().sum()).collect()).unwrap_or(0);
        let any = |at: usize| told.values().any(|rows| rows.0[at] > 0);
        let parts: Vec<usize> = (0..3).filter(|at| any(*at)).collect();
        if parts.len() < 2 {
            return BTreeSet::new();
        }
        let mut shares: BTreeMap<NaiveDate, Vec<Share>> = BTreeMap::new();
        for (local, rows) in &told {
            for at in &parts {
                let utc = UtcDays::day_of(*local, *at);
                shares.entry(utc).or_default().push(Share {
                    local: *local,
                    rows: rows.0[*at],
                    usual: usual[*at],
                    elsewhere: rows.0.iter().sum::<u64>() - rows.0[*at],
                });
            }
        }
        // One that another local day may have a part of tells nothing.
        shares.retain(|_, shares| shares.len() == parts.len());
        let accepted = self.accepted(&Scope::UtcDay);
        let is_accepted = |shares: &Vec<Share>| shares.iter().any(|share| accepted.contains(&share.local));
        let rows: RowsByDay = shares
            .iter()
            .map(|(utc, shares)| (*utc, shares.iter().map(|share| share.rows).sum()))
            .collect();
        let fewest = u64::from(self.gates.min_day_rows).max(all / PART_OF_A_DAY);
        let lost = Series {
            rows: &rows,
            accepted: &shares
                .iter()
                .filter(|(_, shares)| is_accepted(shares))
                .map(|(utc, _)| *utc)
                .collect(),
            holidays: &self.ledger.holidays,
            weekdays: &EVERY_DAY,
            limits: Limits {
                percent: NOTHING_PERCENT,
                rows: fewest,
                empty_from: fewest,
                in_a_row: 1,
                at_once: AtOnce::Always,
            },
        }
        .short_days();
        let of_lost = lost
            .iter()
            .filter_map(|utc| shares.get(utc))
            .flat_map(|shares| locals_of(shares));
        of_lost
            .filter(|day| self.is_business(*day) && !self.is_confirmed(*day))
            .collect()
    }

    /// None where that was not counted.
    fn utc_rows(&self, day: NaiveDate) -> Option<UtcDays> {
        let counted = self.ledger.utc_days.get(&day).copied();
        counted.or_else(|| (self.rows(day) == 0).then(UtcDays::default))
    }
}

const EVERY_DAY: [chrono::Weekday; 7] = [
    chrono::Weekday::Mon,
    chrono::Weekday::Tue,
    chrono::Weekday::Wed,
    chrono::Weekday::Thu,
    chrono::Weekday::Fri,
    chrono::Weekday::Sat,
    chrono::Weekday::Sun,
];

/// The local days that a lost day of UTC has taken rows from. Where a local day that has nearly all of it lost just that, and
/// kept the rest, it was a day of UTC; a local day that is gone as a whole takes nothing from its neighbour.
fn locals_of(shares: &[Share]) -> Vec<NaiveDate> {
    let most = shares.iter().max_by_key(|share| share.usual);
    let is_of_utc = most.is_some_and(|share| share.elsewhere > 0);
    let lost = |share: &&Share| match share.rows {
        0 => is_of_utc || share.usual >= TELLING_ROWS,
        rows => rows * 100 < share.usual * NOTHING_PERCENT,
    };
    shares.iter().filter(lost).map(|share| share.local).collect()
}
