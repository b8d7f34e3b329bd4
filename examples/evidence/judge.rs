//! A company seen from one day with what was known then, line by line, and what became of each.

use chrono::{NaiveDate, TimeDelta};
use quietline::domain::{Calendar, Cents, DayState, Model, Prediction, Scoring};
use quietline::odds::Day;
use quietline::steps::chances::history::{Clock, closed_days};
use quietline::steps::chances::outlook::{FEWEST_KNOWN_DAYS, Subject, account_fleet};
use quietline::steps::chances::removal_test::{Odds, RemovalTest};
use quietline::steps::usage::measure::came_back_last_year;

use crate::company::{AHEAD, Company, Line, MONTH, WEEKDAYS};

/// A line on the day of the judgement.
#[derive(Clone)]
pub struct Case {
    pub odds: Odds,
    /// Known calendar days without use.
    pub days_silent: u32,
    /// 63 known business days or more, ten of them silent.
    pub seen_enough: bool,
    /// It came back after the same silence last year.
    pub guarded: bool,
    pub monthly_cost: Cents,
    pub came_back: bool,
    /// Whole months of silence that followed, from 0 to 3.
    pub silent_months: u32,
}

impl Case {
    pub fn prediction(&self, flagged: bool) -> Prediction {
        Prediction {
            p_silent_90: (self.odds.silent_90 * 1e6).round() as u32,
            days_silent: self.days_silent,
            monthly_cost: self.monthly_cost,
            flagged,
            came_back: self.came_back,
        }
    }

    pub fn is_flagged(&self, decision: &RemovalTest, monthly_cost: Cents) -> bool {
        decision.says_remove(self.odds, Some(monthly_cost)) && self.seen_enough && !self.guarded
    }
}

/// What became of a line at an earlier origin: all that a recalibrated window learns from.
#[derive(Clone, Copy)]
pub struct Outcome {
    pub days_silent: u32,
    pub came_back: bool,
}

impl From<&Case> for Outcome {
    fn from(case: &Case) -> Outcome {
        Outcome {
            days_silent: case.days_silent,
            came_back: case.came_back,
        }
    }
}

/// The job's defaults with another price of a wrong removal.
pub fn scoring(wrong_removal_cost: Cents) -> Scoring {
    Scoring {
        model: Model::Probability,
        wrong_removal_cost,
        min_confidence: 800_000,
        sure: 950_000,
        window_days: 90,
        watch_days_before: 30,
        grace_business_days: 30,
        min_known_business_days: 63,
        min_known_percent: 80,
        protected_kinds: Vec::new(),
        weekdays: WEEKDAYS.to_vec(),
        kind_rules: Vec::new(),
        keep_rules: Vec::new(),
    }
}

/// A day to judge from, and the day on which the 63 known business days after it are over.
#[derive(Clone, Copy)]
pub struct Origin {
    pub on: NaiveDate,
    pub known_on: NaiveDate,
}

/// Origins every 21 known business days from the 63rd on, as in the back-test; the last one has the whole history.
pub fn origins(company: &Company) -> Vec<Origin> {
    let known: Vec<NaiveDate> = calendar(company, company.last, &[])
        .known_business_days()
        .filter_map(|(day, known)| known.then_some(day))
        .collect();
    (AHEAD..)
        .step_by(MONTH)
        .map_while(|before| {
            Some(Origin {
                on: *known.get(before - 1)?,
                known_on: *known.get(before + AHEAD - 1)?,
            })
        })
        .collect()
}

fn calendar(company: &Company, last: NaiveDate, closed: &[NaiveDate]) -> Calendar {
    let days = (last - company.first).num_days() + 1;
    let off = [&company.holidays[..], closed].concat();
    let states = vec![DayState::Complete; usize::try_from(days).unwrap_or(0)];
    Calendar::new(company.first, &states, &WEEKDAYS, &off)
}

/// The company on the origin's day: its calendar, and the lines that can be judged with their histories.
struct Then<'c> {
    company: &'c Company,
    origin: Origin,
    calendar: Calendar,
    lines: Vec<(&'c Line, Vec<Day>)>,
}

