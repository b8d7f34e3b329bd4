//! The verdict table of scoring.md, row by row, each with the near miss beside it.

mod accounts;
mod by_chance;
mod labels;
mod words;

use chrono::{Days, NaiveDate, Weekday};
use quietline::domain::{
    Action, Activity, Calendar, Cents, Currency, DayState, Decision, DecisionKind, DirectoryEntry,
    DirectoryStatus, Kind, LapsedKeep, Line, Model, Scoring, UnreadDays, Verdict, parse_day,
};
use quietline::steps::chances::outlook::Outlook;
use quietline::steps::verdict::{Case, Judgement, judge};

use crate::roll_up::line;

fn day(text: &str) -> NaiveDate {
    parse_day(text).unwrap()
}

const AS_OF: &str = "2026-10-16";

pub fn scoring() -> Scoring {
    Scoring {
        model: Model::Rule,
        wrong_removal_cost: Cents(25_000),
        min_confidence: 800_000,
        sure: 950_000,
        window_days: 90,
        watch_days_before: 30,
        grace_business_days: 30,
        min_known_business_days: 63,
        min_known_percent: 80,
        protected_kinds: {
            let others = Kind::ALL.iter().filter(|kind| **kind != Kind::Person);
            others.copied().collect()
        },
        weekdays: vec![
            Weekday::Mon,
            Weekday::Tue,
            Weekday::Wed,
            Weekday::Thu,
            Weekday::Fri,
        ],
        kind_rules: Vec::new(),
        keep_rules: Vec::new(),
    }
}

/// A line that was last used `silent` days ago and has 300 known days.
fn silent_for(silent: u32) -> Activity {
    let last = day(AS_OF) - Days::new(u64::from(silent));
    Activity {
        since: Some(day("2025-12-21")),
        first_used_on: Some(day("2025-12-22")),
        last_used_on: Some(last),
        days_silent: silent,
        known_days: 300,
        known_business_days: 210,
        silent_business_days: silent * 5 / 7,
        recent_known: (60, 60),
        used_lately: silent < 14,
        active_days_90: u32::from(silent < 90),
        active_days_all: 40,
        usual_gap_business_days: Some(3),
        ..Activity::default()
    }
}

fn never_used(known_business_days: u32) -> Activity {
    Activity {
        since: Some(day("2026-06-01")),
        days_silent: known_business_days * 7 / 5,
        known_days: known_business_days * 7 / 5,
        known_business_days,
        silent_business_days: known_business_days,
        recent_known: (60, 60),
        ..Activity::default()
    }
}

fn person() -> Line {
    Line {
        kind: Some(Kind::Person),
        email: Some("ann@example.test".into()),
        ..line("101")
    }
}

fn entry(status: DirectoryStatus) -> DirectoryEntry {
    DirectoryEntry {
        account_id: None,
        email: "ann@example.test".into(),
        login: None,
        status,
        departed_on: None,
        on_leave_until: None,
        last_sign_in_at: None,
        last_sign_in_tried_at: None,
        department: None,
        cost_center: None,
        manager_email: None,
    }
}

/// What a case has besides the line and its activity.
struct Around {
    account_business_days: u32,
    directory: Option<DirectoryEntry>,
    last_sign_in_on: Option<NaiveDate>,
    keep: Option<Decision>,
    lapsed_keep: Option<LapsedKeep>,
    is_seat: bool,
    joinable: bool,
    unread_rows: Option<UnreadDays>,
    model: Model,
    monthly_cost: Option<Cents>,
    outlook: Option<Outlook>,
}

impl Default for Around {
    fn default() -> Around {
        Around {
            account_business_days: 200,
            directory: None,
            last_sign_in_on: None,
            keep: None,
            lapsed_keep: None,
            is_seat: true,
            joinable: true,
            unread_rows: None,
            model: Model::Rule,
            monthly_cost: Some(Cents(2_799)),
            outlook: None,
        }
    }
}

fn judged(line: &Line, activity: &Activity, around: Around) -> Judgement {
    with_case(line, activity, around, judge)
}

