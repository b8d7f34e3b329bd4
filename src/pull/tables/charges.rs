//! `charges`: one row is one charge of an invoice.

use crate::domain::{Charge, Currency, TableName, may_be_one_issuer};

use crate::pull::PullError;
use crate::pull::cells::nothing;
use crate::pull::cells::{Cells, missing};
use crate::pull::fault::{CellFault, PartOf};
use crate::pull::files::headings::{Column, optional, required, summed};
use crate::pull::tables::one_bill;
use crate::pull::tables::table::{Gathered, Table};
use crate::pull::tables::totals;

pub(in crate::pull) struct Charges;

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
        summed(required("amount", &["charge amount", "net amount"])),
        required("currency", &[]),
        optional("charge_kind", &["kind", "charge type"]),
        optional("extension", &["ext", "extension number"]),
        optional("phone_number", &["number", "did", "telephone number"]),
        optional("email", &["e-mail address", "user email"]),
        optional("tier", &["plan", "calling plan"]),
        optional("term", &["billing term"]),
        summed(optional("quantity", &["qty"])),
        optional("unit_price", &["price", "rate"]),
        optional("issuer", &["vendor", "supplier", "billed by"]),
    ];

    fn parse(cells: &Cells) -> Result<Option<Charge>, CellFault> {
        charge(cells)
            .map(Some)
            .map_err(|fault| Self::in_context(cells, fault))
    }

    /// Spreadsheets end with a sum; billing it would double the bill. One with an invoice's date may be a charge with an odd
    /// name: `totals` asks whether it adds up.
    fn foot(cells: &Cells) -> Option<&'static str> {
        let mut texts = Charges::COLUMNS
            .iter()
            .filter_map(|column| cells.raw(column.name));
        let is_foot = cells.raw("invoice_date").is_none() && texts.any(nothing::begins_as_total);
        is_foot.then_some("invoice_id")
    }

    fn in_context(cells: &Cells, fault: CellFault) -> CellFault {
        CellFault {
            part_of: part_of(cells).map(Box::new),
            ..fault
        }
    }
}

fn charge(cells: &Cells) -> Result<Charge, CellFault> {
    let invoice_id = cells.needed("invoice_id")?;
    let account = cells.account()?;
    let (period_start, period_end) = (cells.needed_day("period_start")?, cells.needed_day("period_end")?);
    if period_end < period_start {
        return Err(CellFault::new(
            "period_end",
            format!("the period ends before it starts on {period_start}"),
        ));
    }
    let currency = cells.currency(account)?;
    let amount = cells
        .amount_in("amount", currency)?
        .ok_or_else(|| missing("amount"))?;
    Ok(Charge {
        account_id: account.account_id.clone(),
        invoice_id,
        row: cells.row.number,
        invoice_date: cells.needed_day("invoice_date")?,
        period_start,
        period_end,
        description: description(cells)?,
        amount,
        currency,
        charge_kind: cells.word("charge_kind")?,
        extension: extension(cells)?,
        phone_number: beside(cells.number("phone_number")),
        email: cells.folded("email")?,
        tier: cells.tier("tier")?,
        term: cells.word("term")?,
        quantity: beside(cells.count("quantity")),
        unit_price: beside(cells.amount_in("unit_price", currency)),
        issuer: issuer(cells)?,
        set_aside: Vec::new(),
    })
}

fn issuer(cells: &Cells) -> Result<Option<String>, CellFault> {
    Ok(cells.text("issuer")?.or_else(|| cells.source.issuer.clone()))
}

/// An extension has a digit; `Various`, `Account` and `Pool` name no line, and must not cost the amount.
fn extension(cells: &Cells) -> Result<Option<String>, CellFault> {
    const COLUMN: &str = "extension";
    match cells
        .raw(COLUMN)
        .is_some_and(|text| text.contains(char::is_numeric))
    {
        true => cells.extension(COLUMN),
        false => Ok(None),
    }
}

/// A sum may say so where its extension should stand.
fn description(cells: &Cells) -> Result<String, CellFault> {
    let description = cells.needed("description")?;
    let sum = cells
        .text("extension")?
        .filter(|text| nothing::begins_as_total(text));
    Ok(match sum {
        Some(sum) => format!("{sum}: {description}"),
        None => description,
    })
}

