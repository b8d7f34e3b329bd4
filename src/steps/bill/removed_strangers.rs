//! Lines that the inventory never had, or has forgotten: what an invoice gave back for one says that it was there, and until when.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::domain::{Cents, ChargeKind, FindingKind, without_zeros};
use crate::steps::bill::audit::{ChargeFault, cite, priced_as};
use crate::steps::bill::audited::Audited;
use crate::steps::bill::charges::MatchedCharge;
use crate::steps::finding::finding_id;

/// What was given back when a line was removed.
struct Removal {
    /// The first day without the line.
    on: NaiveDate,
    invoice_date: NaiveDate,
    told: String,
}

/// A stranger that any invoice gave credit for was a line once: what bills it from then on bills it after its removal, and what
/// billed it before was owed.
pub(in crate::steps) fn remember_removed(audited: &mut [Audited<'_>]) {
    let mut removals: HashMap<String, Vec<Removal>> = HashMap::new();
    for row in audited.iter().flat_map(|bill| &bill.charges) {
        if let Some((extension, removal)) = removal(row) {
            removals.entry(extension).or_default().push(removal);
        }
    }
    for row in audited.iter_mut().flat_map(|bill| &mut bill.charges) {
        let Some(extension) = ghost_of(row) else { continue };
        let Some(removals) = removals.get(without_zeros(&extension)) else {
            continue;
        };
        let start = row.charge.period_start;
        // What one invoice bills and gives back for the same days was never owed.
        let is_before = |removal: &&Removal| {
            removal.on < start || removal.on == start && removal.invoice_date < row.charge.invoice_date
        };
        let before = removals.iter().filter(is_before);
        let latest = before.max_by_key(|removal| removal.on);
        row.fault = latest.and_then(|removal| after_removal(row, &extension, removal));
    }
}

/// A credit, and part of a month given back: a part month is booked as that more often than not.
fn removal(row: &MatchedCharge<'_>) -> Option<(String, Removal)> {
    let charge = &row.charge;
    let is_given_back =
        matches!(row.kind, ChargeKind::Credit | ChargeKind::Proration) && charge.amount < Cents::ZERO;
    let extension = charge.extension.as_deref().filter(|_| is_given_back)?;
    let removal = Removal {
        on: charge.period_start,
        invoice_date: charge.invoice_date,
        told: format!("invoice {} of {}", charge.invoice_id, charge.invoice_date),
    };
    Some((without_zeros(extension).to_owned(), removal))
}

fn ghost_of(row: &MatchedCharge<'_>) -> Option<String> {
    let is_ghost = row
        .fault
        .as_ref()
        .is_some_and(|fault| fault.kind == FindingKind::GhostCharge);
    row.charge.extension.clone().filter(|_| is_ghost)
}

fn after_removal<'a>(row: &MatchedCharge<'a>, extension: &str, removal: &Removal) -> Option<ChargeFault<'a>> {
    let kind = FindingKind::BilledAfterRemoval;
    let key = [row.charge.account_id.as_str(), extension, row.kind.as_str()];
    Some(ChargeFault {
        kind,
        finding_id: finding_id(kind, &key),
        subject: format!("extension {extension} billed after its removal"),
        evidence: format!(
            "{} bills extension {extension}, which {} gave credit for from {} on, when it was removed. Please credit {}.",
            cite(row),
            removal.told,
            removal.on,
            priced_as(row, row.charge.amount)
        ),
        ..row.fault.clone()?
    })
}
