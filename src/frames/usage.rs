//! One row: one line on one account-local day on which it had any leg. Additive: days are replaced, never edited.

use std::sync::LazyLock;

use polars::prelude::*;

use super::ShapeError;

pub const LINE_ID: &str = "line_id";
pub const DAY: &str = "day";
/// Distinct calls placed, to anyone; whatever the result.
pub const CALLS_OUT: &str = "calls_out";
pub const CALLS_OUT_ANSWERED: &str = "calls_out_answered";
pub const CALLS_IN_ANSWERED: &str = "calls_in_answered";
/// Voicemail and abandoned included.
pub const CALLS_IN_MISSED: &str = "calls_in_missed";
/// Those of the placed and answered whose other end is a line.
pub const CALLS_INTERNAL: &str = "calls_internal";
pub const SECONDS_OUT: &str = "seconds_out";
pub const SECONDS_IN: &str = "seconds_in";
pub const CALLS_INTERNATIONAL: &str = "calls_international";
pub const CALLS_RECORDED: &str = "calls_recorded";
/// Legs with this line at an end, for gate G3.
pub const LEGS: &str = "legs";

/// Raised with every change of [`SCHEMA`] or of what a column means.
pub const SCHEMA_VERSION: &str = "1";

pub static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let mut schema = Schema::from_iter([(LINE_ID.into(), DataType::String), (DAY.into(), DataType::Date)]);
    for count in [
        CALLS_OUT,
        CALLS_OUT_ANSWERED,
        CALLS_IN_ANSWERED,
        CALLS_IN_MISSED,
        CALLS_INTERNAL,
    ] {
        schema.with_column(count.into(), DataType::UInt32);
    }
    for seconds in [SECONDS_OUT, SECONDS_IN] {
        schema.with_column(seconds.into(), DataType::Int64);
    }
    for count in [CALLS_INTERNATIONAL, CALLS_RECORDED, LEGS] {
        schema.with_column(count.into(), DataType::UInt32);
    }
    schema
});

/// A usage table that has been checked to have its shape.
#[derive(Clone)]
pub struct Usage(LazyFrame);

impl Usage {
    pub fn parse(mut frame: LazyFrame) -> Result<Usage, ShapeError> {
        super::check("usage", &mut frame, &SCHEMA)?;
        Ok(Usage(frame))
    }

    pub fn into_lazy(self) -> LazyFrame {
        self.0
    }
}
