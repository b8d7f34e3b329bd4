//! When the money comes back: terms, notice, commitments, exposure.

use chrono::NaiveDate;
use proptest::prelude::*;
use quietline::domain::{
    Cents, Contract, InForce, Line, MidTermCredit, Recoverable, Term, add_months, parse_day,
};
use quietline::steps::savings::recover::{
    Candidate, Recovery, beyond_commitment, exposure, next_period, recovery,
};

use crate::roll_up::line;

const AS_OF: &str = "2026-10-16";

fn day(text: &str) -> NaiveDate {
    parse_day(text).unwrap()
}

pub fn annual(end_on: &str) -> Contract {
    Contract {
        account_id: "1".into(),
        contract_id: "C1".into(),
        term: Term::Annual,
        start_on: day("2026-01-01"),
        end_on: Some(day(end_on)),
        tier: None,
        committed_lines: None,
        unit_price: None,
        list_price: None,
        promo_ends_on: None,
        auto_renew: Some(true),
        notice_days: Some(60),
        mid_term_credit: Some(MidTermCredit::None),
        min_tier_reason: None,
    }
}

fn dated(contract: &Contract) -> Recovery {
    let line = Line {
        contract_id: Some("C1".into()),
        ..line("101")
    };
    let signed = InForce::on(day(AS_OF), std::slice::from_ref(contract));
    recovery(&line, None, &signed, day(AS_OF), day("2026-11-01"))
}

#[test]
fn notice_still_counts_on_its_day_and_moves_a_term_on_after_it() {
    let dates = |end_on: &str| {
        let Recovery {
            bucket,
            recoverable_on,
            notice_by,
            ..
        } = dated(&annual(end_on));
        (
            bucket,
            recoverable_on.unwrap().to_string(),
            notice_by.unwrap().to_string(),
        )
    };
    // Today is 2026-10-17: 60 days before 2026-12-16.
    assert_eq!(
        dates("2026-12-16"),
        (Recoverable::AtRenewal, "2026-12-17".into(), "2026-10-17".into())
    );
    assert_eq!(
        dates("2026-12-15").2,
        "2027-10-16",
        "past it, one term on: no whole months, so a year"
    );
    assert_eq!(
        dates("2026-12-31"),
        (Recoverable::AtRenewal, "2027-01-01".into(), "2026-11-01".into())
    );
    assert_eq!(
        dates("2026-10-31").1,
        "2027-09-01",
        "a term of ten months renews for ten months: to 2027-08-31"
    );
}

#[test]
fn what_the_contract_does_not_say_is_asked_and_not_assumed() {
    let asked = |contract: Contract| {
        let recovery = dated(&contract);
        assert_eq!(recovery.bucket, Recoverable::Undetermined);
        recovery.question.unwrap()
    };
    assert!(
        asked(Contract {
            end_on: None,
            ..annual(AS_OF)
        })
        .contains("when does the term")
    );
    assert!(
        asked(Contract {
            mid_term_credit: None,
            ..annual("2026-12-31")
        })
        .contains("credit")
    );
    assert!(
        asked(Contract {
            notice_days: None,
            ..annual("2026-12-31")
        })
        .contains("notice")
    );
    assert!(
        asked(Contract {
            auto_renew: None,
            ..annual("2026-11-30")
        })
        .contains("renew")
    );
    assert!(
        asked(Contract {
            auto_renew: Some(false),
            ..annual("2026-09-30")
        })
        .contains("ended on 2026-09-30")
    );
    let signed = InForce::on(day(AS_OF), &[]);
    let unnamed = recovery(&line("101"), None, &signed, day(AS_OF), day("2026-11-01"));
    assert_eq!(unnamed.bucket, Recoverable::Undetermined);
}

