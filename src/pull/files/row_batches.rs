//! A sheet's cells as rows, handed on in batches under bounds.

use std::sync::mpsc::SyncSender;

use calamine::Dimensions;

use super::ReadError;
use super::row::{Row, shorten};
use super::workbook::{Message, Sent};
use super::xlsx_cells::Cell;
use super::xlsx_merged::{Merged, Shown};
use crate::domain::mask;

const LONGEST_ROW: usize = 1 << 20;
/// Cells further to the right are not kept: the row's memory ends with its last cell.
pub(super) const MOST_CELLS: usize = 4096;
/// The format's own limits.
const MOST_ROWS: u32 = 1_048_576;
const MOST_COLUMNS: u32 = 16_384;
/// Text of all cells together: one long string may be named by millions of cells.
const MOST_TEXT: u64 = 8 << 30;
/// Cells that merged ranges fill: a small file may name very many.
const MOST_SHOWN: u64 = 16 << 20;
const ROWS_AT_ONCE: usize = 256;
const BYTES_AT_ONCE: usize = 1 << 20;

pub(super) struct RowBatches<'a> {
    sheet: &'a str,
    sender: &'a SyncSender<Sent>,
    row: Row,
    batch: Vec<Row>,
    bytes: usize,
    text: u64,
    far: Option<String>,
    merged: Merged,
    shown: u64,
}

impl<'a> RowBatches<'a> {
    pub(super) fn new(
        sheet: &'a str,
        merged: Vec<Dimensions>,
        sender: &'a SyncSender<Sent>,
    ) -> RowBatches<'a> {
        RowBatches {
            sheet,
            sender,
            row: Row::default(),
            batch: Vec::new(),
            bytes: 0,
            text: 0,
            far: None,
            merged: Merged::of(merged),
            shown: 0,
        }
    }

    /// The row that is being filled, as a spreadsheet counts.
    pub(super) fn at(&self) -> u64 {
        self.row.number
    }

    /// Hands out what is left; the first cell that stood too far to the right.
    pub(super) fn end(mut self) -> Result<Option<String>, ReadError> {
        self.end_row()?;
        self.send();
        Ok(self.far)
    }

    /// False when nobody listens any more.
    pub(super) fn take(&mut self, (row, column): (u32, u32), cell: Cell) -> Result<bool, ReadError> {
        let number = u64::from(row) + 1;
        if row >= MOST_ROWS || column >= MOST_COLUMNS || number < self.row.number {
            return Err(ReadError::broken(
                number,
                format!(
                    "sheet {:?}: a cell stands where none can (column {}, after row {}); the workbook is damaged, save it again in Excel",
                    self.sheet,
                    column_name(column as usize),
                    self.row.number
                ),
            ));
        }
        if number > self.row.number {
            self.end_row()?;
            self.row.clear(number);
            self.merged.reach(row);
            if (self.batch.len() >= ROWS_AT_ONCE || self.bytes >= BYTES_AT_ONCE) && !self.send() {
                return Ok(false);
            }
        }
        if !cell.text.is_empty() || cell.bad.is_some() {
            self.merged.meet((row, column), &cell);
            self.keep(column as usize, cell)?;
        }
        Ok(true)
    }

    fn keep(&mut self, column: usize, cell: Cell) -> Result<(), ReadError> {
        let place = || format!("{}{}", column_name(column), self.row.number);
        self.text += cell.text.len() as u64;
        if self.text > MOST_TEXT {
            return Err(ReadError::broken(
                self.row.number,
                format!(
                    "sheet {:?} holds more text than an export can hold (a packing bomb?)",
                    self.sheet
                ),
            ));
        }
        if column >= MOST_CELLS {
            self.far.get_or_insert_with(place);
            return Ok(());
        }
        if self.row.text.len() + cell.text.len() > LONGEST_ROW {
            self.row.fault = Some("is longer than 1 MB".into());
            return Ok(());
        }
        if let Some(why) = cell.bad {
            let shown = match cell.text.as_str() {
                "" => String::new(),
                text => format!("{:?} ", mask(&shorten(text, 60))),
            };
            let reason = format!("cell {} of sheet {:?}: {shown}{why}", place(), self.sheet);
            self.row.bad_cells.push((column, reason));
        }
        self.row.set(column, &cell.text);
        Ok(())
    }

    /// What hides under a merged cell is not what the sheet shows: the value of the range's first cell takes its place.
    fn show(&mut self, Shown { column, value, range }: Shown) -> Result<(), ReadError> {
        let column = column as usize;
        self.shown += 1;
        if self.shown > MOST_SHOWN {
            return Err(ReadError::broken(
                self.row.number,
                format!(
                    "sheet {:?} has more merged cells than an export can hold (a packing bomb?)",
                    self.sheet
                ),
            ));
        }
        self.row.bad_cells.retain(|(bad, _)| *bad != column);
        self.keep(column, value)?;
        self.row.merged.push((column, range));
        Ok(())
    }

    fn end_row(&mut self) -> Result<(), ReadError> {
        let row = self.row.number.saturating_sub(1) as u32;
        for shown in self.merged.shown(row, &self.row) {
            self.show(shown)?;
        }
        if self.row.text.contains(&0) {
            self.row.fault = Some("holds a NUL character".into());
        }
        if !self.row.is_blank() {
            self.bytes += self.row.text.len() + self.row.spans.len() * size_of::<(usize, usize)>();
            self.batch.push(std::mem::take(&mut self.row));
        }
        Ok(())
    }

    fn send(&mut self) -> bool {
        self.bytes = 0;
        self.sender
            .send(Ok(Message::Rows(std::mem::take(&mut self.batch))))
            .is_ok()
    }
}

/// A for the first, then as in a spreadsheet.
pub(super) fn column_name(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        letters.push(char::from(b'A' + ((rest - 1) % 26) as u8));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_named_as_in_a_spreadsheet() {
        for (column, name) in [
            (0, "A"),
            (25, "Z"),
            (26, "AA"),
            (701, "ZZ"),
            (702, "AAA"),
            (16_383, "XFD"),
        ] {
            assert_eq!(column_name(column), name);
        }
    }
}
