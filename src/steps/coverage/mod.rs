//! Which days are known (gates G1 and G2): silence is counted on these only.

mod expectation;
mod gates;
mod own_days;
pub mod place_rows;
mod stretches;
mod utc_days;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::{Datelike, NaiveDate};

use expectation::{AtOnce, Limits, Series};
pub use gates::{Question, gate_empty, gate_history, gate_places};
pub use own_days::OwnDays;
use stretches::{beside_long_runs, long_gaps};

use crate::domain::{Calendar, DayState, GatePolicy, Scoring};
use crate::steps::usage::day_join::UtcDays;

/// Low business days in a row that are missing in a part of an account, and the rows of a weekday from which on one without
/// any is low.
const PART_GAP_DAYS: usize = 5;
const PART_GAP_ROWS: u64 = 5;

/// Whose rows are counted: all of them, or those of a part whose loss the whole does not show.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    Account,
    /// Calls of one direction.
    Direction(String),
    /// A source of calls, by its name in the job.
    Source(String),
    /// What fell on one day of UTC.
    UtcDay,
    /// Lines of one location: its days are not known for these only.
    Location(String),
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scope::Account => f.write_str("account"),
            Scope::Direction(name) => write!(f, "direction {name}"),
            Scope::Source(name) => write!(f, "source {name}"),
            Scope::UtcDay => f.write_str("a whole day of UTC"),
            Scope::Location(name) => write!(f, "location {name}"),
        }
    }
}

/// Rows by day; a day that is not there is one of which nobody tells.
pub type RowsByDay = BTreeMap<NaiveDate, u64>;

/// What is known of an account's days before they are judged.
#[derive(Debug, Clone, Default)]
pub struct CoverageLedger {
    /// Days that some source covers to their end.
    pub covered: BTreeSet<NaiveDate>,
    /// Days that a source covers but that may still change (the settle lag of an API).
    pub provisional: BTreeSet<NaiveDate>,
    /// Rows read for a day, of any kind.
    pub rows: RowsByDay,
    /// The same by the day of UTC on which they began, where that was counted.
    pub utc_days: BTreeMap<NaiveDate, UtcDays>,
    /// Rows of each direction, source and location.
    pub parts: BTreeMap<Scope, RowsByDay>,
    /// Locations of so few lines that all their people may be away on a day.
    pub of_few: BTreeSet<Scope>,
    /// Days that a person has confirmed as they are, by the name of the scope.
    pub accepted: BTreeMap<String, BTreeSet<NaiveDate>>,
    /// Holidays of any location: an empty one is quiet, not suspect.
    pub holidays: BTreeSet<NaiveDate>,
}

/// A location with its own holidays; the one without a name is that of lines that name none.
#[derive(Debug, Clone, Default)]
pub struct Place {
    pub location: Option<String>,
    pub holidays: Vec<NaiveDate>,
}

/// The judged days of an account, from its first covered day to `as_of`.
#[derive(Debug, Clone, Default)]
pub struct Coverage {
    pub first: NaiveDate,
    pub as_of: NaiveDate,
    pub states: Vec<DayState>,
    /// Days that have too few rows, and of whom.
    pub short: BTreeMap<Scope, BTreeSet<NaiveDate>>,
    /// The short days of the account that have no row at all.
    pub empty: BTreeSet<NaiveDate>,
    pub own_days: OwnDays,
}

impl Coverage {
    pub fn count(&self, state: DayState) -> u32 {
        self.states.iter().filter(|other| **other == state).count() as u32
    }

    pub fn days(&self) -> impl Iterator<Item = (NaiveDate, DayState)> + '_ {
        self.first.iter_days().zip(self.states.iter().copied())
    }

    pub fn suspects(&self) -> Vec<NaiveDate> {
        self.days()
            .filter(|(_, state)| *state == DayState::Suspect)
            .map(|(day, _)| day)
            .collect()
    }

    /// The days for one location: its own holidays are no business days, and days of which its own rows are missing are not
    /// known.
    pub fn calendar(&self, scoring: &Scoring, place: &Place) -> Calendar {
        self.calendar_until(self.as_of, scoring, place)
    }

    /// The same as it stood on an earlier day.
    pub fn calendar_until(&self, last: NaiveDate, scoring: &Scoring, place: &Place) -> Calendar {
        let days = (last - self.first).num_days() + 1;
        let days = usize::try_from(days).unwrap_or(0).min(self.states.len());
        let scope = place.location.clone().map(Scope::Location);
        let short = scope.and_then(|scope| self.short.get(&scope));
        let mut states = self.states[..days].to_vec();
        for (day, state) in self.first.iter_days().zip(&mut states) {
            if *state == DayState::Complete && short.is_some_and(|short| short.contains(&day)) {
                *state = DayState::Suspect;
            }
        }
        Calendar::new(self.first, &states, &scoring.weekdays, &place.holidays)
    }
}

/// Judges each day up to `as_of`. With no covered day at all the coverage is one missing day.
pub fn judge(ledger: &CoverageLedger, as_of: NaiveDate, scoring: &Scoring, gates: &GatePolicy) -> Coverage {
    let covered = || ledger.covered.iter().chain(&ledger.provisional);
    let first = covered()
        .copied()
        .filter(|day| *day <= as_of)
        .min()
        .unwrap_or(as_of);
    let mut days = DayJudge {
        ledger,
        first,
        as_of,
        scoring,
        gates,
        confirmed: ledger.holidays.clone(),
    };
    days.confirmed.extend(days.accepted(&Scope::Account));
    days.judged()
}

