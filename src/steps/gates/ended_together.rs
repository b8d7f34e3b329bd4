//! Lines that were used regularly and fell silent together: an export that was filtered from then on, or a part of it that is
//! missing, more often than as many people who left at once (gate G1).

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::domain::{ByLine, Calendar, Gate, GateReport, GateStatus, Line, Verdict};
use crate::steps::gate_report::{change_hash, report, unless_accepted};

/// Known business days before a line's last use that tell how often it was used, the fewest that do, and the fewest of them
/// with use.
const LOOK_BACK_DAYS: usize = 60;
const FEWEST_DAYS: usize = 20;
const FEWEST_USES: usize = 4;
/// Known business days over which what ended together may be spread, beside what each line's own rate leaves between its last
/// use and the end: of ten lines, one may have been silent for longer before it.
const SPREAD_DAYS: usize = 3;
const LONGER_BEFORE: f64 = 0.1;
/// Known business days of silence from which on a line that is not idle yet counts with those that ended with it, where its
/// own rate makes so long a silence so rare.
const SILENT_DAYS: usize = 10;
const BY_ITS_RATE: f64 = 0.01;
/// Lines that fall silent for good on a known business day, where the account's own history does not show more: a tenth of
/// them in a year. It counts as if this had been seen for so many of a line's days.
const ENDS_PER_DAY: f64 = 0.0004;
const SEEN_BEFORE: f64 = 5000.0;
/// So long a silence is no holiday: of those that are longer, how much longer tells nothing.
const LONG_SILENCE: usize = 40;
/// So many together are asked about where chance alone brings as many on one day in two thousand.
const FEWEST_LINES: usize = 3;
const BY_CHANCE: f64 = 0.0005;
/// Of a location that has fallen silent in larger part, two.
const FEWEST_OF_LOCATION: usize = 2;
/// Days for which lines that are used on most days can have ended before they are seen to have: they are also counted by
/// themselves, since many rarely used ones hide few of them.
const OFTEN_USED: usize = 6;

/// A line with its own rate of use.
#[derive(Debug, Clone, PartialEq)]
pub struct End {
    pub line_id: String,
    pub extension: String,
    pub location: Option<String>,
    pub last_used_on: NaiveDate,
    is_idle: bool,
    /// Known business days up to its last use.
    day: usize,
    /// Known business days after it, on any of which calls may have begun to be missing.
    open_for: usize,
}

impl End {
    /// Whether its silence fits calls that began to be missing up to `day`, within a few days.
    fn fits(&self, day: usize) -> bool {
        (self.day..self.day + SPREAD_DAYS + self.open_for).contains(&day)
    }
}

/// How regularly used lines ended, and how often lines of this account do.
#[derive(Debug, Clone, Default)]
pub struct Ends {
    silent: Vec<End>,
    /// For how many days an end fits one cause, of every regular line, by location.
    open_for: BTreeMap<Option<String>, Vec<usize>>,
    /// Known business days of silence between two uses, and after the last: the long ones, sorted.
    silences: Vec<usize>,
    /// Known business days up to each line's first use, and to its last.
    used: Vec<(usize, usize)>,
    known: usize,
}

impl Ends {
    /// Lines that end on a day, by what the account's history shows beside these: as many silences as long as theirs began.
    fn per_day(&self, day: usize, group: usize) -> f64 {
        let long = self.known.saturating_sub(day).clamp(SILENT_DAYS, LONG_SILENCE);
        let others = self.silences.len() - self.silences.partition_point(|silence| *silence < long);
        let others = others.saturating_sub(group);
        let known = self.known.saturating_sub(long);
        let days = self
            .used
            .iter()
            .map(|(first, last)| known.min(*last).saturating_sub(*first));
        let days: usize = days.sum();
        let seen = (others as f64 + ENDS_PER_DAY * SEEN_BEFORE) / (days as f64 + SEEN_BEFORE);
        seen.max(ENDS_PER_DAY)
    }

