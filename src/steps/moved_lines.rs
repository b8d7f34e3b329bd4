//! Lines that go on under another id. The list names a line by its extension where it tells no external id: whoever gets another
//! extension is the same line still, with its use, its findings and its bills.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::NaiveDate;
use polars::prelude::*;

use super::former_lines::sealed_keys;
use super::line_findings::waste_line_id;
use super::tally::to_epoch;
use crate::domain::{
    AccountBaseline, CallKeys, Decision, FindingState, HeldExtension, KnownLine, LedgerEntry, Line,
    MovedLine, Seal, SeenKeys, SentFlag,
};
use crate::frames::usage;

/// Lines of the last reported night whose user, or else whose number, stands tonight on a line that was not there.
pub fn new_moves<'a>(
    seen: &[SeenKeys],
    known: &[KnownLine],
    lines: impl IntoIterator<Item = &'a Line>,
    seal: &Seal,
    as_of: NaiveDate,
) -> Vec<MovedLine> {
    let is_seat = |line: &&Line| !line.extension.is_empty() && !line.ended_by(as_of);
    let lines = lines.into_iter().filter(is_seat);
    let now: Vec<(CallKeys, bool)> = lines
        .map(|line| (sealed_keys(line, seal), line.external_id.is_some()))
        .collect();
    let before: Vec<&CallKeys> = seen
        .iter()
        .filter(|seen| seen.gone_on.is_none())
        .map(|seen| &seen.keys)
        .collect();
    let by_external = known.iter().filter(|known| known.line.external_id.is_some());
    let by_external: HashSet<&str> = by_external.map(|known| known.line.line_id.as_str()).collect();
    let stays =
        |one: &CallKeys, other: &CallKeys| one.line_id == other.line_id && !one.is_of_other_users(other);
    let left: Vec<&CallKeys> = before
        .iter()
        .copied()
        .filter(|keys| !now.iter().any(|(now, _)| stays(now, keys)))
        .collect();
    let come = || {
        now.iter()
            .filter(|(now, _)| !before.iter().any(|keys| stays(now, keys)))
    };
    let same = |before: &CallKeys, now: &CallKeys, has_id: bool| {
        let shared = |one: &[String], other: &[String]| one.iter().any(|name| other.contains(name));
        let is_same = match before.users.is_empty() && now.users.is_empty() {
            true => shared(&before.sip_ids, &now.sip_ids) || shared(&before.dids, &now.dids),
            false => shared(&before.users, &now.users),
        };
        // Two external ids are two lines, whoever holds them.
        is_same && !(has_id && by_external.contains(before.line_id.as_str()))
    };
    let only = |mut found: Vec<&str>| found.pop().filter(|_| found.is_empty()).map(str::to_owned);
    let moved = |keys: &&CallKeys| {
        let fits = come().filter(|(now, has_id)| same(keys, now, *has_id));
        let to = only(fits.map(|(now, _)| now.line_id.as_str()).collect())?;
        let (to_keys, has_id) = now.iter().find(|(now, _)| now.line_id == to)?;
        let from = left.iter().filter(|other| same(other, to_keys, *has_id));
        Some(MovedLine {
            on: as_of,
            from: only(from.map(|other| other.line_id.as_str()).collect())?,
            to,
        })
    };
    left.iter().filter_map(moved).collect()
}

/// Every move up to a night, and how what was known before stands under the ids of that night.
#[derive(Debug, Clone, Default)]
pub struct MovedLines {
    /// Those of one day happen together: two lines may change places.
    by_day: BTreeMap<NaiveDate, BTreeMap<String, String>>,
    here: HashSet<String>,
}

impl MovedLines {
    pub fn new(moves: Vec<MovedLine>, lines: &[Line], as_of: NaiveDate) -> MovedLines {
        let here: HashSet<String> = lines.iter().map(|line| line.line_id.clone()).collect();
        let mut by_day: BTreeMap<NaiveDate, BTreeMap<String, String>> = BTreeMap::new();
        // A night that is made up for may be given the list of its own day, or tonight's.
        let has_happened = |moved: &MovedLine| moved.on <= as_of || !here.contains(&moved.from);
        for moved in moves.into_iter().filter(has_happened) {
            by_day.entry(moved.on).or_default().insert(moved.from, moved.to);
        }
        MovedLines { by_day, here }
    }

