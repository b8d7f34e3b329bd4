//! How right verdicts have been: origins in the past judged with what was known then, and flags as they were sent.

use std::collections::HashMap;

use chrono::{Datelike, Days, NaiveDate};
use proptest::prelude::*;
use quietline::domain::{
    Backtest, BacktestOrigin, Cents, DayState, FlagOutcome, Line, Scoring, SentFlag, TrackRecord, Verdict,
    parse_day,
};
use quietline::steps::backtest::{Past, PastLine, backtest, origins};
use quietline::steps::coverage::{Coverage, Place};
use quietline::steps::verdict::track_record::{Fate, follow, track_record};

use crate::night::Company;
use crate::roll_up::line;

fn day(text: &str) -> NaiveDate {
    parse_day(text).unwrap()
}

const FIRST: &str = "2025-06-02";

/// A company of twelve people: the first half use their phones daily, each of the others until its own day.
struct Office {
    days: u64,
    used: Vec<Vec<NaiveDate>>,
    until: Vec<Option<NaiveDate>>,
    kept: Vec<bool>,
    cost: Cents,
    scoring: Scoring,
}

impl Office {
    fn new(days: u64) -> Office {
        let used = (0..12_u64).map(|line| {
            let silent_from = if line < 6 { days } else { 40 + 25 * (line - 6) };
            weekdays(days.min(silent_from))
        });
        Office {
            days,
            used: used.collect(),
            until: vec![None; 12],
            kept: vec![false; 12],
            cost: Cents(2_799),
            scoring: Company::new().job(&[]).scoring,
        }
    }

