//! Sums and days of use -> what each line's calls say up to `as_of`, counted on its calendar.

use chrono::{Days, NaiveDate};
use rayon::prelude::*;

use crate::domain::{Activity, Calendar, DayMark, Line, add_months};
use crate::steps::usage::tally::{Counted, DAYS_OF_YEAR, Tally, from_epoch};

/// A line as the measuring needs it: since when it counts, its location's days, and the day from which use is of late. That
/// one is the account's: where a location's own days are missing, its last known ones may be months ago.
pub struct Subject<'a> {
    pub since: NaiveDate,
    pub calendar: &'a Calendar,
    pub lately_from: NaiveDate,
}

/// What one line's calls say, and the days on which it was used: sorted, once each, up to `as_of`.
#[derive(Debug, Clone)]
pub struct Measured<'a> {
    pub line: &'a Line,
    /// The day from which it counts.
    pub since: NaiveDate,
    pub activity: Activity,
    pub used: Vec<NaiveDate>,
}

/// Measures every line against its calendar, in the order in which they were tallied. One without any usage row is silent on
/// all of its known days.
pub fn measured<'a, 'c>(
    tally: Tally<'a>,
    subject_of: impl Fn(&Line) -> Subject<'c> + Sync,
) -> Vec<Measured<'a>> {
    let as_of = tally.as_of;
    let lines = tally.lines.into_par_iter();
    lines
        .map(|(line, counted)| measured_line(line, counted, &subject_of(line), as_of))
        .collect()
}

fn measured_line<'a>(
    line: &'a Line,
    counted: Counted,
    subject: &Subject<'_>,
    as_of: NaiveDate,
) -> Measured<'a> {
    let [used, missed] = [counted.used, counted.missed].map(|mut days| {
        days.sort_unstable();
        days.dedup();
        days.into_iter().map(from_epoch).collect::<Vec<NaiveDate>>()
    });
    let sums = Activity {
        last_outbound_on: counted.last_out.map(from_epoch),
        last_answered_on: counted.last_answered.map(from_epoch),
        last_missed_on: counted.last_missed.map(from_epoch),
        calls_out_90: counted.out_90,
        calls_answered_90: counted.answered_90,
        calls_missed_90: counted.missed_90,
        calls_missed_30: counted.missed_30,
        seconds_90: counted.seconds_90,
        calls_recorded: counted.recorded,
        ..Activity::default()
    };
    Measured {
        line,
        since: subject.since,
        activity: with_history(sums, &used, &missed, subject, as_of),
        used,
    }
}

/// Adds what follows from the used days (sorted, up to `as_of`) and the calendar.
fn with_history(
    counted: Activity,
    used: &[NaiveDate],
    missed: &[NaiveDate],
    subject: &Subject<'_>,
    as_of: NaiveDate,
) -> Activity {
    let Subject {
        calendar,
        since,
        lately_from,
    } = subject;
    let last_used_on = used.last().copied();
    let silent_from = last_used_on.and_then(|day| day.succ_opt()).unwrap_or(*since);
    let active_days = |days: u64| {
        let from = as_of - Days::new(days);
        (used.len() - used.partition_point(|day| *day <= from)) as u32
    };
    let recent_from = (as_of - Days::new(59)).max(*since);
    let recent_days = u32::try_from((as_of - recent_from).num_days() + 1).unwrap_or(0);
    let usual_gap_business_days = usual_gap(used, calendar);
    let longest_silence_business_days = longest_silence(used, *since, calendar);
    Activity {
        since: Some(*since),
        first_used_on: used.first().copied(),
        last_used_on,
        days_silent: calendar.known_between(silent_from, as_of),
        known_days: calendar.known_between(*since, as_of),
        known_business_days: calendar.known_business_between(*since, as_of),
        silent_business_days: calendar.known_business_between(silent_from, as_of),
        recent_known: (calendar.known_between(recent_from, as_of), recent_days),
        used_lately: last_used_on.is_some_and(|day| day >= *lately_from),
        active_days_30: active_days(30),
        active_days_60: active_days(60),
        active_days_90: active_days(90),
        active_days_all: used.len() as u32,
        usual_gap_business_days,
        longest_silence_business_days,
        came_back_last_year_on: came_back_last_year(used, *since, calendar, as_of),
        year: year(used, missed, subject, as_of),
        ..counted
    }
}

fn year(used: &[NaiveDate], missed: &[NaiveDate], subject: &Subject<'_>, as_of: NaiveDate) -> Vec<DayMark> {
    let first = as_of - Days::new(DAYS_OF_YEAR as u64 - 1);
    let mut year = vec![DayMark::Before; DAYS_OF_YEAR as usize];
    let from = (subject.since - first)
        .num_days()
        .clamp(0, i64::from(DAYS_OF_YEAR)) as usize;
    let known = subject.calendar.known_days_from(first + Days::new(from as u64));
    for (mark, known) in year[from..].iter_mut().zip(known) {
        *mark = if known { DayMark::Silent } else { DayMark::Unknown };
    }
    let marks = [(missed, DayMark::DemandOnly), (used, DayMark::Used)];
    for (days, mark) in marks {
        for day in &days[days.partition_point(|day| *day < first)..] {
            year[(*day - first).num_days() as usize] = mark;
        }
    }
    year
}

/// Median number of known business days from one used day to the next; none under two used days.
fn usual_gap(used: &[NaiveDate], calendar: &Calendar) -> Option<u32> {
    let gap = |pair: &[NaiveDate]| {
        let after = pair[0].succ_opt().unwrap_or(pair[0]);
        calendar.known_business_between(after, pair[1]).max(1)
    };
    let mut gaps: Vec<u32> = used.windows(2).map(gap).collect();
    gaps.sort_unstable();
    gaps.get(gaps.len() / 2).copied()
}

/// The most known business days in a row without use before the last use, those before the first use included.
fn longest_silence(used: &[NaiveDate], since: NaiveDate, calendar: &Calendar) -> Option<u32> {
    let between = |after: NaiveDate, before: NaiveDate| {
        calendar.known_business_between(after, before.pred_opt().unwrap_or(before))
    };
    let first = between(since, *used.first()?);
    let later = used
        .windows(2)
        .map(|pair| between(pair[0].succ_opt().unwrap_or(pair[0]), pair[1]));
    later.chain([first]).max()
}

/// Season guard: silent for the 30 days before this very date last year, and then used on 5 business days or more in the
/// 90 days after it: the first of them. Half of the 30 days must be known.
pub fn came_back_last_year(
    used: &[NaiveDate],
    since: NaiveDate,
    calendar: &Calendar,
    as_of: NaiveDate,
) -> Option<NaiveDate> {
    let then = add_months(as_of, -12);
    let quiet_from = then - Days::new(29);
    let known = calendar.known_between(quiet_from, then);
    let silent = !used.iter().any(|day| (quiet_from..=then).contains(day));
    if since > quiet_from || known < 15 || !silent {
        return None;
    }
    let after: Vec<NaiveDate> = used
        .iter()
        .copied()
        .filter(|day| *day > then && *day <= then + Days::new(90) && calendar.is_business(*day))
        .collect();
    (after.len() >= 5).then(|| after[0])
}
