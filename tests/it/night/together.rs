//! Lines in regular use whose calls end together: a hold, however few they are of how many.

use std::sync::LazyLock;

use quietline::domain::{Gate, GateReport, GateStatus, NightStatus, Statement, Verdict};

use super::office::Office;

/// Of a company in which three at once are no chance.
const LINES: u32 = 26;

/// Lines of people that are used on most days, by extension.
fn often_used() -> &'static [String] {
    static OFTEN: LazyLock<Vec<String>> = LazyLock::new(|| {
        let account = Office::new(LINES, "probability").good("2026-10-05");
        let often = account
            .lines
            .iter()
            .filter(|line| line.verdict == Verdict::InUse && line.activity.active_days_90 >= 45);
        let mut often: Vec<String> = often.map(|line| line.line.extension.clone()).collect();
        often.sort();
        often
    });
    &OFTEN
}

fn g1_hold(statement: &Statement) -> Option<&GateReport> {
    let is_it = |gate: &&GateReport| gate.gate == Gate::G1Completeness && gate.status == GateStatus::Hold;
    statement.gates.iter().find(is_it)
}

/// The hold's words; it names these extensions and no other, and its hash lets the night pass.
#[track_caller]
fn held(office: &Office, extensions: &[String]) -> String {
    let night = office.run("2026-10-05");
    assert_eq!(night.status, NightStatus::Held, "{:?}", night.gates);
    let hold = g1_hold(&night).unwrap();
    let named = format!("(extensions {})", extensions.join(", "));
    assert!(hold.detail.contains(&named), "{named}: {}", hold.detail);
    let night_after = office.run_accepting("2026-10-05", hold.accept.as_deref().unwrap());
    assert!(
        night_after.status <= NightStatus::Warned,
        "{:?}",
        night_after.gates
    );
    hold.detail.clone()
}

#[test]
fn three_regular_lines_that_end_within_three_days_hold_the_night() {
    let often = often_used();
    for days in [["2026-07-14"; 3], ["2026-07-14", "2026-07-15", "2026-07-16"]] {
        let office = Office::new(LINES, "probability");
        for (extension, day) in often.iter().zip(days) {
            office.hide_calls_from(std::slice::from_ref(extension), day);
        }
        held(&office, &often[..3]);
    }
}

#[test]
fn two_lines_that_are_all_of_an_office_hold_the_night() {
    let often = often_used();
    let office = Office::new(LINES, "probability");
    office.edit("lines", |rows| {
        for row in rows {
            let place = match often[..2].contains(&row["extension"]) {
                true => "Albany",
                false => "New York",
            };
            row.insert("location".into(), place.into());
        }
    });
    office.hide_calls_from(&often[..2], "2026-07-14");
    let detail = held(&office, &often[..2]);
    assert!(detail.contains("of Albany"), "{detail}");
    assert_eq!(
        g1_hold(&office.run("2026-10-06")),
        None,
        "what was accepted stays so"
    );
}

#[test]
fn regular_lines_that_end_weeks_apart_hold_nothing() {
    let often = often_used();
    let office = Office::new(LINES, "probability");
    for (extension, day) in often.iter().zip(["2026-06-15", "2026-06-29", "2026-07-14"]) {
        office.hide_calls_from(std::slice::from_ref(extension), day);
    }
    let account = office.good("2026-10-05");
    for line in &account.lines {
        let is_idle = line.verdict == Verdict::Idle;
        assert!(
            is_idle || !often[..3].contains(&line.line.extension),
            "{}",
            line.reason
        );
    }
}
