//! `report.xlsx` for finance: the page's tables with live totals. No names.

pub(super) mod backtest;

mod bridge;
pub(super) mod charts;
mod commitments;
pub(super) mod grid;
mod guide;
mod invoices;
mod lines;
mod marks;
mod savings;
mod summary;

use rust_xlsxwriter::{DocProperties, Workbook, Worksheet, XlsxError};

use self::grid::{Head, Looks};
use crate::domain::KnownSum;
use crate::render::finance::{calendar, method};
use crate::render::for_finance::{FinanceAccount, FinanceNight};
use crate::render::tables::findings;
use crate::render::values::plain;
use crate::render::words::{figures, prices, sentences};
use crate::render::{Cell, RenderError};

const CALENDAR_HEADS: &[Head] = &[
    ("account_id", "The account."),
    (
        "notice by",
        "The last day to give notice; that day still counts. Blank where none is needed or known.",
    ),
    ("saves from", "The first day without the charge."),
    ("step", "What to do."),
    ("contract", "The contract that the notice is for."),
    ("findings", "How many lines, numbers or add-ons."),
    (
        "amount a month",
        "Amounts of different days are not to be added together.",
    ),
];
const CONTRACT_HEADS: &[Head] = &[
    ("account_id", "The account."),
    ("contract", "Blank where the lines file names none."),
    ("tier", "From the newest invoice, the lines file or the contract."),
    ("term", "Annual or monthly."),
    ("lines", "Lines of this contract, tier and term."),
    (
        "idle lines",
        "Idle, never used, without a holder, or of somebody who left.",
    ),
    ("cost a month", "Their own recurring charges."),
    ("idle a month", "The cost of the idle lines."),
    (
        "idle until the term ends",
        "What the idle annual lines still cost, in all.",
    ),
    ("first notice by", "Among its idle lines."),
    ("first saves from", "Among its idle lines."),
];
/// Where notice deadlines stand.
const CALENDAR_NOTICE: u16 = 1;
const CONTRACT_NOTICE: u16 = 9;

/// Wide tables on paper: two pages wide, with the line's own columns on both.
fn two_pages_wide(sheet: &mut Worksheet) -> Result<(), XlsxError> {
    sheet.set_print_fit_to_pages(2, 0);
    sheet.set_repeat_columns(0, 2)?;
    Ok(())
}

/// Sheets in the order in which finance reads them. Same night, same bytes: the creation date is `as_of`.
pub fn report_xlsx(night: &FinanceNight) -> Result<Vec<u8>, RenderError> {
    let looks = Looks::of(night.accounts.iter().map(|account| account.currency));
    let mut workbook = Workbook::new();
    let properties = DocProperties::new()
        .set_title(format!("Phone lines, {}", night.as_of))
        .set_author("quietline")
        .set_creation_datetime(&created(night)?);
    workbook.set_properties(&properties);
    let book = Book { night, looks: &looks };
    summary::write(sheet(&mut workbook, "summary")?, &looks, night)?;
    bridge::write(sheet(&mut workbook, bridge::NAME)?, &looks, book.accounts())?;
    book.calendar(sheet(&mut workbook, "savings calendar")?)?;
    book.lines(sheet(&mut workbook, "lines")?)?;
    book.findings(sheet(&mut workbook, "findings")?)?;
    book.contracts(sheet(&mut workbook, "contracts")?)?;
    commitments::write(sheet(&mut workbook, commitments::NAME)?, &looks, book.accounts())?;
    invoices::write(sheet(&mut workbook, invoices::NAME)?, &looks, book.accounts())?;
    savings::write(sheet(&mut workbook, savings::NAME)?, &looks, night)?;
    savings::write_ledger(sheet(&mut workbook, savings::LEDGER)?, &looks, night)?;
    backtest::write(sheet(&mut workbook, "back-test")?, &looks, book.accounts())?;
    book.method(sheet(&mut workbook, "method")?)?;
    guide::write(sheet(&mut workbook, guide::NAME)?, &looks)?;
    Ok(workbook.save_to_buffer()?)
}

fn created(night: &FinanceNight) -> Result<rust_xlsxwriter::ExcelDateTime, XlsxError> {
    rust_xlsxwriter::ExcelDateTime::parse_from_str(&night.as_of.to_string())
}

fn sheet<'a>(workbook: &'a mut Workbook, name: &str) -> Result<&'a mut Worksheet, XlsxError> {
    let sheet = workbook.add_worksheet().set_name(name)?;
    sheet.set_landscape().set_print_fit_to_pages(1, 0);
    sheet.set_footer(format!("&L{name}&RPage &P of &N"));
    Ok(sheet)
}

struct Book<'a> {
    night: &'a FinanceNight<'a>,
    looks: &'a Looks,
}

