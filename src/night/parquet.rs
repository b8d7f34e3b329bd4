//! `lines.parquet`: the rows of `lines.csv` for machines, typed: days as dates, counts as integers, money as decimal text.

use polars::prelude::*;

use crate::domain::Statement;
use crate::failure::Failure;
use crate::render::{Cell, lines_columns};

/// The Parquet bytes of every line of every account.
pub fn lines(statement: &Statement) -> Result<Vec<u8>, Failure> {
    let columns = lines_columns(statement)
        .into_iter()
        .map(|(name, cells)| column(name, &cells));
    let mut frame = DataFrame::new_infer_height(columns.collect::<PolarsResult<Vec<Column>>>()?)?;
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).finish(&mut frame)?;
    Ok(bytes)
}

/// A column of the type that its first filled cell has; text where all are blank.
fn column(name: &str, cells: &[Cell]) -> PolarsResult<Column> {
    let filled = cells.iter().find(|cell| !matches!(cell, Cell::Blank));
    match filled {
        Some(Cell::Day(_)) => {
            let days = cells.iter().map(|cell| match cell {
                Cell::Day(day) => Some((*day - chrono::NaiveDate::default()).num_days() as i32),
                _ => None,
            });
            Column::new(name.into(), days.collect::<Vec<_>>()).cast(&DataType::Date)
        }
        Some(Cell::Count(_)) => {
            let counts = cells.iter().map(|cell| match cell {
                Cell::Count(count) => Some(*count),
                _ => None,
            });
            Ok(Column::new(name.into(), counts.collect::<Vec<_>>()))
        }
        _ => {
            let texts = cells.iter().map(|cell| match cell {
                Cell::Blank => None,
                // Machines get the text as it was; only spreadsheets need it disarmed.
                Cell::Text(text) => Some(text.clone()),
                other => Some(other.csv()),
            });
            Ok(Column::new(name.into(), texts.collect::<Vec<_>>()))
        }
    }
}
