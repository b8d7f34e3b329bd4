//! Lines that go on under another id. The list names a line by its extension where it tells no external id: whoever gets another
//! extension is the same line still, with its use, its findings and its bills.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;
use polars::prelude::*;

use crate::domain::{
    AccountBaseline, CallKeys, Decision, HeldExtension, KnownLine, Line, MovedLine, Seal, SeenKeys, SentFlag,
};
use crate::frames::usage;
use crate::steps::usage::former_lines::sealed_keys;
use crate::steps::usage::tally::from_epoch;

mod findings;

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
#[derive(Debug, Clone)]
pub struct MovedLines {
    /// Those of one day happen together: two lines may change places.
    by_day: BTreeMap<NaiveDate, BTreeMap<String, String>>,
    here: HashSet<String>,
    ids_of: NaiveDate,
    as_of: NaiveDate,
}

impl MovedLines {
    /// `moves` are those that were known before tonight, `newest` is the last night that they are of. A night that is made up
    /// for an older day has the list of that day or a newer one: either way its lines have moved after the newest.
    pub fn new(
        mut moves: Vec<MovedLine>,
        tonights: Vec<MovedLine>,
        lines: &[Line],
        newest: Option<NaiveDate>,
        as_of: NaiveDate,
    ) -> MovedLines {
        let after = newest.and_then(|newest| newest.succ_opt());
        let on = after.map_or(as_of, |after| after.max(as_of));
        let is_past = newest.is_some_and(|newest| newest >= as_of);
        let ids_of = match newest.filter(|_| is_past && tonights.is_empty()) {
            Some(newest) => newest,
            None => on,
        };
        moves.extend(tonights.into_iter().map(|moved| MovedLine { on, ..moved }));
        let mut by_day: BTreeMap<NaiveDate, BTreeMap<String, String>> = BTreeMap::new();
        for moved in moves {
            by_day.entry(moved.on).or_default().insert(moved.from, moved.to);
        }
        MovedLines {
            by_day,
            here: lines.iter().map(|line| line.line_id.clone()).collect(),
            ids_of,
            as_of,
        }
    }

    /// The night whose ids what is counted tonight bears.
    pub fn ids_of(&self) -> NaiveDate {
        self.ids_of
    }

    /// All moves, as a key of what is counted by them.
    pub fn all_moves(&self) -> impl Iterator<Item = (NaiveDate, &str, &str)> {
        let of_day = |(on, moves): (&NaiveDate, _)| (*on, moves);
        self.by_day.iter().map(of_day).flat_map(|(on, moves)| {
            let moves: &BTreeMap<String, String> = moves;
            moves
                .iter()
                .map(move |(from, to)| (on, from.as_str(), to.as_str()))
        })
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
                // Whoever came to the id that day has it from then on.
                if known.extensions.is_empty() && !self.here.contains(from) {
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
                // Nights before saw the id on another line, which has taken its own with it: the store keeps one span for both.
                cut_off(&mut target.extensions, *on);
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
                    seen.insert(from.clone(), (*on).min(self.as_of));
                }
            }
        }
        seen
    }

    /// Usage under tonight's ids. `counted` tells of each day the night whose ids it was counted under: none where no move was
    /// known yet. Days that it lacks stay as they are.
    pub fn usage(
        &self,
        usage: DataFrame,
        counted: &BTreeMap<NaiveDate, Option<NaiveDate>>,
    ) -> PolarsResult<DataFrame> {
        let newest = self.by_day.last_key_value().map(|(on, _)| *on);
        let is_older = |counted: &Option<NaiveDate>| newest.is_some_and(|newest| *counted < Some(newest));
        if !counted.values().any(is_older) {
            return Ok(usage);
        }
        let ids: StringChunked = {
            let days = usage.column(usage::DAY)?.date()?.physical();
            let ids = usage.column(usage::LINE_ID)?.str()?;
            let named = |(id, day): (Option<&str>, Option<i32>)| {
                let (id, counted) = (id?, day.map(from_epoch).and_then(|day| counted.get(&day)));
                let tonight = counted.map_or(Some(id), |counted| self.held_on(id, *counted));
                tonight.map(str::to_owned)
            };
            ids.iter().zip(days.iter()).map(named).collect()
        };
        let key = [usage::LINE_ID, usage::DAY];
        let counts = usage::SCHEMA
            .iter_names()
            .filter(|name| !key.contains(&name.as_str()));
        let columns: Vec<Expr> = usage::SCHEMA.iter_names().map(|name| col(name.clone())).collect();
        let mut renamed = usage;
        renamed.with_column(ids.with_name(usage::LINE_ID.into()).into_column())?;
        renamed
            .lazy()
            .filter(col(usage::LINE_ID).is_not_null())
            .group_by(key.map(col))
            .agg(counts.map(|name| col(name.clone()).max()).collect::<Vec<_>>())
            .select(columns)
            .sort([usage::DAY, usage::LINE_ID], SortMultipleOptions::default())
            .collect()
    }

    /// Tonight's id of the line that had an id on a night; none where it has left, and another line has come to its id since.
    fn held_on<'a>(&'a self, id: &'a str, night: Option<NaiveDate>) -> Option<&'a str> {
        let mut later = self.by_day.iter().filter(|(on, _)| Some(**on) > night);
        later.try_fold(id, |id, (_, moves)| match moves.get(id) {
            Some(to) => Some(to.as_str()),
            None if moves.values().any(|to| to == id) => None,
            None => Some(id),
        })
    }

    /// Names that earlier nights knew, under tonight's ids.
    pub fn seen(&self, seen: &[SeenKeys], newest: Option<NaiveDate>) -> Vec<SeenKeys> {
        let moved = |seen: &SeenKeys| {
            let gone_on = seen.gone_on.and_then(|gone| gone.pred_opt());
            let last = gone_on.or(newest).unwrap_or(NaiveDate::MIN);
            let mut moved = seen.clone();
            moved.keys.line_id = self.named_on(&seen.keys.line_id, last).to_owned();
            moved
        };
        seen.iter().map(moved).collect()
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
        for days in [&mut before.kept, &mut before.away] {
            *days = days.iter().map(|(id, until)| (now(id), *until)).collect();
        }
        let signed_in = before.signed_in.iter();
        before.signed_in = signed_in.map(|(id, known)| (now(id), *known)).collect();
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
