//! One sheet of a workbook of the old kind (.xls). The parser knows no other way than to take the whole workbook into memory,
//! so a look over its records bounds what that is.

use std::fs::File;
use std::io::{Cursor, Read, Write};
use std::sync::mpsc::SyncSender;

use calamine::{Data, DataRef, Range, Reader, Xls, XlsError};
use cfb::{CompoundFile, Version};

use super::row_batches::RowBatches;
use super::sheet_choice::choose;
use super::workbook::{Message, Sent, unreadable};
use super::xlsx_cells::Reading;
use super::{ReadError, xls_records};

/// A full sheet of twenty columns is about half of it.
const LARGEST: u64 = 48 << 20;
/// The stream of the cells, by the names that Excel has given it.
const STREAMS: [&str; 2] = ["Workbook", "Book"];

pub(super) fn read(
    file: File,
    wanted: Option<&str>,
    reading: Reading,
    sender: &SyncSender<Sent>,
) -> Result<Option<String>, ReadError> {
    let mut book = open(file)?;
    let sheets = book.sheets_metadata().to_vec();
    let sheet = choose(&sheets, wanted, |other| {
        let cells = book.worksheet_range(other);
        cells.is_ok_and(|cells| cells.used_cells().next().is_some())
    })?;
    let name = sheet.name.clone();
    if sender.send(Ok(Message::Sheet(sheet))).is_err() {
        return Ok(None);
    }
    let reading = Reading {
        from_1904: book.has_1904_epoch(),
        ..reading
    };
    let unreadable = |error: XlsError| unreadable(Some((&name, 0)), &error);
    let merged = book.merge_cells_by_sheet_name(&name).map_err(unreadable)?;
    let cells = book.worksheet_range(&name).map_err(unreadable)?;
    let formulas = book.worksheet_formula(&name).map_err(unreadable)?;
    let mut rows = RowBatches::new(&name, merged, sender);
    for place in places(&cells, &formulas) {
        let is_formula = formulas.get_value(place).is_some_and(|text| !text.is_empty());
        let cell = cells.get_value(place).map_or(DataRef::Empty, borrowed);
        if !rows.take(place, reading.cell(&cell, is_formula))? {
            return Ok(None);
        }
    }
    rows.end()
}

/// The stream of the cells is taken out of its container under a bound, looked over, and given to the parser in a container
/// of its own: it reads what was looked over, and nothing else.
fn open(file: File) -> Result<Xls<Cursor<Vec<u8>>>, ReadError> {
    let size = file.metadata()?.len();
    if size > LARGEST {
        return Err(ReadError::refused(format!(
            "is {} MB, more than a workbook of the old kind can hold as an export; save the sheet as .xlsx",
            size >> 20
        )));
    }
    let mut container = CompoundFile::open(file).map_err(|error| unreadable(None, &error))?;
    if container.exists("/EncryptedPackage") {
        return Err(ReadError::refused(
            "is locked with a password; save it without one",
        ));
    }
    let Some(stream) = STREAMS
        .iter()
        .find(|stream| container.is_stream(format!("/{stream}")))
    else {
        return Err(ReadError::refused(
            "is an old Office file and no workbook; save the sheet as .xlsx",
        ));
    };
    let mut records = Vec::new();
    let stored = container.open_stream(format!("/{stream}"))?;
    stored.take(LARGEST).read_to_end(&mut records)?;
    xls_records::check(&records)?;
    // The parser does not read the newer version of the container that is made without being asked.
    let mut own = CompoundFile::create_with_version(Version::V3, Cursor::new(Vec::new()))?;
    own.create_stream(format!("/{stream}"))?.write_all(&records)?;
    own.flush()?;
    Xls::new(own.into_inner()).map_err(|error| unreadable(None, &error))
}

/// Every place of the rectangle that holds both, row by row.
fn places(cells: &Range<Data>, formulas: &Range<String>) -> impl Iterator<Item = (u32, u32)> {
    let corners = [cells.start(), cells.end(), formulas.start(), formulas.end()];
    let bounds = |of: fn(&(u32, u32)) -> u32| {
        let all = || corners.iter().flatten().map(of);
        all().min().zip(all().max())
    };
    let (rows, columns) = (bounds(|place| place.0), bounds(|place| place.1));
    let each = |bounds: Option<(u32, u32)>| bounds.into_iter().flat_map(|(first, last)| first..=last);
    each(rows).flat_map(move |row| each(columns).map(move |column| (row, column)))
}

fn borrowed(cell: &Data) -> DataRef<'_> {
    match cell {
        Data::Int(value) => DataRef::Int(*value),
        Data::Float(value) => DataRef::Float(*value),
        Data::String(text) => DataRef::SharedString(text),
        Data::Bool(value) => DataRef::Bool(*value),
        Data::DateTime(at) => DataRef::DateTime(*at),
        Data::DateTimeIso(text) => DataRef::DateTimeIso(text.clone()),
        Data::DurationIso(text) => DataRef::DurationIso(text.clone()),
        Data::Error(error) => DataRef::Error(error.clone()),
        Data::Empty => DataRef::Empty,
    }
}
