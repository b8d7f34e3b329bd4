//! `lines.parquet`: the rows of `lines.csv` for machines, typed: days as dates, counts as integers, money as whole hundredths,
//! chances as numbers from 0 to 1. The types are the columns' own, so that all nights are one table.

use polars::prelude::*;

use crate::domain::Statement;
use crate::failure::Failure;
use crate::render::{Cell, Holds, lines_columns};

/// A chance's unit.
const MILLION: f64 = 1e6;

/// The Parquet bytes of every line of every account.
pub(crate) fn lines(statement: &Statement) -> Result<Vec<u8>, Failure> {
    let columns = lines_columns(statement)
        .into_iter()
        .map(|(name, holds, cells)| column(name, holds, &cells));
    let mut frame = DataFrame::new_infer_height(columns.collect::<PolarsResult<Vec<Column>>>()?)?;
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).finish(&mut frame)?;
    Ok(bytes)
}

fn column(name: &str, holds: Holds, cells: &[Cell]) -> PolarsResult<Column> {
    let name: PlSmallStr = name.into();
    Ok(match holds {
        Holds::Day => {
            let days = cells.iter().map(|cell| match cell {
                Cell::Day(day) => Some((*day - chrono::NaiveDate::default()).num_days() as i32),
                _ => None,
            });
            Column::new(name, days.collect::<Vec<_>>()).cast(&DataType::Date)?
        }
        Holds::Count => {
            let counts = cells.iter().map(|cell| match cell {
                Cell::Count(count) => Some(*count),
                _ => None,
            });
            Column::new(name, counts.collect::<Vec<_>>())
        }
        Holds::Money => {
            let amounts = cells.iter().map(|cell| match cell {
                Cell::Money(amount, _) => Some(amount.0),
                _ => None,
            });
            Column::new(name, amounts.collect::<Vec<_>>())
        }
        Holds::Chance => {
            let chances = cells.iter().map(|cell| match cell {
                Cell::Chance(millionths) => Some(f64::from(*millionths) / MILLION),
                _ => None,
            });
            Column::new(name, chances.collect::<Vec<_>>())
        }
        Holds::Text => {
            let texts = cells.iter().map(|cell| match cell {
                Cell::Blank => None,
                // Machines get the text as it was; only spreadsheets need it disarmed.
                Cell::Text(text) => Some(text.clone()),
                other => Some(other.csv()),
            });
            Column::new(name, texts.collect::<Vec<_>>())
        }
    })
}
