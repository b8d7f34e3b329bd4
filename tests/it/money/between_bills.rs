//! What one bill answers of the one before, and what changed hands between two of them.

use quietline::domain::{
    Charge, ChargeKind, Decision, DecisionKind, FindingKind, FindingState, HeldExtension, KnownLine, Line,
    Tier,
};

use super::account_kinds::{mrc, office, seat};
use super::books::Books;
use super::{charge, day, on};

/// Two lines billed on the first of a month; the rows that follow are of line 102.
fn bill(month: &str, of_102: &[(ChargeKind, i64)]) -> Vec<Charge> {
    let start = day(&format!("{month}-01"));
    let dated = |charge: Charge| Charge {
        invoice_id: format!("INV-{month}"),
        invoice_date: start,
        period_start: start,
        period_end: start + chrono::Months::new(1) - chrono::Days::new(1),
        ..charge
    };
    let rows = of_102.iter().zip(2..).map(|((kind, cents), row)| match kind {
        ChargeKind::LineMrc => mrc(row, "102"),
        _ => on("102", charge(row, *kind, *cents)),
    });
    std::iter::once(mrc(1, "101")).chain(rows).map(dated).collect()
}

const SEAT: (ChargeKind, i64) = (ChargeKind::LineMrc, 2_099);
const CREDIT: (ChargeKind, i64) = (ChargeKind::Credit, -2_099);

fn billed_twice(bills: &[Vec<Charge>]) -> usize {
    let mut books = office(2);
    books.charges = bills.concat();
    books.found(FindingKind::DuplicateCharge).len()
}

#[test]
fn a_credit_answers_the_claim_of_the_bill_before_and_then_a_row_of_its_own() {
    let reversed = bill("2026-10", &[SEAT, CREDIT, SEAT]);
    assert_eq!(
        billed_twice(std::slice::from_ref(&reversed)),
        0,
        "billed, taken back, billed again"
    );
    let twice = bill("2026-09", &[SEAT, SEAT]);
    assert_eq!(
        billed_twice(&[twice.clone(), reversed.clone()]),
        1,
        "September's is credited, October's is owed"
    );
    let credited = bill("2026-10", &[SEAT, CREDIT]);
    assert_eq!(billed_twice(&[twice.clone(), credited]), 0);
    let both = bill("2026-10", &[SEAT, CREDIT, SEAT, CREDIT]);
    assert_eq!(billed_twice(&[twice, both]), 0, "each has its credit");
    assert_eq!(billed_twice(&[bill("2026-09", &[SEAT]), reversed.clone()]), 0);
    let long_ago = bill("2026-05", &[SEAT, SEAT]);
    assert_eq!(
        billed_twice(&[long_ago, reversed]),
        0,
        "May's was answered otherwise"
    );
}

/// What comes back on the next bill and is then disputed has been approved.
#[test]
fn what_has_slipped_back_can_be_disputed_too() {
    let mut books = office(2);
    let night = |books: &mut Books, as_of: &str, bills: &[Vec<Charge>]| {
        books.as_of = day(as_of);
        books.charges = bills.concat();
        books.ledger = books.stated().ledger;
        let mut entries = books.ledger.iter();
        let twice = entries.find(|entry| entry.kind == FindingKind::DuplicateCharge);
        twice.unwrap().clone()
    };
    let august = bill("2026-08", &[SEAT, SEAT]);
    let september = bill("2026-09", &[SEAT]);
    let october = bill("2026-10", &[SEAT, SEAT]);
    night(&mut books, "2026-08-10", std::slice::from_ref(&august));
    let realised = night(&mut books, "2026-09-10", &[august.clone(), september.clone()]);
    assert_eq!(realised.state, FindingState::Realised);
    let all = [august, september, october];
    let back = night(&mut books, "2026-10-10", &all);
    assert_eq!((back.state, back.approved_on), (FindingState::SlippedBack, None));
    books.decisions = vec![Decision {
        account_id: "1".into(),
        line_id: Some("102".into()),
        finding_id: Some(back.finding_id),
        decision: DecisionKind::Dispute,
        reason: None,
        owner: Some("Greta".into()),
        decided_on: Some(day("2026-10-11")),
        expires_on: None,
        holder: None,
        origin: "list, row 2".into(),
    }];
    let disputed = night(&mut books, "2026-10-11", &all);
    assert_eq!(
        (disputed.state, disputed.approved_on),
        (FindingState::SlippedBack, Some(day("2026-10-11")))
    );
}

