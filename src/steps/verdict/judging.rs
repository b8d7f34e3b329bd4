//! Every line of an account judged: measured, given its chances, and told its verdict; and how right such verdicts were.

use std::collections::HashMap;

use chrono::NaiveDate;

use rayon::prelude::*;

use crate::domain::LapsedKeep;
use crate::domain::{
    AccountBaseline, AccountModel, Activity, Backtest, BacktestOrigin, Baseline, ByLine, Calendar, Cents,
    FlagOutcome, Forecast, Kind, Line, LineCost, LineModel, Model, SentFlag, TrackRecord, Verdict,
    business_days_after,
};
use crate::odds::Day;
use crate::steps::backtest::{Past, PastLine, backtest, origins};
use crate::steps::chances::history::{Clock, calendars};
use crate::steps::chances::outlook::{self, Asked, Outlook, account_fleet};
use crate::steps::chances::removal_test::RemovalTest;
use crate::steps::coverage::Place;
use crate::steps::input::{AccountInput, StepError};
use crate::steps::roster::in_force::keeps_on;
use crate::steps::roster::normalise::place_at;
use crate::steps::usage::measure::{Measured, Subject, measured};
use crate::steps::usage::tally::tally;
use crate::steps::verdict::Judgement;
use crate::steps::verdict::tellable::Tellable;
use crate::steps::verdict::track_record::{Fate, follow, new_flags, track_record};
use crate::steps::verdict::{Case, idle_score, judge};

/// A judged line with its cost, before its money has a date.
pub struct Judged<'a> {
    pub line: &'a Line,
    pub activity: Activity,
    pub cost: LineCost,
    pub judgement: Judgement,
    /// What it would be without the keep that is in force on it.
    pub but_for_keep: Option<Judgement>,
    pub idle_score: Option<u32>,
    pub model: LineModel,
    pub forecast: Option<Forecast>,
    pub decision: Option<crate::domain::Decision>,
    pub lapsed_keep: Option<LapsedKeep>,
}

/// An account's lines with their verdicts, and what these rest on.
pub(crate) struct JudgedLines<'a> {
    /// The lines that have not ended, in the order of their ids.
    pub judged: Vec<Judged<'a>>,
    pub model: AccountModel,
    pub backtest: Backtest,
    /// Every origin of the back-test, to be remembered.
    pub origins: Vec<BacktestOrigin>,
    /// Earlier flags with what became of them, then tonight's.
    pub flags: Vec<SentFlag>,
    pub track_record: TrackRecord,
    /// Days of use of every line of the roster, sorted, up to `as_of`.
    pub used: Vec<(&'a Line, Vec<NaiveDate>)>,
}

