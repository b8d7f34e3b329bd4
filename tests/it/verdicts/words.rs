//! What a verdict says of itself by the window: its score, and a reason that can be checked.

use quietline::domain::Activity;
use quietline::steps::verdict::idle_score;

use super::{Around, judged, person, silent_for, with_case};

#[test]
fn the_score_is_fifty_at_the_window() {
    let score = |silent| with_case(&person(), &silent_for(silent), Around::default(), idle_score);
    assert_eq!(
        [0, 1, 45, 90, 180, 400].map(score),
        [0, 1, 25, 50, 100, 100].map(Some)
    );
}

#[test]
fn a_reason_can_be_checked() {
    let called = Activity {
        calls_missed_30: 1,
        ..silent_for(127)
    };
    insta::assert_snapshot!(judged(&person(), &called, Around::default()).reason, @"No call placed or answered on 127 known days; last on 2026-06-11; used to call every 3 business days. One call to it went unanswered in the last 30 days: reroute the number first.");
}
