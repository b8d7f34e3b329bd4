//! To-date amounts: each invoice that a finding concerns counts, and each month once.

use quietline::domain::{Cents, Charge, ChargeKind, FindingKind, Kind, Tier};

use super::account_kinds::{mrc, office, only};
use super::books::Books;
use super::{charge, day, on};

/// The same bill for October and the three months before.
fn billed_for_months(books: &mut Books) {
    let months = [
        ("INV-09", "2026-09-01", "2026-09-30"),
        ("INV-08", "2026-08-01", "2026-08-31"),
        ("INV-07", "2026-07-01", "2026-07-31"),
    ];
    let october = books.charges.clone();
    for (id, first, last) in months {
        books.charges.extend(october.iter().map(|row| Charge {
            invoice_id: id.into(),
            invoice_date: day(first),
            period_start: day(first),
            period_end: day(last),
            ..row.clone()
        }));
    }
}

/// A line on the dearest tier that records nothing.
fn one_advanced() -> Books {
    let mut books = office(1);
    books.tells_recorded = true;
    books.contracts[0].unit_price = Some(Cents(2_799));
    books.contracts[0].tier = Some(Tier::Advanced);
    books.lines[0].tier = Some(Tier::Advanced);
    (books.charges[0].tier, books.charges[0].amount) = (Some(Tier::Advanced), Cents(2_799));
    books
}

#[test]
fn each_invoice_that_a_finding_concerns_is_counted_to_date() {
    type Change = fn(&mut Books);
    let cases: [(FindingKind, i64, i64, Change); 9] = [
        (FindingKind::InvoiceResidual, 777, 4 * 777, |books| {
            books.charges.push(charge(7, ChargeKind::Other, 777));
        }),
        (FindingKind::CommitmentShortfall, 2 * 2_099, 8 * 2_099, |books| {
            books.contracts[0].committed_lines = Some(12);
            books.contracts[0].tier = Some(Tier::Premium);
        }),
        (FindingKind::CommitmentExcess, 4 * 2_099, 16 * 2_099, |books| {
            books.contracts[0].committed_lines = Some(10);
            books.contracts[0].tier = Some(Tier::Premium);
            for extension in ["107", "108", "109", "110"] {
                books.used_until.remove(extension);
            }
            books.scoring.protected_kinds = vec![Kind::Person];
            for line in &mut books.lines {
                line.kind = Some(Kind::Person);
            }
        }),
        // Recordings are looked for on 90 days: three bills begin in them.
        (FindingKind::RightSize, 700, 3 * 700, |books| {
            *books = one_advanced();
        }),
        (FindingKind::IdleLine, 2_099, 4 * 2_099, |books| {
            let idle_since = books.days_before(200);
            books.used_until.insert("101".into(), idle_since);
        }),
        (FindingKind::DuplicateCharge, 2_099, 4 * 2_099, |books| {
            books.charges.push(mrc(77, "101"));
        }),
        (FindingKind::UnbilledLine, 2_099, 4 * 2_099, |books| {
            books.charges.pop();
        }),
        (FindingKind::GhostCharge, 500, 4 * 500, |books| {
            books
                .charges
                .push(on("999", charge(77, ChargeKind::LineAddon, 500)));
        }),
        (FindingKind::RateAboveContract, 100, 4 * 100, |books| {
            books.charges[0].amount += Cents(100);
        }),
    ];
    for (kind, monthly, to_date, change) in cases {
        let mut books = office(10);
        change(&mut books);
        billed_for_months(&mut books);
        let found = only(books.found(kind));
        assert_eq!(
            (found.monthly_amount, found.amount_to_date),
            (Cents(monthly), Cents(to_date)),
            "{kind}"
        );
    }
}

#[test]
fn a_month_that_is_billed_again_is_short_once() {
    let mut books = office(3);
    books.contracts[0].committed_lines = Some(5);
    books.contracts[0].tier = Some(Tier::Premium);
    billed_for_months(&mut books);
    let again: Vec<Charge> = office(3).charges;
    books.charges.extend(again.into_iter().map(|row| Charge {
        invoice_id: "INV-10R".into(),
        invoice_date: day("2026-10-08"),
        ..row
    }));
    let short = only(books.found(FindingKind::CommitmentShortfall));
    assert_eq!(
        (short.monthly_amount, short.amount_to_date),
        (Cents(2 * 2_099), Cents(8 * 2_099))
    );
}

/// What was billed on another tier says nothing of today's.
#[test]
fn a_line_that_moved_up_counts_the_bills_since() {
    let mut books = one_advanced();
    billed_for_months(&mut books);
    for row in &mut books.charges {
        if row.invoice_id == "INV-08" {
            (row.tier, row.amount) = (Some(Tier::Premium), Cents(2_099));
        }
    }
    let found = only(books.found(FindingKind::RightSize));
    assert_eq!(
        (found.monthly_amount, found.amount_to_date),
        (Cents(700), Cents(1_400))
    );
}
