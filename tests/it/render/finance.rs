//! What finance is sent bears nothing of a person: canaries in all that is the administrators'.

use std::io::{Cursor, Read};

use quietline::domain::*;
use quietline::render::{self, FinanceNight, artifacts};

use super::night::{day, night, stopped};
use crate::night::Company;

const FILES: [&str; 4] = ["report.html", "report.xlsx", "findings.csv", "deadlines.ics"];

/// Everything that finance is sent about a night, by name; of a workbook what its parts say.
pub fn sent(statement: &Statement) -> Vec<(String, Vec<u8>)> {
    let mut sent: Vec<(String, Vec<u8>)> = artifacts(statement)
        .unwrap()
        .into_iter()
        .filter(|artifact| FILES.contains(&artifact.name))
        .map(|artifact| (artifact.name.to_owned(), artifact.bytes))
        .collect();
    let occasions = [
        Occasion::Nightly,
        Occasion::Deadline {
            notice_by: day("2026-11-01"),
            days_left: 7,
        },
        Occasion::Heartbeat {
            since: day("2026-10-09"),
        },
    ];
    for occasion in &occasions {
        let mail = render::mail_for(statement, Audience::Finance, occasion, None).unwrap();
        let name = format!("the mail of {}", occasion.as_str());
        sent.push((
            name,
            format!("{}\n{}\n{}", mail.subject, mail.text, mail.html).into(),
        ));
        for format in WebhookFormat::ALL {
            let post = render::webhook_post(&FinanceNight::of(statement), *format, occasion).unwrap();
            sent.push((format!("the {format} post of {}", occasion.as_str()), post));
        }
    }
    let why = render::why_blocked(statement);
    let mail = render::no_figure_mail(statement.as_of, &why, None);
    sent.push(("the mail without a figure".to_owned(), mail.text.into()));
    sent
}

pub fn opened((name, bytes): &(String, Vec<u8>)) -> String {
    if !name.ends_with(".xlsx") {
        return String::from_utf8(bytes.clone()).unwrap();
    }
    let mut package = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    for at in 0..package.len() {
        package.by_index(at).unwrap().read_to_string(&mut text).unwrap();
    }
    text
}

/// Writes it wherever administrators, their directory and their calls write.
fn marked(mut statement: Statement) -> Statement {
    let said = || "A canary, they said".to_owned();
    let name = |word: &str| Some(format!("{word}canary"));
    for gate in &mut statement.gates {
        gate.detail = said();
    }
    for input in &mut statement.inputs {
        (input.name, input.notes) = ("canary.xlsx".to_owned(), vec![said()]);
        input.sheets = Some(Sheets {
            read: said(),
            number: 1,
            not_read: vec![said()],
        });
    }
    for row in &mut statement.quarantine {
        (row.file, row.as_read, row.reason) = (said(), said(), said());
    }
    statement.method.extend([
        ("keep.canary.expires_on".to_owned(), "2026-12-31".to_owned()),
        ("keep.rule.location".to_owned(), said()),
        ("keep.rule.reason".to_owned(), said()),
    ]);
    for days in &mut statement.coverage {
        days.newest_event = None;
    }
    for account in &mut statement.accounts {
        account.notices.push(said());
        for scored in &mut account.lines {
            (scored.reason, scored.counterfactual) = (said(), said());
            scored.decision_owner = name("owner");
            scored.cautions = vec![said()];
            let line = &mut scored.line;
            (line.user_id, line.login_name, line.role) = (name("id"), name("login."), name("role"));
            (line.email, line.manager_email) = (name("a@"), name("m@"));
            (line.first_name, line.last_name) = (name("First"), name("Last"));
            (line.department, line.location) = (name("Department"), name("Location"));
            line.external_id = name("external");
            line.sip_ids = vec![said()];
        }
        for finding in &mut account.findings {
            if finding.kind.is_of_use() {
                (finding.subject, finding.evidence) = (said(), said());
            }
            finding.decided = Some(Made {
                decision: DecisionKind::Keep,
                owner: name("owner"),
                decided_on: None,
            });
        }
        for entry in &mut account.ledger {
            (entry.cost_center, entry.taken_back_by) = (name("centre"), name("line"));
        }
        for flag in &mut account.flags {
            flag.line_id = said();
        }
    }
    statement
}

#[test]
fn what_administrators_write_and_the_directory_says_reaches_no_file_of_finance() {
    for statement in [night(), stopped(NightStatus::Held), stopped(NightStatus::Blocked)] {
        let statement = marked(statement);
        for file in sent(&statement) {
            let text = opened(&file).to_lowercase();
            assert!(!text.contains("canary"), "{} holds one", file.0);
        }
        let theirs = artifacts(&statement).unwrap();
        let admin = theirs.iter().find(|artifact| artifact.name == "admin.html");
        let text = String::from_utf8(admin.unwrap().bytes.clone()).unwrap();
        assert!(text.contains("canary"), "administrators keep what is theirs");
    }
}

