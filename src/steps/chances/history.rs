//! A line's used days on the clock of business days: the strings that the model reads.

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate, Weekday};

use crate::domain::{Calendar, Scoring};
use crate::odds::Day;
use crate::steps::coverage::{Coverage, Place};

/// Business days on either side that a day is compared with.
const NEIGHBOURS: usize = 20;
/// A day is closed when fewer lines than this share of its neighbours' median were used.
const CLOSED_PERCENT: u32 = 35;
/// Under this median nothing can be told.
const FEWEST_LINES: u32 = 5;

/// The business days of one calendar. A weekday that is not known, or a holiday, has its place and says nothing.
#[derive(Debug, Clone)]
pub struct Clock {
    first: NaiveDate,
    /// By calendar day from `first` on: how many business days lie before it.
    place: Vec<u32>,
    known: Vec<bool>,
}

impl Clock {
    pub fn new(calendar: &Calendar, weekdays: &[Weekday]) -> Clock {
        let (mut place, mut known) = (Vec::new(), Vec::new());
        for (day, is_known_business) in calendar.known_business_days() {
            place.push(known.len() as u32);
            if weekdays.contains(&day.weekday()) {
                known.push(is_known_business);
            }
        }
        Clock {
            first: calendar.first(),
            place,
            known,
        }
    }

    /// The place of the first business day on or after `day`; the number of all of them where there is none.
    fn place_of(&self, day: NaiveDate) -> usize {
        let offset = (day - self.first).num_days().max(0) as usize;
        self.place
            .get(offset)
            .map_or(self.known.len(), |place| *place as usize)
    }

    /// The line's days from `from` on, oldest first. Use on a day that is no business day counts for the next one, and use
    /// always counts, also where silence would not: on provisional days, holidays and closed days.
    /// A use after the last business day stands at the end.
    pub fn history(&self, used: &[NaiveDate], from: NaiveDate) -> Vec<Day> {
        let from = used.first().map_or(from, |first| from.min(*first));
        let start = self.place_of(from);
        let silence = |known: &bool| if *known { Day::Silent } else { Day::Unknown };
        let mut days: Vec<Day> = self.known[start..].iter().map(silence).collect();
        for day in used.iter().filter(|day| **day >= self.first) {
            match days.get_mut(self.place_of(*day) - start) {
                Some(day) => *day = Day::Used,
                None => {
                    days.push(Day::Used);
                    break;
                }
            }
        }
        days
    }
}

/// Days on which the company was closed: far fewer lines were used than on the business days around them. `used_lines`
/// tells how many lines were used on a day.
pub fn closed_days(
    calendar: &Calendar,
    used_lines: impl Fn(NaiveDate) -> u32,
    weekdays: &[Weekday],
) -> Vec<NaiveDate> {
    let business: Vec<(NaiveDate, Option<u32>)> = calendar
        .known_business_days()
        .filter(|(day, _)| weekdays.contains(&day.weekday()))
        .map(|(day, known)| (day, known.then(|| used_lines(day))))
        .collect();
    let is_closed = |(index, (day, lines)): (usize, &(NaiveDate, Option<u32>))| {
        let before = &business[index.saturating_sub(NEIGHBOURS)..index];
        let after = &business[index + 1..business.len().min(index + 1 + NEIGHBOURS)];
        let around: Vec<u32> = before
            .iter()
            .chain(after)
            .filter_map(|(_, lines)| *lines)
            .collect();
        let twice_median = twice_median(around)?;
        let few = twice_median >= 2 * FEWEST_LINES && 200 * (*lines)? < CLOSED_PERCENT * twice_median;
        few.then_some(*day)
    };
    business.iter().enumerate().filter_map(is_closed).collect()
}

/// Each location's calendar as it stood on `last`: its own holidays and the company's closed days are no business days. The
/// first place is that of lines without a location.
pub fn calendars(
    coverage: &Coverage,
    scoring: &Scoring,
    places: &[Place],
    used_lines: &HashMap<NaiveDate, u32>,
    last: NaiveDate,
) -> Vec<Calendar> {
    let base = coverage.calendar_until(last, scoring, &places[0]);
    let used = |day: NaiveDate| used_lines.get(&day).copied().unwrap_or(0);
    let closed = closed_days(&base, used, &scoring.weekdays);
    let calendar = |place: &Place| {
        let off = Place {
            location: place.location.clone(),
            holidays: place.holidays.iter().chain(&closed).copied().collect(),
        };
        coverage.calendar_until(last, scoring, &off)
    };
    places.iter().map(calendar).collect()
}

