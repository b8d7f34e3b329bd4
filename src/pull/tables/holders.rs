//! Who holds an extension when, told from rows in any order: never "the first row wins".

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;

use crate::domain::Line;

use crate::pull::fault::CellFault;
use crate::pull::tables::table::{Gathered, Placed};

type Extension = (String, String);

fn extension(line: &Line) -> Extension {
    (line.account_id.clone(), line.extension.clone())
}

/// Of holders of one extension whose end nobody wrote down, an earlier one ends where the next begins.
pub(in crate::pull) fn end_where_the_next_begins(lines: &mut Gathered<Line>) {
    let is_open = |line: &Line| !line.extension.is_empty() && line.seat_until.is_none();
    let mut begins: HashMap<Extension, BTreeSet<NaiveDate>> = HashMap::new();
    for line in lines
        .items
        .iter()
        .map(|placed| &placed.item)
        .filter(|line| is_open(line))
    {
        begins.entry(extension(line)).or_default().extend(line.seat_since);
    }
    let mut told = BTreeSet::new();
    for placed in &mut lines.items {
        let line = &mut placed.item;
        // What names nobody and no first day is no earlier holder: it speaks of the same one, and is asked about.
        let is_holder = line.has_user() || line.is_named() || line.seat_since.is_some();
        let is_later = |day: &&NaiveDate| line.seat_since.is_none_or(|since| **day > since);
        let next = begins
            .get(&extension(line))
            .and_then(|days| days.iter().find(is_later));
        if let Some(next) = next.filter(|_| is_open(line) && is_holder) {
            line.seat_until = Some(*next);
            told.insert((placed.file, line.extension.clone(), *next));
        }
    }
    for (file, extension, next) in told.into_iter().take(20) {
        lines.note_on(file, &format!(
            "extension {extension} has two holders and no seat_until; the earlier one ends where the next begins, on {next}"
        ));
    }
}

/// All holders of a line but the last, by the end of their seat. It is one line by its external id, under whatever extension;
/// where one of two rows tells none, by the extension.
pub(in crate::pull) fn name_former_holders(items: &mut [Placed<Line>]) {
    type End = (NaiveDate, Option<NaiveDate>);
    let end = |line: &Line| (line.seat_until.unwrap_or(NaiveDate::MAX), line.seat_since);
    let with_id = |line: &Line| Some((line.account_id.clone(), line.external_id.clone()?));
    let (mut by_id, mut by_extension, mut without_id) = (HashMap::new(), HashMap::new(), HashMap::new());
    let rows = || {
        let lines = items.iter().map(|placed| &placed.item);
        lines.filter(|line| !line.extension.is_empty())
    };
    for line in rows() {
        let last = |ends: &mut HashMap<Extension, End>, key| {
            let last = ends.entry(key).or_insert(end(line));
            *last = end(line).max(*last);
        };
        last(&mut by_extension, extension(line));
        match with_id(line) {
            Some(id) => last(&mut by_id, id),
            None => last(&mut without_id, extension(line)),
        }
    }
    let is_former = |line: &Line| {
        let by_place = match with_id(line) {
            Some(_) => without_id.get(&extension(line)),
            None => by_extension.get(&extension(line)),
        };
        let last = with_id(line).and_then(|id| by_id.get(&id)).max(by_place);
        !line.extension.is_empty() && last.is_some_and(|last| end(line) < *last)
    };
    for placed in items {
        let line = &mut placed.item;
        let Some(until) = line.seat_until.filter(|_| is_former(line)) else {
            continue;
        };
        line.line_id = match line.seat_since {
            Some(since) => format!("{}@{since}", line.line_id),
            None => format!("{}@to-{until}", line.line_id),
        };
    }
}

/// For each row of an extension with several holders, the rows before it of the same extension.
pub(in crate::pull) fn earlier_holders(items: &[Placed<Line>]) -> HashMap<usize, Vec<usize>> {
    let mut seen: HashMap<Extension, Vec<usize>> = HashMap::new();
    let mut earlier = HashMap::new();
    for (at, placed) in items
        .iter()
        .enumerate()
        .filter(|(_, placed)| !placed.item.extension.is_empty())
    {
        let before = seen.entry(extension(&placed.item)).or_default();
        if !before.is_empty() {
            earlier.insert(at, before.clone());
        }
        before.push(at);
    }
    earlier
}

/// An extension is held by one at a time; one may leave on the day on which the next comes.
pub(in crate::pull) fn second_holder(
    items: &[Placed<Line>],
    at: usize,
    earlier: &HashMap<usize, Vec<usize>>,
) -> Option<CellFault> {
    let line = &items[at].item;
    let until = |line: &Line| line.seat_until.unwrap_or(NaiveDate::MAX);
    // The holder of today whose first day is not told came after the one whose last day is.
    let from = |line: &Line, other: &Line| {
        let after = other.seat_until.filter(|_| line.seat_until.is_none());
        line.seat_since.or(after).unwrap_or(NaiveDate::MIN)
    };
    let overlaps = |other: &&usize| {
        let other = &items[**other].item;
        let (own, others) = (from(line, other), from(other, line));
        (own < until(other) && others < until(line)) || own == others
    };
    let other = earlier.get(&at)?.iter().find(overlaps)?;
    let reason = format!(
        "extension {} is held by row {} at the same time; set seat_since and seat_until so that one follows the other",
        line.extension, items[*other].row
    );
    Some(CellFault::new("extension", reason))
}
