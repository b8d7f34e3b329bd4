//! What has come of the findings since the start: each stage's sum, and when it was reached.

use super::page::{Item, Table, figure, words};
use super::{Cell, plain};
use crate::domain::{AccountStatement, Cents, FindingState, LEDGER_STAGES, Statement, ledger_sum};

pub const HEADING: &str = "What has come of it";

/// What a stage says, for a reader who sees the word once a month.
fn meaning(stage: FindingState) -> &'static str {
    match stage {
        FindingState::Identified => "Found since the start, whatever became of it.",
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
pub struct Stage {
    pub stage: FindingState,
    pub findings: u32,
    pub amount: Cents,
}

pub fn stages(statement: &Statement, account: &AccountStatement) -> Vec<Stage> {
    let by = statement.as_of;
    let of = |stage: FindingState| Stage {
        stage,
        findings: account
            .ledger
            .iter()
            .filter(|entry| !entry.monthly_amount.is_zero())
            .filter(|entry| entry.reached(stage).is_some_and(|day| day <= by))
            .count() as u32,
        amount: ledger_sum(&account.ledger, stage, by),
    };
    LEDGER_STAGES.map(of).into()
}

pub fn items(statement: &Statement, account: &AccountStatement, prefix: &str) -> Vec<Item> {
    let currency = account.currency;
    let rows = stages(statement, account).into_iter().map(|stage| {
        vec![
            Cell::Word(plain::finding_state(stage.stage)),
            Cell::count(stage.findings),
            Cell::Money(stage.amount, currency),
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
    vec![
        Item::Text(head),
        Item::Table(Table {
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
            whole_in: "summary.json",
            wide: false,
            sortable: false,
        }),
    ]
}
