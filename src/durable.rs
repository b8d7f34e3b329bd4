//! Files that are either the old one or the new one, never half of one.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Mode of every file that quietline writes: its owner's alone.
pub const FILE_MODE: u32 = 0o600;
/// Mode of every folder that quietline creates.
pub const FOLDER_MODE: u32 = 0o700;

/// A file or folder that could not be written; the file that stood there before is untouched.
#[derive(Debug, thiserror::Error)]
#[error("cannot {action} {}: {}", path.display(), cause(.source))]
pub struct WriteError {
    /// What was tried: "write", "create", "rename into place".
    pub action: &'static str,
    /// The file or folder it was tried on.
    pub path: PathBuf,
    /// What the operating system answered.
    pub source: io::Error,
}

impl WriteError {
    /// An error of `action` on `path`.
    pub fn new(action: &'static str, path: &Path, source: io::Error) -> Self {
        Self {
            action,
            path: path.to_owned(),
            source,
        }
    }

    /// 73 when the place cannot be written to at all, 74 when writing failed on the way (disk full, I/O).
    pub fn exit_code(&self) -> u8 {
        match self.source.kind() {
            ErrorKind::NotFound
            | ErrorKind::PermissionDenied
            | ErrorKind::ReadOnlyFilesystem
            | ErrorKind::NotADirectory
            | ErrorKind::IsADirectory
            | ErrorKind::InvalidInput
            | ErrorKind::AlreadyExists => 73,
            _ => 74,
        }
    }
}

/// The operating system's answer in words that say what to do.
fn cause(source: &io::Error) -> String {
    match source.kind() {
        ErrorKind::StorageFull => "the disk is full; free some space and run again".into(),
        ErrorKind::QuotaExceeded => "the disk quota is used up; free some space and run again".into(),
        ErrorKind::ReadOnlyFilesystem => {
            "the file system is read-only; mount it writable or name another folder in the job".into()
        }
        ErrorKind::NotFound => "the folder is missing; create it or name another in the job".into(),
        ErrorKind::PermissionDenied => {
            "permission denied; give the user that runs quietline the right to write there".into()
        }
        ErrorKind::NotADirectory => {
            "a part of the path is a file, not a folder; name another in the job".into()
        }
        ErrorKind::AlreadyExists => {
            "something of that name is there already; move it away or name another place".into()
        }
        _ => source.to_string(),
    }
}

/// Writes `bytes` to `path` with `mode`: a temporary file in the same folder, fsync, rename, fsync of the folder.
/// After a crash at any point `path` holds its old content or all of the new one.
pub fn write_file(path: &Path, bytes: &[u8], mode: u32) -> Result<(), WriteError> {
    let temporary = temporary_beside(path)?;
    let written = write_new(&temporary, bytes, mode).and_then(|()| {
        fs::rename(&temporary, path).map_err(|e| WriteError::new("rename into place", path, e))
    });
    if let Err(error) = written {
        // The first failure is the one to report; a leftover is hidden and overwritten by the next try.
        let _ = fs::remove_file(&temporary);
        return Err(error);
    }
    sync_folder(folder_of(path))
}

