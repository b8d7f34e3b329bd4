//! What a person may confirm by its hash.

use chrono::NaiveDate;
use quietline::domain::GateStatus;
use quietline::steps::coverage::{Scope, gate_empty};
use quietline::steps::gates::freshness::{NewestCall, calls_are_fresh, invoice_is_fresh};

use super::{Year, day, is_from, status};
use crate::night::Company;

#[test]
fn an_accepted_change_is_the_new_level() {
    let shrunk = |date: NaiveDate| is_from("2026-06-01")(date);
    let company = |accepted: &[(Scope, NaiveDate)]| {
        Year::new(|date| if shrunk(date) { 12 } else { 100 })
            .accepted(accepted)
            .judged()
    };
    let before = company(&[]);
    assert_eq!(status(&before), GateStatus::Block);
    let question = before.questions("1", 90).remove(0);
    assert_eq!(
        gate_empty("1", &before, 90, true).accept,
        Some(question.hash.clone())
    );
    assert!(company(&question.days).suspects().is_empty());
    let first_week: Vec<_> = question.days[..5].to_vec();
    assert!(
        company(&first_week).suspects().is_empty(),
        "days that follow at this level are known"
    );
    let one_day = company(&question.days[..1]);
    assert_eq!(one_day.suspects().len(), 20, "one quiet day is no level");
}

/// Whatever weekday the window begins on: weekends go with the business days beside them.
#[test]
fn what_reaches_into_the_window_is_confirmed_as_a_whole() {
    let denver = Scope::Location("Denver".to_owned());
    let silent = is_from("2026-03-02");
    let year = || Year::new(|_| 100).part(denver.clone(), |date| if silent(date) { 0 } else { 40 });
    for window in 90..97 {
        let asked = year().judged().questions("1", window);
        let days: Vec<_> = asked.into_iter().flat_map(|question| question.days).collect();
        let begins = (denver.clone(), day("2026-02-28"));
        assert_eq!(
            days.first(),
            Some(&begins),
            "{window} days: with the weekend before"
        );
        let left = year().accepted(&days).judged().questions("1", window);
        assert_eq!(left, [], "{window} days");
    }
}

#[test]
fn what_is_not_fresh_can_be_confirmed_by_its_hash() {
    let policy = Company::new().job(&[]).gates;
    let as_of = day("2025-12-24");
    let newest = |days: &[&str]| NewestCall {
        at: "2025-12-19T20:58:00Z".parse().unwrap(),
        hours_after: 8,
        days_after: days.iter().map(|text| day(text)).collect(),
    };
    let calls = |newest: &NewestCall, accepted: &[String]| {
        calls_are_fresh("913874", Some(newest), as_of, &policy, accepted)
    };
    let closed = newest(&["2025-12-22", "2025-12-23", "2025-12-24"]);
    let block = calls(&closed, &[]);
    assert_eq!(block.status, GateStatus::Block);
    assert!(block.detail.contains("80 business hours"), "{}", block.detail);
    assert!(
        block.detail.contains("list 2025-12-22 to 2025-12-24 as holidays"),
        "{}",
        block.detail
    );
    assert_eq!(calls(&closed, &[block.accept.unwrap()]).status, GateStatus::Warn);
    assert_eq!(
        calls(&newest(&[]), &[]).status,
        GateStatus::Ok,
        "all of these are holidays"
    );

    let invoice = |is_last, accepted: &[String]| {
        invoice_is_fresh(
            "913874",
            Some(day("2025-10-01")),
            is_last,
            as_of,
            &policy,
            accepted,
        )
    };
    let block = invoice(false, &[]);
    assert_eq!(block.status, GateStatus::Block);
    assert_eq!(invoice(false, &[block.accept.unwrap()]).status, GateStatus::Warn);
    assert_eq!(invoice(true, &[]).status, GateStatus::Warn);
}
