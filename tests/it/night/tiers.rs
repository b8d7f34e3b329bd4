//! Nights on which a cheaper tier may do: what is booked, what is only asked, and what an account has no price for.

use std::fs;

use quietline::domain::{
    Action, Bridge, BridgePart, Cents, DecisionKind, FindingKind, Recoverable, ScoredLine, Statement,
};

use super::{Company, checkout, csv_rows};
use crate::money::bridge_total;

/// Of the sample's bill; only the two Advanced lines in use pay for more than they are seen to need.
const IN_USE: Cents = Cents(64_960);
const BILLED: Cents = Cents(156_819);

fn line<'a>(statement: &'a Statement, id: &str) -> &'a ScoredLine {
    let mut lines = statement.accounts[0].lines.iter();
    lines.find(|line| line.line.line_id == id).unwrap()
}

#[track_caller]
fn assert_moved(bridge: &Bridge, difference: Cents) {
    assert_eq!(bridge.get(BridgePart::RightSize), difference);
    assert_eq!(bridge.get(BridgePart::InUse), IN_USE - difference);
    assert_eq!(bridge_total(bridge), BILLED);
}

fn listed(company: &Company) -> Vec<String> {
    let rows = csv_rows(&company.path("reports/sample/latest/idle_seats.csv"));
    rows.iter().map(|row| row["extension"].clone()).collect()
}

/// The shipped book without what the data cannot show.
fn observable_book(company: &Company) {
    let shipped = fs::read_to_string(checkout().join("jobs/price_book.toml")).unwrap();
    let hidden = ["none", "vtt_enabled", "queue_membership"].map(|word| format!("evidence = \"{word}\""));
    let kept: Vec<&str> = shipped
        .split("\n\n")
        .filter(|block| !hidden.iter().any(|evidence| block.contains(evidence)))
        .collect();
    fs::write(company.path("jobs/book.toml"), kept.join("\n\n")).unwrap();
}

#[test]
fn what_the_data_cannot_show_is_asked_in_the_findings_only() {
    let company = Company::new();
    let statement = company.good(&[]);
    let account = &statement.accounts[0];
    let asked: Vec<_> = account
        .findings
        .iter()
        .filter(|finding| finding.kind == FindingKind::RightSize)
        .map(|finding| {
            let id = finding.line_id.as_deref().unwrap();
            (id, finding.monthly_amount, finding.action, finding.recoverable)
        })
        .collect();
    let question = |id| (id, Cents(700), Action::AskHolder, Recoverable::None);
    assert_eq!(asked, [question("101"), question("103")]);
    assert_moved(&account.bridge, Cents::ZERO);
    assert!(!listed(&company).contains(&"101".to_owned()));
    let admins = fs::read_to_string(company.path("reports/sample/latest/admin.html")).unwrap();
    assert!(admins.contains("Holders to ask about a cheaper tier"));
}

#[test]
fn a_book_of_what_the_data_shows_books_the_difference_by_contract() {
    let company = Company::new();
    observable_book(&company);
    company.edit("sample_data/lines.csv", |text| {
        let without_phone = |row: &str| match row.starts_with("913874,101,") {
            true => row.replace("2025-04-14T14:05:00Z", ""),
            false => row.to_owned(),
        };
        text.lines().map(without_phone).collect::<Vec<_>>().join("\n") + "\n"
    });
    let before = company.good(&[]).accounts[0].recoverable[&Recoverable::AtRenewal].amount;
    let statement = company
        .run(
            &[("prices.book", "book.toml")],
            &quietline::night::Options {
                redo: true,
                ..Default::default()
            },
        )
        .unwrap()
        .statement
        .unwrap();
    let account = &statement.accounts[0];
    // Without a phone Mobile will do for one, with a phone Premium for the other.
    assert_eq!(line(&statement, "101").monthly_saving, Cents(1400));
    assert_eq!(line(&statement, "103").monthly_saving, Cents(700));
    assert_eq!(line(&statement, "103").action, Action::Downgrade);
    assert_moved(&account.bridge, Cents(2100));
    assert_eq!(
        account.recoverable[&Recoverable::AtRenewal].amount,
        before + Cents(2100)
    );
    let deadline = line(&statement, "103").notice_by.unwrap();
    assert_eq!(deadline.to_string(), "2026-11-01");
    assert!(listed(&company).contains(&"103".to_owned()));
}

