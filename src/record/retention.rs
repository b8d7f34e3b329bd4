//! How long what a job has stored may stay, by its settings on its last night; kept when the job is gone.

use super::row::day;
use super::{Error, Tables};
use chrono::NaiveDate;
use rusqlite::params;

/// What one job last said of one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retention {
    pub job: String,
    pub account: String,
    /// Days for which raw calls stay, the overlap among them.
    pub raw_days: u32,
    /// Days for which the bytes of the job's mails stay.
    pub mail_days: u32,
    pub last_night: NaiveDate,
}

impl Tables<'_> {
    pub fn put_retention(&self, retention: &Retention) -> Result<(), Error> {
        self.write(
            "INSERT INTO retention (job, account, raw_days, mail_days, last_night) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT DO UPDATE SET raw_days = excluded.raw_days, mail_days = excluded.mail_days,
                                       last_night = max(last_night, excluded.last_night)",
            params![
                retention.job,
                retention.account,
                retention.raw_days,
                retention.mail_days,
                retention.last_night.to_string()
            ],
        )?;
        Ok(())
    }

    /// Of all jobs, also those that are gone, the account seen last first.
    pub fn retentions(&self) -> Result<Vec<Retention>, Error> {
        self.rows(
            "SELECT job, account, raw_days, mail_days, last_night FROM retention ORDER BY last_night DESC, job, account",
            [],
            |row| {
                Ok(Retention {
                    job: row.get(0)?,
                    account: row.get(1)?,
                    raw_days: row.get(2)?,
                    mail_days: row.get(3)?,
                    last_night: day("retention.last_night", row.get(4)?)?,
                })
            },
        )
    }
}
