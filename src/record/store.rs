//! Opening the store: lock, file modes, durability, transactions.

use super::lock::{LOCK, gives_no_locks, is_held, lock};
use super::row::count;
use super::{Error, schema};
use crate::durable::{FILE_MODE, WriteError, private_folder, sync_folder, told_if_open};
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};
use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

const DATABASE: &str = "state.sqlite";

/// The open state store of a job folder. Holding it is holding the lock: two runs never overlap.
#[derive(Debug)]
pub struct Store {
    conn: Connection,
    /// `None` for a reader. The kernel frees the lock with the process, however it ends.
    _lock: Option<File>,
}

/// The typed tables over one connection: the store's own, or a transaction's.
#[derive(Debug, Clone, Copy)]
pub struct Tables<'c> {
    pub(super) conn: &'c Connection,
}

impl Tables<'_> {
    /// The number of the newest draft that was kept; inside a draft, its own.
    pub fn kept_draft(&self) -> Result<u64, Error> {
        let kept = self.first("SELECT kept FROM drafts", [], |row| {
            count("drafts.kept", row.get(0)?)
        })?;
        Ok(kept.unwrap_or_default())
    }

    /// The connection of these tables, for the outbox inside a transaction.
    pub fn connection(&self) -> &Connection {
        self.conn
    }
}

impl Store {
    /// Opens (or creates) the store in `folder` for writing, alone.
    ///
    /// # Errors
    /// [`Error::Locked`] at once when another process has it; [`Error::NoLocks`] where none can be had; [`Error::Write`] when it
    /// cannot be created.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        private_folder(folder, is_ours)?;
        let lock = lock(folder)?;
        let path = folder.join(DATABASE);
        // Created by us first: SQLite would give it the umask's mode, and its journal copies the file's mode.
        open_private(&path)?;
        sync_folder(folder)?;
        let ready = || -> Result<Connection, Error> {
            let mut conn = opened(&path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
            configure(&conn)?;
            schema::migrate(&mut conn, &path)?;
            Ok(conn)
        };
        let conn = ready().map_err(|error| match error.exit_code() {
            75 if gives_no_locks(folder) => Error::NoLocks {
                folder: folder.to_owned(),
            },
            _ => error,
        })?;
        Ok(Self {
            conn,
            _lock: Some(lock),
        })
    }

    /// Opens an existing store to look at it, without the lock: works while a night is running.
    ///
    /// # Errors
    /// [`Error::Missing`] when no run has created it yet; what a run would refuse, and what it would mend first.
    pub fn open_to_read(folder: &Path) -> Result<Self, Error> {
        let path = folder.join(DATABASE);
        if !path.exists() {
            return Err(Error::Missing { path });
        }
        let conn = opened(&path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        schema::check_current(&conn, &path)?;
        Ok(Self { conn, _lock: None })
    }

    /// In words, where others can reach into the store's folder.
    pub fn told_if_open(folder: &Path) -> Option<String> {
        told_if_open(folder, "the next run", is_ours)
    }

    /// Whether a run has the store at this moment.
    pub fn is_in_use(folder: &Path) -> bool {
        is_held(folder)
    }

    /// The tables; each call is durable on its own when it returns.
    pub fn tables(&self) -> Tables<'_> {
        Tables { conn: &self.conn }
    }

    /// Begins a draft: what is written from now on becomes durable as a whole with [`Store::keep_draft`], or was never
    /// there. Gives its number, which files that belong to it bear.
    pub fn begin_draft(&mut self) -> Result<u64, Error> {
        self.conn.execute_batch("BEGIN IMMEDIATE")?;
        self.conn.execute("UPDATE drafts SET kept = kept + 1", [])?;
        self.tables().kept_draft()
    }

    /// Makes all of the draft durable; nothing where none is open.
    pub fn keep_draft(&mut self) -> Result<(), Error> {
        self.end_draft("COMMIT")
    }

    /// Forgets all of the draft; nothing where none is open.
    pub fn forget_draft(&mut self) -> Result<(), Error> {
        self.end_draft("ROLLBACK")
    }