#[test]
fn a_decision_to_downgrade_answers_the_question() {
    let company = Company::new();
    let decided = "913874,101,,downgrade,Needs nothing of it,Greta Holm,2026-10-12,,Amelia Ford\n";
    company.edit("sample_data/decisions.csv", |text| format!("{text}{decided}"));
    let statement = company.good(&[]);
    let moved = line(&statement, "101");
    assert_eq!(moved.decision, Some(DecisionKind::Downgrade));
    assert_eq!(
        (moved.action, moved.monthly_saving),
        (Action::Downgrade, Cents(700))
    );
    assert_eq!(line(&statement, "103").action, Action::Keep);
    assert_moved(&statement.accounts[0].bridge, Cents(700));
}

#[test]
fn a_promotion_makes_the_saving_smaller_and_a_disputed_tier_is_settled_first() {
    let company = Company::new();
    let promotion = "913874,INV-2026-10,2026-10-01,2026-10-01,2026-10-31,Loyalty promotion,-6.00,USD,promotion,101,,,,,,\n";
    company.edit("sample_data/charges.csv", |text| format!("{text}{promotion}"));
    company.edit("sample_data/lines.csv", |text| {
        let listed_cheaper = |row: &str| match row.starts_with("913874,103,") {
            true => row.replace(",advanced,", ",premium,"),
            false => row.to_owned(),
        };
        text.lines().map(listed_cheaper).collect::<Vec<_>>().join("\n") + "\n"
    });
    let statement = company.good(&[]);
    let of = |kind| {
        let findings = statement.accounts[0].findings.iter();
        let of_kind = findings.filter(move |finding| finding.kind == kind);
        of_kind
            .map(|finding| (finding.line_id.clone().unwrap(), finding.monthly_amount))
            .collect::<Vec<_>>()
    };
    assert_eq!(of(FindingKind::TierMismatch), [("103".to_owned(), Cents(700))]);
    assert_eq!(of(FindingKind::RightSize), [("101".to_owned(), Cents(100))]);
}

#[test]
fn an_account_is_not_priced_in_another_currency() {
    let company = Company::new();
    company.edit("jobs/sample.toml", |text| {
        let bills = ["charges", "contracts"]
            .map(|table| format!("[sources.{table}]\nfiles = [\"../sample_data/{table}.csv\"]\n"));
        let euro = text.replace("currency = \"USD\"", "currency = \"EUR\"");
        bills.iter().fold(euro, |text, source| text.replace(source, ""))
    });
    let statement = company.good(&[]);
    let account = &statement.accounts[0];
    assert!(account.lines.iter().all(|line| line.cost.source.is_none()));
    assert_eq!(account.idle_monthly, Cents::ZERO);
    let says = |notice: &String| notice.starts_with("The price book has no price in EUR: 64 of the lines");
    assert!(account.notices.iter().any(says), "{:?}", account.notices);

    let prices = "tier,term,valid_from,price,currency\nmobile,annual,2024-01-01,12.00,EUR\n";
    fs::write(company.path("sample_data/prices.csv"), prices).unwrap();
    company.edit("jobs/sample.toml", |text| {
        format!("{text}\n[sources.price_book]\nfiles = [\"../sample_data/prices.csv\"]\n")
    });
    let redo = quietline::night::Options {
        redo: true,
        ..Default::default()
    };
    let priced = company.run(&[], &redo).unwrap().statement.unwrap();
    assert_eq!(line(&priced, "110").cost.monthly_cost, Cents(1200));
    assert_eq!(
        line(&priced, "104").cost.source,
        None,
        "Premium has no price in EUR"
    );
}
