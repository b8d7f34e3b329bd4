//! Faults of the newest invoice -> findings, with what the same fault cost on earlier ones.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;

use super::audited::Audited;
use crate::domain::{Account, Action, Cents, Finding, FindingKind, FindingState, Recoverable};

/// A finding without money or proof yet, for one night of an account.
pub(super) fn blank(kind: FindingKind, account: &Account, as_of: NaiveDate) -> Finding {
    Finding {
        finding_id: String::new(),
        kind,
        account_id: account.account_id.clone(),
        line_id: None,
        extension: None,
        invoice_id: None,
        subject: String::new(),
        evidence: String::new(),
        monthly_amount: Cents::ZERO,
        amount_to_date: Cents::ZERO,
        currency: account.currency,
        recoverable: Recoverable::None,
        recoverable_on: None,
        notice_by: None,
        confidence: "high".to_owned(),
        action: Action::Review,
        first_seen: as_of,
        state: FindingState::Identified,
        decided: None,
    }
}

/// The newest invoice's faults as findings; earlier invoices add to `amount_to_date`.
pub(super) fn fault_findings(
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
    let mut findings: BTreeMap<&str, Finding> = BTreeMap::new();
    for row in &newest.charges {
        let Some(fault) = &row.fault else { continue };
        let number = fault.kind == FindingKind::OrphanNumber;
        let of_contract = fault.kind == FindingKind::PromotionEnded;
        let by_inventory = matches!(fault.kind, FindingKind::TierMismatch | FindingKind::TermMismatch);
        let questioned = fault.monthly.is_zero() || of_contract || by_inventory;
        let bucket = match fault.monthly.is_zero() {
            _ if number => Recoverable::NextBill,
            true => Recoverable::None,
            false => Recoverable::Now,
        };
        let finding = findings.entry(&fault.finding_id).or_insert_with(|| Finding {
            finding_id: fault.finding_id.clone(),
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
            evidence: fault.evidence.clone(),
            amount_to_date: to_date
                .get(fault.finding_id.as_str())
                .copied()
                .unwrap_or_default(),
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
        });
        finding.monthly_amount += fault.monthly;
    }
    findings.into_values().collect()
}
