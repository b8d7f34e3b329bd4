//! What was signed: term, dates, commitment, notice.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Cents, Term, Tier, words};

words! {
    /// What a line removed in the middle of its term gives back.
    MidTermCredit { None => "none", Prorated => "prorated" }
}

/// One contract row: one tier of a contract, or all of them where `tier` is blank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contract {
    pub account_id: String,
    pub contract_id: String,
    pub term: Term,
    pub start_on: NaiveDate,
    /// The last day of the term; may be blank for monthly.
    pub end_on: Option<NaiveDate>,
    pub tier: Option<Tier>,
    pub committed_lines: Option<u32>,
    /// Price of a line for a month.
    pub unit_price: Option<Cents>,
    pub list_price: Option<Cents>,
    pub promo_ends_on: Option<NaiveDate>,
    /// Blank is not "no": notice and renewal come from the contract, never from a default.
    pub auto_renew: Option<bool>,
    pub notice_days: Option<u32>,
    pub mid_term_credit: Option<MidTermCredit>,
    pub min_tier_reason: Option<String>,
}

impl Contract {
    pub fn covers_tier(&self, tier: Option<Tier>) -> bool {
        self.tier.is_none() || self.tier == tier
    }
}
