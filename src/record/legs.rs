//! Which source gave which legs to which day, and what a day's usage was rolled up from.

use super::row::{count, day, stored_count};
use super::{Error, Tables};
use chrono::NaiveDate;
use rusqlite::{Row, params};
use std::collections::BTreeMap;

/// The legs that one source (a file, or a window pulled) gave to one account-local day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegWindow {
    pub account: String,
    pub source: String,
    pub day: NaiveDate,
    /// SHA-256 of those legs, hex.
    pub digest: String,
    pub rows: u64,
    /// The raw legs have left (retention); the day can no longer be rolled up from them.
    pub pruned: bool,
}

impl Tables<'_> {
    /// Adds or replaces windows one by one, leaving the source's other days.
    pub fn put_leg_windows(&self, windows: &[LegWindow]) -> Result<(), Error> {
        self.together(|tables| {
            windows
                .iter()
                .try_for_each(|window| tables.put_window(&window.source, window))
        })
    }

    fn put_window(&self, source: &str, window: &LegWindow) -> Result<(), Error> {
        self.write(
            "INSERT OR REPLACE INTO leg_windows (account, source, day, digest, rows, pruned)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                window.account,
                source,
                window.day.to_string(),
                window.digest,
                stored_count(window.rows),
                window.pruned
            ],
        )?;
        Ok(())
    }

    /// Forgets an account's windows from a day on, before its files are read anew.
    pub fn forget_leg_windows(&self, account: &str, from: NaiveDate) -> Result<usize, Error> {
        self.write(
            "DELETE FROM leg_windows WHERE account = ?1 AND day >= ?2",
            params![account, from.to_string()],
        )
    }

    /// All windows of an account, by day and then source.
    pub fn leg_windows(&self, account: &str) -> Result<Vec<LegWindow>, Error> {
        self.rows(
            "SELECT account, source, day, digest, rows, pruned FROM leg_windows WHERE account = ?1
             ORDER BY day, source",
            [account],
            read,
        )
    }

    /// Forgets what these days' usage was rolled up from.
    pub fn forget_usage_of(&self, account: &str, days: impl Iterator<Item = NaiveDate>) -> Result<(), Error> {
        for day in days {
            self.write(
                "DELETE FROM usage_days WHERE account = ?1 AND day = ?2",
                params![account, day.to_string()],
            )?;
        }
        Ok(())
    }

    /// Marks an account's windows of days before `before` as pruned; the number newly marked. Called before the
    /// raw files are removed: a mark without the removal is harmless, the reverse would look like lost data.
    pub fn mark_pruned(&self, account: &str, before: NaiveDate) -> Result<usize, Error> {
        self.write(
            "UPDATE leg_windows SET pruned = 1 WHERE account = ?1 AND day < ?2 AND pruned = 0",
            params![account, before.to_string()],
        )
    }

    /// The zone in which an account's days were cut, once it has any.
    pub fn zone(&self, account: &str) -> Result<Option<String>, Error> {
        self.first(
            "SELECT time_zone FROM zones WHERE account = ?1",
            [account],
            |row| Ok(row.get(0)?),
        )
    }

    pub fn put_zone(&self, account: &str, time_zone: &str) -> Result<(), Error> {
        self.write(
            "INSERT OR REPLACE INTO zones (account, time_zone) VALUES (?1, ?2)",
            [account, time_zone],
        )?;
        Ok(())
    }

    /// For each day, the digest of what its usage was rolled up from.
    pub fn usage_days(&self, account: &str) -> Result<BTreeMap<NaiveDate, String>, Error> {
        let days = self.rows(
            "SELECT day, key FROM usage_days WHERE account = ?1",
            [account],
            |row| Ok((day("usage_days.day", row.get(0)?)?, row.get(1)?)),
        )?;
        Ok(days.into_iter().collect())
    }

    /// Records the digests of days rolled up; committed after their Parquet stands in place.
    pub fn put_usage_days(&self, account: &str, days: &BTreeMap<NaiveDate, String>) -> Result<(), Error> {
        self.together(|tables| {
            for (on, key) in days {
                tables.write(
                    "INSERT OR REPLACE INTO usage_days (account, day, key) VALUES (?1, ?2, ?3)",
                    params![account, on.to_string(), key],
                )?;
            }
            Ok(())
        })
    }

    /// Forgets what an account's days from one on were rolled up from.
    pub fn forget_usage_days(&self, account: &str, from: NaiveDate) -> Result<usize, Error> {
        self.write(
            "DELETE FROM usage_days WHERE account = ?1 AND day >= ?2",
            params![account, from.to_string()],
        )
    }

    /// The digests of an account's usage files, by month (`2026-10`).
    pub fn usage_files(&self, account: &str) -> Result<BTreeMap<String, String>, Error> {
        let files = self.rows(
            "SELECT month, digest FROM usage_files WHERE account = ?1",
            [account],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        Ok(files.into_iter().collect())
    }

    pub fn put_usage_file(&self, account: &str, month: &str, digest: &str) -> Result<(), Error> {
        self.write(
            "INSERT OR REPLACE INTO usage_files (account, month, digest) VALUES (?1, ?2, ?3)",
            [account, month, digest],
        )?;
        Ok(())
    }
}

fn read(row: &Row<'_>) -> Result<LegWindow, Error> {
    Ok(LegWindow {
        account: row.get(0)?,
        source: row.get(1)?,
        day: day("leg_windows.day", row.get(2)?)?,
        digest: row.get(3)?,
        rows: count("leg_windows.rows", row.get(4)?)?,
        pruned: row.get(5)?,
    })
}
