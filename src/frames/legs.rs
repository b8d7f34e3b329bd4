//! One row: one leg of a call, as pulled. Kept raw for `retention.raw_days` only: `FROM` and `TO` hold outside numbers.

use std::sync::LazyLock;

use polars::prelude::*;

use super::ShapeError;

/// Identifies a call, not a row: one call has several legs. Null where the file told none: then the row is a call.
pub const CALL_ID: &str = "call_id";
/// `inbound`, `outbound` or `internal`.
pub const DIRECTION: &str = "direction";
/// Instants in UTC, milliseconds.
pub const START: &str = "start";
pub const END: &str = "end";
/// The account-local day on which the leg started.
pub const DAY: &str = "day";
pub const LENGTH_SECONDS: &str = "length_seconds";
/// As read, case folded; null where the service gave none.
pub const RESULT: &str = "result";
pub const FROM: &str = "from";
pub const TO: &str = "to";
pub const SOURCE_EXTENSION: &str = "source_extension";
pub const DESTINATION_EXTENSION: &str = "destination_extension";
pub const SOURCE_SIP_ID: &str = "source_sip_id";
pub const DESTINATION_SIP_ID: &str = "destination_sip_id";
/// Logins, case folded and without a `@vbc.prod` ending.
pub const SOURCE_USER: &str = "source_user";
pub const DESTINATION_USER: &str = "destination_user";
pub const INTERNATIONAL: &str = "international";
pub const RECORDED: &str = "recorded";

pub static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let instant = DataType::Datetime(TimeUnit::Milliseconds, None);
    Schema::from_iter([
        (CALL_ID.into(), DataType::String),
        (DIRECTION.into(), DataType::String),
        (START.into(), instant.clone()),
        (END.into(), instant),
        (DAY.into(), DataType::Date),
        (LENGTH_SECONDS.into(), DataType::Int64),
        (RESULT.into(), DataType::String),
        (FROM.into(), DataType::String),
        (TO.into(), DataType::String),
        (SOURCE_EXTENSION.into(), DataType::String),
        (DESTINATION_EXTENSION.into(), DataType::String),
        (SOURCE_SIP_ID.into(), DataType::String),
        (DESTINATION_SIP_ID.into(), DataType::String),
        (SOURCE_USER.into(), DataType::String),
        (DESTINATION_USER.into(), DataType::String),
        (INTERNATIONAL.into(), DataType::Boolean),
        (RECORDED.into(), DataType::Boolean),
    ])
});

/// Legs that have been checked to have their shape.
#[derive(Clone)]
pub struct Legs(LazyFrame);

impl Legs {
    pub fn parse(mut frame: LazyFrame) -> Result<Legs, ShapeError> {
        super::check("legs", &mut frame, &SCHEMA)?;
        Ok(Legs(frame))
    }

    pub fn into_lazy(self) -> LazyFrame {
        self.0
    }
}