    /// The lines whose silence fits calls that are missing since about a day, where they are too many for chance.
    fn together(&self, new: &[&End], day: usize) -> BTreeSet<usize> {
        let fitting: Vec<usize> = (0..new.len()).filter(|at| new[*at].fits(day)).collect();
        if !fitting.iter().any(|at| new[*at].is_idle) {
            return BTreeSet::new();
        }
        let per_day = self.per_day(day, fitting.len());
        let are_many = |group: &[usize], fewest: usize, days: usize| {
            group.len() >= fewest
                && group.iter().any(|at| new[*at].is_idle)
                && chance_of(group.len(), per_day * days as f64) < BY_CHANCE
        };
        let mut many = BTreeSet::new();
        for longest in [OFTEN_USED, usize::MAX] {
            let group: Vec<usize> = of_those(&fitting, |at| new[at].open_for <= longest);
            let all = self.open_for.values().flatten().filter(|days| **days <= longest);
            if are_many(&group, FEWEST_LINES, all.map(|days| days + SPREAD_DAYS).sum()) {
                many.extend(group);
            }
        }
        for (location, all) in self.open_for.iter().filter(|(location, _)| location.is_some()) {
            let group = of_those(&fitting, |at| new[at].location == *location);
            let days = all.iter().map(|days| days + SPREAD_DAYS).sum();
            if group.len() * 2 > all.len() && are_many(&group, FEWEST_OF_LOCATION, days) {
                many.extend(group);
            }
        }
        many
    }
}

fn of_those(group: &[usize], is_one: impl Fn(usize) -> bool) -> Vec<usize> {
    group.iter().copied().filter(|at| is_one(*at)).collect()
}

/// The chance of so many or more where `usual` are to be expected (Poisson).
fn chance_of(count: usize, usual: f64) -> f64 {
    let mut term = (1..=count).fold((-usual).exp(), |term, step| term * usual / step as f64);
    let mut chance = 0.0;
    let mut step = count;
    while term > chance * 1e-9 && step < count + 1000 {
        chance += term;
        step += 1;
        term *= usual / step as f64;
    }
    chance
}

/// Of each line of the roster with its days of use.
pub(in crate::steps) fn ends(
    used: &[(&Line, Vec<NaiveDate>)],
    verdicts: &ByLine<'_, Verdict>,
    calendar: &Calendar,
) -> Ends {
    let known = calendar.known_business_days().filter(|(_, known)| *known);
    let known: Vec<NaiveDate> = known.map(|(day, _)| day).collect();
    let mut ends = Ends {
        known: known.len(),
        ..Ends::default()
    };
    for (line, used) in used {
        let (Some(first), Some(last)) = (used.first(), used.last()) else {
            continue;
        };
        let day = known.partition_point(|known| known <= last);
        let first = known.partition_point(|known| known < first);
        let looked_at = day.min(LOOK_BACK_DAYS);
        let hits = days_hit(&known[first..day], used);
        let lately = hits.len() - hits.partition_point(|hit| first + hit < day - looked_at);
        if looked_at < FEWEST_DAYS || lately < FEWEST_USES {
            continue;
        }
        let silence = known.len() - day;
        let between = hits.windows(2).map(|pair| pair[1] - pair[0] - 1);
        let long = between.chain([silence]).filter(|silence| *silence >= SILENT_DAYS);
        ends.silences.extend(long);
        ends.used.push((first, day));
        let unused = 1.0 - lately as f64 / looked_at as f64;
        let open_for = days_until(LONGER_BEFORE, unused);
        let of_location = ends.open_for.entry(line.location.clone()).or_default();
        of_location.push(open_for);
        let verdict = verdicts.get(line);
        let is_idle = verdict == Some(&Verdict::Idle);
        let may_become_idle = matches!(verdict, Some(Verdict::InUse | Verdict::Watch));
        let is_long = silence >= SILENT_DAYS.max(days_until(BY_ITS_RATE, unused));
        if is_idle || may_become_idle && is_long {
            ends.silent.push(End {
                line_id: line.line_id.clone(),
                extension: line.extension.clone(),
                location: line.location.clone(),
                last_used_on: *last,
                is_idle,
                day,
                open_for,
            });
        }
    }
    ends.silences.sort_unstable();
    ends
}

/// The places of the days that were used; both are sorted.
fn days_hit(days: &[NaiveDate], used: &[NaiveDate]) -> Vec<usize> {
    let mut used = used.iter().peekable();
    let mut is_hit = |day: &NaiveDate| {
        while used.next_if(|used| *used < day).is_some() {}
        used.peek() == Some(&day)
    };
    (0..days.len()).filter(|at| is_hit(&days[*at])).collect()
}

/// Days in a row without use until chance alone makes them so rare.
fn days_until(rare: f64, unused: f64) -> usize {
    let mut days = 1;
    let mut chance = unused;
    while chance > rare && days < LOOK_BACK_DAYS {
        chance *= unused;
        days += 1;
    }
    days
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
    let many: BTreeSet<usize> = starts
        .into_iter()
        .flat_map(|day| ends.together(&new, day))
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
