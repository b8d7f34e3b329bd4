//! Legs -> one row for each end that is a line's; and how each day's legs joined.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use polars::prelude::*;
use rayon::prelude::*;

use crate::domain::is_voicemail_box;
use crate::frames::{legs, usage};
use crate::steps::usage::call_ids::{Bearer, Call, Spoilt, are_cut, calls_of};
use crate::steps::usage::corrections::one_row_a_leg;
use crate::steps::usage::day_join::{DayJoin, NamedBy};
use crate::steps::usage::former_lines::FormerLines;
use crate::steps::usage::leg_columns::{LegColumns, LegRow};
use crate::steps::usage::line_keys::{End, LineKeys, NamesCache, Resolved, login_of};
use crate::steps::usage::main_numbers::MainNumbers;
use crate::steps::usage::roll_up::{Outcome, outcome};

pub(in crate::steps) const LINE: &str = "line";
/// The number of the leg's call, of its day.
pub(in crate::steps) const CALL: &str = "call";
pub(in crate::steps) const IS_SOURCE: &str = "is_source";
pub(in crate::steps) const IS_INBOUND: &str = "is_inbound";
pub(in crate::steps) const ANSWERED: &str = "answered";
pub(in crate::steps) const OTHER_IS_LINE: &str = "other_is_line";
/// The leg goes to a voicemail box.
pub(in crate::steps) const TO_BOX: &str = "to_box";
/// An inbound leg that names the line's user as its caller: the call has a leg of its own, or none at all.
pub(in crate::steps) const IS_CALLER: &str = "is_caller";

/// One row for each end of a leg that is a line's, with what the groupings need. No day knows of another, so that each core takes
/// some of them.
pub(in crate::steps) fn resolve_ends(
    legs: &DataFrame,
    keys: &LineKeys,
    former: &FormerLines<'_>,
) -> PolarsResult<(DataFrame, BTreeMap<NaiveDate, DayJoin>)> {
    let legs = LegColumns::of(legs)?;
    let cut = are_cut(legs.call.iter().flatten());
    let shares: Vec<(Vec<LineEnd>, BTreeMap<NaiveDate, DayJoin>)> = legs
        .by_day(rayon::current_num_threads())
        .into_par_iter()
        .map(|rows| resolve_rows(&legs, rows, cut, keys, former))
        .collect();
    let mut days = BTreeMap::new();
    let mut all = Vec::new();
    for (ends, of_days) in shares {
        all.extend(ends);
        days.extend(of_days);
    }
    Ok((frame_of(&all)?, days))
}

fn resolve_rows(
    legs: &LegColumns<'_>,
    rows: Vec<LegRow>,
    cut: bool,
    keys: &LineKeys,
    former: &FormerLines<'_>,
) -> (Vec<LineEnd>, BTreeMap<NaiveDate, DayJoin>) {
    let (rows, repeated) = one_row_a_leg(legs, rows);
    let mut names = NamesCache::new(keys);
    let sources = rows.iter().map(|row| (legs.source.at(row.at), row.day));
    let main_numbers = MainNumbers::shown(keys, &mut names, sources);
    let bearers: Vec<Bearer> = rows
        .iter()
        .map(|row| Bearer {
            id: legs.call.get(row.at),
            day: row.day,
            start_ms: legs.start.get(row.at).unwrap_or_default(),
            end_ms: legs.end.get(row.at),
        })
        .collect();
    let calls = calls_of(&bearers, cut);

    let mut days: BTreeMap<NaiveDate, DayJoin> = BTreeMap::new();
    for row in repeated {
        days.entry(row.day).or_default().repeated += 1;
    }
    let mut ends = Vec::with_capacity(rows.len());
    let mut outside = Vec::new();
    for (
        LegRow {
            at: row,
            day,
            epoch_day,
        },
        call,
    ) in rows.into_iter().zip(calls)
    {
        let Call { number, spoilt } = call;
        let (source, destination) = (legs.source.at(row), legs.destination.at(row));
        let (direction, result) = (legs.direction.get(row), legs.result.get(row));
        let (start, length) = (legs.start.get(row), legs.length.get(row));
        let (international, recorded) = (legs.international.get(row), legs.recorded.get(row));
        let mut at = [source, destination].map(|end| names.resolve(end, day, &main_numbers));
        let is_inbound = direction == Some("inbound");
        let found = at.iter().any(|end| !end.lines.is_empty());
        for (at, end) in at.iter_mut().zip([source, destination]) {
            at.add_former(|end| former.resolve(end, day, &main_numbers), end);
        }
        let is_former = !found && at.iter().any(|end| !end.lines.is_empty());
        let to_box = take_box(&mut at[1]);
        let join = days.entry(day).or_default();
        join.legs += 1;
        join.directions.get_or_insert_default().add(direction);
        if let Some(start) = start {
            join.utc_days.get_or_insert_default().add(day, start);
        }
        join.newest_start = join.newest_start.max(start);
        join.results.add(result.unwrap_or_default());
        join.ungrouped.rounded += u64::from(spoilt == Some(Spoilt::Rounded));
        join.ungrouped.shared += u64::from(spoilt == Some(Spoilt::Shared));
        let is_own = |side: usize, end: &End<'_>| !at[side].lines.is_empty() || end.names_a_line();
        let outcome = outcome(result, length);
        join.kinds.get_or_insert_default().add(
            (result, outcome),
            length,
            direction == Some("internal") || is_own(0, &source) && is_own(1, &destination),
        );
        if source.names_a_line() || destination.names_a_line() || found || is_former {
            join.with_line_end += 1;
            join.matched += u64::from(found);
            join.former += u64::from(is_former);
            join.contradictory += u64::from(at.iter().any(|end| end.contradicts));
        }
        for (at, end) in at.iter().zip([source, destination]) {
            join.named_by = join.named_by.and(NamedBy {
                number: at.found.number > 0,
                without_call_ids: spoilt == Some(Spoilt::Absent),
                found: at.found,
                ..NamedBy::of(&end)
            });
            if at.at_odds {
                join.at_odds.add(&end.names(), 1);
            }
        }
        for (at, end) in at.iter().zip([source, destination]) {
            if let Some(number) = end.number.filter(|_| at.at_number) {
                let names = join.strangers_at.entry(number.to_owned()).or_default();
                at.strangers.iter().for_each(|name| names.add(name, 1));
            }
        }
        let mut strangers: Vec<&String> = at.iter().flat_map(|end| &end.strangers).collect();
        strangers.sort_unstable();
        strangers.dedup();
        for name in strangers {
            join.strangers.add(name, 1);
        }
        // An inbound leg is its destination's; the caller's own leg is a row of its own.
        let placing = !is_inbound;
        let answered = !to_box && outcome == Outcome::Answered;
        join.recorded_told += u64::from(!answered || recorded.is_some());
        let leg = LineEnd {
            line: 0,
            day: epoch_day,
            call: number,
            is_source: false,
            is_inbound,
            start_ms: start.unwrap_or_default(),
            answered,
            other_is_line: false,
            to_box,
            is_caller: false,
            seconds: length.unwrap_or(0),
            international: international.unwrap_or(false),
            recorded: recorded.unwrap_or(false),
        };
        let names_nobody = |end: &End<'_>| !end.names_a_line();
        if at.iter().all(|end| end.lines.is_empty()) {
            if answered && names_nobody(&source) && names_nobody(&destination) {
                outside.push(leg);
            }
            continue;
        }
        for (is_source, side) in [(true, 0), (false, 1)] {
            // A call from a line to itself (its voicemail) reaches nobody.
            let own_call = |line: &u32| !is_source && placing && at[0].lines.contains(line);
            let is_caller = is_source && !placing;
            let is_named = !is_caller || (at[0].found.by_user() && !at[1].lines.is_empty());
            for line in at[side].lines.iter().filter(|line| is_named && !own_call(line)) {
                ends.push(LineEnd {
                    line: *line,
                    is_source: is_source && !is_caller,
                    is_caller,
                    other_is_line: !at[1 - side].lines.is_empty(),
                    ..leg
                });
            }
        }
    }
    give_outside_legs(outside, &mut ends);
    (ends, days)
}

