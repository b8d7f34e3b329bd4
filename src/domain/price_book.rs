//! List prices, add-ons, and the rules that tell a charge's kind from its description.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Cents, ChargeKind, Currency, Term, Tier, words};

/// One price of a tier and term from a day on, and from a number of lines on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    pub tier: Tier,
    pub term: Term,
    pub valid_from: NaiveDate,
    /// The last day of a promotional price; none where no end is known.
    pub valid_until: Option<NaiveDate>,
    /// Volume band: the price holds where the account has so many lines of the tier and term, or more.
    #[serde(default = "one")]
    pub from_lines: u32,
    /// A line's price for a month.
    pub price: Cents,
    /// What the price reverts to when its promotion ends.
    pub list_price: Option<Cents>,
    /// None: the book's.
    pub currency: Option<Currency>,
}

fn one() -> u32 {
    1
}

impl Price {
    /// Tier, term, first day and band, for messages.
    pub fn described(&self) -> String {
        let Price {
            tier,
            term,
            valid_from,
            ..
        } = self;
        match self.from_lines {
            1 => format!("{tier} {term} from {valid_from}"),
            lines => format!("{tier} {term} from {valid_from}, {lines} lines and more"),
        }
    }

    /// The price on a day; none before it holds, and after a promotion that reverts to nothing.
    fn on(&self, day: NaiveDate) -> Option<Cents> {
        match self.valid_until {
            _ if day < self.valid_from => None,
            Some(until) if until < day => self.list_price,
            _ => Some(self.price),
        }
    }
}

words! {
    AddonScope { Account => "account", Line => "line" }
}

/// An add-on's price for a month, on the days on which it is offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Addon {
    pub name: String,
    pub scope: AddonScope,
    pub price: Cents,
    pub valid_from: Option<NaiveDate>,
    pub valid_until: Option<NaiveDate>,
    /// None: the book's.
    pub currency: Option<Currency>,
    /// A tier's feature that nobody needs the tier for while the account has this add-on.
    pub covers: Option<String>,
}

impl Addon {
    fn is_offered_on(&self, day: NaiveDate) -> bool {
        self.valid_from.is_none_or(|from| from <= day) && self.valid_until.is_none_or(|until| day <= until)
    }
}

words! {
    /// Which of our data shows that somebody needs a feature.
    Evidence {
        HandsetRegistered => "handset_registered", Recordings => "recordings",
        /// Said of the location, not of the line: enough to ask, not to act.
        VttEnabled => "vtt_enabled",
        QueueMembership => "queue_membership",
        /// `min_tier_reason` in the contract.
        Contract => "contract",
        /// Nothing shows it.
        None => "none",
    }
}

/// What a tier adds to the one below it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Feature {
    pub tier: Tier,
    pub feature: String,
    pub evidence: Evidence,
}

/// A regular expression on a charge's description, and what it says; the first that matches holds. Where it names an issuer, it
/// is for that one's bills alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChargeRule {
    pub pattern: String,
    pub kind: ChargeKind,
    pub tier: Option<Tier>,
    pub term: Option<Term>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
}

/// Prices per line and month. Only rows of an account's own currency price it: see [`PriceBook::in_currency`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceBook {
    /// Of the rows that name none.
    pub currency: Currency,
    pub prices: Vec<Price>,
    #[serde(default)]
    pub addons: Vec<Addon>,
    #[serde(default)]
    pub features: Vec<Feature>,
    pub charge_rules: Vec<ChargeRule>,
    /// What somebody's line is taken for whose tier or term nothing tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assumed: Option<Assumed>,
}

/// A tier and term, as `premium/monthly`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assumed {
    pub tier: Tier,
    pub term: Term,
}

impl std::str::FromStr for Assumed {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Assumed, Self::Err> {
        let both = text.split_once('/').and_then(|(tier, term)| {
            let (tier, term) = (tier.trim().parse().ok()?, term.trim().parse().ok()?);
            Some(Assumed { tier, term })
        });
        both.ok_or("names no tier and term; write one of mobile, premium and advanced with annual or monthly, such as \"premium/monthly\"")
    }
}

impl std::fmt::Display for Assumed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.tier, self.term)
    }
}

/// What a price is the price of: there is one for each.
pub type PriceKey = (Tier, Term, Currency, NaiveDate, u32);

impl PriceBook {
    fn currency_of(&self, row: Option<Currency>) -> Currency {
        row.unwrap_or(self.currency)
    }

    /// What the price is the price of: tier, term, currency, first day and volume band.
    pub fn key(&self, price: &Price) -> PriceKey {
        let currency = self.currency_of(price.currency);
        (
            price.tier,
            price.term,
            currency,
            price.valid_from,
            price.from_lines,
        )
    }

    /// The book with a job's own prices in place of those of the same key.
    pub fn with_prices(&self, own: &[Price]) -> PriceBook {
        let replaced = |price: &&Price| own.iter().any(|own| self.key(own) == self.key(price));
        let kept = self.prices.iter().filter(|price| !replaced(price));
        PriceBook {
            prices: kept.chain(own).cloned().collect(),
            ..self.clone()
        }
    }

