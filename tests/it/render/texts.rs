use quietline::domain::{NightStatus, Statement};
use quietline::render::{self, artifacts};

use super::night::{SECRETS_OF_PEOPLE, night, stopped};

fn file(statement: &Statement, name: &str) -> String {
    let artifact = artifacts(statement)
        .unwrap()
        .into_iter()
        .find(|artifact| artifact.name == name)
        .unwrap();
    String::from_utf8(artifact.bytes).unwrap()
}

#[test]
fn lines_csv_holds_every_line_scored() {
    insta::assert_snapshot!(file(&night(), "lines.csv"));
}

#[test]
fn the_action_list_is_ordered_by_deadline_and_has_room_for_decisions() {
    insta::assert_snapshot!(file(&night(), "idle_seats.csv"));
}

#[test]
fn findings_csv_holds_every_finding_with_its_proof() {
    insta::assert_snapshot!(file(&night(), "findings.csv"));
}

#[test]
fn quarantine_csv_holds_what_was_not_used() {
    insta::assert_snapshot!(file(&night(), "quarantine.csv"));
}

#[test]
fn summary_json_keeps_its_keys() {
    insta::with_settings!({filters => vec![(r#""report": "[0-9a-f]{64}""#, r#""report": "[digest]""#)]}, {
        insta::assert_snapshot!(file(&night(), "summary.json"));
    });
}

#[test]
fn the_terminal_gets_a_dozen_aligned_lines() {
    insta::assert_snapshot!(render::terminal_summary(&night()));
}

#[test]
fn a_held_night_tells_the_operator_what_to_do() {
    insta::assert_snapshot!(render::operators_text(
        &stopped(NightStatus::Held),
        "jobs/sample.toml"
    ));
}

#[test]
fn a_clean_night_says_nothing_to_operators() {
    let clean = Statement {
        status: NightStatus::Ok,
        ..night()
    };
    assert_eq!(render::operators_text(&clean, "jobs/sample.toml"), "");
}

#[test]
fn explain_shows_what_stands_behind_a_verdict() {
    let night = night();
    let account = &night.accounts[0];
    let texts: Vec<String> = [5, 3, 13]
        .iter()
        .map(|index| render::explain(&night, account, &account.lines[*index]))
        .collect();
    insta::assert_snapshot!(texts.join("\n"));
}

#[test]
fn finance_sees_no_names_and_no_formulas() {
    let findings = file(&night(), "findings.csv");
    for secret in SECRETS_OF_PEOPLE {
        assert!(!findings.contains(secret), "findings.csv holds {secret}");
    }
    assert!(
        findings.contains("'=HYPERLINK"),
        "the formula was not made harmless"
    );
}

#[test]
fn a_stopped_night_prints_no_figure_and_no_list() {
    for status in [NightStatus::Held, NightStatus::Blocked] {
        let stopped = stopped(status);
        for name in ["lines.csv", "idle_seats.csv", "findings.csv"] {
            assert_eq!(file(&stopped, name).lines().count(), 1, "{name} has rows");
        }
        assert!(file(&stopped, "summary.json").contains("\"accounts\": []"));
        assert!(!render::terminal_summary(&stopped).contains("USD"));
    }
}

#[test]
fn the_same_statement_gives_the_same_bytes() {
    assert_eq!(artifacts(&night()).unwrap(), artifacts(&night()).unwrap());
}