/// `costs_on` gives each line's monthly cost on a day in the past.
pub(crate) fn judge_lines<'a>(
    input: &'a AccountInput<'_>,
    tellable: &Tellable<'_>,
    costs: &ByLine<'_, LineCost>,
    costs_on: impl Fn(NaiveDate) -> HashMap<String, Cents>,
) -> Result<JudgedLines<'a>, StepError> {
    let AccountInput {
        roster,
        scoring,
        as_of,
        ..
    } = input;
    let mut tally = tally(input.usage.clone(), &roster.lines, *as_of)?;
    let used_lines = std::mem::take(&mut tally.used_lines);
    let locations = Locations::of(input, &used_lines);
    let measured = measured(tally, |line| subject(input, line, &locations));
    let live: Vec<Live> = measured
        .iter()
        .filter(|measured| !measured.line.ended_by(*as_of))
        .filter_map(|measured| {
            Some(Live {
                measured,
                cost: costs.get(measured.line)?,
            })
        })
        .collect();
    let (model, outlooks) = match scoring.model {
        Model::Rule => (by_rule(), ByLine::default()),
        Model::Probability => foresee(input, &live, &locations, tellable),
    };
    let account_business_days = {
        let base = &locations.calendars[0];
        base.known_business_between(base.first(), base.last())
    };
    let before = input
        .last_night
        .and_then(|(_, night)| night.accounts.get(&input.account.account_id));
    let judged = live.iter().map(|Live { measured, cost }| {
        let Measured { line, activity, .. } = *measured;
        let directory = roster.directory_of(line);
        let signed_in = input.sign_ins.get(&line.line_id);
        let outlook = outlooks.get(line);
        let doubt = tellable.doubt(line, activity, locations.calendars[0].first());
        let unread_rows = tellable.unread_rows(line);
        let case = Case {
            line,
            activity,
            calendar: locations.calendar_of(line),
            scoring,
            as_of: *as_of,
            account_business_days,
            directory,
            last_sign_in_on: signed_in.and_then(|known| known.succeeded_on),
            last_sign_in_tried_on: signed_in.and_then(|known| known.tried_on),
            keep: roster.keep_of(line),
            lapsed_keep: roster.lapsed_keep_of(line),
            was_held: before.is_some_and(|before| was_held(before, line, *as_of))
                && roster.decision_of(line).is_none(),
            is_seat: line.tier.is_some() || cost.seat_cost > Cents::ZERO,
            joinable: tellable.is_joinable(line),
            may_hide_passed_on: tellable.may_hide_passed_on(),
            unread_rows: unread_rows.as_ref(),
            doubt: doubt.as_deref(),
            monthly_cost: cost.known(),
            currency: input.account.currency,
            seen_since: input.seen_lines.get(&line.line_id).copied(),
            outlook,
            idle_since: idle_since(input, line, activity, cost.monthly_cost),
        };
        let but_for_keep = case.keep.map(|_| judge(&Case { keep: None, ..case }));
        Judged {
            but_for_keep,
            line,
            activity: activity.clone(),
            cost: (*cost).clone(),
            judgement: judge(&case),
            idle_score: idle_score(&case),
            model: model.source,
            forecast: outlook.map(|outlook| forecast(outlook, input)),
            decision: roster.decision_of(line).cloned(),
            lapsed_keep: roster.lapsed_keep_of(line).cloned(),
        }
    });
    let judged: Vec<Judged> = judged.collect();
    let fates: Vec<Fate> = measured
        .iter()
        .map(|measured| Fate {
            line: measured.line,
            used: &measured.used,
            kept: roster.keep_of(measured.line).is_some(),
        })
        .collect();
    let mut flags = follow(input.sent_flags, &fates, *as_of);
    let track_record = track_record(&flags);
    flags.extend(new_flags(input.sent_flags, &flags, &judged, *as_of));
    let (backtest, origins) = match scoring.model {
        Model::Rule => (Backtest::ByRule, Vec::new()),
        Model::Probability => look_back(input, &measured, &locations, tellable, &used_lines, &costs_on),
    };
    let used = measured
        .into_iter()
        .map(|measured| (measured.line, measured.used));
    Ok(JudgedLines {
        judged,
        model,
        backtest,
        origins,
        flags,
        track_record,
        used: used.collect(),
    })
}

/// A line that has not ended, with what its calls say and what it costs.
#[derive(Clone, Copy)]
struct Live<'x, 'a> {
    measured: &'x Measured<'a>,
    cost: &'x LineCost,
}

/// One calendar for each location that lines name; the first is that of lines without one.
struct Locations {
    by_name: HashMap<Option<String>, usize>,
    places: Vec<Place>,
    calendars: Vec<Calendar>,
}

impl Locations {
    fn of(input: &AccountInput<'_>, used_lines: &HashMap<NaiveDate, u32>) -> Locations {
        let place_of = |location: Option<&str>| place_at(input.holidays, &input.account.account_id, location);
        let mut by_name = HashMap::from([(None, 0)]);
        let mut places = vec![place_of(None)];
        for line in &input.roster.lines {
            by_name.entry(line.location.clone()).or_insert_with(|| {
                places.push(place_of(line.location.as_deref()));
                places.len() - 1
            });
        }
        Locations {
            calendars: calendars(input.coverage, input.scoring, &places, used_lines, input.as_of),
            by_name,
            places,
        }
    }

    fn place_of(&self, line: &Line) -> usize {
        self.by_name.get(&line.location).copied().unwrap_or(0)
    }

    fn calendar_of(&self, line: &Line) -> &Calendar {
        &self.calendars[self.place_of(line)]
    }
}

fn subject<'a>(input: &AccountInput<'_>, line: &Line, locations: &'a Locations) -> Subject<'a> {
    let (account, calendar) = (&locations.calendars[0], locations.calendar_of(line));
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
        lately_from: account.known_business_days_back(10).unwrap_or(account.first()),
    }
}

fn by_rule() -> AccountModel {
    AccountModel {
        source: LineModel::Rule,
        lines_fitted: 0,
        log_likelihood: None,
        transition: None,
        initial: None,
    }
}

