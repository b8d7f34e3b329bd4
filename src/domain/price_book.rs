//! List prices, add-ons, and the rules that tell a charge's kind from its description.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Cents, ChargeKind, Currency, Term, Tier, words};

/// One price of a tier and term from a day on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    pub tier: Tier,
    pub term: Term,
    pub valid_from: NaiveDate,
    /// A line's price for a month.
    pub price: Cents,
    /// What the price reverts to when its promotion ends.
    pub list_price: Option<Cents>,
}

words! {
    AddonScope { Account => "account", Line => "line" }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Addon {
    pub name: String,
    pub scope: AddonScope,
    pub price: Cents,
}

/// A regular expression on a charge's description, and what it says; the first that matches holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChargeRule {
    pub pattern: String,
    pub kind: ChargeKind,
    pub tier: Option<Tier>,
    pub term: Option<Term>,
}

/// Prices in one currency, per line and month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceBook {
    pub currency: Currency,
    pub prices: Vec<Price>,
    #[serde(default)]
    pub addons: Vec<Addon>,
    pub charge_rules: Vec<ChargeRule>,
}

impl PriceBook {
    /// The book with an account's own prices in place of those of the same tier, term and day.
    pub fn with_prices(&self, own: &[Price]) -> PriceBook {
        let replaced = |price: &&Price| {
            own.iter()
                .any(|o| (o.tier, o.term, o.valid_from) == (price.tier, price.term, price.valid_from))
        };
        let kept = self.prices.iter().filter(|price| !replaced(price));
        PriceBook {
            prices: kept.chain(own).cloned().collect(),
            ..self.clone()
        }
    }

    /// A price that has another beside it for the same tier, term and day: which one holds, nobody knows.
    pub fn twice_priced(&self) -> Option<&Price> {
        let same = |a: &Price, b: &Price| (a.tier, a.term, a.valid_from) == (b.tier, b.term, b.valid_from);
        self.prices
            .iter()
            .enumerate()
            .find(|(at, price)| self.prices[..*at].iter().any(|other| same(other, price)))
            .map(|(_, p)| p)
    }

    /// The price in force on `day`: the newest that is valid by then.
    pub fn price_on(&self, tier: Tier, term: Term, day: NaiveDate) -> Option<Cents> {
        self.in_force(tier, term, day).map(|price| price.price)
    }

    /// The same without its promotion.
    pub fn list_price_on(&self, tier: Tier, term: Term, day: NaiveDate) -> Option<Cents> {
        self.in_force(tier, term, day)
            .map(|price| price.list_price.unwrap_or(price.price))
    }

    fn in_force(&self, tier: Tier, term: Term, day: NaiveDate) -> Option<&Price> {
        self.prices
            .iter()
            .filter(|price| price.tier == tier && price.term == term && price.valid_from <= day)
            .max_by_key(|price| price.valid_from)
    }
}