    /// Tonight's id of the line that a night of `day` named.
    fn named_on<'a>(&'a self, id: &'a str, day: NaiveDate) -> &'a str {
        let later = self.by_day.iter().filter(|(on, _)| **on > day);
        later.fold(id, |id, (_, moves)| moves.get(id).map_or(id, String::as_str))
    }

    /// Tonight's id of what has an id that no line of tonight has.
    pub fn now<'a>(&'a self, id: &'a str) -> &'a str {
        match self.here.contains(id) {
            true => id,
            false => self.named_on(id, NaiveDate::MIN),
        }
    }

    /// The lines of earlier nights, each with the extensions that it had under all of its ids.
    pub fn known(&self, known: Vec<KnownLine>, lines: &[Line]) -> Vec<KnownLine> {
        let mut by_id: BTreeMap<String, KnownLine> = known
            .into_iter()
            .map(|known| (known.line.line_id.clone(), known))
            .collect();
        for (on, moves) in &self.by_day {
            let mut taken: Vec<(&String, KnownLine)> = Vec::new();
            for (from, to) in moves {
                let Some(known) = by_id.get_mut(from) else {
                    continue;
                };
                let mut moved = known.clone();
                moved.extensions = cut_off(&mut known.extensions, *on);
                let ended_then = known.gone_on.is_none_or(|gone| gone <= *on);
                if ended_then && !self.here.contains(from) {
                    by_id.remove(from);
                }
                taken.push((to, moved));
            }
            for (to, mut moved) in taken {
                let target = by_id.entry(to.clone()).or_insert_with(|| {
                    let line = lines.iter().find(|line| line.line_id == *to);
                    let line = line.cloned().unwrap_or_else(|| Line {
                        line_id: to.clone(),
                        ..moved.line.clone()
                    });
                    KnownLine {
                        line,
                        gone_on: None,
                        extensions: Vec::new(),
                    }
                });
                target.extensions.append(&mut moved.extensions);
                target
                    .extensions
                    .sort_by_key(|held| (held.first_on, held.last_on));
            }
        }
        by_id.into_values().collect()
    }

    /// The first day of each line: of one that has moved, under its first id.
    pub fn first_seen(&self, mut seen: BTreeMap<String, NaiveDate>) -> BTreeMap<String, NaiveDate> {
        for (on, moves) in &self.by_day {
            let before = seen.clone();
            for (from, to) in moves {
                let Some(first) = before.get(from) else { continue };
                seen.insert(to.clone(), *first);
                // Whoever has the old id now began when its line left it, or else has changed places.
                if self.here.contains(from) && !moves.values().any(|other| other == from) {
                    seen.insert(from.clone(), *on);
                }
            }
        }
        seen
    }

    /// Days that were counted under an old id count under the new one. Where two lines changed places nothing tells under which
    /// ids a day was counted: it stays as it is.
    pub fn usage(&self, usage: LazyFrame) -> PolarsResult<LazyFrame> {
        let mut id = col(usage::LINE_ID);
        let mut any = false;
        for (on, moves) in &self.by_day {
            for (from, to) in moves.iter().filter(|(_, to)| !moves.contains_key(*to)) {
                let mut is_its = id.clone().eq(lit(from.clone()));
                if self.here.contains(from) {
                    let earlier = col(usage::DAY).cast(DataType::Int32).lt(lit(to_epoch(*on)));
                    is_its = is_its.and(earlier);
                }
                id = when(is_its).then(lit(to.clone())).otherwise(id);
                any = true;
            }
        }
        if !any {
            return Ok(usage);
        }
        let key = [usage::LINE_ID, usage::DAY];
        let counts = usage::SCHEMA
            .iter_names()
            .filter(|name| !key.contains(&name.as_str()));
        let columns: Vec<Expr> = usage::SCHEMA.iter_names().map(|name| col(name.clone())).collect();
        Ok(usage
            .with_column(id.alias(usage::LINE_ID))
            .group_by(key.map(col))
            .agg(counts.map(|name| col(name.clone()).max()).collect::<Vec<_>>())
            .select(columns)
            .sort([usage::DAY, usage::LINE_ID], SortMultipleOptions::default())
            .collect()?
            .lazy())
    }

