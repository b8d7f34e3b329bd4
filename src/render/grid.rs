//! Cells into a worksheet: text as text, numbers as numbers, days as days. A spreadsheet's numbers are binary fractions,
//! so amounts leave exactness here and only here; every total is rounded to the cent again.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use rust_xlsxwriter::{
    ExcelDateTime, Format, FormatAlign, FormatBorder, Formula, Note, Worksheet, XlsxError,
};

use super::{Cell, safe};
use crate::domain::{Cents, Currency};

/// The format's own limit is 32,767; what is longer is not read by people.
const LONGEST_TEXT: usize = 32_000;
const WIDEST_COLUMN: usize = 46;

/// A heading with what the column means.
pub type Head = (&'static str, &'static str);

/// The formats of a workbook.
pub struct Looks {
    pub title: Format,
    pub strong: Format,
    pub text: Format,
    head: Format,
    head_right: Format,
    /// Text that a program could take for a formula keeps its apostrophe.
    quoted: Format,
    day: Format,
    count: Format,
    percent: Format,
    money: BTreeMap<Currency, (Format, Format)>,
}

impl Looks {
    pub fn of(currencies: impl Iterator<Item = Currency>) -> Looks {
        let top = Format::new().set_align(FormatAlign::Top);
        let bold = Format::new()
            .set_bold()
            .set_border_bottom(FormatBorder::Medium)
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
pub fn write(
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
        Cell::Day(day) | Cell::Before(day) => write_day(sheet, looks, row, column, *day)?,
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
    looks: &Looks,
    row: u32,
    column: u16,
    day: NaiveDate,
) -> Result<(), XlsxError> {
    let year = u16::try_from(day.year()).unwrap_or_default();
    let day = ExcelDateTime::from_ymd(year, day.month() as u8, day.day() as u8)?;
    sheet.write_datetime_with_format(row, column, &day, &looks.day)?;
    Ok(())
}

/// A live total beside which the value that we computed is kept.
pub fn write_total(
    sheet: &mut Worksheet,
    looks: &Looks,
    (row, column): (u32, u16),
    formula: &str,
    amount: Cents,
    currency: Currency,
) -> Result<(), XlsxError> {
    let formula = Formula::new(format!("ROUND({formula},2)")).set_result(amount.to_string());
    sheet.write_formula_with_format(row, column, formula, &looks.money(currency, true))?;
    Ok(())
}

/// A live count, likewise.
pub fn write_count(
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
pub fn table(
    sheet: &mut Worksheet,
    looks: &Looks,
    heads: &[Head],
    rows: &[Vec<Cell>],
) -> Result<(), XlsxError> {
    heading_row(sheet, looks, 0, heads, rows)?;
    for (index, row) in rows.iter().enumerate() {
        write_row(sheet, looks, index as u32 + 1, row)?;
    }
    widths(sheet, heads, rows)?;
    sheet.set_freeze_panes(1, 0)?;
    sheet.set_repeat_rows(0, 0)?;
    if !rows.is_empty() {
        sheet.autofilter(0, 0, rows.len() as u32, heads.len().saturating_sub(1) as u16)?;
    }
    Ok(())
}

pub fn write_row(sheet: &mut Worksheet, looks: &Looks, row: u32, cells: &[Cell]) -> Result<(), XlsxError> {
    for (column, cell) in cells.iter().enumerate() {
        write(sheet, looks, row, column as u16, cell)?;
    }
    Ok(())
}

/// Headings stand above their numbers.
pub fn heading_row(
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

/// As wide as the widest of the first rows, within reason.
pub fn widths(sheet: &mut Worksheet, heads: &[Head], rows: &[Vec<Cell>]) -> Result<(), XlsxError> {
    for (column, (name, _)) in heads.iter().enumerate() {
        let cells = rows.iter().take(500).filter_map(|row| row.get(column));
        let widest = cells
            .map(|cell| cell.shown().chars().count())
            .chain([longest_word(name) + 3])
            .max()
            .unwrap_or_default();
        sheet.set_column_width(column as u16, (widest.min(WIDEST_COLUMN) + 2) as f64)?;
    }
    Ok(())
}
