//! The tables, and how an older file becomes a current one.

use super::Error;
use rusqlite::{Connection, TransactionBehavior};
use std::path::Path;

/// One batch for each `user_version`; batches are only ever appended, never edited once released.
const MIGRATIONS: &[&str] = &[
    include_str!("schema_1.sql"),
    include_str!("schema_2.sql"),
    include_str!("schema_3.sql"),
    include_str!("schema_4.sql"),
    include_str!("schema_5.sql"),
    include_str!("schema_6.sql"),
    include_str!("schema_7.sql"),
    include_str!("schema_8.sql"),
    include_str!("schema_9.sql"),
    include_str!("schema_10.sql"),
    include_str!("schema_11.sql"),
    include_str!("schema_12.sql"),
    include_str!("schema_13.sql"),
    include_str!("schema_14.sql"),
    include_str!("schema_15.sql"),
    include_str!("schema_16.sql"),
];

const KNOWN: i64 = MIGRATIONS.len() as i64;

/// A reader changes nothing: a file of an older schema waits for the next run.
pub(super) fn check_current(conn: &Connection, path: &Path) -> Result<(), Error> {
    let path = path.to_owned();
    match version(conn, &path)? {
        KNOWN => Ok(()),
        0 => Err(Error::Empty { path }),
        _ => Err(Error::Older { path }),
    }
}

/// 0 is a file without tables; one of a later schema, or of another program, is nobody's to read or write.
fn version(conn: &Connection, path: &Path) -> Result<i64, Error> {
    let found: i64 = conn.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let tables: i64 = conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let path = path.to_owned();
    match found {
        0 if tables > 0 => Err(Error::Foreign { path }),
        0..=KNOWN => Ok(found),
        _ => Err(Error::Newer {
            path,
            found,
            known: KNOWN,
        }),
    }
}

/// Brings the file to the newest schema, each step in a transaction of its own with its version number.
pub(super) fn migrate(conn: &mut Connection, path: &Path) -> Result<(), Error> {
    let found = version(conn, path)?;
    for (version, batch) in (1_i64..).zip(MIGRATIONS).filter(|(version, _)| *version > found) {
        let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        tx.execute_batch(batch)?;
        tx.pragma_update(None, "user_version", version)?;
        tx.commit()?;
    }
    Ok(())
}
