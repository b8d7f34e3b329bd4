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
    #[error("the report folder {} is there already with other content; run with --redo to make the next revision beside it, or move it away", path.display())]
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
    /// The exit code of quality.md: 73/74 cannot write, 78 a job name that cannot be a folder.
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
/// what stands there. Returns the folder.
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
) -> Result<PathBuf, Error> {
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
    point_latest(&home, &name)?;
    Ok(place)
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

/// The highest revision of a night that has a folder; 0 where it has none.
pub fn highest_revision(root: &Path, job_slug: &str, as_of: NaiveDate) -> u32 {
    let nights = nights(root, job_slug);
    let revisions = nights.iter().filter(|(night, _)| *night == as_of);
    revisions.map(|(_, revision)| *revision).max().unwrap_or(0)
}

/// The nights of a job whose reports stand there, with their revisions, in order.
pub fn nights(root: &Path, job_slug: &str) -> BTreeSet<(NaiveDate, u32)> {
    let entries = fs::read_dir(root.join(job_slug)).into_iter().flatten();
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

/// A link is replaced by renaming a new one over it: there is no moment without `latest`.
fn point_latest(home: &Path, name: &str) -> Result<(), WriteError> {
    let link = home.join(LATEST);
    let current = match fs::read_link(&link) {
        Ok(target) => Some(target),
        Err(e) if e.kind() == ErrorKind::NotFound => None,
        Err(e) if e.kind() == ErrorKind::InvalidInput => {
            let not_ours = io::Error::other("a file or folder of that name is in the way; move it elsewhere");
            return Err(WriteError::new("point the link", &link, not_ours));
        }
        Err(e) => return Err(WriteError::new("read the link", &link, e)),
    };
    if current.and_then(|target| night_of(target.to_str()?)) >= night_of(name) {
        return Ok(());
    }
    let incoming = home.join(format!("{INCOMING}{LATEST}"));
    symlink(name, &incoming).map_err(|e| WriteError::new("create the link", &incoming, e))?;
    fs::rename(&incoming, &link).map_err(|e| WriteError::new("rename into place", &link, e))?;
    sync_folder(home)
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
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn on(day: &str) -> NaiveDate {
        day.parse().unwrap()
    }

    fn files(content: &str) -> Vec<(String, Vec<u8>)> {
        vec![
            ("report.html".into(), content.into()),
            ("summary.json".into(), b"{}".to_vec()),
        ]
    }

    fn latest(root: &Path) -> String {
        fs::read_link(root.join("nightly/latest"))
            .unwrap()
            .to_string_lossy()
            .into_owned()
    }

    #[test]
    fn a_report_is_there_whole_and_private_and_latest_points_at_it() {
        let root = tempfile::tempdir().unwrap();
        let place = publish(root.path(), "nightly", on("2026-11-23"), 1, &files("a"), false).unwrap();
        assert_eq!(place, root.path().join("nightly/2026-11-23"));
        assert_eq!(
            fs::read(root.path().join("nightly/latest/report.html")).unwrap(),
            b"a"
        );
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&place), mode(&place.join("report.html"))), (0o700, 0o600));
    }

    #[test]
    fn the_same_again_is_nothing_and_other_bytes_need_a_redo() {
        let root = tempfile::tempdir().unwrap();
        let night = on("2026-11-23");
        for _ in 0..2 {
            publish(root.path(), "nightly", night, 1, &files("a"), false).unwrap();
        }
        let error = publish(root.path(), "nightly", night, 1, &files("b"), false).unwrap_err();
        assert!(
            matches!(error, Error::Differs { .. }) && error.to_string().contains("--redo"),
            "{error}"
        );
        publish(root.path(), "nightly", night, 2, &files("b"), false).unwrap();
        assert_eq!(latest(root.path()), "2026-11-23.r2");
        assert_eq!(
            fs::read(root.path().join("nightly/2026-11-23/report.html")).unwrap(),
            b"a"
        );
    }

    #[test]
    fn what_a_killed_run_left_unsent_is_replaced_whole() {
        let root = tempfile::tempdir().unwrap();
        let night = on("2026-11-23");
        publish(root.path(), "nightly", night, 1, &files("a"), false).unwrap();
        let place = publish(root.path(), "nightly", night, 1, &files("b"), true).unwrap();
        assert_eq!(fs::read(place.join("report.html")).unwrap(), b"b");
        assert_eq!(latest(root.path()), "2026-11-23");
        let left = fs::read_dir(root.path().join("nightly")).unwrap();
        assert_eq!(left.count(), 2, "the old folder is gone");
    }

    #[test]
    fn latest_never_goes_back_to_an_older_night() {
        let root = tempfile::tempdir().unwrap();
        for (day, revision) in [("2026-11-23", 10), ("2026-11-23", 9), ("2026-11-22", 1)] {
            publish(root.path(), "nightly", on(day), revision, &files("a"), false).unwrap();
        }
        assert_eq!(latest(root.path()), "2026-11-23.r10");
    }

    #[test]
    fn leftovers_of_a_crash_are_swept_and_reports_are_not() {
        let root = tempfile::tempdir().unwrap();
        publish(root.path(), "nightly", on("2026-11-22"), 1, &files("a"), false).unwrap();
        let half = root.path().join("nightly/.incoming-2026-11-23");
        fs::create_dir(&half).unwrap();
        fs::write(half.join("report.html"), "half").unwrap();
        symlink("2026-11-23", root.path().join("nightly/.incoming-latest")).unwrap();
        publish(root.path(), "nightly", on("2026-11-23"), 1, &files("b"), false).unwrap();
        let mut left: Vec<_> = fs::read_dir(root.path().join("nightly"))
            .unwrap()
            .map(|e| e.unwrap().file_name())
            .collect();
        left.sort();
        assert_eq!(left, ["2026-11-22", "2026-11-23", "latest"]);
    }

    #[test]
    fn a_withheld_night_is_replaced_and_never_latest() {
        let root = tempfile::tempdir().unwrap();
        publish(root.path(), "nightly", on("2026-11-22"), 1, &files("a"), false).unwrap();
        for content in ["b", "c"] {
            let place = publish_withheld(root.path(), "nightly", on("2026-11-23"), &files(content)).unwrap();
            assert_eq!(fs::read(place.join("report.html")).unwrap(), content.as_bytes());
        }
        assert_eq!(latest(root.path()), "2026-11-22");
        assert_eq!(highest_revision(root.path(), "nightly", on("2026-11-23")), 0);
    }

    #[test]
    fn names_stay_inside_the_folder() {
        let root = tempfile::tempdir().unwrap();
        let night = on("2026-11-23");
        for name in ["", "..", "../x", "a/b", ".hidden", "a\nb", "caf\u{e9}"] {
            assert_eq!(
                publish(root.path(), name, night, 1, &[], false)
                    .unwrap_err()
                    .exit_code(),
                78,
                "{name:?}"
            );
            let file = [(name.to_owned(), Vec::new())];
            assert!(
                publish(root.path(), "nightly", night, 1, &file, false).is_err(),
                "{name:?}"
            );
        }
    }

    #[test]
    fn a_failed_write_leaves_the_last_report_and_no_half_one() {
        let root = tempfile::tempdir().unwrap();
        publish(root.path(), "nightly", on("2026-11-22"), 1, &files("a"), false).unwrap();
        let twice = [("x".to_owned(), Vec::new()), ("y".repeat(300), Vec::new())];
        assert!(publish(root.path(), "nightly", on("2026-11-23"), 1, &twice, false).is_err());
        let home = root.path().join("nightly");
        fs::write(home.join("2026-11-24"), "a file in the way").unwrap();
        assert!(publish(root.path(), "nightly", on("2026-11-24"), 1, &files("b"), false).is_err());
        assert_eq!(latest(root.path()), "2026-11-22");
        assert!(!home.join("2026-11-23").exists());
    }
}
