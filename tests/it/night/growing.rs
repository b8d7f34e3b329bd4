//! A call file that somebody is still writing to while a night reads it.

use quietline::domain::{Gate, Statement};
use quietline::night::Options;

use super::company::Company;
use crate::pull::growing::while_written;

#[test]
fn a_call_file_that_is_being_written_waits_and_is_named() {
    let company = Company::new();
    let path = company.path("sample_data/calls/2026-09.csv.gz");
    let told = "2026-09.csv.gz changed while it was read";
    // Zeros say nothing behind what is packed.
    let (checked, outcome) = while_written(&path, &[0], || {
        (
            company.check().unwrap(),
            company.run(&[], &Options::default()).unwrap(),
        )
    });
    assert!(checked.contains(told), "{checked}");
    let half = outcome.statement.unwrap();
    let notices: Vec<&String> = half
        .accounts
        .iter()
        .flat_map(|account| &account.notices)
        .collect();
    assert!(notices.iter().any(|notice| notice.contains(told)), "{notices:?}");
    assert!(
        known_days(&half).contains(" 367 days known "),
        "{}",
        known_days(&half)
    );

    let again = Options {
        redo: true,
        ..Options::default()
    };
    let whole = company.run(&[], &again).unwrap().statement.unwrap();
    assert!(
        known_days(&whole).contains(" 394 days known "),
        "{}",
        known_days(&whole)
    );
    let mut notices = whole.accounts.iter().flat_map(|account| &account.notices);
    assert!(!notices.any(|notice| notice.contains(told)));
}

fn known_days(statement: &Statement) -> &str {
    let gate = statement
        .gates
        .iter()
        .find(|gate| gate.gate == Gate::G1Completeness);
    &gate.unwrap().detail
}
