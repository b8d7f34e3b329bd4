//! One thing in several rows: never the first row wins, never the phone is taken that somebody has.

use std::fs;

use quietline::domain::{AccountStatement, TableName, Verdict};

use super::phones::{Phones, Row, line, row, verdict};
use crate::pull::read;

pub const HEADINGS: &str = "email,login,status,departed_on,on_leave_until,department\n";

/// The night with the rows of this table as they stand, and turned round.
fn both_ways(
    phones: &mut Phones,
    table: &'static str,
    headings: &str,
    rows: &[&str],
) -> [AccountStatement; 2] {
    [false, true].map(|turned| {
        let mut rows = rows.to_vec();
        if turned {
            rows.reverse();
        }
        phones
            .files
            .insert(table, format!("{headings}{}\n", rows.join("\n")));
        phones.judged()
    })
}

#[test]
fn rows_of_one_person_are_merged_by_what_leaves_the_phone() {
    let mut phones = Phones::named_by(&["user"]);
    let rows = [
        // Deleted and created again.
        "ada.birch@example.test,,departed,2026-03-01,,",
        "ada.birch@example.test,,active,,,Sales",
        // A leave that only another row knows, by what the first row says that they sign in with.
        "oona.pike@example.test,o.pike@corp.example.test,active,,,",
        "o.pike@corp.example.test,,active,,2026-12-31,",
        "Paul.Quist@example.test,,departed,2026-03-01,,",
        "paul.quist@example.test,,departed,2026-05-20,,",
    ];
    for account in both_ways(&mut phones, "directory", HEADINGS, &rows) {
        assert_eq!(verdict(&account, "101"), Verdict::InUse);
        assert_eq!(line(&account, "101").line.department.as_deref(), Some("Sales"));
        assert_eq!(verdict(&account, "115"), Verdict::OnLeave);
        let paul = line(&account, "116");
        assert_eq!(paul.verdict, Verdict::Leaver);
        assert!(paul.reason.contains("2026-05-20"), "{}", paul.reason);
    }
}

#[test]
fn a_person_s_row_that_cannot_be_read_decides_nothing() {
    let mut phones = Phones::named_by(&["user"]);
    let rows = [
        "oona.pike@example.test,,departed,2026-03-01,,",
        "oona.pike@example.test,,active,,2026-31-31,",
        "paul.quist@example.test,,sabbatical,,,",
        "ada.birch@example.test,,departed,2026-03-01,,",
    ];
    for account in both_ways(&mut phones, "directory", HEADINGS, &rows) {
        for extension in ["115", "116"] {
            assert_eq!(verdict(&account, extension), Verdict::Unknown, "{extension}");
        }
    }
}

/// Zed Zorn beside the holder of an extension that the list has already.
pub fn second_holder(phones: &mut Phones, extension: &str, since: &str) {
    phones.lines.push(row([
        ("extension", extension),
        ("login_name", "zed.zorn"),
        ("email", "zed.zorn@example.test"),
        ("first_name", "Zed"),
        ("last_name", "Zorn"),
        ("kind", "person"),
        ("seat_since", since),
    ]));
}

#[test]
fn an_earlier_holder_ends_where_the_next_begins() {
    let mut phones = Phones::named_by(&["user"]);
    second_holder(&mut phones, "116", "2026-10-09");
    let left = ["paul.quist@example.test,,departed,2026-10-02,,"];
    for _ in 0..2 {
        for account in both_ways(&mut phones, "directory", HEADINGS, &left) {
            let held = line(&account, "116");
            assert_eq!(
                (held.verdict, held.line.login_name.as_deref()),
                (Verdict::New, Some("zed.zorn"))
            );
        }
        phones.lines.reverse();
    }
}

