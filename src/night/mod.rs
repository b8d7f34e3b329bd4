//! The night, told once, in order: pull -> tables -> usage -> score -> cost -> recommend -> report -> deliver -> record.
//! Only this module sees both ends; every stage below it speaks the words of [`crate::domain`].

mod accounts;
mod asked;
mod attempt;
mod failed;
mod forget;
mod mail;
mod memory;
mod plan;
mod publish;
mod quarantine;
mod read;
mod usage;

use std::path::Path;
use std::time::Instant;

use chrono::{DateTime, NaiveDate, Utc};

use accounts::Judging;
use failed::{killed, net};
use memory::afresh::{self, Afresh};
use memory::{other_jobs, retention};
use read::unread_names::Reading;
use read::{api, calls};

use crate::domain::{NightStatus, Statement};
use crate::failure::{ExitKind, Failure};
use crate::job::Job;
use crate::mishap::caught;
use crate::progress::Progress;
use crate::pull::{LegStore, read_tables};
use crate::record::{Store, UsageFiles};

pub use asked::check::check;
pub use asked::explain::explain;
pub use asked::export::focus;
pub use asked::exports::{Exports, exports_in, exports_named};
pub use asked::odds::{odds, odds_of_job};
pub use asked::preview::{Preview, preview, send};
pub use asked::status::{Standing, standing};
pub use failed::alarm::tell_of_no_job;
pub use failed::net::without_a_clock;
pub use failed::watchdog::watched;
pub use forget::{Forgotten, forget};
pub use mail::outbox;
pub use quarantine::quarantine;
pub use read::api::clear_halt;

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
    /// Read all days from this one on again, in place of what is known of them.
    pub refetch: Option<NaiveDate>,
    /// With one of these: let known days go that cannot be read again.
    pub forget_days: bool,
    /// Go on where the state store was lost or the job is new to it, without what earlier nights knew.
    pub begin_anew: bool,
    /// Ask no API; what was pulled before will do.
    pub offline: bool,
}

impl Options {
    /// From which day on days are read again.
    fn afresh_from(&self) -> Option<NaiveDate> {
        match self.rebuild {
            true => Some(NaiveDate::MIN),
            false => self.refetch,
        }
    }
}

/// How a night ended.
pub struct Outcome {
    /// None when the night had been done before and nothing was left to do.
    pub statement: Option<Statement>,
    pub as_of: NaiveDate,
    pub exit_code: u8,
    /// What the operator should know: mails refused or waiting, a ping that was not heard.
    pub troubles: Vec<String>,
    /// The night has its report, and somebody has not.
    pub undelivered: Option<Undelivered>,
    /// Nothing waits in the outbox.
    pub drained: bool,
    /// The report's folder, also of a night that was reported before; none of a dry run.
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
            undelivered: None,
            drained: true,
            folder: None,
        }
    }
}