/// The invoice of a row that cannot be used, as far as the row names one.
fn part_of(cells: &Cells) -> Option<PartOf> {
    let account = cells.account().ok()?;
    let currency = cells
        .raw("currency")
        .and_then(|code| code.parse::<Currency>().ok());
    Some(PartOf {
        account_id: account.account_id.clone(),
        invoice_id: cells.needed("invoice_id").ok()?,
        issuer: issuer(cells).ok().flatten(),
        foreign: currency.filter(|currency| *currency != account.currency),
    })
}

/// What only stands beside an amount (12.5 minutes at 0.0039, a number that reads `n/a`) must not cost the amount:
/// the bill would no longer add up.
fn beside<T>(cell: Result<Option<T>, CellFault>) -> Option<T> {
    cell.unwrap_or(None)
}

/// By invoice and by whom a charge is for; the row number last, so that nothing rests on where a row stands but the number
/// that is told.
fn order(charge: &Charge) -> impl Ord + use<> {
    let invoice = (
        charge.account_id.clone(),
        charge.invoice_date,
        charge.invoice_id.clone(),
    );
    let whose = (
        charge.extension.clone(),
        charge.phone_number.clone(),
        charge.email.clone(),
    );
    let what = (
        charge.period_start,
        charge.period_end,
        charge.description.clone(),
        charge.amount,
    );
    let Charge {
        charge_kind,
        tier,
        term,
        quantity,
        unit_price,
        ..
    } = charge;
    let beside = format!("{charge_kind:?} {tier:?} {term:?} {quantity:?} {unit_price:?}");
    (invoice, whose, what, beside, charge.row)
}

/// An invoice that stands in two files would be billed twice.
pub(in crate::pull) fn reconcile(charges: &mut Gathered<Charge>) -> Result<(), PullError> {
    charges.put_in_order(order);
    one_bill::reconcile(charges)?;
    charges.put_in_order(order);
    refuse_two_currencies(charges)?;
    totals::set_aside(charges)?;
    tell_of_holes(charges);
    Ok(())
}

/// Half an invoice in another currency is no invoice that can be added up.
fn refuse_two_currencies(charges: &Gathered<Charge>) -> Result<(), PullError> {
    for (at, part) in &charges.holes {
        let Some(foreign) = part.foreign else { continue };
        let Some(other) = charges.items.iter().find(|placed| is_of(part, &placed.item)) else {
            continue;
        };
        let row = &charges.quarantine[*at];
        return Err(PullError::Data {
            file: row.file.clone(),
            row: Some(row.row),
            column: Some("currency".into()),
            what: format!(
                "invoice {} bills in {foreign} here and in {} in row {} of {}; amounts of two currencies are not added. \
                 Correct the row, or take the foreign charges out",
                part.invoice_id, other.item.currency, other.row, charges.inputs[other.file].name
            ),
        });
    }
    Ok(())
}

pub(in crate::pull) fn is_of(part: &PartOf, charge: &Charge) -> bool {
    part.account_id == charge.account_id
        && part.invoice_id == charge.invoice_id
        && may_be_one_issuer(part.issuer.as_deref(), charge.issuer.as_deref())
}

/// A bill that is short by a row must not pass for a whole one.
fn tell_of_holes(charges: &mut Gathered<Charge>) {
    let mut lost = Vec::new();
    charges.holes.sort_by_cached_key(|(at, part)| {
        let row = &charges.quarantine[*at];
        let what = (part.account_id.clone(), part.invoice_id.clone());
        (what, row.column.clone(), row.as_read.clone())
    });
    for (at, part) in &charges.holes {
        let row = &charges.quarantine[*at];
        // Finance reads it: people name files, and a cell that cannot be read may hold anything. Both stand in quarantine.csv.
        let told = format!(
            "invoice {}: row {} of our file (column {})",
            part.invoice_id, row.row, row.column
        );
        let rows = charges.items.iter_mut();
        let of_invoice: Vec<_> = rows.filter(|placed| is_of(part, &placed.item)).collect();
        if of_invoice.is_empty() {
            lost.push(format!(
                "{}: {told}; no row of that invoice could be used",
                row.file
            ));
        }
        for placed in of_invoice {
            placed.item.set_aside.push(told.clone());
        }
    }
    for note in lost {
        charges.note(&note);
    }
}
