//! One sheet of a workbook, streamed cell by cell on a thread of its own: the parser lends its cells from the workbook
//! that it has open, so the two live together there, and rows come out through a short queue.

use std::fs::File;
use std::io::BufReader;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use calamine::{DataRef, Reader, Sheet, SheetType, SheetVisible, Xlsx, XlsxError};

use super::ReadError;
use super::row::{Row, shorten};
use super::xlsx_cells::{Cell, Reading};
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

/// What comes out of the thread: the sheet's name first, then rows, then the end.
pub(super) enum Message {
    Sheet(SheetName),
    Rows(Vec<Row>),
    /// With the first cell that stood too far to the right.
    End(Option<String>),
}

/// The sheet that is read, and the other ones.
#[derive(Debug, Clone, Default)]
pub(super) struct SheetName {
    pub name: String,
    /// Its place among the sheets of cells, from 1.
    pub number: u32,
    pub others: Vec<String>,
    /// Of the other ones those that hold something, where nobody chose: Excel once made three sheets of every workbook.
    pub unread: Vec<String>,
}

pub(super) type Sent = Result<Message, ReadError>;

/// Begins to read; `wanted` is the sheet's name, none for the first that is visible.
pub(super) fn stream(
    file: File,
    wanted: Option<String>,
    reading: Reading,
) -> Result<Receiver<Sent>, ReadError> {
    let (sender, receiver) = sync_channel(2);
    let read = move || {
        let read = || read(file, wanted.as_deref(), reading, &sender);
        // A damaged part can panic deep in the parser; here that is one more way of being unreadable.
        let last = match catch_unwind(AssertUnwindSafe(read)) {
            Ok(Ok(far)) => Ok(Message::End(far)),
            Ok(Err(error)) => Err(error),
            Err(_) => Err(ReadError::refused(
                "is a damaged workbook; open it in Excel and save it again",
            )),
        };
        // Nobody listens any more where the night has stopped.
        let _ = sender.send(last);
    };
    std::thread::Builder::new().name("workbook".into()).spawn(read)?;
    Ok(receiver)
}

fn read(
    file: File,
    wanted: Option<&str>,
    reading: Reading,
    sender: &SyncSender<Sent>,
) -> Result<Option<String>, ReadError> {
    let mut book = Xlsx::new(BufReader::new(file)).map_err(|error| unreadable(None, &error))?;
    let mut sheet = pick(book.sheets_metadata(), wanted)?;
    let name = sheet.name.clone();
    let tables: Vec<Sheet> = tables_of(book.sheets_metadata()).cloned().collect();
    for other in tables
        .iter()
        .filter(|other| wanted.is_none() && other.name != name)
    {
        if holds_something(&mut book, &other.name) {
            sheet.unread.push(told(other));
        }
    }
    if sender.send(Ok(Message::Sheet(sheet))).is_err() {
        return Ok(None);
    }
    let reading = Reading {
        from_1904: book.has_1904_epoch(),
        ..reading
    };
    // They stand behind the cells: only a workbook that has some is read through for them.
    let merged = match reading.has_merged {
        true => book
            .merge_cells_by_sheet_name(&name)
            .map_err(|error| unreadable(Some((&name, 0)), &error))?,
        false => Vec::new(),
    };
    let mut cells = book
        .worksheet_cells_reader(&name)
        .map_err(|error| unreadable(Some((&name, 0)), &error))?;
    let mut rows = Rows {
        sheet: &name,
        sender,
        row: Row::default(),
        batch: Vec::new(),
        bytes: 0,
        text: 0,
        far: None,
        merged: Merged::of(merged),
        shown: 0,
    };
    loop {
        let next = cells.next_cell_with_formula_metadata();
        let next = next.map_err(|error| unreadable(Some((&name, rows.row.number)), &error))?;
        let Some(next) = next else {
            break;
        };
        let cell = reading.cell(&next.value, next.formula.is_some());
        if !rows.take(next.pos, cell)? {
            return Ok(None);
        }
    }
    rows.end_row()?;
    rows.send();
    Ok(rows.far)
}

struct Rows<'a> {
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

