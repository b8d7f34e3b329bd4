//! Days of an account: which are known, which are business days, and how many lie between two of them.

use chrono::{Datelike, Months, NaiveDate, Weekday};

use super::words;

words! {
    /// What the coverage ledger says of a day's calls.
    DayState {
        /// Complete: silence on it counts.
        Complete => "complete",
        /// Fetched before the settle lag was over: use on it counts, silence does not.
        Provisional => "provisional",
        /// Empty where calls were expected (gate G2): not known.
        Suspect => "suspect",
        Missing => "missing",
    }
}

/// The days from the first known one to `as_of`, in the account's time zone, for one location's holidays.
/// Prefix counts make every "how many known (business) days since" a subtraction.
#[derive(Debug, Clone)]
pub struct Calendar {
    first: NaiveDate,
    days: Vec<Mark>,
    /// `known_before[i]`: known days among the first `i`; likewise for known business days.
    known_before: Vec<u32>,
    business_before: Vec<u32>,
}

#[derive(Debug, Clone, Copy)]
struct Mark {
    known: bool,
    business: bool,
}

impl Calendar {
    /// `states[i]` belongs to `first + i` days; a holiday is no business day, and neither is one outside `weekdays`.
    pub fn new(
        first: NaiveDate,
        states: &[DayState],
        weekdays: &[Weekday],
        holidays: &[NaiveDate],
    ) -> Calendar {
        let days: Vec<Mark> = first
            .iter_days()
            .zip(states)
            .map(|(day, state)| Mark {
                known: *state == DayState::Complete,
                business: weekdays.contains(&day.weekday()) && !holidays.contains(&day),
            })
            .collect();
        let count = |hit: fn(&Mark) -> bool| {
            let mut counts = Vec::with_capacity(days.len() + 1);
            counts.push(0);
            for mark in &days {
                counts.push(counts[counts.len() - 1] + u32::from(hit(mark)));
            }
            counts
        };
        let known_before = count(|mark| mark.known);
        let business_before = count(|mark| mark.known && mark.business);
        Calendar {
            first,
            days,
            known_before,
            business_before,
        }
    }

    pub fn first(&self) -> NaiveDate {
        self.first
    }

    /// The last day, `as_of`; the day before `first` when the calendar is empty.
    pub fn last(&self) -> NaiveDate {
        self.first + chrono::Days::new(self.days.len() as u64) - chrono::Days::new(1)
    }

    fn mark(&self, day: NaiveDate) -> Option<&Mark> {
        let offset = usize::try_from((day - self.first).num_days()).ok()?;
        self.days.get(offset)
    }

    /// Every day with whether it is a known business day, in their order.
    pub fn known_business_days(&self) -> impl Iterator<Item = (NaiveDate, bool)> + '_ {
        let counts = |mark: &Mark| mark.known && mark.business;
        self.first.iter_days().zip(self.days.iter().map(counts))
    }

    /// Whether each day from `from` on is known; `from` is not before the first.
    pub fn known_days_from(&self, from: NaiveDate) -> impl Iterator<Item = bool> + '_ {
        let offset = (from - self.first).num_days().clamp(0, self.days.len() as i64) as usize;
        self.days[offset..].iter().map(|mark| mark.known)
    }

    pub fn is_known(&self, day: NaiveDate) -> bool {
        self.mark(day).is_some_and(|mark| mark.known)
    }

    pub fn is_business(&self, day: NaiveDate) -> bool {
        self.mark(day).is_some_and(|mark| mark.business)
    }

    /// Known calendar days from `from` to `to`, both included.
    pub fn known_between(&self, from: NaiveDate, to: NaiveDate) -> u32 {
        self.between(&self.known_before, from, to)
    }

    /// Known business days from `from` to `to`, both included.
    pub fn known_business_between(&self, from: NaiveDate, to: NaiveDate) -> u32 {
        self.between(&self.business_before, from, to)
    }

    fn between(&self, before: &[u32], from: NaiveDate, to: NaiveDate) -> u32 {
        let index = |day: NaiveDate| (day - self.first).num_days().clamp(0, self.days.len() as i64) as usize;
        let (start, end) = (index(from), index(to.succ_opt().unwrap_or(to)));
        if start >= end {
            0
        } else {
            before[end] - before[start]
        }
    }

    /// The earliest of the last `count` known business days; none when fewer are known.
    pub fn known_business_days_back(&self, count: u32) -> Option<NaiveDate> {
        let total = *self.business_before.last()?;
        let rank = total.checked_sub(count)?;
        self.nth_known_business(rank)
    }

    fn nth_known_business(&self, rank: u32) -> Option<NaiveDate> {
        let after = self.business_before.partition_point(|before| *before <= rank);
        (after < self.business_before.len()).then(|| self.first + chrono::Days::new(after as u64 - 1))
    }
}

