//! Legs kept between nights: `<store>/legs/<account>/<day>/<source id>-<n>.parquet`, days being account-local.
//!
//! A file's legs are staged beside the days and moved in as a whole once the file was read to its end; those of a night's
//! draft once that is kept, and until then only the draft sees them. A kill before that leaves the store as it was; a kill
//! while moving is made good by the next `open`.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use polars::prelude::{DataFrame, IntoLazy};
use polars_io::SerReader;
use polars_io::parquet::read::ParquetReader;
use serde::{Deserialize, Serialize};

use crate::frames::legs::{self, Legs};

use crate::pull::PullError;
use crate::pull::calls::leg_writer::LegWriter;
use crate::pull::calls::staging::{self, Window};

/// The rows of one source on one account-local day. The digest is a wrapping sum of row hashes, so it depends neither
/// on their order nor on how they were split; equal digests mean equal legs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayRows {
    pub day: NaiveDate,
    pub digest: String,
    pub rows: u64,
}

/// The leg store of one job; one process at a time.
#[derive(Debug, Clone)]
pub struct LegStore {
    root: PathBuf,
    draft: Option<u64>,
}

impl LegStore {
    /// Opens or makes the store below the job's store folder, and finishes a move that was cut off.
    pub fn open(store: &Path) -> Result<LegStore, PullError> {
        let root = store.join("legs");
        make_folder(&root)?;
        for account in entries(&root)? {
            staging::recover(&account)?;
        }
        Ok(LegStore { root, draft: None })
    }

    /// The store as a draft sees it: what is read into it waits until the draft is settled.
    pub fn in_draft(&self, number: u64) -> LegStore {
        LegStore {
            root: self.root.clone(),
            draft: Some(number),
        }
    }

    /// Moves what belongs to the draft that was kept into its place, and throws away what belongs to another.
    pub fn apply_draft(&self, kept: u64) -> Result<(), PullError> {
        for account in entries(&self.root)? {
            staging::apply_draft(&account, kept)?;
        }
        Ok(())
    }

    pub(in crate::pull) fn account_folder(&self, account_id: &str) -> PathBuf {
        self.root.join(folder_name(account_id))
    }

    pub(in crate::pull) fn begin(&self, account_id: &str, source_id: &str) -> Result<LegWriter, PullError> {
        LegWriter::begin(&self.account_folder(account_id), source_id, self.draft)
    }

    /// The accounts that have, or had, legs here.
    pub fn accounts(&self) -> Result<Vec<String>, PullError> {
        let named = |path: &PathBuf| account_of(path.file_name()?.to_str()?);
        Ok(entries(&self.root)?.iter().filter_map(named).collect())
    }

    /// Days with legs, in order.
    pub fn days(&self, account_id: &str) -> Result<Vec<NaiveDate>, PullError> {
        let account = self.account_folder(account_id);
        if !account.exists() {
            return Ok(Vec::new());
        }
        let mut days: Vec<NaiveDate> = entries(&account)?
            .iter()
            .filter_map(|path| day_of(path))
            .collect();
        days.sort_unstable();
        Ok(days)
    }

    /// A day's files, in order of source.
    pub fn day_files(&self, account_id: &str, day: NaiveDate) -> Result<Vec<PathBuf>, PullError> {
        let folder = self.account_folder(account_id).join(day.to_string());
        if !folder.exists() {
            return Ok(Vec::new());
        }
        entries(&folder)
    }

