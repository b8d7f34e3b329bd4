//! Legs -> one row for each end that is a line's; and how each day's legs joined.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use polars::prelude::*;
use rayon::prelude::*;

use super::call_ids::{Bearer, Spoilt, are_cut, spoilt_ids};
use super::day_join::{DayJoin, NamedBy};
use super::former_lines::FormerLines;
use super::line_keys::{End, LineKeys, NamesCache, Resolved, login_of};
use super::main_numbers::MainNumbers;
use super::roll_up::{Outcome, outcome};
use crate::domain::is_voicemail_box;
use crate::frames::{legs, usage};

pub(super) const LINE: &str = "line";
pub(super) const IS_SOURCE: &str = "is_source";
pub(super) const IS_INBOUND: &str = "is_inbound";
pub(super) const ANSWERED: &str = "answered";
pub(super) const OTHER_IS_LINE: &str = "other_is_line";
/// The leg goes to a voicemail box.
pub(super) const TO_BOX: &str = "to_box";
/// An inbound leg that names the line's user as its caller: the call has a leg of its own, or none at all.
pub(super) const IS_CALLER: &str = "is_caller";

/// One row for each end of a leg that is a line's, with what the groupings need. No day knows of another, so that each core takes
/// some of them.
pub(super) fn resolve_ends(
    legs: &DataFrame,
    keys: &LineKeys,
    former: &FormerLines<'_>,
) -> PolarsResult<(DataFrame, BTreeMap<NaiveDate, DayJoin>)> {
    let legs = Columns::of(legs)?;
    let cut = are_cut(legs.call.iter().flatten());
    let shares: Vec<(Ends, BTreeMap<NaiveDate, DayJoin>)> = legs
        .by_day(rayon::current_num_threads())
        .par_iter()
        .map(|rows| resolve_rows(&legs, rows, cut, keys, former))
        .collect();
    let mut all = Ends::default();
    let mut days = BTreeMap::new();
    for (ends, of_days) in shares {
        all.calls.extend(ends.calls);
        all.ends.extend(ends.ends);
        days.extend(of_days);
    }
    Ok((all.into_frame()?, days))
}

/// The columns of legs that tell their ends, calls and use.
struct Columns<'a> {
    day: &'a Int32Chunked,
    call: &'a StringChunked,
    direction: &'a StringChunked,
    result: &'a StringChunked,
    source: EndColumns<'a>,
    destination: EndColumns<'a>,
    start: &'a Int64Chunked,
    end: &'a Int64Chunked,
    length: &'a Int64Chunked,
    international: &'a BooleanChunked,
    recorded: &'a BooleanChunked,
}

struct EndColumns<'a> {
    extension: &'a StringChunked,
    sip_id: &'a StringChunked,
    user: &'a StringChunked,
    number: &'a StringChunked,
}

impl EndColumns<'_> {
    fn at(&self, row: usize) -> End<'_> {
        End {
            extension: self.extension.get(row),
            sip_id: self.sip_id.get(row),
            user: self.user.get(row),
            number: self.number.get(row),
        }
    }
}