/// The day of the flag that a line bears, where by the same settings the last reported night called it waste at this price and
/// with this last use.
fn idle_since(input: &AccountInput<'_>, line: &Line, activity: &Activity, cost: Cents) -> Option<NaiveDate> {
    let same_settings = |last: &&Baseline| last.scoring_digest == input.scoring_digest;
    let last = input.last_night.map(|(_, last)| last).filter(same_settings)?;
    let before = last.accounts.get(&line.account_id)?;
    let is_as_it_was = before
        .idle_costs
        .get(&line.line_id)
        .is_some_and(|before| before.unwrap_or_default() == cost)
        && before.idle_last_used.get(&line.line_id) == Some(&activity.last_used_on);
    let mut flags = input.sent_flags.iter().filter(|_| is_as_it_was);
    let flag = flags.find(|flag| {
        flag.line_id == line.line_id
            && flag.flagged_on < input.as_of
            && flag.verdict == Verdict::Idle
            && flag.outcome == FlagOutcome::StillSilent
    })?;
    Some(flag.flagged_on)
}

/// The account's model, and what it says of each live line that has been seen for long enough.
fn foresee<'a>(
    input: &AccountInput<'_>,
    live: &[Live<'_, 'a>],
    locations: &Locations,
    tellable: &Tellable<'_>,
) -> (AccountModel, ByLine<'a, Outlook>) {
    let weekdays = &input.scoring.weekdays;
    let clocks: Vec<Clock> = locations
        .calendars
        .iter()
        .map(|calendar| Clock::new(calendar, weekdays))
        .collect();
    let histories: Vec<(Live, Vec<Day>)> = live
        .par_iter()
        .map(|live| {
            let Measured {
                line, used, since, ..
            } = live.measured;
            let days = match tellable.tells(line) {
                true => clocks[locations.place_of(line)].history(used, *since),
                false => Vec::new(),
            };
            (*live, days)
        })
        .collect();
    let subjects: Vec<outlook::Subject> = histories
        .iter()
        .map(|(live, days)| outlook::Subject {
            line_id: &live.measured.line.line_id,
            is_person: live.measured.line.kind == Some(Kind::Person),
            days,
        })
        .collect();
    let fleet = account_fleet(&subjects);
    let decision = RemovalTest::of(input.scoring);
    let outlooks: Vec<(&Line, Outlook)> = histories
        .par_iter()
        .filter_map(|(live, days)| {
            let asked = Asked {
                days,
                known_business_days: live.measured.activity.known_business_days,
                silent_business_days: live.measured.activity.silent_business_days,
                monthly_cost: live.cost.known(),
            };
            Some((live.measured.line, fleet.outlook(&asked, &decision)?))
        })
        .collect();
    (fleet.described(), outlooks.into_iter().collect())
}

fn forecast(outlook: &Outlook, input: &AccountInput<'_>) -> Forecast {
    let millionths = |chance: f64| (1e6 * chance).round() as u32;
    let weekdays = &input.scoring.weekdays;
    Forecast {
        p_silent_30: millionths(outlook.now.silent_30),
        p_silent_90: millionths(outlook.now.silent_90),
        p_away: millionths(outlook.p_away),
        p_gone: millionths(outlook.p_gone),
        price_of_removing: RemovalTest::of(input.scoring).price_of_removing(outlook.now),
        idle_on: outlook
            .idle_in
            .and_then(|days| business_days_after(input.as_of, days, weekdays)),
    }
}

fn look_back(
    input: &AccountInput<'_>,
    measured: &[Measured<'_>],
    locations: &Locations,
    tellable: &Tellable<'_>,
    used_lines: &HashMap<NaiveDate, u32>,
    costs_on: &dyn Fn(NaiveDate) -> HashMap<String, Cents>,
) -> (Backtest, Vec<BacktestOrigin>) {
    let past_lines: Vec<PastLine> = measured
        .iter()
        .map(
            |Measured {
                 line, since, used, ..
             }| PastLine {
                line_id: &line.line_id,
                is_person: line.kind == Some(Kind::Person) && tellable.tells(line),
                since: *since,
                until: line.seat_until.filter(|until| *until <= input.as_of),
                used,
                location: locations.place_of(line),
            },
        )
        .collect();
    let kept_on = |day| {
        keeps_on(
            &input.roster.lines,
            input.decisions,
            &input.scoring.keep_rules,
            day,
        )
    };
    let past = Past {
        lines: &past_lines,
        vanished: vanished(input),
        coverage: input.coverage,
        places: &locations.places,
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

/// Whether an earlier night knew a keep on the line, or a leave of its holder, that would still hold.
fn was_held(before: &AccountBaseline, line: &Line, as_of: NaiveDate) -> bool {
    let until = [&before.kept, &before.away].map(|held| held.get(&line.line_id));
    until.into_iter().flatten().any(|until| *until >= as_of)
}
