//! Rows 9 to 11 of the table by the chance that the silence goes on.

use quietline::domain::{Action, Activity, Cents, Model, Verdict};
use quietline::steps::chances::outlook::Outlook;
use quietline::steps::chances::removal_test::Odds;
use quietline::steps::verdict::{Case, Judgement, idle_score, judge};

use super::{Around, day, judged, person, silent_for, verdict, with_case};

/// Chances for the next 30 and 90 days now, and after 30 more days of silence.
fn outlook(now: (f64, f64), later: (f64, f64)) -> Outlook {
    let odds = |(silent_30, silent_90)| Odds { silent_30, silent_90 };
    Outlook {
        now: odds(now),
        after_30_more: odds(later),
        p_away: 0.1,
        p_gone: 0.8,
        idle_in: Some(12),
    }
}

fn by_chance(now: (f64, f64), later: (f64, f64)) -> Around {
    Around {
        model: Model::Probability,
        outlook: Some(outlook(now, later)),
        ..Around::default()
    }
}

#[test]
fn a_line_is_idle_when_removing_is_worth_more_than_waiting() {
    let verdict = |now, later| verdict(&person(), &silent_for(95), by_chance(now, later));
    // 27.99 against 250.00: the break-even chance of a call is 11.196 %.
    let surely_later = (0.99, 0.95);
    assert_eq!(
        verdict((0.889, 0.96), surely_later),
        (Verdict::Idle, Action::Reclaim)
    );
    assert_eq!(
        verdict((0.889, 0.949), surely_later),
        (Verdict::Idle, Action::AskHolder)
    );
    assert_eq!(
        verdict((0.888, 0.96), surely_later).0,
        Verdict::Watch,
        "11.2 % risks 28.00"
    );
    assert_eq!(
        verdict((0.999, 0.799), surely_later).0,
        Verdict::Watch,
        "under the confidence"
    );
    assert_eq!(verdict((0.888, 0.96), (0.888, 0.99)).0, Verdict::InUse);
    assert_eq!(verdict((0.888, 0.96), (0.99, 0.799)).0, Verdict::InUse);
}

#[test]
fn without_a_price_the_confidence_alone_decides() {
    let judged = |silent_90| {
        let around = Around {
            monthly_cost: None,
            ..by_chance((0.7, silent_90), (0.99, 0.96))
        };
        judged(&person(), &silent_for(95), around)
    };
    let idle = judged(0.95);
    assert_eq!((idle.verdict, idle.action), (Verdict::Idle, Action::Reclaim));
    assert!(
        idle.reason
            .contains("removing risks USD 75.00; what waiting costs is not known"),
        "{}",
        idle.reason
    );
    assert!(
        idle.counterfactual
            .contains("Without a price it is kept also by a chance of 90 silent days under 80.0 %"),
        "{}",
        idle.counterfactual
    );
    let asked = judged(0.8);
    assert_eq!((asked.verdict, asked.action), (Verdict::Idle, Action::AskHolder));
    assert_eq!(
        judged(0.799).verdict,
        Verdict::Watch,
        "later, if the silence goes on"
    );
}

#[test]
fn what_was_called_idle_stays_so_while_nothing_of_its_own_changes() {
    let around = |now| by_chance(now, (0.888, 0.79));
    let judged = |activity: &Activity, around| {
        let judged = |case: &Case| {
            judge(&Case {
                idle_since: Some(day("2026-09-01")),
                ..*case
            })
        };
        with_case(&person(), activity, around, judged)
    };
    // By what other lines do, the chance of a call has come over its break-even of 11.196 %.
    let stays = judged(&silent_for(95), around((0.888, 0.96)));
    assert_eq!((stays.verdict, stays.action), (Verdict::Idle, Action::AskHolder));
    assert!(stays.reason.contains("idle since 2026-09-01"), "{}", stays.reason);
    assert_eq!(
        judged(&silent_for(95), around((0.888, 0.79))).verdict,
        Verdict::InUse
    );
    let season = Activity {
        came_back_last_year_on: Some(day("2025-11-03")),
        ..silent_for(95)
    };
    assert_ne!(judged(&season, around((0.888, 0.96))).verdict, Verdict::Idle);
    let free = Around {
        monthly_cost: Some(Cents::ZERO),
        ..around((0.888, 0.96))
    };
    assert_ne!(judged(&silent_for(95), free).verdict, Verdict::Idle);
}