impl<'c> Then<'c> {
    fn of(company: &'c Company, origin: Origin) -> Then<'c> {
        let used_lines = company.used_lines();
        let base = calendar(company, origin.on, &[]);
        let closed = closed_days(&base, |day| used_lines.get(&day).copied().unwrap_or(0), &WEEKDAYS);
        let calendar = calendar(company, origin.on, &closed);
        let clock = Clock::new(&calendar, &WEEKDAYS);
        let held = |line: &&Line| line.since <= origin.on && line.until.is_none_or(|until| until > origin.on);
        let lines = company.lines.iter().filter(held);
        Then {
            lines: lines
                .map(|line| (line, clock.history(used_by(line, origin.on), line.since)))
                .collect(),
            company,
            origin,
            calendar,
        }
    }

    /// Lines with enough known days for a chance whose outcome nobody cut short.
    fn judged(&self) -> impl Iterator<Item = (&'c Line, &[Day])> {
        let Origin { known_on, .. } = self.origin;
        let judged = move |line: &Line, days: &[Day]| {
            let known = days.iter().filter(|day| **day != Day::Unknown).count();
            let removed = line.until.is_some_and(|until| until <= known_on);
            line.is_person && known >= FEWEST_KNOWN_DAYS && (!removed || self.came_back(line))
        };
        let lines = self.lines.iter().map(|(line, days)| (*line, &days[..]));
        lines.filter(move |(line, days)| judged(line, days))
    }

    fn came_back(&self, line: &Line) -> bool {
        used_by(line, self.origin.known_on).len() > used_by(line, self.origin.on).len()
    }

    fn silent_from(&self, line: &Line) -> NaiveDate {
        let last = used_by(line, self.origin.on).last();
        last.map_or(line.since, |day| *day + TimeDelta::days(1))
    }

    fn outcome(&self, line: &Line) -> Outcome {
        Outcome {
            days_silent: self
                .calendar
                .known_between(self.silent_from(line), self.origin.on),
            came_back: self.came_back(line),
        }
    }

    /// Whole months, of 21 business days, until the next use.
    fn silent_months(&self, line: &Line, after: &Calendar) -> u32 {
        let tomorrow = self.origin.on + TimeDelta::days(1);
        let next = line.used.iter().find(|day| **day > self.origin.on);
        let until = next.map_or(self.origin.known_on, |day| *day - TimeDelta::days(1));
        let silent = after.known_business_between(tomorrow, until.min(self.origin.known_on));
        silent / MONTH as u32
    }

    fn cases(&self) -> Vec<Case> {
        let subjects: Vec<Subject> = self
            .lines
            .iter()
            .map(|(line, days)| Subject {
                line_id: &line.line_id,
                is_person: line.is_person,
                days,
            })
            .collect();
        let fleet = account_fleet(&subjects);
        let decision = RemovalTest::of(&scoring(Cents::ZERO));
        let after = calendar(self.company, self.origin.known_on, &[]);
        let Origin { on, .. } = self.origin;
        let case = |(line, days): (&Line, &[Day])| {
            let used = used_by(line, on);
            let Outcome {
                days_silent,
                came_back,
            } = self.outcome(line);
            Some(Case {
                odds: fleet.odds_of_days(days)?,
                days_silent,
                seen_enough: decision.is_seen_enough(
                    self.calendar.known_business_between(line.since, on),
                    self.calendar.known_business_between(self.silent_from(line), on),
                ),
                guarded: came_back_last_year(used, line.since, &self.calendar, on).is_some(),
                monthly_cost: line.monthly_cost,
                came_back,
                silent_months: self.silent_months(line, &after),
            })
        };
        self.judged().filter_map(case).collect()
    }
}

fn used_by(line: &Line, last: NaiveDate) -> &[NaiveDate] {
    &line.used[..line.used.partition_point(|day| *day <= last)]
}

pub fn cases(company: &Company, origin: Origin) -> Vec<Case> {
    Then::of(company, origin).cases()
}

/// Without the model: much faster.
pub fn outcomes(company: &Company, origin: Origin) -> Vec<Outcome> {
    let then = Then::of(company, origin);
    then.judged().map(|(line, _)| then.outcome(line)).collect()
}
