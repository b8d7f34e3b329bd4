//! `[prices]`: the price book, the embedded one unless the job names its own.

use std::collections::BTreeMap;
use std::path::Path;

use config::{Value, ValueKind};
use serde::de::DeserializeOwned;

use super::load::Base;
use super::scoring::pattern;
use super::section::Section;
use super::{layers, show};
use crate::domain::{AddonScope, Currency, PriceBook};

/// The brief's price list and charge rules.
const SHIPPED: &str = include_str!("../../jobs/price_book.toml");

pub(super) fn read(mut section: Section<'_>, base: &Base) -> PriceBook {
    let book = match section.text("book") {
        None => checked("the embedded price book", SHIPPED),
        Some(path) => own(&path, &base.join(&path)),
    };
    if let Err(says) = &book {
        section.fault("book", says);
    }
    let assumed = section.word("assume");
    section.finish();
    let book = book.unwrap_or_else(|_| PriceBook {
        currency: Currency::USD,
        prices: Vec::new(),
        addons: Vec::new(),
        features: Vec::new(),
        charge_rules: Vec::new(),
        assumed: None,
    });
    PriceBook { assumed, ..book }
}

fn own(name: &str, path: &Path) -> Result<PriceBook, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("cannot read {name}: {error}"))?;
    checked(name, &text)
}

/// Reads a book and holds it to what its type cannot say.
fn checked(name: &str, text: &str) -> Result<PriceBook, String> {
    let layer = layers::from_toml(name, text, &|line| format!("{name}, line {line}"))
        .map_err(|error| error.to_string())?;
    let root = layers::merge(&[layer]).map_err(|error| error.to_string())?;
    let currency = root
        .clone()
        .into_table()
        .ok()
        .and_then(|table| table.get("currency").and_then(show::scalar))
        .ok_or_else(|| format!("{name}: currency is missing; name one, such as \"USD\""))?;
    let book = PriceBook {
        currency: currency
            .parse()
            .map_err(|error| format!("{name}: currency = {currency:?} {error}"))?,
        prices: rows(&root, "prices")?,
        addons: rows(&root, "addons")?,
        features: rows(&root, "features")?,
        charge_rules: rows(&root, "charge_rules")?,
        assumed: None,
    };
    one_price_a_day(name, &book)?;
    one_covering_addon(name, &book)?;
    for rule in &book.charge_rules {
        pattern(&rule.pattern)
            .map_err(|says| format!("{name}: charge_rules: pattern {:?} {says}", rule.pattern))?;
    }
    Ok(book)
}

fn one_price_a_day(name: &str, book: &PriceBook) -> Result<(), String> {
    let mut seen = BTreeMap::new();
    for price in &book.prices {
        let what = price.described();
        if let Some(other) = seen.insert(book.key(price), price.price) {
            return Err(format!(
                "{name}: two prices for {what}: {other} and {}; keep the one that is right",
                price.price
            ));
        }
        if price.price.0 < 0 || price.list_price.is_some_and(|list| list.0 < 0) {
            return Err(format!("{name}: a price for {what} is below zero"));
        }
        if price.valid_until.is_some_and(|until| until < price.valid_from) {
            return Err(format!(
                "{name}: the price for {what} is valid_until a day before that; correct one of the two"
            ));
        }
        if price.from_lines == 0 {
            return Err(format!(
                "{name}: from_lines of {what} is 0; the first band begins at 1"
            ));
        }
    }
    Ok(())
}

/// The plan of a whole account weighs one add-on against the tiers that it stands in for.
fn one_covering_addon(name: &str, book: &PriceBook) -> Result<(), String> {
    let mut covering = BTreeMap::new();
    for addon in &book.addons {
        let Some(feature) = &addon.covers else { continue };
        if addon.scope != AddonScope::Account || !book.features.iter().any(|row| row.feature == *feature) {
            return Err(format!(
                "{name}: add-on {:?} covers {feature:?}; only an add-on of scope account covers one of the [[features]]",
                addon.name
            ));
        }
        let currency = addon.currency.unwrap_or(book.currency);
        let other = covering.insert(currency, &addon.name);
        if let Some(other) = other.filter(|other| **other != addon.name) {
            return Err(format!(
                "{name}: add-ons {other:?} and {:?} both cover a feature; only one can be weighed against tiers",
                addon.name
            ));
        }
    }
    Ok(())
}

