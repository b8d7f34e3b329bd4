//! Legs -> usage: one row a line and day. Grouped by call before by day, a month's files at a time (style.md has the
//! measurements); the lines are resolved once per end, then polars does the rest.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use polars::prelude::*;

use super::day_join::{DayJoin, NamedBy};
use super::former_lines::{FormerLines, Joinable};
use super::line_keys::{End, LineKeys};
use super::main_numbers::MainNumbers;
use crate::domain::words;
use crate::frames::legs::{self, Legs};
use crate::frames::usage;

words! {
    /// What a leg's result says; the set is open (vonage.md).
    Outcome { Answered => "answered", Demand => "demand" }
}

/// Answered whatever the length; demand by name; of what nobody knows, a length above 0 or none at all is use.
pub fn outcome(result: Option<&str>, length_seconds: Option<i64>) -> Outcome {
    match result {
        Some("answered" | "connected") => Outcome::Answered,
        Some(known) if is_demand(known) => Outcome::Demand,
        _ if length_seconds == Some(0) => Outcome::Demand,
        _ => Outcome::Answered,
    }
}

fn is_demand(result: &str) -> bool {
    matches!(
        result,
        "missed"
            | "voicemail"
            | "abandoned"
            | "busy"
            | "no answer"
            | "no_answer"
            | "noanswer"
            | "blocked"
            | "attempted"
    )
}

/// Whether a result is one of the words that vonage.md lists.
pub(super) fn is_known_result(result: &str) -> bool {
    matches!(result, "answered" | "connected") || is_demand(result)
}

/// The usage of the days in `legs`, and how each day's legs joined.
pub struct RolledUp {
    pub usage: DataFrame,
    pub days: BTreeMap<NaiveDate, DayJoin>,
}

/// Columns that live between the two groupings only.
const LINE: &str = "line";
const IS_SOURCE: &str = "is_source";
const IS_INBOUND: &str = "is_inbound";
const ANSWERED: &str = "answered";
const OTHER_IS_LINE: &str = "other_is_line";
const PLACED: &str = "placed";
const OUT_ANSWERED: &str = "out_answered";
const REACHED: &str = "reached";
const FORWARDED: &str = "forwarded";
const IN_ANSWERED: &str = "in_answered";
const USED: &str = "used";
const OUT_SECONDS: &str = "out_seconds";
const IN_SECONDS: &str = "in_seconds";
const LEG_COUNT: &str = "leg_count";

/// Raised whenever the same legs and lines would be counted otherwise than before: stored days are then counted again.
pub const COUNTING_RULE: u16 = 2;

/// Rolls up `legs` (any number of whole days) over the lines of one account, former holders and lines that have left included.
pub fn roll_up(legs: Legs, joinable: &Joinable<'_>) -> PolarsResult<RolledUp> {
    let legs = one_row_a_leg(legs.into_lazy()).collect()?;
    let former = FormerLines::new(joinable);
    let (ends, days) = resolve_ends(&legs, &LineKeys::new(joinable.lines), &former)?;
    let usage = by_day(by_call(ends.lazy())).collect()?;
    Ok(RolledUp {
        usage: name_lines(usage, former.ids())?,
        days,
    })
}

/// Two rows that differ only in end, length or result are one leg and its correction: the longer one stays.
fn one_row_a_leg(legs: LazyFrame) -> LazyFrame {
    let identity = [
        legs::CALL_ID,
        legs::DIRECTION,
        legs::SOURCE_EXTENSION,
        legs::DESTINATION_EXTENSION,
        legs::SOURCE_SIP_ID,
        legs::DESTINATION_SIP_ID,
        legs::FROM,
        legs::TO,
        legs::START,
        // The portal names the ends by user alone.
        legs::SOURCE_USER,
        legs::DESTINATION_USER,
    ];
    let longest_first = SortMultipleOptions::default()
        .with_order_descending_multi([true, true, false])
        .with_nulls_last(true)
        .with_maintain_order(true);
    // The result decides between rows of one length, so that the order of the files does not.
    legs.sort([legs::LENGTH_SECONDS, legs::END, legs::RESULT], longest_first)
        .unique_stable(Some(by_name(identity, true, false)), UniqueKeepStrategy::First)
}

