//! Lists handed back, and what becomes of findings from night to night.

use std::collections::BTreeMap;
use std::fs;

use quietline::domain::{
    Cents, Finding, FindingKind, FindingState, LEDGER_STAGES, Recoverable, Statement, ledger_sum,
};
use quietline::night::Options;

use super::Company;
use super::company::csv_rows;

fn of_line<'s>(statement: &'s Statement, line_id: &str) -> Option<&'s Finding> {
    let findings = &statement.accounts[0].findings;
    findings
        .iter()
        .find(|finding| finding.line_id.as_deref() == Some(line_id))
}

fn ledger(statement: &Statement) -> Vec<Cents> {
    let account = &statement.accounts[0];
    LEDGER_STAGES
        .map(|stage| ledger_sum(&account.ledger, stage, statement.as_of))
        .to_vec()
}

/// The sum that no reader may ever see; here it shows what entered and left the buckets.
fn bucketed(statement: &Statement) -> Cents {
    let buckets = statement.accounts[0].recoverable.values();
    buckets.map(|bucket| bucket.amount).sum()
}

fn state_of(statement: &Statement, finding_id: &str) -> FindingState {
    let ledger = &statement.accounts[0].ledger;
    ledger
        .iter()
        .find(|entry| entry.finding_id == finding_id)
        .unwrap()
        .state
}

