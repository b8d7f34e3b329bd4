//! Labels that people gave, and what bills call extensions, as finance reads them: whoever they name is left out.

use quietline::domain::*;
use quietline::render::FinanceNight;

use super::finance::{opened, sent};
use super::night::night;

/// How a contract's label is shown, which that many lines have; the first is Ada Birch's.
fn contract(label: &str, lines: usize) -> Option<String> {
    let mut statement = night();
    let account = &mut statement.accounts[0];
    let first = &mut account.lines[0].line;
    (first.kind, first.login_name) = (Some(Kind::Person), Some("a.birch".to_owned()));
    (first.first_name, first.last_name) = (Some("Ada".to_owned()), Some("Birch".to_owned()));
    for scored in account.lines.iter_mut().take(lines) {
        scored.line.contract_id = Some(label.to_owned());
    }
    FinanceNight::of(&statement).accounts[0].lines[0]
        .contract_id
        .clone()
}

#[test]
fn a_contract_that_is_called_by_somebody_in_part_is_not_shown() {
    let hidden = Some("[holder]".to_owned());
    for label in [
        "Contract Ada Birch 2025",
        "Birch, Ada (2025)",
        "VBC-Ada_Birch-2025",
        "AdaBirch2025",
        "ADABIRCH-PREMIUM",
        "A. Birch's phones",
        "a.birch 24 months",
    ] {
        assert_eq!(contract(label, 6), hidden, "{label}");
    }
    for label in ["Birch 2025", "Ada-premium"] {
        assert_eq!(contract(label, 1), hidden, "{label}");
        assert_eq!(
            contract(label, 6).as_deref(),
            Some(label),
            "of six lines it is a street's as well"
        );
    }
    for label in ["VBC-2025-ANNUAL", "Birchwood 2025", "Premium annual", "A 2025"] {
        assert_eq!(contract(label, 1).as_deref(), Some(label));
    }
}

/// The night whose fifth line on belong to a cost centre, with people whom no line has.
fn centre(name: &str, others: &[&str]) -> String {
    let mut statement = night();
    let account = &mut statement.accounts[0];
    account.named_elsewhere = others.iter().map(|other| (*other).to_owned()).collect();
    for (at, scored) in account.lines.iter_mut().take(6).enumerate() {
        let line = &mut scored.line;
        (line.kind, line.cost_center) = (Some(Kind::Person), Some(name.to_owned()));
        line.login_name = Some(format!("login{at}"));
    }
    FinanceNight::of(&statement).accounts[0].lines[0]
        .cost_centre
        .clone()
}

#[test]
fn a_cost_centre_that_names_somebody_without_a_line_is_shown_without_them() {
    let others = [
        "ada.birch@example.test",
        "Lund, Kim",
        "Ned Orr <orr@example.test>",
        "CORP\\leo.marsh",
    ];
    for (name, shown) in [
        ("Team Ada Birch", "Team [holder]"),
        ("ada.birch@example.test", "[e-mail]"),
        ("Ada-Birch", "[holder]"),
        ("KimLund", "[holder]"),
        ("Kim Lund's", "[holder]"),
        ("Orr, Ned", "[holder]"),
        ("LEO MARSH", "[holder]"),
        ("Birch Street", "Birch Street"),
        ("Marshalling", "Marshalling"),
        ("Sales", "Sales"),
    ] {
        assert_eq!(centre(name, &others), shown, "{name}");
    }
    assert_eq!(
        centre("Ada Birch", &[]),
        "Ada Birch",
        "nobody is known by that name"
    );
    assert_eq!(
        centre("Sales", &["sales@example.test"]),
        "Sales",
        "a word alone is no name"
    );
}

#[test]
fn a_mailbox_a_team_or_a_queue_is_no_person_whose_name_a_cost_centre_bears() {
    let others = [
        "customer.support@example.test",
        "Finance Team",
        "Human Resources <hr@example.test>",
        "technical_support",
        "Help Desk <ada.birch@example.test>",
        "Team Kim Lund",
    ];
    for name in [
        "Customer Support",
        "Finance Team",
        "Human Resources",
        "Technical Support",
        "Help Desk",
    ] {
        assert_eq!(centre(name, &others), name);
    }
    assert_eq!(centre("Ada Birch", &others), "[holder]", "behind the desk's name");
    assert_eq!(centre("Team Kim Lund", &others), "[holder]");

    let mut statement = night();
    let account = &mut statement.accounts[0];
    for (at, scored) in account.lines.iter_mut().take(7).enumerate() {
        let line = &mut scored.line;
        (line.kind, line.cost_center) = (Some(Kind::Person), Some("Customer Support".to_owned()));
        line.login_name = Some(format!("login{at}"));
    }
    let queue = &mut account.lines[6].line;
    (queue.kind, queue.login_name) = (Some(Kind::Queue), Some("customer.support".to_owned()));
    (queue.first_name, queue.last_name) = (Some("Customer".to_owned()), Some("Support".to_owned()));
    let shown = FinanceNight::of(&statement);
    assert_eq!(shown.accounts[0].lines[0].cost_centre, "Customer Support");
}

