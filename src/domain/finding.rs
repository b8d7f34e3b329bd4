//! A thing found, with its money and its proof.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Action, Cents, Currency, DecisionKind, Recoverable, words};

words! {
    FindingKind {
        IdleLine => "idle_line", NeverUsedLine => "never_used_line", UnassignedLine => "unassigned_line",
        LeaverLine => "leaver_line", ExtraLine => "extra_line", RightSize => "right_size",
        OrphanNumber => "orphan_number", GhostCharge => "ghost_charge",
        BilledAfterRemoval => "billed_after_removal", UnbilledLine => "unbilled_line",
        TierMismatch => "tier_mismatch", TermMismatch => "term_mismatch",
        RateAboveContract => "rate_above_contract", DuplicateCharge => "duplicate_charge",
        ProrationError => "proration_error", PromotionEnded => "promotion_ended",
        AddonRedundant => "addon_redundant", AddonUnused => "addon_unused",
        CommitmentShortfall => "commitment_shortfall", CommitmentExcess => "commitment_excess",
        RenewalNotice => "renewal_notice", InvoiceResidual => "invoice_residual",
    }
}
impl FindingKind {
    /// A line that nobody uses, for whatever reason: the reason may change from night to night, the finding stays the same.
    pub fn is_waste_line(self) -> bool {
        use FindingKind::*;
        matches!(
            self,
            IdleLine | NeverUsedLine | UnassignedLine | LeaverLine | ExtraLine
        )
    }

    /// The kind as finance reads it: a line that nobody uses, and nothing of why.
    pub fn without_reason(self) -> FindingKind {
        match self.is_waste_line() {
            true => FindingKind::IdleLine,
            false => self,
        }
    }

    /// A fault that an invoice shows and a later one can show to be gone.
    pub fn is_of_charge(self) -> bool {
        use FindingKind::*;
        matches!(
            self,
            OrphanNumber
                | GhostCharge
                | BilledAfterRemoval
                | TierMismatch
                | TermMismatch
                | RateAboveContract
                | DuplicateCharge
                | ProrationError
                | PromotionEnded
                | AddonRedundant
                | AddonUnused
        )
    }

    /// What nobody uses, or uses less than it is paid for: settled by what becomes of the line.
    pub fn is_of_use(self) -> bool {
        self.is_waste_line() || self == FindingKind::RightSize
    }

    /// Whether a decision in this word settles such a finding; any other word on it is a slip of the pen.
    pub fn is_settled_by(self, decision: DecisionKind) -> bool {
        use FindingKind::*;
        match decision {
            DecisionKind::Keep | DecisionKind::Dismiss => true,
            DecisionKind::Reclaim => {
                self.is_waste_line() || matches!(self, OrphanNumber | AddonRedundant | AddonUnused)
            }
            DecisionKind::Reassign => self.is_waste_line(),
            DecisionKind::Downgrade => self == RightSize,
            DecisionKind::Dispute => self.is_of_charge(),
        }
    }

    /// Whether the whole charge is at fault and not a part of its price.
    pub fn is_whole_charge(self) -> bool {
        use FindingKind::*;
        matches!(
            self,
            OrphanNumber | GhostCharge | BilledAfterRemoval | DuplicateCharge
        )
    }
}

words! {
    FindingState {
        Identified => "identified", Approved => "approved", Actioned => "actioned",
        /// A later invoice proves it.
        Realised => "realised",
        SlippedBack => "slipped_back", Dismissed => "dismissed", Expired => "expired",
    }
}

/// One finding; `finding_id` is the same every night for the same thing. For administrators: `evidence` tells of calls and of
/// whoever holds the line. What finance may see of it is made in `render::for_finance`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub finding_id: String,
    pub kind: FindingKind,
    pub account_id: String,
    pub line_id: Option<String>,
    pub extension: Option<String>,
    pub invoice_id: Option<String>,
    /// The contract that it is of, where it is of no line.
    #[serde(default)]
    pub contract_id: Option<String>,
    /// What it is about, in a few words.
    pub subject: String,
    /// The proof, as a sentence that can be checked.
    pub evidence: String,
    pub monthly_amount: Cents,
    /// The same fault's money on all invoices at hand, the newest included.
    pub amount_to_date: Cents,
    pub currency: Currency,
    pub recoverable: Recoverable,
    pub recoverable_on: Option<NaiveDate>,
    pub notice_by: Option<NaiveDate>,
    /// high, medium or low: how much of it rests on inference.
    pub confidence: String,
    pub action: Action,
    pub first_seen: NaiveDate,
    pub state: FindingState,
    /// The decision in force on it, by its id or by its line.
    pub decided: Option<Made>,
}

/// Who decided what, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    pub decision: DecisionKind,
    pub owner: Option<String>,
    pub decided_on: Option<NaiveDate>,
}

impl Finding {
    /// Its money is still to be had back: neither dismissed nor over.
    pub fn is_open(&self) -> bool {
        !matches!(self.state, FindingState::Dismissed | FindingState::Expired)
    }
}
