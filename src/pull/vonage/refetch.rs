//! `--refetch` and `--rebuild`: known days are asked for again into a folder beside them,
//! `<store>/raw/<account>/<source>/refetch-2026-10-01/`, and take their place once a night has been reported from them. Until
//! then nothing of the days that stand is touched.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{DateTime, Days, NaiveDate, Utc};

use super::raw_store::{Night, RawFolder, State, day_file_name};
use super::{ApiSources, VonageError};
use crate::domain::{Account, Source, TableName};
use crate::durable::WriteError;
use crate::pull::calls::source_id;

/// Days with the folder that holds them and the instant up to which the service had been asked.
pub(super) struct Pulled {
    /// The newest pull, of each of both kinds.
    pub pulls: Vec<Night>,
    pub days: BTreeMap<NaiveDate, (RawFolder, DateTime<Utc>)>,
}

impl Pulled {
    pub(super) fn of(folder: &RawFolder, state: &State) -> Pulled {
        let days = state.days.iter();
        Pulled {
            pulls: state.pull.iter().cloned().collect(),
            days: days
                .map(|(day, through)| (*day, (folder.clone(), *through)))
                .collect(),
        }
    }

    /// With days that were asked for again in place of those that stand.
    pub(super) fn overlaid_by(mut self, again: Pulled) -> Pulled {
        self.days.extend(again.days);
        self.pulls.extend(again.pulls);
        self
    }
}

/// The first day to ask for again: no later than the first that is known, where all of them are meant.
pub(super) fn first_of(from: NaiveDate, state: &State, backfill_from: NaiveDate) -> NaiveDate {
    match from == NaiveDate::MIN {
        true => state
            .days
            .keys()
            .next()
            .map_or(backfill_from, |first| backfill_from.min(*first)),
        false => from,
    }
}

impl ApiSources<'_> {
    /// What was asked for again and is whole, for a night of `as_of`.
    pub(super) fn asked_again(
        &self,
        folder: &RawFolder,
        from: Option<NaiveDate>,
    ) -> Result<Option<Pulled>, VonageError> {
        let Some(from) = from else { return Ok(None) };
        for again in folder.refetches()? {
            let state = again.state()?;
            let is_meant = from == NaiveDate::MIN || again == folder.refetch(from);
            if is_meant && state.pull.as_ref().is_some_and(|pull| pull.done) {
                return Ok(Some(Pulled::of(&again, &state)));
            }
        }
        Ok(None)
    }

    /// Puts days that were asked for again into their place where `is_kept` knows all of them (source id, account id,
    /// file): a reported night rests on them. Others go, but for those that `waits` says are still wanted for a night.
    pub fn settle_refetch<E: From<VonageError>>(
        &self,
        is_kept: &dyn Fn(&str, &str, &Path) -> Result<bool, E>,
        waits: &dyn Fn(NaiveDate) -> bool,
    ) -> Result<(), E> {
        for (source, account) in self
            .of_api()
            .filter(|(source, _)| source.table != TableName::Lines)
        {
            let folder = self.folder(source, account)?;
            for again in folder.refetches().map_err(VonageError::from)? {
                let state = again.state()?;
                let Some(pull) = state.pull.clone() else {
                    again.remove().map_err(VonageError::from)?;
                    continue;
                };
                if pull.done && all_kept(source, account, &again, &state, is_kept)? {
                    adopt(&folder, &again, state)?;
                } else if !waits(pull.as_of) {
                    again.remove().map_err(VonageError::from)?;
                }
            }
        }
        Ok(())
    }
}

fn all_kept<E: From<VonageError>>(
    source: &Source,
    account: &Account,
    again: &RawFolder,
    state: &State,
    is_kept: &dyn Fn(&str, &str, &Path) -> Result<bool, E>,
) -> Result<bool, E> {
    for day in state.days.keys() {
        let path = again.day_file(*day);
        let id = source_id(&source.name, &day_file_name(*day));
        // One that is no longer here has been moved already, by a run that was killed at it.
        if path.exists() && !is_kept(&id, &account.account_id, &path)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Files first, then the state that names them; the folder goes last, so that a kill is finished by the next run.
fn adopt(folder: &RawFolder, again: &RawFolder, asked: State) -> Result<(), VonageError> {
    let mut state = folder.state()?;
    for (day, through) in asked.days {
        let (from, to) = (again.day_file(day), folder.day_file(day));
        if from.exists() {
            std::fs::rename(&from, &to).map_err(|error| WriteError::new("rename into place", &to, error))?;
        }
        state.days.insert(day, through);
    }
    folder.sync_days()?;
    folder.save_state(&state)?;
    Ok(again.remove()?)
}

/// The first day of the backfill for a night.
pub(super) fn backfill_from(as_of: NaiveDate, backfill_days: u32) -> NaiveDate {
    as_of - Days::new(u64::from(backfill_days).saturating_sub(1))
}
