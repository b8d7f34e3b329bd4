//! What has changed since the last night, by cause: each cause is a fact, and "used again" is a call.

use std::collections::{BTreeMap, BTreeSet};

use quietline::domain::{AccountBaseline, Baseline, Cents, ChangeCause, ScoredLine, SinceLast, Verdict};
use quietline::steps::findings::change::since_last;

use super::day;
use crate::render::lines::line;

const THEN: &str = "2026-06-01";

/// What a line is that was idle the night before, last used on 1 June, at 29.99.
fn cause(verdict: Verdict, change: impl FnOnce(&mut ScoredLine)) -> (ChangeCause, Cents) {
    let mut now = line("101", verdict);
    now.activity.last_used_on = Some(day(THEN));
    change(&mut now);
    let before = AccountBaseline {
        flagged: BTreeSet::from(["101".to_owned()]),
        idle_costs: BTreeMap::from([("101".to_owned(), Some(Cents(2_999)))]),
        idle_last_used: BTreeMap::from([("101".to_owned(), Some(day(THEN)))]),
        ..AccountBaseline::default()
    };
    match compared(before, now) {
        SinceLast::Compared(change) => {
            assert_eq!(change.causes.len(), 1);
            (change.causes[0].0, change.causes[0].1.known_total().unwrap())
        }
        other => panic!("{other:?}"),
    }
}

fn compared(before: AccountBaseline, now: ScoredLine) -> SinceLast {
    let baseline = Baseline {
        scoring_digest: "d".into(),
        accounts: BTreeMap::from([("1".to_owned(), before)]),
    };
    since_last(Some((day("2026-10-15"), &baseline)), "d", "1", &[now])
}

#[test]
fn each_cause_is_a_fact() {
    let call = |line: &mut ScoredLine| line.activity.last_used_on = Some(day("2026-10-16"));
    let late_call = |line: &mut ScoredLine| line.activity.last_used_on = Some(day("2026-06-02"));
    let season = |line: &mut ScoredLine| line.is_held_back = true;
    let price = |line: &mut ScoredLine| line.cost.monthly_cost = Cents(199);
    let nothing = |_: &mut ScoredLine| {};
    for (verdict, change, cause_of) in [
        (
            Verdict::InUse,
            call as fn(&mut ScoredLine),
            ChangeCause::UsedAgain,
        ),
        (Verdict::Watch, call, ChangeCause::UsedAgain),
        (Verdict::Watch, late_call, ChangeCause::UsedAgain),
        (Verdict::Watch, season, ChangeCause::HeldBack),
        (Verdict::Watch, price, ChangeCause::OtherPrice),
        (Verdict::InUse, price, ChangeCause::OtherPrice),
        (Verdict::Watch, nothing, ChangeCause::OtherData),
        (Verdict::InUse, nothing, ChangeCause::OtherData),
        (Verdict::Exempt, nothing, ChangeCause::KeptByDecision),
        (Verdict::OnLeave, nothing, ChangeCause::NotJudged),
    ] {
        assert_eq!(cause(verdict, change), (cause_of, Cents(-2_999)), "{verdict:?}");
    }
}

#[test]
fn a_night_that_kept_no_last_use_is_not_compared() {
    let before = AccountBaseline {
        flagged: BTreeSet::from(["101".to_owned()]),
        idle_costs: BTreeMap::from([("101".to_owned(), Some(Cents(2_999)))]),
        ..AccountBaseline::default()
    };
    let told = compared(before, line("101", Verdict::InUse));
    assert!(
        matches!(&told, SinceLast::Unlike(_, why) if why.contains("last use")),
        "{told:?}"
    );
}
