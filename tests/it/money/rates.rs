//! Prices against what was agreed: the smallest invoice that shows each fault, and its near miss.

use proptest::prelude::*;
use quietline::domain::{Cents, Charge, ChargeKind, Contract, FindingKind, Line, PriceBook, Term, Tier};
use quietline::steps::bill::charges::match_charges;
use quietline::steps::bill::cost::LineCounts;
use quietline::steps::bill::held_extensions::HeldExtensions;
use quietline::steps::bill::rates::{Agreed, find_rate_faults};

use super::{AS_OF, charge, day, on};
use crate::roll_up::line;

fn contract() -> Contract {
    Contract {
        account_id: "1".into(),
        contract_id: "C1".into(),
        term: Term::Annual,
        start_on: day("2026-01-01"),
        end_on: Some(day("2026-12-31")),
        tier: Some(Tier::Premium),
        committed_lines: None,
        unit_price: Some(Cents(2_099)),
        list_price: Some(Cents(2_999)),
        promo_ends_on: None,
        auto_renew: None,
        notice_days: None,
        mid_term_credit: None,
        min_tier_reason: None,
    }
}

fn seat() -> Line {
    Line {
        tier: Some(Tier::Premium),
        term: Some(Term::Annual),
        contract_id: Some("C1".into()),
        ..line("101")
    }
}

fn mrc(row: u64, amount: i64) -> Charge {
    Charge {
        tier: Some(Tier::Premium),
        term: Some(Term::Annual),
        ..on("101", charge(row, ChargeKind::LineMrc, amount))
    }
}

/// Kind and monthly amount of each fault, and its sentence.
fn found_in(contract: Contract, charges: &[Charge]) -> Vec<(FindingKind, Cents, String)> {
    found_by(&[contract], charges)
}

fn found_by(contracts: &[Contract], charges: &[Charge]) -> Vec<(FindingKind, Cents, String)> {
    let lines = [seat()];
    let book: PriceBook = serde_json::from_str(
        r#"{"currency":"USD","charge_rules":[],"prices":[
            {"tier":"premium","term":"annual","valid_from":"2020-01-01","price":"20.99","list_price":null},
            {"tier":"premium","term":"monthly","valid_from":"2020-01-01","price":"29.99","list_price":null}]}"#,
    )
    .unwrap();
    let mut matched = match_charges(charges, &lines, &HeldExtensions::default(), day(AS_OF));
    let agreed = Agreed {
        contracts,
        unread_contracts: &[],
        book: &book,
        counts: &LineCounts::on(day(AS_OF), &lines, contracts),
    };
    find_rate_faults(&mut matched, &agreed);
    matched
        .into_iter()
        .filter_map(|row| row.fault)
        .map(|fault| (fault.kind, fault.monthly, fault.evidence))
        .collect()
}

fn kinds(contract: Contract, charges: &[Charge]) -> Vec<(FindingKind, Cents)> {
    let found = found_in(contract, charges);
    found
        .into_iter()
        .map(|(kind, monthly, _)| (kind, monthly))
        .collect()
}

#[test]
fn a_price_above_the_contract_is_found_and_the_contracts_own_is_not() {
    assert_eq!(
        kinds(contract(), &[mrc(1, 2_100)]),
        [(FindingKind::RateAboveContract, Cents(1))]
    );
    assert_eq!(kinds(contract(), &[mrc(1, 2_099)]), []);
    assert_eq!(kinds(contract(), &[mrc(1, 1_999)]), [], "cheaper is no fault");
    let year = Charge {
        period_end: day("2027-09-30"),
        ..mrc(1, 12 * 2_099)
    };
    assert_eq!(kinds(contract(), &[year]), [], "a year in one charge");
    let days = Charge {
        period_start: day("2026-10-12"),
        ..mrc(1, 2_099)
    };
    assert_eq!(
        kinds(contract(), &[days]),
        [],
        "part of a month cannot be held against a month's price"
    );
    let unpriced = Contract {
        unit_price: None,
        ..contract()
    };
    assert_eq!(kinds(unpriced, &[mrc(1, 9_999)]), [], "the contract does not say");
}

#[test]
fn a_promotion_beside_the_list_price_is_no_rate_error() {
    let promotion = |extension: Option<&str>| Charge {
        extension: extension.map(str::to_owned),
        ..charge(2, ChargeKind::Promotion, -900)
    };
    assert_eq!(kinds(contract(), &[mrc(1, 2_999), promotion(Some("101"))]), []);
    assert_eq!(
        kinds(contract(), &[mrc(1, 2_999), promotion(None)]),
        [],
        "it may be this line's"
    );
    assert_eq!(
        kinds(contract(), &[mrc(1, 2_999)]),
        [(FindingKind::RateAboveContract, Cents(900))]
    );
}

#[test]
fn an_ended_promotion_is_one_finding_and_no_rate_error() {
    let until = |text: &str| Contract {
        promo_ends_on: Some(day(text)),
        ..contract()
    };
    let found = found_in(until("2026-09-30"), &[mrc(1, 2_999)]);
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].0, found[0].1),
        (FindingKind::PromotionEnded, Cents(900))
    );
    insta::assert_snapshot!(found[0].2);
    assert_eq!(
        kinds(until("2026-10-01"), &[mrc(1, 2_099)]),
        [],
        "still running on the first day"
    );
    assert_eq!(
        kinds(until("2026-10-01"), &[mrc(1, 2_999)]),
        [(FindingKind::RateAboveContract, Cents(900))]
    );
    assert_eq!(
        kinds(until("2026-09-30"), &[mrc(1, 3_099)]),
        [(FindingKind::RateAboveContract, Cents(100))],
        "above list"
    );
}