    fn ask<T>(&self, ask: impl Fn(&Past<'_>) -> T) -> T {
        let ids: Vec<String> = (0..self.used.len()).map(|line| format!("{line:03}")).collect();
        let lines: Vec<PastLine> = ids
            .iter()
            .zip(&self.used)
            .zip(&self.until)
            .map(|((line_id, used), until)| PastLine {
                line_id,
                is_person: true,
                since: day(FIRST),
                until: *until,
                used,
                location: 0,
            })
            .collect();
        let mut used_lines: HashMap<NaiveDate, u32> = HashMap::new();
        for day in self.used.iter().flatten() {
            *used_lines.entry(*day).or_default() += 1;
        }
        ask(&Past {
            lines: &lines,
            vanished: (0, 0),
            coverage: &Coverage {
                first: day(FIRST),
                as_of: day(FIRST) + Days::new(self.days - 1),
                states: vec![DayState::Complete; self.days as usize],
                ..Coverage::default()
            },
            places: &[Place::default()],
            used_lines: &used_lines,
            scoring: &self.scoring,
            costs_on: &|_| ids.iter().map(|id| (id.clone(), self.cost)).collect(),
            kept_on: &|_| {
                let lines = ids.iter().zip(&self.kept);
                lines
                    .filter(|(_, kept)| **kept)
                    .map(|(id, _)| id.clone())
                    .collect()
            },
        })
    }

    fn origins(&self) -> Vec<BacktestOrigin> {
        self.ask(|past| origins(past, &HashMap::new()).0)
    }
}

fn weekdays(days: u64) -> Vec<NaiveDate> {
    let all = day(FIRST).iter_days().take(days as usize);
    all.filter(|day| day.weekday().num_days_from_monday() < 5)
        .collect()
}

/// Origins without their keys, which tell what they were computed from.
fn results(origins: &[BacktestOrigin]) -> Vec<BacktestOrigin> {
    let plain = |origin: &BacktestOrigin| BacktestOrigin {
        key: String::new(),
        ..origin.clone()
    };
    origins.iter().map(plain).collect()
}

#[test]
fn the_first_origin_needs_sixty_three_known_days_on_either_side() {
    let of = |days: u64| Office::new(days).ask(|past| backtest(past, &origins(past, &HashMap::new()).0, 0));
    // 126 business days from a Monday are 25 weeks and a day: 176 days.
    let Backtest::TooLittle(little) = of(175) else {
        panic!("125 days are too few")
    };
    assert_eq!(
        (little.needs_known_business_days, little.has_known_business_days),
        (126, 125)
    );
    assert_eq!(little.first_on, day("2025-11-24"), "the next business day");
    let Backtest::Made(report) = of(176) else {
        panic!("126 days are enough")
    };
    assert_eq!((report.origins, report.predictions), (1, 12));
    assert_eq!(
        report.first_origin,
        day("2025-08-27"),
        "the sixty-third business day"
    );
}

#[test]
fn a_new_day_moves_no_origin_and_what_did_not_change_is_not_computed_again() {
    let (before, after) = (Office::new(300), Office::new(330));
    let known: HashMap<String, BacktestOrigin> = before
        .origins()
        .into_iter()
        .map(|origin| (origin.key.clone(), origin))
        .collect();
    let (again, computed) = after.ask(|past| origins(past, &known));
    assert_eq!(known.len(), 5);
    assert_eq!((again.len(), computed), (6, 1));
    assert_eq!(
        again,
        after.origins(),
        "what is remembered is what would have been computed"
    );
    // One more call in the first outcome: its origin is another one, and so are the later ones that have seen it.
    let mut late = Office::new(300);
    late.used[7].push(day("2025-10-01"));
    let (_, computed) = late.ask(|past| origins(past, &known));
    assert_eq!(computed, 5);
}

#[test]
fn what_came_later_is_not_known_then() {
    let full = Office::new(300);
    let last = full.origins().pop().unwrap();
    // The same company, had every line been used to the end: what was said of the past stays the same.
    let mut later = Office::new(300);
    for used in &mut later.used {
        let tail = weekdays(300).into_iter().filter(|day| *day > last.on);
        used.retain(|day| *day <= last.on);
        used.extend(tail);
    }
    let said = |origins: &[BacktestOrigin]| -> Vec<(u32, bool)> {
        let last = origins.last().unwrap();
        last.predictions
            .iter()
            .map(|prediction| (prediction.p_silent_90, prediction.flagged))
            .collect()
    };
    let (before, after) = (full.origins(), later.origins());
    assert_eq!(said(&before), said(&after));
    assert!(
        before
            .last()
            .unwrap()
            .predictions
            .iter()
            .any(|prediction| !prediction.came_back)
    );
    assert!(
        after
            .last()
            .unwrap()
            .predictions
            .iter()
            .all(|prediction| prediction.came_back)
    );
}

#[test]
fn lines_taken_away_before_their_outcome_are_counted_and_left_out() {
    let mut office = Office::new(300);
    let whole = office.origins();
    office.until[6] = Some(whole[3].on + Days::new(10));
    let cut = office.origins();
    assert_eq!(cut[3].predictions.len() + 1, whole[3].predictions.len());
    assert_eq!((cut[3].removed, cut[3].removed_flagged), (1, 1));
    office.kept = vec![true; 12];
    assert!(
        office
            .origins()
            .iter()
            .all(|origin| origin.predictions.is_empty()),
        "kept lines are not judged"
    );
}

#[test]
fn price_and_settings_bear_on_flags_and_on_the_key() {
    let flagged = |office: &Office| -> usize {
        let origins = office.origins();
        origins
            .iter()
            .flat_map(|origin| &origin.predictions)
            .filter(|prediction| prediction.flagged)
            .count()
    };
    let dear = Office::new(300);
    let mut cheap = Office::new(300);
    cheap.cost = Cents(1);
    assert!(flagged(&dear) > 0);
    assert_eq!(flagged(&cheap), 0);
    let mut careful = Office::new(300);
    careful.scoring.min_confidence = 1_000_000;
    assert_eq!(flagged(&careful), 0);
    let keys: std::collections::HashSet<String> = [&dear, &cheap, &careful]
        .map(|office| office.origins()[0].key.clone())
        .into();
    assert_eq!(keys.len(), 3);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]

