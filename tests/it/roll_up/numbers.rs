//! A number in From or To: a line's own, an extension, or the company's main number.

use quietline::domain::Line;
use quietline::steps::roll_up::roll_up;

use super::{Leg, counts, frame, leg, line};

const MAIN: &str = "17325550100";

/// Three lines; the last is the one that the main number is booked on.
fn placed(rows: &[Leg]) -> ([u32; 3], u64) {
    let booked = Line {
        dids: vec![MAIN.into()],
        ..line("214")
    };
    let rolled = roll_up(frame(rows), &[line("101"), line("102"), booked]).unwrap();
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
    let rolled = roll_up(frame(&[out("a", None, None)]), &lines).unwrap();
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
    let rolled = roll_up(
        frame(&[from("102", Some("user101"))]),
        &[line("101"), both, line("103")],
    );
    let rolled = rolled.unwrap();
    assert_eq!(["101", "102"].map(|of| counts(&rolled, of)[0]), [0, 1]);
    // A desk, and the login of somebody with a line of her own: neither is silent.
    assert_eq!(placed(&[from("102", Some("user101"))]), ([1, 1, 0], 1));
}
