//! A workbook's sheet as headings and rows; above the headings may stand a title and blank rows.

use std::collections::VecDeque;
use std::io::Seek;
use std::sync::mpsc::Receiver;

use super::row::Row;
use super::row_batches::column_name;
use super::sheet_choice::SheetName;
use super::workbook::{Book, Message, Sent, stream};
use super::xlsx_cells::Reading;
use super::xlsx_package;
use super::{Layout, ReadError};
use crate::domain::Sheets;
use crate::pull::files::headings::Wanted;

/// Rows among which the headings are looked for.
const ROWS_AHEAD: usize = 50;
/// A heading that is merged downwards stands so many rows above the last at most.
const MERGED_ROWS: u64 = 3;

pub(super) struct WorkbookRows {
    sent: Receiver<Sent>,
    sheet: SheetName,
    headings: Vec<String>,
    ahead: VecDeque<Row>,
    ended: bool,
    notes: Vec<String>,
    /// The first cell with text and without a heading above it.
    stray: Option<String>,
    /// The first cell that was too far to the right to be kept.
    far: Option<String>,
    /// The first merged range whose value holds for several rows.
    merged: Option<String>,
}

impl WorkbookRows {
    pub(super) fn open(mut book: Book, layout: &Layout) -> Result<WorkbookRows, ReadError> {
        let (recalculates, has_merged) = match &mut book {
            Book::Xlsx(file) => {
                let package = xlsx_package::check(file, layout.limits)?;
                file.rewind()?;
                (package.recalculates, package.has_merged)
            }
            Book::Xls(_) => (false, true),
        };
        let reading = Reading {
            from_1904: false,
            recalculates,
            has_merged,
            decimal: layout.decimal,
        };
        let mut rows = WorkbookRows {
            sent: stream(book, layout.sheet.clone(), reading)?,
            sheet: SheetName::default(),
            headings: Vec::new(),
            ahead: VecDeque::new(),
            ended: false,
            notes: Vec::new(),
            stray: None,
            far: None,
            merged: None,
        };
        while !rows.ended && rows.ahead.len() < ROWS_AHEAD {
            rows.refill()?;
        }
        rows.find_headings(&layout.wanted)?;
        Ok(rows)
    }

    pub(super) fn headings(&self) -> &[String] {
        &self.headings
    }

    /// Which sheet it is, for a message about its headings.
    pub(super) fn place(&self) -> String {
        match self.sheet.others.as_slice() {
            [] => format!("sheet {:?}", self.sheet.name),
            others => format!(
                "sheet {:?} (job key sheet names another one: {})",
                self.sheet.name,
                others.join(", ")
            ),
        }
    }

    /// Where another sheet than the one that is read holds something.
    pub(super) fn sheets(&self) -> Option<Sheets> {
        (!self.sheet.unread.is_empty()).then(|| Sheets {
            read: self.sheet.name.clone(),
            number: self.sheet.number,
            not_read: self.sheet.unread.clone(),
        })
    }

    pub(super) fn notes(&self) -> Vec<String> {
        let stray = self
            .stray
            .iter()
            .chain(&self.far)
            .take(1)
            .map(|cell| format!("what stands right of the headings, as in cell {cell}, is not read"));
        let merged = self.merged.iter().map(|range| {
            format!("cells are merged downwards; their value holds for each row of the range, as in {range}")
        });
        self.notes.iter().cloned().chain(stray).chain(merged).collect()
    }

    pub(super) fn next(&mut self, row: &mut Row) -> Result<bool, ReadError> {
        loop {
            if let Some(next) = self.ahead.pop_front() {
                *row = next;
                self.cut(row);
                if !row.is_blank() {
                    return Ok(true);
                }
            } else if self.ended {
                return Ok(false);
            } else {
                self.refill()?;
            }
        }
    }

    fn refill(&mut self) -> Result<(), ReadError> {
        match self.sent.recv() {
            Ok(Ok(Message::Sheet(sheet))) => self.sheet = sheet,
            Ok(Ok(Message::Rows(rows))) => self.ahead.extend(rows),
            Ok(Ok(Message::End(far))) => {
                self.ended = true;
                self.far = far;
            }
            Ok(Err(error)) => return Err(error),
            Err(_) => return Err(ReadError::refused("could not be read to its end")),
        }
        Ok(())
    }

    /// Leaves off what stands right of the headings.
    fn cut(&mut self, row: &mut Row) {
        let width = self.headings.len();
        if let Some(cell) = (width..row.spans.len()).find(|cell| row.get(*cell).is_some())
            && self.stray.is_none()
        {
            self.stray = Some(format!("{}{}", column_name(cell), row.number));
        }
        row.spans.truncate(width);
        row.bad_cells.retain(|(cell, _)| *cell < width);
        row.merged.retain(|(cell, _)| *cell < width);
        if let Some((_, range)) = row.merged.first()
            && self.merged.is_none()
        {
            self.merged = Some(range.clone());
        }
    }

    /// The row that names most of the table's columns, the first of them; else the first row.
    fn find_headings(&mut self, wanted: &Wanted) -> Result<(), ReadError> {
        if self.ahead.is_empty() {
            return match self.sheet.others.is_empty() {
                true => Err(ReadError::Empty),
                false => Err(ReadError::refused(format!("{} is empty", self.place()))),
            };
        }
        let rows = self.ahead.make_contiguous();
        let looked_at = rows.len().min(ROWS_AHEAD);
        let mut best = (0, headings_at(rows, 0, wanted));
        let mut most = wanted.named(&best.1);
        for at in 1..looked_at {
            let headings = headings_at(rows, at, wanted);
            let named = wanted.named(&headings);
            if named > most {
                (best, most) = ((at, headings), named);
            }
        }
        let (at, headings) = best;
        if let Some(fault) = &rows[at].fault {
            return Err(ReadError::broken(
                rows[at].number,
                format!("the heading row {fault}"),
            ));
        }
        if at > 0 {
            let row = rows[at].number;
            self.notes.push(format!(
                "the headings stand in row {row}; what is above them is not read"
            ));
        }
        if !self.sheet.others.is_empty() {
            self.notes.push(format!("read from {}", self.place()));
        }
        self.headings = headings;
        self.ahead.drain(..=at);
        Ok(())
    }
}

/// A row's cells as headings. Where it is blank, a heading that is merged downwards stands in a row above.
fn headings_at(rows: &[Row], at: usize, wanted: &Wanted) -> Vec<String> {
    let own = |row: &Row, cell: usize| row.get(cell).unwrap_or_default().to_string();
    let row = &rows[at];
    let above: Vec<&Row> = rows[..at]
        .iter()
        .rev()
        .take_while(|above| above.number + MERGED_ROWS >= row.number)
        .collect();
    let width = above
        .iter()
        .map(|above| above.spans.len())
        .max()
        .unwrap_or(0)
        .max(row.spans.len());
    let mut headings: Vec<String> = (0..width).map(|cell| own(row, cell)).collect();
    for cell in (0..width).filter(|cell| row.get(*cell).is_none()) {
        let merged = above.iter().find_map(|above| above.get(cell));
        if let Some(merged) = merged.filter(|text| wanted.knows(text)) {
            headings[cell] = merged.to_string();
        }
    }
    while headings.last().is_some_and(String::is_empty) {
        headings.pop();
    }
    headings
}