impl<'a> Columns<'a> {
    fn of(legs: &'a DataFrame) -> PolarsResult<Columns<'a>> {
        let text = |name: &str| legs.column(name)?.str();
        Ok(Columns {
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
    fn by_day(&self, shares: usize) -> Vec<Vec<(usize, i32)>> {
        let mut rows = vec![Vec::new(); shares.max(1)];
        for (row, day) in self.day.iter().enumerate() {
            let Some(day) = day else { continue };
            let share = day.unsigned_abs() as usize % rows.len();
            rows[share].push((row, day));
        }
        rows
    }
}

fn date_of(epoch_day: i32) -> NaiveDate {
    NaiveDate::default() + chrono::Duration::days(i64::from(epoch_day))
}

fn resolve_rows<'a>(
    legs: &'a Columns<'_>,
    rows: &[(usize, i32)],
    cut: bool,
    keys: &'a LineKeys,
    former: &FormerLines<'_>,
) -> (Ends<'a>, BTreeMap<NaiveDate, DayJoin>) {
    let mut names = NamesCache::new(keys);
    let sources = rows
        .iter()
        .map(|(row, day)| (legs.source.at(*row), date_of(*day)));
    let main_numbers = MainNumbers::shown(keys, &mut names, sources);
    let bearers: Vec<Bearer> = rows
        .iter()
        .map(|(row, day)| Bearer {
            id: legs.call.get(*row).unwrap_or_default(),
            day: date_of(*day),
            start_ms: legs.start.get(*row).unwrap_or_default(),
            end_ms: legs.end.get(*row),
        })
        .collect();
    let spoilt = spoilt_ids(&bearers, cut);

    let mut days: BTreeMap<NaiveDate, DayJoin> = BTreeMap::new();
    let mut ends = Ends::default();
    let mut outside = Vec::new();
    for ((row, epoch_day), spoilt) in rows.iter().copied().zip(spoilt) {
        let date = date_of(epoch_day);
        let (source, destination) = (legs.source.at(row), legs.destination.at(row));
        let id = legs.call.get(row).unwrap_or_default();
        let call = || match spoilt {
            None => Cow::Borrowed(id),
            Some(_) => Cow::Owned(format!("{id} {row}")),
        };
        let (direction, result) = (legs.direction.get(row), legs.result.get(row));
        let (start, length) = (legs.start.get(row), legs.length.get(row));
        let (international, recorded) = (legs.international.get(row), legs.recorded.get(row));
        let mut at = [source, destination].map(|end| names.resolve(end, date, &main_numbers));
        let is_inbound = direction == Some("inbound");
        let found = at.iter().any(|end| !end.lines.is_empty());
        for (at, end) in at.iter_mut().zip([source, destination]) {
            at.add_former(|end| former.resolve(end, date, &main_numbers), end);
        }
        let is_former = !found && at.iter().any(|end| !end.lines.is_empty());
        let to_box = take_box(&mut at[1]);
        let join = days.entry(date).or_default();
        join.legs += 1;
        join.directions.get_or_insert_default().add(direction);
        if let Some(start) = start {
            join.utc_days.get_or_insert_default().add(date, start);
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
                found: at.found,
                ..NamedBy::of(&end)
            });
            if at.at_odds {
                join.at_odds.add(&end.names(), 1);
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
                outside.push((call(), leg));
            }
            continue;
        }
        for (is_source, side) in [(true, 0), (false, 1)] {
            // A call from a line to itself (its voicemail) reaches nobody.
            let own_call = |line: &u32| !is_source && placing && at[0].lines.contains(line);
            let is_caller = is_source && !placing;
            let is_named = !is_caller || (at[0].found.by_user() && !at[1].lines.is_empty());
            for line in at[side].lines.iter().filter(|line| is_named && !own_call(line)) {
                ends.push(
                    call(),
                    LineEnd {
                        line: *line,
                        is_source: is_source && !is_caller,
                        is_caller,
                        other_is_line: !at[1 - side].lines.is_empty(),
                        ..leg
                    },
                );
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
fn give_outside_legs<'a>(outside: Vec<(Cow<'a, str>, LineEnd)>, ends: &mut Ends<'a>) {
    let mut reached: PlHashMap<_, Vec<(u32, i64)>> = PlHashMap::default();
    for (call, leg) in &outside {
        reached.entry((leg.day, call.clone())).or_default();
    }
    if reached.is_empty() {
        return;
    }
    for (call, end) in ends.calls.iter().zip(&ends.ends) {
        let is_reached = !end.is_source && !end.is_caller;
        if let Some(lines) = reached.get_mut(&(end.day, call.clone())).filter(|_| is_reached) {
            lines.push((end.line, end.start_ms));
        }
    }
    for (call, leg) in outside {
        let ends_of_call = reached.get(&(leg.day, call.clone())).into_iter().flatten();
        let passed_on = ends_of_call.filter(|(_, start_ms)| !leg.is_inbound || *start_ms < leg.start_ms);
        let lines: BTreeSet<u32> = passed_on.map(|(line, _)| *line).collect();
        for line in lines {
            ends.push(call.clone(), LineEnd { line, ..leg });
        }
    }
}

/// One end of a leg that is a line's.
#[derive(Debug, Clone, Copy)]
struct LineEnd {
    line: u32,
    day: i32,
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

#[derive(Default)]
struct Ends<'a> {
    calls: Vec<Cow<'a, str>>,
    ends: Vec<LineEnd>,
}

impl<'a> Ends<'a> {
    fn push(&mut self, call: Cow<'a, str>, end: LineEnd) {
        self.calls.push(call);
        self.ends.push(end);
    }

    fn into_frame(self) -> PolarsResult<DataFrame> {
        let flags = |name: &str, flag: fn(&LineEnd) -> bool| {
            Column::new(name.into(), self.ends.iter().map(flag).collect::<Vec<_>>())
        };
        let day: Vec<i32> = self.ends.iter().map(|end| end.day).collect();
        let lines: Vec<u32> = self.ends.iter().map(|end| end.line).collect();
        let seconds: Vec<i64> = self.ends.iter().map(|end| end.seconds).collect();
        DataFrame::new_infer_height(vec![
            Column::new(LINE.into(), lines),
            Column::new(usage::DAY.into(), day).cast(&DataType::Date)?,
            Column::new(legs::CALL_ID.into(), self.calls),
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
}
