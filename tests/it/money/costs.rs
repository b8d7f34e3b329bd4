//! What a line costs for a month, and which month an invoice bills.

use quietline::domain::{
    Cents, Charge, ChargeKind, Contract, CostSource, Line, LineCost, PriceBook, Term, Tier,
};
use quietline::steps::bill::charges::{invoices, match_charges};
use quietline::steps::bill::cost::line_costs;
use quietline::steps::bill::held_extensions::HeldExtensions;

use super::{AS_OF, charge, day, on, people};
use crate::contracts::annual;
use crate::roll_up::line;

/// A charge for a service period.
fn during(start: &str, end: &str, charge: Charge) -> Charge {
    Charge {
        period_start: day(start),
        period_end: day(end),
        ..charge
    }
}

fn book() -> PriceBook {
    let text = r#"{"currency":"USD","charge_rules":[],"prices":[
        {"tier":"premium","term":"monthly","valid_from":"2020-01-01","price":"27.99","list_price":null}]}"#;
    serde_json::from_str(text).unwrap()
}

/// The costs of the people by the newest of these charges.
fn costs_of(charges: &[Charge], lines: &[Line], contracts: &[Contract]) -> Vec<LineCost> {
    let invoice = invoices(charges, day(AS_OF)).remove(0);
    let matched = match_charges(&invoice.charges, lines, &HeldExtensions::default(), day(AS_OF));
    let costs = line_costs(lines, Some((&invoice, &matched)), contracts, &book(), day(AS_OF));
    let cost = |line| costs.get(line).unwrap().clone();
    lines.iter().map(cost).collect()
}

#[test]
fn one_annual_row_does_not_move_the_account_s_month() {
    use ChargeKind::{LineMrc, TollFree, Usage};
    let period = |charges: &[Charge]| invoices(charges, day(AS_OF)).remove(0).period;
    let seats = [
        on("101", charge(2, LineMrc, 1999)),
        on("102", charge(3, LineMrc, 1999)),
    ];
    let yearly = during("2026-10-01", "2027-09-30", charge(4, TollFree, 6000));
    let ahead = during("2026-11-01", "2026-11-30", on("102", charge(5, LineMrc, 1999)));
    let october = (day("2026-10-01"), day("2026-10-31"));
    assert_eq!(
        period(&[seats[0].clone(), seats[1].clone(), yearly.clone(), ahead.clone()]),
        october
    );
    assert_eq!(
        period(&[seats[0].clone(), ahead]).1,
        day("2026-11-30"),
        "a tie: the latest"
    );
    let usage = during("2026-09-01", "2026-09-30", charge(6, Usage, 5));
    assert_eq!(
        period(&[yearly, usage.clone()]).1,
        day("2027-09-30"),
        "recurring rows"
    );
    assert_eq!(period(&[usage]).1, day("2026-09-30"), "all rows");
}

#[test]
fn of_two_months_on_one_invoice_a_line_costs_the_newer() {
    use ChargeKind::{Did, LineAddon, LineMrc};
    let mrc = || on("101", charge(2, LineMrc, 1999));
    let addon = |row, amount| on("101", charge(row, LineAddon, amount));
    let did = |number: &str| Charge {
        phone_number: Some(number.into()),
        ..on("101", charge(9, Did, 499))
    };
    let september = |charge| during("2026-09-01", "2026-09-30", charge);
    let yearly = |charge| during("2026-10-01", "2027-09-30", charge);
    for (what, charges, cost) in [
        ("two months", vec![september(mrc()), mrc()], 1999),
        (
            "two months of an add-on",
            vec![mrc(), september(addon(3, 500)), addon(4, 500)],
            2499,
        ),
        ("two add-ons", vec![mrc(), addon(3, 500), addon(4, 300)], 2799),
        ("an annual add-on", vec![mrc(), yearly(addon(3, 1200))], 2099),
        (
            "annual beside monthly",
            vec![mrc(), yearly(addon(3, 1200)), addon(4, 300)],
            2399,
        ),
        (
            "two numbers, one new",
            vec![
                mrc(),
                did("17325550101"),
                during("2026-10-08", "2026-11-07", did("17325550199")),
            ],
            2997,
        ),
    ] {
        let costs = costs_of(&charges, &people(), &[]);
        assert_eq!(costs[0].monthly_cost, Cents(cost), "{what}");
    }
}

#[test]
fn a_billed_line_s_term_is_the_invoice_s_then_the_list_s_then_the_contract_s() {
    let of = |billed: Option<Term>, listed: Option<Term>| {
        let lines = [Line {
            contract_id: Some("C1".into()),
            term: listed,
            ..line("101")
        }];
        let row = Charge {
            term: billed,
            ..on("101", charge(2, ChargeKind::LineMrc, 1999))
        };
        costs_of(&[row], &lines, &[annual("2026-12-31")])[0].term
    };
    assert_eq!(of(Some(Term::Monthly), Some(Term::Annual)), Some(Term::Monthly));
    assert_eq!(of(None, Some(Term::Monthly)), Some(Term::Monthly));
    assert_eq!(of(None, None), Some(Term::Annual));
}

#[test]
fn a_seat_whose_row_could_not_be_read_is_not_free() {
    let lines: Vec<Line> = people()
        .into_iter()
        .map(|line| Line {
            tier: Some(Tier::Premium),
            term: Some(Term::Monthly),
            ..line
        })
        .collect();
    let whole = [on("101", charge(2, ChargeKind::LineMrc, 1999))];
    let short = whole.clone().map(|row| Charge {
        set_aside: vec!["invoice INV-10: row 3".into()],
        ..row
    });
    let told = |charges: &[Charge]| {
        let cost = costs_of(charges, &lines, &[]).remove(1);
        (cost.monthly_cost, cost.source)
    };
    assert_eq!(told(&whole), (Cents::ZERO, Some(CostSource::Invoice)));
    assert_eq!(told(&short), (Cents(2799), Some(CostSource::PriceBook)));
    assert_eq!(costs_of(&short, &lines, &[])[0].monthly_cost, Cents(1999));
}
