//! Findings that no single charge shows: the smallest books that show each, and the near miss that must not.

use quietline::domain::{
    Cents, Charge, ChargeKind, Contract, Decision, DecisionKind, Finding, FindingKind, FindingState, Kind,
    Line, MidTermCredit, Recoverable, Term, Tier, Verdict,
};

use super::books::{Books, gone_since};
use super::{charge, day, on};
use crate::roll_up::line;

pub fn seat(extension: &str) -> Line {
    Line {
        tier: Some(Tier::Premium),
        term: Some(Term::Annual),
        contract_id: Some("C1".into()),
        seat_since: Some(day("2025-09-01")),
        ..line(extension)
    }
}

pub fn mrc(row: u64, extension: &str) -> Charge {
    Charge {
        tier: Some(Tier::Premium),
        term: Some(Term::Annual),
        ..on(extension, charge(row, ChargeKind::LineMrc, 2_099))
    }
}

pub fn contract() -> Contract {
    Contract {
        account_id: "1".into(),
        contract_id: "C1".into(),
        term: Term::Annual,
        start_on: day("2026-01-01"),
        end_on: Some(day("2026-12-31")),
        tier: None,
        committed_lines: None,
        unit_price: Some(Cents(2_099)),
        list_price: None,
        promo_ends_on: None,
        auto_renew: Some(true),
        notice_days: Some(60),
        mid_term_credit: Some(MidTermCredit::None),
        min_tier_reason: None,
    }
}

pub fn office(count: usize) -> Books {
    let extensions: Vec<String> = (101..101 + count).map(|number| number.to_string()).collect();
    let lines = extensions.iter().map(|extension| seat(extension)).collect();
    let charges = extensions
        .iter()
        .zip(1..)
        .map(|(extension, row)| mrc(row, extension));
    Books {
        contracts: vec![contract()],
        ..Books::new(lines, charges.collect())
    }
}

pub fn only(found: Vec<Finding>) -> Finding {
    assert_eq!(found.len(), 1, "{found:?}");
    found.into_iter().next().unwrap()
}

#[test]
fn a_paid_seat_without_a_charge_is_unbilled() {
    let mut books = office(2);
    books.charges.pop();
    let found = only(books.found(FindingKind::UnbilledLine));
    assert_eq!(
        (found.line_id.as_deref(), found.monthly_amount),
        (Some("102"), Cents(2_099))
    );
    assert_eq!(found.recoverable, Recoverable::None);
    assert!(found.evidence.contains("USD 20.99 a month"), "{}", found.evidence);

    type Change = fn(&mut Books);
    let near_misses: [(&str, Change); 5] = [
        ("an admin without a seat", |books| {
            books.lines[1].extension.clear()
        }),
        ("a line that came after the invoice's period began", |books| {
            books.lines[1].seat_since = Some(day("2026-10-05"))
        }),
        ("a part month", |books| {
            books
                .charges
                .push(on("102", charge(9, ChargeKind::Proration, 500)))
        }),
        ("a seat billed to nobody may be its own", |books| {
            books.charges.push(charge(9, ChargeKind::LineMrc, 2_099))
        }),
        ("a row that could not be read may be its own", |books| {
            books.charges[0].set_aside = vec!["charges.csv, row 3".into()]
        }),
    ];
    for (what, change) in near_misses {
        let mut books = office(2);
        books.charges.pop();
        change(&mut books);
        assert_eq!(books.found(FindingKind::UnbilledLine), [], "{what}");
    }
}

#[test]
fn what_no_rule_knows_is_the_residual() {
    let mut books = office(1);
    assert_eq!(books.found(FindingKind::InvoiceResidual), []);
    books.charges.push(charge(7, ChargeKind::Other, 777));
    let found = only(books.found(FindingKind::InvoiceResidual));
    assert_eq!(
        (found.monthly_amount, found.recoverable),
        (Cents(777), Recoverable::None)
    );
    assert!(found.evidence.contains("row 7 (7.77)"), "{}", found.evidence);
    books.charges.push(charge(8, ChargeKind::Other, -777));
    let netted = only(books.found(FindingKind::InvoiceResidual));
    assert_eq!(
        netted.monthly_amount,
        Cents::ZERO,
        "rows that cancel out are told all the same"
    );
}

