//! Cells into a worksheet: text as text, numbers as numbers, days as days. A spreadsheet's numbers are binary fractions,
//! so amounts leave exactness here and only here; every total is rounded to the cent again.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use rust_xlsxwriter::{
    ExcelDateTime, Format, FormatAlign, FormatBorder, Formula, Note, Worksheet, XlsxError,
};

use crate::domain::{Cents, Currency};
use crate::render::Cell;
use crate::render::values::cell::NOT_KNOWN;
use crate::render::values::safe;

/// The format's own limit is 32,767; what is longer is not read by people.
const LONGEST_TEXT: usize = 32_000;
const WIDEST_COLUMN: usize = 80;
const LINE_POINTS: f64 = 15.0;
/// Beyond so many lines a cell is cut where it is shown, never in what it holds.
const TALLEST_LINES: usize = 8;

const HEAD_GROUND: &str = "E8EEF4";

/// A heading with what the column means.
pub(crate) type Head = (&'static str, &'static str);

/// The formats of a workbook.
pub(crate) struct Looks {
    pub title: Format,
    pub strong: Format,
    pub text: Format,
    head: Format,
    head_right: Format,
    head_day: Format,
    /// Text that a program could take for a formula keeps its apostrophe.
    quoted: Format,
    day: Format,
    count: Format,
    percent: Format,
    money: BTreeMap<Currency, (Format, Format)>,
}

impl Looks {
    pub(crate) fn of(currencies: impl Iterator<Item = Currency>) -> Looks {
        let top = Format::new().set_align(FormatAlign::Top);
        let bold = Format::new()
            .set_bold()
            .set_border_bottom(FormatBorder::Medium)
            .set_background_color(HEAD_GROUND)
            .set_align(FormatAlign::VerticalCenter)
            .set_text_wrap();
        let money = |currency: Currency| {
            let plain = top
                .clone()
                .set_num_format(format!("[${currency}] #,##0.00_);-[${currency}] #,##0.00_)"));
            (plain.clone(), plain.set_bold())
        };
        Looks {
            title: Format::new().set_bold().set_font_size(15),
            strong: Format::new().set_bold(),
            text: top
                .clone()
                .set_text_wrap()
                .set_align(FormatAlign::Left)
                .set_indent(1),
            head_right: bold.clone().set_align(FormatAlign::Right),
            head_day: bold
                .clone()
                .set_align(FormatAlign::Right)
                .set_num_format("yyyy-mm-dd"),
            head: bold.set_indent(1),
            quoted: top
                .clone()
                .set_text_wrap()
                .set_align(FormatAlign::Left)
                .set_indent(1)
                .set_quote_prefix(),
            day: top
                .clone()
                .set_num_format("yyyy-mm-dd")
                .set_align(FormatAlign::Left),
            count: top.clone().set_num_format("#,##0_)"),
            percent: top.clone().set_num_format("0.0%_)"),
            money: currencies.map(|currency| (currency, money(currency))).collect(),
        }
    }

    pub(crate) fn figure_head(&self) -> &Format {
        &self.head_right
    }

    fn decimal(&self, places: u8) -> Format {
        let fraction = "0".repeat(places.into());
        let point = if places == 0 { "" } else { "." };
        self.count
            .clone()
            .set_num_format(format!("#,##0{point}{fraction}_)"))
    }

    fn money(&self, currency: Currency, total: bool) -> Format {
        let pair = self.money.get(&currency);
        pair.map(|(plain, strong)| if total { strong.clone() } else { plain.clone() })
            .unwrap_or_default()
    }
}

/// A cell, by its type.
pub(crate) fn write(
    sheet: &mut Worksheet,
    looks: &Looks,
    row: u32,
    column: u16,
    cell: &Cell,
) -> Result<(), XlsxError> {
    match cell {
        Cell::Blank => {}
        Cell::Text(text) => write_text(sheet, looks, row, column, text)?,
        Cell::Word(word) => write_text(sheet, looks, row, column, word)?,
        Cell::Lines(lines) => write_text(sheet, looks, row, column, &lines.join("; "))?,
        Cell::Told(told) => write_text(sheet, looks, row, column, &told.lines.join("; "))?,
        Cell::Money(amount, currency) => {
            sheet.write_number_with_format(row, column, number(*amount), &looks.money(*currency, false))?;
        }
        Cell::Count(count) => {
            sheet.write_number_with_format(row, column, *count as f64, &looks.count)?;
        }
        Cell::Percent(_, whole) if *whole <= 0 => {}
        Cell::Percent(part, whole) => {
            sheet.write_number_with_format(row, column, *part as f64 / *whole as f64, &looks.percent)?;
        }
        Cell::Chance(millionths) => {
            sheet.write_number_with_format(row, column, f64::from(*millionths) / 1e6, &looks.percent)?;
        }
        Cell::Decimal(units, places) => {
            let number = *units as f64 / 10_f64.powi((*places).into());
            sheet.write_number_with_format(row, column, number, &looks.decimal(*places))?;
        }
        Cell::Day(day) | Cell::Before(day) => write_day(sheet, &looks.day, (row, column), *day)?,
    }
    Ok(())
}

