//! The workbook's first sheet: each account's figures as live totals over the other sheets, with our own values kept in them.

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::bridge;
use super::grid::{self, Looks};
use super::lines::{ACCOUNT_COLUMN, COST_COLUMN, IDLE, IDLE_COLUMN, IS_IDLE_COLUMN};
use crate::domain::Cents;
use crate::render::Cell;
use crate::render::for_finance::{FinanceAccount, FinanceNight};
use crate::render::tables::findings;
use crate::render::values::plain;
use crate::render::words::{figures, prices, sentences};

pub(super) fn write(sheet: &mut Worksheet, looks: &Looks, night: &FinanceNight) -> Result<(), XlsxError> {
    sheet.set_column_width(0, 34)?;
    sheet.set_column_width(1, 20)?;
    sheet.set_column_width(2, 90)?;
    sheet.write_string_with_format(0, 0, format!("Phone lines, {}", night.as_of), &looks.title)?;
    let mut row = 1;
    if let Some(why) = &night.withheld {
        sheet.write_string_with_format(row, 0, why, &looks.strong)?;
        row += 1;
    }
    sheet.write_string(row, 0, sentences::health(night))?;
    row += 1;
    for warning in night.warnings() {
        sheet.write_string(row, 0, format!("Please note: {warning}"))?;
        row += 1;
    }
    let accounts = &night.accounts;
    for account in accounts {
        row = Block {
            sheet,
            looks,
            accounts,
            account,
        }
        .write(night, row + 1)?;
    }
    Ok(())
}

struct Block<'a> {
    sheet: &'a mut Worksheet,
    looks: &'a Looks,
    accounts: &'a [FinanceAccount<'a>],
    account: &'a FinanceAccount<'a>,
}

impl Block<'_> {
    /// Returns the first row after the block.
    fn write(&mut self, night: &FinanceNight, first: u32) -> Result<u32, XlsxError> {
        let account = self.account;
        self.sheet.write_string_with_format(
            first,
            0,
            sentences::account_heading(account),
            &self.looks.title,
        )?;
        self.sheet.write_string(first + 1, 0, "Account")?;
        self.sheet.write_string(first + 1, 1, account.account_id)?;
        self.sheet.write_string_with_format(
            first + 2,
            0,
            sentences::deadline(account, night),
            &self.looks.strong,
        )?;
        self.sheet.write_string(first + 3, 0, sentences::idle(account))?;
        // The cell that every formula of the block compares accounts with.
        let id = format!("$B${}", first + 2);
        let row = self.totals(&id, first + 4)?;
        self.buckets(&id, row)
    }

    fn totals(&mut self, id: &str, row: u32) -> Result<u32, XlsxError> {
        let account = self.account;
        let billed = format!("bridge!C{}", bridge::total_row(self.accounts, account) + 1);
        let period = sentences::period(account).unwrap_or_default();
        let period = match prices::billed_total(account) {
            Some(_) => period.as_str(),
            None => "No invoice was read.",
        };
        self.money(
            row,
            "Billed total",
            &billed,
            prices::billed_total(account),
            period,
        )?;
        let count = self
            .accounts
            .iter()
            .map(|account| account.lines.len())
            .sum::<usize>();
        let range = |column: &str| range("lines", column, count);
        let of_account = format!("({}={id})", range(ACCOUNT_COLUMN));
        let cost = prices::cost(account, false).known_total();
        let sum = |column: &str| format!("SUMPRODUCT({of_account}*{})", range(column));
        self.count(
            row + 1,
            "Lines",
            &format!("SUMPRODUCT({of_account}*1)"),
            account.lines.len() as u32,
        )?;
        let idle_lines = format!("SUMPRODUCT({of_account}*({}=\"{IDLE}\"))", range(IS_IDLE_COLUMN));
        self.count(row + 2, "Idle lines", &idle_lines, figures::waste_lines(account))?;
        self.money(row + 3, "Cost of all lines, a month", &sum(COST_COLUMN), cost, "")?;
        let meaning = "Lines that nobody uses, for whatever reason.";
        self.money(
            row + 4,
            "Idle, a month",
            &sum(IDLE_COLUMN),
            prices::idle_monthly(account),
            meaning,
        )?;
        let Some(waste) = &account.expected_waste else {
            return Ok(row + 5);
        };
        let meaning = sentences::interval(account, waste);
        // A line's own would tell how silent it is, so there is nothing to sum.
        let at = row + 5;
        self.sheet.write_string(at, 0, "Expected waste, a month")?;
        grid::write(
            self.sheet,
            self.looks,
            at,
            1,
            &Cell::Money(waste.amount, account.currency),
        )?;
        self.sheet
            .write_string_with_format(at, 2, &meaning, &self.looks.text)?;
        Ok(row + 6)
    }

    fn buckets(&mut self, id: &str, row: u32) -> Result<u32, XlsxError> {
        let count = self
            .accounts
            .iter()
            .map(|account| account.findings.len())
            .sum::<usize>();
        let range = |name: &str| range("findings", &finding_column(name), count);
        for (index, bucket) in figures::BUCKETS.iter().enumerate() {
            let sum = format!(
                "SUMPRODUCT(({}={id})*({}=\"{bucket}\")*{})",
                range("account_id"),
                range("recoverable"),
                range("monthly_amount")
            );
            let amount = prices::bucket(self.account, *bucket);
            let label = format!("Recoverable {}", plain::recoverable(*bucket));
            self.money(
                row + index as u32,
                &label,
                &sum,
                amount,
                plain::recoverable_meaning(*bucket),
            )?;
        }
        Ok(row + figures::BUCKETS.len() as u32 + 1)
    }

    fn money(
        &mut self,
        row: u32,
        label: &str,
        formula: &str,
        amount: Option<Cents>,
        note: &str,
    ) -> Result<(), XlsxError> {
        self.sheet.write_string(row, 0, label)?;
        grid::write_known(
            self.sheet,
            self.looks,
            (row, 1),
            formula,
            amount,
            self.account.currency,
        )?;
        self.sheet
            .write_string_with_format(row, 2, note, &self.looks.text)?;
        Ok(())
    }

    fn count(&mut self, row: u32, label: &str, formula: &str, count: u32) -> Result<(), XlsxError> {
        self.sheet.write_string(row, 0, label)?;
        grid::write_count(self.sheet, self.looks, (row, 1), formula, count)
    }
}

/// The data rows of a column; at least one, so that a formula over no rows is still one.
fn range(sheet: &str, column: &str, rows: usize) -> String {
    format!("{sheet}!${column}$2:${column}${}", rows.max(1) + 1)
}

fn finding_column(name: &str) -> String {
    let index = findings::COLUMNS
        .iter()
        .position(|column| column.name == name)
        .unwrap_or_default();
    char::from(b'A' + index as u8).to_string()
}
