//! The report folder of a night: written whole beside its place, then renamed into it.

use crate::durable::{FILE_MODE, FOLDER_MODE, WriteError, create_folder, sync_folder, write_new};
use chrono::NaiveDate;
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt, symlink};
use std::path::{Path, PathBuf};

/// Hidden names of folders and links that are not in place yet; leftovers of a crash bear it too.
const INCOMING: &str = ".incoming-";
const LATEST: &str = "latest";
/// The file that tells of the run, not of the night: times and versions.
pub const ABOUT_THE_RUN: &str = "run.json";

/// A report folder that could not be published.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Disk, mount or rights; an earlier report still stands.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The folder is there and holds something else.
    #[error("the report folder {} is there already with other content; run again with the same words and --redo to make the next revision beside it, or move it away", path.display())]
    Differs {
        /// The folder of that night.
        path: PathBuf,
    },
    /// A name that would leave the folder or hide in it.
    #[error(
        "`{name}` cannot be a name in the report folder; use letters, digits, `.`, `-` and `_`, not beginning with `.`"
    )]
    Name {
        /// The job's slug or a file's name.
        name: String,
    },
}

impl Error {
    /// The exit code (README.md): 73/74 cannot write, 78 a job name that cannot be a folder.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Write(error) => error.exit_code(),
            Self::Differs { .. } => 73,
            Self::Name { .. } => 78,
        }
    }
}

/// Writes `files` (name, bytes) to `<root>/<job_slug>/<as_of>` (from revision 2 on `<as_of>.r2`) and points
/// `latest` at it, unless `latest` is newer already. The folder appears whole or not at all.
///
/// Publishing the same bytes again changes nothing and is no error: a night that was killed after the rename
/// finishes this way. Other bytes are replaced only where `unsent` says that a run was killed before it could mail
/// what stands there.
///
/// # Errors
/// [`Error::Differs`] when that revision stands already with other bytes.
pub fn publish(
    root: &Path,
    job_slug: &str,
    as_of: NaiveDate,
    revision: u32,
    files: &[(String, Vec<u8>)],
    unsent: bool,
) -> Result<Published, Error> {
    checked(job_slug)?;
    files.iter().try_for_each(|(name, _)| checked(name))?;
    let home = root.join(job_slug);
    create_folder(&home)?;
    sweep(&home)?;
    let name = folder_name(as_of, revision);
    let place = home.join(&name);
    match fs::symlink_metadata(&place) {
        Ok(_) if holds(&place, files) => {}
        Ok(_) if !unsent => return Err(Error::Differs { path: place }),
        _ => move_in(&home, &name, files)?,
    }
    let latest = point_latest(&home, &name, files).err();
    Ok(Published { place, latest })
}

/// Writes what a held or blocked night can say to `<root>/<job_slug>/<as_of>.withheld`, in place of an earlier attempt's.
/// `latest` stays on the last good report. Returns the folder.
pub fn publish_withheld(
    root: &Path,
    job_slug: &str,
    as_of: NaiveDate,
    files: &[(String, Vec<u8>)],
) -> Result<PathBuf, Error> {
    checked(job_slug)?;
    files.iter().try_for_each(|(name, _)| checked(name))?;
    let home = root.join(job_slug);
    create_folder(&home)?;
    sweep(&home)?;
    let name = withheld_name(as_of);
    move_in(&home, &name, files)?;
    Ok(home.join(name))
}

/// A report that stands in its place.
#[derive(Debug)]
pub struct Published {
    pub place: PathBuf,
    /// Why `latest` could not be brought to it; the report is there all the same.
    pub latest: Option<WriteError>,
}

/// The highest revision of a night that has a folder; 0 where it has none.
pub fn highest_revision(root: &Path, job_slug: &str, as_of: NaiveDate) -> u32 {
    let nights = nights(root, job_slug);
    let revisions = nights.iter().filter(|(night, _)| *night == as_of);
    revisions.map(|(_, revision)| *revision).max().unwrap_or(0)
}

/// The nights of a job whose reports stand there, with their revisions, in order.
pub fn nights(root: &Path, job_slug: &str) -> BTreeSet<(NaiveDate, u32)> {
    nights_in(&root.join(job_slug))
}

fn nights_in(home: &Path) -> BTreeSet<(NaiveDate, u32)> {
    let entries = fs::read_dir(home).into_iter().flatten();
    entries
        .filter_map(|entry| night_of(entry.ok()?.file_name().to_str()?))
        .collect()
}

/// The folder's name of a night: `2026-11-23`, `2026-11-23.r2`.
pub fn folder_name(as_of: NaiveDate, revision: u32) -> String {
    if revision <= 1 {
        as_of.to_string()
    } else {
        format!("{as_of}.r{revision}")
    }
}