/// Mails or posts that were refused for good, or a server that took none.
pub struct Undelivered {
    pub failure: Failure,
    /// The same for the same recipients, night after night.
    pub cause: String,
    /// Operators can be mailed of it now; else it waits with the other mails.
    pub can_be_told: bool,
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
    let as_of = plan::night_of(job, world.now)?;
    if options.dry_run {
        return caught(|| {
            let rehearsal = plan::Rehearsal::of(&job.store)?;
            let home = rehearsal.folder();
            work(
                job,
                options,
                world,
                as_of,
                home,
                &mut Store::open(home)?,
                &mut None,
            )
        });
    }
    net::under(job, as_of, world, |opened| {
        let mut store = Store::open(&job.store)?;
        killed::begin(job, as_of, &mut store, world)?;
        let mut ended = caught(|| work(job, options, world, as_of, &job.store, &mut store, opened));
        match memory::clear_up(job, options, as_of, &mut store, world) {
            Err(failure) if ended.is_ok() => ended = Err(failure),
            Err(failure) => tracing::warn!("clearing up after this night failed too: {failure}"),
            Ok(()) => {}
        }
        // Where it ended badly, the net says so, in the store or beside it.
        if let (Err(error), true) = (store.tables().end_night(&job.name), ended.is_ok()) {
            ended = Err(error.into());
        }
        ended
    })
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
        .ok_or_else(|| Failure::msg(ExitKind::Failed, "a dry run came out without a statement"))
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
    let (legs, usage_files) = (LegStore::open(home)?, UsageFiles::in_copy(home, &job.store));
    memory::apply_draft(job, store, &legs, &usage_files)?;
    if options.begin_anew {
        memory::begin_anew(job, store, &legs, &usage_files)?;
    } else if !options.dry_run {
        memory::check_lost(job, as_of, store, &usage_files)?;
        other_jobs::check_renamed(job, as_of, store, world)?;
    }
    if !options.dry_run {
        memory::check_clock(job, as_of, store)?;
        retention::note(job, as_of, store)?;
        afresh::check_words(options, as_of)?;
        api::settle_refetch(job, options, as_of, store)?;
    }
    let stored = match api::fetch(job, as_of, options, store, world)? {
        api::Fetched::Reported => return publish::finish_earlier(job, as_of, store, world),
        api::Fetched::Stored(stored) => stored,
    };
    timings.passed("pull");
    if !options.rebuild {
        memory::check_zones(job, store)?;
        memory::check_usage(job, store, &usage_files)?;
    }
    let tables = read_tables(&stored.sources, &job.accounts, job.max_quarantined_rows)?;
    let night = attempt::begin(job, as_of, store, options, world.now)?;
    *opened = night.run();
    // From here on nothing is stored until a night that is reported keeps all of it.
    let legs = legs.in_draft(store.begin_draft()?);
    if night.run().is_some() {
        memory::go_back(job, as_of, store)?;
    }
    let afresh = match options.afresh_from() {
        Some(from) => Some(Afresh::begin(job, from, store, &usage_files)?),
        None => None,
    };
    memory::put_zones(job, store)?;
    let taken = calls::take_in(
        job,
        &stored.call_files,
        &Reading::new(as_of, &tables.lines),
        store,
        &legs,
        &world.progress,
    )?;
    timings.passed("read");
    let judging = Judging {
        job,
        as_of,
        tables: &tables,
        taken: &taken,
        stored: &stored,
        accepted: &options.accepted,
        now: world.now,
        moved: afresh.as_ref().map(Afresh::moved).unwrap_or_default(),
        read_again_from: options.afresh_from(),
    };
    let planned = night.with_inputs(job, as_of, &tables, &taken)?;
    if planned.is_none() && afresh.is_none() && options.accepted.is_empty() {
        store.forget_draft()?;
        return publish::finish_earlier(job, as_of, store, world);
    }
    let judged = judging.judge(&legs, store, &usage_files, &world.progress)?;
    if let (Some(afresh), false) = (&afresh, options.forget_days) {
        afresh.check(store)?;
    }
    timings.passed("judge");
    let Some(planned) = planned else {
        // The night stands as it was reported; the days that were read again, and what was confirmed of a warning, do not
        // wait for the next.
        match (afresh, afresh::refuse_stopped(&judged.gates)) {
            (_, Ok(())) => store.keep_draft()?,
            (Some(_), Err(stopped)) => return Err(stopped),
            (None, Err(_)) => store.forget_draft()?,
        }
        return publish::finish_earlier(job, as_of, store, world);
    };
    let run = planned.run;
    store.tables().put_run_inputs(run, &planned.inputs_digest)?;
    let (statement, baseline) = planned.state(job, tables, taken, judged);
    if options.dry_run {
        return Ok(Outcome::rehearsed(statement));
    }
    let blocked = statement.status == NightStatus::Blocked;
    let outcome = publish::publish(job, statement, baseline, run, store, world, timings)?;
    if blocked {
        api::sources(job).distrust(as_of)?;
    }
    Ok(outcome)
}
