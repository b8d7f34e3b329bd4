//! A name without a user: nobody knows whether it is a person's.

use quietline::domain::{Action, Kind, Line, Verdict};

use super::{Around, judged, never_used, silent_for};
use crate::roll_up::line;

#[test]
fn a_name_without_a_user_is_for_review_until_its_kind_is_said() {
    let bare = Line {
        login_name: None,
        first_name: Some("Pump house".to_owned()),
        ..line("101")
    };
    for activity in [never_used(200), silent_for(60), silent_for(200)] {
        let told = judged(&bare, &activity, Around::default());
        assert_eq!((told.verdict, told.action), (Verdict::Unknown, Action::Review));
        assert!(told.reason.contains("a name and no user"), "{}", told.reason);
    }
    let said = Line {
        kind: Some(Kind::Person),
        ..bare
    };
    let told = judged(&said, &silent_for(200), Around::default());
    assert_eq!(told.verdict, Verdict::Idle);
}
