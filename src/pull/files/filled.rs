//! Files that must have rows: an empty one is no answer.

use crate::domain::Source;

use crate::pull::PullError;
use crate::pull::files::headings::Column;
use crate::pull::files::{Found, Layout, RowReader};

/// The file's reader; none for an empty file of an optional source.
pub(in crate::pull) fn open_filled(
    source: &Source,
    file: &Found,
    columns: &[Column],
) -> Result<Option<RowReader>, PullError> {
    let fail = |error: crate::pull::files::ReadError| error.of_file(&source.name, &file.name, &file.path);
    match RowReader::open(&file.path, &Layout::of(source, columns)?) {
        Ok(reader) if reader.headings().is_empty() && source.optional => Ok(None),
        Ok(reader) if reader.headings().is_empty() => Err(no_rows(source, file)),
        Ok(reader) => Ok(Some(reader)),
        Err(crate::pull::files::ReadError::Empty) if source.optional => Ok(None),
        Err(crate::pull::files::ReadError::Empty) => Err(no_rows(source, file)),
        Err(error) => Err(fail(error)),
    }
}

pub(in crate::pull) fn no_rows(source: &Source, file: &Found) -> PullError {
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