/// Two lines change extensions between two nights, and a bill is made between them: what is billed tells whose row is whose.
#[test]
fn an_extension_that_changed_around_a_bill_is_of_whoever_the_row_fits() {
    let advanced = |extension: &str, line_id: &str| Line {
        line_id: line_id.into(),
        tier: Some(Tier::Advanced),
        ..seat(extension)
    };
    let premium = |extension: &str, line_id: &str| Line {
        line_id: line_id.into(),
        ..seat(extension)
    };
    let known = |line: &Line, before: &str, is_tonight: bool| KnownLine {
        line: line.clone(),
        gone_on: None,
        extensions: [
            (before, "2025-09-01", "2026-09-28"),
            (&line.extension, "2026-10-05", "2026-10-15"),
        ]
        .into_iter()
        .take(if is_tonight { 1 } else { 2 })
        .map(|(extension, first_on, last_on)| HeldExtension {
            extension: extension.to_owned(),
            first_on: day(first_on),
            last_on: day(last_on),
        })
        .collect(),
    };
    for (swapped_before_the_bill, is_tonight) in [(false, false), (true, false), (false, true), (true, true)]
    {
        let lines = [premium("102", "p"), advanced("101", "a")];
        let mut books = Books::new(lines.to_vec(), Vec::new());
        books.known_lines = vec![
            known(&lines[0], "101", is_tonight),
            known(&lines[1], "102", is_tonight),
        ];
        let (of_premium, of_advanced) = match swapped_before_the_bill {
            true => ("102", "101"),
            false => ("101", "102"),
        };
        books.charges = vec![
            mrc(1, of_premium),
            Charge {
                tier: Some(Tier::Advanced),
                ..on(of_advanced, charge(2, ChargeKind::LineMrc, 2_799))
            },
            on(of_premium, charge(3, ChargeKind::LineAddon, 500)),
        ];
        let stated = books.stated();
        let costs: Vec<i64> = stated.lines.iter().map(|line| line.cost.monthly_cost.0).collect();
        let ids: Vec<&str> = stated
            .lines
            .iter()
            .map(|line| line.line.line_id.as_str())
            .collect();
        let cost_of = |id: &str| costs[ids.iter().position(|other| *other == id).unwrap()];
        assert_eq!(
            (cost_of("p"), cost_of("a")),
            (2_599, 2_799),
            "{swapped_before_the_bill}"
        );
        let claims = stated
            .findings
            .iter()
            .filter(|finding| finding.kind.is_of_charge());
        assert_eq!(claims.count(), 0, "{swapped_before_the_bill}");
    }
}

/// The first night after a bill saw an extension in a new hand, and tonight another has it.
#[test]
fn an_extension_that_was_got_around_a_bill_and_given_on_since_is_of_whoever_got_it() {
    let held = |extension: &str, first_on: &str, last_on: &str| HeldExtension {
        extension: extension.to_owned(),
        first_on: day(first_on),
        last_on: day(last_on),
    };
    let premium = Line {
        line_id: "p".into(),
        ..seat("104")
    };
    let advanced = Line {
        line_id: "a".into(),
        tier: Some(Tier::Advanced),
        ..seat("103")
    };
    let known = |line: &Line, extensions: Vec<HeldExtension>| KnownLine {
        line: line.clone(),
        gone_on: None,
        extensions,
    };
    for tier in [premium.tier, None] {
        let mut books = Books::new(vec![premium.clone(), advanced.clone()], Vec::new());
        books.known_lines = vec![
            known(
                &premium,
                vec![
                    held("101", "2025-09-01", "2026-09-28"),
                    held("103", "2026-10-05", "2026-10-10"),
                ],
            ),
            known(&advanced, vec![held("102", "2025-09-01", "2026-10-10")]),
        ];
        let got = mrc(1, "103");
        books.charges = vec![
            Charge { tier, ..got },
            Charge {
                tier: Some(Tier::Advanced),
                ..on("102", charge(2, ChargeKind::LineMrc, 2_799))
            },
        ];
        let stated = books.stated();
        let costs = stated
            .lines
            .iter()
            .map(|line| (line.line.line_id.as_str(), line.cost.monthly_cost.0));
        let costs: std::collections::BTreeMap<&str, i64> = costs.collect();
        assert_eq!((costs["p"], costs["a"]), (2_099, 2_799), "{tier:?}");
        let mut claims = stated.findings.iter();
        assert!(!claims.any(|finding| finding.kind.is_of_charge()), "{tier:?}");
    }
}

/// The same where who had it leaves after the bill: what was owed then is no ghost's, and nobody else's.
#[test]
fn an_extension_that_changed_around_a_bill_is_of_who_had_it_also_once_they_have_left() {
    let held = |extension: &str, first_on: &str, last_on: &str| HeldExtension {
        extension: extension.to_owned(),
        first_on: day(first_on),
        last_on: day(last_on),
    };
    let gone = Line {
        line_id: "p".into(),
        ..seat("104")
    };
    for seen_again_on in ["2026-09-29", "2026-10-05"] {
        // Under one that no night has seen, too.
        for billed_as in ["101", "104", "999"] {
            let mut books = office(3);
            books.known_lines = vec![
                KnownLine {
                    line: books.lines[2].clone(),
                    gone_on: None,
                    extensions: vec![held(&books.lines[2].extension, "2025-09-01", "2026-10-14")],
                },
                KnownLine {
                    line: gone.clone(),
                    gone_on: Some(day("2026-10-12")),
                    extensions: vec![
                        held("101", "2025-09-01", "2026-09-15"),
                        held("104", seen_again_on, "2026-10-11"),
                    ],
                },
            ];
            books.lines.remove(0);
            let mut bill = bill("2026-10", &[SEAT]);
            bill[0].extension = Some(billed_as.to_owned());
            books.charges = bill;
            let stated = books.stated();
            let claims = stated
                .findings
                .iter()
                .filter(|finding| finding.kind.is_of_charge());
            let claims: Vec<&str> = claims.map(|finding| finding.evidence.as_str()).collect();
            // A night before the bill has seen what it had then.
            let is_ghost = billed_as == "999" && seen_again_on < "2026-10-01";
            assert_eq!(
                claims.len(),
                usize::from(is_ghost),
                "{seen_again_on} {billed_as}: {claims:?}"
            );
        }
    }
}