#[test]
fn a_contract_is_told_before_its_notice_runs_out() {
    let books = office(2);
    let found = only(books.found(FindingKind::RenewalNotice));
    assert_eq!(
        (found.notice_by, found.recoverable_on),
        (Some(day("2026-11-01")), Some(day("2027-01-01")))
    );
    let mut far = office(2);
    far.as_of = day("2026-08-03");
    assert_eq!(
        only(far.found(FindingKind::RenewalNotice)).notice_by,
        Some(day("2026-11-01")),
        "90 days ahead"
    );
    far.as_of = day("2026-08-02");
    assert_eq!(far.found(FindingKind::RenewalNotice), [], "91 days ahead");
    let mut last_day = office(2);
    last_day.as_of = day("2026-10-31");
    assert_eq!(
        last_day.found(FindingKind::RenewalNotice).len(),
        1,
        "tomorrow is the last day"
    );
    last_day.as_of = day("2026-11-01");
    assert_eq!(
        last_day.found(FindingKind::RenewalNotice),
        [],
        "a year is left to the next one"
    );
    let mut two_rows = office(2);
    two_rows.contracts[0].auto_renew = Some(true);
    two_rows.contracts.push(Contract {
        tier: Some(Tier::Mobile),
        auto_renew: Some(false),
        ..two_rows.contracts[0].clone()
    });
    for _ in 0..2 {
        let told = only(two_rows.found(FindingKind::RenewalNotice)).evidence;
        assert!(told.contains("renews after 2026-12-31 unless"), "{told}");
        two_rows.contracts.reverse();
    }
    let mut monthly = office(2);
    monthly.contracts[0].term = Term::Monthly;
    assert_eq!(monthly.found(FindingKind::RenewalNotice), []);
}

#[test]
fn a_promotion_is_told_before_it_ends() {
    let ending = |on: &str, list: i64| {
        let mut books = office(2);
        books.contracts[0] = Contract {
            promo_ends_on: Some(day(on)),
            list_price: Some(Cents(list)),
            notice_days: None,
            ..contract()
        };
        books.stated().promotions_ending
    };
    let found = ending("2026-12-31", 2_999);
    assert!(found[0].contains("USD 18.00 more a month"), "{found:?}");
    assert!(ending("2027-01-15", 2_999).is_empty(), "91 days ahead");
    assert!(ending("2026-12-31", 2_099).is_empty(), "nothing gets dearer");
}

#[test]
fn a_commitment_that_is_not_filled_is_a_shortfall() {
    let mut books = office(3);
    books.contracts[0].committed_lines = Some(5);
    books.contracts[0].tier = Some(Tier::Premium);
    let found = only(books.found(FindingKind::CommitmentShortfall));
    assert_eq!(
        (found.monthly_amount, found.recoverable),
        (Cents(4_198), Recoverable::AtRenewal)
    );
    assert_eq!(found.notice_by, Some(day("2026-11-01")));
    books.contracts[0].committed_lines = Some(3);
    assert_eq!(books.found(FindingKind::CommitmentShortfall), []);
    assert_eq!(
        books.found(FindingKind::CommitmentExcess),
        [],
        "all three are used in every month"
    );
}

/// Ten seats committed and billed, six of them used. Four idle ones stand in the list by themselves, so nothing is left for
/// the excess; where nobody may call them idle, it is the excess that tells.
#[test]
fn what_is_committed_beyond_the_best_number_is_told_once() {
    let mut books = office(10);
    books.contracts[0].committed_lines = Some(10);
    books.contracts[0].tier = Some(Tier::Premium);
    for extension in ["107", "108", "109", "110"] {
        books.used_until.remove(extension);
    }
    let stated = books.stated();
    let commitment = &stated.commitments[0];
    assert_eq!((commitment.best.lines, commitment.today.unwrap().lines), (6, 10));
    assert_eq!(commitment.demand.len(), 12);
    assert_eq!(stated.count(Verdict::NeverUsed), 4);
    assert_eq!(books.found(FindingKind::CommitmentExcess), []);
    assert_eq!(
        stated.recoverable[&Recoverable::AtRenewal].amount,
        Cents(4 * 2_099)
    );

    books.scoring.protected_kinds = vec![Kind::Person];
    for line in &mut books.lines {
        line.kind = Some(Kind::Person);
    }
    let found = only(books.found(FindingKind::CommitmentExcess));
    assert_eq!(found.monthly_amount, Cents(4 * 2_099));
}