fn write_text(
    sheet: &mut Worksheet,
    looks: &Looks,
    row: u32,
    column: u16,
    text: &str,
) -> Result<(), XlsxError> {
    let shown: String = safe::clean(text).chars().take(LONGEST_TEXT).collect();
    let format = if safe::spreadsheet_text(text).starts_with('\'') {
        &looks.quoted
    } else {
        &looks.text
    };
    sheet.write_string_with_format(row, column, shown, format)?;
    Ok(())
}

fn write_day(
    sheet: &mut Worksheet,
    format: &Format,
    (row, column): (u32, u16),
    day: NaiveDate,
) -> Result<(), XlsxError> {
    let year = u16::try_from(day.year()).unwrap_or_default();
    let day = ExcelDateTime::from_ymd(year, day.month() as u8, day.day() as u8)?;
    sheet.write_datetime_with_format(row, column, &day, format)?;
    Ok(())
}

/// A live total beside which the value that we computed is kept.
pub(crate) fn write_total(
    sheet: &mut Worksheet,
    looks: &Looks,
    at: (u32, u16),
    formula: &str,
    amount: Cents,
    currency: Currency,
) -> Result<(), XlsxError> {
    write_live(sheet, at, formula, amount, &looks.money(currency, true))
}

/// The same, or that it is not known.
pub(crate) fn write_known(
    sheet: &mut Worksheet,
    looks: &Looks,
    at: (u32, u16),
    formula: &str,
    amount: Option<Cents>,
    currency: Currency,
) -> Result<(), XlsxError> {
    match amount {
        Some(amount) => write_total(sheet, looks, at, formula, amount, currency),
        None => {
            sheet.write_string_with_format(at.0, at.1, NOT_KNOWN, &looks.text)?;
            Ok(())
        }
    }
}

/// An amount of a column that formulas sum: they take a blank for nothing, and words for a fault.
pub(crate) fn summed(amount: Option<Cents>, currency: Currency) -> Cell {
    amount.map_or(Cell::Blank, |amount| Cell::Money(amount, currency))
}

/// A live amount in a row of others.
pub(crate) fn write_amount(
    sheet: &mut Worksheet,
    looks: &Looks,
    at: (u32, u16),
    formula: &str,
    amount: Cents,
    currency: Currency,
) -> Result<(), XlsxError> {
    write_live(sheet, at, formula, amount, &looks.money(currency, false))
}

fn write_live(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    formula: &str,
    amount: Cents,
    format: &Format,
) -> Result<(), XlsxError> {
    let formula = Formula::new(format!("ROUND({formula},2)")).set_result(amount.to_string());
    sheet.write_formula_with_format(row, column, formula, format)?;
    Ok(())
}

/// A column's letters.
pub(crate) fn letter(column: u16) -> String {
    rust_xlsxwriter::utility::column_number_to_name(column)
}

/// The data rows of a table's column; at least one, so that a formula over no rows is still one.
pub(crate) fn range(sheet: &str, column: u16, rows: usize) -> String {
    let column = letter(column);
    format!("{sheet}!${column}$2:${column}${}", rows.max(1) + 1)
}

/// A day as a heading.
pub(crate) fn write_head_day(
    sheet: &mut Worksheet,
    looks: &Looks,
    (row, column): (u32, u16),
    day: NaiveDate,
) -> Result<(), XlsxError> {
    write_day(sheet, &looks.head_day, (row, column), day)
}

/// A live count, likewise.
pub(crate) fn write_count(
    sheet: &mut Worksheet,
    looks: &Looks,
    (row, column): (u32, u16),
    formula: &str,
    count: u32,
) -> Result<(), XlsxError> {
    let formula = Formula::new(formula).set_result(count.to_string());
    sheet.write_formula_with_format(row, column, formula, &looks.count)?;
    Ok(())
}

fn number(amount: Cents) -> f64 {
    amount.0 as f64 / 100.0
}

