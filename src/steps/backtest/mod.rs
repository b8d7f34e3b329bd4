//! Rolling origins: the account judged on days in the past with what was known then, beside what became of it.

mod flags;
mod key;
mod report;
mod scores;
mod windows;

use std::collections::{HashMap, HashSet};

use chrono::{Days, NaiveDate};
use rayon::prelude::*;

use crate::domain::{
    Backtest, BacktestOrigin, Calendar, Cents, Prediction, Scoring, TooLittle, business_days_after,
};
use crate::odds::Day;
use crate::steps::chances::history::{Clock, calendars};
use crate::steps::chances::outlook::{AccountFleet, Subject, account_fleet};
use crate::steps::chances::removal_test::RemovalTest;
use crate::steps::coverage::{Coverage, Place};
use crate::steps::usage::measure::came_back_last_year;

pub use flags::{Ranked, flags_of, wilson};
pub use report::report;
pub use scores::{calibration, scores};
pub use windows::{recalibrated, window_flags};

/// Known business days before an origin, and after it: 90 calendar days.
pub const KNOWN_DAYS: u32 = 63;
/// Known business days from one origin to the next: 30 calendar days.
const STEP: u32 = 21;

/// A line as the past needs it.
pub struct PastLine<'a> {
    pub line_id: &'a str,
    pub is_person: bool,
    /// The day from which it counts.
    pub since: NaiveDate,
    /// The last day before which somebody held it.
    pub until: Option<NaiveDate>,
    /// Sorted, once each.
    pub used: &'a [NaiveDate],
    /// Which of the locations' holidays are its own.
    pub location: usize,
}

/// An account's past: everything that was known, with ways to ask what was known then.
pub struct Past<'a> {
    pub lines: &'a [PastLine<'a>],
    /// Lines that an earlier night has seen and the inventory does not show any more, and how many of them had been flagged.
    pub vanished: (u32, u32),
    pub coverage: &'a Coverage,
    /// The locations; the first is that of lines without one.
    pub places: &'a [Place],
    /// Lines used on a day.
    pub used_lines: &'a HashMap<NaiveDate, u32>,
    pub scoring: &'a Scoring,
    /// Monthly cost of each line, by its id, on a day: by the newest invoice of that day.
    /// Of the lines whose price is known.
    pub costs_on: &'a dyn Fn(NaiveDate) -> HashMap<String, Cents>,
    /// The ids of the lines on which a keep decision was in force.
    pub kept_on: &'a dyn Fn(NaiveDate) -> HashSet<String>,
}

/// All origins whose outcome is known, oldest first. Those in `remembered` (by key) are not computed again.
pub fn origins(past: &Past<'_>, remembered: &HashMap<String, BacktestOrigin>) -> (Vec<BacktestOrigin>, u32) {
    let mut computed = 0;
    let base = past.coverage.calendar(past.scoring, &past.places[0]);
    let origins = origin_days(&base).into_iter().map(|(on, known_on)| {
        let then = Then::of(past, on, known_on);
        let key = key::of(past, &then);
        remembered.get(&key).cloned().unwrap_or_else(|| {
            computed += 1;
            then.judged(past, key)
        })
    });
    (origins.collect(), computed)
}

/// What is printed where the past is too short.
pub fn too_little(past: &Past<'_>) -> TooLittle {
    let base = past.coverage.calendar(past.scoring, &past.places[0]);
    let has = base.known_business_between(base.first(), base.last());
    let missing = (2 * KNOWN_DAYS).saturating_sub(has);
    TooLittle {
        needs_known_business_days: 2 * KNOWN_DAYS,
        has_known_business_days: has,
        first_on: business_days_after(base.last(), missing, &past.scoring.weekdays).unwrap_or(base.last()),
    }
}

/// The back-test as it is printed.
pub fn backtest(past: &Past<'_>, origins: &[BacktestOrigin], computed: u32) -> Backtest {
    match report(origins, computed) {
        Some(mut report) => {
            let (vanished, flagged) = past.vanished;
            report.removed += vanished;
            report.removed_flagged += flagged;
            Backtest::Made(Box::new(report))
        }
        None if origins.is_empty() => Backtest::TooLittle(too_little(past)),
        None => Backtest::NobodyToJudge,
    }
}

/// Every origin with the day on which its outcome was known. They are counted from the first known day, so that a new
/// night adds origins and moves none.
fn origin_days(calendar: &Calendar) -> Vec<(NaiveDate, NaiveDate)> {
    let known: Vec<NaiveDate> = calendar
        .known_business_days()
        .filter_map(|(day, known)| known.then_some(day))
        .collect();
    let at = |count: u32| known.get(count as usize - 1).copied();
    (0..)
        .map_while(|step| {
            let before = KNOWN_DAYS + STEP * step;
            Some((at(before)?, at(before + KNOWN_DAYS)?))
        })
        .collect()
}

