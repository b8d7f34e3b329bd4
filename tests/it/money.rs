//! Money: each fault with its near miss, and a bridge that adds up.

pub mod account_kinds;
mod addons;
mod after_removal;
mod between_bills;
mod bills_as_they_come;
mod books;
mod costs;
mod descriptions;
mod leaving;
mod odd_bills;
mod properties;
mod rates;
mod right_size;
mod rulings;
mod since_last;
mod to_date;
mod unread_rows;

use chrono::NaiveDate;
use proptest::prelude::*;
use quietline::domain::{
    BRIDGE_PARTS, Bridge, BridgePart, ByLine, Cents, Charge, ChargeKind, Currency, FindingKind, Kind, Line,
    Tier, Verdict, parse_day,
};
use quietline::steps::bill::audit::find_faults;
use quietline::steps::bill::bridge::bridge;
use quietline::steps::bill::charges::{MatchedCharge, invoices, match_charges};
use quietline::steps::bill::held_extensions::HeldExtensions;
use quietline::steps::bill::not_listed::NotListed;

use crate::roll_up::line;

const AS_OF: &str = "2026-10-16";

/// All parts together.
pub fn bridge_total(bridge: &Bridge) -> Cents {
    BRIDGE_PARTS.iter().map(|part| bridge.get(*part)).sum()
}

pub(crate) fn day(text: &str) -> NaiveDate {
    parse_day(text).unwrap()
}

