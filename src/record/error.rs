//! What can go wrong with the state store.

use crate::durable::WriteError;
use rusqlite::ErrorCode;
use std::path::PathBuf;

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
    /// The database can be opened, and its pages do not fit together.
    #[error(
        "the state store {} is damaged ({cause}); restore it from a backup, or move it away and run with --begin-anew",
        path.display()
    )]
    Damaged {
        /// The database file.
        path: PathBuf,
        /// What SQLite found first.
        cause: String,
    },
    /// There is no store yet where one is to be read.
    #[error("there is no state store at {} yet; run the job once, or name its store folder", path.display())]
    Missing {
        /// The database file.
        path: PathBuf,
    },
    /// A stored value has a form that this program never writes.
    #[error(
        "the state store holds `{value}` as {column}; restore it from a backup or start a new store folder"
    )]
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
    /// The exit code of quality.md: 73/74 cannot write, 75 locked, 65 damaged, 1 else.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Locked { .. } => 75,
            Self::Write(error) => error.exit_code(),
            Self::Value { .. } | Self::Damaged { .. } => 65,
            Self::Usage { .. } => 74,
            Self::Newer { .. } | Self::Older { .. } | Self::Missing { .. } => 1,
            Self::Database(error) => match error.sqlite_error_code() {
                Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => 75,
                Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => 73,
                Some(ErrorCode::DiskFull | ErrorCode::SystemIoFailure) => 74,
                Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => 65,
                _ => 1,
            },
        }
    }
}

fn database_cause(error: &rusqlite::Error) -> String {
    let advice = match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => "the disk is full; free some space and run again",
        Some(ErrorCode::SystemIoFailure) => {
            "the disk refuses to read or write; look for a quota, a limit on file sizes (ulimit -f) or a failing disk"
        }
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
            "cannot be written; check the folder's owner, mode and mount"
        }
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            "the file is damaged; restore it from a backup, or move it away and run with --begin-anew"
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            "another program is using the file; close it and run again"
        }
        _ => return error.to_string(),
    };
    format!("{advice} ({error})")
}
