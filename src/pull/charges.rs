//! `charges`: one row is one charge of an invoice.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::domain::{Cents, Charge, TableName};

use super::PullError;
use super::cells::{Cells, Fault, Weight};
use super::headings::{Column, optional, required};
use super::table::{Gathered, Placed, Table};

pub(super) struct Charges;

impl Table for Charges {
    type Item = Charge;
    const NAME: TableName = TableName::Charges;
    const MAY_BE_EMPTY: bool = false;
    const COLUMNS: &'static [Column] = &[
        optional("account_id", &["account", "account number"]),
        required("invoice_id", &["invoice", "invoice number", "invoice no"]),
        required("invoice_date", &["bill date", "date"]),
        required("period_start", &["service period start", "from", "service from"]),
        required("period_end", &["service period end", "to", "service to"]),
        required("description", &["charge", "item", "charge description"]),
        required("amount", &["charge amount", "net amount"]),
        required("currency", &[]),
        optional("charge_kind", &["kind", "charge type"]),
        optional("extension", &["ext", "extension number"]),
        optional("phone_number", &["number", "did", "telephone number"]),
        optional("email", &["e-mail address", "user email"]),
        optional("tier", &["plan", "calling plan"]),
        optional("term", &["billing term"]),
        optional("quantity", &["qty"]),
        optional("unit_price", &["price", "rate"]),
    ];

    fn parse(cells: &Cells) -> Result<Option<Charge>, Fault> {
        if cells.raw("invoice_date").is_none() && is_totals_line(cells) {
            let fault = Fault::new("invoice_id", "a totals line, not a charge");
            return Err(fault.weighing(Weight::Expected));
        }
        let invoice_id = cells.needed("invoice_id")?;
        let account = cells.account()?;
        let (period_start, period_end) = (cells.needed_day("period_start")?, cells.needed_day("period_end")?);
        if period_end < period_start {
            return Err(Fault::new(
                "period_end",
                format!("the period ends before it starts on {period_start}"),
            ));
        }
        Ok(Some(Charge {
            account_id: account.account_id.clone(),
            invoice_id,
            row: cells.row.number,
            invoice_date: cells.needed_day("invoice_date")?,
            period_start,
            period_end,
            description: cells.needed("description")?,
            amount: cells.needed_amount("amount")?,
            currency: cells.currency(account)?,
            charge_kind: cells.word("charge_kind")?,
            extension: cells.extension("extension")?,
            phone_number: beside(cells.number("phone_number")),
            email: cells.folded("email")?,
            tier: cells.tier("tier")?,
            term: cells.word("term")?,
            quantity: beside(cells.count("quantity")),
            unit_price: beside(cells.amount("unit_price")),
        }))
    }
}

/// What only stands beside an amount (12.5 minutes at 0.0039, a number that reads `n/a`) must not cost the amount:
/// the bill would no longer add up.
fn beside<T>(cell: Result<Option<T>, Fault>) -> Option<T> {
    cell.unwrap_or(None)
}

/// Spreadsheets end with a sum; billing it would double the bill.
fn is_totals_line(cells: &Cells) -> bool {
    const WORDS: [&str; 4] = ["total", "subtotal", "sub-total", "grand total"];
    Charges::COLUMNS.iter().any(|column| {
        let text = cells.raw(column.name).unwrap_or_default().to_lowercase();
        WORDS.iter().any(|word| text.starts_with(word))
    })
}

/// What makes two rows the same charge, wherever they stand.
type Content = (
    String,
    String,
    String,
    Cents,
    Option<String>,
    Option<String>,
    Option<u32>,
);

fn content(charge: &Charge) -> Content {
    (
        charge.period_start.to_string(),
        charge.period_end.to_string(),
        charge.description.clone(),
        charge.amount,
        charge.extension.clone(),
        charge.phone_number.clone(),
        charge.quantity,
    )
}

type Invoice = (String, String);

/// An invoice that stands in two files would be billed twice. The same rows again are duplicates; no row in common is
/// an invoice in parts; anything between is refused, since nobody can tell which file is right.
pub(super) fn settle(charges: &mut Gathered<Charge>) -> Result<(), PullError> {
    let mut files: BTreeMap<Invoice, BTreeSet<usize>> = BTreeMap::new();
    for placed in &charges.items {
        files.entry(invoice(placed)).or_default().insert(placed.file);
    }
    let mut repeated: BTreeSet<(usize, Invoice)> = BTreeSet::new();
    for (invoice, files) in files.into_iter().filter(|(_, files)| files.len() > 1) {
        let mut known: HashMap<Content, i64> = HashMap::new();
        for file in files {
            let rows = rows_of(&charges.items, &invoice, file);
            let (total, shared) = (rows.values().sum::<i64>(), overlap(&rows, &known));
            if shared == total {
                repeated.insert((file, invoice.clone()));
            } else if shared > 0 {
                return Err(partly_repeated(charges, &invoice, file, shared, total));
            } else {
                rows.into_iter()
                    .for_each(|(row, count)| *known.entry(row).or_default() += count);
            }
        }
    }
    charges.drop_duplicates(|placed| repeated.contains(&(placed.file, invoice(placed))));
    Ok(())
}

fn invoice(placed: &Placed<Charge>) -> Invoice {
    (placed.item.account_id.clone(), placed.item.invoice_id.clone())
}

fn rows_of(items: &[Placed<Charge>], wanted: &Invoice, file: usize) -> HashMap<Content, i64> {
    let mut rows = HashMap::new();
    for placed in items
        .iter()
        .filter(|placed| placed.file == file && invoice(placed) == *wanted)
    {
        *rows.entry(content(&placed.item)).or_default() += 1;
    }
    rows
}

fn overlap(rows: &HashMap<Content, i64>, known: &HashMap<Content, i64>) -> i64 {
    rows.iter()
        .map(|(row, count)| *count.min(known.get(row).unwrap_or(&0)))
        .sum()
}

fn partly_repeated(
    charges: &Gathered<Charge>,
    invoice: &Invoice,
    file: usize,
    shared: i64,
    total: i64,
) -> PullError {
    PullError::Data {
        file: charges.inputs[file].name.clone(),
        row: None,
        column: Some("invoice_id".into()),
        what: format!(
            "invoice {} stands in another file too: {shared} of its {total} rows here are there as well, the others are not. Keep one export of it",
            invoice.1
        ),
    }
}
