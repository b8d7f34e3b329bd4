//! What was signed: term, dates, commitment, notice.

use std::cmp::Reverse;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Cents, Term, Tier, UnreadContract, words};

words! {
    /// What a line removed in the middle of its term gives back.
    MidTermCredit { None => "none", Prorated => "prorated" }
}

/// One contract row: one tier of a contract, or all of them where `tier` is blank, from its first day to its last.
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

impl Contract {
    /// What a row is a row of: there is one such row for each day.
    pub fn key(&self) -> (&str, &str, Option<Tier>) {
        (&self.account_id, &self.contract_id, self.tier)
    }

    /// From the first day to the last; without a last day until another row says more.
    pub fn shares_days_with(&self, other: &Contract) -> bool {
        let begins_in = |a: &Contract, b: &Contract| b.end_on.is_none_or(|end| a.start_on <= end);
        begins_in(self, other) && begins_in(other, self)
    }

    /// By its own days, or because it renews itself.
    fn holds_on(&self, day: NaiveDate) -> bool {
        let goes_on = || self.auto_renew == Some(true);
        self.start_on <= day && (self.end_on.is_none_or(|end| day <= end) || goes_on())
    }

    /// Whether its price may be held against a charge of `day`: a term that has not begun, or has ended without renewing
    /// itself, asks for nothing.
    pub fn binds_on(&self, day: NaiveDate) -> bool {
        let is_over = || self.auto_renew == Some(false) && self.end_on.is_some_and(|end| end < day);
        self.start_on <= day && !is_over()
    }
}

/// The contract rows of a day: of each tier of a contract the row that is in force, which is the last that has begun. Where
/// none has begun yet it is the first that will.
#[derive(Debug, Clone)]
pub struct InForce<'a> {
    day: NaiveDate,
    rows: Vec<&'a Contract>,
    unread: &'a [UnreadContract],
}

impl<'a> InForce<'a> {
    pub fn on(day: NaiveDate, contracts: &'a [Contract]) -> InForce<'a> {
        let rank = |row: &Contract| match row.start_on <= day {
            true => (true, Reverse(day - row.start_on)),
            false => (false, Reverse(row.start_on - day)),
        };
        let stands = |row: &&Contract| {
            let better = |other: &Contract| other.key() == row.key() && rank(other) > rank(row);
            !contracts.iter().any(better)
        };
        InForce {
            day,
            rows: contracts.iter().filter(stands).collect(),
            unread: &[],
        }
    }

    /// With the rows that could not be used.
    pub fn beside(self, unread: &'a [UnreadContract]) -> InForce<'a> {
        InForce { unread, ..self }
    }

    /// Whether every row could be used.
    pub fn is_whole(&self) -> bool {
        self.unread.is_empty()
    }

    /// The row that may cover a line and could not be used.
    pub fn unread_of(&self, contract_id: Option<&str>, tier: Option<Tier>) -> Option<&'a UnreadContract> {
        self.unread.iter().find(|row| row.may_be_of(contract_id, tier))
    }

    pub fn rows(&self) -> &[&'a Contract] {
        &self.rows
    }

    /// The row of a line: its contract id, one that holds on the day before one that does not, and the row of its tier before
    /// the one for all tiers.
    pub fn covering(&self, contract_id: Option<&str>, tier: Option<Tier>) -> Option<&'a Contract> {
        let contract_id = contract_id?;
        let rows = self.rows.iter().copied();
        rows.filter(|row| row.contract_id == contract_id && row.covers_tier(tier))
            .min_by_key(|row| (!row.holds_on(self.day), row.tier.is_none()))
    }
}
