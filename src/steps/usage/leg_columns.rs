//! The columns of a table of legs, to go through its rows.

use chrono::NaiveDate;
use polars::prelude::*;

use crate::frames::legs;
use crate::steps::usage::line_keys::End;
use crate::steps::usage::tally::from_epoch;

/// What tells the legs' ends, calls and use.
pub(in crate::steps) struct LegColumns<'a> {
    day: &'a Int32Chunked,
    pub call: &'a StringChunked,
    pub direction: &'a StringChunked,
    pub result: &'a StringChunked,
    pub source: EndColumns<'a>,
    pub destination: EndColumns<'a>,
    pub start: &'a Int64Chunked,
    pub end: &'a Int64Chunked,
    pub length: &'a Int64Chunked,
    pub international: &'a BooleanChunked,
    pub recorded: &'a BooleanChunked,
}

pub(in crate::steps) struct EndColumns<'a> {
    extension: &'a StringChunked,
    sip_id: &'a StringChunked,
    user: &'a StringChunked,
    number: &'a StringChunked,
}

impl EndColumns<'_> {
    pub(crate) fn at(&self, row: usize) -> End<'_> {
        End {
            extension: self.extension.get(row),
            sip_id: self.sip_id.get(row),
            user: self.user.get(row),
            number: self.number.get(row),
            is_signed_elsewhere: false,
        }
    }
}

/// A row and its day.
#[derive(Debug, Clone, Copy)]
pub(in crate::steps) struct LegRow {
    pub at: usize,
    pub day: NaiveDate,
    pub epoch_day: i32,
}

impl<'a> LegColumns<'a> {
    pub(crate) fn of(legs: &'a DataFrame) -> PolarsResult<LegColumns<'a>> {
        let text = |name: &str| legs.column(name)?.str();
        Ok(LegColumns {
            day: legs.column(legs::DAY)?.date()?.physical(),
            call: text(legs::CALL_ID)?,
            direction: text(legs::DIRECTION)?,
            result: text(legs::RESULT)?,
            source: EndColumns {
                extension: text(legs::SOURCE_EXTENSION)?,
                sip_id: text(legs::SOURCE_SIP_ID)?,
                user: text(legs::SOURCE_USER)?,
                number: text(legs::FROM)?,
            },
            destination: EndColumns {
                extension: text(legs::DESTINATION_EXTENSION)?,
                sip_id: text(legs::DESTINATION_SIP_ID)?,
                user: text(legs::DESTINATION_USER)?,
                number: text(legs::TO)?,
            },
            start: legs.column(legs::START)?.datetime()?.physical(),
            end: legs.column(legs::END)?.datetime()?.physical(),
            length: legs.column(legs::LENGTH_SECONDS)?.i64()?,
            international: legs.column(legs::INTERNATIONAL)?.bool()?,
            recorded: legs.column(legs::RECORDED)?.bool()?,
        })
    }

    /// The rows of a few days each, in `shares` parts; a row without a day is in none.
    pub(crate) fn by_day(&self, shares: usize) -> Vec<Vec<LegRow>> {
        let mut rows = vec![Vec::new(); shares.max(1)];
        for (at, epoch_day) in self.day.iter().enumerate() {
            let Some(epoch_day) = epoch_day else { continue };
            let share = epoch_day.unsigned_abs() as usize % rows.len();
            rows[share].push(LegRow {
                at,
                day: from_epoch(epoch_day),
                epoch_day,
            });
        }
        rows
    }
}
