//! The ledger of findings: since when each has stood, and what became of it.

use super::row::{day, parsed};
use super::{Error, Tables};
use crate::domain::FindingState;
use chrono::NaiveDate;
use rusqlite::params;

/// A finding as the ledger keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptFinding {
    pub finding_id: String,
    pub job: String,
    pub kind: String,
    pub account: String,
    pub line_id: Option<String>,
    /// The `as_of` of the first and the newest night that saw it.
    pub first_seen: NaiveDate,
    pub last_seen: NaiveDate,
    pub state: FindingState,
    /// Hundredths of `currency`.
    pub monthly_amount: i64,
    pub currency: String,
}

impl Tables<'_> {
    /// Adds findings or brings them up to date. `first_seen` never moves later and `last_seen` never earlier, so
    /// that a night run late for an older `as_of` does no harm.
    pub fn put_findings(&self, findings: &[KeptFinding]) -> Result<(), Error> {
        self.together(|tables| {
            findings
                .iter()
                .try_for_each(|finding| tables.put_finding(finding))
        })
    }

    fn put_finding(&self, finding: &KeptFinding) -> Result<(), Error> {
        self.write(
            "INSERT INTO findings (job, finding_id, kind, account, line_id, first_seen, last_seen, state,
                                   monthly_amount, currency)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
             ON CONFLICT (job, finding_id) DO UPDATE SET
                 kind = excluded.kind, account = excluded.account, line_id = excluded.line_id,
                 first_seen = min(first_seen, excluded.first_seen),
                 last_seen = max(last_seen, excluded.last_seen),
                 state = excluded.state, monthly_amount = excluded.monthly_amount, currency = excluded.currency",
            params![
                finding.job,
                finding.finding_id,
                finding.kind,
                finding.account,
                finding.line_id,
                finding.first_seen.to_string(),
                finding.last_seen.to_string(),
                finding.state.as_str(),
                finding.monthly_amount,
                finding.currency
            ],
        )?;
        Ok(())
    }

    /// All findings of a job, by id.
    pub fn findings(&self, job: &str) -> Result<Vec<KeptFinding>, Error> {
        self.rows(
            "SELECT finding_id, job, kind, account, line_id, first_seen, last_seen, state, monthly_amount, currency
             FROM findings WHERE job = ?1 ORDER BY finding_id",
            [job],
            |row| {
                Ok(KeptFinding {
                    finding_id: row.get(0)?,
                    job: row.get(1)?,
                    kind: row.get(2)?,
                    account: row.get(3)?,
                    line_id: row.get(4)?,
                    first_seen: day("findings.first_seen", row.get(5)?)?,
                    last_seen: day("findings.last_seen", row.get(6)?)?,
                    state: parsed("findings.state", row.get(7)?)?,
                    monthly_amount: row.get(8)?,
                    currency: row.get(9)?,
                })
            },
        )
    }
}