#[test]
fn credit_and_monthly_terms_come_back_with_the_next_bill() {
    let credit = dated(&Contract {
        mid_term_credit: Some(MidTermCredit::Prorated),
        ..annual("2026-12-31")
    });
    let monthly = |notice_days| {
        dated(&Contract {
            term: Term::Monthly,
            end_on: None,
            notice_days,
            ..annual("2026-12-31")
        })
    };
    for recovery in [credit, monthly(None), monthly(Some(14))] {
        assert_eq!(
            (recovery.bucket, recovery.recoverable_on),
            (Recoverable::NextBill, Some(day("2026-11-01")))
        );
    }
    let after_notice = monthly(Some(60));
    assert_eq!(
        (after_notice.recoverable_on, after_notice.notice_by),
        (Some(day("2027-01-01")), Some(day("2026-11-01")))
    );
    let ends_by_itself = dated(&Contract {
        auto_renew: Some(false),
        notice_days: None,
        ..annual("2026-10-31")
    });
    assert_eq!(
        (ends_by_itself.recoverable_on, ends_by_itself.notice_by),
        (Some(day("2026-11-01")), None)
    );
}

#[test]
fn the_dearest_lines_fill_the_room_above_a_commitment() {
    let candidate = |line_id, saving| Candidate {
        line_id,
        monthly_saving: Cents(saving),
    };
    let candidates = vec![candidate("c", 1999), candidate("a", 1999), candidate("b", 2999)];
    assert_eq!(beyond_commitment(candidates.clone(), 12, 10), ["c"]);
    assert_eq!(beyond_commitment(candidates.clone(), 12, 12), ["b", "a", "c"]);
    assert_eq!(beyond_commitment(candidates, 20, 10), [] as [&str; 0]);
}

#[test]
fn exposure_counts_the_billing_periods_left_in_the_term() {
    let cost = Cents(1399);
    let next = next_period(Some((day("2026-10-01"), day("2026-10-31"))), day(AS_OF));
    assert_eq!(next, day("2026-11-01"));
    assert_eq!(
        exposure(cost, Some(day("2026-12-31")), day(AS_OF), next),
        Cents(2798)
    );
    assert_eq!(
        exposure(cost, Some(day("2026-11-01")), day(AS_OF), next),
        Cents(1399)
    );
    assert_eq!(exposure(cost, None, day(AS_OF), next), Cents::ZERO);
    assert_eq!(next_period(None, day(AS_OF)), day("2026-11-01"));
    assert_eq!(
        next_period(Some((day("2026-06-15"), day("2026-07-14"))), day(AS_OF)),
        day("2026-11-15")
    );
}

#[test]
fn a_renewed_term_ends_with_its_month() {
    let half_year = Contract {
        notice_days: Some(30),
        ..annual("2026-06-30")
    };
    let recovery = dated(&half_year);
    assert_eq!(
        (recovery.recoverable_on, recovery.notice_by),
        (Some(day("2027-01-01")), Some(day("2026-12-01")))
    );
}

#[test]
fn a_notice_longer_than_the_calendar_is_asked_about() {
    let recovery = dated(&Contract {
        notice_days: Some(400_000_000),
        ..annual("2026-12-31")
    });
    assert_eq!(recovery.bucket, Recoverable::Undetermined);
}

proptest! {
    #[test]
    fn every_renewed_end_is_the_last_day_before_a_whole_number_of_terms(
        year in 2015_i32..2026, month in 1_u32..13, first in 1_u32..29, months in 1_i32..37, notice in 0_u32..120,
    ) {
        let start_on = NaiveDate::from_ymd_opt(year, month, first).unwrap();
        let end_on = add_months(start_on, months).pred_opt();
        let recovery = dated(&Contract { start_on, end_on, notice_days: Some(notice), ..annual(AS_OF) });
        let after = recovery.recoverable_on.unwrap();
        prop_assert!((1..400).any(|terms| add_months(start_on, terms * months) == after), "{after}");
        prop_assert!(recovery.notice_by.unwrap() > day(AS_OF));
    }
}