/// The day that is `count` business days after `day`; coming holidays are not known. None without a business day a week.
pub fn business_days_after(day: NaiveDate, count: u32, weekdays: &[Weekday]) -> Option<NaiveDate> {
    let mut coming = day
        .iter_days()
        .skip(1)
        .filter(|day| weekdays.contains(&day.weekday()));
    match count.checked_sub(1) {
        None => Some(day),
        Some(skipped) if !weekdays.is_empty() => coming.nth(skipped as usize),
        Some(_) => None,
    }
}

/// The same day `months` later (or earlier), or the month's last day where it has no such day.
pub fn add_months(day: NaiveDate, months: i32) -> NaiveDate {
    let step = Months::new(months.unsigned_abs());
    let moved = if months < 0 {
        day.checked_sub_months(step)
    } else {
        day.checked_add_months(step)
    };
    moved.unwrap_or(day)
}

/// An ISO day, between 1990 and 2199: anything else in a table is a typing error.
pub fn parse_day(text: &str) -> Option<NaiveDate> {
    let day = NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").ok()?;
    (1990..2200).contains(&day.year()).then_some(day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const WEEK: [Weekday; 5] = [
        Weekday::Mon,
        Weekday::Tue,
        Weekday::Wed,
        Weekday::Thu,
        Weekday::Fri,
    ];

    fn day(text: &str) -> NaiveDate {
        parse_day(text).unwrap()
    }

    #[test]
    fn unknown_days_and_holidays_are_left_out() {
        // Monday 5 to Sunday 11 October 2026; the Tuesday is missing, the Thursday a holiday.
        let mut states = [DayState::Complete; 7];
        states[1] = DayState::Missing;
        let calendar = Calendar::new(day("2026-10-05"), &states, &WEEK, &[day("2026-10-08")]);
        assert_eq!(calendar.last(), day("2026-10-11"));
        assert_eq!(calendar.known_between(day("2026-10-05"), day("2026-10-11")), 6);
        assert_eq!(
            calendar.known_business_between(day("2026-01-01"), day("2027-01-01")),
            3
        );
        assert_eq!(calendar.known_business_days_back(2), Some(day("2026-10-07")));
        assert_eq!(calendar.known_business_days_back(4), None);
    }

    proptest! {
        #[test]
        fn a_span_is_the_sum_of_its_parts(known in prop::collection::vec(any::<bool>(), 1..60), cut in 0_i64..60) {
            let states: Vec<DayState> =
                known.iter().map(|k| if *k { DayState::Complete } else { DayState::Missing }).collect();
            let calendar = Calendar::new(day("2026-01-01"), &states, &WEEK, &[]);
            let (first, last) = (calendar.first(), calendar.last());
            let middle = first + chrono::Duration::days(cut);
            let whole = calendar.known_business_between(first, last);
            let parts = calendar.known_business_between(first, middle)
                + calendar.known_business_between(middle.succ_opt().unwrap(), last);
            prop_assert_eq!(whole, parts);
        }
    }
}
