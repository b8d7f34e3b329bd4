//! Between stored text and typed values. Days and instants are text, so that the file reads well in any tool.

use super::Error;
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use rusqlite::{Params, Row};
use std::fmt::Display;
use std::str::FromStr;

use super::Tables;

impl Tables<'_> {
    /// All rows of a query, each through `read`.
    pub(super) fn rows<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl Fn(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query(params)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(read(row)?);
        }
        Ok(found)
    }

    /// The first row of a query, if there is one.
    pub(super) fn first<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl Fn(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query(params)?;
        rows.next()?.map(read).transpose()
    }

    /// Runs one writing statement, prepared once per connection; the number of rows it touched.
    pub(super) fn write(&self, sql: &str, params: impl Params) -> Result<usize, Error> {
        Ok(self.conn.prepare_cached(sql)?.execute(params)?)
    }

    /// Runs `work` so that its many rows become durable together: in the caller's transaction if one is open,
    /// else in one of its own.
    pub(super) fn together(&self, work: impl FnOnce(&Self) -> Result<(), Error>) -> Result<(), Error> {
        if !self.conn.is_autocommit() {
            return work(self);
        }
        let tx = self.conn.unchecked_transaction()?;
        work(self)?;
        Ok(tx.commit()?)
    }
}

/// RFC 3339 UTC to the second.
pub(super) fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Parses a stored value; one that does not parse was not written by us.
pub(super) fn parsed<T: FromStr>(column: &'static str, stored: String) -> Result<T, Error> {
    stored.parse().map_err(|_| Error::Value {
        column,
        value: stored,
    })
}

/// [`parsed`] for a column that may be null.
pub(super) fn parsed_opt<T: FromStr>(
    column: &'static str,
    stored: Option<String>,
) -> Result<Option<T>, Error> {
    stored.map(|value| parsed(column, value)).transpose()
}

/// The text of an optional value.
pub(super) fn text<T: Display>(value: Option<T>) -> Option<String> {
    value.map(|value| value.to_string())
}

/// A stored day.
pub(super) fn day(column: &'static str, stored: String) -> Result<NaiveDate, Error> {
    parsed(column, stored)
}

/// A stored count; SQLite's integers are signed, ours are not.
pub(super) fn count(column: &'static str, stored: i64) -> Result<u64, Error> {
    u64::try_from(stored).map_err(|_| Error::Value {
        column,
        value: stored.to_string(),
    })
}

/// A count as SQLite stores it.
pub(super) fn stored_count(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
