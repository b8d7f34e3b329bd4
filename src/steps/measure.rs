//! Usage -> what each line's calls say up to `as_of`.

use std::collections::HashMap;

use chrono::{Days, NaiveDate};
use polars::prelude::*;

use crate::domain::{Activity, Calendar, add_months};
use crate::frames::usage::{self, Usage};

/// A line as the measuring needs it: since when it counts, and its location's days.
pub struct Subject<'a> {
    pub line_id: &'a str,
    pub since: NaiveDate,
    /// The first day of the present holder, where it is known: what was called before is not theirs.
    pub holder_since: Option<NaiveDate>,
    pub calendar: &'a Calendar,
}

const HOLDER_SINCE: &str = "holder_since";
const USED_DAYS: &str = "used_days";
const LAST_OUT: &str = "last_out";
const LAST_IN: &str = "last_in";
const LAST_MISSED: &str = "last_missed";
const MISSED_30: &str = "missed_30";
const SECONDS_90: &str = "seconds_90";

/// Placed or answered: the definition of use (scoring.md).
fn is_use() -> Expr {
    (col(usage::CALLS_OUT) + col(usage::CALLS_IN_ANSWERED)).gt(lit(0_u32))
}

/// Measures every subject; one without any usage row is silent on all of its known days.
pub fn measure(
    usage: Usage,
    subjects: &[Subject<'_>],
    as_of: NaiveDate,
) -> PolarsResult<HashMap<String, Activity>> {
    let counts = per_line(of_holders(usage.into_lazy(), subjects)?, as_of).collect()?;
    let rows = Rows::of(&counts)?;
    let by_line: HashMap<&str, usize> = rows
        .line_id
        .iter()
        .enumerate()
        .filter_map(|(row, id)| Some((id?, row)))
        .collect();
    let measured = subjects.iter().map(|subject| {
        let activity = match by_line.get(subject.line_id) {
            Some(row) => rows.activity(*row, subject, as_of)?,
            None => settle(Activity::default(), &[], subject, as_of),
        };
        Ok((subject.line_id.to_owned(), activity))
    });
    measured.collect()
}

/// The usage since each line's present holder has it.
fn of_holders(usage: LazyFrame, subjects: &[Subject<'_>]) -> PolarsResult<LazyFrame> {
    let epoch = |day: NaiveDate| (day - NaiveDate::default()).num_days() as i32;
    let ids: Vec<&str> = subjects.iter().map(|subject| subject.line_id).collect();
    let since: Vec<Option<i32>> = subjects
        .iter()
        .map(|subject| subject.holder_since.map(epoch))
        .collect();
    let holders = DataFrame::new_infer_height(vec![
        Column::new(usage::LINE_ID.into(), ids),
        Column::new(HOLDER_SINCE.into(), since).cast(&DataType::Date)?,
    ])?;
    let theirs = col(HOLDER_SINCE)
        .is_null()
        .or(col(usage::DAY).gt_eq(col(HOLDER_SINCE)));
    Ok(usage
        .join(
            holders.lazy(),
            [col(usage::LINE_ID)],
            [col(usage::LINE_ID)],
            JoinArgs {
                validation: JoinValidation::ManyToOne,
                ..JoinArgs::new(JoinType::Left)
            },
        )
        .filter(theirs))
}

/// One row a line: sums over the last 30 and 90 days, last days of each kind, and the list of used days.
fn per_line(usage: LazyFrame, as_of: NaiveDate) -> LazyFrame {
    let day = || col(usage::DAY);
    let last = |days: u64| day().gt(lit(as_of - Days::new(days)));
    let last_day_with = |count: &str| day().filter(col(count).gt(lit(0_u32))).max();
    let sum = |count: &str, days: u64| col(count).filter(last(days)).sum().cast(DataType::UInt32);
    usage
        .filter(day().lt_eq(lit(as_of)))
        .group_by([col(usage::LINE_ID)])
        .agg([
            day()
                .filter(is_use())
                .sort(SortOptions::default())
                .alias(USED_DAYS),
            last_day_with(usage::CALLS_OUT).alias(LAST_OUT),
            last_day_with(usage::CALLS_IN_ANSWERED).alias(LAST_IN),
            last_day_with(usage::CALLS_IN_MISSED).alias(LAST_MISSED),
            sum(usage::CALLS_OUT, 90).alias(usage::CALLS_OUT),
            sum(usage::CALLS_IN_ANSWERED, 90).alias(usage::CALLS_IN_ANSWERED),
            sum(usage::CALLS_IN_MISSED, 90).alias(usage::CALLS_IN_MISSED),
            sum(usage::CALLS_IN_MISSED, 30).alias(MISSED_30),
            (col(usage::SECONDS_OUT) + col(usage::SECONDS_IN))
                .filter(last(90))
                .sum()
                .cast(DataType::Int64)
                .alias(SECONDS_90),
        ])
}

/// The collected columns of [`per_line`].
struct Rows<'a> {
    line_id: &'a StringChunked,
    used_days: &'a ListChunked,
    days: [&'a Int32Chunked; 3],
    counts: [&'a UInt32Chunked; 4],
    seconds_90: &'a Int64Chunked,
}

impl<'a> Rows<'a> {
    fn of(frame: &'a DataFrame) -> PolarsResult<Rows<'a>> {
        let day = |name: &str| PolarsResult::Ok(frame.column(name)?.date()?.physical());
        let count = |name: &str| frame.column(name)?.u32();
        Ok(Rows {
            line_id: frame.column(usage::LINE_ID)?.str()?,
            used_days: frame.column(USED_DAYS)?.list()?,
            days: [day(LAST_OUT)?, day(LAST_IN)?, day(LAST_MISSED)?],
            counts: [
                count(usage::CALLS_OUT)?,
                count(usage::CALLS_IN_ANSWERED)?,
                count(usage::CALLS_IN_MISSED)?,
                count(MISSED_30)?,
            ],
            seconds_90: frame.column(SECONDS_90)?.i64()?,
        })
    }

    fn activity(&self, row: usize, subject: &Subject<'_>, as_of: NaiveDate) -> PolarsResult<Activity> {
        let [last_outbound_on, last_answered_on, last_missed_on] =
            self.days.map(|days| days.get(row).map(from_epoch));
        let [calls_out_90, calls_answered_90, calls_missed_90, calls_missed_30] =
            self.counts.map(|counts| counts.get(row).unwrap_or(0));
        let used: Vec<NaiveDate> = match self.used_days.get_as_series(row) {
            Some(days) => days
                .to_physical_repr()
                .i32()?
                .iter()
                .flatten()
                .map(from_epoch)
                .collect(),
            None => Vec::new(),
        };
        let seconds_90 = self.seconds_90.get(row).unwrap_or(0).unsigned_abs();
        let counted = Activity {
            last_outbound_on,
            last_answered_on,
            last_missed_on,
            calls_out_90,
            calls_answered_90,
            calls_missed_90,
            calls_missed_30,
            seconds_90,
            ..Activity::default()
        };
        Ok(settle(counted, &used, subject, as_of))
    }
}

fn from_epoch(day: i32) -> NaiveDate {
    NaiveDate::default() + chrono::Duration::days(i64::from(day))
}

/// Adds what follows from the used days (sorted, up to `as_of`) and the calendar.
fn settle(counted: Activity, used: &[NaiveDate], subject: &Subject<'_>, as_of: NaiveDate) -> Activity {
    let Subject { calendar, since, .. } = subject;
    let last_used_on = used.last().copied();
    let silent_from = last_used_on.and_then(|day| day.succ_opt()).unwrap_or(*since);
    let active_days = |days: u64| used.iter().filter(|day| **day > as_of - Days::new(days)).count() as u32;
    let recent_from = (as_of - Days::new(59)).max(*since);
    let recent_days = u32::try_from((as_of - recent_from).num_days() + 1).unwrap_or(0);
    let lately_from = calendar.known_business_days_back(10).unwrap_or(calendar.first());
    let (usual_gap_business_days, longest_gap_business_days) = gaps(used, calendar);
    Activity {
        since: Some(*since),
        first_used_on: used.first().copied(),
        last_used_on,
        days_silent: calendar.known_between(silent_from, as_of),
        known_days: calendar.known_between(*since, as_of),
        known_business_days: calendar.known_business_between(*since, as_of),
        silent_business_days: calendar.known_business_between(silent_from, as_of),
        recent_known: (calendar.known_between(recent_from, as_of), recent_days),
        used_lately: last_used_on.is_some_and(|day| day >= lately_from),
        active_days_30: active_days(30),
        active_days_60: active_days(60),
        active_days_90: active_days(90),
        active_days_all: used.len() as u32,
        usual_gap_business_days,
        longest_gap_business_days,
        came_back_last_year_on: came_back_last_year(used, *since, calendar, as_of),
        ..counted
    }
}

/// Median and longest number of known business days from one used day to the next.
fn gaps(used: &[NaiveDate], calendar: &Calendar) -> (Option<u32>, Option<u32>) {
    let mut gaps: Vec<u32> = used
        .windows(2)
        .map(|pair| {
            calendar
                .known_business_between(pair[0].succ_opt().unwrap_or(pair[0]), pair[1])
                .max(1)
        })
        .collect();
    gaps.sort_unstable();
    (gaps.get(gaps.len() / 2).copied(), gaps.last().copied())
}

/// Season guard: silent for the 30 days before this very date last year, and then used on 5 business days or more in the
/// 90 days after it: the first of them. Half of the 30 days must be known; in doubt the guard holds.
fn came_back_last_year(
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
