//! The workbook's `savings` and `ledger`: what has come of the findings since the start, as live sums over one row a finding.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use rust_xlsxwriter::{Chart, ChartMarkerType, ChartType, Worksheet, XlsxError};

use super::charts;
use super::grid::{self, Head, Looks};
use crate::domain::{FindingState, LEDGER_STAGES, ledger_sum};
use crate::render::Cell;
use crate::render::finance::savings;
use crate::render::for_finance::{FinanceAccount, FinanceNight};
use crate::render::values::plain;
use crate::render::words::{prices, sentences};

pub(super) const NAME: &str = "savings";
pub(super) const HEADS: &[Head] = &[
    ("account_id", "The account."),
    (
        "stage",
        "How far findings have come. A finding stands in every stage that it has reached, so stages are not to be added.",
    ),
    ("findings", "Findings with money that have reached the stage."),
    (
        "amount a month",
        "A month's money of these findings, as it was when each was last found.",
    ),
    ("what it means", "The stage in words."),
];
pub(super) const NIGHT_HEADS: &[Head] = &[
    ("", ""),
    (
        "night",
        "In the blocks under the table: a night on which a sum changed, and the last one.",
    ),
    ("identified", "Sums a month by that night, stage by stage."),
    ("actioned", "Likewise."),
    ("realised", "Likewise."),
    ("slipped back", "Likewise."),
];
const CHARTED: [(FindingState, &str); 4] = [
    (FindingState::Identified, charts::REST_COLOUR),
    (FindingState::Actioned, charts::OURS_COLOUR),
    (FindingState::Realised, charts::LESS_COLOUR),
    (FindingState::SlippedBack, charts::IDLE_COLOUR),
];
const CHART_COLUMN: u16 = 7;
const CHART_ROWS: u32 = 20;

pub(super) const LEDGER: &str = "ledger";
pub(super) const LEDGER_HEADS: &[Head] = &[
    ("account_id", "The account."),
    (
        "finding_id",
        "The same every night for the same thing; as on the sheet findings.",
    ),
    ("kind", "What was found."),
    ("line_id", "The line, where it is about one."),
    ("tier", "The line's tier when it was last found."),
    (
        "amount a month",
        "A month's money when it was last found; 0.00 where none can be had back.",
    ),
    ("state", "Where it stands."),
    (
        "identified",
        "The night that found it first; of a line that nobody uses the first of that month.",
    ),
    ("approved", "The night that learned of the decision to act."),
    (
        "actioned",
        "The night that saw the line gone, or at its new tier.",
    ),
    (
        "realised",
        "The night that saw a complete invoice without the charge.",
    ),
    ("slipped back", "The night that saw it charged again."),
    (
        "dismissed",
        "The night that learned that it is set aside; blank once that has lapsed.",
    ),
    (
        "last found",
        "The last night that found it; of a line that nobody uses, and that tonight does not find, the first of that month.",
    ),
];
const AMOUNT: u16 = 5;
/// Of the first stage; the others follow in their order.
const FIRST_STAGE: u16 = 7;

pub(super) fn write_ledger(
    sheet: &mut Worksheet,
    looks: &Looks,
    night: &FinanceNight,
) -> Result<(), XlsxError> {
    let mut rows = Vec::new();
    for account in &night.accounts {
        for entry in &account.ledger {
            let mut row = vec![
                Cell::text(&entry.account_id),
                Cell::text(&entry.finding_id),
                Cell::Word(plain::finding_kind(entry.kind)),
                Cell::maybe(&entry.line_id),
                entry.tier.map_or(Cell::Blank, |tier| Cell::Word(tier.as_str())),
                grid::summed(prices::entry(account, entry), entry.currency),
                Cell::Word(plain::finding_state(entry.state)),
            ];
            let reached = |stage: &FindingState| entry.reached(*stage).filter(|day| *day <= night.as_of);
            row.extend(LEDGER_STAGES.iter().map(|stage| Cell::day(reached(stage))));
            row.push(Cell::Day(entry.last_seen));
            rows.push(row);
        }
    }
    grid::table(sheet, looks, LEDGER_HEADS, &rows)
}

/// Columns of the ledger, as the formulas name them.
struct Ranges {
    entries: usize,
    /// Lines without a price are among the entries: their amount is blank.
    has_blanks: bool,
}

impl Ranges {
    fn column(&self, column: u16) -> String {
        grid::range(LEDGER, column, self.entries)
    }

    fn stage(&self, stage: FindingState) -> String {
        let at = LEDGER_STAGES
            .iter()
            .position(|other| *other == stage)
            .unwrap_or_default();
        self.column(FIRST_STAGE + at as u16)
    }

    fn reached(&self, account: &str, stage: FindingState) -> String {
        format!("({}={account})*({}<>\"\")", self.column(0), self.stage(stage))
    }

    fn amount(&self, account: &str, stage: FindingState) -> String {
        format!(
            "SUMPRODUCT({}*{})",
            self.reached(account, stage),
            self.column(AMOUNT)
        )
    }

    fn count(&self, account: &str, stage: FindingState) -> String {
        let amount = self.column(AMOUNT);
        let counts = match self.has_blanks {
            true => format!("(({amount}<>0)+({amount}=\"\"))"),
            false => format!("({amount}<>0)"),
        };
        format!("SUMPRODUCT({}*{counts})", self.reached(account, stage))
    }