/// Writes a list of the last night back as it came, with some cells filled in, into the folder for lists handed back.
fn hand_back(
    company: &Company,
    list: &str,
    fill: impl Fn(&BTreeMap<String, String>) -> Vec<(&'static str, String)>,
) {
    let rows = csv_rows(&company.path("reports/sample/latest").join(list));
    let heads: Vec<String> = csv::Reader::from_path(company.path("reports/sample/latest").join(list))
        .unwrap()
        .headers()
        .unwrap()
        .iter()
        .map(str::to_owned)
        .collect();
    fs::create_dir_all(company.path("handed_back")).unwrap();
    let mut writer = csv::Writer::from_path(company.path("handed_back").join(list)).unwrap();
    writer.write_record(&heads).unwrap();
    for mut row in rows {
        for (column, value) in fill(&row) {
            row.insert(column.to_owned(), value);
        }
        writer.write_record(heads.iter().map(|head| &row[head])).unwrap();
    }
    writer.flush().unwrap();
}

fn night(company: &Company, as_of: &str) -> Statement {
    let set = [
        ("job.as_of", as_of),
        ("sources.decisions.files", "../handed_back"),
    ];
    let folder = company.path("handed_back");
    fs::create_dir_all(&folder).unwrap();
    fs::copy(
        company.path("sample_data/decisions.csv"),
        folder.join("decisions.csv"),
    )
    .unwrap();
    company.good(&set)
}

fn made(decision: &str, reason: &str) -> Vec<(&'static str, String)> {
    vec![
        ("decision", decision.to_owned()),
        ("decision_reason", reason.to_owned()),
        ("owner", "Greta Holm".to_owned()),
        ("decided_on", "2026-08-21".to_owned()),
    ]
}

/// 132 is an annual seat at 20.99 that nobody has used since February.
#[test]
fn a_line_goes_through_all_states() {
    let company = Company::new();
    let first = night(&company, "2026-08-20");
    let found = of_line(&first, "132").unwrap();
    assert_eq!(
        (found.state, found.monthly_amount),
        (FindingState::Identified, Cents(2_099))
    );
    let id = found.finding_id.clone();

    hand_back(&company, "idle_seats.csv", |row| match row["line_id"].as_str() {
        "132" => made("reclaim", "left the field team"),
        _ => Vec::new(),
    });
    let second = night(&company, "2026-08-21");
    assert_eq!(state_of(&second, &id), FindingState::Approved);
    let steps = csv_rows(&company.path("reports/sample/latest/portal_actions.csv"));
    assert_eq!(steps.len(), 1);
    assert_eq!(
        (steps[0]["extension"].as_str(), steps[0]["owner"].as_str()),
        ("132", "Greta Holm")
    );
    assert!(
        steps[0]["step"].starts_with("Give notice by 2026-11-01."),
        "{}",
        steps[0]["step"]
    );
    assert_eq!(ledger(&second)[1], Cents(2_099), "approved");
    assert_eq!(
        ledger(&second)[0],
        ledger(&first)[0],
        "a decision changes nothing of what was found"
    );

    // The line is gone, and the September invoice no longer bears it.
    company.edit("sample_data/lines.csv", |text| {
        without(text, |row| row[1] == "132")
    });
    let charges = fs::read_to_string(company.path("sample_data/charges.csv")).unwrap();
    company.edit("sample_data/charges.csv", |text| {
        without(text, |row| {
            row.iter().any(|cell| cell == "132") && row.iter().any(|cell| cell == "2026-09-01")
        })
    });
    let third = night(&company, "2026-08-24");
    assert_eq!(state_of(&third, &id), FindingState::Actioned);
    let fourth = night(&company, "2026-09-04");
    assert_eq!(state_of(&fourth, &id), FindingState::Realised);
    assert_eq!(
        ledger(&fourth)[2..4],
        [Cents(2_099), Cents(2_099)],
        "actioned, and realised"
    );
    let same_invoice = night(&company, "2026-09-07");
    assert_eq!(state_of(&same_invoice, &id), FindingState::Realised);

    // October bills it again.
    fs::write(company.path("sample_data/charges.csv"), charges).unwrap();
    company.edit("sample_data/charges.csv", |text| {
        without(text, |row| {
            row.iter().any(|cell| cell == "132") && row.iter().any(|cell| cell == "2026-09-01")
        })
    });
    let fifth = night(&company, "2026-10-05");
    assert_eq!(state_of(&fifth, &id), FindingState::SlippedBack);
    assert_eq!(ledger(&fifth)[4], Cents(2_099), "slipped back");
    let disputed = fifth.accounts[0]
        .findings
        .iter()
        .find(|finding| finding.kind == FindingKind::BilledAfterRemoval)
        .unwrap();
    assert_eq!(
        (
            disputed.extension.as_deref(),
            disputed.monthly_amount,
            disputed.recoverable
        ),
        (Some("132"), Cents(2_099), Recoverable::Now),
        "known from the nights before, though the list has it no more"
    );
    assert!(
        disputed.evidence.contains("removed on 2026-08-24"),
        "{}",
        disputed.evidence
    );
}

fn without(text: &str, is_out: impl Fn(&[String]) -> bool) -> String {
    let cells = |row: &str| row.split(',').map(str::to_owned).collect::<Vec<_>>();
    text.lines()
        .filter(|row| !is_out(&cells(row)))
        .map(|row| format!("{row}\n"))
        .collect()
}

#[test]
fn a_charge_is_disputed_or_dismissed_by_its_finding_id() {
    let company = Company::new();
    let first = night(&company, "2026-10-15");
    let account = &first.accounts[0];
    assert_eq!(account.recoverable[&Recoverable::Now].amount, Cents(2_798));
    hand_back(&company, "findings.csv", |row| match row["kind"].as_str() {
        "duplicate_charge" => made("dispute", ""),
        "ghost_charge" => made("dismiss", "the lift's line, listed elsewhere"),
        _ => Vec::new(),
    });
    let second = night(&company, "2026-10-16");
    let state = |kind| {
        let mut findings = second.accounts[0].findings.iter();
        findings.find(|finding| finding.kind == kind).unwrap().state
    };
    assert_eq!(state(FindingKind::DuplicateCharge), FindingState::Approved);
    assert_eq!(state(FindingKind::GhostCharge), FindingState::Dismissed);
    let account = &second.accounts[0];
    assert_eq!(account.recoverable[&Recoverable::Now].amount, Cents(1_399));
    assert_eq!(
        ledger(&second)[5] - ledger(&first)[5],
        Cents(1_399),
        "what left the bucket stands here"
    );
    assert_eq!(
        account.bridge, first.accounts[0].bridge,
        "the bill is what it was"
    );
    let steps = csv_rows(&company.path("reports/sample/latest/portal_actions.csv"));
    assert_eq!(steps.len(), 1);
    assert!(
        steps[0]["step"].contains("bills extension 117 twice"),
        "{}",
        steps[0]["step"]
    );
}

#[test]
fn a_decision_that_does_not_say_enough_is_told_and_not_used() {
    let company = Company::new();
    let first = night(&company, "2026-10-15");
    hand_back(&company, "idle_seats.csv", |row| {
        let short = |column: &str| {
            made("reclaim", "")
                .into_iter()
                .filter(|(name, _)| *name != column)
                .collect()
        };
        match row["line_id"].as_str() {
            "132" => short("owner"),
            "133" => short("decided_on"),
            "134" => made("dismiss", ""),
            "135" => vec![
                ("expires_on", "2026-09-30".to_owned()),
                ("decision", "keep".to_owned()),
            ],
            _ => Vec::new(),
        }
    });
    let second = night(&company, "2026-10-16");
    let account = &second.accounts[0];
    for (line, why) in [
        ("132", "does not say who decided"),
        ("133", "does not say when"),
        ("134", "gives no reason"),
        ("135", "lapsed on 2026-09-30"),
    ] {
        let told = |notice: &&String| notice.contains(&format!("line {line} ")) && notice.contains(why);
        assert!(
            account.notices.iter().any(|notice| told(&notice)),
            "{line}: {:?}",
            account.notices
        );
        assert_eq!(of_line(&second, line).unwrap().state, FindingState::Identified);
    }
    assert_eq!(bucketed(&second), bucketed(&first));
}

#[test]
fn a_line_with_a_day_and_no_word_for_it_is_left_to_its_holder() {
    let company = Company::new();
    night(&company, "2026-10-15");
    hand_back(&company, "idle_seats.csv", |row| match row["line_id"].as_str() {
        "132" => vec![("expires_on", "2027-01-31".to_owned())],
        _ => Vec::new(),
    });
    let second = night(&company, "2026-10-16");
    let account = &second.accounts[0];
    let mut lines = account.lines.iter();
    let line = lines.find(|line| line.line.line_id == "132").unwrap();
    assert_eq!(line.verdict.as_str(), "unknown");
    let told = |notice: &String| notice.contains("is blank, while expires_on is filled");
    assert!(account.notices.iter().any(told), "{:?}", account.notices);
}

/// What a keep takes out of the buckets stands in the ledger, also when the line was never listed before.
#[test]
fn no_decision_changes_a_total_without_an_entry() {
    let company = Company::new();
    let first = night(&company, "2026-10-15");
    hand_back(&company, "idle_seats.csv", |row| match row["line_id"].as_str() {
        "132" => [
            made("keep", "spare"),
            vec![("expires_on", "2026-12-31".to_owned())],
        ]
        .concat(),
        "207" => made("dismiss", "seasonal desk"),
        _ => Vec::new(),
    });
    let set = [
        ("job.as_of", "2026-10-15"),
        ("sources.decisions.files", "../handed_back"),
    ];
    let redo = Options {
        redo: true,
        ..Options::default()
    };
    let second = company.run(&set, &redo).unwrap().statement.unwrap();
    let dismissed = ledger(&second)[5] - ledger(&first)[5];
    assert_eq!(bucketed(&first) - bucketed(&second), dismissed);
    assert!(dismissed > Cents::ZERO);
    let fresh = Company::new();
    fs::create_dir_all(fresh.path("handed_back")).unwrap();
    for list in ["decisions.csv", "idle_seats.csv"] {
        let list = format!("handed_back/{list}");
        fs::copy(company.path(&list), fresh.path(&list)).unwrap();
    }
    let fresh = fresh.good(&set);
    assert_eq!(fresh.accounts[0].recoverable, second.accounts[0].recoverable);
    assert_eq!(ledger(&fresh), ledger(&second));
    let lines = &second.accounts[0].lines;
    let dismissed = lines.iter().find(|line| line.line.line_id == "207").unwrap();
    assert!(dismissed.reason.ends_with("Dismissed by decision."));
    assert_eq!(dismissed.recoverable, Recoverable::None);
}

/// Nobody is told of our own columns when a list comes back.
#[test]
fn a_list_of_ours_that_comes_back_has_no_heading_that_is_not_used() {
    let company = super::Company::new();
    company.good(&[]);
    let report = company.path("reports/sample/latest");
    let handed_back = company.path("handed back");
    std::fs::create_dir(&handed_back).unwrap();
    for name in [
        "idle_seats.csv",
        "findings.csv",
        "admin_findings.csv",
        "portal_actions.csv",
    ] {
        std::fs::copy(report.join(name), handed_back.join(name)).unwrap();
    }
    let files = handed_back.display().to_string();
    let job = company.job(&[("sources.decisions.files", &files)]);
    let read = quietline::pull::read_tables(&job.sources, &job.accounts, 5).unwrap();
    let notes: Vec<&String> = read.inputs.iter().flat_map(|input| &input.notes).collect();
    assert!(notes.iter().all(|note| !note.contains("not used")), "{notes:?}");
}