/// Twice, so that it is a whole number.
fn twice_median(mut numbers: Vec<u32>) -> Option<u32> {
    numbers.sort_unstable();
    let last = numbers.len().checked_sub(1)?;
    Some(numbers[last / 2] + numbers[last.div_ceil(2)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{DayState, parse_day};
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

    fn signs(days: &[Day]) -> String {
        days.iter().map(|day| day.sign()).collect()
    }

    /// Two weeks from Monday 2026-10-05; the second Tuesday is missing, the first Thursday a holiday.
    fn clock() -> Clock {
        let mut states = [DayState::Complete; 14];
        states[8] = DayState::Missing;
        Clock::new(
            &Calendar::new(day("2026-10-05"), &states, &WEEK, &[day("2026-10-08")]),
            &WEEK,
        )
    }

    #[test]
    fn each_business_day_has_one_sign() {
        let history = |used: &[&str], from: &str| {
            let used: Vec<NaiveDate> = used.iter().map(|text| day(text)).collect();
            signs(&clock().history(&used, day(from)))
        };
        assert_eq!(history(&[], "2026-10-05"), "000?00?000");
        assert_eq!(history(&["2026-10-06", "2026-10-16"], "2026-10-05"), "010?00?001");
        assert_eq!(
            history(&["2026-10-10"], "2026-10-05"),
            "000?01?000",
            "Saturday's call is Monday's"
        );
        assert_eq!(
            history(&["2026-10-18"], "2026-10-05"),
            "000?00?0001",
            "no Monday yet to bear it"
        );
        assert_eq!(
            history(&["2026-10-17", "2026-10-18"], "2026-10-05"),
            "000?00?0001"
        );
        assert_eq!(
            history(&["2026-10-08"], "2026-10-05"),
            "000100?000",
            "a holiday's call is a call"
        );
        assert_eq!(
            history(&["2026-10-13"], "2026-10-05"),
            "000?001000",
            "and so is one on a day half seen"
        );
        assert_eq!(
            history(&[], "2026-10-10"),
            "0?000",
            "a seat that begins on a Saturday"
        );
        assert_eq!(
            history(&["2026-10-07"], "2026-10-12"),
            "1?00?000",
            "a call before the inventory knew the line"
        );
        assert_eq!(history(&[], "2026-11-01"), "", "a seat of the future");
        assert_eq!(history(&[], "2020-01-01"), "000?00?000");
    }

    #[test]
    fn a_closed_week_is_told_from_a_quiet_one() {
        let calendar = Calendar::new(day("2026-01-05"), &[DayState::Complete; 140], &WEEK, &[]);
        let closed = |lines_then: u32, usual: u32| {
            let week = day("2026-03-02")..=day("2026-03-06");
            closed_days(
                &calendar,
                |day| if week.contains(&day) { lines_then } else { usual },
                &WEEK,
            )
        };
        assert_eq!(closed(6, 20).len(), 5);
        assert_eq!(closed(7, 20), [], "35 % is not under 35 %");
        assert_eq!(closed(0, 4), [], "a handful of lines tells nothing");
        assert_eq!(closed(0, 5).len(), 5);
    }

    proptest! {
        /// Order and repetition of the used days change nothing.
        #[test]
        fn a_history_has_no_memory_of_how_it_was_told(mut offsets in prop::collection::vec(0_u64..14, 0..20)) {
            let told = |offsets: &[u64]| {
                let mut used: Vec<NaiveDate> =
                    offsets.iter().map(|offset| day("2026-10-05") + chrono::Days::new(*offset)).collect();
                used.sort_unstable();
                signs(&clock().history(&used, day("2026-10-05")))
            };
            let once = told(&offsets);
            offsets.sort_unstable();
            offsets.dedup();
            prop_assert_eq!(told(&offsets), once);
        }
    }
}
