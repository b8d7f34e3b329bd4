//! Every way in which broken data must not become a verdict: the gate or error that stops it is named.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use quietline::domain::{Gate, GateStatus, NightStatus, Statement};
use quietline::failure::Failure;
use quietline::night::Options;

use super::Company;

/// The lines that a night calls idle, never used, unassigned or left.
fn flagged(statement: &Statement) -> BTreeSet<String> {
    let lines = statement.accounts.iter().flat_map(|account| &account.lines);
    lines
        .filter(|line| line.verdict.is_waste())
        .map(|line| line.line.line_id.clone())
        .collect()
}

/// A night a week after a good one, with its data broken: what stopped it, or what it still says.
enum Stopped {
    ByGate(Statement),
    ByError(Failure),
}

fn break_after_a_good_night(break_it: impl Fn(&Company)) -> (Company, Stopped) {
    let company = Company::new();
    company.good(&[("job.as_of", "2026-10-09")]);
    break_it(&company);
    let stopped = match company.run(&[], &Options::default()) {
        Ok(outcome) => Stopped::ByGate(outcome.statement.unwrap()),
        Err(failure) => Stopped::ByError(failure),
    };
    (company, stopped)
}

#[track_caller]
fn assert_gate(gate: Gate, break_it: impl Fn(&Company)) {
    let (company, stopped) = break_after_a_good_night(break_it);
    let Stopped::ByGate(statement) = stopped else {
        panic!("stopped by an error, not by {gate}")
    };
    let fired: Vec<_> = statement
        .gates
        .iter()
        .filter(|report| report.status >= GateStatus::Hold)
        .collect();
    assert!(
        fired.iter().any(|report| report.gate == gate),
        "{gate} did not fire: {:?}",
        statement.gates
    );
    assert!(matches!(
        statement.status,
        NightStatus::Held | NightStatus::Blocked
    ));
    let of_the_incident = usize::from(statement.status == NightStatus::Blocked);
    assert_eq!(
        company.mails(),
        2 + of_the_incident,
        "finance and admins were sent something"
    );
    let latest = fs::read_link(company.path("reports/sample/latest")).unwrap();
    assert_eq!(latest, Path::new("2026-10-09"), "the last good report stands");
    let withheld =
        fs::read_to_string(company.path("reports/sample/2026-10-16.withheld/idle_seats.csv")).unwrap();
    assert_eq!(withheld.lines().count(), 1, "a withheld night has no list");
}

#[track_caller]
fn assert_error(exit_code: u8, words: &str, break_it: impl Fn(&Company)) {
    let (company, stopped) = break_after_a_good_night(break_it);
    let Stopped::ByError(failure) = stopped else {
        panic!("nothing stopped the night")
    };
    assert_eq!(failure.exit_code(), exit_code, "{failure}");
    assert!(failure.to_string().contains(words), "{failure}");
    let of_the_incident = usize::from([65, 76].contains(&exit_code));
    assert_eq!(company.mails(), 2 + of_the_incident);
}

fn heading_only(text: &str) -> String {
    text.lines().take(1).map(|line| format!("{line}\n")).collect()
}

#[test]
fn another_accounts_lines_are_not_silent() {
    assert_gate(Gate::G3Join, |company| {
        company.edit("sample_data/lines.csv", foreign)
    });
}

/// Every key by which a call could find its line is somebody else's.
pub fn foreign(text: &str) -> String {
    let keys = [
        "extension",
        "external_id",
        "sip_ids",
        "user_id",
        "login_name",
        "email",
        "dids",
    ];
    let mut lines = text.lines();
    let head = lines.next().unwrap().to_owned();
    let is_key: Vec<bool> = head.split(',').map(|name| keys.contains(&name)).collect();
    let rows = lines.map(|line| {
        let cells = line.split(',').zip(&is_key).map(|(cell, key)| match (cell, key) {
            ("", _) | (_, false) => cell.to_owned(),
            (cell, true) => format!("77{cell}"),
        });
        cells.collect::<Vec<_>>().join(",")
    });
    std::iter::once(head)
        .chain(rows)
        .map(|line| line + "\n")
        .collect()
}

#[test]
fn a_shrunken_line_list_is_held() {
    assert_gate(Gate::G4MassFlag, |company| {
        company.edit("sample_data/lines.csv", |text| {
            let kept = text.lines().count() * 3 / 4;
            text.lines().take(kept).map(|line| format!("{line}\n")).collect()
        });
    });
}

#[test]
fn calls_that_stop_are_stale_and_not_silent() {
    assert_gate(Gate::G5Freshness, |company| {
        for month in ["2026-10", "2026-09"] {
            let _ = fs::remove_file(company.path(&format!("sample_data/calls/{month}.csv.gz")));
        }
        // A store that never saw them either.
        fs::remove_dir_all(company.path("store/usage")).unwrap();
        fs::remove_dir_all(company.path("store/legs")).unwrap();
        let database = company.path("store/state.sqlite");
        let connection = rusqlite::Connection::open(database).unwrap();
        connection
            .execute_batch(
                "DELETE FROM leg_windows; DELETE FROM usage_days; DELETE FROM inputs; DELETE FROM coverage;",
            )
            .unwrap();
    });
}

#[test]
fn unknown_results_everywhere_are_a_changed_schema() {
    assert_gate(Gate::G9Schema, |company| {
        company.edit_calls(|text| text.replace("Answered", "Quantum").replace("answered", "quantum"));
    });
}

#[test]
fn empty_and_misshapen_files_are_errors_with_their_place() {
    assert_error(76, "extension", |company| {
        company.edit("sample_data/lines.csv", |text| {
            text.replacen("extension", "colour", 1)
        });
    });
    assert_error(69, "sources.charges.files", |company| {
        fs::remove_file(company.path("sample_data/charges.csv")).unwrap();
    });
    assert_error(65, "contracts.csv", |company| {
        company.edit("sample_data/contracts.csv", |text| {
            text.replace("2026-12-31", "2019-12-31")
        });
    });
}

