//! An account's days judged, and written into the coverage ledger.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};

use super::Judging;
use crate::domain::{Account, CoverageSummary, DayState};
use crate::failure::Failure;
use crate::night::roll::Rolled;
use crate::record::{self, Store};
use crate::steps::coverage::{self, CONFIRMED, Coverage};

/// The name under which the calls of all files stand in the coverage ledger.
const SOURCE: &str = "calls";

impl Judging<'_> {
    /// Judges the account's days and writes them into the ledger, with how often an empty day was read again.
    pub(super) fn judge_coverage(
        &self,
        account: &Account,
        rolled: &Rolled,
        read_tonight: &BTreeSet<NaiveDate>,
        store: &mut Store,
    ) -> Result<Coverage, Failure> {
        let Judging {
            job, as_of, tables, ..
        } = *self;
        let id = &account.account_id;
        let was_suspect = |day: &record::Coverage| day.state == DayState::Suspect || day.empty_reads > 0;
        let mut empty_reads: BTreeMap<NaiveDate, u32> = BTreeMap::new();
        for day in store.tables().coverage(id)?.into_iter().filter(was_suspect) {
            let more = u32::from(read_tonight.contains(&day.day));
            empty_reads.insert(day.day, day.empty_reads.saturating_add(more));
        }
        // A day confirmed as quiet once stays so on later nights.
        empty_reads.extend(job.gates.accept_empty.iter().map(|day| (*day, CONFIRMED)));
        let here =
            |holiday: &&crate::domain::Holiday| holiday.account_id.as_ref().is_none_or(|other| other == id);
        let provisional = self.stored.provisional.get(id).cloned().unwrap_or_default();
        let holidays = tables
            .holidays
            .iter()
            .filter(here)
            .map(|holiday| holiday.day)
            .collect();
        let ledger = rolled.ledger(as_of, empty_reads.clone(), holidays, provisional);
        let coverage = coverage::judge(&ledger, as_of, &job.scoring, &job.gates);
        let days = coverage.days().map(|(day, state)| record::Coverage {
            account: id.clone(),
            source: SOURCE.to_owned(),
            day,
            state,
            rows: ledger.rows.get(&day).copied().unwrap_or(0),
            watermark: rolled
                .days
                .get(&day)
                .and_then(|record| record.join.newest_start)
                .and_then(DateTime::from_timestamp_millis),
            empty_reads: match ledger.rows.get(&day).copied().unwrap_or(0) {
                0 => empty_reads.get(&day).copied().unwrap_or(0),
                _ => 0,
            },
        });
        store.tables().put_coverage(&days.collect::<Vec<_>>())?;
        Ok(coverage)
    }
}

pub(super) fn summary_of(
    account_id: &str,
    coverage: &Coverage,
    newest_call: Option<DateTime<Utc>>,
) -> CoverageSummary {
    CoverageSummary {
        account_id: account_id.to_owned(),
        source: SOURCE.to_owned(),
        known_days: coverage.count(DayState::Complete),
        partial_days: coverage.count(DayState::Provisional) + coverage.count(DayState::Suspect),
        missing_days: coverage.count(DayState::Missing),
        newest_event: newest_call.map(|at| at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)),
    }
}