fn with_case<T>(line: &Line, activity: &Activity, around: Around, ask: impl Fn(&Case) -> T) -> T {
    let scoring = Scoring {
        model: around.model,
        ..scoring()
    };
    let known = [DayState::Complete; 300];
    let calendar = Calendar::new(day("2025-12-21"), &known, &scoring.weekdays, &[]);
    ask(&Case {
        joinable: around.joinable,
        may_hide_passed_on: false,
        was_held: false,
        unread_rows: around.unread_rows.as_ref(),
        doubt: None,
        line,
        activity,
        calendar: &calendar,
        scoring: &scoring,
        as_of: day(AS_OF),
        account_business_days: around.account_business_days,
        directory: around.directory.as_ref(),
        last_sign_in_on: around.last_sign_in_on,
        last_sign_in_tried_on: None,
        keep: around.keep.as_ref(),
        lapsed_keep: around.lapsed_keep.as_ref(),
        is_seat: around.is_seat,
        monthly_cost: around.monthly_cost,
        currency: Currency::USD,
        seen_since: Some(calendar.first()),
        outlook: around.outlook.as_ref(),
        idle_since: None,
    })
}

fn verdict(line: &Line, activity: &Activity, around: Around) -> (Verdict, Action) {
    let Judgement { verdict, action, .. } = judged(line, activity, around);
    (verdict, action)
}

#[test]
fn a_keep_comes_before_everything() {
    let keep = Decision {
        account_id: "1".into(),
        line_id: Some("101".into()),
        finding_id: None,
        decision: DecisionKind::Keep,
        reason: Some("night shift".into()),
        owner: None,
        decided_on: None,
        expires_on: Some(day("2026-12-31")),
        holder: None,
        origin: "decisions.csv row 2".into(),
    };
    let departed = Some(entry(DirectoryStatus::Departed));
    let around = Around {
        keep: Some(keep),
        directory: departed,
        ..Around::default()
    };
    assert_eq!(
        verdict(&person(), &silent_for(200), around),
        (Verdict::Exempt, Action::Keep)
    );
}

#[test]
fn a_lift_is_never_reclaimed() {
    let lift = Line {
        kind: Some(Kind::Lift),
        ..line("101")
    };
    assert_eq!(
        verdict(&lift, &never_used(200), Around::default()),
        (Verdict::Protected, Action::Keep)
    );
}

#[test]
fn departed_is_a_leaver() {
    let departed = |on: Option<&str>| Around {
        directory: Some(DirectoryEntry {
            departed_on: on.map(day),
            ..entry(DirectoryStatus::Departed)
        }),
        ..Around::default()
    };
    assert_eq!(
        verdict(&person(), &silent_for(20), departed(Some("2026-09-26"))),
        (Verdict::Leaver, Action::RerouteThenReclaim)
    );
    assert_eq!(
        verdict(&person(), &silent_for(20), departed(Some("2026-09-30"))),
        (Verdict::Leaver, Action::RerouteThenReclaim)
    );
    assert_eq!(
        verdict(&person(), &silent_for(2), departed(Some("2026-09-01"))),
        (Verdict::Leaver, Action::Review)
    );
    assert_eq!(
        verdict(&person(), &silent_for(20), departed(None)),
        (Verdict::Leaver, Action::Review)
    );
    assert_eq!(
        verdict(&person(), &silent_for(2), departed(Some("2026-10-17"))).0,
        Verdict::InUse
    );
}

#[test]
fn leave_lasts_through_its_last_day() {
    let until = |text: &str| Around {
        directory: Some(DirectoryEntry {
            on_leave_until: Some(day(text)),
            ..entry(DirectoryStatus::Active)
        }),
        ..Around::default()
    };
    assert_eq!(
        verdict(&person(), &silent_for(120), until(AS_OF)).0,
        Verdict::OnLeave
    );
    assert_eq!(
        verdict(&person(), &silent_for(120), until("2026-10-15")).0,
        Verdict::Idle
    );
}

