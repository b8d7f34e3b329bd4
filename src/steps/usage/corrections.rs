//! Two rows that differ only in end, length, result or marks are one leg and its correction.

use std::cmp::Reverse;
use std::mem;

use polars::prelude::PlHashMap;
use xxhash_rust::xxh3::xxh3_128;

use crate::steps::usage::leg_columns::{LegColumns, LegRow};

/// Neither stands in UTF-8.
const END_OF_TEXT: u8 = 0xff;
const NO_TEXT: u8 = 0xfe;

/// One row for each leg (an answered one stays, and the longer of two), and the others. The order of the files does not decide.
pub(in crate::steps) fn one_row_a_leg(
    legs: &LegColumns<'_>,
    rows: Vec<LegRow>,
) -> (Vec<LegRow>, Vec<LegRow>) {
    let mut places: PlHashMap<u128, usize> = PlHashMap::default();
    places.reserve(rows.len());
    let (mut best, mut others) = (Vec::with_capacity(rows.len()), Vec::new());
    let mut bytes = Vec::new();
    for row in rows {
        let place = *places
            .entry(identity(legs, row, &mut bytes))
            .or_insert(best.len());
        let Some(stays) = best.get_mut(place) else {
            best.push(row);
            continue;
        };
        let is_better = rank(legs, row) > rank(legs, *stays);
        others.push(if is_better { mem::replace(stays, row) } else { row });
    }
    (best, others)
}

/// By call, ends, direction and start; the portal names the ends by user alone. Without a call's id only the length tells another call
/// of the same second from a correction. 128 bits: no two legs share one by chance.
fn identity(legs: &LegColumns<'_>, row: LegRow, bytes: &mut Vec<u8>) -> u128 {
    let (source, destination) = (legs.source.at(row.at), legs.destination.at(row.at));
    let texts = [
        legs.call.get(row.at),
        legs.direction.get(row.at),
        source.extension,
        destination.extension,
        source.sip_id,
        destination.sip_id,
        source.number,
        destination.number,
        source.user,
        destination.user,
    ];
    bytes.clear();
    for text in texts {
        match text {
            Some(text) => bytes.extend_from_slice(text.as_bytes()),
            None => bytes.push(NO_TEXT),
        }
        bytes.push(END_OF_TEXT);
    }
    let length = legs
        .length
        .get(row.at)
        .filter(|_| legs.call.get(row.at).is_none());
    for number in [legs.start.get(row.at), length].into_iter().flatten() {
        bytes.extend_from_slice(&number.to_le_bytes());
    }
    xxh3_128(bytes)
}

/// The highest is the best row of a leg: what is told comes before what is not.
fn rank<'a>(legs: &LegColumns<'a>, row: LegRow) -> impl Ord + use<'a> {
    let result = legs.result.get(row.at);
    (
        matches!(result, Some("answered" | "connected")),
        legs.length.get(row.at),
        legs.end.get(row.at),
        legs.international.get(row.at),
        legs.recorded.get(row.at),
        Reverse((result.is_none(), result)),
    )
}
