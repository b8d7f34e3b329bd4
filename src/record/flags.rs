//! Flags as they were sent, and what became of the lines: the track record. Never recomputed with a later model.

use super::row::{day, parsed};
use super::{Error, Tables};
use crate::domain::{Cents, SentFlag};
use rusqlite::params;

impl Tables<'_> {
    /// Adds flags; of one that is known only the outcome changes, and only once.
    pub fn put_flags(&self, job: &str, flags: &[SentFlag]) -> Result<(), Error> {
        self.together(|tables| flags.iter().try_for_each(|flag| tables.put_flag(job, flag)))
    }

    fn put_flag(&self, job: &str, flag: &SentFlag) -> Result<(), Error> {
        self.write(
            "INSERT INTO flags (job, account, line_id, flagged_on, verdict, p_silent_90, monthly_cost, outcome, outcome_on)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
             ON CONFLICT (job, account, line_id, flagged_on) DO UPDATE SET
                 outcome = excluded.outcome, outcome_on = excluded.outcome_on
             WHERE flags.outcome = 'still_silent'",
            params![
                job,
                flag.account_id,
                flag.line_id,
                flag.flagged_on.to_string(),
                flag.verdict.as_str(),
                flag.p_silent_90,
                flag.monthly_cost.0,
                flag.outcome.as_str(),
                flag.outcome_on.map(|day| day.to_string()),
            ],
        )?;
        Ok(())
    }

    /// An account's flags of all nights, by line and day.
    pub fn flags(&self, job: &str, account: &str) -> Result<Vec<SentFlag>, Error> {
        self.rows(
            "SELECT account, line_id, flagged_on, verdict, p_silent_90, monthly_cost, outcome, outcome_on
             FROM flags WHERE job = ?1 AND account = ?2 ORDER BY line_id, flagged_on",
            [job, account],
            |row| {
                let outcome_on: Option<String> = row.get(7)?;
                Ok(SentFlag {
                    account_id: row.get(0)?,
                    line_id: row.get(1)?,
                    flagged_on: day("flags.flagged_on", row.get(2)?)?,
                    verdict: parsed("flags.verdict", row.get(3)?)?,
                    p_silent_90: row.get(4)?,
                    monthly_cost: Cents(row.get(5)?),
                    outcome: parsed("flags.outcome", row.get(6)?)?,
                    outcome_on: outcome_on.map(|text| day("flags.outcome_on", text)).transpose()?,
                })
            },
        )
    }
}
