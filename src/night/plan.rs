//! Which night it is, whether it has been reported, and a copy of the store to rehearse it in.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Days, NaiveDate, Utc};

use crate::failure::Failure;
use crate::job::Job;
use crate::record::{self, Store};

/// The day of the night: as typed or as the job fixes it, else yesterday in the account zone furthest behind.
pub(super) fn night_of(job: &Job, now: DateTime<Utc>) -> Result<NaiveDate, Failure> {
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

/// Whether finance and admins have had this night's report.
pub(super) fn is_reported(job: &Job, as_of: NaiveDate, store: &Store) -> Result<bool, Failure> {
    let earlier = store.tables().find_finished(&job.name, as_of)?;
    Ok(earlier.is_some_and(|run| run.status.is_reported()))
}

/// A copy of the store for a dry run, removed when it is dropped.
pub(super) struct Rehearsal {
    folder: tempfile::TempDir,
}

impl Rehearsal {
    /// # Errors
    /// A store that a run would not trust is told by its own name, not by that of the copy.
    pub(super) fn of(store: &Path) -> Result<Rehearsal, Failure> {
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

    pub(super) fn folder(&self) -> &Path {
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
