//! Cells that are merged downwards: a workbook keeps their value in the first cell alone, and it holds for every row of the range.

use calamine::Dimensions;

use super::row::Row;
use super::row_batches::{MOST_CELLS, column_name};
use super::xlsx_cells::Cell;

/// The merged ranges of a sheet that reach over several rows, met row by row.
#[derive(Default)]
pub(super) struct Merged {
    /// By their first row, the last of them first.
    ahead: Vec<Range>,
    /// Those that reach over the row at hand.
    open: Vec<Range>,
}

struct Range {
    first: (u32, u32),
    last: (u32, u32),
    value: Cell,
}

/// A cell that shows what another one holds.
pub(super) struct Shown {
    pub column: u32,
    pub value: Cell,
    /// As a spreadsheet names it.
    pub range: String,
}

impl Merged {
    pub(super) fn of(ranges: Vec<Dimensions>) -> Merged {
        let downwards = |range: &Dimensions| range.end.0 > range.start.0 && range.end.1 >= range.start.1;
        let mut ahead: Vec<Range> = ranges
            .into_iter()
            .filter(downwards)
            .map(|range| Range {
                first: range.start,
                last: range.end,
                value: Cell::default(),
            })
            .collect();
        ahead.sort_by_key(|range| std::cmp::Reverse((range.first, range.last)));
        Merged {
            ahead,
            open: Vec::new(),
        }
    }

    /// Goes on to a row.
    pub(super) fn reach(&mut self, row: u32) {
        // A range whose first cell is blank, or was never met, shows nothing.
        self.open
            .retain(|range| range.last.0 >= row && (range.first.0 == row || !range.value.is_blank()));
        while self.ahead.last().is_some_and(|range| range.first.0 <= row) {
            self.open
                .extend(self.ahead.pop().filter(|range| range.first.0 == row));
        }
    }

    /// Keeps the value of a range's first cell.
    pub(super) fn meet(&mut self, place: (u32, u32), cell: &Cell) {
        for range in self.open.iter_mut().filter(|range| range.first == place) {
            range.value = cell.clone();
        }
    }

    /// The cells of a row that show what another one holds. A row of nothing else is no row of the table.
    pub(super) fn shown(&self, number: u32, row: &Row) -> Vec<Shown> {
        if self.open.is_empty() {
            return Vec::new();
        }
        let is_own = |cell: &u32| {
            let place = (number, *cell);
            row.get(*cell as usize).is_some()
                && !self
                    .open
                    .iter()
                    .any(|range| range.covers(place) && range.first != place)
        };
        let own: Vec<u32> = (0..row.width() as u32).filter(is_own).collect();
        let shows =
            |range: &&Range| !range.value.is_blank() && own.iter().any(|cell| !range.covers((number, *cell)));
        let cells = self.open.iter().filter(shows).flat_map(|range| {
            let columns = range.first.1..=range.last.1.min(MOST_CELLS as u32 - 1);
            columns.map(move |column| (column, range))
        });
        cells
            .filter(|(column, range)| (number, *column) != range.first)
            .map(|(column, range)| Shown {
                column,
                value: range.value.clone(),
                range: range.name(),
            })
            .collect()
    }
}

impl Range {
    fn covers(&self, (row, column): (u32, u32)) -> bool {
        (self.first.0..=self.last.0).contains(&row) && (self.first.1..=self.last.1).contains(&column)
    }

    fn name(&self) -> String {
        let cell =
            |(row, column): (u32, u32)| format!("{}{}", column_name(column as usize), u64::from(row) + 1);
        format!("{}:{}", cell(self.first), cell(self.last))
    }
}