#[test]
fn check_says_why_a_row_is_not_used() {
    let company = Company::new();
    company.edit("sample_data/charges.csv", |text| {
        text.replacen(".99,", ".999,", 1)
    });
    let seen = company.check().unwrap();
    assert!(seen.contains("1 quarantined"), "{seen}");
    assert!(
        seen.contains("quarantined: charges.csv, row 2, column amount"),
        "{seen}"
    );
}

#[test]
fn check_says_how_the_newest_bill_was_read() {
    let company = Company::new();
    company.edit("sample_data/charges.csv", |text| {
        text.replace("VBC Advanced annual term", "Business Pro seat, year")
    });
    let seen = company.check().unwrap();
    for told in [
        "account 913874: the newest bill is INV-2026-10 of 2026-10-01, read as\n",
        "  lines, premium, annual: 10 rows, USD 209.90: \"VBC Premium annual term\"\n",
        "  usage: 1 row, USD 14.04: \"International calling usage, September\"\n",
        "  of unknown kind: 2 rows, USD 55.98: \"Business Pro seat, year\"; no rule of the price book knows them (charge_rules)\n",
    ] {
        assert!(seen.contains(told), "{told}\n{seen}");
    }
}

#[test]
fn a_line_list_without_lines_blocks() {
    let (_, stopped) =
        break_after_a_good_night(|company| company.edit("sample_data/lines.csv", heading_only));
    match stopped {
        Stopped::ByGate(statement) => assert_eq!(statement.status, NightStatus::Blocked),
        Stopped::ByError(failure) => assert!([65, 69, 76].contains(&failure.exit_code()), "{failure}"),
    }
}

#[test]
fn a_mass_flag_is_released_by_its_own_hash_and_no_other() {
    let company = Company::new();
    company.good(&[("job.as_of", "2026-10-09")]);
    // All but a few people leave at once.
    company.edit("sample_data/directory.csv", |text| {
        text.replace(",active,", ",departed,")
    });
    let held = company.good(&[]);
    assert_eq!(held.status, NightStatus::Held);
    let accept = held.gates.iter().find_map(|gate| gate.accept.clone()).unwrap();
    let wrong = Options {
        accepted: vec!["000000000000".into()],
        ..Options::default()
    };
    assert_eq!(
        company.run(&[], &wrong).unwrap().statement.unwrap().status,
        NightStatus::Held
    );
    let right = Options {
        accepted: vec![accept],
        ..Options::default()
    };
    let released = company.run(&[], &right).unwrap().statement.unwrap();
    assert_eq!(released.status, NightStatus::Warned);
    assert_eq!(flagged(&held), flagged(&released));
    assert_eq!(company.mails(), 4);
}

/// Rows of the last week, the only ones that the night before has not seen, with other cells; none leaves the row out.
fn change_last_week(company: &Company, change: impl Fn(&str, &str) -> Option<String>) {
    company.edit_call_file("2026-10.csv.gz", |text| {
        let mut lines = text.lines();
        let head: Vec<&str> = lines.next().unwrap().split(',').collect();
        let start = head.iter().position(|name| *name == "start").unwrap();
        let row = |line: &str| {
            let cells: Vec<&str> = line.split(',').collect();
            if cells[start] < "2026-10-12" {
                return Some(line.to_owned() + "\n");
            }
            let changed: Option<Vec<String>> = head
                .iter()
                .zip(&cells)
                .map(|(name, cell)| change(name, cell))
                .collect();
            changed.map(|cells| cells.join(",") + "\n")
        };
        let rows: String = lines.filter_map(row).collect();
        head.join(",") + "\n" + &rows
    });
}

fn names_an_end(column: &str, cell: &str) -> bool {
    let is_end = column.ends_with("_extension") || column.ends_with("_user") || column.ends_with("_sip_id");
    !cell.is_empty() && (is_end || matches!(column, "from" | "to") && cell.len() < 7)
}

#[test]
fn another_companys_calls_of_one_week_do_not_drown_in_ninety_days() {
    assert_gate(Gate::G3Join, |company| {
        change_last_week(company, |column, cell| match names_an_end(column, cell) {
            true => Some(format!("77{cell}")),
            false => Some(cell.to_owned()),
        });
    });
}

#[test]
fn names_concealed_in_one_week_do_not_drown_in_ninety_days() {
    assert_gate(Gate::G3Join, |company| {
        change_last_week(company, |column, cell| match names_an_end(column, cell) {
            true => Some(String::new()),
            false => Some(cell.to_owned()),
        });
    });
}

#[test]
fn unknown_words_of_one_week_do_not_drown_in_ninety_days() {
    assert_gate(Gate::G9Schema, |company| {
        change_last_week(company, |column, cell| match column {
            "result" => Some(format!("new {cell}")),
            _ => Some(cell.to_owned()),
        });
    });
}

#[test]
fn a_login_that_lost_its_rights_for_a_week_is_no_silence_of_the_others() {
    assert_gate(Gate::G2Empty, |company| {
        change_last_week(company, |column, cell| {
            let is_others =
                matches!(column, "source_extension" | "destination_extension") && !matches!(cell, "" | "127");
            (!is_others).then(|| cell.to_owned())
        });
    });
}

#[test]
fn calls_of_next_year_are_a_wrong_clock() {
    assert_gate(Gate::G6Clock, |company| {
        change_last_week(company, |column, cell| match column {
            "start" | "end" => Some(cell.replace("2026", "2027")),
            _ => Some(cell.to_owned()),
        });
    });
}
