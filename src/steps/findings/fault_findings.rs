//! Faults of the newest invoice -> findings, with what the same fault cost on earlier ones.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;

use crate::domain::{Account, Action, Cents, Finding, FindingKind, Recoverable};
use crate::steps::bill::audit::ChargeFault;
use crate::steps::bill::audited::Audited;
use crate::steps::bill::charges::MatchedCharge;
use crate::steps::finding::blank;

/// The newest invoice's faults as findings; earlier invoices add to `amount_to_date`.
pub(in crate::steps) fn fault_findings(
    audited: &[Audited<'_>],
    account: &Account,
    as_of: NaiveDate,
    next_period: NaiveDate,
) -> Vec<Finding> {
    let Some(newest) = audited.first() else {
        return Vec::new();
    };
    let mut to_date: HashMap<&str, Cents> = HashMap::new();
    for fault in audited.iter().flat_map(Audited::faults) {
        *to_date.entry(&fault.finding_id).or_default() += fault.amount;
    }
    let mut rows: BTreeMap<&str, Vec<(&MatchedCharge, &ChargeFault)>> = BTreeMap::new();
    for row in &newest.charges {
        if let Some(fault) = &row.fault {
            rows.entry(&fault.finding_id).or_default().push((row, fault));
        }
    }
    let told = |(id, rows): (&str, Vec<(&MatchedCharge, &ChargeFault)>)| {
        let (row, fault) = *rows.first()?;
        let monthly: Cents = rows.iter().map(|(_, fault)| fault.monthly).sum();
        // Each row is asked back by its own number.
        let evidence: Vec<&str> = rows.iter().map(|(_, fault)| fault.evidence.as_str()).collect();
        let number = fault.kind == FindingKind::OrphanNumber;
        let of_contract = fault.kind == FindingKind::PromotionEnded;
        let by_inventory = matches!(fault.kind, FindingKind::TierMismatch | FindingKind::TermMismatch);
        let questioned = monthly.is_zero() || of_contract || by_inventory;
        let bucket = match monthly.is_zero() {
            _ if number => Recoverable::NextBill,
            true => Recoverable::None,
            false => Recoverable::Now,
        };
        Some(Finding {
            finding_id: id.to_owned(),
            line_id: row
                .line()
                .filter(|_| !of_contract)
                .map(|line| line.line_id.clone()),
            extension: row
                .line()
                .map(|line| line.extension.clone())
                .or_else(|| row.charge.extension.clone())
                .filter(|_| !of_contract),
            invoice_id: Some(row.charge.invoice_id.clone()),
            subject: fault.subject.clone(),
            evidence: evidence.join(" "),
            monthly_amount: monthly,
            amount_to_date: to_date.get(id).copied().unwrap_or_default(),
            recoverable: bucket,
            recoverable_on: match bucket {
                Recoverable::NextBill => Some(next_period),
                Recoverable::None => None,
                _ => Some(as_of),
            },
            confidence: if number || questioned { "medium" } else { "high" }.to_owned(),
            action: match bucket {
                Recoverable::NextBill => Action::ReleaseNumber,
                Recoverable::None => Action::Review,
                _ => Action::Dispute,
            },
            ..blank(fault.kind, account, as_of)
        })
    };
    rows.into_iter().filter_map(told).collect()
}
