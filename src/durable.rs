//! Files that are either the old one or the new one, never half of one.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
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
