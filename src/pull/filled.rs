//! Files that must have rows: an empty one is no answer.

use crate::domain::Source;

use super::PullError;
use super::files::{Found, Layout, RowReader};
use super::headings::Column;

/// The file's reader; none for an empty file of an optional source.
pub(super) fn open_filled(
    source: &Source,
    file: &Found,
    columns: &[Column],
) -> Result<Option<RowReader>, PullError> {
    let fail = |error: super::files::ReadError| error.of_file(&source.name, &file.name, &file.path);
    match RowReader::open(&file.path, &Layout::of(source, columns)?) {
        Ok(reader) if reader.headings().is_empty() && source.optional => Ok(None),
        Ok(reader) if reader.headings().is_empty() => Err(no_rows(source, file)),
        Ok(reader) => Ok(Some(reader)),
        Err(super::files::ReadError::Empty) if source.optional => Ok(None),
        Err(super::files::ReadError::Empty) => Err(no_rows(source, file)),
        Err(error) => Err(fail(error)),
    }
}

pub(super) fn no_rows(source: &Source, file: &Found) -> PullError {
    PullError::Data {
        file: file.name.clone(),
        row: None,
        column: None,
        what: format!(
            "has no rows; an empty {} table is not taken for an answer. Export it again, or set sources.{}.optional = true",
            source.table, source.name
        ),
    }
}