/// Headings with their meanings as notes, frozen and repeated on paper, then the rows under a filter.
pub(crate) fn table(
    sheet: &mut Worksheet,
    looks: &Looks,
    heads: &[Head],
    rows: &[Vec<Cell>],
) -> Result<(), XlsxError> {
    heading_row(sheet, looks, 0, heads, rows)?;
    let widths = widths(sheet, heads, rows)?;
    fit_heads(sheet, 0, heads, &widths)?;
    for (index, row) in rows.iter().enumerate() {
        write_row(sheet, looks, index as u32 + 1, row)?;
        fit_row(sheet, index as u32 + 1, row, &widths)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.set_repeat_rows(0, 0)?;
    if !rows.is_empty() {
        sheet.autofilter(0, 0, rows.len() as u32, heads.len().saturating_sub(1) as u16)?;
    }
    Ok(())
}

pub(crate) fn write_row(
    sheet: &mut Worksheet,
    looks: &Looks,
    row: u32,
    cells: &[Cell],
) -> Result<(), XlsxError> {
    for (column, cell) in cells.iter().enumerate() {
        write(sheet, looks, row, column as u16, cell)?;
    }
    Ok(())
}

/// Headings stand above their numbers.
pub(crate) fn heading_row(
    sheet: &mut Worksheet,
    looks: &Looks,
    row: u32,
    heads: &[Head],
    rows: &[Vec<Cell>],
) -> Result<(), XlsxError> {
    for (column, (name, meaning)) in heads.iter().enumerate() {
        let numeric = rows.iter().filter_map(|row| row.get(column)).any(Cell::is_number);
        let format = if numeric { &looks.head_right } else { &looks.head };
        sheet.write_string_with_format(row, column as u16, *name, format)?;
        if !meaning.is_empty() {
            let note = Note::new(*meaning)
                .add_author_prefix(false)
                .set_width(260)
                .set_height(70);
            sheet.insert_note(row, column as u16, &note)?;
        }
    }
    Ok(())
}

/// Headings wrap between words; the filter's button needs the room of three letters.
fn longest_word(heading: &str) -> usize {
    heading.split_whitespace().map(str::len).max().unwrap_or_default()
}

/// As wide as the widest of the first rows, within reason; says how wide that is, in letters.
pub(crate) fn widths(
    sheet: &mut Worksheet,
    heads: &[Head],
    rows: &[Vec<Cell>],
) -> Result<Vec<usize>, XlsxError> {
    let mut all = Vec::new();
    for (column, (name, _)) in heads.iter().enumerate() {
        let cells = rows.iter().take(500).filter_map(|row| row.get(column));
        let widest = cells
            .map(|cell| cell.shown().chars().count())
            .chain([longest_word(name) + 3])
            .max()
            .unwrap_or_default()
            .min(WIDEST_COLUMN);
        sheet.set_column_width(column as u16, (widest + 2) as f64)?;
        all.push(widest);
    }
    Ok(all)
}

/// Lines break between words, so each of several holds less than its width.
fn lines(letters: usize, width: usize) -> usize {
    match letters <= width {
        true => 1,
        false => (letters * 11).div_ceil(width.max(1) * 10),
    }
}

/// Likewise for headings, which stand bold and beside the filter's button.
pub(crate) fn fit_heads(
    sheet: &mut Worksheet,
    row: u32,
    heads: &[Head],
    widths: &[usize],
) -> Result<(), XlsxError> {
    const BUTTON: usize = 3;
    let wrapped = heads
        .iter()
        .zip(widths)
        .map(|((name, _), width)| (name.len() * 11 / 10).div_ceil(width.saturating_sub(BUTTON).max(1)));
    let wrapped = wrapped.max().unwrap_or(1).clamp(1, 3);
    sheet.set_row_height(row, LINE_POINTS * wrapped as f64 + 4.0)?;
    Ok(())
}

/// Room for text that wraps: not every program makes it by itself.
pub(crate) fn fit_row(
    sheet: &mut Worksheet,
    row: u32,
    cells: &[Cell],
    widths: &[usize],
) -> Result<(), XlsxError> {
    let lines = cells
        .iter()
        .zip(widths)
        .map(|(cell, width)| lines(cell.shown().chars().count(), *width));
    let lines = lines.max().unwrap_or(1).clamp(1, TALLEST_LINES);
    if lines > 1 {
        sheet.set_row_height(row, LINE_POINTS * lines as f64 + 2.0)?;
    }
    Ok(())
}
