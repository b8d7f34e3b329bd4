//! How the figures came about: rule, window, coverage, gates, inputs, digests. For finance: no names.

use super::page::{Block, Item, Section, Table, figure, words};
use super::safe::Discretion;
use super::{Cell, figures, sentences};
use crate::domain::Statement;

pub fn block(statement: &Statement, discretion: &Discretion) -> Block {
    let mut items = vec![Item::Text(
        "The same inputs and settings give the same report, byte for byte.".to_owned(),
    )];
    items.extend(
        tables(statement, discretion)
            .into_iter()
            .filter(|table| !table.rows.is_empty())
            .map(Item::Table),
    );
    let unclassified = unclassified(statement, discretion);
    if !unclassified.is_empty() {
        items.push(Item::Text(
            "Charges that no rule knows; they are part of what is unexplained:".to_owned(),
        ));
        items.push(Item::List(unclassified));
    }
    items.extend(
        sentences::small_print(statement)
            .into_iter()
            .map(|print| Item::Small(print.to_owned())),
    );
    let section = Section {
        id: "method".to_owned(),
        heading: "Method and trust",
        items,
    };
    Block {
        heading: "How this was made".to_owned(),
        sections: vec![section],
    }
}

/// Settings, checks, coverage and inputs, also for the workbook's method sheet.
pub fn tables(statement: &Statement, discretion: &Discretion) -> Vec<Table> {
    vec![
        settings_table(statement),
        gate_table(statement, discretion),
        coverage_table(statement),
        input_table(statement, discretion),
    ]
}

pub fn unclassified(statement: &Statement, discretion: &Discretion) -> Vec<String> {
    figures::printed_accounts(statement)
        .iter()
        .flat_map(|account| account.unclassified.iter().map(move |charge| (account, charge)))
        .map(|(account, charge)| {
            format!(
                "{}: {} {}",
                account.account_id,
                discretion.without_names(charge),
                account.currency
            )
        })
        .collect()
}

fn settings_table(statement: &Statement) -> Table {
    let row = |key: &str, value: &str| vec![Cell::text(key), Cell::text(value)];
    let mut rows = vec![row("model", &statement.model)];
    // The reason for keeping somebody's line is a sentence about somebody.
    let is_personal = |key: &str| key.starts_with("keep.") && key.ends_with(".reason");
    let shown = statement.method.iter().filter(|(key, _)| !is_personal(key));
    rows.extend(shown.map(|(key, value)| row(key, value)));
    rows.push(row("last day looked at", &statement.as_of.to_string()));
    rows.push(row("settings digest", &statement.settings_digest));
    rows.push(row("inputs digest", &statement.inputs_digest));
    table(
        "settings",
        "Settings that matter to the figures",
        vec![words("Setting"), words("Value")],
        rows,
    )
}

fn gate_table(statement: &Statement, discretion: &Discretion) -> Table {
    let rows = statement.gates.iter().map(|gate| {
        vec![
            Cell::Word(gate.gate.as_str()),
            Cell::Word(gate.status.as_str()),
            Cell::text(&discretion.without_names(&gate.detail)),
        ]
    });
    table(
        "gates",
        "Checks of the data",
        vec![words("Check"), words("Result"), words("What it saw")],
        rows.collect(),
    )
}

fn coverage_table(statement: &Statement) -> Table {
    let rows = statement.coverage.iter().map(|coverage| {
        vec![
            Cell::text(&coverage.account_id),
            Cell::text(&coverage.source),
            Cell::count(coverage.known_days),
            Cell::count(coverage.partial_days),
            Cell::count(coverage.missing_days),
            Cell::maybe(&coverage.newest_event),
        ]
    });
    let columns = vec![
        words("Account"),
        words("Source"),
        figure("Days known"),
        figure("Days not complete"),
        figure("Days missing"),
        words("Newest call (UTC)"),
    ];
    table("coverage", "Days whose data is complete", columns, rows.collect())
}

fn input_table(statement: &Statement, discretion: &Discretion) -> Table {
    let rows = statement.inputs.iter().map(|input| {
        vec![
            Cell::text(&input.table),
            Cell::text(&discretion.without_names(&input.name)),
            Cell::Count(input.rows_read),
            Cell::Count(input.used),
            Cell::Count(input.duplicates),
            Cell::Count(input.quarantined),
            Cell::text(&short(&input.digest)),
            Cell::text(&discretion.without_names(&input.notes.join("; "))),
        ]
    });
    let columns = vec![
        words("Table"),
        words("File"),
        figure("Rows read"),
        figure("Used"),
        figure("Duplicates"),
        figure("Set aside"),
        words("Digest begins"),
        words("Notes"),
    ];
    table(
        "inputs",
        "Inputs read: used, duplicate and set aside add up to the rows read",
        columns,
        rows.collect(),
    )
}

fn short(digest: &str) -> String {
    digest.chars().take(12).collect()
}

fn table(id: &str, caption: &str, columns: Vec<super::page::Heading>, rows: Vec<Vec<Cell>>) -> Table {
    Table {
        id: format!("method-{id}"),
        caption: caption.to_owned(),
        columns,
        rows,
        total: None,
        whole_in: "run.json",
        wide: false,
        sortable: true,
    }
}