    /// The legs of some days, of the sources that still count on each: what overlapping files brought twice stands twice.
    pub fn read_days(
        &self,
        account_id: &str,
        days: &[NaiveDate],
        counts: &dyn Fn(NaiveDate, &str) -> bool,
    ) -> Result<Legs, PullError> {
        let account = self.account_folder(account_id);
        let drafts = match self.draft {
            Some(_) => staging::drafts(&account)?,
            None => Vec::new(),
        };
        let mut all: Option<DataFrame> = None;
        let mut at = self.root.clone();
        for day in days {
            let of_the_day = |(_, window): &&(String, Window)| (window.first..=window.last).contains(day);
            let drafts: Vec<&str> = drafts
                .iter()
                .filter(of_the_day)
                .map(|(id, _)| id.as_str())
                .collect();
            let mut paths = self.day_files(account_id, *day)?;
            paths.retain(|path| {
                let source_id = staging::source_of(path);
                counts(*day, &source_id) && !drafts.contains(&source_id.as_str())
            });
            for source_id in drafts.into_iter().filter(|source_id| counts(*day, source_id)) {
                let staged = staging::folder(&account, source_id).join(day.to_string());
                if staged.exists() {
                    paths.extend(entries(&staged)?);
                }
            }
            for path in paths {
                let frame = read_file(&path)?;
                all = Some(match all {
                    None => frame,
                    Some(mut all) => {
                        all.vstack_mut(&frame).map_err(|error| damaged(&path, error))?;
                        all
                    }
                });
                at = path;
            }
        }
        let frame = all.unwrap_or_else(|| DataFrame::empty_with_schema(&legs::SCHEMA));
        Legs::parse(frame.lazy()).map_err(|error| damaged(&at, error))
    }

    /// Removes all days before `first_kept`; gives how many there were.
    pub fn prune_before(&self, account_id: &str, first_kept: NaiveDate) -> Result<usize, PullError> {
        let old: Vec<NaiveDate> = self
            .days(account_id)?
            .into_iter()
            .filter(|day| *day < first_kept)
            .collect();
        for day in &old {
            let folder = self.account_folder(account_id).join(day.to_string());
            fs::remove_dir_all(&folder).map_err(|error| PullError::store(&folder, error))?;
        }
        Ok(old.len())
    }

    /// Removes one day whole.
    pub fn remove_day(&self, account_id: &str, day: NaiveDate) -> Result<(), PullError> {
        let folder = self.account_folder(account_id).join(day.to_string());
        fs::remove_dir_all(&folder).map_err(|error| PullError::store(&folder, error))
    }
}

fn read_file(path: &Path) -> Result<DataFrame, PullError> {
    let file = fs::File::open(path).map_err(|error| damaged(path, error))?;
    ParquetReader::new(file)
        .finish()
        .map_err(|error| damaged(path, error))
}

fn damaged(path: &Path, cause: impl std::fmt::Display) -> PullError {
    PullError::store(
        path,
        format!(
            "cannot be read back ({cause}); run with --refetch and the day that its folder is named after"
        ),
    )
}

/// What stands in a folder, sorted; hidden names (staging) are left out.
pub(in crate::pull) fn entries(folder: &Path) -> Result<Vec<PathBuf>, PullError> {
    let list = || -> std::io::Result<Vec<PathBuf>> {
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect()
    };
    let mut paths = list().map_err(|error| PullError::store(folder, error))?;
    paths.retain(|path| {
        !path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with('.'))
    });
    paths.sort_unstable();
    Ok(paths)
}

pub(in crate::pull) fn day_of(folder: &Path) -> Option<NaiveDate> {
    folder.file_name()?.to_str()?.parse().ok()
}

/// Makes a folder and those above it that are missing, for the owner only.
pub(in crate::pull) fn make_folder(folder: &Path) -> Result<(), PullError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(folder)
        .map_err(|error| PullError::store(folder, error))
}

/// An account id or a source's name as a folder's name: anything but letters, digits, `-` and `_` is written as `%` and its code.
pub(in crate::pull) fn folder_name(account_id: &str) -> String {
    account_id
        .bytes()
        .map(|byte| match byte {
            b'-' | b'_' => char::from(byte).to_string(),
            _ if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
            _ => format!("%{byte:02x}"),
        })
        .collect()
}

/// The account id or source's name that a folder's name was made of.
pub(in crate::pull) fn account_of(folder_name: &str) -> Option<String> {
    let mut parts = folder_name.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(part.get(..2)?, 16).ok()?);
        bytes.extend(part.get(2..)?.bytes());
    }
    String::from_utf8(bytes).ok()
}