    /// Names that earlier nights knew, under tonight's ids.
    pub fn keys(&self, former: Vec<CallKeys>) -> Vec<CallKeys> {
        let moved = |keys: CallKeys| CallKeys {
            line_id: self.now(&keys.line_id).to_owned(),
            ..keys
        };
        former.into_iter().map(moved).collect()
    }

    /// What the night of a day left for later ones.
    pub fn baseline(&self, before: &mut AccountBaseline, day: NaiveDate) {
        if self.by_day.range(day..).all(|(on, _)| *on == day) {
            return;
        }
        let now = |id: &String| self.named_on(id, day).to_owned();
        before.flagged = before.flagged.iter().map(now).collect();
        let costs = before.idle_costs.iter();
        before.idle_costs = costs.map(|(id, cost)| (now(id), *cost)).collect();
        let used = before.idle_last_used.iter();
        before.idle_last_used = used.map(|(id, day)| (now(id), *day)).collect();
    }

    pub fn flags(&self, flags: Vec<SentFlag>) -> Vec<SentFlag> {
        let mut told = HashSet::new();
        let moved = flags.into_iter().map(|flag| SentFlag {
            line_id: self.named_on(&flag.line_id, flag.flagged_on).to_owned(),
            ..flag
        });
        let mut flags: Vec<SentFlag> = moved.collect();
        flags.retain(|flag| told.insert((flag.line_id.clone(), flag.flagged_on)));
        flags
    }

    /// A decision on a line under its old id is one on the line, where it names its holder or nobody.
    pub fn decisions(&self, mut decisions: Vec<Decision>, lines: &[Line]) -> Vec<Decision> {
        if self.by_day.is_empty() {
            return decisions;
        }
        let by_id: HashMap<&str, &Line> = lines.iter().map(|line| (line.line_id.as_str(), line)).collect();
        for made in &mut decisions {
            let Some(named) = made.line_id.as_deref() else {
                continue;
            };
            let day = made.decided_on.unwrap_or(NaiveDate::MIN);
            let fits = |id: &str| {
                let line = by_id.get(id)?;
                let holder = made.holder.as_deref();
                Some(holder.is_none_or(|holder| line.is_held_by(holder)))
            };
            let to = match fits(named) {
                Some(true) => continue,
                Some(false) => self.named_on(named, day),
                None => self.now(named),
            };
            if to != named && fits(to) == Some(true) {
                made.line_id = Some(to.to_owned());
            }
        }
        decisions
    }

    /// What was found of a line under its old id goes on under the new one: nobody has taken it away.
    pub fn ledger(&self, kept: &[LedgerEntry], lines: &[Line]) -> Vec<LedgerEntry> {
        let mut entries: Vec<LedgerEntry> = kept.to_vec();
        if self.by_day.is_empty() {
            return entries;
        }
        let by_id: HashMap<&str, &Line> = lines.iter().map(|line| (line.line_id.as_str(), line)).collect();
        let mut ids: BTreeSet<String> = kept.iter().map(|entry| entry.finding_id.clone()).collect();
        let mut moved = Vec::new();
        for entry in &mut entries {
            if let Some(taker) = &mut entry.taken_back_by {
                *taker = self.named_on(taker, entry.last_seen).to_owned();
            }
            let Some(id) = entry.line_id.as_deref() else {
                continue;
            };
            let to = self.named_on(id, entry.last_seen);
            let line = by_id.get(to).filter(|_| to != id && entry.actioned_on.is_none());
            let Some(line) = line.filter(|_| entry.state != FindingState::Expired) else {
                continue;
            };
            let finding_id = waste_line_id(line);
            if entry.kind.is_waste_line() && ids.insert(finding_id.clone()) {
                moved.push(LedgerEntry {
                    finding_id,
                    line_id: Some(to.to_owned()),
                    ..entry.clone()
                });
            }
            entry.state = FindingState::Expired;
        }
        entries.append(&mut moved);
        entries
    }
}

/// Takes what lies before a day.
fn cut_off(held: &mut Vec<HeldExtension>, on: NaiveDate) -> Vec<HeldExtension> {
    let before = held.iter().filter(|held| held.first_on < on);
    let before = before.map(|held| HeldExtension {
        last_on: on.pred_opt().map_or(held.last_on, |last| last.min(held.last_on)),
        ..held.clone()
    });
    let before = before.collect();
    held.retain(|held| held.last_on >= on);
    for held in held {
        held.first_on = held.first_on.max(on);
    }
    before
}
