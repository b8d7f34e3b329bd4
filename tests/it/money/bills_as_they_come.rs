//! A month billed in several invoices, tiers in new words, seats by their number.

use quietline::domain::{
    BridgePart, Cents, Charge, ChargeKind, Contract, CostSource, FindingKind, Gate, GateStatus, Line, Term,
    Tier,
};
use quietline::steps::gates;

use super::account_kinds::{contract, mrc, office, only};
use super::books::Books;
use super::bridge_total;
use super::{charge, day, on};

fn later(id: &str, date: &str, charge: Charge) -> Charge {
    Charge {
        invoice_id: id.into(),
        invoice_date: day(date),
        ..charge
    }
}

fn of_line<'a>(
    stated: &'a quietline::domain::AccountStatement,
    id: &str,
) -> &'a quietline::domain::ScoredLine {
    stated.lines.iter().find(|line| line.line.line_id == id).unwrap()
}

#[test]
fn a_supplement_of_the_month_belongs_to_its_bill() {
    let mut books = office(4);
    let newcomer = books.charges.pop().unwrap();
    books.charges.push(later("SUP-1", "2026-10-10", newcomer));
    let stated = books.stated();
    assert_eq!(stated.billed_total, Cents(4 * 2_099));
    assert_eq!(stated.invoice_ids, ["INV-10", "SUP-1"]);
    assert_eq!(stated.invoice_date, Some(day("2026-10-01")));
    assert_eq!(books.found(FindingKind::UnbilledLine), []);
    assert_eq!(bridge_total(&stated.bridge), stated.billed_total);

    // A line that it bills again is billed twice.
    books.charges.push(later("SUP-2", "2026-10-12", mrc(9, "101")));
    let twice = only(books.found(FindingKind::DuplicateCharge));
    assert_eq!(twice.monthly_amount, Cents(2_099));
}

#[test]
fn an_invoice_that_bills_the_month_again_is_not_added() {
    let mut books = office(4);
    let again = books.charges.to_vec();
    books
        .charges
        .extend(again.into_iter().map(|row| later("INV-10R", "2026-10-08", row)));
    let stated = books.stated();
    assert_eq!(stated.billed_total, Cents(4 * 2_099));
    assert_eq!(stated.invoice_ids, ["INV-10R"]);
    let asked = |notice: &String| notice.contains("INV-10R") && notice.contains("Is the older withdrawn");
    assert!(stated.notices.iter().any(asked), "{:?}", stated.notices);
    let next_month = office(2).charges.into_iter().map(|row| Charge {
        period_start: day("2026-09-01"),
        period_end: day("2026-09-30"),
        ..later("INV-09", "2026-09-01", row)
    });
    let mut books = office(2);
    books.charges.extend(next_month);
    assert!(
        !books
            .stated()
            .notices
            .iter()
            .any(|notice| notice.contains("withdrawn"))
    );
}

fn renamed(row: u64, extension: &str, amount: i64) -> Charge {
    Charge {
        description: "Business Phone Plus".into(),
        ..on(extension, charge(row, ChargeKind::Other, amount))
    }
}

#[test]
fn a_charge_in_new_words_at_the_contract_s_price_is_the_line_s_seat() {
    let mut books = office(4);
    books.charges[1] = renamed(2, "102", 2_099);
    let stated = books.stated();
    let line = of_line(&stated, "102");
    assert_eq!(
        (line.cost.monthly_cost, line.cost.source),
        (Cents(2_099), Some(CostSource::Invoice))
    );
    assert_eq!(stated.bridge.get(BridgePart::Unexplained), Cents::ZERO);
    assert_eq!(books.found(FindingKind::UnbilledLine), []);
    assert!(
        stated
            .notices
            .iter()
            .any(|notice| notice.contains("1 charge is in words that no rule")),
        "{:?}",
        stated.notices
    );
}

#[test]
fn a_charge_in_new_words_at_the_last_bill_s_price_is_the_line_s_seat() {
    let mut books = office(4);
    books.contracts.clear();
    let dear = |row: Charge| Charge {
        amount: Cents(2_345),
        ..row
    };
    let september = office(4).charges.into_iter().map(|row| Charge {
        period_start: day("2026-09-01"),
        period_end: day("2026-09-30"),
        ..dear(later("INV-09", "2026-09-01", row))
    });
    books.charges[1] = renamed(2, "102", 2_345);
    books.charges.extend(september);
    assert_eq!(of_line(&books.stated(), "102").cost.monthly_cost, Cents(2_345));
    books.charges[1] = renamed(2, "102", 2_346);
    assert_eq!(of_line(&books.stated(), "102").cost.source, None);
}