impl Book<'_> {
    fn accounts(&self) -> &[FinanceAccount<'_>] {
        &self.night.accounts
    }

    fn calendar(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let rows: Vec<Vec<Cell>> = self
            .accounts()
            .iter()
            .flat_map(|account| {
                calendar::rows(account)
                    .into_iter()
                    .map(move |row| calendar_row(account, &row))
            })
            .collect();
        grid::table(sheet, self.looks, CALENDAR_HEADS, &rows)?;
        marks::deadlines(sheet, CALENDAR_NOTICE, rows.len(), self.night.as_of)
    }

    fn lines(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let rows = lines::rows(self.accounts());
        two_pages_wide(sheet)?;
        grid::table(sheet, self.looks, lines::HEADS, &rows)?;
        marks::idle_lines(sheet, column_of(lines::HEADS, "idle"), rows.len())?;
        let notice = column_of(lines::HEADS, "notice by");
        marks::deadlines(sheet, notice, rows.len(), self.night.as_of)
    }

    fn findings(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let heads: Vec<Head> = findings::COLUMNS
            .iter()
            .map(|column| (column.name, column.meaning))
            .collect();
        let rows: Vec<Vec<Cell>> = self
            .accounts()
            .iter()
            .flat_map(|account| &account.findings)
            .map(findings::row)
            .collect();
        two_pages_wide(sheet)?;
        grid::table(sheet, self.looks, &heads, &rows)?;
        let notice = column_of(&heads, "notice_by");
        marks::deadlines(sheet, notice, rows.len(), self.night.as_of)
    }

    fn contracts(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let rows: Vec<Vec<Cell>> = self
            .accounts()
            .iter()
            .flat_map(|account| {
                calendar::contracts(account)
                    .into_iter()
                    .map(move |row| contract_row(account, &row))
            })
            .collect();
        grid::table(sheet, self.looks, CONTRACT_HEADS, &rows)?;
        marks::deadlines(sheet, CONTRACT_NOTICE, rows.len(), self.night.as_of)?;
        // Room for the totals.
        sheet.set_column_range_width(6, 8, 17)?;
        for (index, account) in self.accounts().iter().enumerate() {
            self.contract_total(sheet, account, (rows.len() + 1 + index) as u32, rows.len())?;
        }
        Ok(())
    }

    /// Under the filtered rows, so that a filter does not hide it.
    fn contract_total(
        &self,
        sheet: &mut Worksheet,
        account: &FinanceAccount,
        row: u32,
        rows: usize,
    ) -> Result<(), XlsxError> {
        let looks = self.looks;
        sheet.write_string_with_format(row, 0, account.account_id, &looks.strong)?;
        sheet.write_string_with_format(row, 1, "all contracts", &looks.strong)?;
        let column = |column: u16| {
            let letter = grid::letter(column);
            format!("{letter}$2:{letter}${}", rows.max(1) + 1)
        };
        let sum = |at: u16| {
            format!(
                "SUMPRODUCT(($A$2:$A${}=$A{})*{})",
                rows.max(1) + 1,
                row + 1,
                column(at)
            )
        };
        let lines = account.lines.len() as u32;
        grid::write_count(sheet, looks, (row, 4), &sum(4), lines)?;
        grid::write_count(sheet, looks, (row, 5), &sum(5), figures::waste_lines(account))?;
        let sums = [
            (6, prices::cost(account, false).known_total()),
            (7, prices::idle_monthly(account)),
            (8, prices::exposure_to_term_end(account).known_total()),
        ];
        for (at, amount) in sums {
            grid::write_known(sheet, looks, (row, at), &sum(at), amount, account.currency)?;
        }
        Ok(())
    }

    fn method(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        const WIDTHS: [usize; 6] = [30, 60, 60, 14, 14, 16];
        for (column, width) in WIDTHS.into_iter().enumerate() {
            sheet.set_column_width(column as u16, width as f64)?;
        }
        let mut row = 0;
        for table in method::tables(self.night) {
            let heads: Vec<Head> = table.columns.iter().map(|column| (column.text, "")).collect();
            sheet.write_string_with_format(row, 0, &table.caption, &self.looks.strong)?;
            grid::heading_row(sheet, self.looks, row + 1, &heads, &table.rows)?;
            grid::fit_heads(sheet, row + 1, &heads, &WIDTHS)?;
            for (index, cells) in table.rows.iter().enumerate() {
                let at = row + 2 + index as u32;
                grid::write_row(sheet, self.looks, at, cells)?;
                grid::fit_row(sheet, at, cells, &WIDTHS)?;
            }
            row += table.rows.len() as u32 + 3;
        }
        let unclassified = method::unclassified(self.night);
        let unknown = unclassified
            .iter()
            .map(|charge| format!("Charge that no rule knows: {charge}"));
        for text in unknown.chain(sentences::small_print(self.night).into_iter().map(str::to_owned)) {
            sheet.write_string(row, 0, text)?;
            row += 1;
        }
        Ok(())
    }
}

fn column_of(heads: &[Head], name: &str) -> u16 {
    let index = heads.iter().position(|(head, _)| *head == name);
    index.unwrap_or_default() as u16
}

fn calendar_row(account: &FinanceAccount, row: &calendar::CalendarRow) -> Vec<Cell> {
    vec![
        Cell::text(account.account_id),
        Cell::day(row.notice_by),
        Cell::day(row.recoverable_on),
        Cell::Word(row.step()),
        Cell::maybe(&row.contract_id),
        Cell::count(row.findings),
        grid::summed(row.amount.known_total(), account.currency),
    ]
}

fn contract_row(account: &FinanceAccount, row: &calendar::ContractRow) -> Vec<Cell> {
    let money = |sum: KnownSum| grid::summed(sum.known_total(), account.currency);
    vec![
        Cell::text(account.account_id),
        Cell::maybe(&row.contract_id),
        Cell::Word(plain::tier(row.tier)),
        Cell::Word(plain::term(row.term)),
        Cell::count(row.lines),
        Cell::count(row.idle_lines),
        money(row.monthly_cost),
        money(row.idle_cost),
        money(row.exposure_to_term_end),
        Cell::day(row.notice_by),
        Cell::day(row.recoverable_on),
    ]
}
