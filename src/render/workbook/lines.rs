//! The workbook's `lines`: one row is a line by its extension, as finance may see it.

use super::grid::Head;
use crate::domain::{AccountStatement, Cents, Forecast, ScoredLine};
use crate::render::safe::Discretion;
use crate::render::{Cell, figures, plain};

/// Where the summary's totals look.
pub const ACCOUNT_COLUMN: &str = "A";
pub const VERDICT_COLUMN: &str = "H";
pub const COST_COLUMN: &str = "I";
pub const IDLE_COLUMN: &str = "J";

pub const WASTE_COLUMN: &str = "X";

pub const HEADS: &[Head] = &[
    ("account_id", "The account."),
    ("line_id", "External id where known, else the extension."),
    ("extension", "The billed extension."),
    ("tier", "From the newest invoice, the lines file or the contract."),
    ("term", "Annual or monthly."),
    ("contract", "The contract that covers the line."),
    ("cost centre", "Groups under five people stand together."),
    ("verdict", "What the line is tonight; exactly one."),
    (
        "cost a month",
        "The line's own recurring charges; blank where no invoice, contract or price tells it.",
    ),
    (
        "idle a month",
        "The cost, where the line is idle, never used, without a holder, or its holder has left; else 0.00.",
    ),
    ("cost source", "Where the cost comes from."),
    ("last call", "The last known day with a call placed or answered."),
    ("days silent", "Known days without a call placed or answered."),
    (
        "known days",
        "Days since the line began whose call data is complete.",
    ),
    ("why", "For idle lines, as a sentence that can be checked."),
    ("proposed step", "What to do with the line; admins have the list."),
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
    (
        "chance silent 30 days",
        "Of no call placed or answered in the next 30 days; blank by rule and for a line too young to tell.",
    ),
    ("chance silent 90 days", "Likewise for the next 90 days."),
    (
        "expected waste",
        "Cost a month times the chance of 90 silent days; blank where there is no chance.",
    ),
    (
        "model",
        "Where the chances come from: fitted to the account's lines, prior (too few to fit), or rule (a window).",
    ),
];

pub fn rows(accounts: &[AccountStatement], discretion: &Discretion) -> Vec<Vec<Cell>> {
    let mut rows = Vec::new();
    for account in accounts {
        let centres = figures::CostCentreNames::of(account);
        rows.extend(
            account
                .lines
                .iter()
                .map(|line| row(account, line, centres.shown(line), discretion)),
        );
    }
    rows
}

fn row(account: &AccountStatement, line: &ScoredLine, centre: &str, discretion: &Discretion) -> Vec<Cell> {
    let is_waste = line.verdict.is_waste();
    let money = |amount: Cents| Cell::Money(amount, account.currency);
    let priced = |amount: Cents| line.cost.source.map_or(Cell::Blank, |_| money(amount));
    let chance = |of: fn(&Forecast) -> u32| {
        line.forecast
            .as_ref()
            .map_or(Cell::Blank, |forecast| Cell::Chance(of(forecast)))
    };
    vec![
        Cell::text(&account.account_id),
        Cell::text(&line.line.line_id),
        Cell::text(&line.line.extension),
        Cell::Word(plain::tier(line.cost.tier)),
        Cell::Word(plain::term(line.cost.term)),
        Cell::maybe(&line.line.contract_id),
        Cell::text(centre),
        Cell::Word(line.verdict.as_str()),
        priced(line.cost.monthly_cost),
        money(if is_waste {
            line.cost.monthly_cost
        } else {
            Cents::ZERO
        }),
        line.cost
            .source
            .map_or(Cell::Blank, |source| Cell::Word(source.as_str())),
        Cell::day(line.activity.last_used_on),
        Cell::count(line.activity.days_silent),
        Cell::count(line.activity.known_days),
        // Reasons of kept lines are people's own words; those of idle lines are ours.
        if is_waste {
            Cell::text(&discretion.without_names(&line.reason))
        } else {
            Cell::Blank
        },
        Cell::Word(plain::action(line.action)),
        priced(line.monthly_saving),
        Cell::Word(line.recoverable.as_str()),
        Cell::day(line.recoverable_on),
        Cell::day(line.notice_by),
        priced(line.exposure_to_term_end),
        chance(|forecast| forecast.p_silent_30),
        chance(|forecast| forecast.p_silent_90),
        line.expected_waste.map_or(Cell::Blank, money),
        Cell::Word(line.model.as_str()),
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
            (VERDICT_COLUMN, "verdict"),
            (COST_COLUMN, "cost a month"),
            (IDLE_COLUMN, "idle a month"),
            (WASTE_COLUMN, "expected waste"),
        ] {
            assert_eq!(column, letter(name));
        }
    }
}
