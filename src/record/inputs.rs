//! Files read before: an unchanged file is not read twice, a changed one is.

use super::row::{count, parsed_opt, stored_count, text};
use super::{Error, Tables};
use chrono::NaiveDate;
use rusqlite::{Row, params};

/// What reading one file gave. `used + duplicates + quarantined = rows_read`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadInput {
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// Nanoseconds since 1970, UTC.
    pub mtime_ns: i64,
    /// SHA-256 of the content, hex.
    pub digest: String,
    pub table_name: String,
    pub account: Option<String>,
    /// First and last account-local day in the file.
    pub first_day: Option<NaiveDate>,
    pub last_day: Option<NaiveDate>,
    pub rows_read: u64,
    pub used: u64,
    pub duplicates: u64,
    pub quarantined: u64,
    /// Whatever else the reader wants back.
    pub result: serde_json::Value,
}

impl Tables<'_> {
    /// What is remembered of the file at `path`.
    pub fn input(&self, path: &str) -> Result<Option<ReadInput>, Error> {
        self.first(
            "SELECT path, size, mtime_ns, digest, table_name, account, first_day, last_day, rows_read, used,
                    duplicates, quarantined, result FROM inputs WHERE path = ?1",
            [path],
            read,
        )
    }

    /// Remembers a file, in place of what was remembered of that path.
    pub fn put_input(&self, input: &ReadInput) -> Result<(), Error> {
        self.write(
            "INSERT OR REPLACE INTO inputs VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
            params![
                input.path,
                stored_count(input.size),
                input.mtime_ns,
                input.digest,
                input.table_name,
                input.account,
                text(input.first_day),
                text(input.last_day),
                stored_count(input.rows_read),
                stored_count(input.used),
                stored_count(input.duplicates),
                stored_count(input.quarantined),
                input.result.to_string()
            ],
        )?;
        Ok(())
    }

    /// Forgets an account's files that reach a day or later, so that the next run reads them again.
    pub fn forget_inputs(&self, account: &str, from: NaiveDate) -> Result<(), Error> {
        self.write(
            "DELETE FROM inputs WHERE account = ?1 AND (last_day IS NULL OR last_day >= ?2)",
            params![account, from.to_string()],
        )?;
        Ok(())
    }
}

fn read(row: &Row<'_>) -> Result<ReadInput, Error> {
    let result: String = row.get(12)?;
    Ok(ReadInput {
        path: row.get(0)?,
        size: count("inputs.size", row.get(1)?)?,
        mtime_ns: row.get(2)?,
        digest: row.get(3)?,
        table_name: row.get(4)?,
        account: row.get(5)?,
        first_day: parsed_opt("inputs.first_day", row.get(6)?)?,
        last_day: parsed_opt("inputs.last_day", row.get(7)?)?,
        rows_read: count("inputs.rows_read", row.get(8)?)?,
        used: count("inputs.used", row.get(9)?)?,
        duplicates: count("inputs.duplicates", row.get(10)?)?,
        quarantined: count("inputs.quarantined", row.get(11)?)?,
        result: serde_json::from_str(&result).map_err(|_| Error::Value {
            column: "inputs.result",
            value: result,
        })?,
    })
}