    fn amount_by(&self, account: &str, stage: FindingState, night: &str) -> String {
        let by = format!("({}<={night})", self.stage(stage));
        format!(
            "SUMPRODUCT({}*{by}*{})",
            self.reached(account, stage),
            self.column(AMOUNT)
        )
    }
}

pub(super) fn write(sheet: &mut Worksheet, looks: &Looks, night: &FinanceNight) -> Result<(), XlsxError> {
    let accounts = &night.accounts;
    let ranges = Ranges {
        entries: accounts.iter().map(|account| account.ledger.len()).sum(),
        has_blanks: accounts.iter().any(|account| {
            let mut entries = account.ledger.iter();
            entries.any(|entry| prices::entry(account, entry).is_none())
        }),
    };
    let mut rows = Vec::new();
    for account in accounts {
        rows.extend(savings::stages(night, account).iter().map(|stage| {
            vec![
                Cell::text(account.account_id),
                Cell::Word(plain::finding_state(stage.stage)),
                Cell::count(stage.findings),
                grid::summed(stage.amount, account.currency),
                Cell::Word(savings::meaning(stage.stage)),
            ]
        }));
    }
    grid::table(sheet, looks, HEADS, &rows)?;
    // The night's columns share these with the table, so what a stage means wraps.
    const WIDTHS: [usize; 5] = [12, 14, 16, 16, 44];
    for (column, width) in WIDTHS.into_iter().enumerate().skip(2) {
        sheet.set_column_width(column as u16, (width + 2) as f64)?;
    }
    sheet.set_column_width(5, 18)?;
    for (index, cells) in rows.iter().enumerate() {
        grid::fit_row(sheet, index as u32 + 1, cells, &WIDTHS)?;
    }
    let mut row = 1;
    for account in accounts {
        for stage in savings::stages(night, account) {
            let id = format!("$A{}", row + 1);
            grid::write_count(
                sheet,
                looks,
                (row, 2),
                &ranges.count(&id, stage.stage),
                stage.findings,
            )?;
            let amount = ranges.amount(&id, stage.stage);
            if let Some(sum) = stage.amount {
                grid::write_amount(sheet, looks, (row, 3), &amount, sum, account.currency)?;
            }
            row += 1;
        }
    }
    row += 1;
    for account in accounts {
        row = nights(sheet, looks, (night, account), &ranges, row)?;
    }
    Ok(())
}

/// Sums by night, and their chart; returns the first row after them. Nothing before a second night.
fn nights(
    sheet: &mut Worksheet,
    looks: &Looks,
    (night, account): (&FinanceNight, &FinanceAccount),
    ranges: &Ranges,
    first: u32,
) -> Result<u32, XlsxError> {
    let days = days(night, account);
    if days.len() < 2 {
        return Ok(first);
    }
    sheet.write_string_with_format(first, 0, sentences::account_heading(account), &looks.strong)?;
    for (column, (name, _)) in NIGHT_HEADS.iter().enumerate().skip(1) {
        sheet.write_string_with_format(first + 1, column as u16, *name, looks.figure_head())?;
    }
    let top = first + 2;
    for (index, day) in days.iter().enumerate() {
        let row = top + index as u32;
        grid::write(sheet, looks, row, 0, &Cell::text(account.account_id))?;
        grid::write(sheet, looks, row, 1, &Cell::Day(*day))?;
        for (at, (stage, _)) in CHARTED.iter().enumerate() {
            let formula = ranges.amount_by(&format!("$A{}", row + 1), *stage, &format!("$B{}", row + 1));
            let sum = ledger_sum(&account.ledger, *stage, *day);
            grid::write_amount(
                sheet,
                looks,
                (row, 2 + at as u16),
                &formula,
                sum,
                account.currency,
            )?;
        }
    }
    let last = top + days.len() as u32 - 1;
    sheet.insert_chart(first, CHART_COLUMN, &chart(account, top, last))?;
    Ok((last + 2).max(first + CHART_ROWS))
}

fn days(night: &FinanceNight, account: &FinanceAccount) -> Vec<NaiveDate> {
    let reached = account
        .ledger
        .iter()
        .flat_map(|entry| CHARTED.iter().filter_map(|(stage, _)| entry.reached(*stage)));
    let mut days: BTreeSet<NaiveDate> = reached.filter(|day| *day <= night.as_of).collect();
    if !days.is_empty() {
        days.insert(night.as_of);
    }
    days.into_iter().collect()
}

fn chart(account: &FinanceAccount, top: u32, last: u32) -> Chart {
    let mut chart = charts::titled(
        ChartType::ScatterStraightWithMarkers,
        &format!(
            "Found, done and proven since the start: {}",
            sentences::account_heading(account)
        ),
        "A month's money of all findings that had reached a stage by a night; the numbers are in the table beside it.",
    );
    chart.x_axis().set_num_format("yyyy-mm-dd").set_name("Night");
    chart
        .y_axis()
        .set_num_format("#,##0")
        .set_min(0)
        .set_name(&format!("Amount a month, {}", account.currency));
    for (at, (stage, colour)) in CHARTED.iter().enumerate() {
        let column = 2 + at as u16;
        chart
            .add_series()
            .set_name(plain::finding_state(*stage))
            .set_categories((NAME, top, 1, last, 1))
            .set_values((NAME, top, column, last, column))
            .set_marker(&charts::marker(ChartMarkerType::Circle, colour, 5))
            .set_format(&mut charts::line(colour));
    }
    chart
}
