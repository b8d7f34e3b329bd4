//! Lines as the inventory last showed them: what has left the list, or has another extension now, goes on being billed under
//! the extension and numbers that it had.

use std::collections::BTreeMap;

use super::row::day;
use super::{Error, Tables};
use crate::domain::{HeldExtension, KnownLine, Line};
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
                tables.put_extension(account, line, &on)?;
            }
            tables.write(
                "UPDATE known_lines SET gone_on = ?2 WHERE account = ?1 AND last_on < ?2 AND gone_on IS NULL",
                params![account, on],
            )?;
            Ok(())
        })
    }

    /// The time of the extension that the line has goes on, or that of another one begins.
    fn put_extension(&self, account: &str, line: &Line, on: &str) -> Result<(), Error> {
        let of_line = params![account, line.line_id, on, line.extension];
        let newest = "SELECT max(first_on) FROM line_extensions WHERE account = ?1 AND line_id = ?2";
        self.write(
            &format!(
                "UPDATE line_extensions SET last_on = max(last_on, ?3)
                 WHERE account = ?1 AND line_id = ?2 AND extension = ?4 AND first_on = ({newest})"
            ),
            of_line,
        )?;
        self.write(
            &format!(
                "INSERT INTO line_extensions (account, line_id, extension, first_on, last_on)
                 SELECT ?1, ?2, ?4, ?3, ?3
                 WHERE NOT EXISTS (SELECT 1 FROM line_extensions WHERE account = ?1 AND line_id = ?2
                                   AND (last_on > ?3 OR extension = ?4 AND first_on = ({newest})))
                 ON CONFLICT DO UPDATE SET extension = excluded.extension"
            ),
            of_line,
        )?;
        Ok(())
    }

    /// The lines of earlier nights, by id.
    pub fn known_lines(&self, account: &str) -> Result<Vec<KnownLine>, Error> {
        let mut extensions = self.extensions(account)?;
        let lines = self.rows(
            "SELECT line, gone_on FROM known_lines WHERE account = ?1 ORDER BY line_id",
            [account],
            |row| {
                let line: String = row.get(0)?;
                let gone: Option<String> = row.get(1)?;
                let line: Line = serde_json::from_str(&line).map_err(|_| Error::Value {
                    column: "known_lines.line",
                    value: line,
                })?;
                let gone_on = gone.map(|text| day("known_lines.gone_on", text)).transpose()?;
                Ok((line, gone_on))
            },
        )?;
        let known = lines.into_iter().map(|(line, gone_on)| KnownLine {
            extensions: extensions.remove(&line.line_id).unwrap_or_default(),
            line,
            gone_on,
        });
        Ok(known.collect())
    }

    fn extensions(&self, account: &str) -> Result<BTreeMap<String, Vec<HeldExtension>>, Error> {
        let rows = self.rows(
            "SELECT line_id, extension, first_on, last_on FROM line_extensions WHERE account = ?1 ORDER BY line_id, first_on",
            [account],
            |row| {
                let held = HeldExtension {
                    extension: row.get(1)?,
                    first_on: day("line_extensions.first_on", row.get(2)?)?,
                    last_on: day("line_extensions.last_on", row.get(3)?)?,
                };
                Ok((row.get(0)?, held))
            },
        )?;
        let mut by_line: BTreeMap<String, Vec<HeldExtension>> = BTreeMap::new();
        for (line_id, held) in rows {
            by_line.entry(line_id).or_default().push(held);
        }
        Ok(by_line)
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
