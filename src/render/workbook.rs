//! `report.xlsx` for finance: the page's tables with live totals. No names.

use rust_xlsxwriter::{DocProperties, Workbook, Worksheet, XlsxError};

use super::columns::Context;
use super::grid::{self, Head, Looks};
use super::safe::Discretion;
use super::{
    Cell, RenderError, backtest, calendar, figures, findings, line_sheet, method, plain, sentences,
    summary_sheet,
};
use crate::domain::{AccountStatement, BRIDGE_PARTS, Cents, Statement};

/// Wide tables on paper: two pages wide, with the line's own columns on both.
fn two_pages_wide(sheet: &mut Worksheet) -> Result<(), XlsxError> {
    sheet.set_print_fit_to_pages(2, 0);
    sheet.set_repeat_columns(0, 2)?;
    Ok(())
}

/// Sheets in the order in which finance reads them. Same statement, same bytes: the creation date is `as_of`.
pub fn report_xlsx(statement: &Statement) -> Result<Vec<u8>, RenderError> {
    let discretion = Discretion::of(statement);
    let looks = Looks::of(statement.accounts.iter().map(|account| account.currency));
    let mut workbook = Workbook::new();
    let properties = DocProperties::new()
        .set_title(format!("Phone lines, {}", statement.as_of))
        .set_author("quietline")
        .set_creation_datetime(&created(statement)?);
    workbook.set_properties(&properties);
    let book = Book {
        statement,
        discretion: &discretion,
        looks: &looks,
    };
    book.summary(sheet(&mut workbook, "summary")?)?;
    book.bridge(sheet(&mut workbook, "bridge")?)?;
    book.calendar(sheet(&mut workbook, "savings calendar")?)?;
    book.lines(sheet(&mut workbook, "lines")?)?;
    book.findings(sheet(&mut workbook, "findings")?)?;
    book.contracts(sheet(&mut workbook, "contracts")?)?;
    backtest::write_sheet(sheet(&mut workbook, "back-test")?, &looks, book.accounts())?;
    book.method(sheet(&mut workbook, "method")?)?;
    Ok(workbook.save_to_buffer()?)
}

fn created(statement: &Statement) -> Result<rust_xlsxwriter::ExcelDateTime, XlsxError> {
    rust_xlsxwriter::ExcelDateTime::parse_from_str(&statement.as_of.to_string())
}

fn sheet<'a>(workbook: &'a mut Workbook, name: &str) -> Result<&'a mut Worksheet, XlsxError> {
    let sheet = workbook.add_worksheet().set_name(name)?;
    sheet.set_landscape().set_print_fit_to_pages(1, 0);
    sheet.set_footer(format!("&L{name}&RPage &P of &N"));
    Ok(sheet)
}

struct Book<'a> {
    statement: &'a Statement,
    discretion: &'a Discretion,
    looks: &'a Looks,
}

