//! What G4 holds where there is no earlier night to measure by, and where use that was seen is gone.

use quietline::domain::{
    AccountBaseline, AccountStatement, Baseline, FindingKind, Gate, GateReport, GateStatus, GoodNights,
    NightStatus, Statement, Verdict,
};
use quietline::night::Options;

use super::office::Office;
use quietline::steps::gates::{baseline_of, mass_change};

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

#[test]
fn lines_that_are_flagged_one_after_another_count_together_until_that_is_accepted() {
    let office = Office::new(26, "rule");
    let mut in_use = in_use(&office.good("2026-10-05")).into_iter();
    let mut two_leave = |as_of: &str| {
        let gone: Vec<String> = in_use.by_ref().take(2).collect();
        let lines = office.rows("lines");
        let leavers = lines.iter().filter(|row| gone.contains(&row["extension"]));
        let gone: Vec<&String> = leavers.map(|row| &row["email"]).collect();
        office.edit("directory", |rows| {
            let theirs = rows.iter_mut().filter(|row| gone.contains(&&row["email"]));
            for row in theirs {
                row.insert("status".into(), "departed".into());
            }
        });
        office.run(as_of)
    };
    passed(&two_leave("2026-10-06"));
    let (detail, hash) = held(&two_leave("2026-10-07"));
    assert!(
        detail.contains("4 lines are newly flagged since 2026-10-05, more than 3"),
        "{detail}"
    );
    passed(&office.run_accepting("2026-10-07", &hash));
    // What was accepted is the measure from then on, also where that very night is made again.
    let again = Options {
        redo: true,
        ..Options::default()
    };
    passed(&office.run_with("2026-10-07", &again).unwrap().statement.unwrap());
    passed(&two_leave("2026-10-08"));
    let (detail, _) = held(&two_leave("2026-10-09"));
    assert!(
        detail.contains("4 lines are newly flagged since 2026-10-07"),
        "{detail}"
    );
}

/// What G4 says of an account of so many lines on 2026-10-05, beside the good nights of these days.
fn measured(account: &AccountStatement, nights: &[(&str, AccountBaseline)]) -> GateReport {
    let job = super::company::job_in(std::path::Path::new("."), "jobs/sample.toml", &[]);
    let on = |day: &str| day.parse().unwrap();
    let night = |baseline: &AccountBaseline| Baseline {
        scoring_digest: job.scoring_digest.clone(),
        accounts: [(account.account_id.clone(), baseline.clone())].into(),
    };
    let good = GoodNights {
        last: nights.last().map(|(day, baseline)| (on(day), night(baseline))),
        lately: nights
            .iter()
            .map(|(day, baseline)| (on(day), night(baseline)))
            .collect(),
    };
    let accounts = [account.clone()];
    let as_of = on("2026-10-05");
    let found = mass_change(
        &accounts,
        &job.scoring,
        &job.scoring_digest,
        as_of,
        &good,
        &job.gates,
        &[],
    );
    found.gates.into_iter().next().unwrap()
}

#[test]
fn a_night_is_held_against_a_week_and_a_month_ago_too() {
    let mut account = Office::new(26, "rule").good("2026-10-05");
    let today = baseline_of(&account, None);
    let more_used = |lines: u32| AccountBaseline {
        active_lines: today.active_lines + lines,
        ..today.clone()
    };
    let said = |nights: &[(&str, AccountBaseline)]| measured(&account, nights);
    for day in ["2026-09-28", "2026-09-05"] {
        let found = said(&[(day, more_used(12)), ("2026-10-04", more_used(1))]);
        assert_eq!(found.status, GateStatus::Hold, "{found:?}");
        assert!(
            found.detail.contains(&format!("on {day}: a part of the calls")),
            "{found:?}"
        );
    }
    // Older nights are none of that month, those before an accepted change measure nothing, and who has left is not missed.
    let accepted = AccountBaseline {
        accepted_on: Some("2026-10-03".parse().unwrap()),
        ..more_used(1)
    };
    let twice_as_many = AccountBaseline {
        lines: today.lines * 2,
        ..more_used(today.active_lines)
    };
    for nights in [
        [("2026-09-04", more_used(12)), ("2026-10-04", more_used(1))],
        [("2026-09-28", more_used(12)), ("2026-10-04", accepted)],
        [("2026-09-28", twice_as_many), ("2026-10-04", more_used(1))],
    ] {
        let found = said(&nights);
        assert_eq!(found.status, GateStatus::Ok, "{found:?}");
    }
    // Ten lines are meant as they stand from a hundred lines on.
    let line = account.lines[0].clone();
    for number in 0..100 {
        let mut line = line.clone();
        line.line.line_id = format!("more-{number}");
        line.verdict = if number < 10 {
            Verdict::Idle
        } else {
            Verdict::InUse
        };
        account.lines.push(line);
    }
    let before = AccountBaseline {
        flagged: today.flagged.clone(),
        ..baseline_of(&account, None)
    };
    let found = measured(&account, &[("2026-10-04", before.clone())]);
    assert_eq!(found.status, GateStatus::Ok, "{found:?}");
    account.lines.truncate(account.lines.len() - 60);
    let found = measured(&account, &[("2026-10-04", before)]);
    assert!(
        found.detail.contains("10 lines are newly flagged, more than 6"),
        "{found:?}"
    );
}

#[test]
fn a_first_night_without_any_waste_among_many_lines_in_use_is_held() {
    let mut account = Office::new(26, "rule").good("2026-10-05");
    account.lines.retain(|line| line.verdict == Verdict::InUse);
    let few = measured(&account, &[]);
    assert_eq!(few.status, GateStatus::Ok, "{few:?}");
    let line = account.lines[0].clone();
    account.lines = vec![line; 30];
    let many = measured(&account, &[]);
    assert_eq!(many.status, GateStatus::Hold, "{many:?}");
    assert!(many.detail.contains("none of 30 lines is waste"), "{many:?}");
    // Without enough history no line can be waste.
    for line in &mut account.lines {
        line.activity.known_business_days = 40;
    }
    assert_eq!(measured(&account, &[]).status, GateStatus::Ok);
}
