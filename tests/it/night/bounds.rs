//! What G4 holds where there is no earlier night to measure by, and where use that was seen is gone.

use quietline::domain::{
    AccountStatement, FindingKind, Gate, GateReport, GateStatus, NightStatus, Statement, Verdict,
};
use quietline::night::Options;

use super::office::Office;

fn g4(statement: &Statement, status: GateStatus) -> Option<&GateReport> {
    let is_it = |gate: &&GateReport| gate.gate == Gate::G4MassFlag && gate.status == status;
    statement.gates.iter().find(is_it)
}

/// The change that holds a night, and the hash that accepts it.
#[track_caller]
fn held(statement: &Statement) -> (String, String) {
    assert_eq!(statement.status, NightStatus::Held, "{:?}", statement.gates);
    let hold = g4(statement, GateStatus::Hold).unwrap();
    (hold.detail.clone(), hold.accept.clone().unwrap())
}

#[track_caller]
fn passed(statement: &Statement) {
    assert!(statement.status <= NightStatus::Warned, "{:?}", statement.gates);
}

fn in_use(account: &AccountStatement) -> Vec<String> {
    let lines = account.lines.iter().filter(|line| line.verdict == Verdict::InUse);
    lines.map(|line| line.line.extension.clone()).collect()
}

#[test]
fn a_first_night_that_finds_over_a_third_of_the_lines_to_be_waste_is_held_until_that_is_accepted() {
    let used = in_use(&Office::new(26, "rule").good("2026-10-05"));
    let office = Office::new(26, "rule");
    office.hide_calls(&used[..9]);
    let (detail, hash) = held(&office.run("2026-10-05"));
    assert!(detail.contains("lines are waste, over a third"), "{detail}");
    held(&office.run_accepting("2026-10-05", "000000000000"));
    passed(&office.run_accepting("2026-10-05", &hash));
    // From then on there is a night to measure by.
    passed(&office.run("2026-10-06"));
}

#[test]
fn a_location_without_any_call_is_named_on_the_first_night() {
    let office = Office::new(26, "rule");
    let used = in_use(&office.good("2026-10-05"));
    let office = Office::new(26, "rule");
    let albany = &used[..3];
    office.edit("lines", |rows| {
        for row in rows {
            let place = match albany.contains(&row["extension"]) {
                true => "Albany",
                false => "New York",
            };
            row.insert("location".into(), place.into());
        }
    });
    office.hide_calls(albany);
    let (detail, hash) = held(&office.run("2026-10-05"));
    assert!(
        detail.contains("none of the 3 lines of Albany was ever used"),
        "{detail}"
    );
    passed(&office.run_accepting("2026-10-05", &hash));
}

#[test]
fn lines_of_a_location_whose_calls_end_are_unknown_and_get_no_advice() {
    let office = Office::new(60, "rule");
    let albany: Vec<String> = in_use(&office.good("2026-10-05")).into_iter().take(8).collect();
    let office = Office::new(60, "rule");
    office.edit("lines", |rows| {
        for row in rows {
            let place = match albany.contains(&row["extension"]) {
                true => "Albany",
                false => "New York",
            };
            row.insert("location".into(), place.into());
        }
    });
    office.hide_calls_from(&albany, "2026-08-03");
    let night = office.run("2026-10-05");
    let told = |gate: &GateReport| gate.detail.contains("location Albany");
    assert!(night.gates.iter().any(told), "{:?}", night.gates);
    let account = &night.accounts[0];
    let there = |extension: &String| albany.contains(extension);
    for line in account.lines.iter().filter(|line| there(&line.line.extension)) {
        assert_eq!(
            line.verdict,
            Verdict::Unknown,
            "{}: {}",
            line.line.extension,
            line.reason
        );
    }
    let advice = account.findings.iter().find(|finding| {
        finding.kind == FindingKind::RightSize && finding.extension.as_ref().is_some_and(there)
    });
    assert_eq!(advice, None);
}

#[test]
fn use_that_was_seen_is_not_unseen() {
    let office = Office::new(26, "rule");
    let used = in_use(&office.good("2026-10-05"));
    office.hide_calls(&used[..1]);
    let (detail, hash) = held(&office.run("2026-10-06"));
    assert!(detail.contains("use that earlier nights saw is gone"), "{detail}");
    // A held night teaches nothing: the next one is held by the first line too.
    office.hide_calls(&used[1..2]);
    let (both, hash_of_both) = held(&office.run("2026-10-07"));
    assert_eq!(both.matches("line ").count(), 2, "{both}");
    held(&office.run_accepting("2026-10-07", &hash));
    passed(&office.run_accepting("2026-10-07", &hash_of_both));
    passed(&office.run("2026-10-08"));

    // Days that somebody has read again were wrong: what they no longer show is told.
    office.hide_calls(&used[2..3]);
    let read_again = Options {
        refetch: Some("2026-06-01".parse().unwrap()),
        ..Options::default()
    };
    let again = office
        .run_with("2026-10-09", &read_again)
        .unwrap()
        .statement
        .unwrap();
    passed(&again);
    let told = |gate: &GateReport| gate.detail.contains("takes use of earlier days from line");
    assert!(again.gates.iter().any(told), "{:?}", again.gates);
}

#[test]
fn use_that_goes_with_a_correction_of_the_list_is_told_by_line() {
    let office = Office::new(26, "rule");
    let used = in_use(&office.good("2026-10-05"));
    // The seat is a new holder's, and the export leaves the former one's calls out.
    office.edit_line(&used[0], |row| {
        row.insert("seat_since".into(), "2026-10-06".into());
    });
    office.hide_calls(&used[..1]);
    let night = office.run("2026-10-06");
    let told = |gate: &GateReport| gate.detail.contains("takes use of earlier days from line");
    assert!(night.gates.iter().any(told), "{:?}", night.gates);
    let lost = night
        .gates
        .iter()
        .find(|gate| gate.detail.contains("is gone from the calls"));
    assert!(lost.is_none(), "{lost:?}");
}