#[test]
fn a_second_line_that_lies_still_is_one_too_many() {
    let mut books = office(2);
    for line in &mut books.lines {
        line.email = Some("june@example.test".into());
    }
    let idle_since = books.days_before(200);
    books.used_until.insert("102".into(), idle_since);
    let found = only(books.found(FindingKind::ExtraLine));
    assert_eq!(found.line_id.as_deref(), Some("102"));
    let id = found.finding_id;
    books.lines[0].email = Some("arne@example.test".into());
    let other = only(books.found(FindingKind::IdleLine));
    assert_eq!(other.finding_id, id, "the same line, whoever else holds one");
    assert_eq!(books.found(FindingKind::ExtraLine), []);
    for (line, email) in books.lines.iter_mut().zip([None, Some("june@example.test")]) {
        line.email = email.map(str::to_owned);
        line.login_name = Some("june.holm".into());
    }
    assert_eq!(
        only(books.found(FindingKind::ExtraLine)).line_id.as_deref(),
        Some("102"),
        "the same person by another of their keys"
    );
}

#[test]
fn a_seat_that_is_billed_three_times_is_asked_back_row_by_row() {
    let mut books = office(1);
    books.charges.extend([mrc(7, "101"), mrc(8, "101")]);
    let found = only(books.found(FindingKind::DuplicateCharge));
    assert_eq!(found.monthly_amount, Cents(2 * 2_099));
    for row in ["again in row 7", "again in row 8"] {
        assert!(found.evidence.contains(row), "{}", found.evidence);
    }
}

#[test]
fn a_line_that_left_the_list_and_is_still_billed_was_removed() {
    let mut books = office(2);
    let gone = books.lines.pop().unwrap();
    assert_eq!(
        only(books.found(FindingKind::GhostCharge)).extension.as_deref(),
        Some("102")
    );
    books.known_lines = vec![gone_since(gone.clone(), day("2026-09-15"))];
    let found = only(books.found(FindingKind::BilledAfterRemoval));
    assert!(
        found.evidence.contains("removed on 2026-09-15"),
        "{}",
        found.evidence
    );
    assert_eq!(books.found(FindingKind::GhostCharge), []);
    books.known_lines = vec![gone_since(gone, day("2026-10-02"))];
    assert_eq!(
        books.found(FindingKind::BilledAfterRemoval),
        [],
        "billed for a month that it saw begin"
    );
    assert_eq!(books.found(FindingKind::GhostCharge), []);
}

/// What an idle line is billed too much is asked back; what is left is saved by its leaving. No cent stands twice.
#[test]
fn a_price_too_high_on_an_idle_line_stands_in_two_parts() {
    let mut books = office(1);
    let idle_since = books.days_before(200);
    books.used_until.insert("101".into(), idle_since);
    books.charges[0].amount = Cents(2_599);
    let stated = books.stated();
    assert_eq!(stated.idle_monthly, Cents(2_599), "as billed");
    assert_eq!(stated.recoverable[&Recoverable::Now].amount, Cents(500));
    assert_eq!(stated.recoverable[&Recoverable::AtRenewal].amount, Cents(2_099));
    let rate = only(books.found(FindingKind::RateAboveContract));
    books.decisions = vec![Decision {
        account_id: "1".into(),
        line_id: None,
        finding_id: Some(rate.finding_id),
        decision: DecisionKind::Dismiss,
        reason: Some("agreed by mail".into()),
        owner: Some("Greta".into()),
        decided_on: Some(day("2026-10-01")),
        expires_on: None,
        holder: None,
        origin: "findings.csv, row 2".into(),
    }];
    let stated = books.stated();
    assert_eq!(stated.recoverable.get(&Recoverable::Now), None);
    assert_eq!(stated.recoverable[&Recoverable::AtRenewal].amount, Cents(2_599));
    let dismissed = stated
        .findings
        .iter()
        .find(|finding| finding.kind == FindingKind::RateAboveContract);
    assert_eq!(dismissed.unwrap().state, FindingState::Dismissed);
}

/// A year billed at once, 1.00 a month too dear: 12.00 on the invoice.
#[test]
fn a_fault_of_several_months_counts_all_of_them() {
    let mut books = office(1);
    books.charges[0] = Charge {
        period_start: day("2026-01-01"),
        period_end: day("2026-12-31"),
        amount: Cents(12 * 2_199),
        ..books.charges[0].clone()
    };
    let found = only(books.found(FindingKind::RateAboveContract));
    assert_eq!(
        (found.monthly_amount, found.amount_to_date),
        (Cents(100), Cents(1_200))
    );
    assert!(
        found.evidence.ends_with("Please credit USD 12.00."),
        "{}",
        found.evidence
    );
}
