//! Rows that could not be read are told as that: they are neither a contract that is missing nor a number of nobody.

use quietline::domain::{
    Cents, Charge, ChargeKind, Contract, FindingKind, Recoverable, Tier, UnreadContract, UnreadDays, Verdict,
};

use super::account_kinds::{contract, mrc, office, only};
use super::books::Books;
use super::{charge, day};

fn unread(tier: Option<Tier>) -> UnreadContract {
    UnreadContract {
        account_id: Some("1".into()),
        contract_id: "C1".into(),
        tier,
        origin: "contracts.csv, row 4".into(),
    }
}

/// Two lines, the second idle.
fn with_an_idle_line() -> Books {
    let mut books = office(2);
    let idle_since = books.days_before(200);
    books.used_until.insert("102".into(), idle_since);
    books
}

#[test]
fn a_contract_that_could_not_be_read_is_not_called_missing() {
    let question = |contracts: Vec<Contract>, unread_contracts: Vec<UnreadContract>| {
        let books = Books {
            contracts,
            unread_contracts,
            ..with_an_idle_line()
        };
        let found = only(books.found(FindingKind::IdleLine));
        assert_eq!(found.recoverable, Recoverable::Undetermined);
        found.evidence
    };
    let told = "contract C1 could not be read (contracts.csv, row 4)";
    for tier in [None, Some(Tier::Premium)] {
        let asked = question(Vec::new(), vec![unread(tier)]);
        assert!(asked.contains(told), "{asked}");
        assert!(!asked.contains("is not in"), "{asked}");
    }
    let missing = question(Vec::new(), vec![unread(Some(Tier::Mobile))]);
    assert!(
        missing.contains("contract C1 is not in the contracts table"),
        "{missing}"
    );
    let of_another = Contract {
        tier: Some(Tier::Mobile),
        ..contract()
    };
    let silent = question(vec![of_another], Vec::new());
    assert!(
        silent.contains("contract C1 says nothing of premium lines"),
        "{silent}"
    );
}

#[test]
fn no_price_is_held_against_a_contract_that_may_say_otherwise() {
    let mut books = office(2);
    books.charges[1].amount = Cents(2_399);
    assert_eq!(books.found(FindingKind::RateAboveContract).len(), 1);
    books.unread_contracts = vec![unread(None)];
    let stated = books.stated();
    assert_eq!(books.found(FindingKind::RateAboveContract), []);
    assert!(
        stated
            .notices
            .iter()
            .any(|told| told.starts_with("Contract C1 could not be read (contracts.csv, row 4)")),
        "{:?}",
        stated.notices
    );
}

#[test]
fn a_line_whose_row_could_not_be_read_has_its_number_and_its_seat() {
    let mut books = office(3);
    books.contracts[0].committed_lines = Some(5);
    books.charges.push(Charge {
        phone_number: Some("17325550177".into()),
        ..charge(8, ChargeKind::Did, 499)
    });
    books.charges.push(mrc(9, "199"));
    assert_eq!(books.found(FindingKind::OrphanNumber).len(), 1);
    let short = |books: &Books| only(books.found(FindingKind::CommitmentShortfall)).monthly_amount;
    assert_eq!(short(&books), Cents(2 * 2_099), "199 is a stranger");
    for name in ["number 17325550177", "extension 199"] {
        books.unread.insert(name.into(), UnreadDays::default());
    }
    assert_eq!(books.found(FindingKind::OrphanNumber), []);
    assert_eq!(short(&books), Cents(2_099), "its seat is one of those committed");
    let residual = only(books.found(FindingKind::InvoiceResidual)).evidence;
    let whose = "row 9 (20.99, of a line whose row in our list could not be read)";
    assert!(residual.contains(whose), "{residual}");
}

#[test]
fn a_contract_counts_its_lines_alike_in_every_sentence() {
    let told = |count: usize, idle: &[&str]| {
        let mut books = office(count);
        books.contracts[0].end_on = Some(day("2026-12-31"));
        for extension in idle {
            let since = books.days_before(200);
            books.used_until.insert((*extension).into(), since);
        }
        only(books.found(FindingKind::RenewalNotice)).evidence
    };
    for (evidence, said) in [
        (
            told(1, &[]),
            "It covers 1 line at USD 20.99 a month, which is not found idle.",
        ),
        (
            told(1, &["101"]),
            "It covers 1 line at USD 20.99 a month, which is not used.",
        ),
        (
            told(3, &[]),
            "It covers 3 lines at USD 62.97 a month, none of them found idle.",
        ),
        (
            told(3, &["101"]),
            "3 lines at USD 62.97 a month; 1 of them, USD 20.99 a month, is not used.",
        ),
        (
            told(3, &["101", "102"]),
            "2 of them, USD 41.98 a month, are not used.",
        ),
    ] {
        assert!(evidence.ends_with(said), "{evidence}");
    }
}

#[test]
fn a_seat_that_has_left_the_list_since_filled_its_commitment_when_it_was_billed() {
    let mut books = office(5);
    books.contracts[0].committed_lines = Some(5);
    assert_eq!(books.found(FindingKind::CommitmentShortfall), []);
    books.lines[4].seat_until = Some(day("2026-10-10"));
    assert_eq!(books.found(FindingKind::CommitmentShortfall), []);
}

#[test]
fn what_was_billed_in_silence_leaves_out_what_a_promotion_took_off() {
    let billed = |promotion: i64| {
        let mut books = with_an_idle_line();
        let mut row = super::on("102", charge(9, ChargeKind::Promotion, promotion));
        row.period_start = day("2026-10-01");
        books.charges.push(row);
        assert!(
            books
                .stated()
                .lines
                .iter()
                .any(|line| line.verdict == Verdict::Idle)
        );
        only(books.found(FindingKind::IdleLine)).amount_to_date
    };
    assert_eq!(billed(0), Cents(2_099));
    assert_eq!(billed(-900), Cents(1_199));
    assert_eq!(billed(-2_099), Cents::ZERO);
    assert_eq!(billed(-9_999), Cents::ZERO, "nothing was given");
}
