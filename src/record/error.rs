//! What can go wrong with the state store.

use crate::durable::WriteError;
use rusqlite::ErrorCode;
use std::path::PathBuf;

/// What helps a store that is not as it was left.
const MEND: &str = "restore it from a backup, or move it away and run with --begin-anew (and --redo, where the report of that \
                    night stands already)";

/// A state store that cannot be opened, read or written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another process holds the lock.
    #[error(
        "another quietline run holds {}; wait until it has ended or stop it, then run again (the lock frees \
         itself with that process; there is nothing to delete)",
        path.display()
    )]
    Locked {
        /// The lock file.
        path: PathBuf,
    },
    /// The folder lies where the file system locks nothing, so that two runs could write at once.
    #[error(
        "the state store's folder {} lies on a share whose server gives no locks; name a folder on a local disk (job.store), or \
         mount the share with locks",
        folder.display()
    )]
    NoLocks {
        /// The store's folder.
        folder: PathBuf,
    },
    /// The folder or a file in it could not be created.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// Written by a later version.
    #[error(
        "the state store {} has schema {found}, this quietline knows {known} at most; run the newer quietline \
         that wrote it, or name another store folder in the job",
        path.display()
    )]
    Newer {
        /// The database file.
        path: PathBuf,
        /// Its `user_version`.
        found: i64,
        /// The highest one this program knows.
        known: i64,
    },
    /// Written by an earlier version and not run since.
    #[error(
        "the state store {} was last written by an earlier quietline; run the job once, which brings it up to date",
        path.display()
    )]
    Older {
        /// The database file.
        path: PathBuf,
    },
    /// Usage that is recorded in the store and not on the disk: it would read as silence.
    #[error(
        "cannot use {}: {cause}; without it, used lines would seem silent. Restore the store's folder from a backup, all of \
         it of one night, or run with --rebuild to read every call file again",
        path.display()
    )]
    Usage {
        /// The month's file.
        path: PathBuf,
        /// Missing, or what the reader says.
        cause: String,
    },
    /// Its pages do not fit together, or are none.
    #[error("the state store {}: the file is damaged ({cause}); {MEND}", path.display(), MEND = MEND)]
    Damaged {
        /// The database file.
        path: PathBuf,
        /// What SQLite found first.
        cause: String,
    },
    /// A file without a byte, or without a table: made by a run that was killed at once, or cut off since.
    #[error(
        "the state store {} is empty: its memory is lost, or a first run was killed before it wrote anything. Restore it from a \
         backup where there is one; else run the job, which begins anew or says what it would lose",
        path.display()
    )]
    Empty {
        /// The database file.
        path: PathBuf,
    },
    /// A database that another program has made.
    #[error(
        "{} is no state store but another program's database; restore the store from a backup, or name another store folder in \
         the job",
        path.display()
    )]
    Foreign {
        /// The database file.
        path: PathBuf,
    },
    /// There is no store yet where one is to be read.
    #[error("there is no state store at {} yet; run the job once, or name its store folder", path.display())]
    Missing {
        /// The database file.
        path: PathBuf,
    },
    /// A stored value has a form that this program never writes.
    #[error("the state store holds `{value}` as {column}; {MEND}", MEND = MEND)]
    Value {
        /// Table and column.
        column: &'static str,
        /// The value as stored.
        value: String,
    },
    /// SQLite's own error.
    #[error("state store: {}", database_cause(.0))]
    Database(#[from] rusqlite::Error),
}

impl Error {
    /// 73 cannot be made, opened or locked, 74 cannot be read, written or trusted, 75 locked, 1 of another version or not there.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Locked { .. } => 75,
            Self::NoLocks { .. } => 73,
            Self::Write(error) => error.exit_code(),
            Self::Value { .. }
            | Self::Damaged { .. }
            | Self::Empty { .. }
            | Self::Foreign { .. }
            | Self::Usage { .. } => 74,
            Self::Newer { .. } | Self::Older { .. } | Self::Missing { .. } => 1,
            Self::Database(error) => match error.sqlite_error_code() {
                Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => 75,
                _ if waits_for_a_run(error) => 75,
                Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => 73,
                _ => 74,
            },
        }
    }
}

/// A run was killed while it wrote: the next one takes back the half, and a reader cannot.
fn waits_for_a_run(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error().map(|error| error.extended_code);
    code == Some(rusqlite::ffi::SQLITE_READONLY_ROLLBACK)
}

fn database_cause(error: &rusqlite::Error) -> String {
    let advice = match error.sqlite_error_code() {
        _ if waits_for_a_run(error) => {
            "a run was killed while it wrote; the next run puts that right: run the job"
        }
        Some(ErrorCode::DiskFull) => "the disk is full; free some space and run again",
        Some(ErrorCode::SystemIoFailure) => {
            "the disk refuses to read or write; look for a quota, a limit on file sizes (ulimit -f) or a failing disk"
        }
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
            "cannot be written; check the folder's owner, mode and mount"
        }
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            return format!("the file is damaged ({error}); {MEND}");
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            "another program is using the file; close it and run again"
        }
        _ => return format!("it is not as quietline left it ({error}); {MEND}"),
    };
    format!("{advice} ({error})")
}
