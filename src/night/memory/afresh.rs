//! `--rebuild` and `--refetch`: known days are forgotten and read again, all of it in the night's draft, so that nothing
//! has happened where they cannot be read.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};

use crate::domain::{GateReport, GateStatus, counted};
use crate::failure::{ExitKind, Failure};
use crate::job::Job;
use crate::night::Options;
use crate::night::usage::roll::{forget_days, legs_by_day};
use crate::record::{Store, UsageFiles};

/// A day that comes back with under half of its legs is one that could not be read again whole.
const KEPT_PART: u64 = 2;
/// Stretches of lost days that are named.
const SHOWN: usize = 6;

/// What was known of the days that are read again.
pub(crate) struct Afresh {
    from: NaiveDate,
    accounts: BTreeMap<String, Known>,
}

struct Known {
    /// Legs by day.
    days: BTreeMap<NaiveDate, u64>,
    /// The days are cut in another zone than they were, so that a day's legs come back on its neighbours too.
    is_moved: bool,
}

/// A day that the night does not look at cannot be read again for it.
pub(crate) fn check_words(options: &Options, as_of: NaiveDate) -> Result<(), Failure> {
    match options.refetch.filter(|from| *from > as_of) {
        None => Ok(()),
        Some(from) => Err(Failure::usage(
            format!("--refetch {from} lies after the last day to look at, {as_of}"),
            "name the first of the days that are to be read again",
        )),
    }
}

impl Afresh {
    /// Forgets the days from `from` on.
    pub(crate) fn begin(
        job: &Job,
        from: NaiveDate,
        store: &mut Store,
        usage_files: &UsageFiles,
    ) -> Result<Afresh, Failure> {
        let mut accounts = BTreeMap::new();
        for account in &job.accounts {
            let id = &account.account_id;
            let zone = account.time_zone.to_string();
            let known = Known {
                days: legs_by_day(id, from, store)?,
                is_moved: store.tables().zone(id)?.is_some_and(|before| before != zone),
            };
            accounts.insert(id.clone(), known);
            forget_days(id, from, store, usage_files)?;
        }
        Ok(Afresh { from, accounts })
    }

    /// Accounts whose days are cut in another zone than they were.
    pub(crate) fn moved(&self) -> BTreeSet<String> {
        let moved = self.accounts.iter().filter(|(_, known)| known.is_moved);
        moved.map(|(id, _)| id.clone()).collect()
    }

    /// Refuses where days that were known are not any more: their files were tidied away, or lie beyond the API's reach.
    pub(crate) fn check(&self, store: &Store) -> Result<(), Failure> {
        for (id, before) in &self.accounts {
            let now = legs_by_day(id, self.from, store)?;
            let lost: Vec<NaiveDate> = before
                .days
                .keys()
                .copied()
                .filter(|day| !before.is_back(*day, &now))
                .collect();
            if !lost.is_empty() {
                return Err(Failure::usage(
                    format!(
                        "{} of account {id} cannot be read again ({}), so nothing was changed",
                        counted(lost.len(), "known day", "known days"),
                        stretches(&lost)
                    ),
                    "hand in their exports again; or add --forget-days to go on without what is known of them",
                ));
            }
        }
        Ok(())
    }
}

impl Known {
    fn is_back(&self, day: NaiveDate, now: &BTreeMap<NaiveDate, u64>) -> bool {
        let around = u64::from(self.is_moved);
        let legs: Vec<u64> = now
            .range(day - Days::new(around)..=day + Days::new(around))
            .map(|(_, legs)| *legs)
            .collect();
        let wanted = self.days.get(&day).copied().unwrap_or_default();
        !legs.is_empty() && legs.iter().sum::<u64>() * KEPT_PART >= wanted
    }
}

/// What was read again for a night that stands is kept only if that night could be reported from it.
pub(crate) fn refuse_stopped(gates: &[GateReport]) -> Result<(), Failure> {
    let stop = gates.iter().find(|gate| gate.status >= GateStatus::Hold);
    match stop {
        None => Ok(()),
        Some(stop) => Err(Failure::msg(
            ExitKind::BadData,
            format!(
                "what was read again does not pass {}: {}; nothing was changed",
                stop.gate, stop.detail
            ),
        )),
    }
}

/// Days as a person lists them: `2026-01-05 to 2026-02-11, 2026-03-02`.
fn stretches(days: &[NaiveDate]) -> String {
    let mut stretches: Vec<(NaiveDate, NaiveDate)> = Vec::new();
    for day in days {
        match stretches.last_mut() {
            Some((_, last)) if last.succ_opt() == Some(*day) => *last = *day,
            _ => stretches.push((*day, *day)),
        }
    }
    let shown = stretches
        .iter()
        .take(SHOWN)
        .map(|(first, last)| match first == last {
            true => first.to_string(),
            false => format!("{first} to {last}"),
        });
    let mut text = shown.collect::<Vec<_>>().join(", ");
    if stretches.len() > SHOWN {
        text.push_str(", and more");
    }
    text
}
