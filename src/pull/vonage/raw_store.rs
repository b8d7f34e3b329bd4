//! What was pulled, as it was sent: `<store>/raw/<account>/<source>/` with `state.json`, the finished days
//! (`days/2026-10-01.jsonl.zst`, one row a line) and the pages of the window being pulled (`window/0-00001.json.zst`).

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufWriter, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::error::VonageError;
use super::known_ids::KnownIds;
use crate::durable::{FILE_MODE, WriteError, create_folder, sync_folder, write_file};
use crate::pull::calls::leg_store::{account_of, folder_name};

const STATE: &str = "state.json";
const DAYS: &str = "days";
const WINDOW: &str = "window";
const REFETCH: &str = "refetch-";
const WINDOW_FILE: &str = "window.json";
const LEVEL: i32 = 3;

/// How far a source has been pulled. Written last: what it names stands on disk.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct State {
    pub pull: Option<Night>,
    /// For each day with a complete pull, the instant up to which the service had been asked.
    pub days: BTreeMap<NaiveDate, DateTime<Utc>>,
    /// What the pulls of reported nights said of the lines.
    #[serde(default)]
    pub known_ids: KnownIds,
}

/// The pull of one night: begun once, and resumed with the same upper bound.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Night {
    pub as_of: NaiveDate,
    pub frozen_at: DateTime<Utc>,
    pub done: bool,
    /// The greatest difference seen between the service's clock and ours.
    #[serde(default)]
    pub clock_skew_seconds: i64,
    /// In words, what of the inventory could not be had.
    #[serde(default)]
    pub left_out: Option<String>,
    /// What it said of the lines: believed once the night is reported.
    #[serde(default)]
    pub known_ids: KnownIds,
}

/// The folder of one source of one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RawFolder(PathBuf);

impl RawFolder {
    pub(super) fn open(raw: &Path, account_id: &str, source: &str) -> Result<RawFolder, WriteError> {
        let folder = RawFolder::at(raw, account_id, source);
        create_folder(&folder.0.join(DAYS))?;
        Ok(folder)
    }

    /// Where the folder is, or would be; nothing is created.
    pub(super) fn at(raw: &Path, account_id: &str, source: &str) -> RawFolder {
        RawFolder(raw.join(folder_name(account_id)).join(folder_name(source)))
    }

    /// The folders of an account's sources, whichever job named them.
    pub(super) fn of_account(raw: &Path, account_id: &str) -> Result<Vec<RawFolder>, WriteError> {
        let mut folders = listed(&raw.join(folder_name(account_id)))?;
        folders.retain(|path| path.is_dir());
        Ok(folders.into_iter().map(RawFolder).collect())
    }

    /// The folders of all accounts' sources, and the sources' names.
    pub(super) fn all(raw: &Path) -> Result<Vec<(RawFolder, String)>, WriteError> {
        let mut all = Vec::new();
        for account in listed(raw)?.into_iter().filter(|path| path.is_dir()) {
            for folder in listed(&account)?.into_iter().filter(|path| path.is_dir()) {
                let source = folder.file_name().and_then(|name| account_of(name.to_str()?));
                all.extend(source.map(|source| (RawFolder(folder), source)));
            }
        }
        Ok(all)
    }

    /// The folder for days that are asked for again from one on, beside those that stand.
    pub(super) fn refetch(&self, from: NaiveDate) -> RawFolder {
        RawFolder(self.0.join(format!("{REFETCH}{from}")))
    }

    /// Makes the folder where it is missing.
    pub(super) fn made(self) -> Result<RawFolder, WriteError> {
        create_folder(&self.0.join(DAYS))?;
        Ok(self)
    }