/// Writes and fsyncs a file under its final name; for files inside a folder that is itself renamed into place.
pub fn write_new(path: &Path, bytes: &[u8], mode: u32) -> Result<(), WriteError> {
    let write = || {
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(mode)
            .open(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(|e| WriteError::new("write", path, e))
}

/// Writes a file that must not be there yet, not even as a link; what stands there stays.
pub fn write_absent(path: &Path, bytes: &[u8], mode: u32) -> Result<(), WriteError> {
    let write = || {
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(mode)
            .open(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(|e| WriteError::new("write", path, e))
}

/// Makes renames and new names in `folder` durable.
pub fn sync_folder(folder: &Path) -> Result<(), WriteError> {
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|e| WriteError::new("sync the folder", folder, e))
}

/// Creates `folder` and its missing parents with [`FOLDER_MODE`]; one that exists keeps the mode it has.
pub fn create_folder(folder: &Path) -> Result<(), WriteError> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(FOLDER_MODE)
        .create(folder)
        .map_err(|e| WriteError::new("create the folder", folder, e))
}

/// A folder that is its owner's alone, made or closed to others. One that holds what is not `ours` is refused while it is open:
/// closing it could take from others what is theirs (`/var/lib`, say), and leaving it open lets them put files among ours.
///
/// # Errors
/// A folder that cannot be made, or stays open.
pub fn private_folder(folder: &Path, ours: impl Fn(&str) -> bool) -> Result<(), WriteError> {
    create_folder(folder)?;
    let failed = |error| WriteError::new("use the folder", folder, error);
    let found = mode_of(folder).map_err(failed)?;
    if !is_open(found) {
        return Ok(());
    }
    if may_be_closed(folder, found, ours).map_err(failed)? {
        // What the file system makes of it is looked at, not what it answers: a share may take the words and do nothing.
        let _ = fs::set_permissions(folder, fs::Permissions::from_mode(found & !0o077));
    }
    match mode_of(folder).map_err(failed)? & 0o077 {
        0 => Ok(()),
        _ => Err(failed(io::Error::new(
            ErrorKind::InvalidInput,
            format!(
                "others can reach into it (mode {found:04o}), and quietline does not close a folder that is another's or holds \
                 other things too; run: chmod 700 {0}, or name another folder in the job, which quietline makes for its user alone",
                folder.display()
            ),
        ))),
    }
}

/// What is said of a folder that others can reach into and that [`private_folder`] has not closed yet, and of who will; it is left as
/// it is. None of one that is its owner's alone, is not there, or cannot be looked at.
pub fn told_if_open(folder: &Path, closer: &str, ours: impl Fn(&str) -> bool) -> Option<String> {
    let found = mode_of(folder).ok().filter(|found| is_open(*found))?;
    let then = match may_be_closed(folder, found, ours).unwrap_or(false) {
        true => format!("{closer} closes it to them"),
        false => format!(
            "it holds other things too, or is another's, so that {closer} refuses it; run: chmod 700 {}",
            folder.display()
        ),
    };
    Some(format!(
        "others can reach into the folder {} (mode {found:04o}): {then}",
        folder.display()
    ))
}

fn mode_of(folder: &Path) -> io::Result<u32> {
    fs::metadata(folder).map(|found| found.permissions().mode() & 0o7777)
}

fn is_open(mode: u32) -> bool {
    mode & !FOLDER_MODE & 0o777 != 0
}

/// Whether nothing of anybody else's is in it.
fn may_be_closed(folder: &Path, mode: u32, ours: impl Fn(&str) -> bool) -> io::Result<bool> {
    let is_ours =
        |entry: io::Result<fs::DirEntry>| entry.is_ok_and(|it| it.file_name().to_str().is_some_and(&ours));
    Ok(mode & 0o1000 == 0 && fs::read_dir(folder)?.all(is_ours))
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// A fixed name for each target: two processes never write one target at once (the store's lock), and a
/// leftover of a crash is overwritten instead of piling up.
fn temporary_beside(path: &Path) -> Result<PathBuf, WriteError> {
    let name = path
        .file_name()
        .ok_or_else(|| WriteError::new("write", path, io::Error::other("the path names no file")))?;
    let mut hidden = std::ffi::OsString::from(".");
    hidden.push(name);
    hidden.push(".new");
    Ok(folder_of(path).join(hidden))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_file_is_replaced_whole_and_private_and_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.json");
        write_file(&path, b"old and longer", FILE_MODE).unwrap();
        write_file(&path, b"new", FILE_MODE).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_open_to_others_is_closed_where_it_is_ours_and_refused_where_it_is_not() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("store");
        let mode = |folder: &Path| fs::metadata(folder).unwrap().permissions().mode() & 0o7777;
        let open = |bits| fs::set_permissions(&folder, fs::Permissions::from_mode(bits)).unwrap();
        let ours = |name: &str| name == "lock";
        private_folder(&folder, ours).unwrap();
        assert_eq!(mode(&folder), 0o700);
        fs::write(folder.join("lock"), "").unwrap();
        assert_eq!(told_if_open(&folder, "the next run", ours), None);
        for bits in [0o755, 0o770, 0o701, 0o2775] {
            open(bits);
            let told = told_if_open(&folder, "the next run", ours).unwrap();
            assert!(
                told.contains(&format!("(mode {bits:04o}): the next run closes it")),
                "{told}"
            );
            assert_eq!(mode(&folder), bits, "looking changes nothing");
            private_folder(&folder, ours).unwrap();
            assert_eq!(mode(&folder) & 0o777, 0o700);
        }
        fs::write(folder.join("of others"), "").unwrap();
        private_folder(&folder, ours).unwrap();
        open(0o755);
        let told = told_if_open(&folder, "the next run", ours).unwrap();
        assert!(told.contains("the next run refuses it; run: chmod 700"), "{told}");
        let error = private_folder(&folder, ours).unwrap_err();
        assert!(
            error.exit_code() == 73 && error.to_string().contains("chmod 700"),
            "{error}"
        );
        assert_eq!(mode(&folder), 0o755);
        fs::remove_file(folder.join("of others")).unwrap();
        open(0o1777);
        private_folder(&folder, ours).unwrap_err();
        assert_eq!(mode(&folder), 0o1777);
    }

    #[test]
    fn a_missing_folder_is_named_and_is_73() {
        let folder = tempfile::tempdir().unwrap();
        let error = write_file(&folder.path().join("gone/x.csv"), b"", FILE_MODE).unwrap_err();
        assert_eq!(error.exit_code(), 73);
        assert!(
            error.to_string().contains("gone/") && error.to_string().contains("folder is missing"),
            "{error}"
        );
    }

    #[test]
    fn a_full_disk_is_named_and_is_74() {
        let error = write_new(Path::new("/dev/full"), b"x", FILE_MODE).unwrap_err();
        assert_eq!(error.exit_code(), 74);
        assert!(error.to_string().contains("disk is full"), "{error}");
    }

    #[test]
    fn a_failed_rename_leaves_what_stood_there() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("taken");
        fs::create_dir(&target).unwrap();
        let error = write_file(&target, b"x", FILE_MODE).unwrap_err();
        assert_eq!((error.action, error.exit_code()), ("rename into place", 73));
        assert_eq!(
            fs::read_dir(folder.path()).unwrap().count(),
            1,
            "the temporary file is gone"
        );
    }
}
