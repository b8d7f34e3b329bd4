//! Every table goes in and comes out whole; what is put twice stands once.

use super::*;
use crate::domain::{
    AccountBaseline, Baseline, CallKeys, Cents, Currency, DayState, FindingKind, FindingState, LedgerEntry,
    Line, Tier,
};
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::BTreeMap;

fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    (folder, store)
}

fn on(day: &str) -> NaiveDate {
    day.parse().unwrap()
}

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(second, 0).unwrap()
}

fn begin(tables: Tables<'_>, as_of: &str, revision: u32) -> i64 {
    let run = NewRun {
        job: "nightly".into(),
        as_of: on(as_of),
        revision,
        inputs_digest: "in".into(),
        settings_digest: "set".into(),
        started_at: at(1_000),
    };
    tables.open_run(&run).unwrap()
}

fn end(tables: Tables<'_>, id: i64, status: RunStatus) {
    let figures = AccountBaseline {
        flagged: ["4711".to_owned()].into(),
        lines: 60,
        billed_total: Cents(-1_299),
        ..AccountBaseline::default()
    };
    let summary = Baseline {
        scoring_digest: "rule-90".into(),
        accounts: [("A1".to_owned(), figures)].into(),
    };
    let ending = Ending {
        status,
        exit_code: 0,
        ended_at: at(1_060),
        report_digest: Some("rep".into()),
        change_hash: None,
        summary: Some(summary),
    };
    tables.close_run(id, &ending).unwrap();
}

#[test]
fn the_last_good_run_is_the_newest_night_before_that_was_not_held_blocked_or_killed() {
    let (_folder, store) = store();
    let tables = store.tables();
    for (as_of, status) in [
        ("2026-11-01", RunStatus::Ok),
        ("2026-11-02", RunStatus::Warned),
        ("2026-11-03", RunStatus::Held),
        ("2026-11-04", RunStatus::Blocked),
        ("2026-11-05", RunStatus::Failed),
        ("2026-11-07", RunStatus::Ok),
    ] {
        let id = begin(tables, as_of, 1);
        end(tables, id, status);
    }
    begin(tables, "2026-11-06", 1);
    let good = tables.last_good("nightly", on("2026-11-07")).unwrap().unwrap();
    assert_eq!((good.as_of, good.status), (on("2026-11-02"), RunStatus::Warned));
    assert_eq!(good.summary.unwrap().accounts["A1"].billed_total, Cents(-1_299));
    assert_eq!((good.started_at, good.ended_at), (at(1_000), Some(at(1_060))));
    assert!(tables.last_good("nightly", on("2026-11-01")).unwrap().is_none());
    assert!(tables.last_good("other", on("2026-12-01")).unwrap().is_none());
}

#[test]
fn a_night_is_finished_once_it_came_to_an_end_and_a_redo_stands_before_it() {
    let (_folder, store) = store();
    let tables = store.tables();
    let killed = begin(tables, "2026-11-01", 1);
    assert!(
        tables
            .find_finished("nightly", on("2026-11-01"))
            .unwrap()
            .is_none()
    );
    let again = begin(tables, "2026-11-01", 1);
    assert_eq!(
        tables.recent_runs("nightly", 9).unwrap()[1].status,
        RunStatus::Failed,
        "the killed run"
    );
    assert_ne!(killed, again);
    end(tables, again, RunStatus::Held);
    let redo = begin(tables, "2026-11-01", 2);
    end(tables, redo, RunStatus::Ok);
    let finished = tables
        .find_finished("nightly", on("2026-11-01"))
        .unwrap()
        .unwrap();
    assert_eq!(
        (finished.id, finished.revision, finished.status),
        (redo, 2, RunStatus::Ok)
    );
}

#[test]
fn inputs_are_kept_by_path_until_forgotten() {
    let (_folder, store) = store();
    let tables = store.tables();
    let mut input = ReadInput {
        path: "calls.csv".into(),
        size: 7,
        mtime_ns: 1_764_000_000_123_456_789,
        digest: "d".into(),
        table_name: "calls".into(),
        account: Some("A1".into()),
        first_day: Some(on("2026-01-01")),
        last_day: None,
        rows_read: 10,
        used: 7,
        duplicates: 2,
        quarantined: 1,
        result: serde_json::json!({"zones": ["Europe/Berlin"]}),
    };
    tables.put_input(&input).unwrap();
    input.used = 8;
    tables.put_input(&input).unwrap();
    assert_eq!(tables.input("calls.csv").unwrap(), Some(input));
    tables.forget_inputs("A1", NaiveDate::MIN).unwrap();
    assert_eq!(tables.input("calls.csv").unwrap(), None);
}

