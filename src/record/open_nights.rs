//! The night that is being worked on. Still there when the next run begins, it ended without a word.

use super::row::{day, instant, parsed};
use super::{Error, Tables};
use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::params;

/// A run that ended without a word in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unended {
    pub job: String,
    pub as_of: NaiveDate,
    pub settings_digest: String,
    /// None where it was killed.
    pub exit_code: Option<u8>,
    pub reason: String,
    pub at: DateTime<Utc>,
}

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

    /// The night whose run began and has not ended, or never will, and when it began.
    pub fn open_night(&self, job: &str) -> Result<Option<(NaiveDate, DateTime<Utc>)>, Error> {
        self.first(
            "SELECT as_of, started_at FROM open_nights WHERE job = ?1",
            [job],
            |row| {
                let as_of = day("open_nights.as_of", row.get(0)?)?;
                Ok((as_of, parsed("open_nights.started_at", row.get(1)?)?))
            },
        )
    }

    /// Records a run that could not record its end itself, whether or not it had come so far as to be recorded: it was
    /// killed, or the store could not be written. It has no end: that is how it differs from another error.
    pub fn record_unended(&self, run: &Unended) -> Result<(), Error> {
        let Unended {
            job,
            as_of,
            settings_digest,
            exit_code,
            reason,
            at,
        } = run;
        let as_of = as_of.to_string();
        self.together(|tables| {
            let known = tables.write(
                "UPDATE runs SET status = 'failed', exit_code = ?3, reason = ?4
                 WHERE job = ?1 AND as_of = ?2 AND status = 'running'",
                params![job, as_of, exit_code, reason],
            )?;
            if known == 0 {
                // A run that was killed after it had recorded this records it again.
                tables.write(
                    "INSERT INTO runs (job, as_of, revision, status, inputs_digest, settings_digest, exit_code, started_at, reason)
                     SELECT ?1, ?2, 1, 'failed', '', ?3, ?4, ?5, ?6
                     WHERE NOT EXISTS (SELECT 1 FROM runs WHERE job = ?1 AND as_of = ?2 AND started_at = ?5 AND reason = ?6)",
                    params![job, as_of, settings_digest, exit_code, instant(*at), reason],
                )?;
            }
            Ok(())
        })
    }
}