/// One row for each end of a leg that is a line's, with what the groupings need.
fn resolve_ends(
    legs: &DataFrame,
    keys: &LineKeys,
    former: &FormerLines<'_>,
) -> PolarsResult<(DataFrame, BTreeMap<NaiveDate, DayJoin>)> {
    let text = |name: &str| legs.column(name)?.str();
    let (call, direction, result) = (text(legs::CALL_ID)?, text(legs::DIRECTION)?, text(legs::RESULT)?);
    let (from, to) = (text(legs::FROM)?, text(legs::TO)?);
    let (source_extension, destination_extension) =
        (text(legs::SOURCE_EXTENSION)?, text(legs::DESTINATION_EXTENSION)?);
    let (source_sip, destination_sip) = (text(legs::SOURCE_SIP_ID)?, text(legs::DESTINATION_SIP_ID)?);
    let (source_user, destination_user) = (text(legs::SOURCE_USER)?, text(legs::DESTINATION_USER)?);
    let length = legs.column(legs::LENGTH_SECONDS)?.i64()?;
    let day = legs.column(legs::DAY)?.date()?.physical();
    let start = legs.column(legs::START)?.datetime()?.physical();
    let (international, recorded) = (
        legs.column(legs::INTERNATIONAL)?.bool()?,
        legs.column(legs::RECORDED)?.bool()?,
    );

    let date_of = |epoch_day: i32| NaiveDate::default() + chrono::Duration::days(i64::from(epoch_day));
    let source_of = |row: usize| End {
        extension: source_extension.get(row),
        sip_id: source_sip.get(row),
        user: source_user.get(row),
        number: from.get(row),
    };
    let sources = (0..legs.height()).filter_map(|row| Some((source_of(row), date_of(day.get(row)?))));
    let main_numbers = MainNumbers::shown(keys, sources);

    let mut days: BTreeMap<NaiveDate, DayJoin> = BTreeMap::new();
    let mut ends = Ends::default();
    for row in 0..legs.height() {
        let Some(epoch_day) = day.get(row) else { continue };
        let date = date_of(epoch_day);
        let source = source_of(row);
        let destination = End {
            extension: destination_extension.get(row),
            sip_id: destination_sip.get(row),
            user: destination_user.get(row),
            number: to.get(row),
        };
        let mut at = [source, destination].map(|end| keys.resolve(end, date, &main_numbers));
        let is_inbound = direction.get(row) == Some("inbound");
        let found = at.iter().any(|end| !end.lines.is_empty());
        for (at, end) in at.iter_mut().zip([source, destination]) {
            if at.lines.is_empty() {
                at.lines = former.resolve(end, date, &main_numbers).lines;
            }
        }
        let is_former = !found && at.iter().any(|end| !end.lines.is_empty());
        let join = days.entry(date).or_default();
        join.legs += 1;
        join.directions.get_or_insert_default().add(direction.get(row));
        if let Some(start) = start.get(row) {
            join.utc_days.get_or_insert_default().add(date, start);
        }
        join.newest_start = join.newest_start.max(start.get(row));
        join.results.add(result.get(row).unwrap_or_default());
        if source.names_a_line() || destination.names_a_line() || found || is_former {
            join.with_line_end += 1;
            join.matched += u64::from(found);
            join.former += u64::from(is_former);
            join.contradictory += u64::from(at.iter().any(|end| end.contradicts));
        }
        join.named_by = join
            .named_by
            .and(NamedBy::of(&source))
            .and(NamedBy::of(&destination));
        join.named_by.number |= at.iter().any(|end| end.by_number_as_extension);
        if !found
            && !is_former
            && let Some(name) = source.name().or_else(|| destination.name())
        {
            join.strangers.add(&name, 1);
        }
        // An inbound leg is its destination's; the caller's own leg is a row of its own.
        let placing = !is_inbound;
        let answered = outcome(result.get(row), length.get(row)) == Outcome::Answered;
        join.recorded_told += u64::from(!answered || recorded.get(row).is_some());
        for (is_source, side) in [(true, 0), (false, 1)] {
            // A call from a line to itself (its voicemail) reaches nobody.
            let own_call = |line: &u32| !is_source && placing && at[0].lines.contains(line);
            for line in at[side]
                .lines
                .iter()
                .filter(|line| (!is_source || placing) && !own_call(line))
            {
                ends.line.push(*line);
                ends.day.push(epoch_day);
                ends.call.push(call.get(row).unwrap_or_default());
                ends.is_source.push(is_source);
                ends.is_inbound.push(is_inbound);
                ends.answered.push(answered);
                ends.other_is_line.push(!at[1 - side].lines.is_empty());
                ends.seconds.push(length.get(row).unwrap_or(0));
                ends.international.push(international.get(row).unwrap_or(false));
                ends.recorded.push(recorded.get(row).unwrap_or(false));
            }
        }
    }
    Ok((ends.into_frame()?, days))
}

#[derive(Default)]
struct Ends<'a> {
    line: Vec<u32>,
    day: Vec<i32>,
    call: Vec<&'a str>,
    is_source: Vec<bool>,
    is_inbound: Vec<bool>,
    answered: Vec<bool>,
    other_is_line: Vec<bool>,
    seconds: Vec<i64>,
    international: Vec<bool>,
    recorded: Vec<bool>,
}

