//! What has come of the findings since the start: each stage's sum, and when it was reached.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::domain::{Cents, FindingState, LEDGER_STAGES, ledger_sum};
use crate::render::Cell;
use crate::render::for_finance::{FinanceAccount, FinanceNight};
use crate::render::page::plot;
use crate::render::page::{Item, Mark, MarkKind, Plot, Series, Table, figure, words};
use crate::render::values::cell::known;
use crate::render::values::plain;
use crate::render::words::prices;

pub(crate) const HEADING: &str = "What has come of it";

/// What a stage says, for a reader who sees the word once a month.
pub(crate) fn meaning(stage: FindingState) -> &'static str {
    match stage {
        FindingState::Identified => "Found since the start with money to be had back, whatever became of it.",
        FindingState::Approved => "Somebody decided to take the step.",
        FindingState::Actioned => "The line has left the list, or has its new tier.",
        FindingState::Realised => "A later, complete invoice no longer bears the charge.",
        FindingState::SlippedBack => {
            "Charged again within 90 days, or a new line was taken for the same cost centre."
        }
        FindingState::Dismissed => "Set aside by a decision that still holds.",
        FindingState::Expired => "No longer found, without a step.",
    }
}

/// Findings that reached a stage, and their money a month.
pub(crate) struct Stage {
    pub stage: FindingState,
    pub findings: u32,
    /// None where nothing tells the price of any of them.
    pub amount: Option<Cents>,
}

pub(crate) fn stages(night: &FinanceNight, account: &FinanceAccount) -> Vec<Stage> {
    let by = night.as_of;
    let of = |stage: FindingState| Stage {
        stage,
        findings: account
            .ledger
            .iter()
            .filter(|entry| prices::entry(account, entry) != Some(Cents::ZERO))
            .filter(|entry| entry.reached(stage).is_some_and(|day| day <= by))
            .count() as u32,
        amount: prices::ledger(account, stage, by),
    };
    LEDGER_STAGES.map(of).into()
}

/// Found, done, proven and lost since the start, in one sentence; none on the first night.
pub(crate) fn sentence(night: &FinanceNight, account: &FinanceAccount) -> Option<String> {
    let since = account.ledger.iter().map(|entry| entry.first_seen).min()?;
    let sum = |stage| known(prices::ledger(account, stage, night.as_of), account.currency);
    (since < night.as_of).then(|| {
        format!(
            "Since {since}, a month's money: identified {}, acted on {}, proven by a later invoice {}, slipped back {}.",
            sum(FindingState::Identified),
            sum(FindingState::Actioned),
            sum(FindingState::Realised),
            sum(FindingState::SlippedBack)
        )
    })
}

pub(crate) fn items(night: &FinanceNight, account: &FinanceAccount, prefix: &str) -> Vec<Item> {
    let currency = account.currency;
    let rows = stages(night, account).into_iter().map(|stage| {
        vec![
            Cell::Word(plain::finding_state(stage.stage)),
            Cell::count(stage.findings),
            Cell::known(stage.amount, currency),
            Cell::Word(meaning(stage.stage)),
        ]
    });
    let since = account.ledger.iter().map(|entry| entry.first_seen).min();
    let head = since.map_or_else(
        || "Nothing has been found so far.".to_owned(),
        |since| {
            format!(
                "Since {}. A finding stands in every stage that it has reached; the amounts are a month's and are not to be added.",
                since
            )
        },
    );
    let mut items = vec![Item::Text(head)];
    items.extend(chart(night, account, prefix).map(Item::Plot));
    items.push(Item::Table(Table {
        id: format!("{prefix}-ledger"),
        caption: "Findings by how far they have come".to_owned(),
        columns: vec![
            words("Stage"),
            figure("Findings"),
            figure("Amount a month"),
            words("What it means"),
        ],
        rows: rows.collect(),
        total: None,
        whole_in: "report.xlsx",
        wide: false,
        sortable: false,
    }));
    items
}

/// The stages since the start; none before a second night has something to add.
fn chart(night: &FinanceNight, account: &FinanceAccount, prefix: &str) -> Option<Plot> {
    const LINES: [(FindingState, &str, &str); 4] = [
        (FindingState::Identified, "found", "identified"),
        (FindingState::Actioned, "acted", "actioned"),
        (FindingState::Realised, "proven", "realised"),
        (FindingState::SlippedBack, "lost", "slipped back"),
    ];
    let last = night.as_of;
    let mut days: BTreeSet<NaiveDate> = account
        .ledger
        .iter()
        .flat_map(|entry| LINES.iter().filter_map(|(stage, ..)| entry.reached(*stage)))
        .filter(|day| *day <= last)
        .collect();
    let first = days.first().copied().filter(|first| *first < last)?;
    days.insert(last);
    let since = |day: NaiveDate| (day - first).num_days();
    let line = |stage: FindingState| {
        let mut points: Vec<(i64, i64)> = Vec::new();
        for day in &days {
            let sum = ledger_sum(&account.ledger, stage, *day).0;
            // A sum stands until the day on which it changes.
            points.extend(points.last().map(|(_, before)| (since(*day), *before)));
            points.push((since(*day), sum));
        }
        points
    };
    let high = ledger_sum(&account.ledger, FindingState::Identified, last);
    let drawn: Vec<(Series, &'static str)> = LINES
        .iter()
        .map(|(stage, look, label)| {
            let points = line(*stage);
            (Series { look, points }, *label)
        })
        .filter(|(line, _)| line.points.iter().any(|(_, sum)| *sum > 0))
        .collect();
    let mark = |(line, label): &(Series, &'static str)| {
        let (x, y) = line.points.last().copied()?;
        Some(Mark {
            x,
            y,
            kind: MarkKind::Dot,
            label,
        })
    };
    Some(Plot {
        id: format!("{prefix}-ledger-plot"),
        title: "Found, done and proven since the start".to_owned(),
        description: format!("From {first} to {last}; the sums of the last night are in the table."),
        hint: "Each line is a month's money of all findings that had come so far by the day.",
        x: plot::day_axis("Night", first, last),
        y: plot::money_axis("Amount a month", high, account.currency),
        diagonal: false,
        path: Vec::new(),
        marks: drawn.iter().filter_map(mark).collect(),
        series: drawn.into_iter().map(|(line, _)| line).collect(),
    })
}
