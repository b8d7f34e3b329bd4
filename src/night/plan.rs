//! What this attempt at a night is: which day, which revision, done already or not.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Days, NaiveDate, Utc};
use sha2::{Digest, Sha256};

use super::Options;
use super::accounts::Judged;
use super::calls::CallsTaken;
use crate::deliver::folder;
use crate::domain::{Baseline, InputRead, Statement, hex};
use crate::failure::Failure;
use crate::job::Job;
use crate::pull::Tables;
use crate::record::{self, NewRun, Run, Store};
use crate::steps::gates;

/// The day of the night: as typed or as the job fixes it, else yesterday in the account zone furthest behind.
pub fn as_of_of(job: &Job, now: DateTime<Utc>) -> Result<NaiveDate, Failure> {
    let local = job.accounts.iter().map(|account| account.time_zone.day_of(now));
    let today = local.min().unwrap_or_else(|| now.date_naive());
    let as_of = job.as_of.unwrap_or(today - Days::new(1));
    if as_of >= today {
        return Err(Failure::usage(
            format!(
                "the last day to look at, {as_of}, is not over yet (it is {today} in the account's zone)"
            ),
            "name a day that has passed with --as-of, or leave it out for yesterday",
        ));
    }
    Ok(as_of)
}

/// An attempt at a night.
pub struct Planned {
    pub as_of: NaiveDate,
    pub revision: u32,
    pub run: i64,
    pub inputs_digest: String,
}

/// A night before its inputs are read.
pub enum Night {
    /// To be made, as this revision. The run is a trace of the attempt before any of its work can fail.
    Open { revision: u32, run: i64 },
    /// Reported before, by this run.
    Reported(Box<Run>),
}

/// Decides whether the night is still to be done, and as which revision; opens its run.
pub fn stands(
    job: &Job,
    as_of: NaiveDate,
    store: &Store,
    options: &Options,
    now: DateTime<Utc>,
) -> Result<Night, Failure> {
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
        Some(earlier) => return Ok(Night::Reported(Box::new(earlier))),
    };
    let run = store.tables().open_run(&NewRun {
        job: job.name.clone(),
        as_of,
        revision,
        inputs_digest: String::new(),
        settings_digest: job.settings_digest.clone(),
        started_at: now,
    })?;
    Ok(Night::Open { revision, run })
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

impl Night {
    /// The run of a night that is to be made.
    pub fn run(&self) -> Option<i64> {
        match self {
            Night::Open { run, .. } => Some(*run),
            Night::Reported(_) => None,
        }
    }

    /// The attempt with what was read for it; blank for a night that was reported from the same inputs and settings.
    pub fn with_inputs(
        self,
        job: &Job,
        as_of: NaiveDate,
        tables: &Tables,
        taken: &CallsTaken,
    ) -> Result<Option<Planned>, Failure> {
        let inputs_digest = digest_of(tables.inputs.iter().chain(&taken.inputs));
        match self {
            Night::Open { revision, run } => Ok(Some(Planned {
                as_of,
                revision,
                run,
                inputs_digest,
            })),
            Night::Reported(earlier)
                if earlier.inputs_digest == inputs_digest
                    && earlier.settings_digest == job.settings_digest =>
            {
                Ok(None)
            }
            Night::Reported(earlier) => Err(Failure::usage(
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

/// Whether finance and admins have had this night's report.
pub fn is_reported(job: &Job, as_of: NaiveDate, store: &Store) -> Result<bool, Failure> {
    let earlier = store.tables().find_finished(&job.name, as_of)?;
    Ok(earlier.is_some_and(|run| run.status.is_reported()))
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
    pub fn state(
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

/// A copy of the store for a dry run, removed when it is dropped.
pub struct Rehearsal {
    folder: tempfile::TempDir,
}

impl Rehearsal {
    /// # Errors
    /// A store that a run would not trust is told by its own name, not by that of the copy.
    pub fn of(store: &Path) -> Result<Rehearsal, Failure> {
        use record::Error::{Damaged, Empty, Foreign, Newer};
        if let Err(error @ (Damaged { .. } | Empty { .. } | Foreign { .. } | Newer { .. })) =
            Store::open_to_read(store)
        {
            return Err(error.into());
        }
        let folder = tempfile::Builder::new()
            .prefix("quietline-dry-run-")
            .tempdir()
            .map_err(|error| Failure::cannot_write(&std::env::temp_dir(), error))?;
        copy(store, folder.path()).map_err(|error| Failure::cannot_write(folder.path(), error))?;
        Ok(Rehearsal { folder })
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

/// Copies a folder; one that is not there is an empty one. What the API gave is read where it is.
fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    let entries = match fs::read_dir(from) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    fs::create_dir_all(to)?;
    for entry in entries {
        let entry = entry?;
        let target: PathBuf = to.join(entry.file_name());
        if entry.file_name() == "raw" {
            continue;
        }
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?
        } else {
            fs::copy(entry.path(), target).map(drop)?
        }
    }
    Ok(())
}
