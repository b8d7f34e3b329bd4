//! A company that is closed: nothing newer comes, and nobody is to be asked about the same days each night.

use quietline::domain::{Gate, GateStatus, NightStatus, Statement};

use super::office::Office;

fn hash_of_block(statement: &Statement) -> Option<String> {
    let blocks = statement
        .gates
        .iter()
        .find(|gate| gate.status == GateStatus::Block)?;
    assert_eq!(blocks.gate, Gate::G5Freshness, "{}", blocks.detail);
    blocks.accept.clone()
}

#[test]
fn days_that_are_confirmed_to_have_had_no_call_make_the_calls_no_older() {
    let office = Office::new(12, "rule");
    let everybody: Vec<String> = office
        .rows("lines")
        .iter()
        .map(|row| row["extension"].clone())
        .collect();
    // A Monday.
    office.hide_calls_from(&everybody, "2026-10-05");
    assert_eq!(hash_of_block(&office.run("2026-10-07")), None);
    let hash = hash_of_block(&office.run("2026-10-08")).unwrap();
    assert!(office.run_accepting("2026-10-08", &hash).status <= NightStatus::Warned);
    for as_of in ["2026-10-09", "2026-10-11"] {
        assert!(office.run(as_of).status <= NightStatus::Warned, "{as_of}");
    }
    assert!(hash_of_block(&office.run("2026-10-15")).is_some_and(|later| later != hash));
}
