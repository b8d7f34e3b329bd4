//! The night, told once, in order: pull -> tables -> usage -> score -> cost -> recommend -> report -> deliver -> record.
//! Only this module sees both ends; every stage below it speaks the words of [`crate::domain`].

mod accounts;
mod api;
mod calls;
mod check;
mod explain;
mod export;
mod incident;
mod mails;
mod occasions;
mod odds;
pub mod outbox;
mod parquet;
mod plan;
mod preview;
mod publish;
mod roll;
mod status;
mod watchdog;

use std::path::Path;
use std::time::Instant;

use chrono::{DateTime, NaiveDate, Utc};

use accounts::Judging;

use crate::domain::{NightStatus, Statement};
use crate::failure::{ExitKind, Failure};
use crate::job::Job;
use crate::progress::Progress;
use crate::pull::{LegStore, read_tables};
use crate::record::{Store, UsageFiles};

pub use api::clear_halt;
pub use check::check;
pub use explain::explain;
pub use export::focus;
pub use odds::{odds, odds_of_job};
pub use preview::{Preview, preview, send};
pub use status::{Standing, standing};
pub use watchdog::watched;

/// The world outside, as arguments: nothing below asks a clock or looks for a terminal.
pub struct World {
    pub now: DateTime<Utc>,
    pub progress: Progress,
    /// Looks up a variable, for secrets.
    pub environment: Environment,
    /// The job as it was typed, for commands that a message proposes.
    pub job_words: String,
}

/// A look into the environment.
pub type Environment = fn(&str) -> Option<std::ffi::OsString>;

/// What was typed after `run`.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Compute and print; save and send nothing.
    pub dry_run: bool,
    /// Hashes of changes that the operator accepts.
    pub accepted: Vec<String>,
    /// Make the next revision of a night that has been reported.
    pub redo: bool,
    /// Forget the usage, and read every call file again.
    pub rebuild: bool,
    /// Ask no API; what was pulled before will do.
    pub offline: bool,
}

/// How a night ended.
pub struct Outcome {
    /// None when the night had been done before and nothing was left to do.
    pub statement: Option<Statement>,
    pub as_of: NaiveDate,
    pub exit_code: u8,
    /// What the operator should know: mails refused or waiting, a ping that was not heard.
    pub troubles: Vec<String>,
    /// Nothing waits in the outbox.
    pub drained: bool,
    /// The report's folder, unless this was a dry run.
    pub folder: Option<std::path::PathBuf>,
}

impl Outcome {
    fn rehearsed(statement: Statement) -> Outcome {
        let (as_of, exit_code) = (statement.as_of, statement.exit_code);
        Outcome {
            statement: Some(statement),
            as_of,
            exit_code,
            troubles: Vec::new(),
            drained: true,
            folder: None,
        }
    }
}

/// How long each part of a night took, for `run.json`: told, never judged by.
#[derive(Debug)]
struct Timings {
    since: Instant,
    /// Part and milliseconds, in order.
    parts: Vec<(&'static str, u64)>,
}

impl Default for Timings {
    fn default() -> Timings {
        Timings {
            since: Instant::now(),
            parts: Vec::new(),
        }
    }
}

impl Timings {
    fn passed(&mut self, part: &'static str) {
        let milliseconds = u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.parts.push((part, milliseconds));
        self.since = Instant::now();
    }
}

/// Runs one night of a job.
pub fn night(job: &Job, options: &Options, world: &World) -> Result<Outcome, Failure> {
    let as_of = plan::as_of_of(job, world.now)?;
    let rehearsal = options
        .dry_run
        .then(|| plan::Rehearsal::of(&job.store))
        .transpose()?;
    let home = rehearsal
        .as_ref()
        .map_or(job.store.as_path(), |rehearsal| rehearsal.folder());
    let mut store = Store::open(home)?;
    let mut run = None;
    let ended = work(job, options, world, as_of, home, &mut store, &mut run);
    if let (Err(failure), false) = (&ended, options.dry_run) {
        // The failure itself is what to report; that it could not be recorded or mailed comes beside it.
        if let Err(also) = incident::record(job, as_of, run, failure, &mut store, world) {
            tracing::warn!("the failure of this night was told to nobody else: {also}");
        }
    }
    ended
}

/// The night as it would come out, with what has been pulled so far; saves and sends nothing.
pub fn rehearsed(job: &Job, world: &World) -> Result<Statement, Failure> {
    let options = Options {
        dry_run: true,
        offline: true,
        ..Options::default()
    };
    let outcome = night(job, &options, world)?;
    outcome
        .statement
        .ok_or_else(|| Failure::said(ExitKind::Failed, "a dry run came out without a statement"))
}

/// The stages in order; `opened` is the run, once there is one to close.
fn work(
    job: &Job,
    options: &Options,
    world: &World,
    as_of: NaiveDate,
    home: &Path,
    store: &mut Store,
    opened: &mut Option<i64>,
) -> Result<Outcome, Failure> {
    let mut timings = Timings::default();
    let stored = match api::fetch(job, as_of, options, store, world)? {
        api::Fetched::Reported => return publish::finish_earlier(job, as_of, store, world),
        api::Fetched::Stored(stored) => stored,
    };
    timings.passed("pull");
    let (legs, usage_files) = (LegStore::open(home)?, UsageFiles::in_copy(home, &job.store));
    if options.rebuild {
        plan::forget_usage(job, store, &legs, &usage_files)?;
    }
    plan::check_zones(job, store)?;
    plan::check_usage(job, store, &usage_files)?;
    let tables = read_tables(&stored.sources, &job.accounts, job.max_quarantined_rows)?;
    let taken = calls::take_in(job, &stored.call_files, store, &legs, &world.progress)?;
    timings.passed("read");
    let judging = Judging {
        job,
        as_of,
        tables: &tables,
        taken: &taken,
        stored: &stored,
        accepted: &options.accepted,
    };
    let attempt = match plan::attempt(job, as_of, &tables, &taken, store, options)? {
        plan::Attempt::Done => {
            if options.rebuild {
                // The usage was forgotten, and the legs are back in the store: neither waits for the next night.
                judging.judge(&legs, store, &usage_files, &world.progress)?;
                plan::prune(job, as_of, store, &legs)?;
            }
            return publish::finish_earlier(job, as_of, store, world);
        }
        plan::Attempt::Open(attempt) => attempt,
    };
    let run = attempt.open(store, world.now)?;
    *opened = Some(run);
    let judged = judging.judge(&legs, store, &usage_files, &world.progress)?;
    let prunes = plan::is_rolled_up_for_good(&judged, job, as_of, store)?;
    timings.passed("judge");
    let (statement, baseline) = attempt.state(job, tables, taken, judged);
    if options.dry_run {
        return Ok(Outcome::rehearsed(statement));
    }
    let reported = matches!(statement.status, NightStatus::Ok | NightStatus::Warned);
    let blocked = statement.status == NightStatus::Blocked;
    let outcome = publish::publish(job, statement, baseline, run, store, world, timings)?;
    if reported {
        for account in &job.accounts {
            store.tables().keep_leg_windows(&account.account_id)?;
        }
    }
    if blocked {
        api::sources(job).distrust()?;
    }
    if prunes {
        plan::prune(job, as_of, store, &legs)?;
    }
    Ok(outcome)
}
