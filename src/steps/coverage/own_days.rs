//! On which days an account has calls, as a rule: the others are missed by nobody.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate, Weekday};

use super::expectation::median;
use super::{DayJudge, DayState};

/// Known days of a weekday, the newest ones, that tell whether it has calls.
const WEEKS: usize = 8;

/// An account's own working days.
#[derive(Debug, Clone, Default)]
pub struct OwnDays {
    with_calls: Vec<Weekday>,
    business: Vec<Weekday>,
    /// Holidays, and days that a person has confirmed as they are.
    off: BTreeSet<NaiveDate>,
}

impl OwnDays {
    pub(super) fn of(
        days: &DayJudge<'_>,
        states: impl DoubleEndedIterator<Item = (NaiveDate, DayState)>,
    ) -> OwnDays {
        let mut rows: [Vec<u64>; 7] = Default::default();
        let known = states.filter(|(day, state)| *state == DayState::Complete && !days.is_confirmed(*day));
        for (day, _) in known.rev() {
            let seen = &mut rows[place_of(day.weekday())];
            if seen.len() < WEEKS {
                seen.push(days.rows(day));
            }
        }
        let weekdays = &days.scoring.weekdays;
        let has_calls = |weekday: Weekday| {
            let usual = median(rows[place_of(weekday)].clone());
            usual.map_or(weekdays.contains(&weekday), |usual| usual > 0)
        };
        let week = std::iter::successors(Some(Weekday::Mon), |day| Some(day.succ())).take(7);
        let with_calls: Vec<Weekday> = week.filter(|weekday| has_calls(*weekday)).collect();
        let business = weekdays.iter().filter(|weekday| with_calls.contains(weekday));
        let business: Vec<Weekday> = business.copied().collect();
        OwnDays {
            with_calls,
            // Where calls are rare on each weekday, none can be told from another.
            business: match business.is_empty() {
                true => weekdays.clone(),
                false => business,
            },
            off: days.confirmed.clone(),
        }
    }

    pub fn expects_calls(&self, day: NaiveDate) -> bool {
        self.with_calls.contains(&day.weekday()) && !self.off.contains(&day)
    }

    pub fn is_business(&self, day: NaiveDate) -> bool {
        self.business.contains(&day.weekday()) && !self.off.contains(&day)
    }
}

fn place_of(weekday: Weekday) -> usize {
    weekday.num_days_from_monday() as usize
}
