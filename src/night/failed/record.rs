//! What the store remembers of a night that an error ended, and who is mailed of it.

use chrono::NaiveDate;

use crate::deliver::outbox::{Outbox, Row, State};
use crate::failure::{ExitKind, Failure};
use crate::job::Job;
use crate::mishap::caught;
use crate::night::mail::incident::{FINANCE_INCIDENT, Incident, mark_of_failure};
use crate::night::mail::{delivery, mails, outbox};
use crate::night::{Outcome, World, quarantine};
use crate::record::{NewRun, Run, Store};
use crate::render::{self, FailedNight, Stands};

/// Closes the night as failed, with the reason, and mails those who must know. `run` is blank when the error came
/// before one was opened; a run that was closed already had its report, keeps its status and gets the reason beside it.
pub(crate) fn record(
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
pub(crate) fn record_delivery(
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
pub(crate) fn tell(job: &Job, as_of: NaiveDate, store: &mut Store, world: &World) {
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
