//! What this attempt at a night is: which day, which revision, done already or not.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};
use sha2::{Digest, Sha256};

use super::Options;
use super::accounts::Judged;
use super::calls::CallsTaken;
use super::roll::DayRecord;
use crate::deliver::folder;
use crate::domain::{Baseline, Gate, GateReport, GateStatus, InputRead, Statement};
use crate::failure::{ExitKind, Failure};
use crate::job::Job;
use crate::pull::{LegStore, Tables};
use crate::record::{NewRun, RunStatus, Store, UsageFiles};
use crate::steps::gates;

/// The day of the night: as typed or as the job fixes it, else yesterday in the account zone furthest behind.
pub fn as_of_of(job: &Job, now: DateTime<Utc>) -> Result<NaiveDate, Failure> {
    let local = job
        .accounts
        .iter()
        .map(|account| now.with_timezone(&account.time_zone).date_naive());
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

/// An attempt at a night, before its run is opened.
pub struct Planned {
    pub as_of: NaiveDate,
    pub revision: u32,
    pub inputs_digest: String,
    job: String,
    settings_digest: String,
}

pub enum Attempt {
    /// Reported before from the same inputs and settings: only undelivered mail is left to do.
    Done,
    Open(Planned),
}

/// Decides whether the night is still to be done, and as which revision.
pub fn attempt(
    job: &Job,
    as_of: NaiveDate,
    tables: &Tables,
    taken: &CallsTaken,
    store: &Store,
    options: &Options,
) -> Result<Attempt, Failure> {
    let inputs_digest = digest_of(tables.inputs.iter().chain(&taken.inputs));
    let planned = |revision| {
        Attempt::Open(Planned {
            as_of,
            revision,
            inputs_digest: inputs_digest.clone(),
            job: job.name.clone(),
            settings_digest: job.settings_digest.clone(),
        })
    };
    if options.dry_run {
        return Ok(planned(1));
    }
    let next = folder::highest_revision(&job.reports, &job.name, as_of) + 1;
    let Some(earlier) = store.tables().find_finished(&job.name, as_of)? else {
        return Ok(planned(if options.redo { next } else { 1 }));
    };
    let reported = matches!(earlier.status, RunStatus::Ok | RunStatus::Warned);
    let same = earlier.inputs_digest == inputs_digest && earlier.settings_digest == job.settings_digest;
    match (reported, options.redo, same) {
        // Held and blocked nights sent no figure: they may be tried again under the same revision.
        (false, _, _) => Ok(planned(earlier.revision)),
        (true, true, _) => Ok(planned(next.max(earlier.revision + 1))),
        (true, false, true) => Ok(Attempt::Done),
        (true, false, false) => Err(Failure::usage(
            format!("the night of {as_of} has been reported, and its inputs or settings have changed since"),
            "run with --redo to make revision 2 beside it, or with --as-of for another day",
        )),
    }
}

/// Whether finance and admins have had this night's report.
pub fn is_reported(job: &Job, as_of: NaiveDate, store: &Store) -> Result<bool, Failure> {
    let earlier = store.tables().find_finished(&job.name, as_of)?;
    Ok(earlier.is_some_and(|run| matches!(run.status, RunStatus::Ok | RunStatus::Warned)))
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
    hasher
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

impl Planned {
    /// A trace of the attempt before any of its work can fail.
    pub fn open(&self, store: &Store, now: DateTime<Utc>) -> Result<i64, Failure> {
        Ok(store.tables().open_run(&NewRun {
            job: self.job.clone(),
            as_of: self.as_of,
            revision: self.revision,
            inputs_digest: self.inputs_digest.clone(),
            settings_digest: self.settings_digest.clone(),
            started_at: now,
        })?)
    }

    /// The root value behind every output.
    pub fn state(
        &self,
        job: &Job,
        tables: Tables,
        taken: CallsTaken,
        judged: Judged,
    ) -> (Statement, Baseline) {
        let status = gates::status(&judged.gates);
        let statement = Statement {
            job: job.name.clone(),
            as_of: self.as_of,
            revision: self.revision,
            status,
            exit_code: gates::exit_code(&judged.gates),
            gates: judged.gates,
            coverage: judged.coverage,
            accounts: judged.accounts,
            inputs: tables.inputs.into_iter().chain(taken.inputs).collect(),
            quarantine: tables.quarantine.into_iter().chain(taken.quarantine).collect(),
            unmatched_calls: judged.unmatched_calls,
            model: job.scoring.model.to_string(),
            method: method(job),
            inputs_digest: self.inputs_digest.clone(),
            settings_digest: self.settings_digest.clone(),
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

/// Days that were cut in one zone mean nothing in another: a changed zone is refused until the usage is rebuilt.
pub fn check_zones(job: &Job, store: &Store) -> Result<(), Failure> {
    for account in &job.accounts {
        let (id, zone) = (&account.account_id, account.time_zone.to_string());
        match store.tables().zone(id)? {
            Some(before) if before != zone => {
                let what = format!(
                    "the days of account {id} were cut in {before} so far, and the job now says {zone}"
                );
                let advice =
                    "set accounts.<id>.time_zone back, or run with --rebuild to read every call file again";
                return Err(Failure::said(ExitKind::JobFile, what).advise(advice));
            }
            Some(_) => {}
            None => store.tables().put_zone(id, &zone)?,
        }
    }
    Ok(())
}

/// `--rebuild`: forgets what was read and rolled up, so that every call file is read again.
pub fn forget_usage(
    job: &Job,
    store: &mut Store,
    legs: &LegStore,
    usage_files: &UsageFiles,
) -> Result<(), Failure> {
    for account in &job.accounts {
        usage_files.clear(&account.account_id)?;
        legs.prune_before(&account.account_id, NaiveDate::MAX)?;
    }
    store.transaction(|tables| {
        tables.forget_inputs()?;
        for account in &job.accounts {
            tables.forget_usage_days(&account.account_id)?;
            tables.forget_leg_windows(&account.account_id)?;
            tables.put_zone(&account.account_id, &account.time_zone.to_string())?;
        }
        Ok::<(), crate::record::Error>(())
    })?;
    Ok(())
}

/// Usage that was rolled up and lost since would read as silence: its legs have left the store.
pub fn check_usage(job: &Job, store: &Store, usage_files: &UsageFiles) -> Result<(), Failure> {
    for account in &job.accounts {
        let days = store.tables().usage_days(&account.account_id)?;
        // A record that cannot be read is one of another version: its day is rolled up again.
        let used =
            |json: &str| serde_json::from_str::<DayRecord>(json).is_ok_and(|record| record.join.legs > 0);
        let months: BTreeSet<NaiveDate> = days
            .iter()
            .filter(|(_, json)| used(json))
            .filter_map(|(day, _)| day.with_day(1))
            .collect();
        usage_files.check_months(&account.account_id, &months)?;
    }
    Ok(())
}

/// Whether the days rolled up tonight were joined with the account's own lines. Where they were not, they must be
/// rolled up again once the lines are mended; without their legs they would be known days without a call.
pub fn is_rolled_up_for_good(
    judged: &Judged,
    job: &Job,
    as_of: NaiveDate,
    store: &Store,
) -> Result<bool, Failure> {
    if gates::exit_code(&judged.gates) == 0 {
        return Ok(true);
    }
    let strangers = |gate: &GateReport| gate.gate == Gate::G3Join && gate.status >= GateStatus::Hold;
    let last = store.tables().last_good(&job.name, as_of)?;
    let last = last.and_then(|run| run.summary).unwrap_or_default();
    // What G4 would pass as the ordinary coming and going of lines is passed here too.
    let kept_percent = 100 - job.gates.max_shrink_percent;
    let fewer = judged.baseline.accounts.iter().any(|(id, now)| {
        let before = last.accounts.get(id).map_or(1, |before| before.lines);
        now.lines * 100 < before * kept_percent
    });
    Ok(!fewer && !judged.gates.iter().any(strangers))
}

/// Raw legs leave the store on time: outside numbers stay for the overlap and `retention.raw_days`, no longer.
pub fn prune(job: &Job, as_of: NaiveDate, store: &mut Store, legs: &LegStore) -> Result<(), Failure> {
    let before = as_of - Days::new(u64::from(job.raw_days) + u64::from(job.overlap_days));
    for account in &job.accounts {
        // The mark comes first: a day that is marked and still there is only rolled up with more care than needed.
        store.tables().mark_pruned(&account.account_id, before)?;
        legs.prune_before(&account.account_id, before)?;
    }
    Ok(super::api::sources(job).prune_before(before)?)
}

/// A copy of the store for a dry run, removed when it is dropped.
pub struct Rehearsal {
    folder: tempfile::TempDir,
}

impl Rehearsal {
    pub fn of(store: &Path) -> Result<Rehearsal, Failure> {
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
