//! Idle lines that were in regular use and fell silent on one day: an export that was filtered from then on, more often than
//! as many people who left together (gate G1).

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::gates::{change_hash, report, unless_accepted};
use crate::domain::{ByLine, Calendar, Gate, GateReport, GateStatus, Line, Verdict};

/// Known business days before a line's last use that tell whether it was in regular use, and the share of them on which it
/// was used.
const LOOK_BACK_DAYS: usize = 20;
const REGULAR_PERCENT: usize = 40;
/// Known business days within which lines used on most days end, if all end on one.
const ONE_DAY: usize = 3;
/// So many lines together are asked about, where they are this share of all regular ones, or all that a location has: fewer
/// end with a season, or a team.
const FEWEST_LINES: usize = 3;
/// Known business days of silence from which on a line that is not idle yet counts with those that ended with it.
const SILENT_DAYS: usize = 10;
const FEWEST_PERCENT: usize = 20;

/// The end of a line that is idle, or has long been silent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    pub line_id: String,
    pub extension: String,
    pub location: Option<String>,
    pub last_used_on: NaiveDate,
    is_idle: bool,
    /// Known business days up to then.
    day: usize,
}

/// The ends of lines that were in regular use.
#[derive(Debug, Clone, Default)]
pub struct Ends {
    /// Lines that were in regular use until their last use, whether that is today or long ago, by location.
    pub regular: BTreeMap<Option<String>, usize>,
    pub silent: Vec<End>,
}

impl Ends {
    fn are_many(&self, group: &[&End]) -> bool {
        let all: usize = self.regular.values().sum();
        let is_whole_location = |end: &&&End| {
            let there = group
                .iter()
                .filter(|other| other.location == end.location)
                .count();
            let regular = self.regular.get(&end.location).copied();
            end.location.is_some() && there >= FEWEST_LINES && Some(there) == regular
        };
        if !group.iter().any(|end| end.is_idle) {
            return false;
        }
        let is_share = group.len() * 100 >= all * FEWEST_PERCENT;
        group.len() >= FEWEST_LINES && is_share || group.iter().any(|end| is_whole_location(&end))
    }
}

/// Of each line of the roster with its days of use.
pub(super) fn ends(
    used: &[(&Line, Vec<NaiveDate>)],
    verdicts: &ByLine<'_, Verdict>,
    calendar: &Calendar,
) -> Ends {
    let known = calendar.known_business_days().filter(|(_, known)| *known);
    let known: Vec<NaiveDate> = known.map(|(day, _)| day).collect();
    let mut ends = Ends::default();
    for (line, used) in used {
        let Some(last) = used.last() else { continue };
        let day = known.partition_point(|known| known <= last);
        let Some(from) = day.checked_sub(LOOK_BACK_DAYS) else {
            continue;
        };
        let hits = known[from..day]
            .iter()
            .filter(|day| used.binary_search(day).is_ok());
        if hits.count() * 100 < LOOK_BACK_DAYS * REGULAR_PERCENT {
            continue;
        }
        *ends.regular.entry(line.location.clone()).or_default() += 1;
        let verdict = verdicts.get(line);
        let is_idle = verdict == Some(&Verdict::Idle);
        let may_become_idle = matches!(verdict, Some(Verdict::InUse | Verdict::Watch));
        if is_idle || may_become_idle && day + SILENT_DAYS <= known.len() {
            ends.silent.push(End {
                line_id: line.line_id.clone(),
                extension: line.extension.clone(),
                location: line.location.clone(),
                last_used_on: *last,
                is_idle,
                day,
            });
        }
    }
    ends
}

/// What a person confirms: that this line ended on this day.
pub fn scope_of(end: &End) -> String {
    format!("line {}", end.line_id)
}

/// G1: too many regular lines that ended together, and whose end nobody has confirmed, and their hold.
pub fn gate_ends(
    account_id: &str,
    ends: &Ends,
    confirmed: &BTreeMap<String, BTreeSet<NaiveDate>>,
    accepted: &[String],
) -> Option<(GateReport, Vec<End>)> {
    let is_new = |end: &&End| {
        let days = confirmed.get(&scope_of(end));
        days.is_none_or(|days| !days.contains(&end.last_used_on))
    };
    let mut new: Vec<&End> = ends.silent.iter().filter(is_new).collect();
    new.sort_by_key(|end| (end.day, &end.line_id));
    let starts: BTreeSet<usize> = new.iter().map(|end| end.day).collect();
    let groups = starts.into_iter().map(|day| {
        let from = new.partition_point(|end| end.day < day);
        let to = new.partition_point(|end| end.day < day + ONE_DAY);
        from..to
    });
    let many: BTreeSet<usize> = groups
        .filter(|group| ends.are_many(&new[group.clone()]))
        .flatten()
        .collect();
    let together: Vec<End> = many.into_iter().map(|place| new[place].clone()).collect();
    let (first, last) = (together.first()?.last_used_on, together.last()?.last_used_on);
    let parts = together
        .iter()
        .map(|end| format!("{} {}", end.line_id, end.last_used_on));
    let hash = change_hash(
        ["ended together".to_owned(), account_id.to_owned()]
            .into_iter()
            .chain(parts),
    );
    let idle = together.iter().filter(|end| end.is_idle).count();
    let would_be = match idle == together.len() {
        true => "would be idle".to_owned(),
        false => format!("{idle} of them would be idle"),
    };
    let detail = format!(
        "account {account_id}: {} lines in regular use fell silent together between {first} and {last} and {would_be} \
         (extensions {}){}; was the export filtered from then on, or is a part of it missing?",
        together.len(),
        extensions(&together),
        locations(&together),
    );
    let found = report(Gate::G1Completeness, GateStatus::Hold, detail);
    Some((unless_accepted(found, hash, accepted), together))
}

fn extensions(ends: &[End]) -> String {
    let mut names: Vec<&str> = ends.iter().map(|end| end.extension.as_str()).collect();
    names.sort_unstable();
    let more = names.len().saturating_sub(10);
    names.truncate(10);
    match more {
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}

fn locations(ends: &[End]) -> String {
    let names: BTreeSet<&str> = ends.iter().filter_map(|end| end.location.as_deref()).collect();
    match names.len() {
        0 => String::new(),
        _ => format!(", of {}", names.into_iter().collect::<Vec<_>>().join(", ")),
    }
}
