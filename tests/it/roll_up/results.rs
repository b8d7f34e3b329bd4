//! What became of a call, by the word of its result.

use super::{Leg, counts, leg, rolled};

#[test]
fn an_unknown_result_is_use_unless_nobody_talked() {
    let odd = |length| Leg {
        length,
        result: Some("teleported"),
        ..leg("c", "inbound", None, Some("101"), "")
    };
    assert_eq!(counts(&rolled(&[odd(Some(5))]), "101"), [0, 0, 1, 0, 0]);
    assert_eq!(counts(&rolled(&[odd(None)]), "101"), [0, 0, 1, 0, 0]);
    assert_eq!(counts(&rolled(&[odd(Some(0))]), "101"), [0, 0, 0, 1, 0]);
}

#[test]
fn a_call_of_a_group_that_another_took_is_no_use() {
    for result in [
        "answered elsewhere",
        "answered_elsewhere",
        "picked up elsewhere",
        "canceled",
        "cancelled",
        "not answered",
        "not-answered",
        "declined",
    ] {
        let rolled = rolled(&[
            leg("c", "inbound", None, Some("101"), "answered"),
            leg("c", "inbound", None, Some("102"), result),
        ]);
        assert_eq!(counts(&rolled, "101"), [0, 0, 1, 0, 0], "{result}");
        assert_eq!(counts(&rolled, "102"), [0, 0, 0, 1, 0], "{result}");
    }
    let picked_up = rolled(&[leg("c", "inbound", None, Some("101"), "picked up")]);
    assert_eq!(counts(&picked_up, "101"), [0, 0, 1, 0, 0]);
}

#[test]
fn what_a_box_took_is_no_use_in_whatever_words() {
    for result in [
        "voicemail",
        "voice mail",
        "voice_mail",
        "vm",
        "mailbox",
        "left voicemail",
        "left vm",
        "sent to mailbox",
        "anrufbeantworter",
        "répondeur",
        "messagerie",
        "messagerie vocale",
        "buzón de voz",
        "segreteria",
        "segreteria telefonica",
    ] {
        let rolled = rolled(&[leg("c", "inbound", None, Some("101"), result)]);
        assert_eq!(counts(&rolled, "101"), [0, 0, 0, 1, 0], "{result}");
    }
}
