//! Moving a source's staged legs into the store so that a kill at any point can be made good.
//!
//! `<account>/.staging/<source>/` holds `<day>/<n>.parquet` while the file is read. `replace.json` says that reading
//! is done and which days are replaced: from here on the move is finished whatever happens. `move.json` says that
//! the old files are gone. Each step can be repeated. What belongs to a night's draft waits with `draft.json` in place of
//! `replace.json` until it is known whether the draft was kept.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::pull::PullError;
use crate::pull::calls::leg_store::{day_of, entries, make_folder};

const STAGING: &str = ".staging";
const REPLACE: &str = "replace.json";
const MOVE: &str = "move.json";
const DRAFT: &str = "draft.json";

/// The days whose files of the source are replaced.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(in crate::pull) struct Window {
    pub first: NaiveDate,
    pub last: NaiveDate,
    /// The draft that the replacement belongs to.
    #[serde(default)]
    pub draft: Option<u64>,
}

pub(in crate::pull) fn folder(account: &Path, source_id: &str) -> PathBuf {
    account.join(STAGING).join(source_id)
}

/// Puts what is staged in the place of the source's old files inside the window; of a draft, once it is kept.
pub(in crate::pull) fn commit(account: &Path, source_id: &str, window: Window) -> Result<(), PullError> {
    let staged = folder(account, source_id);
    for day in entries(&staged)? {
        sync(&day)?;
    }
    if window.draft.is_some() {
        return write_whole(&staged, DRAFT, &window);
    }
    write_whole(&staged, REPLACE, &window)?;
    finish(account, source_id)
}

/// What waits for its draft, by source.
pub(in crate::pull) fn drafts(account: &Path) -> Result<Vec<(String, Window)>, PullError> {
    let staging = account.join(STAGING);
    if !staging.exists() {
        return Ok(Vec::new());
    }
    let mut drafts = Vec::new();
    for staged in entries(&staging)? {
        let word = staged.join(DRAFT);
        if word.exists() {
            drafts.push((name_of(&staged), read_window(&word)?));
        }
    }
    Ok(drafts)
}

/// Moves what belongs to the draft that was kept into the store, and throws every other away.
pub(in crate::pull) fn apply_draft(account: &Path, kept: u64) -> Result<(), PullError> {
    for (source_id, window) in drafts(account)? {
        if window.draft == Some(kept) {
            let staged = folder(account, &source_id);
            rename(&staged.join(DRAFT), &staged.join(REPLACE))?;
            finish(account, &source_id)?;
        } else {
            discard(account, &source_id)?;
        }
    }
    Ok(())
}

/// Finishes moves that were cut off, and throws away what was staged without being complete.
pub(in crate::pull) fn recover(account: &Path) -> Result<(), PullError> {
    let staging = account.join(STAGING);
    if !staging.exists() {
        return Ok(());
    }
    for staged in entries(&staging)? {
        let source_id = name_of(&staged);
        if staged.join(DRAFT).exists() {
            continue;
        }
        if staged.join(REPLACE).exists() || staged.join(MOVE).exists() {
            finish(account, &source_id)?;
        } else {
            discard(account, &source_id)?;
        }
    }
    Ok(())
}

pub(in crate::pull) fn discard(account: &Path, source_id: &str) -> Result<(), PullError> {
    let staged = folder(account, source_id);
    match fs::remove_dir_all(&staged) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(PullError::store(&staged, error)),
        _ => Ok(()),
    }
}

fn finish(account: &Path, source_id: &str) -> Result<(), PullError> {
    let staged = folder(account, source_id);
    if staged.join(REPLACE).exists() {
        let window = read_window(&staged.join(REPLACE))?;
        for day in entries(account)?.iter().filter_map(|path| day_of(path)) {
            if (window.first..=window.last).contains(&day) {
                remove_source_day(account, source_id, day)?;
            }
        }
        rename(&staged.join(REPLACE), &staged.join(MOVE))?;
        sync(&staged)?;
    }
    for from in entries(&staged)?.iter().filter(|path| day_of(path).is_some()) {
        let day = from.file_name().unwrap_or_default();
        let to = account.join(day);
        make_folder(&to)?;
        for file in entries(from)? {
            let number = name_of(&file);
            rename(&file, &to.join(format!("{source_id}-{number}")))?;
        }
        sync(&to)?;
    }
    sync(account)?;
    discard(account, source_id)
}

pub(in crate::pull) fn remove_source_day(
    account: &Path,
    source_id: &str,
    day: NaiveDate,
) -> Result<(), PullError> {
    let folder = account.join(day.to_string());
    if !folder.exists() {
        return Ok(());
    }
    let files = entries(&folder)?;
    let of_source: Vec<&PathBuf> = files.iter().filter(|path| source_of(path) == source_id).collect();
    for path in &of_source {
        fs::remove_file(path).map_err(|error| PullError::store(path, error))?;
    }
    if of_source.len() == files.len() {
        fs::remove_dir(&folder).map_err(|error| PullError::store(&folder, error))?;
    }
    Ok(())
}

/// The source of a file among a day's.
pub(in crate::pull) fn source_of(path: &Path) -> String {
    let name = name_of(path);
    name.rsplit_once('-')
        .map_or(String::new(), |(source_id, _)| source_id.to_owned())
}

fn name_of(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

fn read_window(path: &Path) -> Result<Window, PullError> {
    let text = fs::read(path).map_err(|error| PullError::store(path, error))?;
    serde_json::from_slice(&text).map_err(|error| PullError::store(path, error))
}

/// Written beside, flushed to the disk, renamed: the name never shows half a file.
fn write_whole(folder: &Path, name: &str, window: &Window) -> Result<(), PullError> {
    let (beside, path) = (folder.join("writing"), folder.join(name));
    let text = serde_json::to_vec(window).map_err(|error| PullError::store(&path, error))?;
    let write = || -> std::io::Result<()> {
        let mut file = File::create(&beside)?;
        file.write_all(&text)?;
        file.sync_all()
    };
    write().map_err(|error| PullError::store(&beside, error))?;
    rename(&beside, &path)?;
    sync(folder)
}

fn rename(from: &Path, to: &Path) -> Result<(), PullError> {
    fs::rename(from, to).map_err(|error| PullError::store(to, error))
}

/// A rename is on the disk only when its folder is.
fn sync(folder: &Path) -> Result<(), PullError> {
    let opened = File::open(folder).and_then(|folder| folder.sync_all());
    opened.map_err(|error| PullError::store(folder, error))
}
