//! How the calls joined: on all days looked at, and on those that are judged on their own.

use std::collections::BTreeSet;

use chrono::{Datelike, Days, NaiveDate};

use crate::domain::Scoring;
use crate::failure::Failure;
use crate::night::usage::roll::{Rolled, legs_by_line};
use crate::steps::gates::{JOINED_DAYS, Part, Span};
use crate::steps::usage::day_join::DayJoin;

/// The first of the days looked at.
pub(super) fn first_day(as_of: NaiveDate) -> NaiveDate {
    as_of - Days::new(JOINED_DAYS - 1)
}

/// The days that tonight brought, the last three business days with calls, and the last ten.
pub(super) fn parts(rolled: &Rolled, as_of: NaiveDate, scoring: &Scoring) -> Result<Vec<Part>, Failure> {
    let from = first_day(as_of);
    let in_window = || {
        rolled
            .days
            .range(from..=as_of)
            .filter(|(_, record)| record.join.legs > 0)
    };
    let business: Vec<NaiveDate> = in_window()
        .map(|(day, _)| *day)
        .filter(|day| scoring.weekdays.contains(&day.weekday()))
        .collect();
    let since_last = |count: usize| {
        let first = business.iter().rev().nth(count - 1).copied();
        in_window()
            .map(|(day, _)| *day)
            .filter(move |day| first.is_some_and(|first| *day >= first))
            .collect::<BTreeSet<NaiveDate>>()
    };
    let tonight = in_window()
        .map(|(day, _)| *day)
        .filter(|day| rolled.brought.contains(day));
    let spans = [
        (Span::Tonight, tonight.collect()),
        (Span::LastThreeBusinessDays, since_last(3)),
        (Span::LastTenBusinessDays, since_last(10)),
    ];
    let mut parts = Vec::new();
    for (span, days) in spans.into_iter().filter(|(_, days)| !days.is_empty()) {
        let sum = |is_of: bool| {
            in_window()
                .filter(|(day, _)| days.contains(day) == is_of)
                .fold(DayJoin::default(), |sum, (_, record)| sum.and(&record.join))
        };
        parts.push(Part {
            span,
            join: sum(true),
            others: sum(false),
            legs_by_line: legs_by_line(rolled, &days)?,
        });
    }
    Ok(parts)
}
