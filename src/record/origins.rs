//! The back-test's origins, remembered by what they were computed from.

use super::{Error, Tables};
use crate::domain::BacktestOrigin;
use rusqlite::params;

impl Tables<'_> {
    /// Remembers exactly these origins of an account.
    pub fn put_origins(&self, job: &str, account: &str, origins: &[BacktestOrigin]) -> Result<(), Error> {
        self.together(|tables| {
            tables.write(
                "DELETE FROM origins WHERE job = ?1 AND account = ?2",
                [job, account],
            )?;
            for origin in origins {
                let result = serde_json::to_string(origin).map_err(|_| Error::Value {
                    column: "origins.result",
                    value: origin.on.to_string(),
                })?;
                tables.write(
                    "INSERT INTO origins (job, account, day, key, result) VALUES (?1, ?2, ?3, ?4, ?5)",
                    params![job, account, origin.on.to_string(), origin.key, result],
                )?;
            }
            Ok(())
        })
    }

    /// The remembered origins; one that cannot be read is one of another version and is computed again.
    pub fn origins(&self, job: &str, account: &str) -> Result<Vec<BacktestOrigin>, Error> {
        let stored = self.rows(
            "SELECT result FROM origins WHERE job = ?1 AND account = ?2 ORDER BY day",
            [job, account],
            |row| Ok(row.get::<_, String>(0)?),
        )?;
        Ok(stored
            .iter()
            .filter_map(|result| serde_json::from_str(result).ok())
            .collect())
    }
}
