//! Usage -> call rows of each location by day: what is missing of one office does not show in the whole.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use polars::prelude::*;
use rayon::prelude::*;

use crate::domain::Line;
use crate::frames::usage::{self, Usage};
use crate::steps::coverage::{RowsByDay, Scope};
use crate::steps::usage::tally::from_epoch;

/// Lines that are used on a usual day of a location from which on its rows are looked at, and from which on one day tells:
/// of fewer, all may be away.
const FEWEST_LINES: u32 = 4;
const MANY_LINES: u32 = 8;

/// Days over which it is looked at what is usual, and those of them with rows that tell it.
const SPELL_DAYS: i32 = 28;
const TELLING_DAYS: usize = 10;

/// The locations' rows by day, on days with any.
#[derive(Debug, Clone, Default)]
pub struct PlaceRows {
    pub rows: BTreeMap<Scope, RowsByDay>,
    /// Those of few lines.
    pub of_few: BTreeSet<Scope>,
}

/// Nothing where the lines name fewer than two places, which are then the whole.
pub fn rows_by_place(usage: &Usage, lines: &[Line]) -> PolarsResult<PlaceRows> {
    let names: HashSet<Option<&str>> = lines.iter().map(|line| line.location.as_deref()).collect();
    if names.len() < 2 {
        return Ok(PlaceRows::default());
    }
    let mut names: Vec<&str> = names.into_iter().flatten().collect();
    names.sort_unstable();
    let place_of = |line: &Line| names.binary_search(&line.location.as_deref()?).ok();
    let places: PlHashMap<&str, usize> = lines
        .iter()
        .filter_map(|line| Some((line.line_id.as_str(), place_of(line)?)))
        .collect();
    let usage = usage.clone().into_lazy().collect()?;
    let part_rows = usage
        .height()
        .div_ceil(rayon::current_num_threads().max(1))
        .max(1);
    let parts: Vec<PolarsResult<Vec<PlHashMap<i32, Sum>>>> = (0..usage.height().div_ceil(part_rows))
        .into_par_iter()
        .map(|part| {
            let rows = usage.slice((part * part_rows) as i64, part_rows);
            sums(&rows, &places, names.len())
        })
        .collect();
    let mut sums: Vec<BTreeMap<i32, Sum>> = vec![BTreeMap::new(); names.len()];
    for part in parts {
        for (sum, more) in sums.iter_mut().zip(part?) {
            for (day, more) in more {
                sum.entry(day).or_default().add(&more);
            }
        }
    }
    let newest = sums.iter().filter_map(|days| days.keys().next_back()).max();
    let newest = newest.copied().unwrap_or(0);
    let mut found = PlaceRows::default();
    for (name, days) in names.into_iter().zip(sums) {
        let scope = Scope::Location(name.to_owned());
        let lines = usual_lines(&days, newest);
        if lines < MANY_LINES {
            found.of_few.insert(scope.clone());
        }
        if lines >= FEWEST_LINES {
            let rows = days.into_iter().map(|(day, sum)| (from_epoch(day), sum.rows));
            found.rows.insert(scope, rows.collect());
        }
    }
    Ok(found)
}

/// A location on one day.
#[derive(Debug, Clone, Default)]
struct Sum {
    rows: u64,
    lines: u32,
}

impl Sum {
    fn add(&mut self, other: &Sum) {
        self.rows += other.rows;
        self.lines += other.lines;
    }
}

/// The most lines that were used on the median day, of those with any, of a spell that is over: what was usual once is not taken
/// back by a day more, so that what is asked of a location does not change from night to night. Of all days where no spell tells.
fn usual_lines(days: &BTreeMap<i32, Sum>, newest: i32) -> u32 {
    let mut spells: BTreeMap<i32, Vec<u32>> = BTreeMap::new();
    for (day, sum) in days {
        spells
            .entry(day.div_euclid(SPELL_DAYS))
            .or_default()
            .push(sum.lines);
    }
    spells.retain(|spell, lines| *spell < newest.div_euclid(SPELL_DAYS) && lines.len() >= TELLING_DAYS);
    let told = spells.into_values().map(median_of).max();
    told.unwrap_or_else(|| median_of(days.values().map(|sum| sum.lines).collect()))
}

fn median_of(mut lines: Vec<u32>) -> u32 {
    lines.sort_unstable();
    lines.get(lines.len() / 2).copied().unwrap_or(0)
}

/// By place and day.
fn sums(
    usage: &DataFrame,
    places: &PlHashMap<&str, usize>,
    count: usize,
) -> PolarsResult<Vec<PlHashMap<i32, Sum>>> {
    let mut sums: Vec<PlHashMap<i32, Sum>> = vec![PlHashMap::default(); count];
    let ids = usage.column(usage::LINE_ID)?.str()?.iter();
    let days = usage.column(usage::DAY)?.date()?.physical().iter();
    let legs = usage.column(usage::LEGS)?.u32()?.iter();
    for ((id, day), legs) in ids.zip(days).zip(legs) {
        let (Some(id), Some(day)) = (id, day) else {
            continue;
        };
        if let Some(place) = places.get(id) {
            let rows = u64::from(legs.unwrap_or(0));
            sums[*place].entry(day).or_default().add(&Sum { rows, lines: 1 });
        }
    }
    Ok(sums)
}
