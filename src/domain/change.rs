//! What has changed in idle money since the last comparable night.

use chrono::NaiveDate;

use super::{KnownSum, words};

words! {
    /// Why a line's idle money came, went or moved.
    ChangeCause {
        NewlyIdle => "newly_idle", UsedAgain => "used_again", Removed => "removed",
        KeptByDecision => "kept_by_decision",
        /// As silent as before, and this is its season, or it is too young.
        HeldBack => "held_back",
        /// As silent as before, at a price that speaks against removing it.
        OtherPrice => "other_price",
        /// As silent as before, by other data: the directory's, or what the account's lines have shown since.
        OtherData => "other_data",
        /// On leave, protected, too little known: no longer called idle, and not for its calls.
        NotJudged => "not_judged",
        CostChanged => "cost_changed",
    }
}

/// The change by cause: `before` plus all amounts is tonight's idle money, as far as prices are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdleChange {
    pub since: NaiveDate,
    pub before: KnownSum,
    /// Cause, and the money of its lines (below zero where it went).
    pub causes: Vec<(ChangeCause, KnownSum)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SinceLast {
    /// No night before this one was reported.
    First,
    /// The night before is of another kind: its day, and why it is not compared.
    Unlike(NaiveDate, String),
    Compared(IdleChange),
}
