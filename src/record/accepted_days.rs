//! Days that a person has confirmed as they are.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rusqlite::params;

use super::row::day;
use super::{Error, Tables};

impl Tables<'_> {
    /// Remembers days of a scope (`account`, `location Denver`) as confirmed.
    pub fn accept_days(
        &self,
        account: &str,
        days: impl IntoIterator<Item = (String, NaiveDate)>,
    ) -> Result<(), Error> {
        self.together(|tables| {
            for (scope, day) in days {
                tables.write(
                    "INSERT OR IGNORE INTO accepted_days (account, scope, day) VALUES (?1, ?2, ?3)",
                    params![account, scope, day.to_string()],
                )?;
            }
            Ok(())
        })
    }

    /// All that was confirmed for an account, by scope.
    pub fn accepted_days(&self, account: &str) -> Result<BTreeMap<String, BTreeSet<NaiveDate>>, Error> {
        let rows = self.rows(
            "SELECT scope, day FROM accepted_days WHERE account = ?1",
            [account],
            |row| Ok((row.get(0)?, day("accepted_days.day", row.get(1)?)?)),
        )?;
        let mut accepted: BTreeMap<String, BTreeSet<NaiveDate>> = BTreeMap::new();
        for (scope, day) in rows {
            accepted.entry(scope).or_default().insert(day);
        }
        Ok(accepted)
    }
}
