//! The workbook's `commitments`: how many lines to commit to, with the costs as formulas over the prices and the months,
//! so that finance can try another price or demand.

use rust_xlsxwriter::{Chart, ChartMarker, ChartMarkerType, ChartType, Worksheet, XlsxError};

use super::grid::{self, Head, Looks};
use super::{charts, marks};
use crate::domain::{Commitment, CommitmentCost};
use crate::render::Cell;
use crate::render::finance::commitments;
use crate::render::for_finance::FinanceAccount;
use crate::render::words::sentences;

pub(super) const NAME: &str = "commitments";
pub(super) const HEADS: &[Head] = &[
    ("account_id", "The account."),
    ("tiers", "The tiers that are committed together."),
    ("annual, a month", "A line and month at the annual price."),
    ("monthly", "A line and month at the monthly price."),
    ("months", "Full months of calls looked at."),
    (
        "committed today",
        "Lines that today's contracts commit to; blank where none is known.",
    ),
    (
        "cost as committed",
        "What they, and monthly lines beyond them, would have cost over these months.",
    ),
    (
        "best number",
        "The number of committed lines that would have cost least over these months.",
    ),
    ("cost at best", "What it would have cost."),
    (
        "saved by it",
        "Cost as committed less cost at best, over these months: not a month's amount.",
    ),
    (
        "likely from",
        "Of 100 resamples of the months, 95 have their best number from here on ...",
    ),
    ("likely to", "... to here."),
    (
        "within 1 % from",
        "The first number that costs at most 1 % more than the best ...",
    ),
    ("within 1 % to", "... and the last: in between it hardly matters."),
    (
        "worth it from months",
        "A line is worth committing to when it is used in at least so many of these months.",
    ),
    (
        "taken for granted",
        "What the figures rest on, as checked against the contracts.",
    ),
];
pub(super) const CURVE_HEADS: &[Head] = &[
    (
        "month",
        "In the blocks under the table: a full month, by its first day.",
    ),
    (
        "lines used",
        "Lines with a call placed or answered in that month.",
    ),
    ("", ""),
    (
        "committed lines",
        "In the blocks under the table: a number of lines to commit to.",
    ),
    (
        "cost of these months",
        "Committed lines at the annual price in every month, and those used beyond them at the monthly price.",
    ),
];
const ANNUAL: &str = "C";
const MONTHLY: &str = "D";
const TODAY_COLUMN: u16 = 5;
const BEST_COLUMN: u16 = 7;
/// Rows of a curve; longer ones are thinned.
const MOST_POINTS: usize = 600;
const CHART_COLUMN: u16 = 6;
const CHART_ROWS: u32 = 20;

/// One commitment with the places of its numbers.
struct Block<'a> {
    account: &'a FinanceAccount<'a>,
    commitment: &'a Commitment,
    /// Its row in the table.
    row: u32,
    /// The first row of its months and its curve.
    first: u32,
    curve: Vec<CommitmentCost>,
}

pub(super) fn write(
    sheet: &mut Worksheet,
    looks: &Looks,
    accounts: &[FinanceAccount],
) -> Result<(), XlsxError> {
    let all: Vec<(&FinanceAccount, &Commitment)> = accounts
        .iter()
        .flat_map(|account| {
            account
                .commitments
                .iter()
                .copied()
                .map(move |commitment| (account, commitment))
        })
        .collect();
    let rows: Vec<Vec<Cell>> = all
        .iter()
        .map(|(account, commitment)| row(account, commitment))
        .collect();
    grid::table(sheet, looks, HEADS, &rows)?;
    // The blocks' months and costs share these with the table.
    sheet.set_column_range_width(2, 4, 15)?;
    let mut next = rows.len() as u32 + 2;
    for (index, (account, commitment)) in all.into_iter().enumerate() {
        let block = Block {
            account,
            commitment,
            row: index as u32 + 1,
            first: next + 2,
            curve: thinned(commitment),
        };
        next = block.write(sheet, looks)? + 2;
    }
    Ok(())
}

fn row(account: &FinanceAccount, commitment: &Commitment) -> Vec<Cell> {
    let money = |amount| Cell::Money(amount, account.currency);
    let today = commitment.today;
    vec![
        Cell::text(account.account_id),
        Cell::text(&commitments::tiers(commitment)),
        money(commitment.annual),
        money(commitment.monthly),
        Cell::count(commitment.demand.len() as u32),
        today.map_or(Cell::Blank, |today| Cell::count(today.lines)),
        today.map_or(Cell::Blank, |today| money(today.cost)),
        Cell::count(commitment.best.lines),
        money(commitment.best.cost),
        today.map_or(Cell::Blank, |today| money(today.cost - commitment.best.cost)),
        Cell::count(commitment.low),
        Cell::count(commitment.high),
        Cell::count(commitment.plateau.0),
        Cell::count(commitment.plateau.1),
        Cell::count(commitment.break_even_months),
        Cell::text(&commitment.assumptions.join(" ")),
    ]
}

/// Every point of a short curve; of a long one every so many, and the ones that are named.
fn thinned(commitment: &Commitment) -> Vec<CommitmentCost> {
    let step = commitment.curve.len().div_ceil(MOST_POINTS).max(1) as u32;
    let named = [Some(commitment.best), commitment.today].map(|point| point.map(|point| point.lines));
    let is_kept =
        |point: &&CommitmentCost| point.lines.is_multiple_of(step) || named.contains(&Some(point.lines));
    commitment.curve.iter().filter(is_kept).copied().collect()
}