    /// The book as an account in `currency` may use it: a price in another one is no price for it.
    pub fn in_currency(&self, currency: Currency) -> PriceBook {
        let is_own = |row: Option<Currency>| self.currency_of(row) == currency;
        let prices = self.prices.iter().filter(|price| is_own(price.currency));
        let addons = self.addons.iter().filter(|addon| is_own(addon.currency));
        PriceBook {
            currency,
            prices: prices.cloned().collect(),
            addons: addons.cloned().collect(),
            ..self.clone()
        }
    }

    /// The day from which the newest of its prices holds that are in force on `day`.
    pub fn dated(&self, day: NaiveDate) -> Option<NaiveDate> {
        let in_force = self.prices.iter().filter(|price| price.on(day).is_some());
        in_force.map(|price| price.valid_from).max()
    }

    /// The price in force on `day` for an account with so many `lines` of the tier and term: of the highest volume band
    /// that they reach the newest price that is valid by then.
    pub fn price_on(&self, tier: Tier, term: Term, day: NaiveDate, lines: u32) -> Option<Cents> {
        self.in_force(tier, term, day, lines).map(|(_, price)| price)
    }

    /// The same without its promotion.
    pub fn list_price_on(&self, tier: Tier, term: Term, day: NaiveDate, lines: u32) -> Option<Cents> {
        self.in_force(tier, term, day, lines)
            .map(|(row, price)| row.list_price.unwrap_or(price))
    }

    fn in_force(&self, tier: Tier, term: Term, day: NaiveDate, lines: u32) -> Option<(&Price, Cents)> {
        self.prices
            .iter()
            .filter(|price| price.tier == tier && price.term == term && price.from_lines <= lines.max(1))
            .filter_map(|price| Some((price, price.on(day)?)))
            .max_by_key(|(price, _)| (price.from_lines, price.valid_from))
    }

    /// The add-on of the account that does for all lines what a feature of a tier does for one, where it is offered on
    /// `day`, with the feature.
    pub fn covering_addon(&self, day: NaiveDate) -> Option<(&Addon, &str)> {
        let offered = self.addons.iter().filter(|addon| addon.is_offered_on(day));
        let mut covering = offered.filter_map(|addon| Some((addon, addon.covers.as_deref()?)));
        covering.next()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::parse_day;

    fn day(text: &str) -> NaiveDate {
        parse_day(text).unwrap()
    }

    fn book(rows: &str) -> PriceBook {
        let rows = rows.replace("HEAD", r#""tier":"premium","term":"annual","valid_from""#);
        serde_json::from_str(&format!(
            r#"{{"currency":"USD","charge_rules":[],"prices":[{rows}]}}"#
        ))
        .unwrap()
    }

    #[test]
    fn a_band_begins_at_its_number_of_lines() {
        let book = book(
            r#"{HEAD:"2026-01-01","price":"20.99"},
               {HEAD:"2026-01-01","price":"18.99","from_lines":100},
               {HEAD:"2026-06-01","price":"21.99"}"#,
        );
        let price = |on, lines| book.price_on(Tier::Premium, Term::Annual, day(on), lines);
        assert_eq!(price("2026-05-31", 99), Some(Cents(2099)));
        assert_eq!(price("2026-05-31", 100), Some(Cents(1899)));
        assert_eq!(price("2026-06-01", 99), Some(Cents(2199)));
        assert_eq!(
            price("2026-06-01", 100),
            Some(Cents(1899)),
            "each band has its own prices"
        );
        assert_eq!(
            price("2026-05-31", 0),
            Some(Cents(2099)),
            "the first line has a price too"
        );
        assert_eq!(price("2025-12-31", 100), None);
    }

    #[test]
    fn a_promotional_price_ends_with_its_last_day() {
        let book = book(
            r#"{HEAD:"2025-01-01","price":"20.99"},
               {HEAD:"2026-01-01","price":"15.99","list_price":"29.99","valid_until":"2026-06-30"}"#,
        );
        let price = |on| book.price_on(Tier::Premium, Term::Annual, day(on), 1);
        assert_eq!(price("2026-06-30"), Some(Cents(1599)));
        assert_eq!(price("2026-07-01"), Some(Cents(2999)));
        let mut ends_in_nothing = book.clone();
        ends_in_nothing.prices[1].list_price = None;
        let after = ends_in_nothing.price_on(Tier::Premium, Term::Annual, day("2026-07-01"), 1);
        assert_eq!(
            after,
            Some(Cents(2099)),
            "without a list price the one before holds again"
        );
    }

    #[test]
    fn an_account_is_priced_in_its_own_currency_only() {
        let book = book(
            r#"{HEAD:"2026-01-01","price":"20.99"},
               {HEAD:"2026-01-01","price":"19.99","currency":"EUR"}"#,
        );
        let price = |code: &str| {
            let own = book.in_currency(code.parse().unwrap());
            own.price_on(Tier::Premium, Term::Annual, day("2026-10-16"), 1)
        };
        assert_eq!(price("USD"), Some(Cents(2099)));
        assert_eq!(price("EUR"), Some(Cents(1999)));
        assert_eq!(price("GBP"), None);
    }
}
