//! A table's columns as one list: name, meaning, value. The CSV files of administrators and machines follow it.

use crate::domain::AccountStatement;
use crate::render::{Cell, RenderError};

/// Where a row stands.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub account: &'a AccountStatement,
}

/// What every filled cell of a column is: types do not follow from what stands in a column tonight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    Text,
    Day,
    Count,
    Money,
    Chance,
}

/// One column of a table whose rows are `R`.
pub(crate) struct Column<R: 'static> {
    /// The heading, part of the contract.
    pub name: &'static str,
    pub cell: fn(&Context, &R) -> Cell,
    pub holds: Holds,
}

/// A column; short, because the lists are long. What it means stands beside it for whoever reads the list.
pub(crate) const fn column<R>(
    name: &'static str,
    _meaning: &'static str,
    cell: fn(&Context, &R) -> Cell,
) -> Column<R> {
    holding(Holds::Text, name, cell)
}

const fn holding<R>(holds: Holds, name: &'static str, cell: fn(&Context, &R) -> Cell) -> Column<R> {
    Column { name, cell, holds }
}

pub(crate) const fn days<R>(
    name: &'static str,
    _meaning: &'static str,
    cell: fn(&Context, &R) -> Cell,
) -> Column<R> {
    holding(Holds::Day, name, cell)
}

pub(crate) const fn counts<R>(
    name: &'static str,
    _meaning: &'static str,
    cell: fn(&Context, &R) -> Cell,
) -> Column<R> {
    holding(Holds::Count, name, cell)
}

pub(crate) const fn amounts<R>(
    name: &'static str,
    _meaning: &'static str,
    cell: fn(&Context, &R) -> Cell,
) -> Column<R> {
    holding(Holds::Money, name, cell)
}

pub(crate) const fn chances<R>(
    name: &'static str,
    _meaning: &'static str,
    cell: fn(&Context, &R) -> Cell,
) -> Column<R> {
    holding(Holds::Chance, name, cell)
}

/// Rows as CSV bytes, headings first.
pub(crate) fn csv_bytes<'a, R: 'a>(
    columns: &[Column<R>],
    rows: impl Iterator<Item = (Context<'a>, &'a R)>,
) -> Result<Vec<u8>, RenderError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(columns.iter().map(|column| column.name))?;
    for (context, row) in rows {
        writer.write_record(columns.iter().map(|column| (column.cell)(&context, row).csv()))?;
    }
    writer
        .into_inner()
        .map_err(|error| RenderError::Csv(error.into_error().into()))
}
