//! Input rows that were set aside, and what the words of the admins' page mean.

use std::collections::BTreeMap;

use crate::domain::Statement;
use crate::render::Cell;
use crate::render::for_finance::FinanceNight;
use crate::render::page::{Block, Item, Section, Table, figure, words};
use crate::render::words::sentences;

/// Rows that were set aside, summed by file and reason.
pub(crate) fn inputs_block(statement: &Statement, night: &FinanceNight<'_>) -> Block {
    let mut sums: BTreeMap<[&str; 4], u32> = BTreeMap::new();
    for row in &statement.quarantine {
        *sums
            .entry([&row.table, &row.file, &row.column, &row.reason])
            .or_default() += 1;
    }
    let rows: Vec<Vec<Cell>> = sums
        .into_iter()
        .map(|(key, count)| {
            key.map(Cell::text)
                .into_iter()
                .chain([Cell::count(count)])
                .collect()
        })
        .collect();
    let items = if rows.is_empty() {
        vec![Item::Text("Every row that was read could be used.".to_owned())]
    } else {
        vec![Item::Table(Table {
            id: "quarantine-table".to_owned(),
            caption: "Input rows set aside, by reason; each row is in quarantine.csv".to_owned(),
            columns: vec![
                words("Table"),
                words("File"),
                words("Column"),
                words("Reason"),
                figure("Rows"),
            ],
            rows,
            total: None,
            whole_in: "quarantine.csv",
            wide: false,
            sortable: true,
        })]
    };
    let section = Section {
        id: "quarantine".to_owned(),
        heading: "Rows set aside",
        items,
    };
    let print = sentences::small_print(night)
        .into_iter()
        .map(|print| Item::Small(print.to_owned()))
        .collect();
    let words = Section {
        id: "words".to_owned(),
        heading: "What the words mean",
        items: print,
    };
    Block {
        heading: "The data".to_owned(),
        sections: vec![section, words],
    }
}