#[test]
fn a_source_s_day_read_again_is_replaced_and_nobody_elses() {
    let (_folder, store) = store();
    let tables = store.tables();
    let window = |source: &str, day: &str| LegWindow {
        account: "A1".into(),
        source: source.into(),
        day: on(day),
        digest: "d".into(),
        rows: 3,
        pruned: false,
    };
    let january = [window("jan.csv", "2026-01-01"), window("jan.csv", "2026-01-02")];
    tables.put_leg_windows(&january).unwrap();
    tables.put_leg_windows(&[window("api", "2026-01-02")]).unwrap();
    let again = LegWindow {
        rows: 4,
        ..window("jan.csv", "2026-01-02")
    };
    tables.put_leg_windows(std::slice::from_ref(&again)).unwrap();
    let kept = tables.leg_windows("A1").unwrap();
    assert_eq!(kept, [january[0].clone(), window("api", "2026-01-02"), again]);
    assert_eq!(tables.mark_pruned("A1", on("2026-01-03")).unwrap(), 3);
    assert_eq!(tables.mark_pruned("A1", on("2026-01-03")).unwrap(), 0);
    assert!(
        tables
            .leg_windows("A1")
            .unwrap()
            .iter()
            .all(|window| window.pruned)
    );
}

#[test]
fn coverage_usage_days_and_first_seen_keep_what_each_promises() {
    let (_folder, store) = store();
    let tables = store.tables();
    let mut known = Coverage {
        account: "A1".into(),
        source: "api".into(),
        day: on("2026-01-01"),
        state: DayState::Provisional,
        rows: 5,
        watermark: Some(at(99)),
    };
    tables.put_coverage(std::slice::from_ref(&known)).unwrap();
    known.state = DayState::Complete;
    tables.put_coverage(std::slice::from_ref(&known)).unwrap();
    assert_eq!(tables.coverage("A1").unwrap(), [known]);

    tables.see_lines("A1", &["1", "2"], on("2026-01-01")).unwrap();
    tables.see_lines("A1", &["2", "3"], on("2026-02-01")).unwrap();
    let seen = tables.first_seen("A1").unwrap();
    assert_eq!(
        seen.values().copied().collect::<Vec<_>>(),
        ["2026-01-01", "2026-01-01", "2026-02-01"].map(on)
    );

    let days = BTreeMap::from([
        (on("2026-01-01"), "k1".to_owned()),
        (on("2026-01-02"), "k2".to_owned()),
    ]);
    tables.put_usage_days("A1", &days).unwrap();
    assert_eq!(tables.usage_days("A1").unwrap(), days);
    assert_eq!(tables.forget_usage_days("A1", NaiveDate::MIN).unwrap(), 2);
}

#[test]
fn a_finding_keeps_its_first_day_even_when_an_older_night_is_run_late() {
    let (_folder, store) = store();
    let tables = store.tables();
    let seen = |day: &str, state| LedgerEntry {
        finding_id: "f1".into(),
        kind: FindingKind::IdleLine,
        account_id: "A1".into(),
        line_id: Some("4711".into()),
        cost_center: Some("CC-1".into()),
        tier: Some(Tier::Premium),
        first_seen: on(day),
        last_seen: on(day),
        invoice_date: Some(on("2026-01-01")),
        monthly_amount: Cents(2_999),
        currency: Currency::USD,
        state,
        approved_on: Some(on("2026-01-06")),
        actioned_on: None,
        realised_on: None,
        slipped_back_on: None,
        taken_back_by: None,
        dismissed_on: None,
    };
    for day in ["2026-01-05", "2026-01-09", "2026-01-07"] {
        tables
            .put_findings("nightly", &[seen(day, FindingState::Identified)])
            .unwrap();
    }
    tables
        .put_findings("nightly", &[seen("2026-01-08", FindingState::SlippedBack)])
        .unwrap();
    let kept = tables.findings("nightly", "A1").unwrap().remove(0);
    assert_eq!(
        (kept.first_seen, kept.last_seen),
        (on("2026-01-05"), on("2026-01-09"))
    );
    let last = LedgerEntry {
        first_seen: on("2026-01-05"),
        last_seen: on("2026-01-09"),
        ..seen("2026-01-08", FindingState::SlippedBack)
    };
    assert_eq!(kept, last, "and what came last holds of all else");
}

