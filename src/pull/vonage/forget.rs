//! What leaves the raw store: with a night that was stopped, and with the retention.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::raw_store::day_file_name;
use super::{ApiSources, VonageError};
use crate::pull::calls::source_id;

impl ApiSources<'_> {
    /// The nights of the newest pulls.
    pub fn pulled_nights(&self) -> Result<BTreeSet<NaiveDate>, VonageError> {
        let mut nights = BTreeSet::new();
        for (source, account) in self.of_api() {
            let pull = self.folder(source, account)?.state()?.pull;
            nights.extend(pull.map(|pull| pull.as_of));
        }
        Ok(nights)
    }

    /// Forgets what a night's pull brought, so that it is asked for again: what came was not to be trusted.
    pub fn distrust(&self, night: NaiveDate) -> Result<(), VonageError> {
        for (source, account) in self.of_api() {
            let folder = self.folder(source, account)?;
            let mut state = folder.state()?;
            if let Some(pull) = state.pull.take_if(|pull| pull.as_of == night) {
                state.days.retain(|_, through| *through != pull.frozen_at);
                folder.save_state(&state)?;
            }
        }
        Ok(())
    }

    /// Raw days leave on time, but for those that were pulled and that no reported night knows yet, by their source id:
    /// they wait for one.
    pub fn prune_before(
        &self,
        first_kept: NaiveDate,
        is_known: &dyn Fn(&str, NaiveDate) -> bool,
    ) -> Result<(), VonageError> {
        for (source, account) in self.of_api() {
            let folder = self.folder(source, account)?;
            let pulled = folder.state()?.days;
            let waits = |day: NaiveDate| {
                pulled.contains_key(&day) && !is_known(&source_id(&source.name, &day_file_name(day)), day)
            };
            folder.prune(|day| day < first_kept && !waits(day))?;
        }
        Ok(())
    }
}
