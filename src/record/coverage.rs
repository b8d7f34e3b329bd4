//! The coverage ledger (which days are known) and the day on which the inventory first showed a line.

use super::row::{count, day, instant, parsed, parsed_opt, stored_count};
use super::{Error, Tables};
use crate::domain::DayState;
use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::params;
use std::collections::BTreeMap;

/// One day of one source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    pub account: String,
    pub source: String,
    /// Account-local.
    pub day: NaiveDate,
    pub state: DayState,
    pub rows: u64,
    /// The newest event seen.
    pub watermark: Option<DateTime<Utc>>,
}

impl Tables<'_> {
    /// Adds or replaces days.
    pub fn put_coverage(&self, days: &[Coverage]) -> Result<(), Error> {
        self.together(|tables| {
            for known in days {
                tables.write(
                    "INSERT OR REPLACE INTO coverage (account, source, day, state, rows, watermark)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                    params![
                        known.account,
                        known.source,
                        known.day.to_string(),
                        known.state.as_str(),
                        stored_count(known.rows),
                        known.watermark.map(instant)
                    ],
                )?;
            }
            Ok(())
        })
    }

    /// An account's ledger, by day and then source.
    pub fn coverage(&self, account: &str) -> Result<Vec<Coverage>, Error> {
        self.rows(
            "SELECT account, source, day, state, rows, watermark FROM coverage WHERE account = ?1
             ORDER BY day, source",
            [account],
            |row| {
                Ok(Coverage {
                    account: row.get(0)?,
                    source: row.get(1)?,
                    day: day("coverage.day", row.get(2)?)?,
                    state: parsed("coverage.state", row.get(3)?)?,
                    rows: count("coverage.rows", row.get(4)?)?,
                    watermark: parsed_opt("coverage.watermark", row.get(5)?)?,
                })
            },
        )
    }

    /// Records `on` as the day these lines were first seen; a line seen before keeps its day.
    pub fn see_lines(&self, account: &str, line_ids: &[&str], on: NaiveDate) -> Result<(), Error> {
        self.together(|tables| {
            for line_id in line_ids {
                tables.write(
                    "INSERT OR IGNORE INTO first_seen (account, line_id, day) VALUES (?1, ?2, ?3)",
                    params![account, line_id, on.to_string()],
                )?;
            }
            Ok(())
        })
    }

    /// The account-local day on which each line was first seen.
    pub fn first_seen(&self, account: &str) -> Result<BTreeMap<String, NaiveDate>, Error> {
        let seen = self.rows(
            "SELECT line_id, day FROM first_seen WHERE account = ?1",
            [account],
            |row| Ok((row.get(0)?, day("first_seen.day", row.get(1)?)?)),
        )?;
        Ok(seen.into_iter().collect())
    }
}