    /// All such folders.
    pub(super) fn refetches(&self) -> Result<Vec<RawFolder>, WriteError> {
        let failed = |error| WriteError::new("read the folder", &self.0, error);
        let mut folders = Vec::new();
        for entry in fs::read_dir(&self.0).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            if entry.file_name().to_string_lossy().starts_with(REFETCH) {
                folders.push(RawFolder(entry.path()));
            }
        }
        Ok(folders)
    }

    pub(super) fn remove(&self) -> Result<(), WriteError> {
        fs::remove_dir_all(&self.0).map_err(|error| WriteError::new("clear out", &self.0, error))
    }

    pub(super) fn state(&self) -> Result<State, VonageError> {
        Ok(read_json(&self.0.join(STATE))?.unwrap_or_default())
    }

    pub(super) fn save_state(&self, state: &State) -> Result<(), VonageError> {
        write_json(&self.0.join(STATE), state)
    }

    /// A small file of the source's own beside its days.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(super) fn day_file(&self, day: NaiveDate) -> PathBuf {
        self.0.join(DAYS).join(day_file_name(day))
    }

    /// Begins a day's file; it takes its place when it is finished.
    pub(super) fn write_day(&self, day: NaiveDate) -> Result<DayWriter, VonageError> {
        let place = self.day_file(day);
        let incoming = self.0.join(DAYS).join(format!(".{}.new", day_file_name(day)));
        let failed = |error| VonageError::from(WriteError::new("write", &incoming, error));
        let file = fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(FILE_MODE)
            .open(&incoming)
            .map_err(failed)?;
        let encoder = zstd::Encoder::new(BufWriter::new(file), LEVEL).map_err(failed)?;
        Ok(DayWriter {
            encoder,
            incoming: incoming.clone(),
            place,
        })
    }

    pub(super) fn sync_days(&self) -> Result<(), WriteError> {
        sync_folder(&self.0.join(DAYS))
    }

    /// Removes the files of days that may go: they hold outside numbers.
    pub(super) fn prune(&self, may_go: impl Fn(NaiveDate) -> bool) -> Result<(), VonageError> {
        for (day, path) in self.days()? {
            if may_go(day) {
                fs::remove_file(&path).map_err(|error| WriteError::new("clear out", &path, error))?;
            }
        }
        Ok(())
    }

    /// The days that have a file, with it.
    pub(super) fn days(&self) -> Result<Vec<(NaiveDate, PathBuf)>, WriteError> {
        let day_of = |path: PathBuf| {
            let day = path.file_name()?.to_str()?.get(..10)?.parse().ok()?;
            Some((day, path))
        };
        Ok(listed(&self.0.join(DAYS))?
            .into_iter()
            .filter_map(day_of)
            .collect())
    }

    /// The pages of the window that is being pulled.
    pub(super) fn pages(&self) -> Result<Vec<PathBuf>, WriteError> {
        listed(&self.0.join(WINDOW))
    }

    /// All files but those of `refetch` folders.
    pub(super) fn files(&self) -> Result<Vec<PathBuf>, WriteError> {
        let mut files = listed(&self.0)?;
        files.extend(listed(&self.0.join(DAYS))?);
        files.extend(self.pages()?);
        files.retain(|path| path.is_file());
        Ok(files)
    }

    /// The window that a killed run left, with the pages that it stored.
    pub(super) fn window<T: DeserializeOwned>(&self) -> Result<Option<T>, VonageError> {
        read_json(&self.0.join(WINDOW).join(WINDOW_FILE))
    }

    /// Throws the stored pages away and begins a window.
    pub(super) fn begin_window<T: Serialize>(&self, window: &T) -> Result<(), VonageError> {
        self.drop_window()?;
        let folder = self.0.join(WINDOW);
        create_folder(&folder)?;
        write_json(&folder.join(WINDOW_FILE), window)
    }

    pub(super) fn drop_window(&self) -> Result<(), VonageError> {
        let folder = self.0.join(WINDOW);
        match fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(WriteError::new("clear out", &folder, error).into())
            }
            _ => Ok(()),
        }
    }

    /// Throws the pages of one stretch away, whose last attempt came to nothing, and notes what is asked for instead.
    pub(super) fn change_window<T: Serialize>(&self, window: &T, stretch: usize) -> Result<(), VonageError> {
        let own = format!("{stretch}-");
        for path in self.pages()? {
            let name = path.file_name().and_then(|name| name.to_str());
            if name.is_some_and(|name| name.starts_with(&own)) {
                fs::remove_file(&path).map_err(|error| WriteError::new("clear out", &path, error))?;
            }
        }
        write_json(&self.0.join(WINDOW).join(WINDOW_FILE), window)
    }

    fn page_file(&self, stretch: usize, number: u64) -> PathBuf {
        let name = format!("{stretch}-{number:05}.json.zst");
        self.0.join(WINDOW).join(name)
    }

    /// Durable when it returns: only then is the next page asked for.
    pub(super) fn store_page(&self, stretch: usize, number: u64, body: &[u8]) -> Result<(), VonageError> {
        let path = self.page_file(stretch, number);
        let packed = zstd::encode_all(body, LEVEL).map_err(|error| WriteError::new("pack", &path, error))?;
        Ok(write_file(&path, &packed, FILE_MODE)?)
    }

    /// None where the page was not stored.
    pub(super) fn page(&self, stretch: usize, number: u64) -> Result<Option<Vec<u8>>, VonageError> {
        let path = self.page_file(stretch, number);
        let damaged = |error: std::io::Error| stored(&path, error);
        match File::open(&path) {
            Ok(file) => zstd::decode_all(file).map(Some).map_err(damaged),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(damaged(error)),
        }
    }
}

