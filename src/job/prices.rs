//! `[prices]`: the price book, the embedded one unless the job names its own.

use std::collections::BTreeMap;
use std::path::Path;

use config::{Value, ValueKind};
use serde::de::DeserializeOwned;

use super::load::Base;
use super::scoring::pattern;
use super::section::Section;
use super::{layers, show};
use crate::domain::{Currency, PriceBook};

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
    section.finish();
    book.unwrap_or_else(|_| PriceBook {
        currency: Currency::USD,
        prices: Vec::new(),
        addons: Vec::new(),
        charge_rules: Vec::new(),
    })
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
        charge_rules: rows(&root, "charge_rules")?,
    };
    one_price_a_day(name, &book)?;
    for rule in &book.charge_rules {
        pattern(&rule.pattern)
            .map_err(|says| format!("{name}: charge_rules: pattern {:?} {says}", rule.pattern))?;
    }
    Ok(book)
}

fn one_price_a_day(name: &str, book: &PriceBook) -> Result<(), String> {
    let mut seen = BTreeMap::new();
    for price in &book.prices {
        let key = (price.tier, price.term, price.valid_from);
        if let Some(other) = seen.insert(key, price.price) {
            return Err(format!(
                "{name}: two prices for {} {} from {}: {other} and {}; keep the one that is right",
                price.tier, price.term, price.valid_from, price.price
            ));
        }
        if price.price.0 < 0 {
            return Err(format!(
                "{name}: the price of {} {} is below zero",
                price.tier, price.term
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
