//! A number in From or To: a line's own, an extension, or the company's main number.

use std::collections::HashMap;

use quietline::domain::{CallKeys, Line, Seal};
use quietline::steps::usage::former_lines::{Joinable, sealed_keys};
use quietline::steps::usage::roll_up::{RolledUp, roll_up};

use super::{Leg, counts, frame, leg, line};

const MAIN: &str = "17325550100";

/// Rolls legs up over the lines of the list, and names that it no longer has.
pub fn over(rows: &[Leg], lines: &[Line], former: &[CallKeys]) -> RolledUp {
    let seal = &Seal::new("a store's own".into());
    let phone_since = &HashMap::new();
    let joinable = Joinable {
        lines,
        former,
        seal,
        phone_since,
    };
    roll_up(frame(rows), &joinable).unwrap()
}

/// Three lines; the last is the one that the main number is booked on.
fn placed(rows: &[Leg]) -> ([u32; 3], u64) {
    let booked = Line {
        dids: vec![MAIN.into()],
        ..line("214")
    };
    let rolled = over(rows, &[line("101"), line("102"), booked], &[]);
    let matched = rolled.days.values().map(|join| join.matched).sum();
    (["101", "102", "214"].map(|of| counts(&rolled, of)[0]), matched)
}

fn out(call: &'static str, extension: Option<&'static str>, user: Option<&'static str>) -> Leg {
    Leg {
        source_user: user,
        from: Some(MAIN),
        ..leg(call, "outbound", extension, None, "answered")
    }
}

#[test]
fn a_row_that_names_somebody_else_is_not_the_numbers_line() {
    assert_eq!(placed(&[out("a", None, None)]), ([0, 0, 1], 1));
    assert_eq!(placed(&[out("a", Some("201"), None)]), ([0; 3], 0));
    assert_eq!(placed(&[out("a", None, Some("mallory"))]), ([0; 3], 0));
    assert_eq!(placed(&[out("a", Some("101"), None)]), ([1, 0, 0], 1));
}

#[test]
fn a_number_in_its_national_form_is_the_lines_own() {
    let of_london = Line {
        dids: vec!["442079460123".into()],
        ..line("214")
    };
    let from = |number| Leg {
        from: Some(number),
        ..out("a", None, None)
    };
    let placed = |number| {
        let rolled = over(&[from(number)], &[line("101"), of_london.clone()], &[]);
        counts(&rolled, "214")[0]
    };
    assert_eq!(placed("02079460123"), 1);
    assert_eq!(placed("442079460123"), 1);
    assert_eq!(placed("02079460124"), 0);
}

#[test]
fn a_number_that_several_lines_show_is_no_key() {
    let of_all = [out("a", Some("101"), None), out("b", None, Some("user102"))];
    let nameless = out("c", None, None);
    assert_eq!(
        placed(&[&of_all[..], std::slice::from_ref(&nameless)].concat()),
        ([1, 1, 0], 2)
    );
    // One colleague may call from the owner's desk.
    assert_eq!(
        placed(&[out("a", Some("101"), None), nameless.clone()]),
        ([1, 0, 1], 2)
    );
    // Those that the list does not have count as well.
    let strangers = [out("a", Some("201"), None), out("b", Some("202"), None), nameless];
    assert_eq!(placed(&strangers), ([0; 3], 0));
}

#[test]
fn a_number_that_two_lines_list_is_no_key() {
    let since = |extension: &str, since: Option<&str>| Line {
        dids: vec![MAIN.into()],
        seat_since: since.and_then(quietline::domain::parse_day),
        ..line(extension)
    };
    let lines = [since("101", None), since("102", Some("2025-06-01"))];
    let rolled = over(&[out("a", None, None)], &lines, &[]);
    assert_eq!(rolled.usage.height(), 0, "the newer of the two is not the owner");
}

#[test]
fn an_extension_in_place_of_a_number_comes_before_the_login() {
    let from = |number, user| Leg {
        from: Some(number),
        ..out("a", None, user)
    };
    let both = Line {
        login_name: Some("user101".into()),
        ..line("102")
    };
    let lines = [line("101"), both, line("103")];
    let rolled = over(&[from("102", Some("user101"))], &lines, &[]);
    assert_eq!(["101", "102"].map(|of| counts(&rolled, of)[0]), [0, 1]);
    // A desk, and the login of somebody with a line of her own: neither is silent.
    assert_eq!(placed(&[from("102", Some("user101"))]), ([1, 1, 0], 1));
}

#[test]
fn a_line_that_has_left_the_list_is_no_stranger_until_then() {
    let seal = &Seal::new("a store's own".into());
    let gone = |until| CallKeys {
        until: quietline::domain::parse_day(until),
        ..sealed_keys(&line("102"), seal)
    };
    let calls = [
        leg("a", "outbound", Some("102"), None, "answered"),
        Leg {
            source_user: Some("User102"),
            ..leg("b", "outbound", None, None, "answered")
        },
        leg("c", "outbound", Some("101"), Some("102"), "answered"),
    ];
    let joined = |until| {
        let rolled = over(&calls, &[line("101")], &[gone(until)]);
        let join = rolled.days.values().next().unwrap().clone();
        (
            counts(&rolled, "102")[0],
            join.matched,
            join.former,
            join.strangers.0.len(),
        )
    };
    // The calls are of the second of March.
    assert_eq!(joined("2026-03-02"), (2, 1, 2, 0));
    assert_eq!(joined("2026-03-01"), (0, 1, 0, 2));
}

#[test]
fn a_name_that_a_line_had_before_is_still_its_own() {
    let seal = &Seal::new("a store's own".into());
    let before = CallKeys {
        extension: "105".into(),
        ..sealed_keys(&line("102"), seal)
    };
    let calls = [
        leg("a", "outbound", Some("105"), None, "answered"),
        leg("b", "outbound", Some("102"), None, "answered"),
    ];
    let rolled = over(&calls, &[line("101"), line("102")], std::slice::from_ref(&before));
    assert_eq!((counts(&rolled, "102")[0], rolled.usage.height()), (2, 1));
    // A line of the list comes first.
    let next = over(&calls, &[line("102"), line("105")], &[before]);
    assert_eq!((counts(&next, "102")[0], counts(&next, "105")[0]), (1, 1));
}
