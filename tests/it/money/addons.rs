//! Add-ons of the account that nothing needs.

use quietline::domain::{Cents, Charge, ChargeKind, FindingKind, Kind, Line, Recoverable, Tier};

use super::account_kinds::{office, only, seat};
use super::{charge, day, on};

#[test]
fn a_queue_add_on_without_calls_is_unused() {
    let queue = Line {
        kind: Some(Kind::Queue),
        tier: None,
        contract_id: None,
        ..seat("900")
    };
    let with_queue = |last: Option<u64>| {
        let mut books = office(1);
        books.lines.push(queue.clone());
        books
            .charges
            .push(on("900", charge(5, ChargeKind::AccountAddon, 1_499)));
        if let Some(days) = last {
            let until = books.days_before(days);
            books.used_until.insert("900".into(), until);
        }
        books.found(FindingKind::AddonUnused)
    };
    for never_or_long_ago in [None, Some(90)] {
        let found = only(with_queue(never_or_long_ago));
        assert_eq!(
            (found.monthly_amount, found.recoverable),
            (Cents(1_499), Recoverable::NextBill)
        );
        assert_eq!(found.recoverable_on, Some(day("2026-11-01")));
    }
    assert_eq!(with_queue(Some(89)), [], "a call 89 days ago");
    let mut twice = office(1);
    twice.lines.push(queue.clone());
    for (row, amount) in [(5, 1_499), (6, 1_000)] {
        let billed = on("900", charge(row, ChargeKind::AccountAddon, amount));
        twice.charges.push(billed);
    }
    let found = only(twice.found(FindingKind::AddonUnused));
    assert_eq!(
        (found.monthly_amount, found.amount_to_date),
        (Cents(2_499), Cents(2_499)),
        "one queue in two rows is one finding"
    );
    assert!(found.evidence.contains("row 5") && found.evidence.contains("row 6"));
    let mut unnamed = office(1);
    unnamed.lines.push(queue.clone());
    unnamed.charges.push(Charge {
        description: "Auto queue (Sales)".into(),
        ..charge(5, ChargeKind::AccountAddon, 1_499)
    });
    assert_eq!(
        unnamed.found(FindingKind::AddonUnused).len(),
        1,
        "the only queue there is"
    );
    unnamed.lines.push(Line {
        extension: "901".into(),
        line_id: "901".into(),
        ..queue.clone()
    });
    assert_eq!(
        unnamed.found(FindingKind::AddonUnused),
        [],
        "one of two: nobody knows which"
    );
}

#[test]
fn company_recording_is_redundant_where_every_line_that_records_can_do_so_itself() {
    let recording_office = || {
        let mut books = office(2);
        books.charges.push(Charge {
            description: "Company Call Recording".into(),
            ..charge(7, ChargeKind::AccountAddon, 4_999)
        });
        for (line, charge) in books.lines.iter_mut().zip(&mut books.charges) {
            line.tier = Some(Tier::Advanced);
            charge.tier = Some(Tier::Advanced);
        }
        books.recording = ["101".to_owned()].into();
        books.tells_recorded = true;
        books
    };
    let found = only(recording_office().found(FindingKind::AddonRedundant));
    assert_eq!(
        (found.monthly_amount, found.recoverable),
        (Cents(4_999), Recoverable::NextBill)
    );
    assert!(
        found.evidence.contains("has it in its tier, advanced"),
        "{}",
        found.evidence
    );

    let mut for_months = recording_office();
    for (id, first, last) in [
        ("INV-09", "2026-09-01", "2026-09-30"),
        ("INV-06", "2026-06-01", "2026-06-30"),
    ] {
        let earlier: Vec<Charge> = recording_office()
            .charges
            .into_iter()
            .map(|row| Charge {
                invoice_id: id.into(),
                invoice_date: day(first),
                period_start: day(first),
                period_end: day(last),
                ..row
            })
            .collect();
        for_months.charges.extend(earlier);
    }
    let found = only(for_months.found(FindingKind::AddonRedundant));
    assert_eq!(
        found.amount_to_date,
        Cents(2 * 4_999),
        "the bills of the days on which recordings are looked for"
    );

    let mut with_young = recording_office();
    for extension in ["103", "104", "105"] {
        with_young.lines.push(seat(extension));
        with_young.used_until.insert(extension.into(), day("2026-10-16"));
    }
    with_young.lines[4].seat_since = Some(day("2026-09-25"));
    let found = only(with_young.found(FindingKind::AddonRedundant));
    assert!(
        found
            .evidence
            .contains("Extension 105 has not been there for long enough to tell"),
        "{}",
        found.evidence
    );

    let mut below = recording_office();
    below.lines[0].tier = Some(Tier::Premium);
    below.charges[0].tier = Some(Tier::Premium);
    assert_eq!(
        below.found(FindingKind::AddonRedundant),
        [],
        "a Premium line records by it"
    );
    let mut untold = recording_office();
    untold.tells_recorded = false;
    let stated = untold.stated();
    assert!(
        !stated
            .findings
            .iter()
            .any(|finding| finding.kind == FindingKind::AddonRedundant)
    );
    let told = "Whether Company Call Recording is needed cannot be told";
    assert!(
        stated.notices.iter().any(|notice| notice.starts_with(told)),
        "{:?}",
        stated.notices
    );
}