#[test]
fn a_charge_in_new_words_at_another_price_leaves_the_cost_unknown() {
    let mut books = office(4);
    books.charges[1] = renamed(2, "102", 2_345);
    let stated = books.stated();
    let line = of_line(&stated, "102");
    assert_eq!((line.cost.source, line.cost.monthly_cost), (None, Cents::ZERO));
    assert_eq!(books.found(FindingKind::UnbilledLine), [], "the row names it");
    assert!(
        stated
            .notices
            .iter()
            .any(|notice| notice.starts_with("What 1 line costs is not known")),
        "{:?}",
        stated.notices
    );
    // Beside its seat it is something else.
    books.charges.push(mrc(9, "102"));
    let line = of_line(&books.stated(), "102").cost.clone();
    assert_eq!(
        (line.source, line.monthly_cost),
        (Some(CostSource::Invoice), Cents(2_099))
    );
}

#[test]
fn a_bill_that_is_not_understood_warns_and_then_holds() {
    let gate = |rows: usize, accepted: &[String]| {
        let mut books = office(10);
        for at in 0..rows {
            books.charges[at] = renamed(at as u64, &(101 + at).to_string(), 2_345);
        }
        gates::bill(&books.stated(), accepted)
    };
    assert_eq!(gate(0, &[]), None);
    let warned = gate(1, &[]).unwrap();
    assert_eq!((warned.gate, warned.status), (Gate::G10Bill, GateStatus::Warn));
    let held = gate(3, &[]).unwrap();
    assert_eq!(held.status, GateStatus::Hold);
    let accepted = gate(3, &[held.accept.unwrap()]).unwrap();
    assert_eq!(accepted.status, GateStatus::Warn);
}

fn by_number(row: u64, quantity: u32) -> Charge {
    Charge {
        tier: Some(Tier::Premium),
        term: Some(Term::Annual),
        quantity: Some(quantity),
        description: "Premium line, annual plan".into(),
        ..charge(row, ChargeKind::LineMrc, i64::from(quantity) * 2_099)
    }
}

#[test]
fn fewer_seats_by_number_than_lines_name_no_line_as_unbilled() {
    for rows in [vec![by_number(1, 12)], vec![by_number(1, 7), by_number(2, 5)]] {
        let mut books = office(14);
        books.charges = rows;
        let stated = books.stated();
        let found = only(books.found(FindingKind::UnbilledLine));
        assert_eq!(
            (
                found.line_id.as_deref(),
                found.extension.as_deref(),
                found.monthly_amount
            ),
            (None, None, Cents(2 * 2_099))
        );
        for said in [
            "bills 12 premium annual seats",
            "the inventory has 14",
            "which 2 of them",
        ] {
            assert!(found.evidence.contains(said), "{}", found.evidence);
        }
        let costs = stated.lines.iter().map(|line| line.cost.monthly_cost);
        assert!(
            costs.clone().all(|cost| (1_798..=1_800).contains(&cost.0)),
            "each bears a part"
        );
        assert_eq!(costs.sum::<Cents>(), Cents(12 * 2_099));
        assert_eq!(stated.bridge.get(BridgePart::Unexplained), Cents::ZERO);
    }
    let mut books = office(14);
    books.charges = vec![by_number(1, 14)];
    assert_eq!(books.found(FindingKind::UnbilledLine), [], "as many as there are");
}

fn committed_to(lines: u32, books: Books) -> Books {
    Books {
        contracts: vec![Contract {
            tier: Some(Tier::Premium),
            committed_lines: Some(lines),
            ..contract()
        }],
        ..books
    }
}