    fn end_draft(&mut self, word: &str) -> Result<(), Error> {
        // SQLite itself ends a transaction that a full disk has broken.
        match self.conn.is_autocommit() {
            true => Ok(()),
            false => Ok(self.conn.execute_batch(word)?),
        }
    }

    /// Runs `work` in one transaction: all of it is durable when this returns `Ok`, none of it otherwise. Inside a draft
    /// it is a part of that: durable with the rest.
    pub fn transaction<T, E: From<Error>>(
        &mut self,
        work: impl FnOnce(Tables<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        if !self.conn.is_autocommit() {
            let part = self.conn.savepoint().map_err(Error::Database)?;
            let done = work(Tables { conn: &part })?;
            part.commit().map_err(Error::Database)?;
            return Ok(done);
        }
        let tx = self
            .conn
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(Error::Database)?;
        let done = work(Tables { conn: &tx })?;
        tx.commit().map_err(Error::Database)?;
        Ok(done)
    }

    /// The database connection, for the outbox (its table is made here, its rules live with delivery).
    pub fn connection(&self) -> &Connection {
        &self.conn
    }
}

/// What nights leave in a store's folder: the database, the lock, and what stands beside them.
fn is_ours(name: &str) -> bool {
    let beside = [
        "legs",
        "raw",
        "usage",
        "turned_away.json",
        "unrecorded.json",
        LOCK,
    ];
    beside.contains(&name) || name.starts_with(DATABASE) || name.starts_with('.')
}

/// Rollback journal and `synchronous=EXTRA`, not WAL: one writer needs no concurrency, a commit survives a power
/// cut once it returns (the outbox depends on it), and between runs the state is exactly one file to copy.
/// `secure_delete` because a forgotten person must be gone from the file too. Without `cache_spill` a night's draft stays in
/// memory until it is kept, and readers look on meanwhile.
fn configure(conn: &Connection) -> Result<(), Error> {
    conn.execute_batch(
        "PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA; PRAGMA foreign_keys = ON;
         PRAGMA secure_delete = ON; PRAGMA trusted_schema = OFF; PRAGMA cache_spill = OFF;",
    )?;
    Ok(())
}

/// What computes on a damaged store would find out halfway, or not at all.
fn opened(path: &Path, flags: OpenFlags) -> Result<Connection, Error> {
    let conn = Connection::open_with_flags(path, flags)?;
    conn.busy_timeout(Duration::from_secs(5))?;
    let cause = match conn.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)) {
        Ok(cause) => cause,
        Err(error) if is_damage(&error) => error.to_string(),
        Err(error) => return Err(error.into()),
    };
    match cause == "ok" {
        true => Ok(conn),
        false => Err(Error::Damaged {
            path: path.to_owned(),
            cause,
        }),
    }
}