/// The days of an account as they are judged.
struct DayJudge<'a> {
    ledger: &'a CoverageLedger,
    first: NaiveDate,
    as_of: NaiveDate,
    scoring: &'a Scoring,
    gates: &'a GatePolicy,
    /// Holidays, and days that a person has confirmed as they are.
    confirmed: BTreeSet<NaiveDate>,
}

impl DayJudge<'_> {
    fn judged(&self) -> Coverage {
        let gaps = long_gaps(self);
        let mut states: BTreeMap<NaiveDate, DayState> = self
            .days()
            .map(|day| (day, gaps.get(&day).copied().unwrap_or_else(|| self.told(day))))
            .collect();
        let mut short = BTreeMap::new();
        // A part that is missing first: such a day is no measure for the whole.
        for (scope, rows) in &self.ledger.parts {
            if !matches!(scope, Scope::Location(_)) {
                self.short_of(scope, rows, &mut states, &mut short);
            }
        }
        let lost = self.lost_with_utc(&states);
        if !lost.is_empty() {
            states.extend(lost.iter().map(|day| (*day, DayState::Suspect)));
            short.insert(Scope::UtcDay, lost);
        }
        let rows = self.days().map(|day| (day, self.rows(day))).collect();
        self.short_of(&Scope::Account, &rows, &mut states, &mut short);
        let suspect = |day: NaiveDate| states[&day] == DayState::Suspect;
        for day in beside_long_runs(self, suspect, |day| states[&day] == DayState::Complete) {
            states.insert(day, DayState::Missing);
        }
        for (scope, rows) in &self.ledger.parts {
            if let Scope::Location(_) = scope {
                let mut of_place = states.clone();
                self.short_of(scope, rows, &mut of_place, &mut short);
                let suspect = |day: NaiveDate| of_place[&day] == DayState::Suspect;
                let beside = beside_long_runs(self, suspect, |day| of_place[&day] == DayState::Complete);
                if let Some(short) = short.get_mut(scope) {
                    short.extend(beside);
                }
            }
        }
        let suspects = states.iter().filter(|(_, state)| **state == DayState::Suspect);
        let empty = suspects
            .map(|(day, _)| *day)
            .filter(|day| self.rows(*day) == 0)
            .collect();
        let own_days = OwnDays::of(self, states.iter().map(|(day, state)| (*day, *state)));
        Coverage {
            first: self.first,
            as_of: self.as_of,
            states: states.into_values().collect(),
            short,
            empty,
            own_days,
        }
    }

    fn days(&self) -> impl Iterator<Item = NaiveDate> {
        let as_of = self.as_of;
        self.first.iter_days().take_while(move |day| *day <= as_of)
    }

    fn rows(&self, day: NaiveDate) -> u64 {
        self.ledger.rows.get(&day).copied().unwrap_or(0)
    }

    fn is_business(&self, day: NaiveDate) -> bool {
        self.scoring.weekdays.contains(&day.weekday())
    }

    /// A day that a person confirmed for the whole account is as it should be in every part.
    fn accepted(&self, scope: &Scope) -> BTreeSet<NaiveDate> {
        let stored = [scope, &Scope::Account].map(|scope| self.ledger.accepted.get(&scope.to_string()));
        let stored = stored.into_iter().flatten().flatten();
        stored.chain(&self.gates.accept_empty).copied().collect()
    }

    fn is_confirmed(&self, day: NaiveDate) -> bool {
        self.confirmed.contains(&day)
    }

    fn told(&self, day: NaiveDate) -> DayState {
        match (
            self.ledger.provisional.contains(&day),
            self.ledger.covered.contains(&day),
        ) {
            (true, _) => DayState::Provisional,
            (false, true) => DayState::Complete,
            (false, false) => DayState::Missing,
        }
    }

    /// Complete days on which the scope has too few rows become suspect.
    fn short_of(
        &self,
        scope: &Scope,
        rows: &RowsByDay,
        states: &mut BTreeMap<NaiveDate, DayState>,
        short: &mut BTreeMap<Scope, BTreeSet<NaiveDate>>,
    ) {
        let is_complete = |day: &NaiveDate| states.get(day) == Some(&DayState::Complete);
        let rows = rows.iter().filter(|(day, _)| is_complete(day));
        let rows: RowsByDay = rows.map(|(day, rows)| (*day, *rows)).collect();
        let whole = *scope == Scope::Account;
        let days = Series {
            rows: &rows,
            accepted: &self.accepted(scope),
            holidays: &self.ledger.holidays,
            weekdays: &self.scoring.weekdays,
            limits: Limits {
                percent: u64::from(self.gates.min_day_percent),
                rows: u64::from(self.gates.min_day_rows),
                empty_from: if whole { 1 } else { PART_GAP_ROWS },
                in_a_row: if whole { 1 } else { PART_GAP_DAYS },
                at_once: match (whole, self.ledger.of_few.contains(scope)) {
                    (true, _) => AtOnce::Always,
                    (false, true) => AtOnce::Never,
                    (false, false) => AtOnce::OfMany,
                },
            },
        }
        .short_days();
        let unknown = |day: NaiveDate| match self.is_business(day) {
            true => DayState::Suspect,
            false => DayState::Missing,
        };
        states.extend(days.iter().map(|day| (*day, unknown(*day))));
        if !days.is_empty() {
            short.insert(scope.clone(), days);
        }
    }
}
