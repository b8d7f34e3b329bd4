//! How the figures came about: rule, window, coverage, gates, inputs, digests. For finance: no names.

use crate::render::Cell;
use crate::render::page::{Block, Item, Section, Table, figure, words};
use crate::render::words::sentences;

use crate::render::for_finance::FinanceNight;

pub(crate) fn block(night: &FinanceNight) -> Block {
    let mut items = vec![Item::Text(
        "The same inputs and settings give the same report, byte for byte.".to_owned(),
    )];
    items.extend(
        tables(night)
            .into_iter()
            .filter(|table| !table.rows.is_empty())
            .map(Item::Table),
    );
    let unclassified = unclassified(night);
    if !unclassified.is_empty() {
        items.push(Item::Text(
            "Charges that no rule knows; they are part of what is unexplained:".to_owned(),
        ));
        items.push(Item::List(unclassified));
    }
    items.extend(
        sentences::small_print(night)
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
pub(crate) fn tables(night: &FinanceNight) -> Vec<Table> {
    vec![
        settings_table(night),
        gate_table(night),
        coverage_table(night),
        input_table(night),
    ]
}

pub(crate) fn unclassified(night: &FinanceNight) -> Vec<String> {
    night
        .accounts
        .iter()
        .flat_map(|account| account.unclassified.iter().map(move |charge| (account, charge)))
        .map(|(account, charge)| format!("{}: {} {}", account.account_id, charge, account.currency))
        .collect()
}

fn settings_table(night: &FinanceNight) -> Table {
    let row = |key: &str, value: &str| vec![Cell::text(key), Cell::text(value)];
    let mut rows = vec![row("model", night.model)];
    rows.extend(night.settings.iter().map(|(key, value)| row(key, value)));
    rows.push(row("last day looked at", &night.as_of.to_string()));
    rows.push(row("settings digest", night.settings_digest));
    table(
        "settings",
        "Settings that matter to the figures",
        vec![words("Setting"), words("Value")],
        rows,
    )
}

fn gate_table(night: &FinanceNight) -> Table {
    let rows = night.checks.iter().map(|check| {
        vec![
            Cell::Word(check.gate.as_str()),
            Cell::Word(check.status.as_str()),
            Cell::Word(check.looks_at()),
        ]
    });
    table(
        "gates",
        "Checks of the data",
        vec![words("Check"), words("Result"), words("What it looks at")],
        rows.collect(),
    )
}

fn coverage_table(night: &FinanceNight<'_>) -> Table {
    let rows = night.days.iter().map(|days| {
        vec![
            Cell::text(days.account_id),
            Cell::text(days.source),
            Cell::count(days.known),
            Cell::count(days.partial),
            Cell::count(days.missing),
        ]
    });
    let columns = vec![
        words("Account"),
        words("Source"),
        figure("Days known"),
        figure("Days not complete"),
        figure("Days missing"),
    ];
    table("coverage", "Days whose data is complete", columns, rows.collect())
}

fn input_table(night: &FinanceNight<'_>) -> Table {
    let rows = night.inputs.iter().map(|input| {
        vec![
            Cell::text(&input.table),
            Cell::Count(input.files),
            Cell::Count(input.read),
            Cell::Count(input.used),
            Cell::Count(input.duplicates),
            Cell::Count(input.set_aside),
        ]
    });
    let columns = vec![
        words("Table"),
        figure("Files"),
        figure("Rows read"),
        figure("Used"),
        figure("Duplicates"),
        figure("Set aside"),
    ];
    table(
        "inputs",
        "Inputs read: used, duplicate and set aside add up to the rows read",
        columns,
        rows.collect(),
    )
}

fn table(id: &str, caption: &str, columns: Vec<crate::render::page::Heading>, rows: Vec<Vec<Cell>>) -> Table {
    Table {
        id: format!("method-{id}"),
        caption: caption.to_owned(),
        columns,
        rows,
        total: None,
        whole_in: "report.xlsx",
        wide: false,
        sortable: true,
    }
}