#[test]
fn ten_silent_days_and_sixty_three_known_ones_come_before_any_chance() {
    let sure = || by_chance((0.999, 0.99), (0.999, 0.99));
    let barely_silent = Activity {
        silent_business_days: 9,
        ..silent_for(95)
    };
    assert_eq!(verdict(&person(), &barely_silent, sure()).0, Verdict::InUse);
    let young = Activity {
        known_business_days: 62,
        ..silent_for(85)
    };
    let judgement = judged(&person(), &young, sure());
    assert_eq!(judgement.verdict, Verdict::Watch);
    assert!(
        judgement
            .reason
            .ends_with("62 known business days, 63 are needed."),
        "{}",
        judgement.reason
    );
    let season = Activity {
        came_back_last_year_on: Some(day("2025-11-03")),
        ..silent_for(95)
    };
    let judgement = judged(&person(), &season, sure());
    assert_eq!(judgement.verdict, Verdict::Watch);
    assert!(
        judgement.reason.contains("came back on 2025-11-03"),
        "{}",
        judgement.reason
    );
}

#[test]
fn a_line_too_young_for_a_chance_or_without_a_price_is_never_idle() {
    let none = Around {
        outlook: None,
        ..by_chance((1.0, 1.0), (1.0, 1.0))
    };
    assert_eq!(verdict(&person(), &silent_for(95), none).0, Verdict::InUse);
    let free = Around {
        monthly_cost: Some(Cents::ZERO),
        ..by_chance((1.0, 1.0), (1.0, 1.0))
    };
    let judgement = judged(&person(), &silent_for(95), free);
    assert_eq!(judgement.verdict, Verdict::Watch, "silence is not use");
    assert!(
        judgement.counterfactual.contains("save nothing"),
        "{}",
        judgement.counterfactual
    );
}

#[test]
fn signs_of_life_ask_and_missed_calls_reroute() {
    let sure = || by_chance((0.999, 0.99), (0.999, 0.99));
    let called = Activity {
        calls_missed_30: 2,
        ..silent_for(95)
    };
    assert_eq!(verdict(&person(), &called, sure()).1, Action::RerouteThenReclaim);
    let signed_in = Around {
        last_sign_in_on: Some(day("2026-10-01")),
        ..sure()
    };
    assert_eq!(verdict(&person(), &called, signed_in).1, Action::AskHolder);
}

#[test]
fn reasons_by_chance_can_be_checked() {
    let gap = Activity {
        silent_business_days: 61,
        longest_silence_business_days: Some(4),
        ..silent_for(89)
    };
    let said = |around| {
        let Judgement {
            verdict,
            reason,
            counterfactual,
            ..
        } = judged(&person(), &gap, around);
        format!("{verdict}: {reason}\n{counterfactual}")
    };
    insta::assert_snapshot!(
        [
            said(by_chance((0.99, 0.97), (0.99, 0.98))),
            said(by_chance((0.85, 0.84), (0.99, 0.98))),
            said(by_chance((0.5, 0.3), (0.6, 0.4))),
        ]
        .join("\n\n")
    );
}

#[test]
fn the_score_is_the_chance_of_ninety_silent_days() {
    let score = |around| with_case(&person(), &silent_for(95), around, idle_score);
    assert_eq!(score(by_chance((0.99, 0.955), (1.0, 1.0))), Some(96), "half up");
    let none = Around {
        outlook: None,
        ..by_chance((1.0, 1.0), (1.0, 1.0))
    };
    assert_eq!(score(none), None, "no chance is not the chance 0");
}
