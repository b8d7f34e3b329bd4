//! The invoices at hand beside each other.

use std::collections::BTreeMap;

use crate::domain::{Cents, ChargeKind, FindingKind, InvoiceTrend};
use crate::steps::bill::audited::Audited;

/// Oldest first.
pub(in crate::steps) fn trend(audited: &[Audited<'_>]) -> Vec<InvoiceTrend> {
    let of = |audited: &Audited| {
        let mut by_kind: BTreeMap<ChargeKind, Cents> = BTreeMap::new();
        for row in &audited.charges {
            *by_kind.entry(row.kind).or_default() += row.charge.amount;
        }
        let mut faults: BTreeMap<FindingKind, Cents> = BTreeMap::new();
        for fault in audited.faults() {
            *faults.entry(fault.kind).or_default() += fault.amount;
        }
        InvoiceTrend {
            invoice_date: audited.invoice.invoice_date,
            billed: by_kind.values().copied().sum(),
            by_kind,
            faults,
        }
    };
    audited.iter().rev().map(of).collect()
}
