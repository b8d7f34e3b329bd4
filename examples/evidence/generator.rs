//! The report over made-up companies: three mixes, three sizes, four lengths of history.

use std::collections::{HashMap, HashSet};
use std::error::Error;

use chrono::{Days, NaiveDate};
use quietline::steps::backtest::{self, Past, PastLine};
use quietline::steps::coverage::{Coverage, Place};
use quietline::synth::Mix;

use crate::cell::{Cell, From};
use crate::company::{Age, Company, MadeUp};
use crate::judge::{cases, origins, scoring};
use crate::money::{PRICES, WRONG_REMOVALS};
use crate::rivals::Bins;
use crate::tables::{self, Row, costs_table, figure, flags_table, gaps_table, mean, scores_table, table};

/// Lines, and how many companies of that size.
const SIZES: [(u32, u32); 3] = [(60, 12), (500, 6), (3000, 2)];
const MONTHS: [usize; 4] = [3, 6, 12, 18];

struct Made {
    lines: u32,
    months: usize,
    cell: Cell,
}

pub fn report() -> Result<String, Box<dyn Error>> {
    check_against_backtest()?;
    let mixes = all_mixes(Age::Old)?;
    let mut text = format!("### Aims\n\n{}", aims(&mixes));
    text += &format!(
        "The same where nothing happened before the history began:\n\n{}",
        aims(&all_mixes(Age::Young)?)
    );
    for (mix, cells) in &mixes {
        let rows: Vec<Row> = cells
            .iter()
            .map(|made| (format!("{}, {} months", made.lines, made.months), &made.cell))
            .collect();
        text += &format!("### Mix `{mix}`\n\nThe model:\n\n{}", scores_table(&rows));
        text += &format!(
            "Log loss of the rivals less the model's (above 0 the model is better):\n\n{}",
            gaps_table(&rows)
        );
        text += &format!("Lines that came back within 90 days:\n\n{}", flags_table(&rows));
        for wrong in WRONG_REMOVALS {
            text += &format!(
                "Cost per line and month, a wrong removal at {wrong}:\n\n{}",
                costs_table(&rows, wrong)
            );
        }
    }
    Ok(text)
}

type Mixes = Vec<(Mix, Vec<Made>)>;

fn all_mixes(age: Age) -> Result<Mixes, Box<dyn Error>> {
    Mix::ALL
        .iter()
        .map(|mix| Ok((*mix, made_cells(*mix, age)?)))
        .collect()
}

fn made_cells(mix: Mix, age: Age) -> Result<Vec<Made>, Box<dyn Error>> {
    let mut made = Vec::new();
    for (lines, count) in SIZES {
        for months in MONTHS {
            let companies: Result<Vec<Company>, _> = (0..count)
                .map(|number| company(mix, lines, months, age, (number, count)))
                .collect();
            made.push(Made {
                lines,
                months,
                cell: Cell::of(&companies?),
            });
        }
    }
    Ok(made)
}

/// The last days of a cell's companies are spread over a year, so that every season ends a history.
fn company(
    mix: Mix,
    lines: u32,
    months: usize,
    age: Age,
    (number, count): (u32, u32),
) -> Result<Company, Box<dyn Error>> {
    let newest = NaiveDate::from_ymd_opt(2026, 10, 16).ok_or("no such day")?;
    let made = MadeUp {
        mix,
        lines,
        months,
        age,
        seed: u64::from(lines) * 1000 + months as u64 * 100 + u64::from(number),
        last: newest - Days::new(u64::from(number * 365 / count)),
    };
    made.company()
}

fn aims(mixes: &[(Mix, Vec<Made>)]) -> String {
    let row = |(mix, made): &(Mix, Vec<Made>)| {
        let long = || made.iter().filter(|made| made.months >= 6);
        let longest = || made.iter().filter(|made| made.months == 18);
        let gap = |bins, from| figure(mean(long().map(|made| made.cell.gap(bins, from))), 3);
        let costs = |wrong, months: usize| {
            let cells = || made.iter().filter(|made| made.months >= months);
            let cost = |price| figure(mean(cells().map(|made| made.cell.costs(price, wrong).1)), 2);
            PRICES.map(cost).join(", ")
        };
        let [dear, cheap] = WRONG_REMOVALS;
        vec![
            mix.to_string(),
            gap(Bins::Window, From::Own),
            gap(Bins::Months, From::Own),
            gap(Bins::Window, From::Others),
            gap(Bins::Months, From::Others),
            costs(dear, 0),
            costs(dear, 6),
            costs(cheap, 6),
            figure(mean(longest().map(|made| made.cell.ratio(tables::at_savings))), 2),
        ]
    };
    let headings = [
        "mix",
        "log loss gap, 90-day, own past",
        "30-day bins, own past",
        "90-day, other companies",
        "30-day bins, other companies",
        "cost less the window's at 20, 30, 40 (250)",
        "the same at 6 months and more",
        "at 6 months and more (150)",
        "came-back part at equal savings, 18 months",
    ];
    table(&headings, mixes.iter().map(row))
}

/// What is measured here is what the product's own back-test says: the same lines, chances, flags and outcomes.
fn check_against_backtest() -> Result<(), Box<dyn Error>> {
    let made = MadeUp {
        mix: Mix::Seasonal,
        lines: 200,
        months: 18,
        age: Age::Old,
        seed: 7,
        last: NaiveDate::from_ymd_opt(2026, 3, 31).ok_or("no such day")?,
    };
    let company = made.company()?;
    let lines: Vec<PastLine> = company
        .lines
        .iter()
        .map(|line| PastLine {
            line_id: &line.line_id,
            is_person: line.is_person,
            since: line.since,
            until: line.until,
            used: &line.used,
            location: 0,
        })
        .collect();
    let [wrong, _] = WRONG_REMOVALS;
    let scoring = scoring(wrong);
    let decision = quietline::steps::chances::removal_test::RemovalTest::of(&scoring);
    let past = Past {
        lines: &lines,
        vanished: (0, 0),
        coverage: &known_throughout(&company),
        places: &[Place {
            location: None,
            holidays: company.holidays.clone(),
        }],
        used_lines: &company.used_lines(),
        scoring: &scoring,
        costs_on: &|_| company.costs(),
        kept_on: &|_| HashSet::new(),
    };
    let (found, _) = backtest::origins(&past, &HashMap::new());
    for (origin, theirs) in origins(&company).into_iter().zip(&found) {
        let ours: Vec<_> = cases(&company, origin)
            .iter()
            .map(|case| case.prediction(case.is_flagged(&decision, case.monthly_cost)))
            .collect();
        if (origin.on, origin.known_on) != (theirs.on, theirs.known_on) || ours != theirs.predictions {
            return Err(format!("the back-test of {} says something else", origin.on).into());
        }
    }
    Ok(())
}

pub fn known_throughout(company: &Company) -> Coverage {
    let days = company
        .first
        .iter_days()
        .take_while(|day| *day <= company.last)
        .count();
    Coverage {
        first: company.first,
        as_of: company.last,
        states: vec![quietline::domain::DayState::Complete; days],
        ..Coverage::default()
    }
}
