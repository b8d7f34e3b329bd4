//! The API's part of the night: secrets resolved, refusals remembered, what was pulled handed on as files.

use std::path::Path;

use chrono::{DateTime, NaiveDate, Utc};

use crate::failure::Failure;
use crate::job::{Job, Vonage};
use crate::night::read::calls;
use crate::night::{Options, World, plan};
use crate::pull::file_digest;
use crate::pull::vonage::{ApiSources, Credentials, PagesDone, PullOrder, Stored, VonageError};
use crate::record::{RunStatus, Store};
use crate::secret::SecretSource;

/// The job's API sources; their raw store stands beside the job's own, dry run or not: what was fetched once is kept.
pub(crate) fn sources(job: &Job) -> ApiSources<'_> {
    ApiSources {
        sources: &job.sources,
        accounts: &job.accounts,
        raw: job.store.join("raw"),
    }
}

/// Whether the night is still to be made.
pub(crate) enum Fetched {
    /// Reported before: asking the API again would only find later calls.
    Reported,
    Stored(Stored),
}

/// Pulls this night's calls and lines, unless it did already, and gives what stands in the store. Without API sources
/// nothing is opened or asked.
pub(crate) fn fetch(
    job: &Job,
    as_of: NaiveDate,
    options: &Options,
    store: &Store,
    world: &World,
) -> Result<Fetched, Failure> {
    let sources = sources(job);
    let Some(vonage) = &job.vonage else {
        return Ok(Fetched::Stored(sources.stored(None)?));
    };
    let from = options.afresh_from();
    if !options.dry_run && !options.redo && from.is_none() && plan::is_reported(job, as_of, store)? {
        return Ok(Fetched::Reported);
    }
    if !options.offline {
        // A pull belongs to its night: what one brought stands once that is reported, and what one brought that was held
        // and never accepted goes with it.
        for night in sources.pulled_nights()? {
            if plan::is_reported(job, night, store)? {
                sources.believe(night)?;
            } else if !options.dry_run && night != as_of && stopped(job, night, store)?.is_some() {
                sources.distrust(night)?;
            }
        }
        // The store of a dry run is a copy, and a refused login must be remembered.
        let real = options.dry_run.then(|| Store::open(&job.store)).transpose()?;
        let store = real.as_ref().unwrap_or(store);
        let credentials = credentials(vonage, world)?;
        refuse_halted(store, &credentials)?;
        let mut bar = None;
        let mut on_page = |done: PagesDone| {
            let bar = bar.get_or_insert_with(|| world.progress.bar("pages of calls", done.expected));
            bar.expect(done.expected);
            bar.set(done.pages);
        };
        let order = PullOrder {
            api: &vonage.api,
            credentials: credentials.clone(),
            as_of,
            overlap_days: job.overlap_days,
            again: options.redo,
            from,
        };
        let pulled = sources.pull(order, &mut on_page);
        remember_refusal(store, &credentials, pulled, world.now)?;
    }
    Ok(Fetched::Stored(sources.stored(from)?))
}

/// Days that were asked for again take their place once a reported night rests on them. Else they go; a night of `as_of`
/// that waits to be accepted, or that did not come to its end, still has them.
pub(crate) fn settle_refetch(
    job: &Job,
    options: &Options,
    as_of: NaiveDate,
    store: &Store,
) -> Result<(), Failure> {
    if job.vonage.is_none() {
        return Ok(());
    }
    let is_kept = |source_id: &str, account_id: &str, path: &Path| {
        let input = store.tables().input(&calls::key_of(source_id, account_id))?;
        let digest = file_digest(path)?;
        Ok::<bool, Failure>(input.is_some_and(|input| input.digest == digest))
    };
    let is_blocked = matches!(stopped(job, as_of, store)?, Some(RunStatus::Blocked));
    let waits = |night| options.afresh_from().is_some() && night == as_of && !is_blocked;
    sources(job).settle_refetch(&is_kept, &waits)
}

/// How a gate stopped a night, where nothing released it.
fn stopped(job: &Job, night: NaiveDate, store: &Store) -> Result<Option<RunStatus>, Failure> {
    let finished = store.tables().find_finished(&job.name, night)?;
    Ok(finished
        .map(|run| run.status)
        .filter(|status| matches!(status, RunStatus::Held | RunStatus::Blocked)))
}

/// `quietline check`: what the API answers to a page of each source.
pub(crate) fn check(job: &Job, world: &World) -> Result<Vec<String>, Failure> {
    let Some(vonage) = &job.vonage else {
        return Ok(Vec::new());
    };
    let store = Store::open(&job.store)?;
    let credentials = credentials(vonage, world)?;
    refuse_halted(&store, &credentials)?;
    let order = PullOrder {
        api: &vonage.api,
        credentials: credentials.clone(),
        as_of: plan::night_of(job, world.now)?,
        overlap_days: job.overlap_days,
        again: false,
        from: None,
    };
    remember_refusal(&store, &credentials, sources(job).check(order), world.now)
}

/// Clears the halt that a refused login left; whether there was one.
pub fn clear_halt(job: &Job, world: &World) -> Result<bool, Failure> {
    let Some(vonage) = &job.vonage else {
        return Ok(false);
    };
    let store = Store::open(&job.store)?;
    Ok(store.tables().clear_halt(&credentials(vonage, world)?.key())?)
}

fn credentials(vonage: &Vonage, world: &World) -> Result<Credentials, Failure> {
    let secret = |source: &SecretSource, what| source.get(what, &world.environment);
    let password = secret(&vonage.password, "the password of the Vonage login");
    let client_secret = secret(&vonage.client_secret, "the secret of the Vonage application");
    match (password, client_secret) {
        (Ok(password), Ok(client_secret)) => Ok(Credentials::new(&vonage.api, password, client_secret)),
        (Err(first), Err(second)) => Err(Failure::of_both(first.into(), second.into())),
        (Err(error), _) | (_, Err(error)) => Err(error.into()),
    }
}

/// A refused login is not tried again until it changes: a few failed ones lock the user.
fn refuse_halted(store: &Store, credentials: &Credentials) -> Result<(), Failure> {
    let tables = store.tables();
    let Some(halt) = tables.halt(&credentials.key())? else {
        return Ok(());
    };
    let (fingerprint, reason) = halt.reason.split_once(' ').unwrap_or_default();
    if fingerprint != credentials.fingerprint() {
        tables.clear_halt(&credentials.key())?;
        return Ok(());
    }
    Err(VonageError::Halted {
        since: halt.set_at.format("%Y-%m-%d %H:%M UTC").to_string(),
        reason: reason.to_owned(),
    }
    .into())
}

fn remember_refusal<T>(
    store: &Store,
    credentials: &Credentials,
    outcome: Result<T, VonageError>,
    now: DateTime<Utc>,
) -> Result<T, Failure> {
    if let Err(VonageError::Refused { answer }) = &outcome {
        let reason = format!("{} {answer}", credentials.fingerprint());
        store.tables().put_halt(&credentials.key(), &reason, now)?;
    }
    Ok(outcome?)
}
