//! Whole nights on the sample company: totals against the sums made by hand, and the same bytes again.

mod asked_first;
mod bounds;
mod broken;
mod cadence;
mod closed;
mod company;
mod decisions;
mod finance;
mod foreign_headings;
pub mod forget;
mod growing;
mod held_again;
mod in_other_words;
mod incidents;
mod left_out;
mod lost_keeps;
mod memory;
mod moved;
mod named;
mod net;
mod newcomer;
mod not_listed;
mod office;
mod open_folders;
mod other_jobs;
mod outbox;
mod phones;
mod previews;
mod quarantine;
mod record;
mod redone;
mod removals;
mod renumbered;
mod retention;
mod settled;
mod several_rows;
mod shapes;
mod shuffled;
mod spellings;
mod split_columns;
mod starting;
mod tiers;
mod together;
mod typed;
mod unreached;
mod unread;
mod unread_calls;
mod webhook;
mod without_ids;

use std::collections::BTreeMap;
use std::fs;

use quietline::domain::{Statement, Verdict};
use quietline::night::Options;

pub use company::Company;
pub use company::{checkout, csv_rows, job_in, world};
use company::{files_of, text};

/// `sample_data/expected*.csv` were worked out by hand from the specification, before anything here could compute them.
#[test]
fn the_sample_adds_up_to_the_sums_made_by_hand() {
    let company = Company::new();
    company.good(&[]);
    let lines = csv_rows(&company.path("reports/sample/latest/lines.csv"));
    let by_id: BTreeMap<&String, &BTreeMap<String, String>> =
        lines.iter().map(|line| (&line["line_id"], line)).collect();
    let expected = csv_rows(&checkout().join("sample_data/expected.csv"));
    assert_eq!(lines.len(), expected.len());
    for row in &expected {
        for column in [
            "verdict",
            "action",
            "monthly_cost",
            "recoverable",
            "recoverable_on",
            "notice_by",
        ] {
            assert_eq!(
                by_id[&row["line_id"]][column], row[column],
                "line {}, {column}: {}",
                row["line_id"], row["why"]
            );
        }
    }

    let summary: serde_json::Value =
        serde_json::from_slice(&fs::read(company.path("reports/sample/latest/summary.json")).unwrap())
            .unwrap();
    let account = &summary["accounts"][0];
    for row in csv_rows(&checkout().join("sample_data/expected_totals.csv")) {
        let parts: Vec<&str> = row["key"].split('.').collect();
        let found = match parts[..] {
            ["coverage", _, days] => &summary["coverage"][0][days],
            ["findings", kind] => &account["findings"][kind]["count"],
            _ => parts.iter().fold(account, |value, part| &value[part]),
        };
        assert_eq!(text(found), row["value"], "{}", row["key"]);
    }
}

#[test]
fn the_committed_report_is_what_the_sample_gives() {
    let company = Company::new();
    company.good(&[]);
    let (found, committed) = (
        company.report(),
        files_of(&checkout().join("reports/sample/2026-10-16")),
    );
    let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&found), names(&committed));
    for (name, bytes) in &found {
        assert!(
            *bytes == committed[name],
            "{name} differs from reports/sample; run `just sample` if that is meant"
        );
    }
}

#[test]
fn a_finished_night_sends_nothing_again_and_a_changed_one_asks_for_redo() {
    let company = Company::new();
    company.good(&[]);
    assert_eq!(company.mails(), 2);
    let report = company.report();
    let again = company.run(&[], &Options::default()).unwrap();
    assert!(again.statement.is_none() && again.exit_code == 0);
    assert_eq!((company.mails(), company.report()), (2, report));

    let changed = [("scoring.window_days", "100")];
    let refused = company.run(&changed, &Options::default()).err().unwrap();
    assert_eq!(refused.exit_code(), 2);
    assert!(refused.to_string().contains("--redo"), "{refused}");
    company
        .run(
            &changed,
            &Options {
                redo: true,
                ..Options::default()
            },
        )
        .unwrap();
    assert!(company.path("reports/sample/2026-10-16.r2/report.html").exists());
    assert_eq!(company.mails(), 4);
}

#[test]
fn a_dry_run_leaves_no_trace() {
    let company = Company::new();
    let outcome = company
        .run(
            &[],
            &Options {
                dry_run: true,
                ..Options::default()
            },
        )
        .unwrap();
    assert_eq!(outcome.statement.unwrap().accounts[0].lines.len(), 64);
    for trace in ["store", "reports", "outbox"] {
        assert!(!company.path(trace).exists(), "{trace}");
    }
}

#[test]
fn nights_one_by_one_and_one_night_at_once_give_the_same_figures() {
    let (stepwise, at_once) = (Company::new(), Company::new());
    for as_of in ["2026-10-14", "2026-10-15"] {
        stepwise.good(&[("job.as_of", as_of)]);
    }
    let (stepwise, at_once) = (stepwise.good(&[]), at_once.good(&[]));
    // What depends on the nights themselves, not on the data: since when a finding stands, and what G4 compares with.
    let figures = |statement: &Statement| {
        let account = &statement.accounts[0];
        (
            account.lines.clone(),
            account.bridge.clone(),
            account.recoverable.clone(),
            statement.coverage.clone(),
        )
    };
    assert_eq!(figures(&stepwise), figures(&at_once));
}

#[test]
fn a_confirmed_quiet_day_is_known() {
    let company = Company::new();
    let before = company.good(&[("job.as_of", "2026-10-15")]);
    let suspects = |statement: &Statement| statement.coverage[0].partial_days;
    assert_eq!(suspects(&before), 6);
    let after = company.good(&[("gates.accept_empty", "2026-10-08")]);
    assert_eq!(suspects(&after), 5);
    let later = company
        .run(
            &[],
            &Options {
                redo: true,
                ..Options::default()
            },
        )
        .unwrap()
        .statement
        .unwrap();
    assert_eq!(suspects(&later), 5, "confirmed once is confirmed");
}

#[test]
fn raw_legs_leave_on_time_and_the_usage_stays() {
    let company = Company::new();
    let first = company.good(&[]);
    let days = fs::read_dir(company.path("store/legs/913874")).unwrap().count();
    assert!(days <= 21, "{days} days of raw legs are left");
    let again = company
        .run(
            &[("scoring.window_days", "91")],
            &Options {
                redo: true,
                ..Options::default()
            },
        )
        .unwrap();
    let used = |statement: &Statement| {
        let lines = statement.accounts[0].lines.iter();
        lines
            .map(|line| (line.line.line_id.clone(), line.activity.clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(used(&first), used(&again.statement.unwrap()));
    let known = first.accounts[0]
        .lines
        .iter()
        .filter(|line| line.verdict != Verdict::Unknown)
        .count();
    assert_eq!(known, 63);
}

#[test]
fn a_changed_zone_is_refused_until_the_usage_is_rebuilt() {
    let company = Company::new();
    company.good(&[]);
    let moved = [("accounts.913874.time_zone", "Asia/Tokyo")];
    let refused = company
        .run(
            &moved,
            &Options {
                redo: true,
                ..Options::default()
            },
        )
        .err()
        .unwrap();
    assert_eq!(refused.exit_code(), 78);
    assert!(refused.to_string().contains("--rebuild"), "{refused}");
    let rebuilt = company
        .run(
            &moved,
            &Options {
                redo: true,
                rebuild: true,
                ..Options::default()
            },
        )
        .unwrap();
    assert_eq!(rebuilt.statement.unwrap().accounts[0].time_zone, "Asia/Tokyo");
}