fn is_damage(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error_code();
    matches!(code, Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}

pub(super) fn open_private(path: &Path) -> Result<File, WriteError> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(FILE_MODE)
        .open(path)
        .map_err(|e| WriteError::new("open", path, e))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_new_store_is_its_owners_alone() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("deep/store");
        let _store = Store::open(&folder).unwrap();
        assert_eq!(
            (
                mode(&folder),
                mode(&folder.join(DATABASE)),
                mode(&folder.join(LOCK))
            ),
            (0o700, 0o600, 0o600)
        );
    }

    #[test]
    fn the_second_to_open_is_turned_away_with_75_and_the_next_after_it_gets_in() {
        let folder = tempfile::tempdir().unwrap();
        let first = Store::open(folder.path()).unwrap();
        let error = Store::open(folder.path()).unwrap_err();
        assert_eq!(error.exit_code(), 75);
        assert!(error.to_string().contains("wait until it has ended"), "{error}");
        drop(first);
        Store::open(folder.path()).unwrap();
    }

    #[test]
    fn a_store_of_a_later_version_is_refused_and_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        store
            .connection()
            .pragma_update(None, "user_version", 99)
            .unwrap();
        drop(store);
        let error = Store::open(folder.path()).unwrap_err();
        assert!(matches!(error, Error::Newer { found: 99, .. }), "{error}");
    }

    #[test]
    fn a_file_that_is_no_database_is_called_damaged() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(
            folder.path().join(DATABASE),
            "not a database, but long enough to be looked at".repeat(50),
        )
        .unwrap();
        let error = Store::open(folder.path()).unwrap_err();
        assert_eq!(error.exit_code(), 74);
        assert!(error.to_string().contains("restore it from a backup"), "{error}");
        let read = Store::open_to_read(folder.path()).unwrap_err();
        assert_eq!((read.exit_code(), read.to_string()), (74, error.to_string()));
    }

    #[test]
    fn a_reader_refuses_what_a_run_refuses_and_says_of_an_empty_file_that_it_is_empty() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(DATABASE);
        let told = || Store::open_to_read(folder.path()).unwrap_err();
        std::fs::write(&path, "").unwrap();
        assert!(matches!(told(), Error::Empty { .. }), "{}", told());
        assert_eq!(told().exit_code(), 74);
        let other = Connection::open(&path).unwrap();
        other.execute_batch("CREATE TABLE songs (title TEXT)").unwrap();
        drop(other);
        assert!(matches!(told(), Error::Foreign { .. }), "{}", told());
        let refused = Store::open(folder.path()).unwrap_err();
        assert_eq!(
            (refused.exit_code(), refused.to_string()),
            (74, told().to_string())
        );

        std::fs::remove_file(&path).unwrap();
        let store = Store::open(folder.path()).unwrap();
        let tables = store.tables();
        for at in 0..100 {
            tables
                .put_halt(
                    &format!("{at} {}", "x".repeat(200)),
                    "refused",
                    chrono::DateTime::UNIX_EPOCH,
                )
                .unwrap();
        }
        drop(store);
        let whole = std::fs::read(&path).unwrap();
        let mut broken = whole.clone();
        let middle = broken.len() / 2;
        broken[middle..middle + 8_192].fill(0xa5);
        std::fs::write(&path, broken).unwrap();
        assert!(matches!(told(), Error::Damaged { .. }), "{}", told());
        std::fs::write(&path, whole).unwrap();
        let later = Connection::open(&path).unwrap();
        later.pragma_update(None, "user_version", 99).unwrap();
        drop(later);
        assert!(matches!(told(), Error::Newer { found: 99, .. }), "{}", told());
    }

    #[test]
    fn a_transaction_that_fails_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(folder.path()).unwrap();
        let outcome: Result<(), Error> = store.transaction(|tables| {
            tables.put_halt("app", "refused", chrono::DateTime::UNIX_EPOCH)?;
            Err(Error::Missing { path: "x".into() })
        });
        assert!(outcome.is_err());
        assert!(store.tables().halt("app").unwrap().is_none());
    }

    #[test]
    fn a_full_disk_is_74_and_keeps_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let tables = store.tables();
        tables
            .put_halt("app", "refused", chrono::DateTime::UNIX_EPOCH)
            .unwrap();
        // SQLite answers a reached page limit exactly as it answers a full disk.
        store
            .connection()
            .pragma_update(None, "max_page_count", 1)
            .unwrap();
        let error = tables
            .put_halt("big", &"x".repeat(100_000), chrono::DateTime::UNIX_EPOCH)
            .unwrap_err();
        assert_eq!(error.exit_code(), 74);
        assert!(error.to_string().contains("the disk is full"), "{error}");
        assert_eq!(tables.halts().unwrap().len(), 1);
    }

    #[test]
    fn a_reader_looks_on_while_the_night_holds_the_lock() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(
            Store::open_to_read(folder.path()),
            Err(Error::Missing { .. })
        ));
        let writer = Store::open(folder.path()).unwrap();
        writer
            .tables()
            .put_halt("app", "refused", chrono::DateTime::UNIX_EPOCH)
            .unwrap();
        let reader = Store::open_to_read(folder.path()).unwrap();
        assert_eq!(reader.tables().halts().unwrap().len(), 1);
        assert!(reader.tables().clear_halt("app").is_err());
    }
}