impl Rows<'_> {
    /// False when nobody listens any more.
    fn take(&mut self, (row, column): (u32, u32), cell: Cell) -> Result<bool, ReadError> {
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

/// The sheet that the job names, else the first that a person sees.
fn pick(sheets: &[Sheet], wanted: Option<&str>) -> Result<SheetName, ReadError> {
    let tables: Vec<&Sheet> = tables_of(sheets).collect();
    let list = || {
        tables
            .iter()
            .map(|sheet| told(sheet))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let fold = |name: &str| name.trim().to_lowercase();
    let found = match wanted {
        Some(name) => tables
            .iter()
            .find(|sheet| sheet.name == name)
            .or_else(|| tables.iter().find(|sheet| fold(&sheet.name) == fold(name))),
        None => tables.iter().find(|sheet| sheet.visible == SheetVisible::Visible),
    };
    let Some(found) = found else {
        return Err(ReadError::Sheet(match (wanted, tables.is_empty()) {
            (_, true) => "the workbook has no sheet of cells".into(),
            (Some(name), _) => format!("the workbook has no sheet {name:?}; its sheets are {}", list()),
            (None, _) => format!("every sheet of the workbook is hidden; name one of {}", list()),
        }));
    };
    Ok(SheetName {
        name: found.name.clone(),
        number: (1..)
            .zip(&tables)
            .find(|(_, sheet)| sheet.name == found.name)
            .map_or(1, |(number, _)| number),
        others: tables
            .iter()
            .filter(|sheet| sheet.name != found.name)
            .map(|sheet| told(sheet))
            .collect(),
        unread: Vec::new(),
    })
}

fn tables_of(sheets: &[Sheet]) -> impl Iterator<Item = &Sheet> {
    sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet)
}

fn told(sheet: &Sheet) -> String {
    match sheet.visible {
        SheetVisible::Visible => format!("{:?}", shorten(&sheet.name, 60)),
        _ => format!("{:?} (hidden)", shorten(&sheet.name, 60)),
    }
}

/// One that cannot be read may hold anything.
fn holds_something(book: &mut Xlsx<BufReader<File>>, name: &str) -> bool {
    let Ok(mut cells) = book.worksheet_cells_reader(name) else {
        return true;
    };
    loop {
        match cells.next_cell() {
            Ok(None) => return false,
            Ok(Some(cell)) if *cell.get_value() == DataRef::Empty => {}
            _ => return true,
        }
    }
}

fn unreadable(place: Option<(&str, u64)>, error: &XlsxError) -> ReadError {
    let sheet = place.map_or(String::new(), |(sheet, _)| format!("sheet {sheet:?}: "));
    let what = format!("{sheet}is not readable as a workbook ({error}); open it in Excel and save it again");
    match place {
        Some((_, row)) if row > 0 => ReadError::broken(row, what),
        _ => ReadError::refused(what),
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

    fn sheet(name: &str, typ: SheetType, visible: SheetVisible) -> Sheet {
        Sheet {
            name: name.into(),
            typ,
            visible,
        }
    }

    #[test]
    fn the_first_sheet_that_a_person_sees_is_read() {
        let sheets = [
            sheet("Chart", SheetType::ChartSheet, SheetVisible::Visible),
            sheet("Lists", SheetType::WorkSheet, SheetVisible::VeryHidden),
            sheet("Bill", SheetType::WorkSheet, SheetVisible::Visible),
            sheet("Notes", SheetType::WorkSheet, SheetVisible::Visible),
        ];
        let name = |wanted| {
            pick(&sheets, wanted)
                .map(|sheet| sheet.name)
                .map_err(|error| error.to_string())
        };
        assert_eq!(name(None).unwrap(), "Bill");
        assert_eq!(name(Some(" notes")).unwrap(), "Notes");
        assert_eq!(name(Some("Lists")).unwrap(), "Lists");
        let refused = name(Some("Chart")).unwrap_err();
        assert!(
            refused.contains(r#""Lists" (hidden), "Bill", "Notes""#),
            "{refused}"
        );
        assert!(
            pick(&sheets[..2], None)
                .unwrap_err()
                .to_string()
                .contains("hidden")
        );
        assert!(
            pick(&sheets[..1], None)
                .unwrap_err()
                .to_string()
                .contains("no sheet of cells")
        );
    }
}
