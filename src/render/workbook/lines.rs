//! The workbook's `lines`: one row is a line by its extension, as finance may see it.

use super::grid::Head;
use crate::domain::Cents;
use crate::render::Cell;
use crate::render::for_finance::{FinanceAccount, FinanceLine};
use crate::render::values::plain;

/// Where the summary's totals look.
pub(super) const ACCOUNT_COLUMN: &str = "A";
pub(super) const IS_IDLE_COLUMN: &str = "H";
pub(super) const COST_COLUMN: &str = "I";
pub(super) const IDLE_COLUMN: &str = "J";
/// What stands in the column of idle lines.
pub(super) const IDLE: &str = "yes";

pub(super) const HEADS: &[Head] = &[
    ("account_id", "The account."),
    ("line_id", "External id where known, else the extension."),
    ("extension", "The billed extension."),
    ("tier", "From the newest invoice, the lines file or the contract."),
    ("term", "Annual or monthly."),
    ("contract", "The contract that covers the line."),
    ("cost centre", "Groups under five people stand together."),
    (
        "idle",
        "yes where nobody uses the line, for whatever reason; administrators have it.",
    ),
    (
        "cost a month",
        "The line's own recurring charges; blank where no invoice, contract or price tells it.",
    ),
    (
        "idle a month",
        "The cost, where nobody uses the line, and blank where nothing tells it; else 0.00.",
    ),
    ("cost source", "Where the cost comes from."),
    (
        "proposed step",
        "What to do with the line: remove, check first, not to be removed until a day, or keep.",
    ),
    (
        "saves a month",
        "The seat and its add-ons; numbers only when they are released.",
    ),
    ("recoverable", "When the money comes back."),
    ("saves from", "The first day without the charge."),
    ("notice by", "The last day to give notice; that day still counts."),
    (
        "until the term ends",
        "What an idle annual line will still cost, in all.",
    ),
];

pub(super) fn rows(accounts: &[FinanceAccount<'_>]) -> Vec<Vec<Cell>> {
    let of = |account: &'_ FinanceAccount<'_>| -> Vec<Vec<Cell>> {
        account.lines.iter().map(|line| row(account, line)).collect()
    };
    accounts.iter().flat_map(of).collect()
}

fn row(account: &FinanceAccount<'_>, line: &FinanceLine) -> Vec<Cell> {
    let money = |amount: Cents| Cell::Money(amount, account.currency);
    let priced = |amount: Cents| line.cost_source.map_or(Cell::Blank, |_| money(amount));
    vec![
        Cell::text(account.account_id),
        Cell::text(&line.line_id),
        Cell::text(&line.extension),
        Cell::Word(plain::tier(line.tier)),
        Cell::Word(plain::term(line.term)),
        Cell::maybe(&line.contract_id),
        Cell::text(&line.cost_centre),
        match line.is_idle {
            true => Cell::Word(IDLE),
            false => Cell::Blank,
        },
        priced(line.monthly_cost),
        match line.is_idle {
            true => priced(line.monthly_cost),
            false => money(Cents::ZERO),
        },
        line.cost_source
            .map_or(Cell::Blank, |source| Cell::Word(source.as_str())),
        Cell::Text(line.step.to_string()),
        priced(line.monthly_saving),
        Cell::Word(line.recoverable.as_str()),
        Cell::day(line.recoverable_on),
        Cell::day(line.notice_by),
        line.exposure().map_or(Cell::Blank, money),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_totals_look_at_the_columns_they_mean() {
        let letter = |name: &str| {
            let index = HEADS.iter().position(|(head, _)| *head == name).unwrap();
            char::from(b'A' + index as u8).to_string()
        };
        for (column, name) in [
            (ACCOUNT_COLUMN, "account_id"),
            (IS_IDLE_COLUMN, "idle"),
            (COST_COLUMN, "cost a month"),
            (IDLE_COLUMN, "idle a month"),
        ] {
            assert_eq!(column, letter(name));
        }
    }
}
