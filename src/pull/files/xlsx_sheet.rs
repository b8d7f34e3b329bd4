//! One sheet of a workbook, streamed cell by cell.

use std::fs::File;
use std::io::BufReader;
use std::sync::mpsc::SyncSender;

use calamine::{DataRef, Reader, Xlsx};

use super::ReadError;
use super::row_batches::RowBatches;
use super::sheet_choice::choose;
use super::workbook::{Message, Sent, unreadable};
use super::xlsx_cells::Reading;

pub(super) fn read(
    file: File,
    wanted: Option<&str>,
    reading: Reading,
    sender: &SyncSender<Sent>,
) -> Result<Option<String>, ReadError> {
    let mut book = Xlsx::new(BufReader::new(file)).map_err(|error| unreadable(None, &error))?;
    let sheets = book.sheets_metadata().to_vec();
    let sheet = choose(&sheets, wanted, |other| holds_something(&mut book, other))?;
    let name = sheet.name.clone();
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
    let mut rows = RowBatches::new(&name, merged, sender);
    loop {
        let next = cells.next_cell_with_formula_metadata();
        let next = next.map_err(|error| unreadable(Some((&name, rows.at())), &error))?;
        let Some(next) = next else {
            break;
        };
        let cell = reading.cell(&next.value, next.formula.is_some());
        if !rows.take(next.pos, cell)? {
            return Ok(None);
        }
    }
    rows.end()
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
