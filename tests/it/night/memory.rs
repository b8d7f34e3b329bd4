//! What a night remembers of earlier ones must not become silence: lines that change their keys or join the list, files
//! that turn out to be wrong, and calls that come in halves.

use std::fs;

use quietline::domain::{Gate, GateStatus, NightStatus, Statement, Verdict};
use quietline::night::Options;

use super::Company;
use super::settled::line;

/// Rewrites the cell of one row of a CSV without quotes.
fn set_cell(text: &str, extension: &str, column: &str, value: &str) -> String {
    let head: Vec<&str> = text.lines().next().unwrap().split(',').collect();
    let at = |name: &str| head.iter().position(|cell| *cell == name).unwrap();
    let (key, cell) = (at("extension"), at(column));
    let changed = text.lines().map(|row| {
        let mut cells: Vec<&str> = row.split(',').collect();
        if cells[key] == extension {
            cells[cell] = value;
        }
        cells.join(",") + "\n"
    });
    changed.collect()
}

fn without_line(text: &str, extension: &str) -> String {
    let head: Vec<&str> = text.lines().next().unwrap().split(',').collect();
    let key = head.iter().position(|cell| *cell == "extension").unwrap();
    let kept = text
        .lines()
        .filter(|row| row.split(',').nth(key) != Some(extension));
    kept.map(|row| format!("{row}\n")).collect()
}

#[test]
fn a_line_that_gains_an_external_id_keeps_its_calls() {
    let company = Company::new();
    company.good(&[("job.as_of", "2026-10-09")]);
    company.edit("sample_data/lines.csv", |text| {
        set_cell(text, "101", "external_id", "4400101")
    });
    let statement = company.good(&[]);
    let line = line(&statement, "101");
    assert_eq!(line.verdict, Verdict::InUse);
    assert!(line.activity.active_days_all > 100, "{:?}", line.activity);
}

#[test]
fn a_line_whose_calls_nobody_could_have_seen_is_not_silent() {
    let company = Company::new();
    let all = fs::read_to_string(company.path("sample_data/lines.csv")).unwrap();
    // On watch: last used in August.
    company.edit("sample_data/lines.csv", |text| without_line(text, "130"));
    company.good(&[("job.as_of", "2026-10-09")]);
    // The older exports are archived, and the list is complete again.
    for file in fs::read_dir(company.path("sample_data/calls")).unwrap() {
        let path = file.unwrap().path();
        if path.file_name().unwrap().to_str().unwrap() < "2026-10" {
            fs::remove_file(path).unwrap();
        }
    }
    company.edit("sample_data/lines.csv", |_| all.clone());
    let statement = company.good(&[]);
    let found = line(&statement, "130");
    assert!(!found.verdict.is_waste(), "{}", found.reason);
    // The others' usage of those months stands, though their files have gone.
    assert!(line(&statement, "101").activity.active_days_all > 100);
}

#[test]
fn what_a_former_holder_called_is_not_the_present_holders() {
    let company = Company::new();
    company.good(&[("job.as_of", "2026-10-09")]);
    company.edit("sample_data/lines.csv", |text| {
        set_cell(text, "101", "seat_since", "2026-10-01")
    });
    let statement = company.good(&[]);
    assert!(line(&statement, "101").activity.active_days_all < 15);
}

#[test]
fn a_wrong_file_leaves_with_its_calls() {
    let company = Company::new();
    company.good(&[("job.as_of", "2026-10-09")]);
    let foreign = company.path("sample_data/calls/2026-99.csv.gz");
    fs::copy(company.path("sample_data/calls/2026-10.csv.gz"), &foreign).unwrap();
    company.edit_call_file("2026-99.csv.gz", super::settled::foreign);
    let stopped = company
        .run(&[], &Options::default())
        .map(|outcome| outcome.statement.unwrap());
    let is_good = |statement: &Statement| statement.status <= NightStatus::Warned;
    assert!(
        !stopped.as_ref().is_ok_and(is_good),
        "{:?}",
        stopped.map(|statement| statement.gates)
    );
    fs::remove_file(foreign).unwrap();
    assert!(is_good(&company.good(&[])));
}

#[test]
fn a_stray_old_row_does_not_make_years_known() {
    let company = Company::new();
    for file in fs::read_dir(company.path("sample_data/calls")).unwrap() {
        let path = file.unwrap().path();
        if !path.ends_with("2026-10.csv.gz") {
            fs::remove_file(path).unwrap();
        }
    }
    let october = |text: &str| {
        let stray = text.lines().nth(1).unwrap().replace("2026-10", "2025-01");
        format!("{text}{stray}\n")
    };
    company.edit_call_file("2026-10.csv.gz", october);
    let statement = company.good(&[]);
    let g2 = statement
        .gates
        .iter()
        .find(|gate| gate.gate == Gate::G2Empty)
        .unwrap();
    assert_eq!(g2.status, GateStatus::Block);
    assert!(g2.detail.contains("covers_from"), "{}", g2.detail);
    assert!(statement.coverage[0].known_days < 40, "{:?}", statement.coverage);
}

#[test]
fn half_of_the_calls_are_held() {
    let company = Company::new();
    company.good(&[("job.as_of", "2026-10-09")]);
    // Every second line's rows are missing from the newest months, as in a file that was sorted by user and cut off.
    company.edit_calls(|text| {
        let keep = |row: &&str| {
            !(1..60)
                .step_by(2)
                .any(|at| row.contains(&format!(",{},", 100 + at)))
        };
        let is_new = text.contains("2026-10-0") || text.contains("2026-09-1");
        match is_new {
            true => text.lines().filter(keep).map(|row| format!("{row}\n")).collect(),
            false => text.to_owned(),
        }
    });
    let statement = company.good(&[]);
    let held = statement
        .gates
        .iter()
        .any(|gate| gate.gate == Gate::G4MassFlag && gate.status == GateStatus::Hold);
    assert!(held, "{:?}", statement.gates);
}

#[test]
fn a_line_that_unreadable_rows_name_is_not_silent() {
    let company = Company::new();
    // 132 is idle; two rows of October name it and bear no time.
    company.edit_call_file("2026-10.csv.gz", |text| {
        let head: Vec<&str> = text.lines().next().unwrap().split(',').collect();
        let at = |name: &str| head.iter().position(|cell| *cell == name).unwrap();
        let mut rows: Vec<String> = text.lines().map(str::to_owned).collect();
        for id in ["x1", "x2"] {
            let mut cells: Vec<&str> = text.lines().nth(1).unwrap().split(',').collect();
            cells[at("id")] = id;
            cells[at("start")] = "46296.5";
            cells[at("source_extension")] = "132";
            rows.push(cells.join(","));
        }
        rows.join("\n") + "\n"
    });
    let statement = company.good(&[]);
    assert_eq!(line(&statement, "132").verdict, Verdict::Unknown);
    assert!(line(&statement, "132").reason.contains("quarantine.csv"));
}
