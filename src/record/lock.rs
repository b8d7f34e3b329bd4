//! The lock of a store, which lets one run at a time write; and folders that give none.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode};
use rustix::io::Errno;

use super::Error;
use super::store::open_private;
use crate::durable::WriteError;

pub(super) const LOCK: &str = "lock";
/// [`is_held`] may have it for a moment.
const LOOKS: u32 = 5;
const A_LOOK: Duration = Duration::from_millis(20);
/// A database of a moment, to see whether the folder gives locks.
const PROBE: &str = ".locks";

pub(super) fn lock(folder: &Path) -> Result<File, Error> {
    let path = folder.join(LOCK);
    let file = open_private(&path)?;
    let mut tried = file.try_lock();
    for _ in 0..LOOKS {
        if matches!(tried, Err(TryLockError::WouldBlock)) {
            std::thread::sleep(A_LOOK);
            tried = file.try_lock();
        }
    }
    match tried {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::Locked { path }),
        Err(TryLockError::Error(source)) => {
            match source.raw_os_error() == Some(Errno::NOLCK.raw_os_error()) {
                true => Err(Error::NoLocks {
                    folder: folder.to_owned(),
                }),
                false => Err(WriteError::new("lock", &path, source).into()),
            }
        }
    }
}

/// Whether a run has the store; where that cannot be seen, one may.
pub(super) fn is_held(folder: &Path) -> bool {
    File::open(folder.join(LOCK)).is_ok_and(|file| file.try_lock_shared().is_err())
}

/// Whether a database that nobody else knows is busy too: SQLite calls a server that gives no locks a busy one.
pub(super) fn gives_no_locks(folder: &Path) -> bool {
    let path = folder.join(PROBE);
    let tried = Connection::open(&path).and_then(|conn| {
        conn.busy_timeout(Duration::ZERO)?;
        conn.execute_batch("BEGIN EXCLUSIVE; COMMIT;")
    });
    let _ = std::fs::remove_file(&path);
    let code = tried.err().and_then(|error| error.sqlite_error_code());
    matches!(code, Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}