#[test]
fn a_line_id_that_is_a_login_is_shown_as_its_extension() {
    let mut statement = night();
    let line = &mut statement.accounts[0].lines[2];
    let login = "zoe.canary";
    let old = std::mem::replace(&mut line.line.line_id, login.to_owned());
    line.line.login_name = Some(login.to_owned());
    let of_line = |finding: &&mut Finding| finding.line_id.as_ref() == Some(&old);
    for finding in statement.accounts[0].findings.iter_mut().filter(of_line) {
        finding.line_id = Some(login.to_owned());
    }
    for file in sent(&statement) {
        assert!(!opened(&file).contains(login), "{} holds it", file.0);
    }
}

#[test]
fn what_a_bill_s_file_and_its_charges_call_people_reaches_no_file_of_finance() {
    let company = Company::new();
    let file = "sample_data/Canary (sick leave).csv";
    std::fs::rename(company.path("sample_data/charges.csv"), company.path(file)).unwrap();
    company.edit(file, |bill| {
        let row = |rest: &str| format!("913874,INV-2026-10,2026-10-01,2026-10-01,2026-10-31,{rest}\n");
        let seat = row("\"VBC Premium annual - Canary,Ada\",29.99,USD,line_mrc,7771,,,premium,annual,,");
        let unknown = row("Canary_Ada,9.99,USD,,,,,,,,");
        let unread = row("VBC Premium annual,canary 1,USD,line_mrc,7772,,,premium,annual,,");
        format!("{bill}{seat}{unknown}{unread}")
    });
    let statement = company.good(&[("sources.charges.files", &format!("../{file}"))]);
    let account = &statement.accounts[0];
    assert!(
        account.set_aside.len() == 1 && statement.quarantine.iter().any(|row| row.file.contains("Canary"))
    );
    for file in sent(&statement) {
        let text = opened(&file).to_lowercase();
        assert!(!text.contains("canary"), "{} holds one", file.0);
    }
}

#[test]
fn an_id_an_extension_or_a_contract_that_is_somebody_s_login_or_name_is_not_shown() {
    for (login, id) in [
        ("canarylog6", "CanaryLog6@vbc.prod"),
        ("z.c", "Zoe Canary"),
        ("z.c", "canary"),
        ("z.c", "ZoeCanary"),
        ("z.c", "Canary_Zoe"),
        ("canaryz@example.test", "CANARYZ_"),
    ] {
        let mut statement = night();
        let account = &mut statement.accounts[0];
        let line = &mut account.lines[2].line;
        let old = std::mem::replace(&mut line.line_id, id.to_owned());
        (line.first_name, line.last_name) = (Some("Zoe".to_owned()), Some("Canary".to_owned()));
        line.login_name = Some(login.to_owned());
        (line.extension, line.contract_id) = (id.to_owned(), Some(id.to_owned()));
        let of_line = |finding: &&mut Finding| finding.line_id.as_ref() == Some(&old);
        for finding in account.findings.iter_mut().filter(of_line) {
            (finding.line_id, finding.extension) = (Some(id.to_owned()), Some(id.to_owned()));
        }
        for file in sent(&statement) {
            let text = opened(&file).to_lowercase();
            assert!(!text.contains("canary"), "{} holds {id}", file.0);
        }
    }
    let mut statement = night();
    let line = &mut statement.accounts[0].lines[2].line;
    (line.kind, line.login_name) = (Some(Kind::Lift), Some("lift".to_owned()));
    line.line_id = "lift".to_owned();
    let shown = FinanceNight::of(&statement);
    assert_eq!(shown.accounts[0].lines[2].line_id, "lift", "a lift is nobody");
}

#[test]
fn the_steps_that_finance_reads_are_four() {
    let mut statement = night();
    let until = day("2026-12-31");
    for line in &mut statement.accounts[0].lines {
        if line.verdict == Verdict::OnLeave || line.verdict == Verdict::Exempt {
            line.stays_until = Some(until);
        }
    }
    let shown = FinanceNight::of(&statement);
    let steps = shown.accounts[0].lines.iter().map(|line| line.step.to_string());
    let steps: std::collections::BTreeSet<String> = steps.collect();
    assert_eq!(
        steps.into_iter().collect::<Vec<_>>(),
        [
            "check first",
            "keep",
            "not to be removed until 2026-12-31",
            "remove"
        ]
    );
}
