//! What leaving saves, and from when: notice of month-to-month contracts, promotions, and lines that the inventory never had.

use quietline::domain::{Cents, Charge, ChargeKind, Contract, FindingKind, Recoverable, Term, Verdict};

use super::account_kinds::{contract, mrc, office, only};
use super::books::Books;
use super::{charge, day, on};

/// Two lines month to month, the second idle.
fn month_to_month(notice_days: Option<u32>) -> Books {
    let mut books = office(2);
    let idle_since = books.days_before(200);
    books.used_until.insert("102".into(), idle_since);
    books.contracts = vec![Contract {
        term: Term::Monthly,
        end_on: None,
        notice_days,
        ..contract()
    }];
    books
        .lines
        .iter_mut()
        .for_each(|line| line.term = Some(Term::Monthly));
    books
        .charges
        .iter_mut()
        .for_each(|row| row.term = Some(Term::Monthly));
    books
}

#[test]
fn notice_of_a_month_to_month_contract_moves_the_day() {
    let when = |notice_days| {
        let found = only(month_to_month(notice_days).found(FindingKind::IdleLine));
        assert_eq!(found.recoverable, Recoverable::NextBill);
        (found.recoverable_on, found.notice_by, found.evidence)
    };
    for none in [None, Some(0)] {
        let (on, notice_by, evidence) = when(none);
        assert_eq!((on, notice_by), (Some(day("2026-11-01")), None));
        assert!(!evidence.contains("notice"), "{evidence}");
    }
    // The night is that of 16 October: 14 days before the 31st is tomorrow.
    assert_eq!(when(Some(14)).0, Some(day("2026-11-01")));
    let (on, notice_by, evidence) = when(Some(30));
    assert_eq!(
        (on, notice_by),
        (Some(day("2026-12-01")), Some(day("2026-10-31"))),
        "30 days before 31 October have passed"
    );
    assert!(
        evidence.contains("Contract C1 asks for 30 days of notice: given by 2026-10-31"),
        "{evidence}"
    );
}

#[test]
fn what_a_promotion_takes_off_is_not_saved() {
    let with = |promotion: i64, ends: Option<&str>| {
        let mut books = month_to_month(None);
        books.contracts[0].promo_ends_on = ends.map(day);
        books.charges[1].amount = Cents(2_999);
        books
            .charges
            .push(on("102", charge(9, ChargeKind::Promotion, promotion)));
        let found = only(books.found(FindingKind::IdleLine));
        let stated = books.stated();
        let line = stated
            .lines
            .iter()
            .find(|line| line.verdict == Verdict::Idle)
            .unwrap();
        assert_eq!(line.monthly_saving, found.monthly_amount);
        assert_eq!(line.cost.monthly_cost, Cents(2_999), "what it is billed at");
        (found.monthly_amount, found.evidence)
    };
    let (saving, evidence) = with(-2_999, Some("2026-12-31"));
    assert_eq!(saving, Cents::ZERO);
    assert!(
        evidence.contains("off, until 2026-12-31: leaving saves 0.00 before that"),
        "{evidence}"
    );
    let (saving, evidence) = with(-900, None);
    assert_eq!(saving, Cents(2_099), "a list price and its promotion count once");
    assert!(
        evidence.contains("until a day that no contract names"),
        "{evidence}"
    );
}

/// Extension 780, in no inventory, is billed from May to July, and in September and October.
fn removed_in_july(kind: ChargeKind) -> Books {
    let mut books = office(1);
    let of = |month: u32, row: Charge| Charge {
        invoice_id: format!("INV-{month:02}"),
        invoice_date: day(&format!("2026-{month:02}-01")),
        period_start: day(&format!("2026-{month:02}-01")),
        period_end: day(&format!("2026-{:02}-01", month + 1)).pred_opt().unwrap(),
        ..row
    };
    for month in [5, 6, 7, 9, 10] {
        if month < 10 {
            books.charges.push(of(month, mrc(1, "101")));
        }
        books.charges.push(of(month, mrc(2, "780")));
    }
    books.charges.push(Charge {
        period_start: day("2026-07-11"),
        period_end: day("2026-07-31"),
        ..of(8, on("780", charge(3, kind, -1_422)))
    });
    books.charges.push(of(8, mrc(1, "101")));
    books
}

#[test]
fn what_was_given_back_proves_a_removal_and_claims_reach_back_to_it() {
    for kind in [ChargeKind::Credit, ChargeKind::Proration] {
        let books = removed_in_july(kind);
        let found = only(books.found(FindingKind::BilledAfterRemoval));
        assert_eq!(
            (found.monthly_amount, found.amount_to_date),
            (Cents(2_099), Cents(2 * 2_099)),
            "September and October"
        );
        for said in ["invoice INV-08 of 2026-08-01", "from 2026-07-11 on"] {
            assert!(found.evidence.contains(said), "{}", found.evidence);
        }
        assert_eq!(books.found(FindingKind::GhostCharge), []);
    }
    let mut never = removed_in_july(ChargeKind::Proration);
    never.charges.retain(|row| row.amount > Cents::ZERO);
    let ghost = only(never.found(FindingKind::GhostCharge));
    assert_eq!(ghost.amount_to_date, Cents(5 * 2_099));
}

#[test]
fn sentences_say_whose_row_number_it_is() {
    let mut books = office(1);
    books.charges.push(Charge {
        description: "Premium seat of Ann Able".into(),
        ..mrc(5, "199")
    });
    let ghost = only(books.found(FindingKind::GhostCharge));
    assert!(
        ghost
            .evidence
            .starts_with("Invoice INV-10 of 2026-10-01, \"... seat of ...\" (row 5 of our file), bills"),
        "{}",
        ghost.evidence
    );
}