impl Book<'_> {
    fn accounts(&self) -> &[AccountStatement] {
        figures::printed_accounts(self.statement)
    }

    fn summary(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        summary_sheet::write(sheet, self.looks, self.statement, self.discretion)
    }

    /// One block an account: its parts, then the live total.
    fn bridge(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let heads: &[Head] = &[
            ("account_id", ""),
            (
                "part of the bill",
                "Every part is printed, also when it is 0.00; they add up to the billed total.",
            ),
            ("billed", "As it stands on the newest invoice."),
            ("share of the bill", "Of the billed total."),
        ];
        let blocks: Vec<Vec<Vec<Cell>>> = self.accounts().iter().map(bridge_rows).collect();
        let all: Vec<Vec<Cell>> = blocks.iter().flatten().cloned().collect();
        grid::heading_row(sheet, self.looks, 0, heads, &all)?;
        for (account, rows) in self.accounts().iter().zip(&blocks) {
            let first = summary_sheet::bridge_total_row(self.accounts(), account) - rows.len() as u32;
            for (index, row) in rows.iter().enumerate() {
                grid::write_row(sheet, self.looks, first + index as u32, row)?;
            }
            let total = first + rows.len() as u32;
            sheet.write_string_with_format(total, 0, &account.account_id, &self.looks.strong)?;
            sheet.write_string_with_format(total, 1, "Billed total", &self.looks.strong)?;
            let sum = format!("SUM(C{}:C{total})", first + 1);
            grid::write_total(
                sheet,
                self.looks,
                (total, 2),
                &sum,
                account.billed_total,
                account.currency,
            )?;
        }
        grid::widths(sheet, heads, &all)?;
        sheet.set_freeze_panes(1, 0)?;
        Ok(())
    }

    fn calendar(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let heads: &[Head] = &[
            ("account_id", ""),
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
        let rows: Vec<Vec<Cell>> = self
            .accounts()
            .iter()
            .flat_map(|account| {
                calendar::rows(account)
                    .into_iter()
                    .map(move |row| calendar_row(account, &row))
            })
            .collect();
        grid::table(sheet, self.looks, heads, &rows)
    }

    fn lines(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let rows = line_sheet::rows(self.accounts(), self.discretion);
        two_pages_wide(sheet)?;
        grid::table(sheet, self.looks, line_sheet::HEADS, &rows)
    }

    fn findings(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let heads: Vec<Head> = findings::COLUMNS
            .iter()
            .map(|column| (column.name, column.meaning))
            .collect();
        let mut rows = Vec::new();
        for account in self.accounts() {
            let context = Context { account };
            for finding in &account.findings {
                let finding = findings::without_names(finding, self.discretion);
                rows.push(
                    findings::COLUMNS
                        .iter()
                        .map(|column| (column.cell)(&context, &finding))
                        .collect(),
                );
            }
        }
        two_pages_wide(sheet)?;
        grid::table(sheet, self.looks, &heads, &rows)
    }

    fn contracts(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let heads: &[Head] = &[
            ("account_id", ""),
            ("contract", "Blank where the lines file names none."),
            ("tier", ""),
            ("term", ""),
            ("lines", ""),
            (
                "idle lines",
                "Idle, never used, without a holder, or of somebody who left.",
            ),
            ("cost a month", ""),
            ("idle a month", "The cost of the idle lines."),
            (
                "idle until the term ends",
                "What the idle annual lines still cost, in all.",
            ),
            ("first notice by", "Among its idle lines."),
            ("first saves from", "Among its idle lines."),
        ];
        let rows: Vec<Vec<Cell>> = self
            .accounts()
            .iter()
            .flat_map(|account| {
                calendar::contracts(account)
                    .into_iter()
                    .map(move |row| contract_row(account, &row))
            })
            .collect();
        grid::table(sheet, self.looks, heads, &rows)
    }

    fn method(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let mut row = 0;
        for table in method::tables(self.statement, self.discretion) {
            let heads: Vec<Head> = table.columns.iter().map(|column| (column.text, "")).collect();
            sheet.write_string_with_format(row, 0, &table.caption, &self.looks.strong)?;
            grid::heading_row(sheet, self.looks, row + 1, &heads, &table.rows)?;
            for (index, cells) in table.rows.iter().enumerate() {
                grid::write_row(sheet, self.looks, row + 2 + index as u32, cells)?;
            }
            row += table.rows.len() as u32 + 3;
        }
        let unclassified = method::unclassified(self.statement, self.discretion);
        let unknown = unclassified
            .iter()
            .map(|charge| format!("Charge that no rule knows: {charge}"));
        for text in unknown.chain(
            sentences::small_print(self.statement)
                .into_iter()
                .map(str::to_owned),
        ) {
            sheet.write_string(row, 0, text)?;
            row += 1;
        }
        for (column, width) in [28, 44, 34, 14, 14, 22, 16, 40].into_iter().enumerate() {
            sheet.set_column_width(column as u16, width)?;
        }
        Ok(())
    }
}

fn bridge_rows(account: &AccountStatement) -> Vec<Vec<Cell>> {
    let row = |amount: Cents, label| {
        vec![
            Cell::text(&account.account_id),
            Cell::Word(label),
            Cell::Money(amount, account.currency),
            Cell::Percent(amount.0, account.billed_total.0),
        ]
    };
    BRIDGE_PARTS
        .iter()
        .map(|part| row(account.bridge.get(*part), plain::bridge_part(*part)))
        .collect()
}

fn calendar_row(account: &AccountStatement, row: &calendar::CalendarRow) -> Vec<Cell> {
    vec![
        Cell::text(&account.account_id),
        Cell::day(row.notice_by),
        Cell::day(row.recoverable_on),
        Cell::Word(row.step()),
        Cell::maybe(&row.contract_id),
        Cell::count(row.findings),
        Cell::Money(row.amount, account.currency),
    ]
}

fn contract_row(account: &AccountStatement, row: &calendar::ContractRow) -> Vec<Cell> {
    let money = |amount| Cell::Money(amount, account.currency);
    vec![
        Cell::text(&account.account_id),
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
