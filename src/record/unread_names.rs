//! Whom call rows name that could not be used, by the days on which they lie; names and call ids sealed.

use super::row::{count, day, stored_count};
use super::{Error, Tables};
use chrono::NaiveDate;
use rusqlite::params;

/// Rows of one source that name one thing under one call id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadName {
    pub account: String,
    /// Blank where the source has rolled on and is not asked any more.
    pub source: String,
    pub first_day: NaiveDate,
    pub last_day: NaiveDate,
    /// Sealed.
    pub name: String,
    /// Sealed; blank where the rows tell none, or too many of them.
    pub call_id: String,
    pub rows: u64,
}

impl Tables<'_> {
    pub fn put_unread_names(&self, names: &[UnreadName]) -> Result<(), Error> {
        self.together(|tables| {
            for name in names {
                tables.write(
                    "INSERT INTO unread_names (account, source, first_day, last_day, name, call_id, rows)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                     ON CONFLICT DO UPDATE SET rows = max(rows, excluded.rows)",
                    params![
                        name.account,
                        name.source,
                        name.first_day.to_string(),
                        name.last_day.to_string(),
                        name.name,
                        name.call_id,
                        stored_count(name.rows)
                    ],
                )?;
            }
            Ok(())
        })
    }

    /// An account's, by source and day.
    pub fn unread_names(&self, account: &str) -> Result<Vec<UnreadName>, Error> {
        self.rows(
            "SELECT account, source, first_day, last_day, name, call_id, rows FROM unread_names WHERE account = ?1
             ORDER BY source, first_day, last_day, name, call_id",
            [account],
            |row| {
                Ok(UnreadName {
                    account: row.get(0)?,
                    source: row.get(1)?,
                    first_day: day("unread_names.first_day", row.get(2)?)?,
                    last_day: day("unread_names.last_day", row.get(3)?)?,
                    name: row.get(4)?,
                    call_id: row.get(5)?,
                    rows: count("unread_names.rows", row.get(6)?)?,
                })
            },
        )
    }

    /// Takes a stretch of days out of what a source told, or every source; what lies beyond it stays, as nobody's.
    pub fn cut_unread_names(
        &self,
        account: &str,
        source: Option<&str>,
        (first, last): (NaiveDate, NaiveDate),
    ) -> Result<(), Error> {
        let mut all = self.unread_names(account)?;
        all.retain(|name| {
            source.is_none_or(|source| name.source == source)
                && name.first_day <= last
                && name.last_day >= first
        });
        self.together(|tables| {
            for name in all {
                tables.drop_unread_name(&name)?;
                let before = first
                    .pred_opt()
                    .filter(|day| *day >= name.first_day)
                    .map(|day| (name.first_day, day));
                let after = last
                    .succ_opt()
                    .filter(|day| *day <= name.last_day)
                    .map(|day| (day, name.last_day));
                for (first_day, last_day) in [before, after].into_iter().flatten() {
                    tables.put_unread_names(&[UnreadName {
                        source: String::new(),
                        first_day,
                        last_day,
                        ..name.clone()
                    }])?;
                }
            }
            Ok(())
        })
    }

    pub fn drop_unread_name(&self, name: &UnreadName) -> Result<(), Error> {
        self.write(
            "DELETE FROM unread_names WHERE account = ?1 AND source = ?2 AND first_day = ?3 AND last_day = ?4
             AND name = ?5 AND call_id = ?6",
            params![
                name.account,
                name.source,
                name.first_day.to_string(),
                name.last_day.to_string(),
                name.name,
                name.call_id
            ],
        )?;
        Ok(())
    }

    /// Forgets those of days before `before`.
    pub fn prune_unread_names(&self, account: &str, before: NaiveDate) -> Result<(), Error> {
        self.write(
            "DELETE FROM unread_names WHERE account = ?1 AND last_day < ?2",
            params![account, before.to_string()],
        )?;
        Ok(())
    }
}
