//! A row of an invoice.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Cents, Currency, Term, Tier, same, words};

words! {
    ChargeKind {
        LineMrc => "line_mrc", LineAddon => "line_addon", AccountAddon => "account_addon", Did => "did",
        TollFree => "toll_free", Usage => "usage", Equipment => "equipment", Proration => "proration",
        Credit => "credit", Promotion => "promotion", OneTime => "one_time",
        RegulatoryRecovery => "regulatory_recovery", E911 => "e911", FederalUsf => "federal_usf",
        StateTax => "state_tax", LocalTax => "local_tax",
        /// No rule knows it: listed, and part of the unexplained residual.
        Other => "other",
    }
}

impl ChargeKind {
    /// Fees and taxes follow from other charges.
    pub fn is_fee_or_tax(self) -> bool {
        use ChargeKind::*;
        matches!(self, RegulatoryRecovery | E911 | FederalUsf | StateTax | LocalTax)
    }

    /// What makes up a line's own recurring cost.
    pub fn is_line_recurring(self) -> bool {
        use ChargeKind::*;
        matches!(self, LineMrc | LineAddon | Did | TollFree)
    }
}

words! {
    /// How a charge found its line, in the order in which it is tried.
    MatchedBy {
        Extension => "extension", Did => "did", Email => "email", Description => "description",
        /// A row that bills a number of seats without naming them, spread over the lines of that tier and term.
        Quantity => "quantity",
    }
}

/// One charge. `row` is its row in the file it came from; both days of the period are included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    pub account_id: String,
    pub invoice_id: String,
    pub row: u64,
    pub invoice_date: NaiveDate,
    pub period_start: NaiveDate,
    pub period_end: NaiveDate,
    pub description: String,
    pub amount: Cents,
    pub currency: Currency,
    /// None until classified by the price book's rules.
    pub charge_kind: Option<ChargeKind>,
    pub extension: Option<String>,
    pub phone_number: Option<String>,
    pub email: Option<String>,
    pub tier: Option<Tier>,
    pub term: Option<Term>,
    pub quantity: Option<u32>,
    pub unit_price: Option<Cents>,
    /// Who bills it, where the file or its source says so.
    pub issuer: Option<String>,
    /// The rows of the same invoice that could not be used, in words, on each of its rows: the invoice is short by them.
    pub set_aside: Vec<String>,
}

impl Charge {
    /// How many it bills: one where nothing says more.
    pub fn count(&self) -> u32 {
        self.quantity.unwrap_or(1).max(1)
    }

    pub fn may_share_issuer(&self, other: &Charge) -> bool {
        may_be_one_issuer(self.issuer.as_deref(), other.issuer.as_deref())
    }
}

/// Whether two bills may be one issuer's: one that names nobody may be anybody's.
pub fn may_be_one_issuer(one: Option<&str>, other: Option<&str>) -> bool {
    one.zip(other).is_none_or(|(one, other)| same(one, other))
}
