//! Every line of an account judged: measured, given its chances, and told its verdict; and how right such verdicts were.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};

use rayon::prelude::*;

use super::account::{AccountInput, StepError};
use super::backtest::{Past, PastLine, backtest, origins};
use super::decision::Decision;
use super::history::{Clock, calendars};
use super::in_force::keeps_on;
use super::line_keys::{is_joinable, is_named_among};
use super::measure::{Measured, Subject, measured};
use super::normalise::holidays_at;
use super::outlook::{self, Asked, Outlook, account_fleet};
use super::recommend::Judged;
use super::tally::{Holder, tally};
use super::track_record::{Fate, follow, new_flags, track_record};
use super::verdict::{Case, idle_score, judge};
use crate::domain::{
    Account, AccountModel, Backtest, BacktestOrigin, Calendar, Cents, DirectoryEntry, Forecast, Kind, Line,
    LineCost, LineModel, Model, SentFlag, TrackRecord, business_days_after,
};
use crate::odds::Day;

/// An account's lines with their verdicts, and what these rest on.
pub struct JudgedLines {
    /// The lines that have not ended, with their index, in the order of their ids.
    pub judged: Vec<(usize, Judged)>,
    pub model: AccountModel,
    pub backtest: Backtest,
    /// Every origin of the back-test, to be remembered.
    pub origins: Vec<BacktestOrigin>,
    /// Earlier flags with what became of them, then tonight's.
    pub flags: Vec<SentFlag>,
    pub track_record: TrackRecord,
    /// Days of use by line of the roster, sorted, up to `as_of`.
    pub used: Vec<Vec<NaiveDate>>,
}

/// `costs_on` gives each line's monthly cost on a day in the past.
pub fn judge_lines(
    input: &AccountInput<'_>,
    costs: &[LineCost],
    costs_on: impl Fn(NaiveDate) -> Vec<Cents>,
) -> Result<JudgedLines, StepError> {
    let AccountInput {
        roster,
        scoring,
        as_of,
        ..
    } = input;
    let holders: Vec<Holder> = roster
        .lines
        .iter()
        .map(|line| Holder {
            line_id: &line.line_id,
            since: line.seat_since,
        })
        .collect();
    let mut tally = tally(input.usage.clone(), &holders, *as_of)?;
    let used_lines = std::mem::take(&mut tally.used_lines);
    let locations = Locations::of(input, &used_lines);
    let subjects: Vec<Subject> = roster
        .lines
        .iter()
        .map(|line| subject(input, line, locations.calendar_of(line)))
        .collect();
    let measured = measured(tally, &subjects);
    let live: Vec<usize> = (0..roster.lines.len())
        .filter(|index| !roster.lines[*index].ended_by(*as_of))
        .collect();
    let tellable: Vec<bool> = roster
        .lines
        .iter()
        .map(|line| is_joinable(line, input.named_by) && !is_named_among(line, input.unread))
        .collect();
    let foreseen = match scoring.model {
        Model::Rule => Foreseen::by_rule(live.len()),
        Model::Probability => foresee(input, &live, &tellable, &subjects, &measured, costs, &locations),
    };
    let account_business_days = {
        let base = &locations.calendars[0];
        base.known_business_between(base.first(), base.last())
    };
    let judged = live.iter().zip(&foreseen.outlooks).map(|(index, outlook)| {
        let line = &roster.lines[*index];
        let activity = &measured[*index].activity;
        let directory = roster.directory[*index].as_ref();
        let case = Case {
            line,
            activity,
            calendar: locations.calendar_of(line),
            scoring,
            as_of: *as_of,
            account_business_days,
            directory,
            last_sign_in_on: directory.and_then(|entry| local_day(entry, input.account)),
            keep: roster.keeps[*index].as_ref(),
            is_seat: line.tier.is_some() || costs[*index].seat_cost > Cents::ZERO,
            joinable: is_joinable(line, input.named_by),
            has_unread_rows: is_named_among(line, input.unread),
            monthly_cost: costs[*index].monthly_cost,
            currency: input.account.currency,
            outlook: outlook.as_ref(),
        };
        let but_for_keep = case.keep.map(|_| judge(&Case { keep: None, ..case }));
        let judged = Judged {
            but_for_keep,
            line: line.clone(),
            activity: activity.clone(),
            cost: costs[*index].clone(),
            judgement: judge(&case),
            idle_score: idle_score(&case),
            model: foreseen.model.source,
            forecast: outlook.map(|outlook| forecast(&outlook, input)),
            decision: roster.decisions[*index].clone(),
        };
        (*index, judged)
    });
    let judged: Vec<(usize, Judged)> = judged.collect();
    let fates: Vec<Fate> = roster
        .lines
        .iter()
        .zip(&measured)
        .zip(&roster.keeps)
        .map(|((line, measured), keep)| Fate {
            line,
            used: &measured.used,
            kept: keep.is_some(),
        })
        .collect();
    let mut flags = follow(input.sent_flags, &fates, *as_of);
    let track_record = track_record(&flags);
    flags.extend(new_flags(input.sent_flags, &flags, &judged, *as_of));
    let (backtest, origins) = match scoring.model {
        Model::Rule => (Backtest::ByRule, Vec::new()),
        Model::Probability => look_back(
            input,
            &tellable,
            &subjects,
            &measured,
            &locations,
            &used_lines,
            &costs_on,
        ),
    };
    Ok(JudgedLines {
        judged,
        model: foreseen.model,
        backtest,
        origins,
        flags,
        track_record,
        used: measured.into_iter().map(|line| line.used).collect(),
    })
}

