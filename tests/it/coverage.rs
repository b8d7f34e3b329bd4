//! Which empty days are quiet and which are not known.

use chrono::{Datelike, NaiveDate};
use quietline::domain::{DayState, GateStatus};
use quietline::steps::coverage::{CONFIRMED, Coverage, Ledger, gate_empty, judge};

use crate::night::Company;

fn day(text: &str) -> NaiveDate {
    quietline::domain::parse_day(text).unwrap()
}

/// Ten calls on each business day of the first half of 2026, but for the quiet days, which were read again so often.
fn judged(quiet: &[&str], reads: u32) -> Coverage {
    let job = Company::new().job(&[]);
    let mut ledger = Ledger::default();
    for date in day("2026-01-01").iter_days().take(180) {
        ledger.covered.insert(date);
        let is_quiet = quiet.iter().any(|text| day(text) == date);
        let business = date.weekday().num_days_from_monday() < 5;
        ledger
            .rows
            .insert(date, if business && !is_quiet { 10 } else { 0 });
        if is_quiet {
            ledger.empty_reads.insert(date, reads);
        }
    }
    judge(&ledger, day("2026-06-29"), &job.scoring, &job.gates)
}

fn span(from: &str, days: usize) -> Vec<String> {
    day(from)
        .iter_days()
        .take(days)
        .map(|date| date.to_string())
        .collect()
}

#[test]
fn an_empty_business_day_is_not_known_until_it_was_read_again_often_enough_or_confirmed() {
    for (reads, suspects) in [(0, 1), (6, 1), (7, 0), (CONFIRMED, 0)] {
        assert_eq!(
            judged(&["2026-06-03"], reads).suspects().len(),
            suspects,
            "{reads} reads"
        );
    }
}

#[test]
fn a_gap_of_weeks_is_never_silence_however_often_it_was_read() {
    let days = span("2026-03-02", 61);
    let days: Vec<&str> = days.iter().map(String::as_str).collect();
    let gap = judged(&days, 50);
    assert_eq!(
        gap.suspects().len(),
        45,
        "all of its business days, though the weeks before are empty too"
    );
    assert_eq!(
        gap.count(DayState::Missing),
        20,
        "and the weekends between and beside them"
    );
    assert_eq!(judged(&days, CONFIRMED).suspects().len(), 0);
}

#[test]
fn a_gap_in_the_window_blocks_and_an_older_one_is_told() {
    let gap = |from: &str| {
        let days = span(from, 14);
        judged(&days.iter().map(String::as_str).collect::<Vec<_>>(), 0)
    };
    let status = |coverage: &Coverage| gate_empty("1", coverage, 90, true).status;
    assert_eq!(status(&gap("2026-05-04")), GateStatus::Block);
    assert_eq!(status(&gap("2026-02-02")), GateStatus::Warn);
}
