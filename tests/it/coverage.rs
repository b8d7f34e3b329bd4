//! Which empty days are quiet and which are not known.

use chrono::{Datelike, NaiveDate};
use quietline::domain::{DayState, GateStatus};
use quietline::steps::coverage::{
    Coverage, CoverageLedger, Place, Scope, gate_empty, gate_history, gate_places, judge,
};
use quietline::steps::usage::day_join::UtcDays;

use crate::night::Company;

mod questions;

fn day(text: &str) -> NaiveDate {
    quietline::domain::parse_day(text).unwrap()
}

/// Ten calls on each business day of the first half of 2026, but for the quiet days, which a person has confirmed or not.
fn judged(quiet: &[&str], confirmed: bool) -> Coverage {
    let job = Company::new().job(&[]);
    let mut ledger = CoverageLedger::default();
    for date in day("2026-01-01").iter_days().take(180) {
        ledger.covered.insert(date);
        let is_quiet = quiet.iter().any(|text| day(text) == date);
        let business = date.weekday().num_days_from_monday() < 5;
        ledger
            .rows
            .insert(date, if business && !is_quiet { 10 } else { 0 });
        if is_quiet && confirmed {
            let accepted = ledger.accepted.entry(Scope::Account.to_string()).or_default();
            accepted.insert(date);
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
fn an_empty_business_day_is_not_known_until_a_person_confirms_it() {
    assert_eq!(judged(&["2026-06-03"], false).suspects(), [day("2026-06-03")]);
    assert!(judged(&["2026-06-03"], true).suspects().is_empty());
}

#[test]
fn a_gap_of_weeks_is_never_silence() {
    let days = span("2026-03-02", 61);
    let days: Vec<&str> = days.iter().map(String::as_str).collect();
    let gap = judged(&days, false);
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
    assert_eq!(judged(&days, true).suspects().len(), 0);
}

#[test]
fn a_gap_in_the_window_blocks_and_an_older_one_is_told() {
    let gap = |from: &str| {
        let days = span(from, 14);
        judged(&days.iter().map(String::as_str).collect::<Vec<_>>(), false)
    };
    assert_eq!(status(&gap("2026-05-04")), GateStatus::Block);
    assert_eq!(status(&gap("2026-02-02")), GateStatus::Warn);
}

/// A gap of a week that ends before the window begins blocks on no day of the week on which that is.
#[test]
fn a_gap_just_before_the_window_is_told_on_each_night() {
    let days = span("2026-03-23", 5);
    let gap = judged(&days.iter().map(String::as_str).collect::<Vec<_>>(), false);
    assert_eq!(gap.suspects().len(), 5);
    for window in 91..=94 {
        // 93 days before 29 June is Saturday, 28 March.
        let told = gate_empty("1", &gap, window, true).status;
        assert_eq!(told, GateStatus::Warn, "{window} days");
    }
    assert_eq!(
        gate_empty("1", &gap, 95, true).status,
        GateStatus::Block,
        "its Friday"
    );
}

/// A hundred rows on each business day of the first half of 2026, sixty of them outbound, but for what `rows` says.
struct Year {
    ledger: CoverageLedger,
}

const LAST: &str = "2026-06-29";

impl Year {
    fn new(rows: impl Fn(NaiveDate) -> u64) -> Year {
        let mut ledger = CoverageLedger::default();
        for date in day("2026-01-01").iter_days().take(180) {
            let business = date.weekday().num_days_from_monday() < 5;
            ledger.covered.insert(date);
            ledger.rows.insert(date, if business { rows(date) } else { 0 });
        }
        Year { ledger }
    }

    fn part(mut self, scope: Scope, rows: impl Fn(NaiveDate) -> u64) -> Year {
        let business = |date: &NaiveDate| date.weekday().num_days_from_monday() < 5;
        let of = |date: &NaiveDate| (*date, if business(date) { rows(*date) } else { 0 });
        let part = self.ledger.covered.iter().map(of).collect();
        self.ledger.parts.insert(scope, part);
        self
    }

    fn accepted(mut self, days: &[(Scope, NaiveDate)]) -> Year {
        for (scope, day) in days {
            let days = self.ledger.accepted.entry(scope.to_string()).or_default();
            days.insert(*day);
        }
        self
    }

    fn judged(&self) -> Coverage {
        let job = Company::new().job(&[]);
        judge(&self.ledger, day(LAST), &job.scoring, &job.gates)
    }
}

fn is_from(first: &str) -> impl Fn(NaiveDate) -> bool {
    let first = day(first);
    move |date| date >= first
}

fn status(coverage: &Coverage) -> GateStatus {
    gate_empty("1", coverage, 90, true).status
}

#[test]
fn a_day_under_a_quarter_of_its_weekday_is_not_known() {
    for (rows, suspects) in [(24, 1), (25, 0)] {
        let thin = Year::new(|date| if date == day("2026-06-03") { rows } else { 100 });
        assert_eq!(thin.judged().suspects().len(), suspects, "{rows} rows");
    }
    let few = Year::new(|date| if date == day("2026-06-03") { 1 } else { 19 });
    assert_eq!(few.judged().suspects().len(), 0, "19 rows are too few to tell");
}

#[test]
fn thinned_days_do_not_pull_down_what_is_expected() {
    let last_weeks = Year::new(|date| if is_from("2026-04-06")(date) { 10 } else { 100 });
    let coverage = last_weeks.judged();
    assert_eq!(coverage.suspects().len(), 61, "every business day since");
    assert_eq!(status(&coverage), GateStatus::Block);
    assert_eq!(
        coverage.count(DayState::Missing),
        26,
        "and the weekends between and beside them"
    );
    let halved_each_week = Year::new(|date| {
        let weeks = (date - day("2026-05-04")).num_days().div_euclid(7).clamp(-1, 10) + 1;
        1000 >> weeks
    });
    assert_eq!(
        halved_each_week.judged().suspects().first(),
        Some(&day("2026-05-18"))
    );
    let a_fifth_less_each_week = Year::new(|date| {
        let weeks = (date - day("2026-03-30")).num_days().div_euclid(7).clamp(-1, 20) + 1;
        (1000.0 * 0.8_f64.powi(weeks as i32)) as u64
    });
    assert!(!a_fifth_less_each_week.judged().suspects().is_empty());
}

#[test]
fn alternating_days_a_weekday_and_the_last_days_are_seen() {
    let alternating = Year::new(|date| {
        if is_from("2026-04-01")(date) && date.ordinal() % 2 == 0 {
            5
        } else {
            100
        }
    });
    assert_eq!(
        status(&alternating.judged()),
        GateStatus::Block,
        "more than ten within 30 days"
    );
    let fridays = |date: NaiveDate| is_from("2026-03-01")(date) && date.weekday().num_days_from_monday() == 4;
    let fridays = Year::new(|date| if fridays(date) { 5 } else { 100 }).judged();
    assert_eq!(fridays.suspects().len(), 17);
    assert_eq!(status(&fridays), GateStatus::Warn);
    let last_three = Year::new(|date| if is_from("2026-06-25")(date) { 3 } else { 100 }).judged();
    assert_eq!(last_three.suspects().len(), 3);
    assert_eq!(status(&last_three), GateStatus::Warn);
}

#[test]
fn a_first_night_is_judged_from_both_sides() {
    // The first weeks are thin, and there is nothing before them.
    let thin_first = Year::new(|date| if is_from("2026-02-09")(date) { 100 } else { 4 }).judged();
    assert_eq!(thin_first.suspects().len(), 27);
    assert_eq!(
        status(&thin_first),
        GateStatus::Warn,
        "the history begins after them"
    );
    // Two weeks only, then nearly nothing.
    let thin_since = Year::new(|date| if is_from("2026-01-15")(date) { 4 } else { 100 }).judged();
    assert_eq!(status(&thin_since), GateStatus::Block);
    // A company that has grown after half a year stays known.
    let grown = Year::new(|date| if is_from("2026-05-18")(date) { 500 } else { 100 }).judged();
    assert!(grown.suspects().is_empty());
}

#[test]
fn a_direction_that_is_missing_makes_the_day_unknown() {
    let outbound = Scope::Direction("outbound".to_owned());
    let lost = |date: NaiveDate| is_from("2026-06-01")(date);
    let year = Year::new(|date| if lost(date) { 100 } else { 300 });
    let coverage = year
        .part(outbound, |date| if lost(date) { 0 } else { 200 })
        .judged();
    assert_eq!(coverage.suspects().len(), 21);
    assert_eq!(status(&coverage), GateStatus::Block);
    assert!(
        gate_empty("1", &coverage, 90, true)
            .detail
            .contains("direction outbound")
    );
}

#[test]
fn a_location_that_is_missing_makes_days_unknown_for_its_own_lines() {
    let denver = Scope::Location("Denver".to_owned());
    let lost = |date: NaiveDate| is_from("2026-06-01")(date);
    for usual in [8, 40, 200] {
        let year = Year::new(|_| 1000).part(denver.clone(), |date| if lost(date) { 0 } else { usual });
        let coverage = year.judged();
        assert!(coverage.suspects().is_empty());
        let scoring = Company::new().job(&[]).scoring;
        let known = |location: Option<&str>| {
            let place = Place {
                location: location.map(str::to_owned),
                holidays: Vec::new(),
            };
            let calendar = coverage.calendar(&scoring, &place);
            calendar.known_between(day("2026-06-01"), day(LAST))
        };
        assert_eq!(
            (known(Some("Denver")), known(Some("HQ")), known(None)),
            (0, 29, 29)
        );
        let told = gate_places("1", &coverage, 90);
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].status, GateStatus::Warn);
        assert!(told[0].detail.contains("location Denver"));
    }
    // A few lines whose people are away for some days say nothing.
    let away = |date: NaiveDate| (day("2026-06-01")..day("2026-06-05")).contains(&date);
    let year = Year::new(|_| 1000).part(denver, |date| if away(date) { 3 } else { 25 });
    assert!(year.judged().short.is_empty());
}

/// Calls of an office by the day of UTC before, the same and after; a day of UTC, or a local one, is lost.
fn suspects_of(shares: [u64; 3], is_lost: impl Fn(NaiveDate, NaiveDate) -> bool) -> Vec<NaiveDate> {
    let job = Company::new().job(&[]);
    let mut ledger = CoverageLedger::default();
    for date in day("2026-01-01").iter_days().take(180) {
        let is_business = date.weekday().num_days_from_monday() < 5;
        let kept = [0, 1, 2].map(
            |at| match is_business && !is_lost(date, UtcDays::day_of(date, at)) {
                true => shares[at],
                false => 0,
            },
        );
        ledger.covered.insert(date);
        ledger.rows.insert(date, kept.iter().sum());
        ledger.utc_days.insert(date, UtcDays(kept));
    }
    judge(&ledger, day("2026-06-29"), &job.scoring, &job.gates).suspects()
}

#[test]
fn a_lost_day_of_utc_leaves_neither_of_its_local_days_known() {
    let lost = day("2026-06-03");
    let [before, after] = [day("2026-06-02"), day("2026-06-04")];
    for (shares, days) in [
        // New York, with hardly a call after its evening, and Honolulu, whose days are cut in two.
        ([0, 40, 2], [before, lost]),
        ([0, 25, 15], [before, lost]),
        ([0, 15, 25], [before, lost]),
        // Auckland.
        ([25, 15, 0], [lost, after]),
    ] {
        assert_eq!(suspects_of(shares, |_, utc| utc == lost), days, "{shares:?}");
        assert_eq!(
            suspects_of(shares, |local, _| local == lost),
            [lost],
            "{shares:?}"
        );
    }
    assert_eq!(suspects_of([0, 40, 0], |_, utc| utc == lost), [lost]);
    assert!(suspects_of([0, 35, 5], |_, _| false).is_empty());
    // An evening off, or an afternoon before a free day, is no loss.
    let friday = day("2026-06-05");
    let evening = |local, utc| local == friday && utc > local;
    assert!(suspects_of([0, 140, 30], evening).is_empty());
}

#[test]
fn business_days_are_the_accounts_own() {
    let is_friday = |date: NaiveDate| date.weekday() == chrono::Weekday::Fri;
    let mut year = Year::new(|date| if is_friday(date) { 0 } else { 100 });
    year.ledger.holidays.insert(day("2026-06-18"));
    let coverage = year.accepted(&[(Scope::Account, day("2026-06-17"))]).judged();
    let own = span("2026-06-15", 7);
    let own: Vec<&String> = own
        .iter()
        .filter(|date| coverage.own_days.is_business(day(date)))
        .collect();
    assert_eq!(own, ["2026-06-15", "2026-06-16"]);
}

#[test]
fn days_without_calls_as_a_rule_are_missed_by_nobody() {
    let job = Company::new().job(&[]);
    let g1 = |missing: &[&str]| {
        let mut year = Year::new(|_| 100);
        year.ledger
            .covered
            .retain(|date| !missing.contains(&date.to_string().as_str()));
        let coverage = year.judged();
        let calendar = coverage.calendar(&job.scoring, &Place::default());
        gate_history("913874", &coverage, &calendar, &job.scoring)[0].status
    };
    assert_eq!(g1(&["2026-06-27", "2026-06-28"]), GateStatus::Ok);
    assert_eq!(g1(&["2026-06-26", "2026-06-27", "2026-06-28"]), GateStatus::Warn);
}

/// The sentence names days before the window too, and its hash releases what it names.
#[test]
fn a_hash_confirms_each_day_that_the_message_names() {
    let missing = |date: NaiveDate| [day("2026-02-03"), day("2026-06-03")].contains(&date);
    let year = || Year::new(|date| if missing(date) { 0 } else { 100 });
    let coverage = year().judged();
    let gate = gate_empty("1", &coverage, 90, true);
    assert!(
        gate.detail.contains("2026-02-03 to 2026-06-03"),
        "{}",
        gate.detail
    );
    let asked = coverage.questions("1", 90).remove(0);
    assert!(gate.detail.contains(&format!("--accept-change {}", asked.hash)));
    let confirmed = year().accepted(&asked.days).judged();
    assert_eq!(gate_empty("1", &confirmed, 90, true).status, GateStatus::Ok);
}
