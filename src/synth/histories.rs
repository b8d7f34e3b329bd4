//! The same accounts without their files: each line's days of use, for measurements over many companies.

use std::ops::RangeInclusive;

use chrono::NaiveDate;

use super::contracts::price;
use super::days::{Span, shift};
use super::habit::Day;
use super::population::{Population, SynthLine};
use super::{SynthError, SynthOptions, TruthKind, check};
use crate::domain::Cents;

/// A made-up account as its calls show it.
#[derive(Debug, Clone)]
pub struct SynthCompany {
    pub first: NaiveDate,
    pub last: NaiveDate,
    pub holidays: Vec<NaiveDate>,
    pub lines: Vec<SynthHistory>,
}

/// One holder's time on one extension.
#[derive(Debug, Clone)]
pub struct SynthHistory {
    pub line_id: String,
    pub truth: TruthKind,
    /// Held by one person: no reception, no device, not a seat of nobody's.
    pub is_person: bool,
    pub seat_since: NaiveDate,
    /// The first day on which the holder has the line no more.
    pub seat_until: Option<NaiveDate>,
    /// What the seat costs a month at list price.
    pub monthly_cost: Cents,
    /// Sorted, once each: the days on which the call files would show a call placed or answered.
    pub used: Vec<NaiveDate>,
}

/// The account that [`super::generate`] would write for the same options; nothing is written.
pub fn company(options: &SynthOptions) -> Result<SynthCompany, SynthError> {
    check(options)?;
    let first = shift(options.last_day, 1 - i64::from(options.days));
    let span = Span::new(first, options.last_day);
    let population = Population::draw(options, span.clone());
    let days: Vec<Day> = first
        .iter_days()
        .take(options.days as usize)
        .map(|date| Day {
            date,
            kind: span.kind(date),
        })
        .collect();
    let lines = population.lines.iter().enumerate();
    let of_line = |(index, line): (usize, &SynthLine)| SynthHistory {
        line_id: line.line.line_id.clone(),
        truth: line.truth,
        is_person: line.truth.has_person() && line.truth != TruthKind::Reception,
        seat_since: line.life.seat_since,
        seat_until: line.life.seat_until,
        monthly_cost: line
            .line
            .tier
            .map_or(Cents::ZERO, |tier| price(tier, line.contract.term())),
        used: days
            .iter()
            .filter(|day| population.calls_on(index, **day) > 0)
            .map(|day| day.date)
            .collect(),
    };
    Ok(SynthCompany {
        first,
        last: options.last_day,
        holidays: public_holidays(first..=options.last_day),
        lines: lines.map(of_line).collect(),
    })
}

/// The public holidays of every made-up account. Its closed week is not among them: that has to be found out.
pub fn public_holidays(days: RangeInclusive<NaiveDate>) -> Vec<NaiveDate> {
    let span = Span::new(*days.start(), *days.end());
    let inside = span.holidays.into_iter().map(|(day, _)| day);
    inside.filter(|day| days.contains(day)).collect()
}
