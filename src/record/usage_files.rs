//! The usage table on disk: `usage/<account>/<YYYY-MM>.parquet`, readable by any engine.
//!
//! A night writes a month beside its place, as a draft, and its digest into the store. Once the night's draft is kept the
//! digest says so, and the month takes its place; a draft that no digest names is thrown away.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use polars::prelude::*;
use sha2::{Digest, Sha256};

use super::Error;
use crate::domain::hex;
use crate::durable::{FILE_MODE, WriteError, create_folder, sync_folder, write_new};
use crate::frames::usage::{LINE_ID, SCHEMA, SCHEMA_VERSION};

/// Under which a month's file says the version of its schema.
const SCHEMA_KEY: &str = "quietline.usage.schema";
/// Behind the name of a month that is not in its place yet.
const DRAFT: &str = ".draft";

/// The month files of all accounts of a store. Days are replaced by rewriting their month whole.
#[derive(Debug, Clone)]
pub struct UsageFiles {
    folder: PathBuf,
    /// The folder as errors name it: a dry run works on a copy that is gone when its message is read.
    named: PathBuf,
}

/// A month as files and records name it: `2026-10`.
pub fn month_name(day: NaiveDate) -> String {
    day.format("%Y-%m").to_string()
}

impl UsageFiles {
    /// Those of a copy of a store, or of the store itself.
    pub fn in_copy(copy: &Path, store: &Path) -> UsageFiles {
        UsageFiles {
            folder: copy.join("usage"),
            named: store.join("usage"),
        }
    }

    /// That the files are those that were written: all `needed` months, and no other. A lost one would read as a silent
    /// month, and one of another night as another month's calls.
    pub fn check(
        &self,
        account_id: &str,
        recorded: &BTreeMap<String, String>,
        needed: &BTreeSet<String>,
    ) -> Result<(), Error> {
        let here = self.months(account_id)?;
        if let Some(lost) = needed.iter().find(|month| !here.contains(*month)) {
            return Err(self.unusable(
                &self.place(account_id, lost),
                "there is no such file, and the store has recorded its calls",
            ));
        }
        for month in here {
            let path = self.place(account_id, &month);
            let cause = match recorded.get(&month) {
                Some(digest) if *digest == digest_of(&read_bytes(&path)?) => continue,
                Some(_) => "its bytes are not those that were written there",
                None => "state.sqlite does not know it: that file is the older of the two",
            };
            return Err(self.unusable(&path, cause));
        }
        Ok(())
    }

    /// The digest of a month's file as it lies there.
    pub fn digest(&self, account_id: &str, month: &str) -> Result<Option<String>, Error> {
        let path = self.place(account_id, month);
        path.exists()
            .then(|| Ok(digest_of(&read_bytes(&path)?)))
            .transpose()
    }

    /// All months of an account, oldest first, drafts before what they will replace; an empty table where there is none.
    pub fn load(&self, account_id: &str) -> Result<DataFrame, Error> {
        let mut months = self.months(account_id)?;
        months.extend(self.drafts(account_id)?);
        let mut usage = DataFrame::empty_with_schema(&SCHEMA);
        for month in months {
            let path = self.standing(account_id, &month);
            usage
                .vstack_mut(&self.read(&path)?)
                .map_err(|error| self.unusable(&path, error))?;
        }
        Ok(usage)
    }

    /// The months that tonight's drafts are to replace, as the last night that was kept left them: others are what they were.
    /// One that cannot be read, which only `--rebuild` lets pass, shows nothing.
    pub fn load_replaced(&self, account_id: &str) -> Result<DataFrame, Error> {
        let mut usage = DataFrame::empty_with_schema(&SCHEMA);
        for month in self.months(account_id)?.intersection(&self.drafts(account_id)?) {
            let path = self.place(account_id, month);
            if let Ok(month) = self.read(&path) {
                usage
                    .vstack_mut(&month)
                    .map_err(|error| self.unusable(&path, error))?;
            }
        }
        Ok(usage)
    }

    /// One month of an account; empty where it has none.
    pub fn load_month(&self, account_id: &str, month: NaiveDate) -> Result<DataFrame, Error> {
        let path = self.standing(account_id, &month_name(month));
        if path.exists() {
            self.read(&path)
        } else {
            Ok(DataFrame::empty_with_schema(&SCHEMA))
        }
    }

    /// Writes a month whole as a draft; its digest belongs into the store.
    pub fn save_month(&self, account_id: &str, month: &str, usage: &mut DataFrame) -> Result<String, Error> {
        let path = self.draft(account_id, month);
        let mut bytes = Vec::new();
        ParquetWriter::new(&mut bytes)
            .with_compression(ParquetCompression::Zstd(None))
            .with_key_value_metadata(Some(KeyValueMetadata::from_static(vec![(
                SCHEMA_KEY.to_owned(),
                SCHEMA_VERSION.to_owned(),
            )])))
            .finish(usage)
            .map_err(|error| self.unusable(&path, error))?;
        create_folder(&self.account(account_id))?;
        write_new(&path, &bytes, FILE_MODE)?;
        sync_folder(&self.account(account_id))?;
        Ok(digest_of(&bytes))
    }

