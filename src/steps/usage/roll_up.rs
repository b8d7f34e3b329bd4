//! Legs -> usage: one row a line and day. Grouped by call before by day, a month's files at a time; the lines
//! are resolved once per end, then polars does the rest.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use polars::prelude::*;

use crate::domain::{says_voicemail, words};
use crate::frames::legs::{self, Legs};
use crate::frames::usage;
use crate::steps::usage::day_join::DayJoin;
use crate::steps::usage::former_lines::{FormerLines, Joinable};
use crate::steps::usage::line_ends::{
    ANSWERED, CALL, IS_CALLER, IS_INBOUND, IS_SOURCE, LINE, OTHER_IS_LINE, TO_BOX, resolve_ends,
};
use crate::steps::usage::line_keys::LineKeys;

words! {
    /// What a leg's result says; the set is open (docs/rules.md).
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

/// Words for a leg that nobody took, or that somebody else took: where a group's call rings everywhere, each telephone has a leg.
const DEMAND: [&str; 20] = [
    "missed",
    "voicemail",
    "abandoned",
    "busy",
    "no answer",
    "noanswer",
    "not answered",
    "unanswered",
    "blocked",
    "attempted",
    "canceled",
    "cancelled",
    "declined",
    "rejected",
    "failed",
    "answered elsewhere",
    "completed elsewhere",
    "picked up elsewhere",
    "handled elsewhere",
    "lost race",
];

fn is_demand(result: &str) -> bool {
    DEMAND.contains(&result)
        || DEMAND.contains(&result.replace(['_', '-'], " ").as_str())
        || says_voicemail(result)
}

/// Whether a result is one of the words that systems are known to write.
pub(in crate::steps) fn is_known_result(result: &str) -> bool {
    matches!(result, "answered" | "connected") || is_demand(result)
}

/// The usage of the days in `legs`, and how each day's legs joined.
pub struct RolledUp {
    pub usage: DataFrame,
    pub days: BTreeMap<NaiveDate, DayJoin>,
}

/// Columns that live between the two groupings only.
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
pub const COUNTING_RULE: u16 = 8;

/// Rolls up `legs` (any number of whole days) over the lines of one account, former holders and lines that have left included.
pub fn roll_up(legs: Legs, joinable: &Joinable<'_>) -> PolarsResult<RolledUp> {
    let mut rows = legs.into_lazy().collect()?;
    // In one piece: a row is looked up by its number.
    rows.rechunk_mut();
    let former = FormerLines::new(joinable);
    let (ends, days) = resolve_ends(&rows, &LineKeys::of(joinable.keys()), &former)?;
    let usage = by_day(by_call(ends.lazy())).collect()?;
    Ok(RolledUp {
        usage: name_lines(usage, former.ids())?,
        days,
    })
}

/// One row a line, day and call, in the best of its legs. A call that reached the line from outside and left it again under
/// the same call id was forwarded by the system: answered once if anybody answered, never placed.
fn by_call(ends: LazyFrame) -> LazyFrame {
    let seconds = |side: Expr| col(legs::LENGTH_SECONDS).filter(side).max().fill_null(lit(0_i64));
    let reached = || col(IS_SOURCE).or(col(IS_CALLER)).not();
    ends.group_by([col(LINE), col(usage::DAY), col(CALL)])
        .agg([
            // A box's own leg leaves the line only where nobody called it: then its holder has dialled the box.
            col(IS_SOURCE)
                .and(col(TO_BOX).not())
                .any(true)
                .or(col(IS_SOURCE).any(true).and(reached().any(true).not()))
                .alias(PLACED),
            col(IS_SOURCE).and(col(ANSWERED)).any(true).alias(OUT_ANSWERED),
            reached().any(true).alias(REACHED),
            col(IS_CALLER).any(true),
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
        // Callers of other people's legs count where the day shows no leg of their own: whoever a row names is not silent.
        when(col(PLACED).any(true))
            .then(count(col(PLACED)))
            .otherwise(count(col(IS_CALLER).and(col(USED).not())))
            .alias(usage::CALLS_OUT),
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
