//! What each odd charge becomes.

use chrono::NaiveDate;
use proptest::prelude::*;
use quietline::domain::{
    Account, Cents, Charge, ChargeCategory, ChargeKind, Contract, Currency, FocusCharge, FocusPricing, Line,
    Price, PriceBook, Term, Tier, parse_day,
};
use quietline::steps::bill::cost::LineCounts;
use quietline::steps::bill::focus::focus_charges;
use quietline::steps::bill::rates::Agreed;

use crate::roll_up::line;

fn day(text: &str) -> NaiveDate {
    parse_day(text).unwrap()
}

fn charge(kind: ChargeKind, amount: i64) -> Charge {
    Charge {
        account_id: "1".into(),
        invoice_id: "INV-10".into(),
        row: 2,
        invoice_date: day("2026-10-01"),
        period_start: day("2026-10-01"),
        period_end: day("2026-10-31"),
        description: "something".into(),
        amount: Cents(amount),
        currency: Currency::USD,
        charge_kind: Some(kind),
        extension: None,
        phone_number: None,
        email: None,
        tier: None,
        term: None,
        quantity: None,
        unit_price: None,
        issuer: None,
        set_aside: Vec::new(),
    }
}

fn seat(amount: i64) -> Charge {
    Charge {
        extension: Some("101".into()),
        ..charge(ChargeKind::LineMrc, amount)
    }
}

fn for_days(from: &str, to: &str, charge: Charge) -> Charge {
    Charge {
        period_start: day(from),
        period_end: day(to),
        ..charge
    }
}

fn contract() -> Contract {
    Contract {
        account_id: "1".into(),
        contract_id: "C-1".into(),
        term: Term::Annual,
        start_on: day("2026-01-01"),
        end_on: None,
        tier: None,
        committed_lines: None,
        unit_price: Some(Cents(1899)),
        list_price: None,
        promo_ends_on: None,
        auto_renew: None,
        notice_days: None,
        mid_term_credit: None,
        min_tier_reason: None,
    }
}

/// The last of the invoice's rows: the first is a seat's month, which tells the billing period.
fn told_with(contracts: &[Contract], charge: Charge) -> FocusCharge {
    let holder = Line {
        tier: Some(Tier::Premium),
        term: Some(Term::Annual),
        contract_id: Some("C-1".into()),
        ..line("101")
    };
    let book = PriceBook {
        currency: Currency::USD,
        prices: vec![Price {
            tier: Tier::Premium,
            term: Term::Annual,
            valid_from: day("2024-01-01"),
            price: Cents(2099),
            list_price: Some(Cents(2999)),
            from_lines: 1,
            valid_until: None,
            currency: None,
        }],
        addons: Vec::new(),
        charge_rules: Vec::new(),
        assumed: None,
        features: Vec::new(),
    };
    let account = Account {
        account_id: "1".into(),
        name: "Example".into(),
        time_zone: quietline::zones::named("Europe/Berlin").unwrap(),
        currency: Currency::USD,
    };
    let agreed = Agreed {
        contracts,
        unread_contracts: &[],
        book: &book,
        counts: &LineCounts::default(),
    };
    let rows = [Charge { row: 1, ..seat(2099) }, charge];
    let mut told = focus_charges(&account, &rows, &[holder], &agreed, day("2026-10-16")).unwrap();
    assert_eq!(told.len(), 2);
    told.remove(1)
}

fn told(charge: Charge) -> FocusCharge {
    told_with(&[], charge)
}

fn priced(quantity: i64, by_month: bool, list: i64, contracted: i64) -> Option<FocusPricing> {
    Some(FocusPricing {
        quantity,
        by_month,
        list_unit_price: Cents(list),
        contracted_unit_price: Cents(contracted),
    })
}

#[test]
fn a_seat_has_its_list_and_its_contract_price() {
    assert_eq!(told(seat(2099)).pricing, priced(1, true, 2999, 2099));
    let above = told_with(&[contract()], seat(2099));
    assert_eq!(above.pricing, priced(1, true, 2999, 1899));
    let listed = Contract {
        list_price: Some(Cents(3199)),
        ..contract()
    };
    assert_eq!(
        told_with(&[listed], seat(2099)).pricing,
        priced(1, true, 3199, 1899)
    );
}

#[test]
fn a_year_paid_at_once_is_twelve_months_and_several_seats_are_counted() {
    let year = for_days("2026-10-01", "2027-09-30", seat(25188));
    assert_eq!(told(year).pricing, priced(12, true, 2999, 2099));
    let seats = Charge {
        extension: None,
        tier: Some(Tier::Premium),
        term: Some(Term::Annual),
        quantity: Some(3),
        ..seat(6297)
    };
    assert_eq!(told(seats).pricing, priced(3, true, 2999, 2099));
}

#[test]
fn what_does_not_divide_counts_as_one() {
    let uneven = Charge {
        quantity: Some(3),
        ..charge(ChargeKind::AccountAddon, 1000)
    };
    assert_eq!(told(uneven).pricing, priced(1, false, 1000, 1000));
    let part = for_days("2026-09-21", "2026-09-30", seat(700));
    assert_eq!(told(part).pricing, priced(1, false, 700, 700));
}

#[test]
fn a_seat_given_back_is_a_credit_and_corrects_only_an_earlier_period() {
    let back = for_days("2026-09-01", "2026-09-30", seat(-2099));
    let back = told(back);
    assert_eq!(
        (back.category, back.is_correction),
        (ChargeCategory::Credit, true)
    );
    assert!(!told(seat(-2099)).is_correction, "of the same period");
    let late = for_days("2026-09-21", "2026-09-30", charge(ChargeKind::Proration, 700));
    assert!(!told(late).is_correction, "billed late, but first billed");
}

#[test]
fn what_is_not_bought_has_no_price() {
    use ChargeKind::*;
    for kind in [Credit, Promotion, E911, FederalUsf, StateTax, LocalTax, Other] {
        assert_eq!(told(charge(kind, 500)).pricing, None, "{kind}");
    }
}

#[test]
fn an_invoice_after_the_last_day_is_told_too() {
    let later = Charge {
        invoice_date: day("2026-11-01"),
        ..for_days("2026-11-01", "2026-11-30", seat(2099))
    };
    assert_eq!(told(later).billing_period, (day("2026-11-01"), day("2026-11-30")));
}

proptest! {
    #[test]
    fn quantity_times_price_is_the_amount(
        amount in -1_000_000_i64..1_000_000,
        quantity in proptest::option::of(0_u32..200),
        kind in proptest::sample::select(ChargeKind::ALL),
        days in 0_u64..800,
    ) {
        let row = charge(kind, amount);
        let told = told(Charge { quantity, period_end: row.period_start + chrono::Days::new(days), ..row });
        let Some(pricing) = told.pricing else { return Ok(()) };
        prop_assert_eq!(pricing.contracted_cost(), Cents(amount));
        prop_assert_eq!(pricing.list_cost(), Cents(amount));
        prop_assert!(pricing.list_unit_price >= Cents::ZERO && pricing.quantity != 0);
    }
}
