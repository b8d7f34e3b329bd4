//! Exports that were filtered by the kind of the calls.

use quietline::domain::{Gate, GateStatus, NightStatus, Statement};
use quietline::night::Options;

use super::office::{Office, Row};

/// What G1 asks about calls of a kind, and the hash that the question names.
fn asked(statement: &Statement) -> Option<(&str, &str)> {
    assert!(statement.status <= NightStatus::Warned, "{:?}", statement.gates);
    let is_it = |detail: &&str| detail.contains("was the export filtered");
    let warned = statement
        .gates
        .iter()
        .filter(|gate| gate.gate == Gate::G1Completeness && gate.status == GateStatus::Warn);
    let detail = warned.map(|gate| gate.detail.as_str()).find(is_it)?;
    Some((
        detail,
        detail
            .rsplit_once("--accept-change ")
            .map_or("", |(_, hash)| hash),
    ))
}

fn seconds(row: &Row) -> i64 {
    row["length"].parse().unwrap()
}

#[test]
fn an_export_without_short_calls_is_asked_about_until_somebody_says_that_these_are_all() {
    let office = Office::new(26, "rule");
    office.edit_calls(|rows| rows.retain(|row| seconds(row) > 60));
    let night = office.run("2026-10-05");
    let (detail, hash) = asked(&night).unwrap();
    assert!(detail.contains("took less than 61 seconds"), "{detail}");
    assert!(asked(&office.run("2026-10-06")).is_some());
    let accepted = office.run_accepting("2026-10-07", hash);
    assert!(asked(&accepted).unwrap().0.starts_with("accepted ("));
    assert_eq!(asked(&office.run("2026-10-08")), None);
}

#[test]
fn a_warning_is_answered_after_its_night_has_been_reported() {
    let office = Office::new(26, "rule");
    office.edit_calls(|rows| rows.retain(|row| seconds(row) > 60));
    let night = office.run("2026-10-05");
    let (_, hash) = asked(&night).unwrap();
    let accepting = Options {
        accepted: vec![hash.to_owned()],
        ..Options::default()
    };
    let again = office.run_with("2026-10-05", &accepting).unwrap();
    assert_eq!((again.statement, again.exit_code), (None, 0));
    assert_eq!(asked(&office.run("2026-10-06")), None);
}

#[test]
fn an_export_of_answered_calls_alone_is_asked_about() {
    let office = Office::new(26, "rule");
    office.edit_calls(|rows| rows.retain(|row| row["result"].eq_ignore_ascii_case("answered")));
    let night = office.run("2026-10-05");
    let (detail, _) = asked(&night).unwrap();
    assert!(
        detail.contains("was missed, busy or went to voicemail"),
        "{detail}"
    );
}

#[test]
fn a_filter_of_the_last_weeks_is_seen_beside_the_days_before() {
    let office = Office::new(26, "rule");
    assert_eq!(asked(&office.run("2026-09-18")), None);
    office.edit_calls(|rows| rows.retain(|row| row["start"].as_str() < "2026-09-21" || seconds(row) > 60));
    let night = office.run("2026-10-05");
    let (detail, _) = asked(&night).unwrap();
    assert!(detail.contains("on the last ten business days"), "{detail}");
}

#[test]
fn lengths_that_are_told_in_whole_minutes_leave_nothing_out() {
    let office = Office::new(26, "rule");
    office.edit_calls(|rows| {
        for row in rows {
            let minutes = (seconds(row) / 60 + 1) * 60;
            row.insert("length".into(), minutes.to_string());
        }
    });
    assert_eq!(asked(&office.run("2026-10-05")), None);
}

#[test]
fn that_no_call_between_colleagues_is_known_is_told_beside_the_lines_that_look_unused() {
    let told = |office: &Office| {
        let silent = office.rows("lines")[0]["extension"].clone();
        office.hide_calls(&[silent]);
        let account = office.good("2026-10-05");
        let notices = account.notices.iter();
        notices
            .filter(|notice| notice.contains("between two lines of the account"))
            .count()
    };
    let office = Office::new(26, "rule");
    assert_eq!(told(&office), 0);
    let office = Office::new(26, "rule");
    office.edit_calls(|rows| {
        rows.retain(|row| row["source_extension"].is_empty() || row["destination_extension"].is_empty());
    });
    assert_eq!(told(&office), 1);
}