/// One calendar for each location that lines name; the first is that of lines without one.
struct Locations {
    places: HashMap<Option<String>, usize>,
    holidays: Vec<Vec<NaiveDate>>,
    calendars: Vec<Calendar>,
}

impl Locations {
    fn of(input: &AccountInput<'_>, used_lines: &HashMap<NaiveDate, u32>) -> Locations {
        let holidays_of =
            |location: Option<&str>| holidays_at(input.holidays, &input.account.account_id, location);
        let mut places = HashMap::from([(None, 0)]);
        let mut holidays = vec![holidays_of(None)];
        for line in &input.roster.lines {
            places.entry(line.location.clone()).or_insert_with(|| {
                holidays.push(holidays_of(line.location.as_deref()));
                holidays.len() - 1
            });
        }
        Locations {
            calendars: calendars(input.coverage, input.scoring, &holidays, used_lines, input.as_of),
            places,
            holidays,
        }
    }

    fn place_of(&self, line: &Line) -> usize {
        self.places.get(&line.location).copied().unwrap_or(0)
    }

    fn calendar_of(&self, line: &Line) -> &Calendar {
        &self.calendars[self.place_of(line)]
    }
}

fn subject<'a>(input: &AccountInput<'_>, line: &Line, calendar: &'a Calendar) -> Subject<'a> {
    let since = line
        .seat_since
        .or_else(|| input.first_seen.get(&line.line_id).copied());
    let seen_from = input
        .unseen_until
        .get(&line.line_id)
        .and_then(|day| day.succ_opt());
    Subject {
        since: since
            .max(seen_from)
            .unwrap_or(calendar.first())
            .max(calendar.first()),
        calendar,
    }
}

/// The live lines' outlooks, in their order.
struct Foreseen {
    model: AccountModel,
    outlooks: Vec<Option<Outlook>>,
}

impl Foreseen {
    fn by_rule(lines: usize) -> Foreseen {
        Foreseen {
            model: AccountModel {
                source: LineModel::Rule,
                lines_fitted: 0,
                log_likelihood: None,
                transition: None,
                initial: None,
            },
            outlooks: vec![None; lines],
        }
    }
}

