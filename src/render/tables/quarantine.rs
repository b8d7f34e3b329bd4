//! `quarantine.csv`: one row is an input row that could not be used. For the operator, on every kind of night.

use crate::domain::Quarantined;
use crate::render::{Cell, RenderError};

pub fn quarantine_csv(rows: &[Quarantined]) -> Result<Vec<u8>, RenderError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["table", "file", "row", "column", "reason", "as_read"])?;
    for row in rows {
        writer.write_record(fields(row).map(|cell| cell.csv()))?;
    }
    writer
        .into_inner()
        .map_err(|error| RenderError::Csv(error.into_error().into()))
}

fn fields(row: &Quarantined) -> [Cell; 6] {
    [
        Cell::text(&row.table),
        Cell::text(&row.file),
        Cell::Count(row.row),
        Cell::text(&row.column),
        Cell::text(&row.reason),
        Cell::text(&row.as_read),
    ]
}
