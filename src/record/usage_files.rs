//! The usage table on disk: `usage/<account>/<YYYY-MM>.parquet`, readable by any engine.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use polars::prelude::*;

use super::Error;
use crate::durable::{FILE_MODE, WriteError, create_folder, write_file};
use crate::frames::usage::SCHEMA;

/// The month files of all accounts of a store. Days are replaced by rewriting their month whole.
#[derive(Debug, Clone)]
pub struct UsageFiles {
    folder: PathBuf,
    /// The folder as errors name it: a dry run works on a copy that is gone when its message is read.
    named: PathBuf,
}

impl UsageFiles {
    pub fn in_store(store: &Path) -> UsageFiles {
        UsageFiles::in_copy(store, store)
    }

    /// Those of a copy of a store.
    pub fn in_copy(copy: &Path, store: &Path) -> UsageFiles {
        UsageFiles {
            folder: copy.join("usage"),
            named: store.join("usage"),
        }
    }

    /// That the files of these months are there; a lost one would read as a silent month.
    pub fn check_months(&self, account_id: &str, months: &BTreeSet<NaiveDate>) -> Result<(), Error> {
        let paths = months.iter().map(|month| self.month(account_id, *month));
        match paths.into_iter().find(|path| !path.exists()) {
            Some(lost) => Err(self.unusable(
                &lost,
                "there is no such file, and the store has recorded its calls",
            )),
            None => Ok(()),
        }
    }

    /// All months of an account, oldest first; an empty table where there is none.
    pub fn load(&self, account_id: &str) -> Result<DataFrame, Error> {
        let mut months: Vec<PathBuf> = match fs::read_dir(self.account(account_id)) {
            Ok(entries) => entries
                .filter_map(|entry| Some(entry.ok()?.path()))
                .filter(|path| is_parquet(path))
                .collect(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(WriteError::new("read", &self.account(account_id), error).into()),
        };
        months.sort();
        let mut usage = DataFrame::empty_with_schema(&SCHEMA);
        for month in months {
            usage
                .vstack_mut(&self.read(&month)?)
                .map_err(|error| self.unusable(&month, error))?;
        }
        Ok(usage)
    }

    /// One month of an account; empty where it has none.
    pub fn load_month(&self, account_id: &str, month: NaiveDate) -> Result<DataFrame, Error> {
        let path = self.month(account_id, month);
        if path.exists() {
            self.read(&path)
        } else {
            Ok(DataFrame::empty_with_schema(&SCHEMA))
        }
    }

    /// Writes a month whole: temporary file, fsync, rename.
    pub fn save_month(&self, account_id: &str, month: NaiveDate, usage: &mut DataFrame) -> Result<(), Error> {
        let path = self.month(account_id, month);
        let mut bytes = Vec::new();
        ParquetWriter::new(&mut bytes)
            .with_compression(ParquetCompression::Zstd(None))
            .finish(usage)
            .map_err(|error| self.unusable(&path, error))?;
        create_folder(&self.account(account_id))?;
        write_file(&path, &bytes, FILE_MODE)?;
        Ok(())
    }

    /// Removes all months of an account, before they are built anew.
    pub fn clear(&self, account_id: &str) -> Result<(), Error> {
        match fs::remove_dir_all(self.account(account_id)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(WriteError::new("remove", &self.account(account_id), error).into())
            }
            _ => Ok(()),
        }
    }

    fn account(&self, account_id: &str) -> PathBuf {
        self.folder.join(account_id)
    }

    fn month(&self, account_id: &str, month: NaiveDate) -> PathBuf {
        self.account(account_id)
            .join(format!("{}.parquet", month.format("%Y-%m")))
    }

    fn read(&self, path: &Path) -> Result<DataFrame, Error> {
        let file = File::open(path).map_err(|error| WriteError::new("read", path, error))?;
        ParquetReader::new(file)
            .finish()
            .map_err(|error| self.unusable(path, error))
    }

    fn unusable(&self, path: &Path, cause: impl ToString) -> Error {
        let below = path.strip_prefix(&self.folder).unwrap_or(path);
        Error::Usage {
            path: self.named.join(below),
            cause: cause.to_string(),
        }
    }
}

fn is_parquet(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "parquet")
}
