//! Which lines have gone on under another id, and since when.

use super::row::day;
use super::{Error, Tables};
use crate::domain::MovedLine;
use chrono::NaiveDate;
use rusqlite::params;

impl Tables<'_> {
    /// A night made up for an older day, whose list is older than what is known, tells none.
    pub fn put_moved_lines(&self, account: &str, moves: &[MovedLine], on: NaiveDate) -> Result<(), Error> {
        if self.keys_seen_on(account)?.is_some_and(|newest| newest > on) {
            return Ok(());
        }
        for MovedLine { on, from, to } in moves {
            self.write(
                "INSERT OR REPLACE INTO moved_lines (account, moved_on, from_id, to_id) VALUES (?1, ?2, ?3, ?4)",
                params![account, on.to_string(), from, to],
            )?;
        }
        Ok(())
    }

    /// Oldest first.
    pub fn moved_lines(&self, account: &str) -> Result<Vec<MovedLine>, Error> {
        self.rows(
            "SELECT moved_on, from_id, to_id FROM moved_lines WHERE account = ?1 ORDER BY moved_on, from_id",
            [account],
            |row| {
                Ok(MovedLine {
                    on: day("moved_lines.moved_on", row.get(0)?)?,
                    from: row.get(1)?,
                    to: row.get(2)?,
                })
            },
        )
    }
}
