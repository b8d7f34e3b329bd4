//! What a day's rows are held against: the same weekday in the weeks around it. Only days that are known enter it, so that
//! what is thinned does not pull down what is expected.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use chrono::{Datelike, NaiveDate, Weekday};

/// Weeks that a median is taken over.
const WEEKS: usize = 8;
/// Known weeks before a day from which on the weeks after it are no longer asked, and those that these must be.
const ENOUGH_WEEKS: usize = 4;
/// Days after a day in which those weeks must lie: what has stood for longer than this was the company's own level.
const LOOK_AHEAD_DAYS: i64 = 16 * 7;
/// Known weeks before a day that bear an expectation; one that is above 0 bears that there are calls at all.
const FEWEST_WEEKS: usize = 2;
/// Low days in a row that a person has accepted, until what follows them is taken to be the new level.
const ACCEPTED_IN_A_ROW: usize = 5;

/// From when on a day has too few rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Of what its weekday has.
    pub percent: u64,
    /// Where its weekday has so many.
    pub rows: u64,
    /// A day without any row is one too, where its weekday has so many: 1 or more.
    pub empty_from: u64,
    /// Where few people make the rows, some of them may be away: what is low, or empty, only counts for so many business
    /// days in a row then.
    pub in_a_row: usize,
    /// Whether one day is low enough at once, too.
    pub at_once: AtOnce,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AtOnce {
    Always,
    /// Where there are many rows, or hardly any are left.
    OfMany,
    Never,
}

/// Rows of a part of an account that enough people make.
const MANY_ROWS: u64 = 100;
/// Of few people's rows, what is as good as nothing.
pub(super) const NOTHING_PERCENT: u64 = 10;

/// The rows of an account, or of a part of it, on the days of which that is told.
pub(super) struct Series<'a> {
    pub rows: &'a BTreeMap<NaiveDate, u64>,
    /// Days that a person has confirmed as they are.
    pub accepted: &'a BTreeSet<NaiveDate>,
    /// Neither expected to have rows nor a measure for others.
    pub holidays: &'a BTreeSet<NaiveDate>,
    pub weekdays: &'a [Weekday],
    pub limits: Limits,
}

impl Series<'_> {
    /// The days with too few rows.
    pub(super) fn short_days(&self) -> BTreeSet<NaiveDate> {
        let later = self.medians_after();
        let mut pass = Pass {
            series: self,
            weeks: Default::default(),
            short: BTreeSet::new(),
            stretch: Vec::new(),
            accepted: Vec::new(),
        };
        for (day, rows) in self.told() {
            pass.day(day, rows, later.get(&day).copied());
        }
        pass.close_stretch();
        pass.short
    }

    fn told(&self) -> impl DoubleEndedIterator<Item = (NaiveDate, u64)> + '_ {
        let rows = self.rows.iter().map(|(day, rows)| (*day, *rows));
        rows.filter(|(day, _)| !self.holidays.contains(day))
    }

    fn is_under(&self, rows: u64, expected: u64) -> bool {
        expected >= self.limits.rows && rows * 100 < expected * self.limits.percent
    }

    /// Whether one such day is enough.
    fn is_under_at_once(&self, rows: u64, expected: u64) -> bool {
        let is_enough = match self.limits.at_once {
            AtOnce::Always => true,
            AtOnce::OfMany => expected >= MANY_ROWS || is_nothing(rows, expected),
            AtOnce::Never => false,
        };
        is_enough && self.is_under(rows, expected)
    }

    /// For each day the median of the weeks after it, where enough of them are there.
    fn medians_after(&self) -> BTreeMap<NaiveDate, u64> {
        let mut weeks: [VecDeque<(NaiveDate, u64)>; 7] = Default::default();
        let mut medians = BTreeMap::new();
        for (day, rows) in self.told().rev() {
            let seen = &mut weeks[place_of(day)];
            let near = seen
                .iter()
                .filter(|(later, _)| (*later - day).num_days() <= LOOK_AHEAD_DAYS);
            let near: Vec<u64> = near.map(|(_, rows)| *rows).collect();
            let expected = (near.len() >= ENOUGH_WEEKS).then(|| median(near)).flatten();
            medians.extend(expected.map(|expected| (day, expected)));
            if expected.is_none_or(|expected| !self.is_under(rows, expected)) || self.accepted.contains(&day)
            {
                seen.push_front((day, rows));
                seen.truncate(WEEKS);
            }
        }
        medians
    }
}