pub(crate) fn charge(row: u64, kind: ChargeKind, amount: i64) -> Charge {
    Charge {
        account_id: "1".into(),
        invoice_id: "INV-10".into(),
        row,
        invoice_date: day("2026-10-01"),
        period_start: day("2026-10-01"),
        period_end: day("2026-10-31"),
        description: String::new(),
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

fn on(extension: &str, charge: Charge) -> Charge {
    Charge {
        extension: Some(extension.into()),
        ..charge
    }
}

fn people() -> Vec<Line> {
    let queue = Line {
        kind: Some(Kind::Queue),
        login_name: None,
        ..line("900")
    };
    let gone = Line {
        seat_until: Some(day("2026-08-31")),
        dids: vec!["17325550100".into()],
        ..line("103")
    };
    vec![
        Line {
            dids: vec!["17325550101".into()],
            ..line("101")
        },
        line("102"),
        gone,
        queue,
    ]
}

/// The faults of an invoice by kind and charge, and the bridge.
fn audited(
    charges: &[Charge],
    verdicts: &[Option<Verdict>],
) -> (Vec<(FindingKind, usize)>, quietline::domain::Bridge) {
    let lines = people();
    let invoice = invoices(charges, day(AS_OF)).remove(0);
    let mut matched: Vec<MatchedCharge> =
        match_charges(&invoice.charges, &lines, &HeldExtensions::default(), day(AS_OF));
    find_faults(&invoice, &mut matched, &NotListed::default());
    let verdicts: ByLine<Verdict> = lines
        .iter()
        .zip(verdicts)
        .filter_map(|(line, verdict)| Some((line, (*verdict)?)))
        .collect();
    let faults = matched.iter().enumerate();
    (
        faults
            .filter_map(|(charge, row)| Some((row.fault.as_ref()?.kind, charge)))
            .collect(),
        bridge(&matched, &verdicts),
    )
}

const VERDICTS: [Option<Verdict>; 4] = [
    Some(Verdict::InUse),
    Some(Verdict::Idle),
    None,
    Some(Verdict::Protected),
];

#[test]
fn each_fault_has_its_smallest_invoice_and_its_near_miss() {
    use ChargeKind::{Did, LineMrc, Proration};
    let found = |charges: &[Charge]| audited(charges, &VERDICTS).0;
    let mrc = |row| on("101", charge(row, LineMrc, 1399));
    assert_eq!(found(&[mrc(2), mrc(3)]), [(FindingKind::DuplicateCharge, 1)]);
    let smaller = |row| Charge {
        amount: Cents(1_299),
        ..mrc(row)
    };
    for charges in [[mrc(2), smaller(3)], [smaller(2), mrc(3)]] {
        let twice = charges.iter().position(|charge| charge.amount == Cents(1_299));
        assert_eq!(
            found(&charges),
            [(FindingKind::DuplicateCharge, twice.unwrap())],
            "the smaller is the repeat, wherever it stands"
        );
    }
    assert_eq!(
        found(&[mrc(2), on("101", charge(3, Proration, 500))]),
        [],
        "a proration beside a full month"
    );
    let next_month = Charge {
        period_start: day("2026-11-01"),
        period_end: day("2026-11-30"),
        ..mrc(3)
    };
    assert_eq!(found(&[mrc(2), next_month]), [], "another month");
    assert_eq!(
        found(&[on("777", charge(2, LineMrc, 1399))]),
        [(FindingKind::GhostCharge, 0)]
    );
    assert_eq!(found(&[charge(2, LineMrc, 1399)]), [], "a row that names nobody");
    for period in [
        "2026-10-01 to 2026-10-31",
        "2026-10-01 - 2026-10-31",
        "01.10.2026 - 31.10.2026",
    ] {
        let dated = Charge {
            description: format!("Mobile Line - Annual Plan ({period})"),
            ..charge(2, LineMrc, 1399)
        };
        assert_eq!(found(&[dated]), [], "dates are no number: {period}");
    }
    let stranger = Charge {
        description: "Mobile Line 2026-10-01 to 2026-10-31, (732) 555-0177".into(),
        ..charge(2, LineMrc, 1399)
    };
    assert_eq!(found(&[stranger]), [(FindingKind::GhostCharge, 0)]);
    assert_eq!(
        found(&[on("103", charge(2, LineMrc, 1399))]),
        [(FindingKind::BilledAfterRemoval, 0)]
    );
    let in_its_last_month = Charge {
        period_start: day("2026-08-01"),
        period_end: day("2026-08-31"),
        ..on("103", charge(2, LineMrc, 1399))
    };
    assert_eq!(
        found(&[in_its_last_month]),
        [],
        "billed for the month in which it ended"
    );
    let number = |number: &str| Charge {
        phone_number: Some(number.into()),
        ..charge(2, Did, 499)
    };
    assert_eq!(
        found(&[number("17325550100")]),
        [(FindingKind::OrphanNumber, 0)],
        "a deleted user's number"
    );
    assert_eq!(found(&[number("17325550101")]), []);
    let in_words = |number: &str| Charge {
        description: format!("Additional Local Number {number}"),
        ..charge(2, Did, 499)
    };
    assert_eq!(
        found(&[in_words("(732) 555-0100")]),
        [(FindingKind::OrphanNumber, 0)],
        "a number in words alone"
    );
    assert_eq!(found(&[in_words("(732) 555-0101")]), []);
}

#[test]
fn a_number_is_its_lines_however_the_bill_writes_it() {
    let mut lines = people();
    lines[0].dids = vec!["442079460123".into()];
    lines[1].dids = vec!["441217946123".into(), "12025550142".into()];
    let number = |number: &str| Charge {
        phone_number: Some(number.into()),
        ..charge(2, ChargeKind::Did, 499)
    };
    let matched = |number_of_bill: &str| {
        let charges = [number(number_of_bill)];
        let invoice = invoices(&charges, day(AS_OF)).remove(0);
        let mut matched = match_charges(&invoice.charges, &lines, &HeldExtensions::default(), day(AS_OF));
        find_faults(&invoice, &mut matched, &NotListed::default());
        let row = matched.remove(0);
        let line = row.line().map(|line| line.extension.clone());
        (line, row.fault.map(|fault| fault.kind))
    };
    for written in ["442079460123", "02079460123", "2079460123"] {
        assert_eq!(matched(written), (Some("101".into()), None), "{written}");
    }
    assert_eq!(matched("12025550142"), (Some("102".into()), None));
    assert_eq!(
        matched("5550142"),
        (None, None),
        "no line's for sure, and nobody's to release"
    );
    let orphan = Some(FindingKind::OrphanNumber);
    assert_eq!(matched("02079460124"), (None, orphan));
    assert_eq!(matched("12125550142"), (None, orphan));
}

#[test]
fn a_bill_by_numbers_of_seats_is_spread_and_the_rest_is_unexplained() {
    let lines: Vec<Line> = people()
        .into_iter()
        .map(|line| Line {
            tier: Some(Tier::Mobile),
            ..line
        })
        .collect();
    let row = Charge {
        tier: Some(Tier::Mobile),
        quantity: Some(5),
        ..charge(2, ChargeKind::LineMrc, 6996)
    };
    let matched = match_charges(&[row], &lines, &HeldExtensions::default(), day(AS_OF)).remove(0);
    assert_eq!(
        matched
            .shares
            .iter()
            .map(|(line, _)| &line.line_id)
            .collect::<Vec<_>>(),
        ["101", "102", "900"]
    );
    assert_eq!(
        matched.shares.iter().map(|(_, amount)| *amount).sum::<Cents>() + matched.rest,
        Cents(6996)
    );
    assert_eq!(matched.rest, Cents(2799));
}

#[test]
fn a_number_of_a_line_is_its_cost_and_an_addon_of_a_queue_is_an_addon() {
    use ChargeKind::{Did, LineAddon, LineMrc};
    let did = Charge {
        phone_number: Some("17325550101".into()),
        ..charge(3, Did, 499)
    };
    let charges = [
        on("102", charge(2, LineMrc, 1399)),
        did,
        on("900", charge(4, LineAddon, 1499)),
    ];
    let (_, bridge) = audited(&charges, &VERDICTS);
    assert_eq!(bridge.get(BridgePart::Idle), Cents(1399));
    assert_eq!(bridge.get(BridgePart::InUse), Cents(499));
    assert_eq!(bridge.get(BridgePart::Addons), Cents(1499));
}

fn any_charge() -> impl Strategy<Value = Charge> {
    let kind = prop::sample::select(ChargeKind::ALL.to_vec());
    let end = prop::sample::select(vec![
        None,
        Some("101"),
        Some("102"),
        Some("103"),
        Some("900"),
        Some("777"),
    ]);
    let number = prop::sample::select(vec![
        None,
        Some("17325550100"),
        Some("17325550101"),
        Some("19995550100"),
    ]);
    let quantity = prop::option::of(0_u32..6);
    let tier = prop::option::of(prop::sample::select(Tier::ALL.to_vec()));
    (kind, -50_000_i64..50_000, end, number, quantity, tier).prop_map(
        |(kind, amount, extension, number, quantity, tier)| Charge {
            extension: extension.map(str::to_owned),
            phone_number: number.map(str::to_owned),
            quantity,
            tier,
            ..charge(0, kind, amount)
        },
    )
}

proptest! {
    #[test]
    fn the_bridge_adds_up_to_the_bill(
        charges in prop::collection::vec(any_charge(), 1..40),
        verdicts in prop::collection::vec(prop::option::of(prop::sample::select(Verdict::ALL.to_vec())), 4),
    ) {
        let (_, bridge) = audited(&charges, &verdicts);
        prop_assert_eq!(bridge_total(&bridge), charges.iter().map(|charge| charge.amount).sum::<Cents>());
    }
}

#[test]
fn an_extension_that_lost_its_zeros_is_no_ghost() {
    let fits = |lines: &[Line]| {
        let row = on("208", charge(2, ChargeKind::LineMrc, 1999));
        let matched = match_charges(&[row], lines, &HeldExtensions::default(), day(AS_OF)).remove(0);
        (
            matched.line().map(|line| line.line_id.clone()),
            matched.names_a_stranger,
        )
    };
    assert_eq!(fits(&[line("0208")]), (Some("0208".into()), false));
    assert_eq!(
        fits(&[line("0208"), line("208")]),
        (Some("208".into()), false),
        "the exact text"
    );
    assert_eq!(fits(&[line("0208"), line("00208")]), (None, false), "two fit");
    assert_eq!(fits(&[line("2080")]), (None, true));
}

#[test]
fn the_same_fault_of_two_accounts_has_two_ids() {
    let id = |account: &str| {
        let row = Charge {
            account_id: account.into(),
            ..on("777", charge(2, ChargeKind::LineMrc, 1999))
        };
        let invoice = invoices(&[row], day(AS_OF)).remove(0);
        let mut matched = match_charges(&invoice.charges, &[], &HeldExtensions::default(), day(AS_OF));
        find_faults(&invoice, &mut matched, &NotListed::default());
        matched.remove(0).fault.unwrap().finding_id
    };
    assert_eq!(id("1"), id("1"));
    assert_ne!(id("1"), id("2"));
}
