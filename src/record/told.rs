//! What each audience was sent, night by night.

use super::row::day;
use super::{Error, Tables};
use crate::domain::{Audience, LastTold, Occasion, Told};
use chrono::NaiveDate;
use rusqlite::params;

impl Tables<'_> {
    /// Notes that an audience's mail of a night was frozen. In the transaction that freezes it, so that neither is there
    /// without the other.
    pub fn put_told(
        &self,
        job: &str,
        audience: Audience,
        (as_of, revision): (NaiveDate, u32),
        occasion: &Occasion,
        told: &Told,
    ) -> Result<(), Error> {
        let report_on = match occasion {
            Occasion::Heartbeat { since } => *since,
            _ => as_of,
        };
        self.write(
            "INSERT OR IGNORE INTO told (job, audience, as_of, revision, occasion, report_on, digest, deadlines)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                job,
                audience.as_str(),
                as_of.to_string(),
                revision,
                occasion.as_str(),
                report_on.to_string(),
                told.digest,
                serde_json::json!(told.deadlines).to_string(),
            ],
        )?;
        Ok(())
    }

    /// The newest that an audience was sent before this revision of a night.
    pub fn last_told(
        &self,
        job: &str,
        audience: Audience,
        (as_of, revision): (NaiveDate, u32),
    ) -> Result<Option<LastTold>, Error> {
        self.first(
            "SELECT as_of, report_on, digest, deadlines FROM told
             WHERE job = ?1 AND audience = ?2 AND (as_of, revision) < (?3, ?4)
             ORDER BY as_of DESC, revision DESC LIMIT 1",
            params![job, audience.as_str(), as_of.to_string(), revision],
            |row| {
                let deadlines: String = row.get(3)?;
                Ok(LastTold {
                    as_of: day("told.as_of", row.get(0)?)?,
                    report_on: day("told.report_on", row.get(1)?)?,
                    told: Told {
                        digest: row.get(2)?,
                        deadlines: serde_json::from_str(&deadlines).map_err(|_| Error::Value {
                            column: "told.deadlines",
                            value: deadlines,
                        })?,
                    },
                })
            },
        )
    }
}