    /// A month whose lines `renamed` names anew; none where it names none of them.
    pub fn rename_lines(
        &self,
        account_id: &str,
        month: &str,
        renamed: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Option<DataFrame>, Error> {
        let path = self.place(account_id, month);
        let mut usage = self.read(&path)?;
        let unusable = |error: PolarsError| self.unusable(&path, error);
        let ids = usage
            .column(LINE_ID)
            .and_then(|ids| ids.str().cloned())
            .map_err(unusable)?;
        if !ids.iter().flatten().any(|id| renamed(id).is_some()) {
            return Ok(None);
        }
        let ids: Vec<Option<String>> = ids
            .iter()
            .map(|id| id.map(|id| renamed(id).unwrap_or_else(|| id.to_owned())))
            .collect();
        usage
            .with_column(Column::new(LINE_ID.into(), ids))
            .map_err(unusable)?;
        Ok(Some(usage))
    }

    /// Puts the drafts that the store has recorded into their place, and throws the others away.
    pub fn apply_draft(&self, account_id: &str, recorded: &BTreeMap<String, String>) -> Result<(), Error> {
        let drafts = self.drafts(account_id)?;
        for month in &drafts {
            let path = self.draft(account_id, month);
            let done = match recorded.get(month) == Some(&digest_of(&read_bytes(&path)?)) {
                true => fs::rename(&path, self.place(account_id, month)),
                false => fs::remove_file(&path),
            };
            done.map_err(|error| WriteError::new("settle", &path, error))?;
        }
        if !drafts.is_empty() {
            sync_folder(&self.account(account_id))?;
        }
        Ok(())
    }

    /// Removes all months of an account: a store that begins anew does not know them.
    pub fn clear(&self, account_id: &str) -> Result<(), Error> {
        match fs::remove_dir_all(self.account(account_id)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(WriteError::new("remove", &self.account(account_id), error).into())
            }
            _ => Ok(()),
        }
    }

    /// The accounts that have, or had, usage here.
    pub fn accounts(&self) -> Result<BTreeSet<String>, Error> {
        let unreadable = |error| WriteError::new("read", &self.folder, error);
        let entries = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
            entries => entries.map_err(unreadable)?,
        };
        let mut accounts = BTreeSet::new();
        for entry in entries {
            let entry = entry.map_err(unreadable)?;
            if entry.path().is_dir() {
                accounts.extend(entry.file_name().into_string().ok());
            }
        }
        Ok(accounts)
    }

    /// Months that have a file in its place.
    pub fn months(&self, account_id: &str) -> Result<BTreeSet<String>, Error> {
        self.named_as(account_id, ".parquet")
    }

    fn drafts(&self, account_id: &str) -> Result<BTreeSet<String>, Error> {
        self.named_as(account_id, &format!(".parquet{DRAFT}"))
    }

    fn named_as(&self, account_id: &str, ending: &str) -> Result<BTreeSet<String>, Error> {
        let folder = self.account(account_id);
        let unreadable = |error| WriteError::new("read", &folder, error);
        let entries = match fs::read_dir(&folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
            entries => entries.map_err(unreadable)?,
        };
        let mut months = BTreeSet::new();
        for entry in entries {
            let name = entry.map_err(unreadable)?.file_name();
            let month = name.to_str().and_then(|name| name.strip_suffix(ending));
            months.extend(month.map(str::to_owned));
        }
        Ok(months)
    }

    fn account(&self, account_id: &str) -> PathBuf {
        self.folder.join(account_id)
    }

    fn place(&self, account_id: &str, month: &str) -> PathBuf {
        self.account(account_id).join(format!("{month}.parquet"))
    }

    fn draft(&self, account_id: &str, month: &str) -> PathBuf {
        self.account(account_id).join(format!("{month}.parquet{DRAFT}"))
    }

    /// The draft of a month where there is one.
    fn standing(&self, account_id: &str, month: &str) -> PathBuf {
        let draft = self.draft(account_id, month);
        match draft.exists() {
            true => draft,
            false => self.place(account_id, month),
        }
    }

    fn read(&self, path: &Path) -> Result<DataFrame, Error> {
        let unusable = |error: PolarsError| self.unusable(path, error);
        let mut reader = ParquetReader::new(io::Cursor::new(read_bytes(path)?));
        let about = reader.get_metadata().map_err(unusable)?.key_value_metadata();
        let version = about.iter().flatten().find(|about| about.key == SCHEMA_KEY);
        // Months without one were written before they bore it.
        match version.and_then(|about| about.value.as_deref()) {
            None | Some(SCHEMA_VERSION) => reader.finish().map_err(unusable),
            Some(other) => Err(self.unusable(
                path,
                format!("it has schema {other}, and this quietline reads schema {SCHEMA_VERSION}"),
            )),
        }
    }

    fn unusable(&self, path: &Path, cause: impl ToString) -> Error {
        let below = path.strip_prefix(&self.folder).unwrap_or(path);
        Error::Usage {
            path: self.named.join(below),
            cause: cause.to_string(),
        }
    }
}

fn read_bytes(path: &Path) -> Result<Vec<u8>, Error> {
    Ok(fs::read(path).map_err(|error| WriteError::new("read", path, error))?)
}

fn digest_of(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}
