//! `price_book`: one row is the price of a tier and term from a day and a number of lines on.

use crate::domain::{Currency, MoneyError, Price, TableName};

use crate::pull::PullError;
use crate::pull::cells::{Cells, fault, missing};
use crate::pull::fault::{CellFault, Weight};
use crate::pull::files::headings::{Column, optional, required};
use crate::pull::tables::table::{Gathered, Table};

pub(in crate::pull) struct Prices;

impl Table for Prices {
    type Item = Price;
    const NAME: TableName = TableName::PriceBook;
    const MAY_BE_EMPTY: bool = false;
    const COLUMNS: &'static [Column] = &[
        required("tier", &["plan", "calling plan"]),
        required("term", &["billing term"]),
        required("valid_from", &["from", "valid since", "effective from"]),
        optional("valid_until", &["until", "effective to", "promo_ends_on"]),
        optional("from_lines", &["minimum lines", "volume from"]),
        required("price", &["unit_price", "promotional_price", "price per line"]),
        optional("list_price", &[]),
        optional("currency", &[]),
    ];

    fn parse(cells: &Cells) -> Result<Option<Price>, CellFault> {
        let currency = currency(cells)?;
        let list_price = cells.amount_in("list_price", currency)?;
        // Where nothing is promoted, only the list price is filled in.
        let price = match (cells.amount_in("price", currency)?, list_price) {
            (Some(price), _) | (None, Some(price)) => price,
            (None, None) => return Err(missing("price")),
        };
        for (column, amount) in [("price", Some(price)), ("list_price", list_price)] {
            if amount.is_some_and(|amount| amount.0 < 0) {
                return Err(CellFault::new(column, "is below zero"));
            }
        }
        let (valid_from, valid_until) = (cells.needed_day("valid_from")?, cells.day("valid_until")?);
        if let Some(until) = valid_until.filter(|until| *until < valid_from) {
            return Err(CellFault::new(
                "valid_until",
                format!("the price ends on {until}, before it begins on {valid_from}"),
            ));
        }
        Ok(Some(Price {
            tier: cells.needed_word("tier")?,
            term: cells.needed_word("term")?,
            valid_from,
            valid_until,
            from_lines: match cells.count("from_lines")? {
                Some(0) => return Err(CellFault::new("from_lines", "is 0; the first band begins at 1")),
                lines => lines.unwrap_or(1),
            },
            price,
            list_price,
            currency: Some(currency),
        }))
    }
}

/// The row's currency: one that the job bills in. A blank is the job's only one, and a fault where it has several.
fn currency(cells: &Cells) -> Result<Currency, CellFault> {
    let billed = |currency: Currency| cells.accounts.iter().any(|account| account.currency == currency);
    let Some(text) = cells.raw("currency") else {
        let first = cells.accounts.first().map(|account| account.currency);
        let only = first.filter(|first| cells.accounts.iter().all(|account| account.currency == *first));
        return only.ok_or_else(|| {
            CellFault::new(
                "currency",
                "is blank, and the accounts of this job bill in several currencies",
            )
        });
    };
    let currency: Currency = text
        .parse()
        .map_err(|error: MoneyError| fault("currency", text, &error.to_string()))?;
    match billed(currency) {
        true => Ok(currency),
        false => Err(fault(
            "currency",
            text,
            "is the currency of no account of this job",
        )),
    }
}

/// Two prices for one tier, term, day, band and currency make every cost a guess: the night stops.
pub(in crate::pull) fn reconcile(prices: &mut Gathered<Price>) -> Result<(), PullError> {
    let key = |price: &Price| {
        let currency = price.currency.map(|currency| currency.to_string());
        format!("{}\0{}", price.described(), currency.unwrap_or_default())
    };
    prices.one_per_key(key, |price, place| {
        let reason = format!(
            "a second price for {}; the first stands in {place}. Take one of them out",
            price.described()
        );
        CellFault::new("price", reason).weighing(Weight::Fatal)
    })
}
