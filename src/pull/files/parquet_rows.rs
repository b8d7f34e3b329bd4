//! Parquet as rows of text, some thousand rows at a time.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};

use chrono::{DateTime, NaiveDate};
use polars::prelude::{AnyValue, ArrowDataType, DataFrame, PolarsResult, TimeUnit};
use polars_io::SerReader;
use polars_io::parquet::read::ParquetReader;

use super::ReadError;
use super::row::Row;

const ROWS_AT_ONCE: usize = 1 << 15;
const MOST_ROWS: usize = 200_000_000;

pub(super) struct ParquetRows {
    file: File,
    headings: Vec<String>,
    /// Columns of a type that has no plain text, such as decimals and structures.
    left_out: Vec<String>,
    total: usize,
    read: usize,
    batch: DataFrame,
    at: usize,
}

impl ParquetRows {
    pub(super) fn open(file: File) -> Result<ParquetRows, ReadError> {
        let (schema, total) = guarded(|| {
            let mut reader = ParquetReader::new(file.try_clone()?);
            Ok((reader.schema()?, reader.num_rows()?))
        })?;
        if total > MOST_ROWS {
            return Err(ReadError::refused("says that it has more than 200 million rows"));
        }
        let (mut headings, mut left_out) = (Vec::new(), Vec::new());
        for field in schema.iter_values() {
            if has_text(&field.dtype) {
                headings.push(field.name.to_string());
            } else {
                left_out.push(field.name.to_string());
            }
        }
        Ok(ParquetRows {
            file,
            headings,
            left_out,
            total,
            read: 0,
            batch: DataFrame::default(),
            at: 0,
        })
    }

    pub(super) fn headings(&self) -> &[String] {
        &self.headings
    }

    pub(super) fn notes(&self) -> Vec<String> {
        let note = |name| format!("column {name} is of a type that is not read; save it as text");
        self.left_out.iter().map(note).collect()
    }

    pub(super) fn next(&mut self, row: &mut Row) -> Result<bool, ReadError> {
        loop {
            if self.at == self.batch.height() && !self.refill()? {
                return Ok(false);
            }
            row.clear((self.read - self.batch.height() + self.at + 1) as u64);
            for (cell, column) in self.batch.columns().iter().enumerate() {
                if let Some(text) = column.get(self.at).ok().and_then(text_of) {
                    row.set(cell, &text);
                }
            }
            self.at += 1;
            if row.text.contains(&0) {
                row.fault = Some("holds a NUL character".into());
            } else if row.text.len() > 1 << 20 {
                row.fault = Some("is longer than 1 MB".into());
            }
            if !row.is_blank() {
                return Ok(true);
            }
        }
    }

    fn refill(&mut self) -> Result<bool, ReadError> {
        if self.read >= self.total {
            return Ok(false);
        }
        let (from, columns) = (self.read, self.headings.clone());
        let file = self.file.try_clone()?;
        self.batch = guarded(|| {
            ParquetReader::new(file)
                .with_columns(Some(columns))
                .with_slice(Some((from, ROWS_AT_ONCE)))
                .finish()
        })?;
        if self.batch.height() == 0 {
            return Err(ReadError::refused("has fewer rows than it says; it was cut off"));
        }
        self.read += self.batch.height();
        self.at = 0;
        Ok(true)
    }
}

/// A damaged file can panic deep in the decoder; here that is one more way of being unreadable.
fn guarded<T>(read: impl FnOnce() -> PolarsResult<T>) -> Result<T, ReadError> {
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(ReadError::refused(format!("is not readable Parquet ({error})"))),
        Err(_) => Err(ReadError::refused("is damaged Parquet")),
    }
}

fn has_text(dtype: &ArrowDataType) -> bool {
    use ArrowDataType::*;
    match dtype {
        Boolean | Int32 | Int64 | UInt32 | UInt64 | Float32 | Float64 => true,
        Utf8 | LargeUtf8 | Utf8View | Date32 | Timestamp(..) | Null => true,
        List(inner) | LargeList(inner) => has_text(inner.dtype()),
        _ => false,
    }
}

fn text_of(value: AnyValue) -> Option<String> {
    Some(match value {
        AnyValue::Null => return None,
        AnyValue::String(text) => text.to_string(),
        AnyValue::StringOwned(text) => text.to_string(),
        AnyValue::Boolean(value) => value.to_string(),
        AnyValue::Date(days) => day_text(days)?,
        AnyValue::Datetime(at, unit, zone) => instant_text(at, unit, zone.is_some())?,
        AnyValue::DatetimeOwned(at, unit, zone) => instant_text(at, unit, zone.is_some())?,
        AnyValue::List(elements) => elements
            .iter()
            .filter_map(text_of)
            .collect::<Vec<String>>()
            .join(";"),
        AnyValue::Float32(value) => value.to_string(),
        AnyValue::Float64(value) => value.to_string(),
        other => other.to_string(),
    })
}

fn day_text(days: i32) -> Option<String> {
    let epoch = NaiveDate::from_ymd_opt(1970, 1, 1)?;
    let day = epoch.checked_add_signed(chrono::Duration::days(days.into()))?;
    Some(day.format("%Y-%m-%d").to_string())
}

/// With a zone the value is an instant in UTC; without one it is a wall clock's time.
fn instant_text(at: i64, unit: TimeUnit, zoned: bool) -> Option<String> {
    let at = match unit {
        TimeUnit::Nanoseconds => DateTime::from_timestamp_nanos(at),
        TimeUnit::Microseconds => DateTime::from_timestamp_micros(at)?,
        TimeUnit::Milliseconds => DateTime::from_timestamp_millis(at)?,
    };
    let marker = if zoned { "Z" } else { "" };
    Some(format!("{}{marker}", at.format("%Y-%m-%d %H:%M:%S%.f")))
}
