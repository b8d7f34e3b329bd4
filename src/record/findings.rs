//! The ledger of findings: since when each has stood, and what became of it.

use super::row::{day, parsed, parsed_opt, text};
use super::{Error, Tables};
use crate::domain::{Cents, LedgerEntry};
use rusqlite::{Row, params};

impl Tables<'_> {
    /// Adds entries or brings them up to date. `first_seen` never moves later and `last_seen` never earlier, so
    /// that a night run late for an older `as_of` does no harm.
    pub fn put_findings(&self, job: &str, entries: &[LedgerEntry]) -> Result<(), Error> {
        self.together(|tables| {
            entries
                .iter()
                .try_for_each(|entry| tables.put_finding(job, entry))
        })
    }

    fn put_finding(&self, job: &str, entry: &LedgerEntry) -> Result<(), Error> {
        self.write(
            "INSERT INTO findings (job, finding_id, kind, account, line_id, first_seen, last_seen, state,
                                   monthly_amount, currency, cost_center, tier, invoice_date, approved_on,
                                   actioned_on, realised_on, slipped_back_on, dismissed_on, taken_back_by)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)
             ON CONFLICT (job, finding_id) DO UPDATE SET
                 kind = excluded.kind, account = excluded.account, line_id = excluded.line_id,
                 first_seen = min(first_seen, excluded.first_seen),
                 last_seen = max(last_seen, excluded.last_seen),
                 state = excluded.state, monthly_amount = excluded.monthly_amount, currency = excluded.currency,
                 cost_center = excluded.cost_center, tier = excluded.tier, invoice_date = excluded.invoice_date,
                 approved_on = excluded.approved_on, actioned_on = excluded.actioned_on,
                 realised_on = excluded.realised_on, slipped_back_on = excluded.slipped_back_on,
                 dismissed_on = excluded.dismissed_on, taken_back_by = excluded.taken_back_by",
            params![
                job,
                entry.finding_id,
                entry.kind.as_str(),
                entry.account_id,
                entry.line_id,
                entry.first_seen.to_string(),
                entry.last_seen.to_string(),
                entry.state.as_str(),
                entry.monthly_amount.0,
                entry.currency.to_string(),
                entry.cost_center,
                text(entry.tier),
                text(entry.invoice_date),
                text(entry.approved_on),
                text(entry.actioned_on),
                text(entry.realised_on),
                text(entry.slipped_back_on),
                text(entry.dismissed_on),
                entry.taken_back_by,
            ],
        )?;
        Ok(())
    }

    /// An account's findings of all nights of a job, by id.
    pub fn findings(&self, job: &str, account: &str) -> Result<Vec<LedgerEntry>, Error> {
        self.rows(
            "SELECT finding_id, kind, account, line_id, first_seen, last_seen, state, monthly_amount, currency,
                    cost_center, tier, invoice_date, approved_on, actioned_on, realised_on, slipped_back_on, dismissed_on,
                    taken_back_by
             FROM findings WHERE job = ?1 AND account = ?2 ORDER BY finding_id",
            [job, account],
            read,
        )
    }
}

fn read(row: &Row<'_>) -> Result<LedgerEntry, Error> {
    Ok(LedgerEntry {
        finding_id: row.get(0)?,
        kind: parsed("findings.kind", row.get(1)?)?,
        account_id: row.get(2)?,
        line_id: row.get(3)?,
        first_seen: day("findings.first_seen", row.get(4)?)?,
        last_seen: day("findings.last_seen", row.get(5)?)?,
        state: parsed("findings.state", row.get(6)?)?,
        monthly_amount: Cents(row.get(7)?),
        currency: parsed("findings.currency", row.get(8)?)?,
        cost_center: row.get(9)?,
        tier: parsed_opt("findings.tier", row.get(10)?)?,
        invoice_date: parsed_opt("findings.invoice_date", row.get(11)?)?,
        approved_on: parsed_opt("findings.approved_on", row.get(12)?)?,
        actioned_on: parsed_opt("findings.actioned_on", row.get(13)?)?,
        realised_on: parsed_opt("findings.realised_on", row.get(14)?)?,
        slipped_back_on: parsed_opt("findings.slipped_back_on", row.get(15)?)?,
        dismissed_on: parsed_opt("findings.dismissed_on", row.get(16)?)?,
        taken_back_by: row.get(17)?,
    })
}