    /// Whatever lines do, every line of an origin is predicted, removed or kept, and probabilities are probabilities.
    #[test]
    fn no_line_is_lost(seeds in prop::collection::vec(0_u64..280, 12), kept in prop::collection::vec(any::<bool>(), 12)) {
        let mut office = Office::new(280);
        for (used, silent_from) in office.used.iter_mut().zip(&seeds) {
            *used = weekdays(*silent_from);
        }
        office.kept.clone_from(&kept);
        let judged = kept.iter().filter(|kept| !**kept).count();
        for origin in office.origins() {
            prop_assert_eq!(origin.predictions.len() + origin.removed as usize, judged);
            prop_assert!(origin.predictions.iter().all(|prediction| prediction.p_silent_90 <= 1_000_000));
        }
        prop_assert_eq!(results(&office.origins()), results(&office.origins()));
    }
}

fn flag(line_id: &str) -> SentFlag {
    SentFlag {
        account_id: "1".into(),
        line_id: line_id.into(),
        flagged_on: day("2026-06-01"),
        verdict: Verdict::Idle,
        p_silent_90: Some(900_000),
        monthly_cost: Cents(2_799),
        outcome: FlagOutcome::StillSilent,
        outcome_on: None,
    }
}

fn followed(line: &Line, used: &[&str], kept: bool) -> (FlagOutcome, Option<NaiveDate>) {
    let used: Vec<NaiveDate> = used.iter().map(|text| day(text)).collect();
    let fate = Fate {
        line,
        used: &used,
        kept,
    };
    let flags = follow(&[flag("101")], &[fate], day("2026-07-01"));
    (flags[0].outcome, flags[0].outcome_on)
}

#[test]
fn a_flag_ends_with_a_call_a_removal_or_a_keep() {
    use FlagOutcome::*;
    let since = |text: &str| Line {
        seat_since: Some(day(text)),
        ..line("101")
    };
    assert_eq!(
        followed(&line("101"), &["2026-05-01"], false),
        (StillSilent, None)
    );
    let back = ["2026-05-01", "2026-06-09", "2026-06-10"];
    assert_eq!(
        followed(&line("101"), &back, true),
        (CameBack, Some(day("2026-06-09")))
    );
    assert_eq!(
        followed(&line("101"), &["2026-06-01"], true),
        (Exempted, Some(day("2026-07-01")))
    );
    assert_eq!(
        followed(&line("102"), &back, false),
        (Removed, Some(day("2026-07-01"))),
        "not in the inventory"
    );
    assert_eq!(
        followed(&since("2026-06-05"), &back, false),
        (Removed, Some(day("2026-06-05"))),
        "the call is of the next holder"
    );
    let ended = Line {
        seat_until: Some(day("2026-06-20")),
        ..line("101")
    };
    assert_eq!(followed(&ended, &[], false), (Removed, Some(day("2026-06-20"))));
    assert_eq!(
        followed(&ended, &back, false),
        (CameBack, Some(day("2026-06-09")))
    );
}

#[test]
fn a_settled_outcome_stays_and_a_later_one_is_not_yet_known() {
    let settled = SentFlag {
        outcome: FlagOutcome::CameBack,
        outcome_on: Some(day("2026-06-20")),
        ..flag("101")
    };
    let on = |as_of| {
        let line = line("101");
        let fate = Fate {
            line: &line,
            used: &[],
            kept: false,
        };
        follow(std::slice::from_ref(&settled), &[fate], day(as_of))
    };
    assert_eq!(on("2026-06-20")[0].outcome, FlagOutcome::CameBack);
    assert_eq!(
        on("2026-06-19")[0].outcome,
        FlagOutcome::StillSilent,
        "a night that is made again knows no more"
    );
    assert_eq!(on("2026-06-01"), [], "tonight's own flags are no record");
    let record = track_record(&on("2026-07-01"));
    let expected = TrackRecord {
        flags: 1,
        first_flag_on: Some(day("2026-06-01")),
        came_back: 1,
        came_back_after_days: Some(19),
        ..TrackRecord::default()
    };
    assert_eq!(record, expected);
}
