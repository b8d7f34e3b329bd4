//! An account's days judged, and written into the coverage ledger.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveDate, Utc};

use super::Judging;
use crate::domain::{Account, CoverageSummary, DayState, GateReport, Line};
use crate::failure::Failure;
use crate::night::usage::roll::Rolled;
use crate::record::{self, Store};
use crate::steps::coverage::place_rows::rows_by_place;
use crate::steps::coverage::{self, Coverage, CoverageLedger, RowsByDay, Scope};
use crate::steps::gates::Part;
use crate::steps::gates::ended_together::{Ends, gate_ends, scope_of};
use crate::steps::gates::freshness::{NewestCall, calls_are_fresh, invoice_is_fresh};
use crate::steps::gates::kinds_left_out::gate_kinds;
use crate::steps::gates::row_caps::{cap, gate_caps};
use crate::steps::usage::day_join::DayJoin;

/// The name under which the calls of all files stand in the coverage ledger.
const SOURCE: &str = "calls";
/// What a person confirms of an invoice: that there is none after it.
const LAST_INVOICE: &str = "last invoice";

impl Judging<'_> {
    /// Judges the account's days and writes them into the ledger. What a person confirms tonight, by hash or by day, stays
    /// confirmed on later nights.
    pub(super) fn judge_coverage(
        &self,
        account: &Account,
        lines: &[Line],
        rolled: &Rolled,
        store: &mut Store,
    ) -> Result<Coverage, Failure> {
        let Judging {
            job, as_of, tables, ..
        } = *self;
        let id = &account.account_id;
        let here =
            |holiday: &&crate::domain::Holiday| holiday.account_id.as_ref().is_none_or(|other| other == id);
        let provisional = self.stored.provisional.get(id).cloned().unwrap_or_default();
        let holidays = tables
            .holidays
            .iter()
            .filter(here)
            .map(|holiday| holiday.day)
            .collect();
        let mut ledger = rolled.ledger(as_of, holidays, provisional);
        ledger.parts.extend(self.rows_by_source(id));
        let places = rows_by_place(&rolled.usage, lines)?;
        ledger.parts.extend(with_silent_days(places.rows, &ledger));
        ledger.of_few = places.of_few;
        let quiet = job.gates.accept_empty.iter();
        let quiet = quiet.map(|day| (Scope::Account.to_string(), *day));
        store.tables().accept_days(id, quiet)?;
        ledger.accepted = store.tables().accepted_days(id)?;
        let mut coverage = coverage::judge(&ledger, as_of, &job.scoring, &job.gates);
        let asked = coverage.questions(id, job.scoring.window_days);
        let confirmed = asked
            .into_iter()
            .filter(|question| self.accepted.contains(&question.hash));
        let confirmed: Vec<(String, NaiveDate)> = confirmed
            .flat_map(|question| question.days)
            .map(|(scope, day)| (scope.to_string(), day))
            .collect();
        if !confirmed.is_empty() {
            store.tables().accept_days(id, confirmed)?;
            ledger.accepted = store.tables().accepted_days(id)?;
            coverage = coverage::judge(&ledger, as_of, &job.scoring, &job.gates);
        }
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
        });
        store.tables().put_coverage(&days.collect::<Vec<_>>())?;
        Ok(coverage)
    }

    /// Holes that no day shows: regular lines that end together. What a person accepts stays accepted.
    pub(super) fn holes_in_history(
        &self,
        account_id: &str,
        ends: &Ends,
        store: &Store,
    ) -> Result<Option<GateReport>, Failure> {
        let confirmed = store.tables().accepted_days(account_id)?;
        let Some((gate, together)) = gate_ends(account_id, ends, &confirmed, self.accepted) else {
            return Ok(None);
        };
        if gate.accept.is_none() {
            let days = together.iter().map(|end| (scope_of(end), end.last_used_on));
            store.tables().accept_days(account_id, days)?;
        }
        Ok(Some(gate))
    }

    /// The newest call's age; days that somebody says had no call are remembered as that.
    pub(super) fn fresh_calls(
        &self,
        account: &Account,
        coverage: &Coverage,
        newest: Option<DateTime<Utc>>,
        store: &Store,
    ) -> Result<GateReport, Failure> {
        let id = &account.account_id;
        let newest = newest.map(|at| {
            let day = account.time_zone.day_of(at);
            let rest = account.time_zone.start_of(day + Days::new(1)) - at;
            let is_business = |day: &NaiveDate| coverage.own_days.is_business(*day);
            let days_after = day.iter_days().skip(1).take_while(|day| *day <= self.as_of);
            NewestCall {
                at,
                hours_after: match is_business(&day) {
                    true => u64::try_from(rest.num_hours()).unwrap_or(0),
                    false => 0,
                },
                days_after: days_after.filter(is_business).collect(),
            }
        });
        let asked = |accepted| calls_are_fresh(id, newest.as_ref(), self.as_of, &self.job.gates, accepted);
        if self.accepts(&asked(&[])) {
            let days = newest.iter().flat_map(|newest| &newest.days_after);
            let days = days.map(|day| (Scope::Account.to_string(), *day));
            store.tables().accept_days(id, days)?;
        }
        Ok(asked(self.accepted))
    }

    fn accepts(&self, gate: &GateReport) -> bool {
        let hash = gate.accept.as_ref();
        hash.is_some_and(|hash| self.accepted.contains(hash))
    }

    /// The newest invoice's age; that it is the last one is remembered.
    pub(super) fn fresh_invoice(
        &self,
        account_id: &str,
        date: Option<NaiveDate>,
        store: &Store,
    ) -> Result<GateReport, Failure> {
        let confirmed = store.tables().accepted_days(account_id)?;
        let last = confirmed.get(LAST_INVOICE);
        let is_last = last.zip(date).is_some_and(|(days, date)| days.contains(&date));
        let asked =
            |accepted| invoice_is_fresh(account_id, date, is_last, self.as_of, &self.job.gates, accepted);
        if self.accepts(&asked(&[])) {
            let day = date.map(|date| (LAST_INVOICE.to_owned(), date));
            store.tables().accept_days(account_id, day)?;
        }
        Ok(asked(self.accepted))
    }

    /// Exports that were cut at a number of rows.
    pub(super) fn cut_exports(
        &self,
        account_id: &str,
        rolled: &Rolled,
        store: &Store,
    ) -> Result<Option<GateReport>, Failure> {
        let files = self
            .taken
            .accounts
            .get(account_id)
            .map(|calls| &calls.rows_by_file);
        let days = rolled.days.range(..=self.as_of);
        let days: RowsByDay = days.map(|(day, record)| (*day, record.join.legs)).collect();
        let Some(cap) = cap(files.into_iter().flat_map(BTreeMap::values), &days) else {
            return Ok(None);
        };
        let confirmed = store.tables().accepted_days(account_id)?;
        let gate = gate_caps(account_id, &cap, &confirmed, self.accepted);
        if gate.as_ref().is_some_and(|gate| gate.accept.is_none()) {
            store
                .tables()
                .accept_days(account_id, [(cap.scope(), self.as_of)])?;
        }
        Ok(gate)
    }

    /// Kinds of calls that the export leaves out. That there are none is remembered.
    pub(super) fn kinds_left_out(
        &self,
        account_id: &str,
        rows: (&DayJoin, &[Part]),
        store: &Store,
    ) -> Result<Option<GateReport>, Failure> {
        let confirmed = store.tables().accepted_days(account_id)?;
        let Some((gate, now_confirmed)) = gate_kinds(account_id, rows, &confirmed, self.accepted) else {
            return Ok(None);
        };
        let days = now_confirmed.map(|scope| (scope.to_owned(), self.as_of));
        store.tables().accept_days(account_id, days)?;
        Ok(Some(gate))
    }

    /// Rows of each of the account's sources, where it has several. The days at both ends of a source may be cut there.
    fn rows_by_source(&self, account_id: &str) -> BTreeMap<Scope, RowsByDay> {
        let sources = self
            .taken
            .accounts
            .get(account_id)
            .map(|calls| &calls.rows_by_source);
        let sources = sources.filter(|sources| sources.len() > 1);
        let inner = |rows: &RowsByDay| {
            let mut rows = rows.clone();
            rows.pop_first();
            rows.pop_last();
            rows
        };
        sources
            .into_iter()
            .flatten()
            .map(|(name, rows)| (Scope::Source(name.clone()), inner(rows)))
            .collect()
    }
}

/// A place's rows on all covered days since its first row.
fn with_silent_days(
    places: BTreeMap<Scope, RowsByDay>,
    ledger: &CoverageLedger,
) -> BTreeMap<Scope, RowsByDay> {
    let of_place = |(scope, mut rows): (Scope, RowsByDay)| {
        let first = *rows.keys().next()?;
        for day in ledger.covered.range(first..) {
            rows.entry(*day).or_default();
        }
        Some((scope, rows))
    };
    places.into_iter().filter_map(of_place).collect()
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
