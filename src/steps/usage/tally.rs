//! Usage -> sums and days of use for each line and for the account, in one pass.

use std::collections::HashMap;

use chrono::NaiveDate;
use polars::prelude::*;
use rayon::prelude::*;

use crate::domain::Line;
use crate::frames::usage::{self, Usage};

/// A year, looked at from its last day.
pub(in crate::steps) const DAYS_OF_YEAR: i32 = 365;

/// What the usage table says of the lines asked for, in their order, and of the account.
pub struct Tally<'a> {
    pub(in crate::steps) lines: Vec<(&'a Line, Counted)>,
    /// Lines that were used on a day (placed or answered, as docs/rules.md defines use), asked for or not.
    pub used_lines: HashMap<NaiveDate, u32>,
    pub(in crate::steps) as_of: NaiveDate,
}

/// One line's sums, before its calendar is looked at. Days are counted from 1970-01-01, as the table has them.
#[derive(Debug, Clone, Default)]
pub(in crate::steps) struct Counted {
    pub(in crate::steps) used: Vec<i32>,
    pub(in crate::steps) missed: Vec<i32>,
    pub(in crate::steps) last_out: Option<i32>,
    pub(in crate::steps) last_answered: Option<i32>,
    pub(in crate::steps) last_missed: Option<i32>,
    pub(in crate::steps) out_90: u32,
    pub(in crate::steps) answered_90: u32,
    pub(in crate::steps) missed_90: u32,
    pub(in crate::steps) missed_30: u32,
    pub(in crate::steps) seconds_90: u64,
    pub(in crate::steps) recorded: u32,
}

/// One row of the usage table.
struct Row {
    day: i32,
    out: u32,
    answered: u32,
    missed: u32,
    seconds: u64,
    recorded: u32,
}

impl Row {
    fn is_use(&self) -> bool {
        self.out + self.answered > 0
    }
}

impl Counted {
    fn merge(&mut self, more: Counted) {
        match self.used.is_empty() {
            true => self.used = more.used,
            false => self.used.extend(more.used),
        }
        self.missed.extend(more.missed);
        self.last_out = self.last_out.max(more.last_out);
        self.last_answered = self.last_answered.max(more.last_answered);
        self.last_missed = self.last_missed.max(more.last_missed);
        self.out_90 += more.out_90;
        self.answered_90 += more.answered_90;
        self.missed_90 += more.missed_90;
        self.missed_30 += more.missed_30;
        self.seconds_90 += more.seconds_90;
        self.recorded += more.recorded;
    }

    fn add(&mut self, row: &Row, as_of: i32) {
        let is_last = |days: i32| row.day > as_of - days;
        if row.is_use() {
            self.used.push(row.day);
        }
        for (last, count) in [
            (&mut self.last_out, row.out),
            (&mut self.last_answered, row.answered),
            (&mut self.last_missed, row.missed),
        ] {
            if count > 0 {
                *last = (*last).max(Some(row.day));
            }
        }
        self.recorded += row.recorded;
        if row.missed > 0 && is_last(DAYS_OF_YEAR) {
            self.missed.push(row.day);
        }
        if is_last(90) {
            self.out_90 += row.out;
            self.answered_90 += row.answered;
            self.missed_90 += row.missed;
            self.seconds_90 += row.seconds;
        }
        if is_last(30) {
            self.missed_30 += row.missed;
        }
    }
}

/// Counts in one pass over the table's columns, its parts side by side: a group_by with ten filtered aggregations takes
/// several times as long, which at 100,000 lines is seconds. What was called before a line's present holder had it is not
/// theirs.
pub fn tally<'a>(
    usage: Usage,
    lines: impl IntoIterator<Item = &'a Line>,
    as_of: NaiveDate,
) -> PolarsResult<Tally<'a>> {
    let usage = usage.into_lazy().collect()?;
    let lines: Vec<&Line> = lines.into_iter().collect();
    let by_id: PlHashMap<&str, usize> = lines
        .iter()
        .enumerate()
        .map(|(place, line)| (line.line_id.as_str(), place))
        .collect();
    let parts = rayon::current_num_threads().max(1);
    let part_rows = usage.height().div_ceil(parts).max(1);
    let counted: Vec<PolarsResult<Part>> = (0..parts)
        .into_par_iter()
        .map(|part| {
            let rows = usage.slice((part * part_rows) as i64, part_rows);
            Part::of(&rows, Places::of(&lines, &by_id), to_epoch(as_of))
        })
        .collect();
    let mut whole = Part::empty(&lines);
    for part in counted {
        whole.add(part?);
    }
    let used_lines = whole.used_lines.into_iter();
    Ok(Tally {
        lines: whole.lines,
        used_lines: used_lines.map(|(day, lines)| (from_epoch(day), lines)).collect(),
        as_of,
    })
}

