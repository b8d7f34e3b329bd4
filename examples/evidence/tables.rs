//! Figures -> Markdown.

use std::fmt::Write;

use quietline::domain::Cents;

use crate::cell::{Cell, Figure, From};
use crate::money::{Instead, PRICES};
use crate::rivals::Bins;

/// A row of each table: what it is of, and its companies.
pub type Row<'a> = (String, &'a Cell);

pub fn figure(figure: Option<Figure>, digits: usize) -> String {
    match figure {
        None => "none".to_owned(),
        Some(Figure { value, error: None }) => format!("{value:.digits$}"),
        Some(Figure {
            value,
            error: Some(error),
        }) => format!("{value:.digits$} ± {error:.digits$}"),
    }
}

/// A share in percent.
pub fn percent(share: Option<Figure>) -> String {
    let hundredfold = |share: Figure| Figure {
        value: 100.0 * share.value,
        error: share.error.map(|error| 100.0 * error),
    };
    figure(share.map(hundredfold), 1)
}

/// The mean of independent figures; those that there are none of are left out.
pub fn mean(figures: impl IntoIterator<Item = Option<Figure>>) -> Option<Figure> {
    let figures: Vec<Figure> = figures.into_iter().flatten().collect();
    let count = figures.len() as f64;
    let squares: Option<f64> = figures
        .iter()
        .map(|figure| figure.error.map(|error| error.powi(2)))
        .sum();
    (count > 0.0).then(|| Figure {
        value: figures.iter().map(|figure| figure.value).sum::<f64>() / count,
        error: squares.map(|squares| squares.sqrt() / count),
    })
}

/// A table whose first column is the rows' names.
pub fn table(headings: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut text = format!(
        "| {} |\n|{}\n",
        headings.join(" | "),
        "---|".repeat(headings.len())
    );
    for row in rows {
        let _ = writeln!(text, "| {} |", row.join(" | "));
    }
    text.push('\n');
    text
}

fn by_cell(rows: &[Row], headings: &[&str], cells: impl Fn(&Cell) -> Vec<String>) -> String {
    let row = |(name, cell): &Row| [vec![name.clone()], cells(cell)].concat();
    table(&[&["lines, history"], headings].concat(), rows.iter().map(row))
}

pub fn scores_table(rows: &[Row]) -> String {
    let headings = [
        "scored",
        "stayed silent, %",
        "log loss",
        "Brier",
        "AUC",
        "ECE",
        "silent for 120 days: mean chance, %",
        "stayed silent, %",
    ];
    by_cell(rows, &headings, |cell| {
        vec![
            cell.lines().to_string(),
            percent(cell.base_rate()),
            figure(cell.model(|scores| Some(scores.log_loss)), 3),
            figure(cell.model(|scores| Some(scores.brier)), 3),
            figure(cell.model(|scores| scores.auc), 3),
            figure(cell.ece(), 3),
            percent(cell.of_long_silent(|case| case.odds.silent_90)),
            percent(cell.of_long_silent(|case| f64::from(u8::from(!case.came_back)))),
        ]
    })
}

pub const RIVALS: [(&str, Bins, From); 4] = [
    ("90-day, own past", Bins::Window, From::Own),
    ("30-day bins, own past", Bins::Months, From::Own),
    ("90-day, other companies", Bins::Window, From::Others),
    ("30-day bins, other companies", Bins::Months, From::Others),
];

pub fn gaps_table(rows: &[Row]) -> String {
    let names = RIVALS.map(|(name, ..)| name);
    let scores = ["Brier of 90-day", "AUC of 90-day"];
    by_cell(rows, &[&names[..], &scores].concat(), |cell| {
        let gaps = RIVALS.map(|(_, bins, from)| figure(cell.gap(bins, from), 3));
        // With its own past where there is one, as in the first column.
        let from = if cell.gap(Bins::Window, From::Own).is_some() {
            From::Own
        } else {
            From::Others
        };
        let rivals = [
            figure(cell.rival(Bins::Window, from, |scores| Some(scores.brier)), 3),
            figure(cell.rival(Bins::Window, from, |scores| scores.auc), 3),
        ];
        [gaps.to_vec(), rivals.to_vec()].concat()
    })
}

pub fn flags_table(rows: &[Row]) -> String {
    let headings = [
        "window flags, of 100 lines",
        "came back, %",
        "decision at 20 flags, of 100 lines",
        "came back, %",
        "model, as many flags, %",
        "part",
        "model, as much saved, %",
        "part",
        "part without season guard",
    ];
    by_cell(rows, &headings, |cell| {
        vec![
            figure(cell.flags_per_100(|instead| instead.window), 1),
            percent(cell.share(|instead| instead.window)),
            figure(cell.flags_per_100(|instead| instead.decided), 1),
            percent(cell.share(|instead| instead.decided)),
            percent(cell.share(|instead| instead.at_count)),
            figure(cell.ratio(|instead| instead.at_count), 2),
            percent(cell.share(|instead| instead.at_savings)),
            figure(cell.ratio(at_savings), 2),
            figure(cell.ratio(|instead| instead.at_savings_unguarded), 2),
        ]
    })
}

pub fn at_savings(instead: &Instead) -> quietline::domain::Flags {
    instead.at_savings
}

pub fn costs_table(rows: &[Row], wrong: Cents) -> String {
    let headings = [
        "window at 20",
        "model less window",
        "window at 30",
        "model less window",
        "window at 40",
        "model less window",
    ];
    by_cell(rows, &headings, |cell| {
        let costs = PRICES.map(|price| cell.costs(price, wrong));
        costs
            .iter()
            .flat_map(|(window, more)| [figure(*window, 2), figure(*more, 2)])
            .collect()
    })
}
