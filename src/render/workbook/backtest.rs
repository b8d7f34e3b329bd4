//! The workbook's `back-test`: the page's sentences and tables one under the other, with native charts beside them.

use rust_xlsxwriter::{
    Chart, ChartLine, ChartLineDashType, ChartMarker, ChartMarkerType, ChartSeries, ChartType, Worksheet,
    XlsxError,
};

use crate::domain::{Backtest, BacktestReport};
use crate::render::backtest::tables::{self, columns};
use crate::render::backtest::{HEADING, words};
use crate::render::for_finance::FinanceAccount;
use crate::render::page::Table;
use crate::render::words::sentences;
use crate::render::workbook::charts::{self, EVEN_COLOUR, OTHER_COLOUR, OURS_COLOUR, marker};
use crate::render::workbook::grid::{self, Head, Looks};

pub(crate) const NAME: &str = "back-test";
/// The first column right of the tables.
const CHART_COLUMN: u16 = 8;
/// Rows that a chart covers.
const CHART_ROWS: u32 = 19;
/// Two lines: not every program makes room for a heading that wraps.
const HEAD_POINTS: f64 = 31.0;

pub(crate) fn write(
    sheet: &mut Worksheet,
    looks: &Looks,
    accounts: &[FinanceAccount],
) -> Result<(), XlsxError> {
    for (column, width) in [34, 14, 18, 18, 16, 18, 18, 3].into_iter().enumerate() {
        sheet.set_column_width(column as u16, width)?;
    }
    sheet.write_string_with_format(0, 0, HEADING, &looks.title)?;
    let mut row = 2;
    for account in accounts {
        let mut block = Block { sheet, looks, row };
        block.account(account)?;
        row = block.row + 1;
    }
    Ok(())
}

struct Block<'a> {
    sheet: &'a mut Worksheet,
    looks: &'a Looks,
    /// The next free row.
    row: u32,
}

/// First and last row of a table's cells.
type Rows = (u32, u32);

impl Block<'_> {
    fn account(&mut self, account: &FinanceAccount) -> Result<(), XlsxError> {
        let heading = sentences::account_heading(account);
        self.sheet
            .write_string_with_format(self.row, 0, heading, &self.looks.strong)?;
        self.row += 1;
        match &account.backtest {
            Backtest::ByRule => self.text(words::BY_RULE)?,
            Backtest::NobodyToJudge => self.text(words::NOBODY)?,
            Backtest::TooLittle(little) => self.text(&words::too_little(little))?,
            Backtest::Made(report) => self.report(account, report)?,
        }
        self.text(&words::track_record(account.track_record))?;
        if let Some(table) = tables::track_record(account.track_record, "") {
            self.table(&table)?;
        }
        Ok(())
    }

    fn report(&mut self, account: &FinanceAccount, report: &BacktestReport) -> Result<(), XlsxError> {
        self.text(&words::would_have(report))?;
        for sentence in words::windows(report) {
            self.text(&sentence)?;
        }
        self.text(&words::how(report))?;
        let first = self.row;
        let ways = self.table(&tables::comparison(account, report, ""))?;
        self.text(&words::removed(report))?;
        self.text(words::COUNTED_EACH_TIME)?;
        self.table(&tables::scores(report, ""))?;
        self.text(words::WHAT_SCORES_MEAN)?;
        let bins = self.table(&tables::calibration(report, ""))?;
        let thresholds = self.table(&tables::frontier(account, report, "", 1))?;
        if !report.calibration.is_empty() {
            self.sheet
                .insert_chart(first, CHART_COLUMN, &calibration_chart(bins))?;
        }
        if !report.frontier.is_empty() {
            let currency = account.currency.as_str();
            let compared = tables::ways(report);
            let chart = frontier_chart(thresholds, ways, &compared[..report.windows.len() + 1], currency);
            self.sheet
                .insert_chart(first + CHART_ROWS + 1, CHART_COLUMN, &chart)?;
        }
        self.text(words::WEAK_HEAD)?;
        for spot in words::WEAK_SPOTS {
            self.text(spot)?;
        }
        self.row = self.row.max(first + 2 * (CHART_ROWS + 1));
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), XlsxError> {
        const LETTERS_A_LINE: usize = 135;
        const LINE_POINTS: f64 = 15.0;
        let lines = text.chars().count().div_ceil(LETTERS_A_LINE).max(1);
        self.sheet
            .merge_range(self.row, 0, self.row, 6, text, &self.looks.text)?;
        self.sheet
            .set_row_height(self.row, LINE_POINTS * lines as f64 + 3.0)?;
        self.row += 1;
        Ok(())
    }

    fn table(&mut self, table: &Table) -> Result<Rows, XlsxError> {
        let heads: Vec<Head> = table.columns.iter().map(|column| (column.text, "")).collect();
        let caption = self.row + 1;
        self.sheet
            .write_string_with_format(caption, 0, &table.caption, &self.looks.strong)?;
        grid::heading_row(self.sheet, self.looks, caption + 1, &heads, &table.rows)?;
        self.sheet.set_row_height(caption + 1, HEAD_POINTS)?;
        let first = caption + 2;
        for (index, cells) in table.rows.iter().chain(&table.total).enumerate() {
            grid::write_row(self.sheet, self.looks, first + index as u32, cells)?;
        }
        let rows = (table.rows.len() + usize::from(table.total.is_some())) as u32;
        self.row = first + rows + 1;
        Ok((first, first + rows.saturating_sub(1)))
    }
}