impl Block<'_> {
    /// Returns the last row.
    fn write(&self, sheet: &mut Worksheet, looks: &Looks) -> Result<u32, XlsxError> {
        let Block {
            account,
            commitment,
            row,
            first,
            curve,
        } = self;
        let title = format!(
            "{}: {}",
            sentences::account_heading(account),
            commitments::tiers(commitment)
        );
        sheet.write_string_with_format(first - 2, 0, title, &looks.strong)?;
        let months: Vec<Vec<Cell>> = commitment
            .demand
            .iter()
            .map(|(month, lines)| vec![Cell::Day(*month), Cell::count(*lines)])
            .collect();
        let points = |point: &CommitmentCost| {
            vec![
                Cell::Blank,
                Cell::Blank,
                Cell::Blank,
                Cell::count(point.lines),
                Cell::Money(point.cost, account.currency),
            ]
        };
        let costs: Vec<Vec<Cell>> = curve.iter().map(points).collect();
        let heads: Vec<Vec<Cell>> = months.iter().chain(&costs).cloned().collect();
        grid::heading_row(sheet, looks, first - 1, &CURVE_HEADS[..2], &heads)?;
        for (column, (name, _)) in CURVE_HEADS.iter().enumerate().skip(3) {
            sheet.write_string_with_format(first - 1, column as u16, *name, looks.figure_head())?;
        }
        grid::fit_heads(sheet, first - 1, CURVE_HEADS, &[13, 12, 12, 9, 12])?;
        for (index, cells) in months.iter().enumerate() {
            grid::write_row(sheet, looks, first + index as u32, cells)?;
        }
        for (index, cells) in costs.iter().enumerate() {
            let at = first + index as u32;
            grid::write_row(sheet, looks, at, &cells[..4])?;
            let formula = self.cost_formula(&format!("$D{}", at + 1));
            grid::write_amount(
                sheet,
                looks,
                (at, 4),
                &formula,
                curve[index].cost,
                account.currency,
            )?;
        }
        let line = row + 1;
        if let Some(today) = commitment.today {
            let formula = self.cost_formula(&format!("$F${line}"));
            grid::write_amount(sheet, looks, (*row, 6), &formula, today.cost, account.currency)?;
            let saved = today.cost - commitment.best.cost;
            grid::write_amount(
                sheet,
                looks,
                (*row, 9),
                &format!("G{line}-I{line}"),
                saved,
                account.currency,
            )?;
        }
        let formula = self.cost_formula(&format!("$H${line}"));
        grid::write_amount(
            sheet,
            looks,
            (*row, 8),
            &formula,
            commitment.best.cost,
            account.currency,
        )?;
        let last = first + (curve.len().max(1) as u32 - 1);
        marks::cheapest(sheet, (*first, last), 4)?;
        // A curve over one or two lines says nothing that the table does not.
        if curve.len() > 3 {
            sheet.insert_chart(*first, CHART_COLUMN, &self.chart(last))?;
        }
        Ok(last.max(first + months.len() as u32).max(first + CHART_ROWS))
    }

    /// What so many committed lines cost over the months.
    fn cost_formula(&self, lines: &str) -> String {
        let line = self.row + 1;
        let top = self.first + 1;
        let used = format!(
            "$B${top}:$B${}",
            self.first + self.commitment.demand.len().max(1) as u32
        );
        format!(
            "${ANNUAL}${line}*{lines}*ROWS({used})+${MONTHLY}${line}*SUMPRODUCT(({used}>{lines})*({used}-{lines}))"
        )
    }

    fn chart(&self, last: u32) -> Chart {
        let currency = self.account.currency.as_str();
        let mut chart = charts::titled(
            ChartType::ScatterStraight,
            &format!(
                "Cost by number of committed lines: {}",
                commitments::tiers(self.commitment)
            ),
            "Cost of the months looked at over the number of committed lines, with the best number and today's.",
        );
        chart.x_axis().set_name("Committed lines").set_min(0);
        chart
            .y_axis()
            .set_name(&format!("Cost of these months, {currency}"))
            .set_num_format("#,##0")
            .set_min(0);
        chart
            .add_series()
            .set_name("every number")
            .set_categories((NAME, self.first, 3, last, 3))
            .set_values((NAME, self.first, 4, last, 4))
            .set_marker(ChartMarker::new().set_none())
            .set_format(&mut charts::line(charts::REST_COLOUR));
        let mut point = |name: &str, column: u16, kind, colour| {
            chart
                .add_series()
                .set_name(name)
                .set_categories((NAME, self.row, column, self.row, column))
                .set_values((NAME, self.row, column + 1, self.row, column + 1))
                .set_marker(&charts::marker(kind, colour, 10))
                .set_format(&mut charts::hidden_line());
        };
        point("best", BEST_COLUMN, ChartMarkerType::Circle, charts::OURS_COLOUR);
        if self.commitment.today.is_some() {
            point(
                "today",
                TODAY_COLUMN,
                ChartMarkerType::Square,
                charts::OTHER_COLOUR,
            );
        }
        chart
    }
}
