//! What calls named the lines of reported nights by: kept while calls of a line that has left are looked at, logins sealed.

use super::row::day;
use super::{Error, Tables};
use crate::domain::{CallKeys, Seal, SeenKeys};
use chrono::{Days, NaiveDate};
use rusqlite::params;
use std::collections::HashSet;

/// Days after which the names of a line that has left are forgotten: no gate looks at calls that old.
const KEPT_DAYS: u64 = 130;

impl Tables<'_> {
    /// The key of this store's seals.
    pub fn seal(&self) -> Result<Seal, Error> {
        let key = self.first("SELECT key FROM seal", [], |row| Ok(row.get::<_, String>(0)?))?;
        Ok(Seal::new(key.unwrap_or_default()))
    }

    /// The newest night whose names are remembered.
    pub fn keys_seen_on(&self, account: &str) -> Result<Option<NaiveDate>, Error> {
        self.first(
            "SELECT seen_on FROM keys_seen_on WHERE account = ?1",
            [account],
            |row| day("keys_seen_on.seen_on", row.get(0)?),
        )
    }

    /// Remembers the names that the lines of `on` have, and that others are gone since. A night made up for an older day
    /// changes nothing of what a later one saw.
    pub fn put_seen_keys(&self, account: &str, keys: &[CallKeys], on: NaiveDate) -> Result<(), Error> {
        let through = self.keys_seen_on(account)?;
        if through.is_some_and(|through| through > on) {
            return Ok(());
        }
        let now: HashSet<String> = keys
            .iter()
            .map(|keys| serde_json::json!(keys).to_string())
            .collect();
        let there: HashSet<String> = self
            .rows(
                "SELECT keys FROM seen_keys WHERE account = ?1 AND gone_on IS NULL",
                [account],
                |row| Ok(row.get(0)?),
            )?
            .into_iter()
            .collect();
        let (on, kept_from) = (on.to_string(), (on - Days::new(KEPT_DAYS)).to_string());
        self.together(|tables| {
            for keys in now.difference(&there) {
                tables.write(
                    "INSERT INTO seen_keys (account, keys, gone_on) VALUES (?1, ?2, NULL)
                     ON CONFLICT (account, keys) DO UPDATE SET gone_on = NULL",
                    params![account, keys],
                )?;
            }
            for keys in there.difference(&now) {
                tables.write(
                    "UPDATE seen_keys SET gone_on = ?3 WHERE account = ?1 AND keys = ?2",
                    params![account, keys, on],
                )?;
            }
            tables.write(
                "DELETE FROM seen_keys WHERE account = ?1 AND gone_on < ?2",
                params![account, kept_from],
            )?;
            tables.write(
                "INSERT OR REPLACE INTO keys_seen_on (account, seen_on) VALUES (?1, ?2)",
                params![account, on],
            )?;
            Ok(())
        })
    }

    /// The names that reported nights have seen, each with the first night without it.
    pub fn seen_keys(&self, account: &str) -> Result<Vec<SeenKeys>, Error> {
        self.rows(
            "SELECT keys, gone_on FROM seen_keys WHERE account = ?1 ORDER BY keys",
            [account],
            |row| {
                let keys: String = row.get(0)?;
                let gone: Option<String> = row.get(1)?;
                Ok(SeenKeys {
                    keys: serde_json::from_str(&keys).map_err(|_| Error::Value {
                        column: "seen_keys.keys",
                        value: keys,
                    })?,
                    gone_on: gone.map(|text| day("seen_keys.gone_on", text)).transpose()?,
                })
            },
        )
    }
}
