//! Invoices with their charges matched to lines and their faults found, and what they say of seats.

use std::collections::HashMap;

use super::account::{AccountInput, StepError};
use super::audit::{Fault, faults};
use super::charges::{Classifier, Invoice, MatchedCharge, invoices, match_charges};
use super::cost::LineCounts;
use super::ledger::Proof;
use super::rates::{Agreed, rate_faults};
use crate::domain::{Cents, Charge, ChargeKind, FindingKind, Line, ScoredLine, Tier};

/// An invoice with its charges matched and its faults found.
pub(super) struct Audited {
    pub(super) invoice: Invoice,
    pub(super) charges: Vec<MatchedCharge>,
    pub(super) faults: Vec<Fault>,
}

impl Audited {
    /// The fault of each charge that is disputed whole, by index.
    pub(super) fn fault_kinds(&self) -> Vec<Option<FindingKind>> {
        let mut kinds = vec![None; self.charges.len()];
        for fault in self.faults.iter().filter(|fault| fault.kind.is_whole_charge()) {
            kinds[fault.charge] = Some(fault.kind);
        }
        kinds
    }
}

/// Every invoice up to `as_of`, newest first.
pub(super) fn audit(input: &AccountInput<'_>, lines: &[Line]) -> Result<Vec<Audited>, StepError> {
    let AccountInput {
        charges,
        book,
        contracts,
        as_of,
        ..
    } = *input;
    let classifier = Classifier::new(book)?;
    let classified: Vec<Charge> = charges.iter().map(|charge| classifier.classify(charge)).collect();
    let agreed = Agreed {
        lines,
        contracts,
        book,
        counts: &LineCounts::on(as_of, lines, contracts),
    };
    let audited = invoices(&classified, as_of).into_iter().map(|invoice| {
        let charges = match_charges(&invoice.charges, lines, as_of);
        let mut faults = faults(&invoice, &charges, lines);
        let mut whole = vec![false; charges.len()];
        for fault in &faults {
            whole[fault.charge] = true;
        }
        faults.extend(rate_faults(&charges, &whole, &agreed));
        Audited {
            invoice,
            charges,
            faults,
        }
    });
    Ok(audited.collect())
}

/// What the line's seat was billed for on invoices whose whole period lies after the last use.
pub(super) fn billed_while_silent(line: &ScoredLine, audited: &[Audited], lines: &[Line]) -> Cents {
    let silent_after = line.activity.last_used_on.or(line.line.seat_since);
    let billed = |audited: &Audited| -> Cents {
        let rows = audited
            .charges
            .iter()
            .zip(audited.fault_kinds())
            .filter(|(row, fault)| {
                let seat = matches!(row.kind, ChargeKind::LineMrc | ChargeKind::LineAddon);
                seat && fault.is_none() && silent_after.is_none_or(|day| row.charge.period_start > day)
            });
        rows.flat_map(|(row, _)| &row.shares)
            .filter(|(index, _)| lines[*index].line_id == line.line.line_id)
            .map(|(_, a)| *a)
            .sum()
    };
    audited.iter().map(billed).sum()
}

/// What the newest invoice proves of seats.
pub(super) fn proof(newest: &Audited, lines: &[Line]) -> Proof {
    let seats = newest
        .charges
        .iter()
        .filter(|row| row.kind == ChargeKind::LineMrc);
    let billed = seats.flat_map(|row| {
        let line = |(line, _): &(usize, Cents)| {
            let line = &lines[*line];
            (line.line_id.clone(), row.charge.tier.or(line.tier))
        };
        row.shares.iter().map(line)
    });
    Proof {
        invoice_date: newest.invoice.invoice_date,
        is_complete: newest.invoice.set_aside.is_empty(),
        seats: billed.collect::<HashMap<String, Option<Tier>>>(),
    }
}

pub(super) fn unclassified(newest: &Audited) -> Vec<String> {
    let rows = newest.charges.iter().filter(|row| row.kind == ChargeKind::Other);
    rows.map(|row| {
        format!(
            "invoice {}, row {}: {}",
            row.charge.invoice_id, row.charge.row, row.charge.amount
        )
    })
    .collect()
}
