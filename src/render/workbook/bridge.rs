//! The workbook's `bridge`: one block an account, its parts, the live total and both as a chart of steps.

use rust_xlsxwriter::{Chart, ChartFormat, ChartPoint, ChartType, Worksheet, XlsxError};

use super::charts;
use super::grid::{self, Head, Looks};
use crate::domain::{BRIDGE_PARTS, BridgePart, Cents};
use crate::render::Cell;
use crate::render::for_finance::FinanceAccount;
use crate::render::values::{cell, plain};
use crate::render::words::{prices, sentences};

pub(super) const NAME: &str = "bridge";
pub(super) const HEADS: &[Head] = &[
    ("account_id", "The account."),
    (
        "part of the bill",
        "Every part is printed, also when it is 0.00; they add up to the billed total.",
    ),
    ("billed", "As it stands on the newest invoice."),
    ("share of the bill", "Of the billed total."),
    (
        "bar from",
        "For the chart: where the part's bar begins, which is where the parts before it end.",
    ),
    ("bar length", "For the chart: the part's amount without its sign."),
];
const CHART_COLUMN: u16 = 7;
const ROW_POINTS: f64 = 19.0;
const ROW_PIXELS: u32 = 25;
/// A heading, then for each account its parts, the total and a blank row.
const BLOCK_ROWS: u32 = BRIDGE_PARTS.len() as u32 + 2;

/// Where an account's total stands, counted from 0.
pub(super) fn total_row(accounts: &[FinanceAccount], account: &FinanceAccount) -> u32 {
    let before = accounts
        .iter()
        .take_while(|other| other.account_id != account.account_id)
        .count() as u32;
    1 + before * BLOCK_ROWS + BRIDGE_PARTS.len() as u32
}

pub(super) fn write(
    sheet: &mut Worksheet,
    looks: &Looks,
    accounts: &[FinanceAccount],
) -> Result<(), XlsxError> {
    let all: Vec<Vec<Cell>> = accounts
        .iter()
        .flat_map(|account| rows(account).into_iter().chain([total_cells(account)]))
        .collect();
    grid::heading_row(sheet, looks, 0, HEADS, &all)?;
    for account in accounts {
        block(sheet, looks, account, total_row(accounts, account))?;
    }
    let widths = grid::widths(sheet, HEADS, &all)?;
    grid::fit_heads(sheet, 0, HEADS, &widths)?;
    sheet.set_freeze_panes(1, 0)?;
    Ok(())
}

fn rows(account: &FinanceAccount) -> Vec<Vec<Cell>> {
    let money = |amount| Cell::Money(amount, account.currency);
    let (mut before, mut rows) = (Cents::ZERO, Vec::new());
    for part in BRIDGE_PARTS {
        let amount = account.bridge.get(*part);
        let told = |cell: Cell| prices::billed_total(account).map_or(Cell::Blank, |_| cell);
        rows.push(vec![
            Cell::text(account.account_id),
            Cell::Word(plain::bridge_part(*part)),
            told(money(amount)),
            Cell::Percent(amount.0, account.billed_total.0),
            told(money(before.min(before + amount))),
            told(money(amount.max(-amount))),
        ]);
        before += amount;
    }
    rows
}

/// As wide as it will be shown.
fn total_cells(account: &FinanceAccount) -> Vec<Cell> {
    let shown = cell::known(prices::billed_total(account), account.currency);
    vec![Cell::Blank, Cell::Blank, Cell::Text(format!("{shown}  "))]
}

fn block(
    sheet: &mut Worksheet,
    looks: &Looks,
    account: &FinanceAccount,
    total: u32,
) -> Result<(), XlsxError> {
    let rows = rows(account);
    let first = total - rows.len() as u32;
    // Rows as a spreadsheet counts them.
    let top = first + 1;
    for (index, cells) in rows.iter().enumerate() {
        let row = first + index as u32;
        grid::write_row(sheet, looks, row, &cells[..4])?;
        let before = match index {
            0 => "0".to_owned(),
            _ => format!("SUM(C${top}:C{row})"),
        };
        let start = format!("MIN({before},SUM(C${top}:C{}))", row + 1);
        bar(sheet, looks, account, row, (&start, &cells[4]), &cells[5])?;
    }
    sheet.write_string_with_format(total, 0, account.account_id, &looks.strong)?;
    sheet.write_string_with_format(total, 1, "Billed total", &looks.strong)?;
    let sum = format!("SUM(C{top}:C{total})");
    let billed = prices::billed_total(account);
    grid::write_known(sheet, looks, (total, 2), &sum, billed, account.currency)?;
    let money = |amount| grid::summed(amount, account.currency);
    let start = format!("MIN(0,C{})", total + 1);
    bar(
        sheet,
        looks,
        account,
        total,
        (&start, &money(billed.map(|billed| billed.min(Cents::ZERO)))),
        &money(billed.map(|billed| billed.max(-billed))),
    )?;
    for row in first..=total {
        sheet.set_row_height(row, ROW_POINTS)?;
    }
    let dips = rows
        .iter()
        .any(|cells| matches!(cells[4], Cell::Money(start, _) if start < Cents::ZERO));
    // Bars that begin below 0 cannot be stacked.
    if !account.invoice_ids.is_empty() && !dips {
        sheet.insert_chart(first, CHART_COLUMN, &chart(account, first, total))?;
    }
    Ok(())
}

fn bar(
    sheet: &mut Worksheet,
    looks: &Looks,
    account: &FinanceAccount,
    row: u32,
    (start, from): (&str, &Cell),
    length: &Cell,
) -> Result<(), XlsxError> {
    for (column, formula, cell) in [(4, start, from), (5, &format!("ABS(C{})", row + 1), length)] {
        if let Cell::Money(amount, _) = cell {
            grid::write_amount(sheet, looks, (row, column), formula, *amount, account.currency)?;
        }
    }
    Ok(())
}

fn chart(account: &FinanceAccount, first: u32, total: u32) -> Chart {
    let mut chart = charts::titled(
        ChartType::BarStacked,
        &format!(
            "From the first part of the bill to its total: {}",
            sentences::account_heading(account)
        ),
        "One bar for each part of the bill, starting where the one before ends; the last one is the billed total.",
    );
    chart.set_height((total - first + 1) * ROW_PIXELS).set_width(700);
    chart.legend().set_hidden();
    // The first part on top.
    chart.y_axis().set_reverse();
    chart.x_axis().set_num_format("#,##0").set_min(0);
    let range = |column: u16| (NAME, first, column, total, column);
    chart
        .add_series()
        .set_name("from")
        .set_categories(range(1))
        .set_values(range(4))
        .set_format(ChartFormat::new().set_no_fill())
        .set_gap(35);
    let colours = BRIDGE_PARTS
        .iter()
        .map(|part| colour(*part, account.bridge.get(*part)));
    let points: Vec<ChartPoint> = colours
        .chain(["1A2129"])
        .map(|colour| ChartPoint::new().set_format(&mut charts::filled(colour)))
        .collect();
    chart
        .add_series()
        .set_name(&format!("billed, {}", account.currency))
        .set_categories(range(1))
        .set_values(range(5))
        .set_points(&points);
    chart
}

/// The page's colours.
fn colour(part: BridgePart, amount: Cents) -> &'static str {
    match part {
        _ if amount < Cents::ZERO => charts::LESS_COLOUR,
        BridgePart::Idle => charts::IDLE_COLOUR,
        BridgePart::RightSize | BridgePart::Disputed | BridgePart::Numbers | BridgePart::Unexplained => {
            charts::OTHER_COLOUR
        }
        _ => charts::REST_COLOUR,
    }
}
