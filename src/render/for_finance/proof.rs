//! A finding's subject and proof as finance reads them: of charges and contracts as they are, of lines without the reason.

use crate::domain::{Cents, Finding, FindingKind, Recoverable, ScoredLine, Tier, with_article};

const ELSEWHERE: &str = "Administrators have the reason.";

pub(super) struct Proof {
    pub subject: String,
    pub evidence: String,
    /// Whether the step is one with a line or a number, and not with the bill or a contract.
    pub has_step: bool,
    /// Found because nobody called.
    pub is_by_silence: bool,
}

pub(super) fn of(finding: &Finding, line: Option<&ScoredLine>) -> Proof {
    let extension = finding.extension.as_deref().unwrap_or_default();
    match finding.kind {
        FindingKind::IdleLine
        | FindingKind::NeverUsedLine
        | FindingKind::UnassignedLine
        | FindingKind::LeaverLine
        | FindingKind::ExtraLine => Proof {
            subject: format!("extension {extension}"),
            evidence: match finding.recoverable {
                Recoverable::Undetermined => format!("{} {ELSEWHERE}", which_contract(line)),
                _ => ELSEWHERE.to_owned(),
            },
            has_step: true,
            is_by_silence: true,
        },
        FindingKind::RightSize => Proof {
            subject: match line.and_then(|line| line.target_tier) {
                Some(tier) => format!("extension {extension}: {tier} may do"),
                None => format!("extension {extension}: a cheaper tier may do"),
            },
            evidence: ELSEWHERE.to_owned(),
            has_step: true,
            is_by_silence: false,
        },
        FindingKind::AddonUnused => Proof {
            subject: format!("add-on of queue {extension}"),
            evidence: billed(finding),
            has_step: true,
            is_by_silence: true,
        },
        FindingKind::AddonRedundant => Proof {
            subject: finding.subject.clone(),
            evidence: billed(finding),
            has_step: true,
            is_by_silence: false,
        },
        // Since when somebody has the seat is the inventory's.
        FindingKind::UnbilledLine => Proof {
            subject: finding.subject.clone(),
            evidence: unbilled(finding, line),
            has_step: false,
            is_by_silence: false,
        },
        FindingKind::OrphanNumber => as_it_is(finding, true),
        FindingKind::GhostCharge
        | FindingKind::BilledAfterRemoval
        | FindingKind::TierMismatch
        | FindingKind::TermMismatch
        | FindingKind::RateAboveContract
        | FindingKind::DuplicateCharge
        | FindingKind::ProrationError
        | FindingKind::PromotionEnded
        | FindingKind::CommitmentShortfall
        | FindingKind::CommitmentExcess
        | FindingKind::RenewalNotice
        | FindingKind::InvoiceResidual => as_it_is(finding, false),
    }
}

/// What is said of the bill or a contract names rows, prices and days of theirs.
fn as_it_is(finding: &Finding, has_step: bool) -> Proof {
    Proof {
        subject: finding.subject.clone(),
        evidence: finding.evidence.clone(),
        has_step,
        is_by_silence: false,
    }
}

fn which_contract(line: Option<&ScoredLine>) -> String {
    match line.and_then(|line| line.line.contract_id.as_deref()) {
        Some(contract) => {
            format!("From when it saves is open: what are the term and notice of contract {contract}?")
        }
        None => "From when it saves is open: which contract covers it, and when does it end?".to_owned(),
    }
}

fn billed(finding: &Finding) -> String {
    let invoice = finding.invoice_id.as_deref().unwrap_or_default();
    format!(
        "Invoice {invoice} bills {} {} a month for it. {ELSEWHERE}",
        finding.currency, finding.monthly_amount
    )
}

fn unbilled(finding: &Finding, line: Option<&ScoredLine>) -> String {
    if finding.extension.is_none() {
        return finding.evidence.clone();
    }
    let worth = match finding.monthly_amount > Cents::ZERO {
        true => format!(
            " At its price, {} {} a month, it may be billed for later.",
            finding.currency, finding.monthly_amount
        ),
        false => String::new(),
    };
    format!(
        "The inventory has extension {} as {}, and invoice {} does not bill it.{worth}",
        finding.extension.as_deref().unwrap_or_default(),
        with_article(&format!(
            "{} seat",
            line.and_then(|line| line.line.tier).map_or("paid", Tier::as_str)
        )),
        finding.invoice_id.as_deref().unwrap_or_default(),
    )
}
