//! `price_book`: one row is the price of a tier and term from a day on.

use crate::domain::{Currency, MoneyError, Price, TableName};

use super::PullError;
use super::cells::{Cells, Fault, Weight, fault};
use super::headings::{Column, optional, required};
use super::table::{Gathered, Table};

pub(super) struct Prices;

impl Table for Prices {
    type Item = Price;
    const NAME: TableName = TableName::PriceBook;
    const MAY_BE_EMPTY: bool = false;
    const COLUMNS: &'static [Column] = &[
        required("tier", &["plan", "calling plan"]),
        required("term", &["billing term"]),
        required("valid_from", &["from", "valid since", "effective from"]),
        required("price", &["unit_price", "promotional_price", "price per line"]),
        optional("list_price", &[]),
        optional("currency", &[]),
    ];

    fn parse(cells: &Cells) -> Result<Option<Price>, Fault> {
        check_currency(cells)?;
        let price = cells.needed_amount("price")?;
        if price.0 < 0 {
            return Err(Fault::new("price", "is below zero"));
        }
        Ok(Some(Price {
            tier: cells.needed_word("tier")?,
            term: cells.needed_word("term")?,
            valid_from: cells.needed_day("valid_from")?,
            price,
            list_price: cells.amount("list_price")?,
        }))
    }
}

/// The book has no account; its currency must be one that the job bills in.
fn check_currency(cells: &Cells) -> Result<(), Fault> {
    let Some(text) = cells.raw("currency") else {
        return Ok(());
    };
    let currency: Currency = text
        .parse()
        .map_err(|error: MoneyError| fault("currency", text, &error.to_string()))?;
    if cells.accounts.iter().any(|account| account.currency == currency) {
        return Ok(());
    }
    Err(fault(
        "currency",
        text,
        "is the currency of no account of this job",
    ))
}

/// Two prices for one tier, term and day make every cost a guess: the night stops.
pub(super) fn settle(prices: &mut Gathered<Price>) -> Result<(), PullError> {
    let key = |price: &Price| format!("{}\0{}\0{}", price.tier, price.term, price.valid_from);
    prices.one_per_key(key, |price, place| {
        let reason = format!(
            "a second price for {} {} from {} on; the first stands in {place}. Take one of them out",
            price.tier, price.term, price.valid_from
        );
        Fault::new("price", reason).weighing(Weight::Fatal)
    })
}
