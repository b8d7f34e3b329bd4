//! Whoever a call row names is never silent.

use quietline::domain::{Gate, GateStatus, Verdict};

use super::phones::{Phones, Row, business_days, line, row, verdict};

/// A call on each business day, as the rows bear it.
fn daily(cells: &[(&'static str, &str)]) -> Vec<Row> {
    let each = business_days().enumerate().map(|(number, day)| {
        let mut call = row([
            ("id", &format!("d{number}")),
            ("direction", "Inbound"),
            ("start", &format!("{day} 17:{:02}:05", number % 60)),
            ("length", "90"),
            ("result", "Answered"),
            ("from", "13125550199"),
            ("to", "12125550999"),
        ]);
        call.extend(cells.iter().map(|(column, text)| (*column, (*text).to_owned())));
        call
    });
    each.collect()
}

fn without_calls_of(phones: &mut Phones, login: &str) {
    phones
        .calls
        .retain(|call| call.get("source_user").is_none_or(|user| user != login));
}

#[test]
fn each_of_several_logins_in_a_cell_is_named() {
    for parting in ["; ", ",", " | ", "\n"] {
        let mut phones = Phones::named_by(&["extension", "user"]);
        without_calls_of(&mut phones, "leo.marsh");
        let both = format!("leo.marsh{parting}kim.lund");
        phones.calls.extend(daily(&[("destination_user", &both)]));
        let account = phones.judged();
        assert_eq!(verdict(&account, "112"), Verdict::InUse, "{parting:?}");
    }
    // Beside the extension of one of them.
    let mut phones = Phones::named_by(&["extension", "user"]);
    without_calls_of(&mut phones, "leo.marsh");
    let both = [
        ("destination_extension", "111"),
        ("destination_user", "kim.lund; leo.marsh"),
    ];
    phones.calls.extend(daily(&both));
    assert_eq!(verdict(&phones.judged(), "112"), Verdict::InUse);
}

#[test]
fn at_a_hot_desk_the_row_names_two() {
    let mut phones = Phones::named_by(&["extension", "user"]);
    let desk = row([
        ("extension", "201"),
        ("first_name", "Hot desk"),
        ("kind", "shared"),
    ]);
    phones.lines.push(desk);
    for call in &mut phones.calls {
        if call["source_user"] == "leo.marsh" {
            call.insert("source_extension", "201".into());
        }
    }
    let account = phones.judged();
    assert_eq!(verdict(&account, "112"), Verdict::InUse);
    assert!(
        account
            .notices
            .iter()
            .any(|notice| notice.contains("extension 201 with login leo.marsh")),
        "{:?}",
        account.notices
    );
}

#[test]
fn a_row_without_any_other_sign_names_its_caller() {
    let mut phones = Phones::named_by(&["extension", "user"]);
    without_calls_of(&mut phones, "leo.marsh");
    phones.calls.extend(daily(&[
        ("source_user", "leo.marsh"),
        ("source_extension", "112"),
        ("destination_extension", "101"),
        ("destination_user", "ada.birch"),
        ("result", "Missed"),
    ]));
    assert_eq!(verdict(&phones.judged(), "112"), Verdict::InUse);
}

#[test]
fn a_call_answered_on_the_mobile_phone_is_the_lines() {
    let mut phones = Phones::named_by(&["extension", "user"]);
    let to_oona = [
        ("destination_extension", "115"),
        ("destination_user", "oona.pike"),
        ("result", "Missed"),
    ];
    phones.calls.extend(daily(&to_oona));
    assert_eq!(verdict(&phones.judged(), "115"), Verdict::Idle);
    let on_her_mobile = [("direction", "Outbound"), ("to", "19175550142")];
    phones.calls.extend(daily(&on_her_mobile));
    let account = phones.judged();
    assert_eq!(verdict(&account, "115"), Verdict::InUse);
    assert_eq!(
        line(&account, "115").activity.calls_out_90,
        0,
        "she placed none of them"
    );
}

#[test]
fn a_leg_marked_inbound_is_passed_on_only_after_the_lines_own() {
    for (second, wanted) in [(20, Verdict::InUse), (0, Verdict::Idle)] {
        let mut phones = Phones::named_by(&["extension", "user"]);
        let to_oona = daily(&[
            ("destination_extension", "115"),
            ("destination_user", "oona.pike"),
            ("result", "Missed"),
        ]);
        let mut beside = daily(&[("to", "19175550142")]);
        for call in &mut beside {
            let start = format!("{}:{second:02}", &call["start"][..call["start"].len() - 3]);
            call.insert("start", start);
        }
        phones.calls.extend(to_oona.into_iter().chain(beside));
        // A menu answers before the line is called at all.
        assert_eq!(verdict(&phones.judged(), "115"), wanted, "{second}");
    }
}

#[test]
fn a_voicemail_box_is_nobody() {
    for boxes in [
        [("destination_user", "voicemail"), ("to", "voicemail")],
        [("destination_extension", "vm"), ("to", "")],
        [("direction", "Internal"), ("to", "Voice Mail")],
    ] {
        let mut phones = Phones::named_by(&["extension", "user"]);
        phones
            .calls
            .extend(daily(&[("destination_extension", "115"), ("result", "Missed")]));
        let mut second: Vec<(&str, &str)> = vec![
            ("direction", "Internal"),
            ("source_extension", "115"),
            ("source_user", "oona.pike"),
        ];
        second.extend(boxes);
        phones.calls.extend(daily(&second));
        let account = phones.judged();
        assert_eq!(
            verdict(&account, "115"),
            Verdict::Idle,
            "{boxes:?}: {}",
            line(&account, "115").reason
        );
    }
}

#[test]
fn ids_that_are_no_calls_own_bring_nothing_together() {
    for id in ["1.76012E+18", "1760120000000000000", "1,76012e+18", "17"] {
        let mut phones = Phones::named_by(&["extension", "user"]);
        without_calls_of(&mut phones, "ned.orr");
        for (hour, direction, key) in [(14, "Inbound", "destination"), (17, "Outbound", "source")] {
            let (extension, user) = match key {
                "source" => ("source_extension", "source_user"),
                _ => ("destination_extension", "destination_user"),
            };
            let calls = daily(&[
                ("direction", direction),
                ("result", "Missed"),
                (extension, "114"),
                (user, "ned.orr"),
            ]);
            phones.calls.extend(calls.into_iter().map(|mut call| {
                let start = call["start"].replace(" 17:", &format!(" {hour}:"));
                call.insert("start", start);
                call
            }));
        }
        for call in &mut phones.calls {
            call.insert("id", id.into());
        }
        let statement = phones.run();
        let told = |gate: &&quietline::domain::GateReport| {
            gate.gate == Gate::G9Schema
                && gate.status == GateStatus::Warn
                && gate.detail.contains("call of its own")
        };
        assert!(
            statement.gates.iter().any(|gate| told(&gate)),
            "{id}: {:?}",
            statement.gates
        );
        assert_eq!(verdict(&statement.accounts[0], "114"), Verdict::InUse, "{id}");
    }
}

/// 101 has only an address where rows give logins, 102 a login with a slip; 103 calls by another login since July.
#[test]
fn a_name_that_no_line_has_may_be_a_silent_lines() {
    let mut phones = Phones::named_by(&["user"]);
    phones.line("101").remove("login_name");
    let account = phones.judged();
    assert_eq!(verdict(&account, "101"), Verdict::Unknown);
    let mut phones = Phones::named_by(&["user"]);
    without_calls_of(&mut phones, "leo.marsh");
    phones
        .calls
        .extend(daily(&[("destination_user", "Leo Marsh; Kim Lund")]));
    assert_eq!(
        verdict(&phones.judged(), "112"),
        Verdict::Unknown,
        "by display names"
    );
    let mut phones = Phones::named_by(&["user"]);
    phones.line("102").insert("login_name", "ben.colle".into());
    let account = phones.judged();
    assert_eq!(verdict(&account, "102"), Verdict::Unknown);
    let mut phones = Phones::named_by(&["user"]);
    for call in &mut phones.calls {
        if call["source_user"] == "cleo.dunn" && call["start"].as_str() >= "2026-07-15" {
            call.insert("source_user", "amarried".into());
        }
    }
    let statement = phones.run();
    let account = &statement.accounts[0];
    assert_eq!(verdict(account, "103"), Verdict::Unknown);
    assert!(line(account, "103").reason.contains("login amarried"));
    assert_eq!(
        verdict(account, "115"),
        Verdict::Idle,
        "she fell silent at another time"
    );
    assert!(
        account
            .notices
            .iter()
            .any(|notice| notice.contains("login amarried ("))
    );
    let join = statement
        .gates
        .iter()
        .find(|gate| gate.gate == Gate::G3Join)
        .unwrap();
    assert_eq!(join.status, GateStatus::Ok);
    assert!(
        join.detail
            .contains("a login that the administrators' list names"),
        "{}",
        join.detail
    );
    assert!(!join.detail.contains("amarried"), "finance reads it too");
}

#[test]
fn whoever_else_a_display_name_says_its_words_are_the_holder_s() {
    let written = [
        "Ada Birch (101)",
        "Ms Ada Birch",
        "birch.a",
        "Ada",
        "ext101",
        "Andy Birch",
    ];
    for name in written {
        let mut one = Phones::named_by(&["user"]);
        for call in &mut one.calls {
            if call["source_user"] == "ada.birch" {
                call.insert("source_user", name.to_owned());
            }
        }
        let account = one.judged();
        assert_eq!(verdict(&account, "101"), Verdict::Unknown, "{name}");
        assert_eq!(verdict(&account, "116"), Verdict::Idle, "{name}");
    }
}

#[test]
fn zeros_that_rows_leave_out_leave_their_line_in_doubt() {
    let mut phones = Phones::named_by(&["extension"]);
    phones.line("115").insert("extension", "0114".into());
    assert_eq!(
        verdict(&phones.judged(), "0114"),
        Verdict::Unknown,
        "its calls may be those of 114"
    );
    phones.line("102").insert("extension", "0102".into());
    for call in &mut phones.calls {
        if call["source_extension"] == "102" {
            call.insert("source_extension", "0102".into());
        }
    }
    assert_eq!(
        verdict(&phones.judged(), "0114"),
        Verdict::NeverUsed,
        "these rows bear zeros"
    );
}

#[test]
fn a_name_of_one_word_is_no_login() {
    let mut phones = Phones::named_by(&["user"]);
    let sole = row([
        ("login_name", ""),
        ("email", ""),
        ("first_name", ""),
        ("last_name", ""),
        ("user", "Madonna"),
        ("kind", ""),
    ]);
    phones.line("115").extend(sole);
    let account = phones.judged();
    assert_eq!(verdict(&account, "115"), Verdict::Unknown);
    assert_eq!(line(&account, "115").line.first_name.as_deref(), Some("Madonna"));
}

/// Where numbers show the company alone, one column says whose call it is: of which end, its direction says.
#[test]
fn one_column_of_users_names_the_caller_or_the_one_called() {
    for (result, verdict_of_116) in [("Missed", Verdict::Idle), ("Answered", Verdict::InUse)] {
        let mut phones = Phones::named_by(&["user"]);
        for call in &mut phones.calls {
            let user = call.remove("source_user").unwrap();
            call.insert("user", user);
        }
        phones
            .calls
            .extend(daily(&[("user", "paul.quist"), ("result", result)]));
        let account = phones.judged();
        assert_eq!(verdict(&account, "101"), Verdict::InUse);
        assert_eq!(verdict(&account, "115"), Verdict::Idle);
        assert_eq!(verdict(&account, "116"), verdict_of_116, "{result}");
    }
}

/// Half of the rows show the company's number alone: who made these calls looks unused, and that is said.
#[test]
fn rows_that_name_nobody_are_told_where_they_are_many() {
    let told = |share: usize| {
        let mut phones = Phones::named_by(&["extension"]);
        for (at, call) in phones.calls.iter_mut().enumerate() {
            if at % 10 < share {
                call.remove("source_extension");
            }
        }
        let notices = phones.judged().notices;
        notices
            .iter()
            .any(|notice| notice.contains("name no line and no user"))
    };
    assert!(!told(2));
    assert!(told(5));
}

/// 115 has a number of its own, at which the rows name somebody whom no line has.
#[test]
fn whoever_stands_beside_a_line_s_own_number_may_be_its_holder() {
    let own = "12125557701";
    let silent = |rows: Vec<Row>, by: &[&str]| {
        let mut phones = Phones::named_by(by);
        phones.line("115").insert("dids", own.into());
        phones.calls.extend(rows);
        let account = phones.judged();
        assert_eq!(verdict(&account, "116"), Verdict::Idle);
        let line = line(&account, "115");
        (line.verdict, line.reason.clone())
    };
    let caller = |source: (&'static str, &str)| {
        let mut cells = vec![("direction", "Outbound"), ("from", own), ("to", "13125550199")];
        cells.push(source);
        daily(&cells)
    };
    let called = |destination: (&'static str, &str)| daily(&[("to", own), destination]);
    for (rows, by, name) in [
        (caller(("source_user", "Whizz")), "user", "login whizz"),
        (called(("destination_user", "Whizz")), "user", "login whizz"),
        (
            called(("destination_extension", "4711")),
            "extension",
            "extension 4711",
        ),
    ] {
        let (verdict, reason) = silent(rows, &[by]);
        assert_eq!(verdict, Verdict::Unknown, "{name}: {reason}");
        assert!(reason.contains(name), "{reason}");
    }
    // As a main number it is nobody's.
    let everybody = ["Whizz", "Bang"].map(|name| caller(("source_user", name)).split_off(120));
    let mut rows = everybody.concat();
    rows.iter_mut().enumerate().for_each(|(at, row)| {
        row.insert("id", format!("m{at}"));
    });
    assert_eq!(silent(rows, &["user"]).0, Verdict::Idle);
}
