//! Bills as they come: prepaid years, minutes billed on their own, corrections, halves of a bill.

use quietline::domain::{
    BridgePart, Cents, Charge, ChargeKind, FindingKind, FindingState, LedgerEntry, UnreadDays, Verdict,
};

use super::account_kinds::{mrc, office};
use super::books::{Books, gone_since};
use super::bridge_total;
use super::{charge, day, on};

fn of_invoice(id: &str, date: &str, charge: Charge) -> Charge {
    Charge {
        invoice_id: id.into(),
        invoice_date: day(date),
        ..charge
    }
}

#[test]
fn minutes_billed_on_their_own_are_no_bill() {
    let mut books = office(2);
    let bill = books.stated();
    books
        .charges
        .push(of_invoice("U-1", "2026-10-08", charge(9, ChargeKind::Usage, 321)));
    let stated = books.stated();
    assert_eq!(
        (stated.billed_total, &stated.bridge),
        (bill.billed_total, &bill.bridge)
    );
    assert_eq!(stated.findings, bill.findings);
    assert!(
        stated
            .notices
            .iter()
            .any(|notice| notice.starts_with("Invoice U-1 of 2026-10-08 bills no line (3.21")),
        "{:?}",
        stated.notices
    );
}

#[test]
fn a_year_paid_ahead_covers_its_line() {
    let mut books = office(2);
    books.charges[1] = of_invoice(
        "INV-01",
        "2026-01-01",
        Charge {
            period_start: day("2026-01-01"),
            period_end: day("2026-12-31"),
            amount: Cents(12 * 2_099),
            ..mrc(1, "102")
        },
    );
    let idle_since = books.days_before(200);
    books.used_until.insert("102".into(), idle_since);
    let stated = books.stated();
    assert!(
        !stated
            .findings
            .iter()
            .any(|finding| finding.kind == FindingKind::UnbilledLine)
    );
    let line = stated
        .lines
        .iter()
        .find(|line| line.line.line_id == "102")
        .unwrap();
    assert_eq!(
        (line.verdict, line.cost.monthly_cost),
        (Verdict::Idle, Cents(2_099))
    );
    assert_eq!(
        bridge_total(&stated.bridge),
        stated.billed_total,
        "of the newest invoice alone"
    );
}

#[test]
fn what_is_taken_back_is_no_price_and_no_duplicate() {
    let mut books = office(1);
    books.charges[0].amount = Cents(2_999);
    books.charges.push(Charge {
        amount: Cents(-2_999),
        ..mrc(2, "101")
    });
    books.charges.push(mrc(3, "101"));
    let stated = books.stated();
    assert_eq!(
        stated
            .findings
            .iter()
            .filter(|finding| finding.kind.is_of_charge())
            .count(),
        0,
        "{:?}",
        stated.findings
    );
    assert_eq!(stated.lines[0].cost.monthly_cost, Cents(2_099));
    assert_eq!(stated.bridge.get(BridgePart::Credits), Cents::ZERO);
    assert_eq!(bridge_total(&stated.bridge), stated.billed_total);
    // The near miss: a credit of another amount takes nothing back.
    books.charges[1].amount = Cents(-1_000);
    assert_eq!(books.found(FindingKind::DuplicateCharge).len(), 1);
}

#[test]
fn a_number_that_only_an_unknown_extension_names_is_a_ghost() {
    let mut books = office(1);
    books.charges.push(on("199", charge(5, ChargeKind::Did, 499)));
    let found = books.found(FindingKind::GhostCharge);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].monthly_amount, Cents(499));
}

#[test]
fn the_charge_of_a_line_whose_row_could_not_be_used_is_no_ghost() {
    let mut books = office(1);
    books.charges.push(mrc(5, "199"));
    assert_eq!(books.found(FindingKind::GhostCharge).len(), 1);
    books.unread.insert("extension 199".into(), UnreadDays::default());
    let stated = books.stated();
    assert_eq!(books.found(FindingKind::GhostCharge).len(), 0);
    assert_eq!(stated.bridge.get(BridgePart::Disputed), Cents::ZERO);
    assert_eq!(bridge_total(&stated.bridge), stated.billed_total);
}

#[test]
fn a_stranger_that_had_a_credit_was_a_line_once() {
    let mut books = office(1);
    books.charges.push(mrc(5, "199"));
    assert_eq!(books.found(FindingKind::GhostCharge).len(), 1);
    let credit = on("199", charge(3, ChargeKind::Credit, -800));
    books.charges.push(of_invoice("INV-09", "2026-09-01", credit));
    let found = books.found(FindingKind::BilledAfterRemoval);
    assert_eq!((found.len(), books.found(FindingKind::GhostCharge).len()), (1, 0));
    assert!(
        found[0]
            .evidence
            .contains("invoice INV-09 of 2026-09-01 gave credit"),
        "{}",
        found[0].evidence
    );
}

fn removed_in_september(books: &mut Books) -> String {
    let idle_since = books.days_before(200);
    books.used_until.insert("102".into(), idle_since);
    let first = books.stated();
    let id = first
        .findings
        .iter()
        .find(|finding| finding.kind == FindingKind::IdleLine)
        .unwrap();
    let id = id.finding_id.clone();
    let gone = books.lines.remove(1);
    books.known_lines = vec![gone_since(gone, day("2026-09-20"))];
    books.ledger = first
        .ledger
        .into_iter()
        .map(|entry| LedgerEntry {
            first_seen: day("2026-09-01"),
            last_seen: day("2026-09-19"),
            invoice_date: Some(day("2026-09-01")),
            actioned_on: Some(day("2026-09-20")),
            state: FindingState::Actioned,
            ..entry
        })
        .collect();
    id
}

#[test]
fn half_of_a_split_bill_proves_nothing_of_the_other_half() {
    let state = |rows: &[&str]| {
        let mut books = office(3);
        let id = removed_in_september(&mut books);
        let september = books.charges.iter().map(|row| {
            let row = Charge {
                period_start: day("2026-09-01"),
                period_end: day("2026-09-30"),
                ..row.clone()
            };
            of_invoice("INV-09", "2026-09-01", row)
        });
        let september: Vec<Charge> = september.collect();
        books.charges = rows
            .iter()
            .zip(20..)
            .map(|(extension, row)| mrc(row, extension))
            .collect();
        books.charges.extend(september);
        let stated = books.stated();
        stated
            .ledger
            .iter()
            .find(|entry| entry.finding_id == id)
            .unwrap()
            .state
    };
    assert_eq!(
        state(&["101"]),
        FindingState::Actioned,
        "one of two that are there"
    );
    assert_eq!(state(&["101", "777"]), FindingState::Realised);
    assert_eq!(
        state(&["101", "103"]),
        FindingState::Realised,
        "all but what has left"
    );
    assert_eq!(
        state(&["101", "102", "103"]),
        FindingState::Actioned,
        "billed as before"
    );
}

#[test]
fn a_night_made_up_for_later_changes_nothing_that_is_known() {
    let mut books = office(2);
    let id = removed_in_september(&mut books);
    for entry in &mut books.ledger {
        entry.realised_on = Some(day("2026-10-20"));
        entry.state = FindingState::Realised;
    }
    let stated = books.stated();
    let entry = stated.ledger.iter().find(|entry| entry.finding_id == id).unwrap();
    assert_eq!(
        (entry.state, entry.slipped_back_on),
        (FindingState::Realised, None)
    );
}