#[test]
fn a_shortfall_counts_what_is_billed_under_the_contract() {
    let mut books = committed_to(16, office(14));
    let short = |books: &Books| only(books.found(FindingKind::CommitmentShortfall));
    assert_eq!(short(&books).monthly_amount, Cents(2 * 2_099));
    books.charges[4] = Charge {
        term: Some(Term::Monthly),
        amount: Cents(2_999),
        ..books.charges[4].clone()
    };
    let found = short(&books);
    assert_eq!(
        found.monthly_amount,
        Cents(3 * 2_099),
        "one is billed on another term"
    );
    assert!(
        found.evidence.contains("13 of its 14 are billed"),
        "{}",
        found.evidence
    );
    books.charges = vec![by_number(1, 12)];
    assert_eq!(
        short(&books).monthly_amount,
        Cents(4 * 2_099),
        "billed by their number"
    );
}

#[test]
fn what_is_not_billed_counts_each_invoice_that_leaves_it_out() {
    let mut books = committed_to(16, office(14));
    let months = [
        ("INV-09", "2026-09-01", "2026-09-30"),
        ("INV-08", "2026-08-01", "2026-08-31"),
    ];
    for (id, first, last) in months {
        let rows = office(14).charges.into_iter().map(|row| Charge {
            period_start: day(first),
            period_end: day(last),
            ..later(id, first, row)
        });
        books.charges.extend(rows);
    }
    books
        .charges
        .retain(|row| row.extension.as_deref() != Some("114") || row.invoice_id == "INV-08");
    books
        .lines
        .iter_mut()
        .for_each(|line: &mut Line| line.seat_since = Some(day("2025-09-01")));
    let unbilled = only(books.found(FindingKind::UnbilledLine));
    assert_eq!(
        (unbilled.monthly_amount, unbilled.amount_to_date),
        (Cents(2_099), Cents(2 * 2_099)),
        "on two of the three"
    );
    let short = only(books.found(FindingKind::CommitmentShortfall));
    assert_eq!(
        (short.monthly_amount, short.amount_to_date),
        (Cents(3 * 2_099), Cents((3 + 3 + 2) * 2_099))
    );
}

#[test]
fn seats_by_number_count_each_bill_and_nobody_who_came_with_it_or_later() {
    let mut books = office(14);
    books.charges = vec![
        by_number(1, 12),
        Charge {
            period_start: day("2026-09-01"),
            period_end: day("2026-09-30"),
            ..later("INV-09", "2026-09-01", by_number(1, 13))
        },
    ];
    let left_out = |books: &Books| {
        let found = books.found(FindingKind::UnbilledLine);
        found
            .into_iter()
            .map(|found| (found.monthly_amount, found.amount_to_date))
            .collect::<Vec<_>>()
    };
    assert_eq!(left_out(&books), [(Cents(2 * 2_099), Cents(3 * 2_099))]);
    for line in &mut books.lines[..2] {
        line.seat_since = Some(day("2026-10-05"));
    }
    assert_eq!(left_out(&books), [], "two of fourteen came after the bill");
    books.charges[0] = by_number(1, 14);
    assert_eq!(left_out(&books), []);
    assert_eq!(books.stated().bridge.get(BridgePart::Unexplained), Cents::ZERO);
}

#[test]
fn what_two_issuers_bill_of_the_same_lines_is_owed_to_both() {
    let by = |issuer: &str, id: &str, date: &str| {
        let rows = office(4).charges.into_iter();
        let row = |row| Charge {
            issuer: Some(issuer.into()),
            ..later(id, date, row)
        };
        rows.map(row).collect::<Vec<_>>()
    };
    for date in ["2026-10-01", "2026-10-05"] {
        let mut books = office(4);
        books.charges = [
            by("Vonage", "INV-10", "2026-10-01"),
            by("Harbor Telecom", "HT-7", date),
        ]
        .concat();
        let stated = books.stated();
        assert_eq!(stated.billed_total, Cents(8 * 2_099), "{date}");
        assert_eq!(books.found(FindingKind::DuplicateCharge), [], "{date}");
        let asked = |notice: &String| notice.contains("withdrawn");
        assert!(!stated.notices.iter().any(asked), "{:?}", stated.notices);
        assert_eq!(of_line(&stated, "101").cost.seat_cost, Cents(2 * 2_099), "{date}");
        assert_eq!(bridge_total(&stated.bridge), stated.billed_total);
    }
    // Their names are compared as all names are.
    let mut books = office(4);
    books.charges = [
        by("Vonage", "INV-10", "2026-10-01"),
        by("VONAGE", "INV-10R", "2026-10-05"),
    ]
    .concat();
    assert_eq!(books.stated().billed_total, Cents(4 * 2_099));
}