#[test]
fn a_line_that_leaves_the_list_is_remembered_without_its_holder() {
    let (folder, store) = store();
    let tables = store.tables();
    let line = |id: &str| {
        let line: Line = serde_json::from_value(serde_json::json!({
            "account_id": "A1", "line_id": id, "extension": id, "sip_ids": [], "status": "active",
            "email": "june.archer@example.test", "first_name": "June", "last_name": "Archer", "dids": ["17325550100"],
        }))
        .unwrap();
        line
    };
    let (stays, goes) = (line("101"), line("102"));
    tables
        .put_known_lines("A1", &[&stays, &goes], on("2026-01-05"))
        .unwrap();
    for night in ["2026-01-06", "2026-01-07"] {
        tables.put_known_lines("A1", &[&stays], on(night)).unwrap();
    }
    let known = tables.known_lines("A1").unwrap();
    let told: Vec<_> = known
        .iter()
        .map(|known| (known.line.line_id.as_str(), known.gone_on))
        .collect();
    assert_eq!(told, [("101", None), ("102", Some(on("2026-01-06")))]);
    assert_eq!(known[1].line.dids, goes.dids, "a number goes on being billed");
    let bytes = std::fs::read(folder.path().join("state.sqlite")).unwrap();
    assert!(!bytes.windows(6).any(|window| window == b"Archer"));

    tables.put_known_lines("A1", &[&goes], on("2026-01-08")).unwrap();
    let back: Vec<_> = tables
        .known_lines("A1")
        .unwrap()
        .into_iter()
        .map(|known| known.gone_on)
        .collect();
    assert_eq!(back, [Some(on("2026-01-08")), None]);
}

#[test]
fn what_calls_named_a_line_by_is_remembered_sealed_and_for_a_time() {
    let (folder, store) = store();
    let tables = store.tables();
    let seal = tables.seal().unwrap();
    let keys = |id: &str, user: &str| {
        let keys = serde_json::from_value::<CallKeys>(serde_json::json!({
            "line_id": id, "extension": id, "sip_ids": [], "dids": [], "users": [seal.seal(user)], "since": null, "until": null,
        }));
        keys.unwrap()
    };
    let (stays, goes) = (keys("101", "june.archer"), keys("102", "kit.archer"));
    let see = |keys: &[&CallKeys], night: &str| {
        let keys: Vec<CallKeys> = keys.iter().copied().cloned().collect();
        tables.put_seen_keys("A1", &keys, on(night)).unwrap();
        let seen = tables.seen_keys("A1").unwrap();
        let told = seen.iter().map(|seen| (seen.keys.line_id.clone(), seen.gone_on));
        told.collect::<Vec<_>>()
    };
    let both = |gone: Option<&str>| vec![("101".to_owned(), None), ("102".to_owned(), gone.map(on))];
    assert_eq!(see(&[&stays, &goes], "2026-01-05"), both(None));
    assert_eq!(see(&[&stays], "2026-01-06"), both(Some("2026-01-06")));
    assert_eq!(see(&[&stays], "2026-01-07"), both(Some("2026-01-06")));
    // A night made up for an older day.
    assert_eq!(see(&[&goes], "2026-01-04"), both(Some("2026-01-06")));
    assert_eq!(see(&[&stays, &goes], "2026-01-08"), both(None));
    let renamed = keys("101", "june.miller");
    assert_eq!(
        see(&[&renamed, &goes], "2026-01-09").len(),
        3,
        "the name before is kept beside"
    );
    let bytes = std::fs::read(folder.path().join("state.sqlite")).unwrap();
    assert!(!bytes.windows(6).any(|window| window == b"archer"));
    assert_eq!(
        see(&[&renamed], "2026-06-30").len(),
        2,
        "the old name is forgotten"
    );
}

#[test]
fn a_halt_is_set_once_and_cleared_once() {
    let (_folder, store) = store();
    let tables = store.tables();
    tables.put_halt("app", "login refused", at(5)).unwrap();
    assert_eq!(tables.halt("app").unwrap().unwrap().set_at, at(5));
    assert!(tables.clear_halt("app").unwrap());
    assert!(!tables.clear_halt("app").unwrap());
}