#[test]
fn two_holders_at_once_leave_the_line_unknown() {
    let mut phones = Phones::named_by(&["user"]);
    second_holder(&mut phones, "116", "");
    let left = ["paul.quist@example.test,,departed,2026-03-02,,"];
    let mut shown = Vec::new();
    for _ in 0..2 {
        for account in both_ways(&mut phones, "directory", HEADINGS, &left) {
            let held = line(&account, "116");
            assert_eq!(held.verdict, Verdict::Unknown, "{}", held.reason);
            shown.push((held.line.login_name.clone(), held.reason.clone()));
        }
        phones.lines.reverse();
    }
    assert!(shown.iter().all(|one| *one == shown[0]), "{shown:?}");
}

pub fn shuffled<T>(rows: &mut [T], seed: u64) {
    let mut state = seed;
    for at in (1..rows.len()).rev() {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        rows.swap(at, (state >> 33) as usize % (at + 1));
    }
}

#[test]
fn the_order_of_rows_changes_nothing() {
    let night = |seed: u64| {
        let mut phones = Phones::named_by(&["user", "extension"]);
        second_holder(&mut phones, "114", "2026-10-01");
        second_holder(&mut phones, "113", "");
        let twice: Row = phones.line("112").clone();
        phones.lines.push(twice);
        let mut people = vec![
            "ada.birch@example.test,,departed,2026-03-01,,Sales",
            "ada.birch@example.test,,active,,,Board",
            "ADA.birch@example.test,,active,,2026-12-31,Works",
            "oona.pike@example.test,,disabled,,,",
            "oona.pike@example.test,,departed,,,",
            "paul.quist@example.test,,departed,2026-03-01,,",
            "paul.quist@example.test,,departed,2026-03-01,,",
        ];
        let mut decisions = vec![
            "115,reclaim,,2026-10-01,Oona Pike,no",
            "115,reassign,,2026-10-01,Oona Pike,no",
            "116,keep,2027-01-31,2026-10-01,Paul Quist,one",
            "116,keep,2027-01-31,2026-10-01,Paul Quist,two",
        ];
        if seed > 0 {
            shuffled(&mut phones.lines, seed);
            shuffled(&mut phones.calls, seed);
            shuffled(&mut people, seed);
            shuffled(&mut decisions, seed);
        }
        phones
            .files
            .insert("directory", format!("{HEADINGS}{}\n", people.join("\n")));
        let headings = "line_id,decision,expires_on,decided_on,user_name,reason";
        phones
            .files
            .insert("decisions", format!("{headings}\n{}\n", decisions.join("\n")));
        let account = phones.judged();
        let told = |line: &quietline::domain::ScoredLine| {
            let decision = line.decision;
            format!(
                "{:?} {:?} {} {decision:?} {:?}",
                line.line, line.verdict, line.action, line.activity
            )
        };
        account.lines.iter().map(told).collect::<Vec<_>>()
    };
    let plain = night(0);
    for seed in 1..3 {
        assert_eq!(night(seed), plain, "{seed}");
    }
}

#[test]
fn a_day_without_business_has_one_name_whichever_row_comes_first() {
    let rows = [
        "2026-12-25,Christmas Day",
        "2026-12-25,",
        "2026-12-25,Weihnachten",
    ];
    for order in [[0, 1, 2], [1, 2, 0], [2, 1, 0]] {
        let text = format!("day,name\n{}\n", order.map(|at| rows[at]).join("\n"));
        let tables = read(TableName::Holidays, "holidays.csv", text.into_bytes()).unwrap();
        let names: Vec<Option<&str>> = tables.holidays.iter().map(|day| day.name.as_deref()).collect();
        assert_eq!(names, [Some("Christmas Day")]);
    }
}

