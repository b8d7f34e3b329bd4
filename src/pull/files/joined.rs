//! Columns that a file splits over several, `Date + Time`, as the job's `map` names them together: one more heading, and in each
//! row one more cell.

use std::collections::BTreeMap;

use super::row::Row;
use crate::pull::files::headings::{fold, split_headings};

#[derive(Debug, Default)]
pub(super) struct Joined {
    /// The file's, then the joined ones; empty where none are joined.
    headings: Vec<String>,
    /// For each joined heading, the cells that it is made of.
    cells: Vec<Vec<usize>>,
}

impl Joined {
    /// Those of the job's headings of which the file has every part, and which it does not have as they stand.
    pub(super) fn of(own: &[String], map: &BTreeMap<String, String>) -> Joined {
        let place = |heading: &str| own.iter().position(|own| fold(own) == fold(heading));
        let mut joined = Joined::default();
        for heading in map.keys().filter(|heading| !own.contains(heading)) {
            let parts = split_headings(heading);
            let cells: Option<Vec<usize>> = parts.iter().map(|part| place(part)).collect();
            if let Some(cells) = cells.filter(|cells| cells.len() > 1) {
                if joined.headings.is_empty() {
                    joined.headings = own.to_vec();
                }
                joined.headings.push(heading.clone());
                joined.cells.push(cells);
            }
        }
        joined
    }

    pub(super) fn headings<'a>(&'a self, own: &'a [String]) -> &'a [String] {
        if self.cells.is_empty() {
            own
        } else {
            &self.headings
        }
    }

    pub(super) fn fill(&self, row: &mut Row) {
        let first = self.headings.len() - self.cells.len();
        for (cell, parts) in (first..).zip(&self.cells) {
            let text: Vec<&str> = parts.iter().filter_map(|part| row.get(*part)).collect();
            let text = text.join(" ");
            row.set(cell, &text);
        }
    }
}
