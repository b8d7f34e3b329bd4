//! `deadlines.ics` over several nights, and beside the mail.

use std::collections::BTreeMap;

use quietline::domain::{Bucket, Cents, Finding, FindingKind, Recoverable, Statement, parse_day};
use quietline::render::{FinanceNight, artifacts, deadlines_ics, finance_mail};

use super::night::night;

/// UID -> first day, and what stands in the event.
fn events(statement: &Statement) -> BTreeMap<String, (String, String)> {
    let Some(bytes) = deadlines_ics(&FinanceNight::of(statement)) else {
        return BTreeMap::new();
    };
    let text = String::from_utf8(bytes).unwrap().replace("\r\n ", "");
    let field = |event: &str, name: &str| {
        let line = event.lines().find(|line| line.starts_with(name)).unwrap();
        line.rsplit(':').next().unwrap().to_owned()
    };
    text.split("BEGIN:VEVENT")
        .skip(1)
        .map(|event| (field(event, "UID:"), (field(event, "DTSTART"), event.to_owned())))
        .collect()
}

/// Renewals of contracts by the days of notice that they ask for, and the money at them.
fn renewals(of: &[(&str, &str, Recoverable, i64)]) -> Statement {
    let mut night = night();
    night.accounts.truncate(1);
    let account = &mut night.accounts[0];
    let blank = account.findings[0].clone();
    account.findings = of
        .iter()
        .enumerate()
        .map(|(at, (contract, notice_by, bucket, amount))| Finding {
            finding_id: format!("f-{at}"),
            kind: match bucket {
                Recoverable::None => FindingKind::RenewalNotice,
                _ => FindingKind::CommitmentShortfall,
            },
            line_id: None,
            extension: None,
            contract_id: Some((*contract).to_owned()),
            notice_by: parse_day(notice_by),
            recoverable: *bucket,
            monthly_amount: Cents(*amount),
            evidence: format!("Contract {contract} renews."),
            ..blank.clone()
        })
        .collect();
    night
}

#[test]
fn a_notice_that_moves_moves_its_event() {
    let one = |day| events(&renewals(&[("C-1", day, Recoverable::AtRenewal, 2_999)]));
    let (before, after) = (one("2026-12-01"), one("2026-11-01"));
    assert_eq!(
        before.keys().collect::<Vec<_>>(),
        after.keys().collect::<Vec<_>>()
    );
    let days = |events: BTreeMap<String, (String, String)>| events.into_values().next().unwrap().0;
    assert_eq!(
        (days(before), days(after)),
        ("20261201".into(), "20261101".into())
    );
}

#[test]
fn each_contract_has_one_event_with_all_its_days() {
    let events = events(&renewals(&[
        ("C-1", "2026-12-01", Recoverable::AtRenewal, 2_999),
        ("C-1", "2027-01-15", Recoverable::AtRenewal, 1_000),
        ("C-2", "2026-12-01", Recoverable::AtRenewal, 500),
    ]));
    let [(_, first), (_, second)] = &events.iter().collect::<Vec<_>>()[..] else {
        panic!("{events:?}");
    };
    assert_eq!((first.0.as_str(), second.0.as_str()), ("20261201", "20261201"));
    for said in [
        "After this day USD 29.99 a month stays for another term.",
        "After 2027-01-15 USD 10.00 a month stays for another term.",
        // 45 days later, less 30.
        "TRIGGER:P15D",
        "TRIGGER:-P30D",
    ] {
        assert!(first.1.contains(said), "{said}: {}", first.1);
    }
    assert!(
        second.1.contains("contract C-2\\, USD 5.00 a month"),
        "{}",
        second.1
    );
}

#[test]
fn a_calendar_without_a_deadline_is_none_and_nobody_is_sent_it() {
    let statement = renewals(&[("C-1", "2026-10-16", Recoverable::AtRenewal, 2_999)]);
    let night = FinanceNight::of(&statement);
    assert_eq!(deadlines_ics(&night), None, "its day is over");
    let names: Vec<_> = artifacts(&statement)
        .unwrap()
        .into_iter()
        .map(|file| file.name)
        .collect();
    assert!(!names.contains(&"deadlines.ics"), "{names:?}");
    let mail = finance_mail(&night).unwrap();
    assert_eq!(mail.attachments, ["report.xlsx", "findings.csv"]);
    assert!(!mail.text.contains("calendar"), "{}", mail.text);
}

#[test]
fn mail_and_calendar_say_the_same_of_a_notice() {
    let open = renewals(&[
        ("C-1", "2026-12-01", Recoverable::Undetermined, 4_198),
        ("C-1", "2026-12-01", Recoverable::None, 0),
    ]);
    let event = events(&open).into_values().next().unwrap().1;
    assert!(
        event.contains("USD 41.98 a month stays for another term"),
        "{event}"
    );
    assert!(
        event.contains("Whether some of it comes back sooner is open"),
        "{event}"
    );
    let said = |statement: &Statement| finance_mail(&FinanceNight::of(statement)).unwrap().text;
    let text = said(&open);
    assert!(text.contains("give notice by 2026-12-01"), "{text}");

    let nothing_idle = renewals(&[("C-1", "2026-12-01", Recoverable::None, 0)]);
    let event = events(&nothing_idle).into_values().next().unwrap().1;
    assert!(!event.contains("USD 0.00"), "{event}");
    let text = said(&nothing_idle);
    assert!(!text.contains("No notice deadline"), "{text}");
    assert!(text.contains("next day to give notice is 2026-12-01"), "{text}");
}

#[test]
fn what_stops_on_another_day_is_not_said_to_stop_on_the_first() {
    let mut statement = renewals(&[
        ("M-1", "2026-12-01", Recoverable::NextBill, 2_999),
        ("M-2", "2026-12-15", Recoverable::NextBill, 2_099),
    ]);
    let account = &mut statement.accounts[0];
    account.findings[0].recoverable_on = parse_day("2027-01-01");
    account.findings[1].recoverable_on = parse_day("2026-12-01");
    let bucket = Bucket {
        amount: Cents(5_098),
        lines: 2,
        earliest_on: parse_day("2026-12-01"),
        notice_by: None,
    };
    account.recoverable = [(Recoverable::NextBill, bucket)].into();
    let files = artifacts(&statement).unwrap();
    let page = files.iter().find(|file| file.name == "admin.html").unwrap();
    let page = String::from_utf8_lossy(&page.bytes);
    let page = page
        .replace("<time>", "")
        .replace("</time>", "")
        .replace("&nbsp;", " ");
    let said = "USD 20.99 a month can stop from 2026-12-01 on, USD 29.99 more later.";
    assert!(page.contains(said), "{page}");
}

#[test]
fn a_notice_on_which_no_money_hangs_is_said_without_an_amount() {
    let statement = renewals(&[("C-1", "2026-12-01", Recoverable::AtRenewal, 0)]);
    let files = artifacts(&statement).unwrap();
    let page = files.iter().find(|file| file.name == "admin.html").unwrap();
    let page = String::from_utf8_lossy(&page.bytes).replace("<time>", "");
    assert!(
        page.contains("The next day to give notice is 2026-12-01"),
        "{page}"
    );
}
