//! The workbook's `invoices`: what was billed by kind, one column an invoice, and what of it was at fault.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use rust_xlsxwriter::{Chart, ChartType, Worksheet, XlsxError};

use super::charts;
use super::grid::{self, Head, Looks};
use crate::domain::{Cents, ChargeKind, FindingKind, InvoiceTrend};
use crate::render::Cell;
use crate::render::for_finance::FinanceAccount;
use crate::render::values::plain;
use crate::render::words::sentences;

pub(super) const NAME: &str = "invoices";
pub(super) const HEADS: &[Head] = &[
    ("account_id", "The account."),
    (
        "what",
        "Billed: what the invoice charges, by kind. Billed total: their sum. At fault: what of it is to be disputed, each invoice for itself.",
    ),
    ("kind", "The kind of charge, or what is wrong with it."),
];
/// For the sheet `columns`: these headings are the invoices' own dates.
pub(super) const DATED: Head = (
    "(a date)",
    "One column for each invoice, headed by its date, the newest last; blank where the account has no invoice of that date.",
);
/// Invoices shown, the newest ones.
const MOST: usize = 24;
const CHART_ROWS: u32 = 20;

pub(super) fn write(
    sheet: &mut Worksheet,
    looks: &Looks,
    accounts: &[FinanceAccount],
) -> Result<(), XlsxError> {
    // The table and its charts on one sheet of paper.
    sheet.set_print_fit_to_pages(1, 1);
    let dates = dates(accounts);
    let rows: Vec<Vec<Cell>> = accounts
        .iter()
        .flat_map(|account| rows(account, &dates))
        .collect();
    grid::heading_row(sheet, looks, 0, HEADS, &rows)?;
    for (index, day) in dates.iter().enumerate() {
        let column = (HEADS.len() + index) as u16;
        grid::write_head_day(sheet, looks, (0, column), *day)?;
        sheet.set_column_width(column, 17)?;
    }
    let widths = grid::widths(sheet, HEADS, &rows)?;
    grid::fit_heads(sheet, 0, HEADS, &widths)?;
    let mut blocks = Vec::new();
    let mut row = 1;
    for account in accounts {
        let billed = row + kinds(account).len() as u32;
        blocks.push((account, row, billed));
        row = block(sheet, looks, account, &dates, (row, billed))?;
    }
    sheet.set_freeze_panes(1, HEADS.len() as u16)?;
    if row > 1 && !dates.is_empty() {
        sheet.autofilter(0, 0, row - 1, (HEADS.len() + dates.len() - 1) as u16)?;
    }
    for (account, first, billed) in blocks {
        // One invoice is no trend.
        if account.trend.len() > 1 && dates.len() > 1 {
            sheet.insert_chart(row + 1, 0, &chart(account, first, billed, dates.len()))?;
            row += CHART_ROWS;
        }
    }
    Ok(())
}

fn dates(accounts: &[FinanceAccount]) -> Vec<NaiveDate> {
    let all: BTreeSet<NaiveDate> = accounts
        .iter()
        .flat_map(|account| account.trend.iter().map(|invoice| invoice.invoice_date))
        .collect();
    let first = all.len().saturating_sub(MOST);
    all.into_iter().skip(first).collect()
}

fn kinds(account: &FinanceAccount) -> BTreeSet<ChargeKind> {
    account
        .trend
        .iter()
        .flat_map(|invoice| invoice.by_kind.keys().copied())
        .collect()
}

fn faults(account: &FinanceAccount) -> BTreeSet<FindingKind> {
    account
        .trend
        .iter()
        .flat_map(|invoice| invoice.faults.keys().copied())
        .collect()
}

/// Kinds, then faults: the total between them is live.
fn rows(account: &FinanceAccount, dates: &[NaiveDate]) -> Vec<Vec<Cell>> {
    let row = |what: &'static str, kind: &'static str, of: &dyn Fn(&InvoiceTrend) -> Cents| {
        let amounts = dates.iter().map(|day| {
            amount(account, *day, of).map_or(Cell::Blank, |sum| Cell::Money(sum, account.currency))
        });
        [Cell::text(account.account_id), Cell::Word(what), Cell::Word(kind)]
            .into_iter()
            .chain(amounts)
            .collect()
    };
    let billed = kinds(account).into_iter().map(|kind| {
        row("billed", plain::charge_kind(kind), &|invoice| {
            invoice.by_kind.get(&kind).copied().unwrap_or_default()
        })
    });
    let faults = faults(account).into_iter().map(|kind| {
        row("at fault", plain::finding_kind(kind), &|invoice| {
            invoice.faults.get(&kind).copied().unwrap_or_default()
        })
    });
    billed.chain(faults).collect()
}

/// Of all invoices of one day; none without one.
fn amount(account: &FinanceAccount, day: NaiveDate, of: &dyn Fn(&InvoiceTrend) -> Cents) -> Option<Cents> {
    let mut dated = account
        .trend
        .iter()
        .filter(|invoice| invoice.invoice_date == day)
        .peekable();
    dated.peek()?;
    Some(dated.map(of).sum())
}

/// Returns the first row after the block.
fn block(
    sheet: &mut Worksheet,
    looks: &Looks,
    account: &FinanceAccount,
    dates: &[NaiveDate],
    (first, total): (u32, u32),
) -> Result<u32, XlsxError> {
    if account.trend.is_empty() {
        return Ok(first);
    }
    let mut row = first;
    for cells in rows(account, dates) {
        if row == total {
            row += 1;
        }
        grid::write_row(sheet, looks, row, &cells)?;
        row += 1;
    }
    sheet.write_string_with_format(total, 0, account.account_id, &looks.strong)?;
    sheet.write_string_with_format(total, 1, "billed total", &looks.strong)?;
    for (index, day) in dates.iter().enumerate() {
        let column = (HEADS.len() + index) as u16;
        let letter = grid::letter(column);
        if let Some(billed) = amount(account, *day, &|invoice| invoice.billed) {
            let sum = format!("SUM({letter}{}:{letter}{total})", first + 1);
            grid::write_total(sheet, looks, (total, column), &sum, billed, account.currency)?;
        }
    }
    Ok(row.max(total + 1))
}

fn chart(account: &FinanceAccount, first: u32, total: u32, dates: usize) -> Chart {
    let mut chart = charts::titled(
        ChartType::ColumnStacked,
        &format!("Billed by kind: {}", sentences::account_heading(account)),
        "One column for each invoice, made of what it billed by kind; the numbers are in the table above.",
    );
    let (from, to) = (HEADS.len() as u16, (HEADS.len() + dates - 1) as u16);
    chart
        .set_width(820)
        .y_axis()
        .set_num_format("#,##0")
        .set_name(account.currency.as_str());
    chart.x_axis().set_num_format("yyyy-mm-dd").set_text_axis(true);
    for row in first..total {
        let colour = charts::SERIES[(row - first) as usize % charts::SERIES.len()];
        chart
            .add_series()
            .set_name((NAME, row, 2))
            .set_categories((NAME, 0, from, 0, to))
            .set_values((NAME, row, from, row, to))
            .set_format(&mut charts::filled(colour))
            .set_gap(60);
    }
    chart
}