/// Whether an end is a voicemail box, which is nobody: its name is no stranger's, and contradicts nothing.
fn take_box(end: &mut Resolved) -> bool {
    let is_box = |name: &String| is_voicemail_box(login_of(name));
    let found = end.strangers.iter().any(is_box);
    if found {
        end.strangers.retain(|name| !is_box(name));
        end.contradicts = false;
    }
    found
}

/// Gives legs that left the company to the lines that their calls had reached: a call that a line passed on, to its user's mobile
/// phone say, is answered there under the caller's number. Of those marked inbound only what comes after the line's own leg: before
/// it a menu may have answered.
fn give_outside_legs(outside: Vec<LineEnd>, ends: &mut Vec<LineEnd>) {
    let mut reached: PlHashMap<u32, Vec<(u32, i64)>> =
        outside.iter().map(|leg| (leg.call, Vec::new())).collect();
    if reached.is_empty() {
        return;
    }
    for end in ends.iter().filter(|end| !end.is_source && !end.is_caller) {
        if let Some(lines) = reached.get_mut(&end.call) {
            lines.push((end.line, end.start_ms));
        }
    }
    for leg in outside {
        let ends_of_call = reached.get(&leg.call).into_iter().flatten();
        let passed_on = ends_of_call.filter(|(_, start_ms)| !leg.is_inbound || *start_ms < leg.start_ms);
        let lines: BTreeSet<u32> = passed_on.map(|(line, _)| *line).collect();
        ends.extend(lines.into_iter().map(|line| LineEnd { line, ..leg }));
    }
}

/// One end of a leg that is a line's.
#[derive(Debug, Clone, Copy)]
struct LineEnd {
    line: u32,
    day: i32,
    call: u32,
    is_source: bool,
    is_inbound: bool,
    start_ms: i64,
    answered: bool,
    other_is_line: bool,
    to_box: bool,
    is_caller: bool,
    seconds: i64,
    international: bool,
    recorded: bool,
}

fn frame_of(ends: &[LineEnd]) -> PolarsResult<DataFrame> {
    let flags = |name: &str, flag: fn(&LineEnd) -> bool| {
        Column::new(name.into(), ends.iter().map(flag).collect::<Vec<_>>())
    };
    let numbers = |name: &str, number: fn(&LineEnd) -> u32| {
        Column::new(name.into(), ends.iter().map(number).collect::<Vec<_>>())
    };
    let day: Vec<i32> = ends.iter().map(|end| end.day).collect();
    let seconds: Vec<i64> = ends.iter().map(|end| end.seconds).collect();
    DataFrame::new_infer_height(vec![
        numbers(LINE, |end| end.line),
        numbers(CALL, |end| end.call),
        Column::new(usage::DAY.into(), day).cast(&DataType::Date)?,
        flags(IS_SOURCE, |end| end.is_source),
        flags(IS_INBOUND, |end| end.is_inbound),
        flags(ANSWERED, |end| end.answered),
        flags(OTHER_IS_LINE, |end| end.other_is_line),
        flags(TO_BOX, |end| end.to_box),
        flags(IS_CALLER, |end| end.is_caller),
        Column::new(legs::LENGTH_SECONDS.into(), seconds),
        flags(legs::INTERNATIONAL, |end| end.international),
        flags(legs::RECORDED, |end| end.recorded),
    ])
}
