//! Since when the inventory has shown a line, and until when nobody could have seen its calls.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;

use crate::steps::roster::normalise::Roster;

/// The day on which the inventory first showed a line; lines of the first inventory count from the first known day.
/// Only reported nights are remembered: a foreign inventory that was stopped by a gate leaves no trace.
pub(super) fn first_seen(
    seen_lines: &BTreeMap<String, NaiveDate>,
    roster: &Roster,
    as_of: NaiveDate,
) -> HashMap<String, NaiveDate> {
    let Some(first_inventory) = seen_lines.values().min().copied() else {
        return HashMap::new();
    };
    let mut seen: HashMap<String, NaiveDate> = seen_lines.clone().into_iter().collect();
    for line in &roster.lines {
        seen.entry(line.line_id.clone()).or_insert(as_of);
    }
    seen.retain(|_, day| *day != first_inventory);
    seen
}

/// A line that is new to the inventory, whatever its `seat_since`, is not silent on days that were rolled up without it and
/// cannot be rolled up again: the last such day.
pub(super) fn unseen_until(
    first_seen: &HashMap<String, NaiveDate>,
    stale: &BTreeSet<NaiveDate>,
) -> HashMap<String, NaiveDate> {
    let last = |seen: NaiveDate| stale.range(..=seen).next_back().copied();
    first_seen
        .iter()
        .filter_map(|(line_id, seen)| Some((line_id.clone(), last(*seen)?)))
        .collect()
}