impl Ends<'_> {
    fn into_frame(self) -> PolarsResult<DataFrame> {
        let day = Column::new(usage::DAY.into(), self.day).cast(&DataType::Date)?;
        DataFrame::new_infer_height(vec![
            Column::new(LINE.into(), self.line),
            day,
            Column::new(legs::CALL_ID.into(), self.call),
            Column::new(IS_SOURCE.into(), self.is_source),
            Column::new(IS_INBOUND.into(), self.is_inbound),
            Column::new(ANSWERED.into(), self.answered),
            Column::new(OTHER_IS_LINE.into(), self.other_is_line),
            Column::new(legs::LENGTH_SECONDS.into(), self.seconds),
            Column::new(legs::INTERNATIONAL.into(), self.international),
            Column::new(legs::RECORDED.into(), self.recorded),
        ])
    }
}

/// One row a line, day and call, in the best of its legs. A call that reached the line from outside and left it again under
/// the same call id was forwarded by the system: answered once if anybody answered, never placed.
fn by_call(ends: LazyFrame) -> LazyFrame {
    let seconds = |side: Expr| col(legs::LENGTH_SECONDS).filter(side).max().fill_null(lit(0_i64));
    let reached = || col(IS_SOURCE).not();
    ends.group_by([col(LINE), col(usage::DAY), col(legs::CALL_ID)])
        .agg([
            col(IS_SOURCE).any(true).alias(PLACED),
            col(IS_SOURCE).and(col(ANSWERED)).any(true).alias(OUT_ANSWERED),
            reached().any(true).alias(REACHED),
            reached().and(col(ANSWERED)).any(true).alias(IN_ANSWERED),
            reached().and(col(IS_INBOUND)).any(true).alias(FORWARDED),
            col(OTHER_IS_LINE).any(true),
            col(legs::INTERNATIONAL).any(true),
            col(legs::RECORDED).any(true),
            seconds(col(IS_SOURCE)).alias(OUT_SECONDS),
            seconds(reached().and(col(ANSWERED))).alias(IN_SECONDS),
            len().alias(LEG_COUNT),
        ])
        .with_columns([
            col(PLACED).and(col(FORWARDED).not()).alias(PLACED),
            col(IN_ANSWERED)
                .or(col(FORWARDED).and(col(OUT_ANSWERED)))
                .alias(IN_ANSWERED),
        ])
        .with_columns([
            col(PLACED).or(col(IN_ANSWERED)).alias(USED),
            // Of a forwarded call only the leg that left the line was talked on.
            when(
                col(FORWARDED)
                    .and(col(OUT_ANSWERED))
                    .and(col(IN_SECONDS).eq(lit(0_i64))),
            )
            .then(col(OUT_SECONDS))
            .otherwise(col(IN_SECONDS))
            .alias(IN_SECONDS),
        ])
}

fn by_day(calls: LazyFrame) -> LazyFrame {
    let count = |hit: Expr| hit.cast(DataType::UInt32).sum().cast(DataType::UInt32);
    let used = |flag: &str| col(USED).and(col(flag));
    let seconds = |name: &str, hit: Expr| col(name).filter(hit).sum().cast(DataType::Int64);
    calls.group_by([col(LINE), col(usage::DAY)]).agg([
        count(col(PLACED)).alias(usage::CALLS_OUT),
        count(col(PLACED).and(col(OUT_ANSWERED))).alias(usage::CALLS_OUT_ANSWERED),
        count(col(IN_ANSWERED)).alias(usage::CALLS_IN_ANSWERED),
        count(col(REACHED).and(col(USED).not())).alias(usage::CALLS_IN_MISSED),
        count(used(OTHER_IS_LINE)).alias(usage::CALLS_INTERNAL),
        seconds(OUT_SECONDS, col(PLACED)).alias(usage::SECONDS_OUT),
        seconds(IN_SECONDS, col(IN_ANSWERED)).alias(usage::SECONDS_IN),
        count(used(legs::INTERNATIONAL)).alias(usage::CALLS_INTERNATIONAL),
        count(used(legs::RECORDED)).alias(usage::CALLS_RECORDED),
        col(LEG_COUNT).sum().cast(DataType::UInt32).alias(usage::LEGS),
    ])
}

/// Line numbers become line ids; rows in one order whatever the order of the legs.
fn name_lines(mut usage: DataFrame, ids: &[&str]) -> PolarsResult<DataFrame> {
    let named: StringChunked = usage
        .column(LINE)?
        .u32()?
        .iter()
        .map(|line| line.and_then(|line| ids.get(line as usize).copied()))
        .collect();
    usage.with_column(named.with_name(usage::LINE_ID.into()).into_column())?;
    let columns: Vec<&str> = usage::SCHEMA.iter_names().map(|name| name.as_str()).collect();
    usage
        .select(columns)?
        .sort([usage::DAY, usage::LINE_ID], SortMultipleOptions::default())
}
