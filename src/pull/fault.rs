//! Why a row cannot be used, and what that weighs.

use crate::domain::Currency;

/// Why a row is not used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CellFault {
    pub column: String,
    pub reason: String,
    pub weight: Weight,
    /// What else the row says, where the rest of its table must know that the row is missing.
    pub part_of: Option<Box<PartOf>>,
}

/// What a row that cannot be used was a part of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PartOf {
    pub account_id: String,
    pub invoice_id: String,
    pub issuer: Option<String>,
    /// Another currency than the account's.
    pub foreign: Option<Currency>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    /// Counts against the limit of rows that may be quarantined.
    Counted,
    /// Known for what it is, such as a totals line: quarantined without counting against the limit.
    Expected,
    /// The table cannot be trusted: the night stops.
    Fatal,
}

impl CellFault {
    pub(super) fn new(column: &str, reason: impl Into<String>) -> CellFault {
        CellFault {
            column: column.to_string(),
            reason: reason.into(),
            weight: Weight::Counted,
            part_of: None,
        }
    }

    pub(super) fn weighing(self, weight: Weight) -> CellFault {
        CellFault { weight, ..self }
    }
}
