//! Lines as the inventory last showed them: what has left the list goes on being billed under its extension and numbers.

use super::row::day;
use super::{Error, Tables};
use crate::domain::Line;
use chrono::NaiveDate;
use rusqlite::params;

impl Tables<'_> {
    /// Remembers the lines that the inventory of `on` shows, and that the others of the account are gone since, if nobody
    /// has said so before. A night made up for an older day changes nothing of what a later one saw.
    pub fn put_known_lines(&self, account: &str, lines: &[&Line], on: NaiveDate) -> Result<(), Error> {
        self.together(|tables| {
            let on = on.to_string();
            for line in lines {
                tables.write(
                    "INSERT INTO known_lines (account, line_id, last_on, gone_on, line) VALUES (?1, ?2, ?3, NULL, ?4)
                     ON CONFLICT (account, line_id) DO UPDATE SET
                         last_on = excluded.last_on, gone_on = NULL, line = excluded.line
                     WHERE known_lines.last_on <= excluded.last_on",
                    params![account, line.line_id, on, stored(line)],
                )?;
            }
            tables.write(
                "UPDATE known_lines SET gone_on = ?2 WHERE account = ?1 AND last_on < ?2 AND gone_on IS NULL",
                params![account, on],
            )?;
            Ok(())
        })
    }

    /// The lines of earlier nights, by id: each with the day on which it was first missed, if it was.
    pub fn known_lines(&self, account: &str) -> Result<Vec<(Line, Option<NaiveDate>)>, Error> {
        self.rows(
            "SELECT line, gone_on FROM known_lines WHERE account = ?1 ORDER BY line_id",
            [account],
            |row| {
                let line: String = row.get(0)?;
                let gone: Option<String> = row.get(1)?;
                Ok((
                    serde_json::from_str(&line).map_err(|_| Error::Value {
                        column: "known_lines.line",
                        value: line,
                    })?,
                    gone.map(|text| day("known_lines.gone_on", text)).transpose()?,
                ))
            },
        )
    }
}

/// The line without the person: names and addresses leave the store with the inventory.
fn stored(line: &Line) -> String {
    let bare = Line {
        user_id: None,
        login_name: None,
        email: None,
        first_name: None,
        last_name: None,
        manager_email: None,
        ..line.clone()
    };
    serde_json::json!(bare).to_string()
}
