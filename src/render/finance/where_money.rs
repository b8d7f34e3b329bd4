//! Where the money goes: lines and cost by tier and term, and by cost centre.

use crate::domain::{Cents, Currency, KnownSum};
use crate::render::Cell;
use crate::render::for_finance::FinanceAccount;
use crate::render::page::{Item, Table, figure, words};
use crate::render::values::plain;
use crate::render::words::{figures, prices};

pub(crate) fn items(account: &FinanceAccount, prefix: &str) -> Vec<Item> {
    let currency = account.currency;
    let tiers = account.by_tier_term.iter().map(|cut| {
        let names = vec![
            Cell::Word(plain::tier(cut.tier)),
            Cell::Word(plain::term(cut.term)),
        ];
        names
            .into_iter()
            .chain(sums(
                cut.lines,
                cut.idle_lines,
                cut.monthly_cost,
                cut.idle_cost,
                cut.expected_waste.map(|waste| waste.amount),
                currency,
            ))
            .collect()
    });
    let centres = account.cost_centres.iter().map(|group| {
        let sums = sums(
            group.lines,
            group.idle_lines,
            group.monthly_cost,
            group.idle_cost,
            group.expected_waste,
            currency,
        );
        std::iter::once(Cell::text(&group.name)).chain(sums).collect()
    });
    let table = |name: &str, caption: &str, first: &[_], rows: Vec<Vec<Cell>>, labels: usize| {
        let sums = [
            "Lines",
            "Idle lines",
            "Cost a month",
            "Idle a month",
            "Idle, share of cost",
            "Expected waste",
        ]
        .map(figure);
        let mut table = Table {
            id: format!("{prefix}-{name}"),
            caption: caption.to_owned(),
            columns: first.iter().copied().chain(sums).collect(),
            rows,
            total: Some(total_row(account, labels)),
            whole_in: "report.xlsx",
            wide: false,
            sortable: true,
        };
        // A fixed window expects nothing: a column of blanks would ask what is missing.
        if account.expected_waste.is_none() {
            table.columns.pop();
            for row in table.rows.iter_mut().chain(&mut table.total) {
                row.pop();
            }
        }
        Item::Table(table)
    };
    vec![
        table(
            "tier-table",
            "Lines and cost by tier and term",
            &[words("Tier"), words("Term")],
            tiers.collect(),
            2,
        ),
        table(
            "centre-table",
            "Lines and cost by cost centre; groups under five people stand together",
            &[words("Cost centre")],
            centres.collect(),
            1,
        ),
    ]
}

fn sums(
    lines: u32,
    idle_lines: u32,
    cost: KnownSum,
    idle: KnownSum,
    expected: Option<Cents>,
    currency: Currency,
) -> Vec<Cell> {
    vec![
        Cell::count(lines),
        Cell::count(idle_lines),
        Cell::known(cost.known_total(), currency),
        Cell::known(idle.known_total(), currency),
        share(idle, cost),
        // Blank where no line has a chance of silence: no figure is not 0.00.
        expected.map_or(Cell::Blank, |waste| Cell::Money(waste, currency)),
    ]
}

/// None where a part of either has no price: it would be a share of something else.
fn share(idle: KnownSum, cost: KnownSum) -> Cell {
    match idle.unknown + cost.unknown {
        0 => Cell::Percent(idle.amount.0, cost.amount.0),
        _ => Cell::Blank,
    }
}

fn total_row(account: &FinanceAccount, labels: usize) -> Vec<Cell> {
    let lines = account.lines.len() as u32;
    let mut row = vec![Cell::Blank; labels];
    row[0] = Cell::Word("All lines");
    row.extend(sums(
        lines,
        figures::waste_lines(account),
        prices::cost(account, false),
        prices::cost(account, true),
        account.expected_waste.map(|waste| waste.amount),
        account.currency,
    ));
    row
}