/// One `[[key]]` after the other, so that a fault names its line.
fn rows<T: DeserializeOwned>(root: &Value, key: &str) -> Result<Vec<T>, String> {
    let ValueKind::Table(table) = &root.kind else {
        return Ok(Vec::new());
    };
    let Some(ValueKind::Array(rows)) = table.get(key).map(|value| &value.kind) else {
        return Ok(Vec::new());
    };
    rows.iter()
        .map(|row| {
            let place = row.origin().unwrap_or_default();
            let read = row.clone().try_deserialize();
            read.map_err(|error| format!("{place}: in [[{key}]]: {error}"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Evidence, Tier};

    #[test]
    fn the_shipped_book_says_what_shows_each_feature() {
        let book = checked("book.toml", SHIPPED).unwrap();
        let told: Vec<_> = book.features.iter().map(|row| (row.tier, row.evidence)).collect();
        use Evidence::{Contract, HandsetRegistered, None, QueueMembership, Recordings, VttEnabled};
        let (premium, advanced) = (Tier::Premium, Tier::Advanced);
        assert_eq!(
            told,
            [
                (premium, HandsetRegistered),
                (premium, None),
                (premium, None),
                (advanced, Recordings),
                (advanced, VttEnabled),
                (advanced, QueueMembership),
                (advanced, None),
                (advanced, Contract)
            ]
        );
        let (addon, feature) = book
            .covering_addon(crate::domain::parse_day("2026-10-16").unwrap())
            .unwrap();
        assert_eq!(
            (addon.name.as_str(), addon.price, feature),
            (
                "company_call_recording",
                crate::domain::Cents(4999),
                "on_demand_recording"
            )
        );
    }

    const PRICE: &str =
        "[[prices]]\ntier = \"mobile\"\nterm = \"annual\"\nvalid_from = 2026-01-01\nprice = \"13.99\"\n";
    const FEATURE: &str = "[[features]]\ntier = \"premium\"\nfeature = \"fax\"\nevidence = \"none\"\n";

    #[test]
    fn a_book_that_contradicts_itself_is_refused() {
        let refused = |rows: &str| checked("book.toml", &format!("currency = \"USD\"\n{rows}")).err();
        let with = |more: &str| refused(&format!("{PRICE}{PRICE}{more}"));
        assert_eq!(with("from_lines = 100\n"), None, "another band");
        assert_eq!(with("currency = \"EUR\"\n"), None, "another currency");
        let twice = with("from_lines = 1\n").unwrap();
        assert!(
            twice.contains("two prices for mobile annual from 2026-01-01: "),
            "{twice}"
        );
        let backwards = refused(&format!("{PRICE}valid_until = 2025-12-31\n")).unwrap();
        assert!(backwards.contains("valid_until"), "{backwards}");
        let no_line = refused(&format!("{PRICE}from_lines = 0\n")).unwrap();
        assert!(no_line.contains("from_lines"), "{no_line}");

        let addon = |name: &str, scope: &str, covers: &str| {
            format!(
                "[[addons]]\nname = \"{name}\"\nscope = \"{scope}\"\nprice = \"9.99\"\ncovers = \"{covers}\"\n"
            )
        };
        let covering = |addons: String| refused(&format!("{FEATURE}{addons}"));
        assert_eq!(covering(addon("a", "account", "fax")), None);
        for faulty in [addon("a", "line", "fax"), addon("a", "account", "telex")] {
            let says = covering(faulty).unwrap();
            assert!(says.contains("only an add-on of scope account"), "{says}");
        }
        let both = covering(addon("a", "account", "fax") + &addon("b", "account", "fax")).unwrap();
        assert!(both.contains("add-ons \"a\" and \"b\""), "{both}");
    }
}
