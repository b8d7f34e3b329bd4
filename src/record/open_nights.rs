//! The night that is being worked on. Still there when the next run begins, it ended without a word.

use super::row::{day, instant};
use super::{Error, Tables};
use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::params;

impl Tables<'_> {
    /// Notes that a run of a night begins; the lock says that no other of the job can still be alive.
    pub fn begin_night(&self, job: &str, as_of: NaiveDate, at: DateTime<Utc>) -> Result<(), Error> {
        self.write(
            "INSERT OR REPLACE INTO open_nights (job, as_of, started_at) VALUES (?1, ?2, ?3)",
            params![job, as_of.to_string(), instant(at)],
        )?;
        Ok(())
    }

    /// Notes that the run came to an end, a good one or an error.
    pub fn end_night(&self, job: &str) -> Result<(), Error> {
        self.write("DELETE FROM open_nights WHERE job = ?1", [job])?;
        Ok(())
    }

    /// The night whose run began and did not end.
    pub fn open_night(&self, job: &str) -> Result<Option<NaiveDate>, Error> {
        self.first("SELECT as_of FROM open_nights WHERE job = ?1", [job], |row| {
            day("open_nights.as_of", row.get(0)?)
        })
    }

    /// Records that a run was killed, whether or not it had come so far as to be recorded. It has no end: that is how it
    /// differs from an error.
    pub fn record_killed(
        &self,
        job: &str,
        as_of: NaiveDate,
        settings_digest: &str,
        reason: &str,
        at: DateTime<Utc>,
    ) -> Result<(), Error> {
        self.together(|tables| {
            let known = tables.write(
                "UPDATE runs SET status = 'failed', reason = ?2 WHERE job = ?1 AND status = 'running'",
                params![job, reason],
            )?;
            if known == 0 {
                tables.write(
                    "INSERT INTO runs (job, as_of, revision, status, inputs_digest, settings_digest, started_at, reason)
                     VALUES (?1, ?2, 1, 'failed', '', ?3, ?4, ?5)",
                    params![job, as_of.to_string(), settings_digest, instant(at), reason],
                )?;
            }
            Ok(())
        })
    }
}
