//! Nights without a figure: who is told, how often, and what the store remembers of a night that an error ended.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use sha2::{Digest, Sha256};

use super::mails::{self, FINANCE_INCIDENT};
use super::{Outcome, World, delivery, outbox, quarantine};
use crate::deliver::outbox::{Outbox, Row, State};
use crate::domain::{GateStatus, KnownSum, LastGood, NightStatus, Statement, hex};
use crate::failure::{ExitKind, Failure};
use crate::job::Job;
use crate::mishap::caught;
use crate::record::{NewRun, Run, Store};
use crate::render::{self, FailedNight, Stands};

/// The run of nights without a figure that this night would belong to: it begins after the last good night.
pub struct Incident {
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
    pub fn of(job: &Job, as_of: NaiveDate, store: &Store) -> Result<Incident, Failure> {
        let last_good = store
            .tables()
            .last_good(&job.name, as_of + chrono::Days::new(1))?
            .map(|run| stands(job, &run));
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
    pub fn has_told(&self, audience: &str, recipients: &[String]) -> bool {
        let told = |recipient: &String| self.told.contains(&(audience.to_owned(), recipient.clone()));
        recipients.iter().all(told)
    }
}

/// The figure of a good night, where it was kept.
fn stands(job: &Job, run: &Run) -> LastGood {
    let baseline = run.summary.as_ref();
    let idle = job.accounts.iter().filter_map(|account| {
        let kept = baseline?.accounts.get(&account.account_id)?;
        let is_whole = kept.idle_costs.len() == kept.flagged.len();
        let idle: KnownSum = kept.idle_costs.values().copied().collect();
        let idle = idle.told().filter(|_| is_whole)?;
        Some((account.name.clone(), idle, account.currency))
    });
    LastGood {
        as_of: run.as_of,
        idle: idle.collect(),
    }
}

/// Tells one held or blocked night from another: by what stopped it, and by the hash that would release it. A held change is the
/// same as long as the same hash releases it, in whatever figures each night tells it.
pub fn mark_of_gates(statement: &Statement) -> String {
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
pub fn mark_of_failure(failure: &Failure) -> String {
    match failure.is_of_the_clock() {
        true => mark(["clock"]),
        false => mark_of_failed(failure.exit_code(), &failure.to_string()),
    }
}

/// As [`mark_of_failure`], of one that was noted.
pub fn mark_of_failed(exit_code: u8, said: &str) -> String {
    let code = exit_code.to_string();
    match ExitKind::of_code(exit_code) {
        ExitKind::Unavailable | ExitKind::CredentialRefused | ExitKind::JobFile => mark([code.as_str()]),
        _ => mark([code.as_str(), said]),
    }
}

pub fn mark<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    hex(&hasher.finalize()[..6])
}

/// Closes the night as failed, with the reason, and mails those who must know. `run` is blank when the error came
/// before one was opened; a run that was closed already had its report, keeps its status and gets the reason beside it.
pub fn record(
    job: &Job,
    as_of: NaiveDate,
    run: Option<i64>,
    failure: &Failure,
    store: &mut Store,
    world: &World,
) -> Result<(), Failure> {
    let kind = failure.kind();
    let (code, text) = (failure.exit_code(), failure.to_string());
    store.forget_draft()?;
    if let Err(also) = quarantine::keep(job, as_of, failure) {
        tracing::warn!("the rows that were set aside are kept nowhere: {also}");
    }
    let incident = Incident::of(job, as_of, store)?;
    let is_reported = match run {
        Some(run) => !store.tables().is_running(run)?,
        None => false,
    };
    // What keeps the mails of a night that has its report keeps this one too.
    let tells_operators = match kind {
        ExitKind::TryLater => false,
        _ if failure.is_mistyped() => false,
        _ => !is_reported || is_of_the_program(kind),
    };
    // By a wrong clock each night is another one; the last that was reported stays the same until the clock is right.
    let newest = store.tables().newest_reported(&job.name)?;
    let night = FailedNight {
        job: &job.name,
        as_of,
        is_reported,
        stands: Stands::of(match failure.is_of_the_clock() {
            true => newest,
            false => incident.last_good.as_ref().map(|good| good.as_of),
        }),
        exit_code: code,
        said: &text,
        job_words: &world.job_words,
    };
    let (mailed_of, body) = match failure.is_of_the_clock() {
        true => (newest.unwrap_or(as_of), render::clock_mail(&night)),
        false => (as_of, render::failure_mail(&night)),
    };
    let mut wanted = Vec::new();
    if tells_operators {
        let audience = format!("operator.{}", mark_of_failure(failure));
        wanted.push((audience, &job.mail.operators, body));
    }
    if let (Some(why), true, false) = (why(kind), incident.tells_finance, is_reported) {
        let body = render::no_figure_mail(as_of, why, incident.last_good.as_ref());
        wanted.push((FINANCE_INCIDENT.to_owned(), &job.mail.finance.to, body));
    }
    let date = mails::date_of(job, mailed_of, world);
    let built = mails::build_all(job, mailed_of, 1, wanted, date, &Default::default())?;
    store.transaction(|tables| {
        let run = match run {
            Some(run) => run,
            None => tables.open_run(&NewRun {
                job: job.name.clone(),
                as_of,
                revision: 1,
                inputs_digest: String::new(),
                settings_digest: job.settings_digest.clone(),
                started_at: world.now,
            })?,
        };
        tables.fail_run(run, code, &text, world.now)?;
        for mail in &built {
            Outbox::new(tables.connection()).freeze(mail, world.now)?;
        }
        tables.end_night(&job.name)?;
        Ok::<(), Failure>(())
    })?;
    if !built.is_empty() {
        tell(job, as_of, store, world);
    }
    Ok(())
}

/// Notes at a reported night whether its mails reached everybody, and mails operators once of what keeps them: not again on the
/// following nights while the same recipients are not reached.
pub fn record_delivery(
    job: &Job,
    outcome: &Outcome,
    store: &mut Store,
    world: &World,
) -> Result<(), Failure> {
    let as_of = outcome.as_of;
    let reported = |store: &Store| -> Result<Option<Run>, Failure> {
        let run = store.tables().find_finished(&job.name, as_of)?;
        Ok(run.filter(|run| run.status.is_reported()))
    };
    if outcome.exit_code == ExitKind::TryLater.code() {
        // What waits goes by itself, and nobody is mailed of it; `status` shows how the run ended.
        if let Some(run) = reported(store)? {
            let why = outcome.troubles.join("\n");
            store
                .tables()
                .fail_run(run.id, outcome.exit_code, &why, world.now)?;
        }
        return Ok(());
    }
    let Some(undelivered) = &outcome.undelivered else {
        let of_the_night = |row: &&Row| row.identity.as_of == as_of;
        let rows = Outbox::new(store.connection()).rows(&job.name)?;
        let reached = |row: &Row| matches!(row.state, State::Accepted | State::Dropped);
        if rows.iter().filter(of_the_night).all(reached) {
            store.tables().put_delivered(&job.name, as_of)?;
        }
        return Ok(());
    };
    let Some(run) = reported(store)? else {
        return Ok(());
    };
    let failure = &undelivered.failure;
    let (code, text) = (failure.exit_code(), failure.to_string());
    let audience = format!("operator.{}", undelivered.cause);
    let rows = Outbox::new(store.connection()).rows(&job.name)?;
    let told = rows.iter().filter(|row| row.identity.audience == audience);
    let last_told = told
        .map(|row| row.identity.as_of)
        .filter(|told| *told <= as_of)
        .max();
    let is_news = match last_told {
        Some(told) => store.tables().delivered_between(&job.name, told, as_of)?,
        None => true,
    };
    let mut wanted = Vec::new();
    if is_news {
        let body = render::undelivered_mail(&job.name, as_of, code, &text);
        wanted.push((audience, &job.mail.operators, body));
    }
    let date = mails::date_of(job, as_of, world);
    let built = mails::build_all(job, as_of, 1, wanted, date, &Default::default())?;
    store.transaction(|tables| {
        tables.fail_run(run.id, code, &text, world.now)?;
        for mail in &built {
            Outbox::new(tables.connection()).freeze(mail, world.now)?;
        }
        Ok::<(), Failure>(())
    })?;
    if !built.is_empty() && undelivered.can_be_told {
        tell(job, as_of, store, world);
    }
    Ok(())
}

/// Offers what was frozen; what keeps it is told, and nothing more: it waits in the outbox.
pub fn tell(job: &Job, as_of: NaiveDate, store: &mut Store, world: &World) {
    let tidied = outbox::tidy(job, as_of, store, world);
    // With a clock before 1970 nothing that is sealed can be sent.
    let drained = caught(|| delivery::drain(job, as_of, store, world));
    let drained = drained.map(|drained| delivery::troubles(&drained));
    for told in [tidied, drained] {
        match told {
            Ok(troubles) => troubles.iter().for_each(|trouble| tracing::warn!("{trouble}")),
            Err(failure) => tracing::warn!("the mail about this night waits: {failure}"),
        }
    }
}

/// Errors of the program or the machine, which may come after the report too.
fn is_of_the_program(kind: ExitKind) -> bool {
    matches!(
        kind,
        ExitKind::Failed | ExitKind::CannotCreate | ExitKind::CannotWrite | ExitKind::Fault
    )
}

/// What finance is told of a night without a figure: in a plain clause, for data that cannot be used. A source that is
/// down, a full disk or a fault of the program is the operators'.
fn why(kind: ExitKind) -> Option<&'static str> {
    match kind {
        ExitKind::BadData => Some("the data that was handed in cannot be used"),
        ExitKind::SchemaChanged => Some("a file or an answer has changed its shape and cannot be read"),
        _ => None,
    }
}