#[test]
fn another_tier_or_term_than_agreed_hides_the_rate_error_that_follows() {
    let advanced = Charge {
        tier: Some(Tier::Advanced),
        ..mrc(1, 2_799)
    };
    let found = found_in(contract(), std::slice::from_ref(&advanced));
    assert_eq!(
        (found[0].0, found[0].1, found.len()),
        (FindingKind::TierMismatch, Cents(700), 1)
    );
    let monthly = Charge {
        term: Some(Term::Monthly),
        ..mrc(1, 2_999)
    };
    let term = found_in(contract(), std::slice::from_ref(&monthly));
    assert_eq!(
        (term[0].0, term[0].1, term.len()),
        (FindingKind::TermMismatch, Cents(900), 1)
    );
    insta::assert_snapshot!([&found[0].2[..], &term[0].2].join("\n"));
    let cheaper = Charge {
        tier: Some(Tier::Mobile),
        ..mrc(1, 1_399)
    };
    assert_eq!(
        kinds(contract(), &[cheaper]),
        [(FindingKind::TierMismatch, Cents::ZERO)],
        "told, nothing to credit"
    );
    let silent = Charge {
        tier: None,
        term: None,
        ..mrc(1, 2_099)
    };
    assert_eq!(
        kinds(contract(), &[silent]),
        [],
        "a row that does not say is not contradicted"
    );
}

#[test]
fn a_part_month_costs_its_days() {
    let part = |start: &str, end: &str, amount: i64| Charge {
        period_start: day(start),
        period_end: day(end),
        ..on("101", charge(2, ChargeKind::Proration, amount))
    };
    // 20.99 x 10 / 30 = 6.9967
    assert_eq!(
        kinds(
            contract(),
            &[mrc(1, 2_099), part("2026-09-21", "2026-09-30", 700)]
        ),
        []
    );
    let dear = [mrc(1, 2_099), part("2026-09-21", "2026-09-30", 701)];
    assert_eq!(
        kinds(contract(), &dear),
        [(FindingKind::ProrationError, Cents(1))]
    );
    insta::assert_snapshot!(found_in(contract(), &dear)[0].2);
    assert_eq!(
        kinds(contract(), &[part("2026-09-21", "2026-09-30", 701)]).len(),
        1,
        "by the contract's price"
    );
    assert_eq!(
        kinds(contract(), &[part("2026-09-21", "2026-09-30", -700)]),
        [],
        "a credit"
    );
    assert_eq!(
        kinds(contract(), &[part("2026-09-21", "2026-10-05", 9_999)]),
        [],
        "over two months it cannot be told"
    );
}

proptest! {
    /// Whatever is billed, what is asked back never exceeds it, and a price at or under the contract is never disputed.
    #[test]
    fn a_credit_is_never_more_than_the_charge(amount in 1_i64..10_000, tier in 0_usize..3, term in 0_usize..2) {
        let row = Charge {
            tier: Some(Tier::ALL[tier]),
            term: Some(Term::ALL[term]),
            ..mrc(1, amount)
        };
        for (_, monthly) in kinds(contract(), &[row]) {
            prop_assert!(Cents::ZERO <= monthly && monthly < Cents(amount));
            prop_assert!(monthly.is_zero() || amount > 2_099);
        }
    }
}

/// Two rows of one contract, the newer at a dollar more from July on.
fn risen() -> [Contract; 2] {
    let until = Contract {
        end_on: Some(day("2026-06-30")),
        ..contract()
    };
    let since = Contract {
        start_on: day("2026-07-01"),
        unit_price: Some(Cents(2_199)),
        ..contract()
    };
    [until, since]
}

#[test]
fn the_row_that_is_in_force_on_the_charge_s_period_holds() {
    let billed = |contracts: &[Contract], from: &str, to: &str, amount: i64| {
        let charge = Charge {
            period_start: day(from),
            period_end: day(to),
            ..mrc(1, amount)
        };
        let found = found_by(contracts, &[charge]).into_iter();
        found.map(|(_, monthly, _)| monthly).collect::<Vec<_>>()
    };
    let [until, since] = risen();
    for contracts in [[until.clone(), since.clone()], [since.clone(), until.clone()]] {
        let billed = |from, to, amount| billed(&contracts, from, to, amount);
        assert_eq!(billed("2026-10-01", "2026-10-31", 2_199), []);
        assert_eq!(billed("2026-10-01", "2026-10-31", 2_299), [Cents(100)]);
        assert_eq!(billed("2026-06-01", "2026-06-30", 2_199), [Cents(100)]);
        assert_eq!(
            billed("2026-06-15", "2026-07-14", 2_199),
            [],
            "the price rises within the period: what may be owed is not asked back"
        );
        assert_eq!(billed("2026-06-15", "2026-07-14", 2_299), [Cents(100)]);
    }
    let alone = |row: &Contract, from, to| billed(std::slice::from_ref(row), from, to, 9_999);
    assert_eq!(alone(&since, "2026-06-01", "2026-06-30"), [], "not yet in force");
    assert_eq!(
        alone(&until, "2026-10-01", "2026-10-31"),
        [Cents(7_900)],
        "it goes on, for all that is known"
    );
    let ended = Contract {
        auto_renew: Some(false),
        ..until
    };
    assert_eq!(alone(&ended, "2026-10-01", "2026-10-31"), [], "over");
    let for_all = Contract { tier: None, ..since };
    assert_eq!(
        billed(&[ended, for_all], "2026-10-01", "2026-10-31", 2_299),
        [Cents(100)],
        "the row of all tiers follows that of one"
    );
}