#[test]
fn a_login_of_one_word_is_hidden_where_a_label_bears_it() {
    let shown = |label: &str, login: &str| {
        let mut statement = night();
        for (at, scored) in statement.accounts[0].lines.iter_mut().take(6).enumerate() {
            let line = &mut scored.line;
            (line.kind, line.login_name) = (Some(Kind::Person), Some(format!("login{at}")));
            (line.cost_center, line.contract_id) = (Some(label.to_owned()), Some(format!("{label} 24")));
        }
        let first = &mut statement.accounts[0].lines[0].line;
        (first.first_name, first.last_name) = (Some("Adelaide".to_owned()), Some("Birch".to_owned()));
        first.login_name = Some(login.to_owned());
        let shown = &FinanceNight::of(&statement).accounts[0].lines[0];
        (shown.cost_centre.clone(), shown.contract_id.clone().unwrap())
    };
    for (label, login, centre) in [
        ("adabi", "adabi", "[holder]"),
        (
            "Contract AdaBi 2025",
            "adabi@example.test",
            "Contract [holder] 2025",
        ),
        ("Contract adabi, 2025", "CORP\\adabi", "Contract [holder], 2025"),
        ("VBC_adabi7-2025", "adabi7", "[holder]"),
    ] {
        let hidden = (centre.to_owned(), "[holder]".to_owned());
        assert_eq!(shown(label, login), hidden, "{label}");
    }
    for (label, login) in [
        ("Birch Street", "birch"),
        ("Adabition", "adabi"),
        ("AB 2025", "ab"),
        ("Customer Support", "support"),
        ("Sales", "1001"),
    ] {
        let whole = (label.to_owned(), format!("{label} 24"));
        assert_eq!(shown(label, login), whole, "{label}");
    }
}

/// A night with a charge for what bills call this extension.
fn ghost(extension: &str) -> Statement {
    let mut statement = night();
    let account = &mut statement.accounts[0];
    let finding = Finding {
        finding_id: "ghost-charge-1".into(),
        kind: FindingKind::GhostCharge,
        line_id: None,
        extension: Some(extension.to_owned()),
        invoice_id: Some("INV-10".into()),
        subject: format!("extension {extension} is billed but not in the inventory"),
        evidence: format!(
            "Invoice INV-10 of 2026-10-01, row 812 of our file, bills extension {extension}, which our inventory does not \
             have. Please credit USD 27.99."
        ),
        recoverable: Recoverable::Now,
        action: Action::Dispute,
        ..account.findings[0].clone()
    };
    account.findings.push(finding);
    statement
}

#[test]
fn a_charge_for_a_login_that_nobody_has_is_disputed_without_the_login() {
    for login in ["canary7", "Canary.7@vbc.prod", "Canary_7", "7.canary"] {
        let statement = ghost(login);
        for file in sent(&statement) {
            let text = opened(&file).to_lowercase();
            assert!(!text.contains("canary"), "{} holds {login}", file.0);
        }
        let shown = FinanceNight::of(&statement);
        let mut findings = shown.accounts[0].findings.iter();
        let finding = findings
            .find(|finding| finding.kind == FindingKind::GhostCharge)
            .unwrap();
        assert!(
            finding
                .evidence
                .contains("Invoice INV-10 of 2026-10-01, row 812 of our file, bills extension [holder]")
        );
        assert_eq!(finding.invoice_id.as_deref(), Some("INV-10"));
    }
    let statement = ghost("8812");
    let shown = FinanceNight::of(&statement);
    let mut findings = shown.accounts[0].findings.iter();
    let finding = findings
        .find(|finding| finding.kind == FindingKind::GhostCharge)
        .unwrap();
    assert_eq!(finding.extension.as_deref(), Some("8812"));
    assert!(finding.evidence.contains("bills extension 8812,"));
}