#[test]
fn a_call_that_two_files_bring_is_used_once_in_every_count() {
    let folder = tempfile::tempdir().unwrap();
    let phones = Phones::named_by(&["extension", "user"]);
    let once = phones.night_in(folder.path(), "rule", 1);
    for made in ["store", "reports"] {
        fs::remove_dir_all(folder.path().join(made)).unwrap();
    }
    let all = fs::read_to_string(folder.path().join("calls-0.csv")).unwrap();
    let (headings, rows) = all.split_once('\n').unwrap();
    // The first rows once more, and one of them with a later day's as a file of its own.
    let repeated: Vec<&str> = rows.lines().take(300).collect();
    fs::write(
        folder.path().join("calls-1.csv"),
        format!("{headings}\n{}\n", repeated.join("\n")),
    )
    .unwrap();
    fs::write(
        folder.path().join("calls-2.csv"),
        format!("{headings}\n{}\n", repeated[..10].join("\n")),
    )
    .unwrap();
    let job = super::company::job_in(folder.path(), "job.toml", &[]);
    let outcome = quietline::night::night(
        &job,
        &quietline::night::Options::default(),
        &super::company::world(),
    );
    let twice = outcome.unwrap().statement.unwrap();
    let calls = |statement: &quietline::domain::Statement| {
        let calls = statement.inputs.iter().filter(|input| input.table == "calls");
        let counts = calls.map(|input| {
            assert_eq!(
                input.used + input.duplicates + input.quarantined,
                input.rows_read,
                "{}",
                input.name
            );
            (input.used, input.duplicates)
        });
        counts.fold((0, 0), |sum, (used, duplicates)| {
            (sum.0 + used, sum.1 + duplicates)
        })
    };
    let (used, duplicates) = calls(&once);
    assert_eq!(duplicates, 0);
    assert_eq!(calls(&twice), (used, 310));
    let activity = |statement: &quietline::domain::Statement| {
        let lines = statement.accounts[0].lines.iter();
        lines.map(|line| line.activity.clone()).collect::<Vec<_>>()
    };
    assert_eq!(activity(&twice), activity(&once));
}

#[test]
fn a_cell_beside_never_costs_the_row_and_a_word_that_nobody_knows_leaves_no_line_idle() {
    struct Cell {
        column: &'static str,
        text: &'static str,
        verdict: Verdict,
        told: &'static str,
    }
    let cell = |column, text, verdict, told| Cell {
        column,
        text,
        verdict,
        told,
    };
    let unknown = Verdict::Unknown;
    let nights = [
        [
            cell("seat_since", "Never", Verdict::Idle, ""),
            cell("kind", "Hoover", Verdict::Idle, ""),
        ],
        [
            cell(
                "status",
                "on sabbatical",
                unknown,
                "\"on sabbatical\", is none that is known",
            ),
            cell(
                "status",
                "parental leave",
                unknown,
                "\"parental leave\", is none that is known",
            ),
        ],
        [
            // A word of a protected kind protects, whatever else stands there.
            cell("kind", "Aufzugnotruf", Verdict::Protected, ""),
            cell("status", "Inactive", Verdict::Idle, ""),
        ],
    ];
    for cells in nights {
        let mut phones = Phones::named_by(&["extension", "user"]);
        for (extension, cell) in ["115", "116"].into_iter().zip(&cells) {
            phones.line(extension).insert(cell.column, cell.text.to_owned());
        }
        // Who is in use stays so.
        phones
            .line("101")
            .insert(cells[0].column, cells[0].text.to_owned());
        let statement = phones.run();
        let notes: Vec<&String> = statement.inputs.iter().flat_map(|input| &input.notes).collect();
        assert_eq!(statement.quarantine, [], "{}", cells[0].text);
        let account = &statement.accounts[0];
        for (extension, cell) in ["115", "116"].into_iter().zip(&cells) {
            let found = line(account, extension);
            assert_eq!(
                found.verdict, cell.verdict,
                "{} {}: {}",
                cell.column, cell.text, found.reason
            );
            assert!(found.reason.contains(cell.told), "{}", found.reason);
            // One cell, or the two of this line and 101.
            let told = ["cell", "cells"].map(|cells| format!("{cells} of {} cannot be read", cell.column));
            let is_left_out = |note: &&&String| told.iter().any(|told| note.contains(told));
            let is_known = cell.text == "Inactive";
            assert_eq!(
                notes.iter().any(|note| is_left_out(&note)),
                !is_known,
                "{notes:?}"
            );
        }
        assert_ne!(verdict(account, "101"), Verdict::Unknown, "{}", cells[0].text);
    }
}
