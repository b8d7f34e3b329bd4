//! Days that are not known for the days around them.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};

use super::DayJudge;
use crate::domain::DayState;

/// Business days in a row without any call in the whole account: data that is missing, not a company that is silent. Only a
/// person or a holiday says otherwise.
const NO_SILENCE_BUSINESS_DAYS: usize = 10;
/// Suspect business days in a row after which the days between and beside them are not known either.
const LONG_RUN: usize = 5;

/// The covered days of stretches without any row that are too long for silence, whatever the weeks before say.
pub(super) fn long_gaps(days: &DayJudge<'_>) -> BTreeMap<NaiveDate, DayState> {
    let mut gaps = BTreeMap::new();
    let mut open: Vec<NaiveDate> = Vec::new();
    let ends_a_gap = |day: NaiveDate| days.rows(day) > 0 || days.told(day) != DayState::Complete;
    for day in days.days().chain([days.as_of + Days::new(1)]) {
        if day <= days.as_of && !ends_a_gap(day) {
            open.push(day);
            continue;
        }
        let counted = |day: &&NaiveDate| days.is_business(**day) && !days.is_confirmed(**day);
        if open.iter().filter(counted).count() >= NO_SILENCE_BUSINESS_DAYS {
            let state = |day: NaiveDate| match (days.is_confirmed(day), days.is_business(day)) {
                (true, _) => None,
                (false, true) => Some(DayState::Suspect),
                (false, false) => Some(DayState::Missing),
            };
            gaps.extend(open.iter().filter_map(|day| Some((*day, state(*day)?))));
        }
        open.clear();
    }
    gaps
}

/// Weekends and the like between and beside many suspect business days in a row: a week without its rows has no weekend
/// either. `can_be` says of which days that may be said.
pub(super) fn beside_long_runs(
    days: &DayJudge<'_>,
    is_suspect: impl Fn(NaiveDate) -> bool,
    can_be: impl Fn(NaiveDate) -> bool,
) -> Vec<NaiveDate> {
    let mut found = Vec::new();
    let mut run = 0;
    let mut beside: Vec<NaiveDate> = Vec::new();
    for day in days.days() {
        if !days.is_business(day) || days.is_confirmed(day) {
            beside.push(day);
        } else if is_suspect(day) {
            run += 1;
        } else {
            if run >= LONG_RUN {
                found.append(&mut beside);
            }
            (run, beside) = (0, Vec::new());
        }
    }
    if run >= LONG_RUN {
        found.append(&mut beside);
    }
    found.retain(|day| can_be(*day) && !days.is_confirmed(*day));
    found
}