/// What some of the table's rows say.
struct Part<'a> {
    lines: Vec<(&'a Line, Counted)>,
    used_lines: PlHashMap<i32, u32>,
}

impl<'a> Part<'a> {
    fn empty(lines: &[&'a Line]) -> Part<'a> {
        Part {
            lines: lines.iter().map(|line| (*line, Counted::default())).collect(),
            used_lines: PlHashMap::default(),
        }
    }

    fn of(usage: &DataFrame, mut places: Places<'_, 'a>, as_of: i32) -> PolarsResult<Part<'a>> {
        let mut part = Part::empty(places.lines);
        for (id, row) in rows(usage)?.filter(|(_, row)| row.day <= as_of) {
            if row.is_use() {
                *part.used_lines.entry(row.day).or_default() += 1;
            }
            let place = places.find(id);
            let Some((line, counted)) = place.and_then(|place| part.lines.get_mut(place)) else {
                continue;
            };
            if line.seat_since.is_none_or(|since| row.day >= to_epoch(since)) {
                counted.add(&row, as_of);
            }
        }
        Ok(part)
    }

    /// Both are of the same lines.
    fn add(&mut self, other: Part<'a>) {
        for ((_, line), (_, more)) in self.lines.iter_mut().zip(other.lines) {
            line.merge(more);
        }
        for (day, lines) in other.used_lines {
            *self.used_lines.entry(day).or_default() += lines;
        }
    }
}

/// Where each line id stands among the lines. Both the table's days and the lines are in the order of their ids, so that the
/// next row's line is mostly one of the next few: a look-up in a large map is saved.
struct Places<'x, 'a> {
    lines: &'x [&'a Line],
    by_id: &'x PlHashMap<&'a str, usize>,
    next: usize,
}

/// Lines that are not used on a day and stand between two that are.
const NEXT_FEW: usize = 8;

impl<'x, 'a> Places<'x, 'a> {
    fn of(lines: &'x [&'a Line], by_id: &'x PlHashMap<&'a str, usize>) -> Places<'x, 'a> {
        Places {
            lines,
            by_id,
            next: 0,
        }
    }

    fn find(&mut self, id: &str) -> Option<usize> {
        let few = self.lines[self.next..].iter().take(NEXT_FEW);
        let near = few.enumerate().find(|(_, line)| line.line_id == id);
        let place = match near {
            Some((ahead, _)) => self.next + ahead,
            None => *self.by_id.get(id)?,
        };
        self.next = place + 1;
        Some(place)
    }
}

/// The table's rows, each with its line id.
fn rows(usage: &DataFrame) -> PolarsResult<impl Iterator<Item = (&str, Row)>> {
    let count = |name: &str| PolarsResult::Ok(usage.column(name)?.u32()?.iter());
    let seconds = |name: &str| PolarsResult::Ok(usage.column(name)?.i64()?.iter());
    let ids = usage.column(usage::LINE_ID)?.str()?.iter();
    let days = usage.column(usage::DAY)?.date()?.physical().iter();
    let calls = count(usage::CALLS_OUT)?
        .zip(count(usage::CALLS_IN_ANSWERED)?)
        .zip(count(usage::CALLS_IN_MISSED)?);
    let seconds = seconds(usage::SECONDS_OUT)?.zip(seconds(usage::SECONDS_IN)?);
    let recorded = count(usage::CALLS_RECORDED)?;
    let cells = ids.zip(days).zip(calls.zip(seconds.zip(recorded)));
    Ok(cells.filter_map(
        |((id, day), (((out, answered), missed), ((seconds_out, seconds_in), recorded)))| {
            let spoken = seconds_out.unwrap_or(0) + seconds_in.unwrap_or(0);
            let row = Row {
                day: day?,
                out: out.unwrap_or(0),
                answered: answered.unwrap_or(0),
                missed: missed.unwrap_or(0),
                seconds: spoken.unsigned_abs(),
                recorded: recorded.unwrap_or(0),
            };
            Some((id?, row))
        },
    ))
}

pub(in crate::steps) fn to_epoch(day: NaiveDate) -> i32 {
    (day - NaiveDate::default()).num_days() as i32
}

pub(in crate::steps) fn from_epoch(day: i32) -> NaiveDate {
    NaiveDate::default() + chrono::Duration::days(i64::from(day))
}