fn scatter(title: &str, alt_text: &str, x: &str, y: &str) -> Chart {
    let mut chart = charts::titled(ChartType::Scatter, title, alt_text);
    chart.x_axis().set_name(x).set_min(0);
    chart.y_axis().set_name(y).set_min(0).set_num_format("0%");
    chart
}

fn range(column: u16, (first, last): Rows) -> (&'static str, u32, u16, u32, u16) {
    (NAME, first, column, last, column)
}

fn calibration_chart(bins: Rows) -> Chart {
    let mut chart = scatter(
        "Chances said against what happened",
        "Share of lines that stayed silent over the chance that was said, beside the line on which both agree.",
        "Chance of 90 silent days that was said",
        "Stayed silent",
    );
    chart.x_axis().set_max(1).set_num_format("0%");
    chart.y_axis().set_max(1);
    let series: &mut ChartSeries = chart.add_series();
    series
        .set_name("Groups of judgements")
        .set_categories(range(columns::BIN_SAID, bins))
        .set_values(range(columns::BIN_SILENT, bins))
        .set_marker(&marker(ChartMarkerType::Circle, OURS_COLOUR, 7))
        .set_format(ChartLine::new().set_hidden(true));
    // Chances over themselves lie on the diagonal, and need no cells of their own.
    chart
        .add_series()
        .set_name("Chance and outcome agree")
        .set_categories(range(columns::BIN_SAID, bins))
        .set_values(range(columns::BIN_SAID, bins))
        .set_marker(ChartMarker::new().set_none())
        .set_format(
            ChartLine::new()
                .set_color(EVEN_COLOUR)
                .set_dash_type(ChartLineDashType::Dash),
        );
    chart
}

fn frontier_chart(
    thresholds: Rows,
    ways: Rows,
    compared: &[(&'static str, &crate::domain::Flags)],
    currency: &str,
) -> Chart {
    let mut chart = scatter(
        "More money flagged against more lines flagged wrongly",
        "Share of the flags that were wrong over the money flagged a month, for every threshold on the chance of \
         silence, with tonight's setting and fixed windows.",
        &format!("Flagged a month, {currency}"),
        "Wrong, share of the flags",
    );
    chart.x_axis().set_num_format("#,##0");
    chart
        .add_series()
        .set_name("Every threshold")
        .set_categories(range(columns::FRONTIER_MONEY, thresholds))
        .set_values(range(columns::FRONTIER_SHARE, thresholds))
        .set_marker(&marker(ChartMarkerType::Circle, EVEN_COLOUR, 3))
        .set_format(ChartLine::new().set_color(EVEN_COLOUR).set_width(1.5));
    for (index, (name, flags)) in compared.iter().enumerate() {
        // Nothing flagged has no share, so no point.
        if flags.came_back_share.is_none() {
            continue;
        }
        let row = ways.0 + index as u32;
        let marker = match index {
            0 => marker(ChartMarkerType::Circle, OURS_COLOUR, 10),
            1 => marker(ChartMarkerType::Square, OTHER_COLOUR, 8),
            2 => marker(ChartMarkerType::Triangle, OTHER_COLOUR, 8),
            _ => marker(ChartMarkerType::Diamond, OTHER_COLOUR, 9),
        };
        chart
            .add_series()
            .set_name(*name)
            .set_categories(range(columns::COMPARED_MONEY, (row, row)))
            .set_values(range(columns::COMPARED_SHARE, (row, row)))
            .set_marker(&marker)
            .set_format(ChartLine::new().set_hidden(true));
    }
    chart
}
