//! Nights without a figure: who has been told, and what makes two of them the same.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use sha2::{Digest, Sha256};

use crate::deliver::outbox::{Outbox, State};
use crate::domain::{GateStatus, KnownSum, LastGood, NightStatus, Statement, hex};
use crate::failure::{ExitKind, Failure};
use crate::job::Job;
use crate::record::{Run, Store};

/// Whom finance's mail about an incident goes to in the outbox: never the key of a figure.
pub(crate) const FINANCE_INCIDENT: &str = "finance.incident";

/// The run of nights without a figure that this night would belong to: it begins after the last good night.
pub(crate) struct Incident {
    /// The night whose figure stands, this very night's earlier revision included.
    pub last_good: Option<LastGood>,
    /// Finance is told once, on the first such night, and never of a night whose figure it has.
    pub tells_finance: bool,
    /// Finance has been told since its last figure that there is none.
    pub finance_waits: bool,
    /// The newest reported night, where this one is older: it is made late, and nobody waits for it.
    pub newer: Option<NaiveDate>,
    /// Audience and recipient of what earlier nights since the last good one have told, and did not fail to bring.
    told: BTreeSet<(String, String)>,
}

impl Incident {
    pub(crate) fn of(job: &Job, as_of: NaiveDate, store: &Store) -> Result<Incident, Failure> {
        let last_good = store
            .tables()
            .last_good(&job.name, as_of + chrono::Days::new(1))?
            .map(|run| last_good_of(job, &run));
        let good_on = last_good.as_ref().map(|good| good.as_of);
        let newest = store.tables().newest_reported(&job.name)?;
        let newer = newest.filter(|newest| *newest > as_of);
        let mut rows = Outbox::new(store.connection()).rows(&job.name)?;
        rows.retain(|row| {
            let told = row.identity.as_of;
            told <= as_of && good_on.is_none_or(|good| told > good)
        });
        let told_of: Vec<NaiveDate> = rows
            .iter()
            .map(|row| &row.identity)
            .filter(|mail| mail.audience == FINANCE_INCIDENT)
            .map(|mail| mail.as_of)
            .collect();
        let told = rows.into_iter().filter(|row| {
            row.identity.as_of < as_of && !matches!(row.state, State::Refused | State::Dropped)
        });
        Ok(Incident {
            tells_finance: !told_of.iter().any(|told| *told < as_of)
                && good_on != Some(as_of)
                && newer.is_none(),
            finance_waits: !told_of.is_empty(),
            last_good,
            newer,
            told: told.map(|row| (row.identity.audience, row.recipient)).collect(),
        })
    }

    /// Whether an earlier night of this incident has told all of them the very same.
    pub(crate) fn has_told(&self, audience: &str, recipients: &[String]) -> bool {
        let told = |recipient: &String| self.told.contains(&(audience.to_owned(), recipient.clone()));
        recipients.iter().all(told)
    }
}

/// The figure of a good night, where it was kept.
fn last_good_of(job: &Job, run: &Run) -> LastGood {
    let baseline = run.summary.as_ref();
    let idle = job.accounts.iter().filter_map(|account| {
        let kept = baseline?.accounts.get(&account.account_id)?;
        let is_whole = kept.idle_costs.len() == kept.flagged.len();
        let idle: KnownSum = kept.idle_costs.values().copied().collect();
        let idle = idle.known_total().filter(|_| is_whole)?;
        Some((account.name.clone(), idle, account.currency))
    });
    LastGood {
        as_of: run.as_of,
        idle: idle.collect(),
    }
}

/// Tells one held or blocked night from another: by what stopped it, and by the hash that would release it. A held change is the
/// same as long as the same hash releases it, in whatever figures each night tells it.
pub(crate) fn mark_of_gates(statement: &Statement) -> String {
    let stops = statement
        .gates
        .iter()
        .filter(|gate| gate.status >= GateStatus::Hold);
    mark(stops.flat_map(|gate| {
        let accept = gate.accept.as_deref().unwrap_or_default();
        let is_told_by_hash = statement.status == NightStatus::Held && gate.accept.is_some();
        let detail = if is_told_by_hash { "" } else { gate.detail.as_str() };
        [gate.gate.as_str(), detail, accept]
    }))
}

/// A source that is down words itself differently at each try, and a job that is being mended has other faults at each:
/// one incident all the same.
pub(crate) fn mark_of_failure(failure: &Failure) -> String {
    match failure.is_of_the_clock() {
        true => mark(["clock"]),
        false => mark_of_failed(failure.exit_code(), &failure.to_string()),
    }
}

/// As [`mark_of_failure`], of one that was noted.
pub(crate) fn mark_of_failed(exit_code: u8, said: &str) -> String {
    let code = exit_code.to_string();
    match ExitKind::of_code(exit_code) {
        ExitKind::Unavailable | ExitKind::CredentialRefused | ExitKind::JobFile => mark([code.as_str()]),
        _ => mark([code.as_str(), said]),
    }
}

pub(crate) fn mark<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    hex(&hasher.finalize()[..6])
}