#[test]
fn an_unused_line_is_new_then_asked_about_then_reclaimed() {
    let at = |days| verdict(&person(), &never_used(days), Around::default());
    assert_eq!(at(30), (Verdict::New, Action::Keep));
    assert_eq!(at(31), (Verdict::NeverUsed, Action::AskHolder));
    assert_eq!(at(60), (Verdict::NeverUsed, Action::AskHolder));
    assert_eq!(at(61), (Verdict::NeverUsed, Action::Reclaim));
}

#[test]
fn missing_data_is_never_read_as_silence() {
    let short = || Around {
        account_business_days: 62,
        ..Around::default()
    };
    assert_eq!(
        verdict(&person(), &silent_for(120), short()),
        (Verdict::Unknown, Action::Review)
    );
    assert_eq!(verdict(&person(), &silent_for(2), short()).0, Verdict::InUse);
    let holes = |known| Activity {
        recent_known: (known, 60),
        ..silent_for(120)
    };
    assert_eq!(
        verdict(&person(), &holes(47), Around::default()).0,
        Verdict::Unknown
    );
    assert_eq!(verdict(&person(), &holes(48), Around::default()).0, Verdict::Idle);
    for blind in [
        Around {
            joinable: false,
            ..Around::default()
        },
        Around {
            unread_rows: Some(UnreadDays::default()),
            ..Around::default()
        },
    ] {
        assert_eq!(verdict(&person(), &silent_for(120), blind).0, Verdict::Unknown);
    }
}

#[test]
fn a_seat_without_a_user_is_unassigned_and_a_number_without_anything_is_reviewed() {
    let nobody = Line {
        login_name: None,
        ..line("101")
    };
    assert_eq!(
        verdict(&nobody, &never_used(200), Around::default()),
        (Verdict::Unassigned, Action::Reclaim)
    );
    let no_seat = Around {
        is_seat: false,
        ..Around::default()
    };
    assert_eq!(
        verdict(&nobody, &never_used(200), no_seat),
        (Verdict::Unknown, Action::Review)
    );
    assert_eq!(
        verdict(&nobody, &silent_for(30), Around::default()).0,
        Verdict::InUse
    );
}

#[test]
fn the_window_decides_between_in_use_watch_and_idle() {
    let at = |silent| verdict(&person(), &silent_for(silent), Around::default());
    assert_eq!(at(59).0, Verdict::InUse);
    assert_eq!(at(60), (Verdict::Watch, Action::Keep));
    assert_eq!(at(89).0, Verdict::Watch);
    assert_eq!(at(90), (Verdict::Idle, Action::AskHolder));
    assert_eq!(at(179).1, Action::AskHolder);
    assert_eq!(at(180).1, Action::Reclaim);
}

#[test]
fn demand_reroutes_first_and_a_newer_sign_of_life_asks_first() {
    let called = Activity {
        calls_missed_30: 2,
        ..silent_for(200)
    };
    assert_eq!(
        verdict(&person(), &called, Around::default()).1,
        Action::RerouteThenReclaim
    );
    let signed_in = Around {
        last_sign_in_on: Some(day("2026-10-01")),
        ..Around::default()
    };
    assert_eq!(
        verdict(&person(), &called, signed_in),
        (Verdict::Idle, Action::AskHolder)
    );
    let older = Around {
        last_sign_in_on: Some(day("2026-01-01")),
        ..Around::default()
    };
    assert_eq!(verdict(&person(), &silent_for(200), older).1, Action::Reclaim);
    let handset = Line {
        handset_registered_at: Some(day("2026-10-02")),
        ..person()
    };
    assert_eq!(
        verdict(&handset, &silent_for(200), Around::default()).1,
        Action::AskHolder
    );
}

#[test]
fn season_and_youth_hold_a_silent_line_at_watch() {
    let season = Activity {
        came_back_last_year_on: Some(day("2025-11-03")),
        ..silent_for(200)
    };
    let judgement = judged(&person(), &season, Around::default());
    assert_eq!(judgement.verdict, Verdict::Watch);
    assert!(
        judgement.reason.contains("came back on 2025-11-03"),
        "{}",
        judgement.reason
    );
    let young = Activity {
        known_business_days: 62,
        ..silent_for(95)
    };
    assert_eq!(verdict(&person(), &young, Around::default()).0, Verdict::Watch);
}