/// What stands in a folder; one that is not there is empty.
fn listed(folder: &Path) -> Result<Vec<PathBuf>, WriteError> {
    let list = || -> std::io::Result<Vec<PathBuf>> {
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect()
    };
    match list() {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        listed => {
            let mut paths = listed.map_err(|error| WriteError::new("read the folder", folder, error))?;
            paths.sort();
            Ok(paths)
        }
    }
}

pub(super) fn day_file_name(day: NaiveDate) -> String {
    format!("{day}.jsonl.zst")
}

/// A day's rows on their way to their place.
pub(super) struct DayWriter {
    encoder: zstd::Encoder<'static, BufWriter<File>>,
    incoming: PathBuf,
    place: PathBuf,
}

impl DayWriter {
    /// One row as one line. A line end in JSON can only stand between tokens, so a blank is as good.
    pub(super) fn row(&mut self, json: &str) -> Result<(), VonageError> {
        let failed = |error| VonageError::from(WriteError::new("write", &self.incoming, error));
        for (at, part) in json.split(['\n', '\r']).enumerate() {
            if at > 0 {
                self.encoder.write_all(b" ").map_err(failed)?;
            }
            self.encoder.write_all(part.as_bytes()).map_err(failed)?;
        }
        self.encoder.write_all(b"\n").map_err(failed)
    }

    /// Durable but for the folder's own entry: see [`RawFolder::sync_days`].
    pub(super) fn finish(self) -> Result<(), VonageError> {
        let failed = |error| VonageError::from(WriteError::new("write", &self.place, error));
        let buffered = self.encoder.finish().map_err(failed)?;
        let file = buffered
            .into_inner()
            .map_err(|error| failed(error.into_error()))?;
        file.sync_all().map_err(failed)?;
        fs::rename(&self.incoming, &self.place).map_err(failed)
    }
}

fn read_json<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, VonageError> {
    match fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|error| stored(path, error)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(stored(path, error)),
    }
}

fn write_json<T: Serialize>(path: &Path, value: &T) -> Result<(), VonageError> {
    let bytes = serde_json::to_vec(value).map_err(|error| WriteError::new("write", path, error.into()))?;
    Ok(write_file(path, &bytes, FILE_MODE)?)
}

fn stored(path: &Path, cause: impl std::fmt::Display) -> VonageError {
    VonageError::Stored {
        path: path.to_owned(),
        what: format!("cannot be read back ({cause})"),
    }
}
