//! A call export that has no column for call ids.

use std::fs;
use std::path::Path;

use quietline::domain::{AccountStatement, Action, NightStatus};
use quietline::night::{Options, check, night};

use super::company::{job_in, world};
use super::phones::{Phones, line};

const TOLD: &str = "of sources.calls no column tells the call's id";

fn judged(folder: &Path, set: &[(&str, &str)]) -> AccountStatement {
    let job = job_in(folder, "job.toml", set);
    let statement = night(&job, &Options::default(), &world())
        .unwrap()
        .statement
        .unwrap();
    assert!(statement.status <= NightStatus::Warned, "{:?}", statement.gates);
    statement.accounts.into_iter().next().unwrap()
}

/// Takes the ids, which stand first, out of the call files.
fn take_out_ids(folder: &Path, parts: usize) {
    for at in 0..parts {
        let file = folder.join(format!("calls-{at}.csv"));
        let rows = fs::read_to_string(&file).unwrap();
        let without: String = rows
            .lines()
            .map(|row| format!("{}\n", row.split_once(',').unwrap().1))
            .collect();
        fs::write(file, without).unwrap();
    }
}

fn used(account: &AccountStatement) -> Vec<(String, u32, String)> {
    let lines = account.lines.iter();
    lines
        .map(|line| {
            (
                line.line.extension.clone(),
                line.activity.active_days_90,
                line.reason.clone(),
            )
        })
        .collect()
}

#[test]
fn lines_are_judged_as_with_ids_and_administrators_are_told_once() {
    let phones = Phones::named_by(&["user"]);
    let with_ids = phones.judged();
    assert!(!with_ids.notices.iter().any(|notice| notice.contains(TOLD)));
    let folder = tempfile::tempdir().unwrap();
    phones.write_in(folder.path(), "rule", 2);
    take_out_ids(folder.path(), 2);
    let checked = check(&job_in(folder.path(), "job.toml", &[]), &world()).unwrap();
    assert!(checked.contains(&format!("In 2 files {TOLD}")), "{checked}");
    let without = judged(folder.path(), &[]);
    assert_eq!(used(&without), used(&with_ids));
    let told = without.notices.iter().filter(|notice| notice.contains(TOLD));
    assert_eq!(told.count(), 1, "{:?}", without.notices);
    // What is remembered of the files says it again.
    let earlier = judged(folder.path(), &[("job.as_of", "2026-10-15")]);
    assert!(earlier.notices.iter().any(|notice| notice.contains(TOLD)));
}

#[test]
fn what_two_exports_hold_counts_once() {
    let folder = tempfile::tempdir().unwrap();
    let phones = Phones::named_by(&["user"]);
    phones.write_in(folder.path(), "rule", 1);
    take_out_ids(folder.path(), 1);
    let placed = |account: &AccountStatement| line(account, "101").activity.calls_out_90;
    let once = placed(&judged(folder.path(), &[]));
    let rows = fs::read_to_string(folder.path().join("calls-0.csv")).unwrap();
    let half: String = rows
        .lines()
        .take(rows.lines().count() / 2)
        .map(|row| format!("{row}\n"))
        .collect();
    fs::write(folder.path().join("calls-1.csv"), half).unwrap();
    fs::write(folder.path().join("calls-2.csv"), rows).unwrap();
    let afresh = [("job.store", "other/store"), ("job.reports", "other/reports")];
    assert_eq!(placed(&judged(folder.path(), &afresh)), once);
}

#[test]
fn a_column_of_ids_with_a_blank_cell_costs_that_row_alone() {
    let folder = tempfile::tempdir().unwrap();
    let mut phones = Phones::named_by(&["user"]);
    phones.calls[0].remove("id");
    let statement = phones.night_in(folder.path(), "rule", 1);
    let rows = &statement.accounts[0];
    assert!(!rows.notices.iter().any(|notice| notice.contains(TOLD)));
    let quarantine =
        fs::read_to_string(folder.path().join("reports/phones/2026-10-16/quarantine.csv")).unwrap();
    assert_eq!(
        quarantine.matches("is blank, and is needed").count(),
        1,
        "{quarantine}"
    );
}

/// With ids, the leg that a mobile took is seen beside the one that the line missed; without them its holder is asked.
#[test]
fn whoever_missed_calls_that_may_have_been_passed_on_is_asked_first() {
    let mut phones = Phones::named_by(&["user"]);
    let login = phones.line("115")["login_name"].clone();
    let mut missed = phones.calls[0].clone();
    for (column, text) in [
        ("id", "missed"),
        ("direction", "Inbound"),
        ("start", "2026-10-12 15:00:05"),
        ("length", "0"),
        ("result", "Missed"),
        ("from", "13125550001"),
        ("to", "12125550000"),
        ("source_user", ""),
        ("destination_user", &login),
    ] {
        missed.insert(column, text.to_owned());
    }
    phones.calls.push(missed);
    // Silent for twice the window: taken without a question.
    let set = [("scoring.window_days", "60")];
    let action = |ids: bool| {
        let folder = tempfile::tempdir().unwrap();
        phones.write_in(folder.path(), "rule", 1);
        if !ids {
            take_out_ids(folder.path(), 1);
        }
        line(&judged(folder.path(), &set), "115").action
    };
    assert_eq!(action(true), Action::RerouteThenReclaim);
    assert_eq!(action(false), Action::AskHolder);
}
