//! What this attempt at a night is: which revision, done already or not; and the statement that comes of it.

use chrono::{DateTime, NaiveDate, Utc};
use sha2::{Digest, Sha256};

use crate::deliver::folder;
use crate::domain::{Baseline, InputRead, Statement, hex};
use crate::failure::Failure;
use crate::job::Job;
use crate::night::Options;
use crate::night::accounts::Judged;
use crate::night::read::calls::CallsTaken;
use crate::pull::Tables;
use crate::record::{NewRun, Run, Store};
use crate::steps::gates;

/// An attempt at a night.
pub(super) struct Planned {
    pub as_of: NaiveDate,
    pub revision: u32,
    pub run: i64,
    pub inputs_digest: String,
}

/// A night before its inputs are read.
pub(super) enum Attempt {
    /// To be made, as this revision. The run is a trace of the attempt before any of its work can fail.
    Open { revision: u32, run: i64 },
    /// Reported before, by this run.
    Reported(Box<Run>),
}

/// Decides whether the night is still to be done, and as which revision; opens its run.
pub(super) fn begin(
    job: &Job,
    as_of: NaiveDate,
    store: &Store,
    options: &Options,
    now: DateTime<Utc>,
) -> Result<Attempt, Failure> {
    let finished = match options.dry_run {
        true => None,
        false => store.tables().find_finished(&job.name, as_of)?,
    };
    let next = || folder::highest_revision(&job.reports, &job.name, as_of) + 1;
    let revision = match finished {
        None if options.redo && !options.dry_run => next(),
        None => 1,
        // Held and blocked nights sent no figure: they may be tried again under the same revision.
        Some(earlier) if !earlier.status.is_reported() => earlier.revision,
        Some(earlier) if options.redo => {
            refuse_rested_on(job, as_of, store)?;
            next().max(earlier.revision + 1)
        }
        Some(earlier) => return Ok(Attempt::Reported(Box::new(earlier))),
    };
    let run = store.tables().open_run(&NewRun {
        job: job.name.clone(),
        as_of,
        revision,
        inputs_digest: String::new(),
        settings_digest: job.settings_digest.clone(),
        started_at: now,
    })?;
    Ok(Attempt::Open { revision, run })
}

/// What an earlier night knew is not kept: made again, it would tell what later nights have learned.
fn refuse_rested_on(job: &Job, as_of: NaiveDate, store: &Store) -> Result<(), Failure> {
    let newest = store.tables().newest_reported(&job.name)?;
    match newest.filter(|newest| *newest > as_of) {
        None => Ok(()),
        Some(newest) => Err(Failure::usage(
            format!(
                "the night of {as_of} cannot be made again: that of {newest} has been reported since, and rests on it"
            ),
            format!("make the newest again, with --redo --as-of {newest}"),
        )),
    }
}

impl Attempt {
    /// The run of a night that is to be made.
    pub(super) fn run(&self) -> Option<i64> {
        match self {
            Attempt::Open { run, .. } => Some(*run),
            Attempt::Reported(_) => None,
        }
    }

    /// The attempt with what was read for it; blank for a night that was reported from the same inputs and settings.
    pub(super) fn with_inputs(
        self,
        job: &Job,
        as_of: NaiveDate,
        tables: &Tables,
        taken: &CallsTaken,
    ) -> Result<Option<Planned>, Failure> {
        let inputs_digest = digest_of(tables.inputs.iter().chain(&taken.inputs));
        match self {
            Attempt::Open { revision, run } => Ok(Some(Planned {
                as_of,
                revision,
                run,
                inputs_digest,
            })),
            Attempt::Reported(earlier)
                if earlier.inputs_digest == inputs_digest
                    && earlier.settings_digest == job.settings_digest =>
            {
                Ok(None)
            }
            Attempt::Reported(earlier) => Err(Failure::usage(
                format!(
                    "the night of {as_of} has been reported, and its inputs or settings have changed since"
                ),
                format!(
                    "where it is the newest, run with --redo to make revision {} beside it; or name another day with --as-of",
                    earlier.revision + 1
                ),
            )),
        }
    }
}

/// One digest over what was read: tables, names and contents, in the order of the job.
fn digest_of<'a>(inputs: impl Iterator<Item = &'a InputRead>) -> String {
    let mut hasher = Sha256::new();
    for input in inputs {
        for part in [&input.table, &input.name, &input.digest] {
            hasher.update((part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
    }
    hex(&hasher.finalize())
}

impl Planned {
    /// The root value behind every output.
    pub(super) fn state(
        &self,
        job: &Job,
        tables: Tables,
        mut taken: CallsTaken,
        judged: Judged,
    ) -> (Statement, Baseline) {
        taken.count_once(&judged.repeated_calls);
        let status = gates::status(&judged.gates);
        let statement = Statement {
            job: job.name.clone(),
            as_of: self.as_of,
            revision: self.revision,
            status,
            exit_code: gates::exit_code(&judged.gates),
            stands: judged.last_good,
            gates: judged.gates,
            coverage: judged.coverage,
            accounts: judged.accounts,
            inputs: tables.inputs.into_iter().chain(taken.inputs).collect(),
            quarantine: tables.quarantine.into_iter().chain(taken.quarantine).collect(),
            unmatched_calls: judged.unmatched_calls,
            model: job.scoring.model.to_string(),
            method: method(job),
            inputs_digest: self.inputs_digest.clone(),
            settings_digest: job.settings_digest.clone(),
        };
        (statement, judged.baseline)
    }
}

/// The settings that bear on verdicts and money, for the method page.
fn method(job: &Job) -> Vec<(String, String)> {
    let bears = |key: &str| {
        ["scoring.", "gates.", "keep.", "prices."]
            .iter()
            .any(|section| key.starts_with(section))
    };
    let settings = job.settings.iter().filter(|setting| bears(&setting.key));
    settings
        .map(|setting| (setting.key.clone(), setting.value.clone()))
        .collect()
}
