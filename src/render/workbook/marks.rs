//! Conditional marks: rows that want a reader's eye. What each colour means stands on the sheet `columns`.

use chrono::{Datelike, Days, NaiveDate};
use rust_xlsxwriter::{ConditionalFormatFormula, Format, Worksheet, XlsxError};

use super::grid;
use super::lines::IDLE;

/// Days before a notice deadline from which it is marked.
pub(super) const SOON_DAYS: u64 = 30;
pub(super) const LEGEND: &[(&str, &str)] = &[
    ("red", "An idle line: nobody uses it, for whatever reason."),
    (
        "amber",
        "A notice that is due within 30 days of the report's day.",
    ),
    ("green", "The number of committed lines that costs least."),
];

fn coloured(ground: &str, ink: &str) -> Format {
    Format::new().set_background_color(ground).set_font_color(ink)
}

fn mark(
    sheet: &mut Worksheet,
    column: u16,
    rows: usize,
    rule: &str,
    format: Format,
) -> Result<(), XlsxError> {
    if rows == 0 {
        return Ok(());
    }
    let mark = ConditionalFormatFormula::new().set_rule(rule).set_format(format);
    sheet.add_conditional_format(1, column, rows as u32, column, &mark)?;
    Ok(())
}

pub(super) fn idle_lines(sheet: &mut Worksheet, column: u16, rows: usize) -> Result<(), XlsxError> {
    let rule = format!("${}2=\"{IDLE}\"", grid::letter(column));
    mark(sheet, column, rows, &rule, coloured("FBE3DE", "8A2413"))
}

/// Measured from the report's day, so that the same workbook looks the same on any day.
pub(super) fn deadlines(
    sheet: &mut Worksheet,
    column: u16,
    rows: usize,
    as_of: NaiveDate,
) -> Result<(), XlsxError> {
    let cell = format!("${}2", grid::letter(column));
    let date = |day: NaiveDate| format!("DATE({},{},{})", day.year(), day.month(), day.day());
    let last = as_of.checked_add_days(Days::new(SOON_DAYS + 1)).unwrap_or(as_of);
    let rule = format!(
        "AND(ISNUMBER({cell}),{cell}>{},{cell}<={})",
        date(as_of),
        date(last)
    );
    mark(sheet, column, rows, &rule, coloured("FFF1CF", "6B4500"))
}

pub(super) fn cheapest(
    sheet: &mut Worksheet,
    (first, last): (u32, u32),
    column: u16,
) -> Result<(), XlsxError> {
    let (letter, top) = (grid::letter(column), first + 1);
    let rule = format!("${letter}{top}=MIN(${letter}${top}:${letter}${})", last + 1);
    let mark = ConditionalFormatFormula::new()
        .set_rule(rule.as_str())
        .set_format(coloured("DDF0E3", "1F5B37"));
    sheet.add_conditional_format(first, column, last, column, &mark)?;
    Ok(())
}
