//! How many lines to commit to: the numbers, the curve and what they take for granted.

use crate::domain::{Cents, Commitment};
use crate::render::Cell;
use crate::render::for_finance::FinanceAccount;
use crate::render::page::plot;
use crate::render::page::{Item, Mark, MarkKind, Plot, Table, figure, words};
use crate::render::values::cell;

pub(crate) const HEADING: &str = "How many lines to commit to";

pub(crate) fn items(account: &FinanceAccount, prefix: &str) -> Vec<Item> {
    if account.commitments.is_empty() {
        return vec![Item::Text(
            "Not told: it takes three full months of calls, five lines of a tier, and its annual and monthly price.".to_owned(),
        )];
    }
    let currency = account.currency;
    let rows = account.commitments.iter().map(|commitment| {
        vec![
            Cell::text(&tiers(commitment)),
            Cell::Money(commitment.annual, currency),
            Cell::Money(commitment.monthly, currency),
            commitment
                .today
                .map_or(Cell::Blank, |today| Cell::count(today.lines)),
            Cell::count(commitment.best.lines),
            Cell::text(&span(commitment.low, commitment.high)),
            Cell::text(&span(commitment.plateau.0, commitment.plateau.1)),
            Cell::count(commitment.break_even_months),
        ]
    });
    let mut items = vec![
        Item::Text(
            "An annual line is paid for all year, a monthly one only while it is there. A line is worth committing to when it is \
             used in enough months of the year for the cheaper price to make up for the others."
                .to_owned(),
        ),
        Item::Table(Table {
            id: format!("{prefix}-commitment-table"),
            caption: "Best number of annual lines, from the lines used in each month".to_owned(),
            columns: vec![
                words("Tier"),
                figure("Annual, a month"),
                figure("Monthly"),
                figure("Committed today"),
                figure("Best"),
                figure("Likely between"),
                figure("Within 1 % of its cost"),
                figure("Pays from months of use"),
            ],
            rows: rows.collect(),
            total: None,
            whole_in: "report.xlsx",
            wide: false,
            sortable: false,
        }),
    ];
    for (index, commitment) in account.commitments.iter().enumerate() {
        // A curve over one or two lines says nothing that the table does not.
        if commitment.curve.len() > 3 {
            items.push(Item::Plot(curve(
                account,
                commitment,
                &format!("{prefix}-commitment-{}", index + 1),
            )));
        }
        let head = format!("{}: ", tiers(commitment));
        items.push(Item::Small(head + &commitment.assumptions.join(" ")));
    }
    items
}

pub(crate) fn tiers(commitment: &Commitment) -> String {
    let names: Vec<&str> = commitment.tiers.iter().map(|tier| tier.as_str()).collect();
    names.join(", ")
}

fn span(low: u32, high: u32) -> String {
    match low == high {
        true => low.to_string(),
        false => format!("{low} to {high}"),
    }
}

fn curve(account: &FinanceAccount, commitment: &Commitment, id: &str) -> Plot {
    let highest = commitment
        .curve
        .iter()
        .map(|point| point.cost)
        .max()
        .unwrap_or(Cents::ZERO);
    let last = commitment.curve.last().map_or(0, |point| point.lines);
    let mark = |kind, point: crate::domain::CommitmentCost, label| Mark {
        x: i64::from(point.lines),
        y: point.cost.0,
        kind,
        label,
    };
    let mut marks = vec![mark(MarkKind::Ours, commitment.best, "best")];
    let other = commitment
        .today
        .filter(|today| today.lines != commitment.best.lines);
    marks.extend(other.map(|today| mark(MarkKind::Other, today, "today")));
    Plot {
        id: id.to_owned(),
        title: format!("{}: cost by number of committed lines", tiers(commitment)),
        description: format!(
            "The lowest point is at {}, {} for {}.",
            cell::counted(commitment.best.lines, "line", "lines"),
            cell::money(commitment.best.cost, account.currency),
            cell::counted(commitment.demand.len() as u32, "month", "months")
        ),
        hint: "Lower is cheaper; a flat bottom means that a few lines more or fewer hardly matter.",
        x: plot::count_axis("Committed lines", i64::from(last)),
        y: plot::money_axis("Cost of these months", highest, account.currency),
        diagonal: false,
        path: commitment
            .curve
            .iter()
            .map(|point| (i64::from(point.lines), point.cost.0))
            .collect(),
        series: Vec::new(),
        marks,
    }
}
