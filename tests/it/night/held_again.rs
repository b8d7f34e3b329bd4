//! A change that holds night after night: who is asked, how often, and what the answer is good for.

use std::collections::BTreeSet;

use quietline::domain::{NightStatus, Statement, Verdict};
use quietline::night::{preview, standing};

use super::company::world;
use super::office::Office;

/// A company in which everybody uses the phone.
fn all_in_use() -> Office {
    let account = Office::new(60, "rule").good("2026-10-05");
    let used: BTreeSet<String> = account
        .lines
        .iter()
        .filter(|line| line.verdict == Verdict::InUse)
        .map(|line| line.line.extension.clone())
        .collect();
    let office = Office::new(60, "rule");
    let others: Vec<String> = office
        .rows("lines")
        .iter()
        .map(|row| row["extension"].clone())
        .filter(|extension| !used.contains(extension))
        .collect();
    office.edit("lines", |rows| {
        rows.retain(|row| used.contains(&row["extension"]))
    });
    office.hide_calls(&others);
    office
}

fn hashes(statement: &Statement) -> Vec<String> {
    let held = statement.gates.iter();
    held.filter_map(|gate| gate.accept.clone()).collect()
}

#[test]
fn a_first_night_without_any_waste_is_asked_about_once_and_accepted_for_good() {
    let office = all_in_use();
    let mut asked = BTreeSet::new();
    for as_of in [
        "2026-10-05",
        "2026-10-06",
        "2026-10-07",
        "2026-10-08",
        "2026-10-09",
    ] {
        let night = office.run(as_of);
        assert_eq!(night.status, NightStatus::Held, "{as_of}: {:?}", night.gates);
        asked.extend(hashes(&night));
        assert_eq!(office.operators_mails(), 1, "{as_of}");
    }
    assert_eq!(asked.len(), 1, "{asked:?}");
    let hash = asked.first().unwrap();
    assert!(office.run_accepting("2026-10-10", hash).status <= NightStatus::Warned);
    for as_of in ["2026-10-11", "2026-10-12", "2026-10-13"] {
        office.good(as_of);
    }
    assert_eq!(office.operators_mails(), 1);
}

/// Whoever looks after the first night was held is told so, and not to run it first.
#[test]
fn a_held_first_night_is_named_by_preview_and_status() {
    let office = all_in_use();
    office.run("2026-10-05");
    let job = office.job("2026-10-05");
    let none = preview(&job, false, None, &world()).err().unwrap().to_string();
    assert!(
        none.contains("the last night, 2026-10-05, made no report (held)"),
        "{none}"
    );
    assert!(!none.contains("run the night first"), "{none}");
    let standing = standing(&job).unwrap().shown();
    assert!(
        standing.contains("no day is kept yet; a night that is held or fails keeps none"),
        "{standing}"
    );
}