/// An account on one day in the past.
struct Then {
    on: NaiveDate,
    known_on: NaiveDate,
    /// By location.
    calendars: Vec<Calendar>,
    costs: HashMap<String, Cents>,
    kept: HashSet<String>,
}

impl Then {
    fn of(past: &Past<'_>, on: NaiveDate, known_on: NaiveDate) -> Then {
        Then {
            on,
            known_on,
            calendars: calendars(past.coverage, past.scoring, past.places, past.used_lines, on),
            costs: (past.costs_on)(on),
            kept: (past.kept_on)(on),
        }
    }

    /// Lines that somebody held then.
    fn lines<'p>(&'p self, past: &'p Past<'_>) -> impl Iterator<Item = &'p PastLine<'p>> {
        let held = |line: &&PastLine| line.since <= self.on && line.until.is_none_or(|until| until > self.on);
        past.lines.iter().filter(held)
    }

    fn cost_of(&self, line: &PastLine<'_>) -> Option<Cents> {
        self.costs.get(line.line_id).copied()
    }

    fn is_kept(&self, line: &PastLine<'_>) -> bool {
        self.kept.contains(line.line_id)
    }

    fn judged(&self, past: &Past<'_>, key: String) -> BacktestOrigin {
        let clocks: Vec<Clock> = self
            .calendars
            .iter()
            .map(|calendar| Clock::new(calendar, &past.scoring.weekdays))
            .collect();
        let lines: Vec<&PastLine> = self.lines(past).collect();
        let histories: Vec<(&PastLine, Vec<Day>)> = lines
            .into_par_iter()
            .map(|line| {
                let days = clocks[line.location].history(self.used_by(line, self.on), line.since);
                (line, days)
            })
            .collect();
        let subjects: Vec<Subject> = histories
            .iter()
            .map(|(line, days)| Subject {
                line_id: line.line_id,
                is_person: line.is_person,
                days,
            })
            .collect();
        let fleet = account_fleet(&subjects);
        let scoring = past.scoring;
        let judged: Vec<Outcome> = histories
            .par_iter()
            .filter(|(line, _)| line.is_person && !self.is_kept(line))
            .filter_map(|(line, days)| self.outcome(scoring, line, days, &fleet))
            .collect();
        let removed = |flagged_only: bool| {
            let counts = |outcome: &&Outcome| matches!(outcome, Outcome::Removed { flagged } if *flagged || !flagged_only);
            judged.iter().filter(counts).count() as u32
        };
        BacktestOrigin {
            on: self.on,
            known_on: self.known_on,
            key,
            removed: removed(false),
            removed_flagged: removed(true),
            predictions: judged
                .into_iter()
                .filter_map(|outcome| match outcome {
                    Outcome::Known(prediction) => Some(prediction),
                    Outcome::Removed { .. } => None,
                })
                .collect(),
        }
    }

    /// The days of use up to `last`.
    fn used_by<'l>(&self, line: &'l PastLine<'_>, last: NaiveDate) -> &'l [NaiveDate] {
        &line.used[..line.used.partition_point(|day| *day <= last)]
    }

    fn outcome(
        &self,
        scoring: &Scoring,
        line: &PastLine<'_>,
        days: &[Day],
        fleet: &AccountFleet,
    ) -> Option<Outcome> {
        let odds = fleet.odds_of_days(days)?;
        let calendar = &self.calendars[line.location];
        let used = self.used_by(line, self.on);
        let silent_from = used.last().map_or(line.since, |day| *day + Days::new(1));
        let decision = RemovalTest::of(scoring);
        let cost = self.cost_of(line);
        let flagged = decision.says_remove(odds, cost)
            && decision.is_seen_enough(
                calendar.known_business_between(line.since, self.on),
                calendar.known_business_between(silent_from, self.on),
            )
            && came_back_last_year(used, line.since, calendar, self.on).is_none();
        let came_back = self.used_by(line, self.known_on).len() > used.len();
        if !came_back && line.until.is_some_and(|until| until <= self.known_on) {
            return Some(Outcome::Removed { flagged });
        }
        Some(Outcome::Known(Prediction {
            p_silent_90: (odds.silent_90 * 1e6).round() as u32,
            days_silent: calendar.known_between(silent_from, self.on),
            monthly_cost: cost.unwrap_or_default(),
            flagged,
            came_back,
        }))
    }
}

enum Outcome {
    Known(Prediction),
    /// Taken away before anybody could know.
    Removed {
        flagged: bool,
    },
}
