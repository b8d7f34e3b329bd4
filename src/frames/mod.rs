//! The shapes of the tables that live in polars: names and types, no arithmetic.
//! Columns are used by qualified name (`col(legs::CALL_ID)`), so that each has one spelling in one place.

pub mod legs;
pub mod usage;

use polars::prelude::*;

/// A frame that does not have its table's shape; every fault at once.
#[derive(Debug, thiserror::Error)]
#[error("the {table} table does not have its shape: {}", faults.join("; "))]
pub struct ShapeError {
    pub table: &'static str,
    pub faults: Vec<String>,
}

/// Compares a plan's schema (the data is not read) with a table's, by name and type.
pub(crate) fn check(table: &'static str, frame: &mut LazyFrame, wanted: &Schema) -> Result<(), ShapeError> {
    let found = match frame.collect_schema() {
        Ok(schema) => schema,
        Err(error) => {
            return Err(ShapeError {
                table,
                faults: vec![error.to_string()],
            });
        }
    };
    let faults: Vec<String> = wanted
        .iter()
        .filter_map(|(name, dtype)| match found.get(name) {
            None => Some(format!("column {name} is missing")),
            Some(other) if other != dtype => Some(format!("column {name} is {other}, not {dtype}")),
            Some(_) => None,
        })
        .collect();
    if faults.is_empty() {
        Ok(())
    } else {
        Err(ShapeError { table, faults })
    }
}