fn foresee(
    input: &AccountInput<'_>,
    live: &[usize],
    tellable: &[bool],
    subjects: &[Subject<'_>],
    measured: &[Measured],
    costs: &[LineCost],
    locations: &Locations,
) -> Foreseen {
    let weekdays = &input.scoring.weekdays;
    let clocks: Vec<Clock> = locations
        .calendars
        .iter()
        .map(|calendar| Clock::new(calendar, weekdays))
        .collect();
    let lines = &input.roster.lines;
    let histories: Vec<Vec<Day>> = live
        .par_iter()
        .map(|index| {
            // Calls that cannot be told are not silence: such a line has no history.
            if !tellable[*index] {
                return Vec::new();
            }
            let clock = &clocks[locations.place_of(&lines[*index])];
            clock.history(&measured[*index].used, subjects[*index].since)
        })
        .collect();
    let fleet = account_fleet(
        &live
            .iter()
            .zip(&histories)
            .map(|(index, days)| outlook::Subject {
                line_id: &lines[*index].line_id,
                is_person: lines[*index].kind == Some(Kind::Person),
                days,
            })
            .collect::<Vec<_>>(),
    );
    let asked: Vec<Asked> = live
        .iter()
        .zip(&histories)
        .map(|(index, days)| Asked {
            days,
            known_business_days: measured[*index].activity.known_business_days,
            silent_business_days: measured[*index].activity.silent_business_days,
            monthly_cost: costs[*index].monthly_cost,
        })
        .collect();
    Foreseen {
        outlooks: fleet.outlooks(&asked, &Decision::of(input.scoring)),
        model: fleet.described(),
    }
}

fn forecast(outlook: &Outlook, input: &AccountInput<'_>) -> Forecast {
    let millionths = |chance: f64| (1e6 * chance).round() as u32;
    let weekdays = &input.scoring.weekdays;
    Forecast {
        p_silent_30: millionths(outlook.now.silent_30),
        p_silent_90: millionths(outlook.now.silent_90),
        p_away: millionths(outlook.p_away),
        p_gone: millionths(outlook.p_gone),
        price_of_removing: Decision::of(input.scoring).price_of_removing(outlook.now),
        idle_on: outlook
            .idle_in
            .and_then(|days| business_days_after(input.as_of, days, weekdays)),
    }
}

fn local_day(entry: &DirectoryEntry, account: &Account) -> Option<NaiveDate> {
    entry
        .last_sign_in_at
        .map(|at: DateTime<Utc>| at.with_timezone(&account.time_zone).date_naive())
}

fn look_back(
    input: &AccountInput<'_>,
    tellable: &[bool],
    subjects: &[Subject<'_>],
    measured: &[Measured],
    locations: &Locations,
    used_lines: &HashMap<NaiveDate, u32>,
    costs_on: &dyn Fn(NaiveDate) -> Vec<Cents>,
) -> (Backtest, Vec<BacktestOrigin>) {
    let lines = &input.roster.lines;
    let past_lines: Vec<PastLine> = lines
        .iter()
        .zip(subjects)
        .zip(measured)
        .zip(tellable)
        .map(|(((line, subject), measured), tellable)| PastLine {
            line_id: &line.line_id,
            is_person: line.kind == Some(Kind::Person) && *tellable,
            since: subject.since,
            until: line.seat_until.filter(|until| *until <= input.as_of),
            used: &measured.used,
            location: locations.place_of(line),
        })
        .collect();
    let kept_on = |day| keeps_on(lines, input.decisions, &input.scoring.keep_rules, day);
    let past = Past {
        lines: &past_lines,
        vanished: vanished(input),
        coverage: input.coverage,
        holidays: &locations.holidays,
        used_lines,
        scoring: input.scoring,
        costs_on,
        kept_on: &kept_on,
    };
    let (origins, computed) = origins(&past, input.remembered_origins);
    (backtest(&past, &origins, computed), origins)
}

/// Lines of earlier nights that are in no list any more, and how many of them were sent as flags.
fn vanished(input: &AccountInput<'_>) -> (u32, u32) {
    let there = input.roster.names();
    let gone = || input.seen_lines.keys().filter(|id| !there.contains(id.as_str()));
    let was_flagged = |id: &&String| input.sent_flags.iter().any(|flag| flag.line_id == **id);
    (gone().count() as u32, gone().filter(was_flagged).count() as u32)
}