/// One way through the days, from the first to the last.
struct Pass<'a> {
    series: &'a Series<'a>,
    /// Rows of the known days by weekday, the newest last.
    weeks: [VecDeque<u64>; 7],
    short: BTreeSet<NaiveDate>,
    /// The days since the first low one after the last business day that was not.
    stretch: Vec<Told>,
    /// The rows of the low days that were accepted since the last day with as many rows as before.
    accepted: Vec<u64>,
}

struct Told {
    day: NaiveDate,
    rows: u64,
    is_low: bool,
    is_short: bool,
}

impl Pass<'_> {
    fn day(&mut self, day: NaiveDate, rows: u64, later: Option<u64>) {
        let seen = &self.weeks[place_of(day)];
        let later = later.filter(|_| seen.len() < ENOUGH_WEEKS);
        let before = median_before(seen);
        let expected = before
            .filter(|_| seen.len() >= FEWEST_WEEKS)
            .max(later)
            .unwrap_or(0);
        let is_business = self.series.weekdays.contains(&day.weekday());
        let expects_any = before.max(later).unwrap_or(0) >= self.series.limits.empty_from;
        let is_low = match is_business {
            true => self.series.is_under(rows, expected) || rows == 0 && expects_any,
            // On a weekend the rows are of few people, whoever they are.
            false => expected >= MANY_ROWS && is_nothing(rows, expected),
        };
        if is_business && rows > 0 && !is_low {
            self.close_stretch();
        }
        if self.series.accepted.contains(&day) {
            self.accepted.extend(is_low.then_some(rows));
            return self.know(day, rows);
        }
        if is_low && self.is_at_accepted_level(rows) {
            return self.know(day, rows);
        }
        if is_business && rows * 2 >= expected.max(1) {
            self.accepted.clear();
        }
        if is_low || !self.stretch.is_empty() {
            self.stretch.push(Told {
                day,
                rows,
                is_low,
                is_short: is_low && self.series.is_under_at_once(rows, expected),
            });
        } else {
            self.know(day, rows);
        }
    }

    /// Whether the rows go on at the level that a person has accepted for days in a row.
    fn is_at_accepted_level(&self, rows: u64) -> bool {
        let level = self.accepted.iter().copied().max().unwrap_or(0);
        self.accepted.len() >= ACCEPTED_IN_A_ROW && !self.series.is_under(rows, level)
    }

    fn know(&mut self, day: NaiveDate, rows: u64) {
        let seen = &mut self.weeks[place_of(day)];
        seen.push_back(rows);
        if seen.len() > 2 * WEEKS {
            seen.pop_front();
        }
    }

    /// The stretch is missing as a whole, or all of it but single days was truly low.
    fn close_stretch(&mut self) {
        let stretch = std::mem::take(&mut self.stretch);
        let in_a_row = self.series.limits.in_a_row;
        let is_missing = stretch.iter().filter(|told| told.is_low).count() >= in_a_row;
        for told in stretch {
            // One low day says nothing of the weekend after it.
            if told.is_short || is_missing && (told.is_low || in_a_row > 1) {
                self.short.insert(told.day);
            } else {
                self.know(told.day, told.rows);
            }
        }
    }
}

fn is_nothing(rows: u64, expected: u64) -> bool {
    rows * 100 < expected * NOTHING_PERCENT
}

fn place_of(day: NaiveDate) -> usize {
    day.weekday().num_days_from_monday() as usize
}

/// The higher of the last eight known weeks' median and of the eight's before: a thinning of a little each week does not
/// pull its own measure down.
fn median_before(seen: &VecDeque<u64>) -> Option<u64> {
    let split = seen.len().saturating_sub(WEEKS);
    let rows = |from: usize, to: usize| seen.iter().copied().skip(from).take(to - from).collect();
    let older = (split >= ENOUGH_WEEKS).then(|| median(rows(0, split))).flatten();
    median(rows(split, seen.len())).max(older)
}

/// The upper of two middles: in doubt calls were expected.
pub(super) fn median(mut rows: Vec<u64>) -> Option<u64> {
    rows.sort_unstable();
    rows.get(rows.len() / 2).copied()
}
