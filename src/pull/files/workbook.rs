//! A workbook read on a thread of its own: the parser lends its cells from the workbook that it has open, so the two live
//! together there, and rows come out through a short queue.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, sync_channel};

use super::ReadError;
use super::row::Row;
use super::sheet_choice::SheetName;
use super::xlsx_cells::Reading;
use super::{xls_sheet, xlsx_sheet};

/// What comes out of the thread: the sheet's name first, then rows, then the end.
pub(super) enum Message {
    Sheet(SheetName),
    Rows(Vec<Row>),
    /// With the first cell that stood too far to the right.
    End(Option<String>),
}

pub(super) type Sent = Result<Message, ReadError>;

/// A workbook by the container that it comes in.
pub(super) enum Book {
    /// A ZIP archive.
    Xlsx(File),
    /// What Excel wrote until 2003, and some portals do still.
    Xls(File),
}

/// Begins to read; `wanted` is the sheet's name, none for the first that is visible.
pub(super) fn stream(
    book: Book,
    wanted: Option<String>,
    reading: Reading,
) -> Result<Receiver<Sent>, ReadError> {
    let (sender, receiver) = sync_channel(2);
    let read = move || {
        let read = || match book {
            Book::Xlsx(file) => xlsx_sheet::read(file, wanted.as_deref(), reading, &sender),
            Book::Xls(file) => xls_sheet::read(file, wanted.as_deref(), reading, &sender),
        };
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

/// A workbook, a sheet or a row of it that the parser cannot read.
pub(super) fn unreadable(place: Option<(&str, u64)>, error: &dyn std::fmt::Display) -> ReadError {
    let sheet = place.map_or(String::new(), |(sheet, _)| format!("sheet {sheet:?}: "));
    let what = format!("{sheet}is not readable as a workbook ({error}); open it in Excel and save it again");
    match place {
        Some((_, row)) if row > 0 => ReadError::broken(row, what),
        _ => ReadError::refused(what),
    }
}