/// The folder's name of a night without a figure.
pub fn withheld_name(as_of: NaiveDate) -> String {
    format!("{as_of}.withheld")
}

/// In place of a folder that stands there, which is renamed away first: a kill in between leaves none of that night,
/// and the next run, which knows of no report either, writes it.
fn move_in(home: &Path, name: &str, files: &[(String, Vec<u8>)]) -> Result<(), WriteError> {
    let incoming = home.join(format!("{INCOMING}{name}"));
    let outgoing = home.join(format!("{INCOMING}{name}.old"));
    fs::DirBuilder::new()
        .mode(FOLDER_MODE)
        .create(&incoming)
        .map_err(|e| WriteError::new("create the folder", &incoming, e))?;
    let written = fill(&incoming, files).and_then(|()| {
        let place = home.join(name);
        match fs::rename(&place, &outgoing) {
            Err(e) if e.kind() != ErrorKind::NotFound => return Err(WriteError::new("replace", &place, e)),
            _ => {}
        }
        fs::rename(&incoming, &place).map_err(|e| WriteError::new("rename into place", &place, e))
    });
    if written.is_err() {
        // The failure itself is what to report; the leftover is hidden, and the next run sweeps it.
        let _ = fs::remove_dir_all(&incoming);
    }
    written?;
    sync_folder(home)?;
    match fs::remove_dir_all(&outgoing) {
        Err(e) if e.kind() != ErrorKind::NotFound => Err(WriteError::new("remove", &outgoing, e)),
        _ => Ok(()),
    }
}

fn fill(folder: &Path, files: &[(String, Vec<u8>)]) -> Result<(), WriteError> {
    for (name, bytes) in files {
        write_new(&folder.join(name), bytes, FILE_MODE)?;
    }
    sync_folder(folder)
}

/// Removes what a killed run left behind. Nobody else is writing here: the job's store is locked.
fn sweep(home: &Path) -> Result<(), WriteError> {
    let unreadable = |e| WriteError::new("read the folder", home, e);
    for entry in fs::read_dir(home).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        if !entry.file_name().to_string_lossy().starts_with(INCOMING) {
            continue;
        }
        let path = entry.path();
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        let removed = if is_folder {
            fs::remove_dir_all(&path)
        } else {
            fs::remove_file(&path)
        };
        removed.map_err(|e| WriteError::new("remove the leftover", &path, e))?;
    }
    Ok(())
}

/// Whether `place` is a folder with exactly these files. What tells of the run itself, its clock times, may differ.
fn holds(place: &Path, files: &[(String, Vec<u8>)]) -> bool {
    let same = |(name, bytes): &(String, Vec<u8>)| {
        fs::read(place.join(name)).is_ok_and(|found| found == *bytes || name == ABOUT_THE_RUN)
    };
    let count = fs::read_dir(place).map(Iterator::count).unwrap_or(0);
    count == files.len() && files.iter().all(same)
}

/// A link is replaced by renaming a new one over it: there is no moment without `latest`. Where it is a folder, or the
/// place knows no links, `latest` is a folder with the same files.
fn point_latest(home: &Path, name: &str, files: &[(String, Vec<u8>)]) -> Result<(), WriteError> {
    let link = home.join(LATEST);
    let is_folder = match fs::read_link(&link) {
        Ok(target) if target.to_str().and_then(night_of) >= night_of(name) => return Ok(()),
        Ok(_) => false,
        Err(e) if e.kind() == ErrorKind::NotFound => false,
        Err(_) if link.is_dir() => true,
        Err(e) if e.kind() == ErrorKind::InvalidInput => {
            let not_ours = io::Error::other("a file of that name is in the way; move it elsewhere");
            return Err(WriteError::new("point the link", &link, not_ours));
        }
        Err(e) => return Err(WriteError::new("read the link", &link, e)),
    };
    let incoming = home.join(format!("{INCOMING}{LATEST}"));
    if !is_folder && symlink(name, &incoming).is_ok() {
        fs::rename(&incoming, &link).map_err(|e| WriteError::new("rename into place", &link, e))?;
        return sync_folder(home);
    }
    match nights_in(home).last() > night_of(name).as_ref() {
        true => Ok(()),
        false => move_in(home, LATEST, files),
    }
}

/// The night and revision that a folder name stands for; the order of reports.
fn night_of(name: &str) -> Option<(NaiveDate, u32)> {
    match name.split_once(".r") {
        Some((day, revision)) => Some((day.parse().ok()?, revision.parse().ok()?)),
        None => Some((name.parse().ok()?, 1)),
    }
}

fn checked(name: &str) -> Result<(), Error> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    if name.is_empty() || name.len() > 200 || name.starts_with('.') || !name.chars().all(allowed) {
        return Err(Error::Name {
            name: name.chars().filter(|c| !c.is_control()).take(80).collect(),
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests;
