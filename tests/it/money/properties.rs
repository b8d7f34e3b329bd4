//! What holds of any books: the bridge adds up, no cent stands twice, no decision moves money without an entry, and amounts
//! come back from files as they went in.

use proptest::prelude::*;
use quietline::domain::{
    AccountStatement, Baseline, BridgePart, Cents, Charge, ChargeKind, Decision, DecisionKind, FindingKind,
    FindingState, Line, Recoverable, SinceLast, TableName, Verdict, ledger_sum,
};
use quietline::steps::gates::baseline_of;

use super::account_kinds::{contract, mrc, seat};
use super::books::Books;
use super::bridge_total;
use super::{charge, day, on};
use crate::pull::{read, xlsx::as_workbook};

const LINES: usize = 6;

/// Six seats: how long each has been silent, what it is billed, and whether twice.
fn any_books() -> impl Strategy<Value = Books> {
    let silence = prop::option::of(0_u64..300);
    let price = prop::sample::select(vec![2_099_i64, 2_099, 2_500, 1_999, 2_999]);
    let seats = prop::collection::vec((silence, price, any::<bool>(), any::<bool>()), LINES);
    (seats, prop::option::of(0_u32..9), 0_i64..3).prop_map(|(seats, committed, extras)| {
        let extensions: Vec<String> = (101..101 + LINES).map(|number| number.to_string()).collect();
        let lines: Vec<Line> = extensions
            .iter()
            .zip(&seats)
            .map(|(extension, (.., same_holder))| Line {
                email: Some(if *same_holder {
                    "june@example.test".into()
                } else {
                    format!("{extension}@example.test")
                }),
                ..seat(extension)
            })
            .collect();
        let mut charges: Vec<Charge> = Vec::new();
        for (extension, (_, price, twice, _)) in extensions.iter().zip(&seats) {
            for _ in 0..=usize::from(*twice) {
                charges.push(Charge {
                    amount: Cents(*price),
                    ..mrc(charges.len() as u64 + 1, extension)
                });
            }
        }
        for _ in 0..extras {
            let row = charges.len() as u64 + 1;
            charges.push(on("777", charge(row, ChargeKind::LineMrc, 1_399)));
            charges.push(charge(row + 1, ChargeKind::StateTax, 101));
        }
        let mut books = Books {
            contracts: vec![contract()],
            ..Books::new(lines, charges)
        };
        books.contracts[0].committed_lines = committed;
        for (extension, (silence, ..)) in extensions.iter().zip(&seats) {
            match silence {
                Some(days) => {
                    let until = books.days_before(*days);
                    books.used_until.insert(extension.clone(), until)
                }
                None => books.used_until.remove(extension),
            };
        }
        books
    })
}

fn decided(made: DecisionKind, line_id: Option<String>, finding_id: Option<String>) -> Decision {
    Decision {
        account_id: "1".into(),
        line_id,
        finding_id,
        decision: made,
        reason: Some("because".into()),
        owner: Some("Greta".into()),
        decided_on: Some(day("2026-10-01")),
        expires_on: Some(day("2026-12-31")),
        holder: None,
        origin: "list, row 2".into(),
    }
}

fn bucketed(stated: &AccountStatement) -> Cents {
    stated.recoverable.values().map(|bucket| bucket.amount).sum()
}

fn dismissed(stated: &AccountStatement) -> Cents {
    ledger_sum(&stated.ledger, FindingState::Dismissed, day(super::AS_OF))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_parts_add_up_and_no_cent_stands_twice(books in any_books()) {
        let stated = books.stated();
        prop_assert_eq!(bridge_total(&stated.bridge), stated.billed_total);
        let billed: Cents = books.charges.iter().map(|charge| charge.amount).sum();
        prop_assert_eq!(stated.billed_total, billed);
        let idle: Cents = stated.lines.iter().filter(|line| line.verdict.is_waste()).map(|line| line.cost.monthly_cost).sum();
        prop_assert_eq!(stated.idle_monthly, idle);
        prop_assert_eq!(stated.bridge.get(BridgePart::Idle), idle, "all are billed for one month");
        for line in &stated.lines {
            let of_line = stated.findings.iter().filter(|finding| {
                finding.line_id.as_ref() == Some(&line.line.line_id) && finding.recoverable != Recoverable::None
                    && finding.kind != FindingKind::DuplicateCharge
            });
            let found: Cents = of_line.map(|finding| finding.monthly_amount).sum();
            prop_assert!(found <= line.cost.seat_cost, "{} of {}: {found}", line.line.extension, line.cost.seat_cost);
            if line.verdict.is_waste() {
                prop_assert_eq!(found, line.cost.seat_cost, "all of an idle seat stands somewhere");
            }
        }
        let by_bucket: Cents = stated
            .findings
            .iter()
            .filter(|finding| finding.recoverable != Recoverable::None)
            .map(|finding| finding.monthly_amount)
            .sum();
        prop_assert_eq!(by_bucket, bucketed(&stated));
        let ids: std::collections::BTreeSet<&str> = stated.findings.iter().map(|finding| finding.finding_id.as_str()).collect();
        prop_assert_eq!(ids.len(), stated.findings.len(), "each finding has an id of its own");
    }

    /// Whatever is decided on whatever stands in the lists: what leaves a bucket stands in the ledger as dismissed, and the
    /// bill stays what it was.
    #[test]
    fn no_decision_moves_money_without_an_entry(
        books in any_books(),
        picks in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>(), 0..4_usize), 0..5),
    ) {
        let mut books = books;
        // A commitment is a sum over lines: what a keep takes out of one finding enters another.
        books.contracts[0].committed_lines = None;
        let before = books.stated();
        let kinds = [DecisionKind::Keep, DecisionKind::Dismiss, DecisionKind::Reclaim, DecisionKind::Dispute];
        for (index, on_line, kind) in picks {
            if before.findings.is_empty() {
                break;
            }
            let finding = index.get(&before.findings);
            let decision = match (&finding.line_id, on_line && finding.kind.is_waste_line()) {
                (Some(line), true) => decided(kinds[kind], Some(line.clone()), None),
                _ => decided(kinds[kind], None, Some(finding.finding_id.clone())),
            };
            books.decisions.push(decision);
        }
        let after = books.stated();
        prop_assert_eq!(after.billed_total, before.billed_total);
        prop_assert_eq!(bridge_total(&after.bridge), bridge_total(&before.bridge));
        let moved = bucketed(&before) - bucketed(&after);
        // A price that is accepted as right is saved by leaving instead of being asked back.
        let accepted: Cents = after
            .findings
            .iter()
            .filter(|finding| finding.kind == FindingKind::RateAboveContract && finding.state == FindingState::Dismissed)
            .filter(|finding| after.lines.iter().any(|line| {
                Some(&line.line.line_id) == finding.line_id.as_ref() && (line.verdict.is_waste() || line.kept_from.is_some())
            }))
            .map(|finding| finding.monthly_amount)
            .sum();
        prop_assert_eq!(moved, dismissed(&after) - dismissed(&before) - accepted);
        let sum = |stated: &AccountStatement| ledger_sum(&stated.ledger, FindingState::Identified, day(super::AS_OF));
        prop_assert_eq!(sum(&after), sum(&before) + accepted);
        for line in after.lines.iter().filter(|line| line.verdict == Verdict::Exempt) {
            prop_assert_eq!(line.recoverable, Recoverable::None);
        }
    }

    /// The night before and its changes make up tonight, whatever happened to the lines in between.
    #[test]
    fn the_changes_since_the_night_before_add_up(before in any_books(), after in any_books(), without in 0..LINES) {
        let first = before.stated();
        let mut after = after;
        after.lines.remove(without);
        let baseline = Baseline {
            scoring_digest: "d".into(),
            accounts: [("1".to_owned(), baseline_of(&first, None))].into(),
        };
        after.last_night = Some((day("2026-10-15"), baseline));
        let second = after.stated();
        let SinceLast::Compared(change) = &second.since_last else {
            panic!("{:?}", second.since_last)
        };
        let moved: Cents = change.causes.iter().map(|(_, sum)| sum.amount).sum();
        prop_assert_eq!(change.before.amount, first.idle_monthly);
        prop_assert_eq!(change.before.amount + moved, second.idle_monthly);
    }

    /// Amounts as they stand on bills, through a text file and through a workbook.
    #[test]
    fn amounts_come_back_as_they_went_in(amounts in prop::collection::vec(-99_999_999_i64..99_999_999, 1..12)) {
        let mut csv = String::from("invoice_id,invoice_date,period_start,period_end,description,amount,currency\n");
        for (row, amount) in amounts.iter().enumerate() {
            csv += &format!("I-1,2026-09-01,2026-09-01,2026-09-30,Row {row},{},USD\n", Cents(*amount));
        }
        let wanted: Vec<Cents> = amounts.into_iter().map(Cents).collect();
        for found in [read(TableName::Charges, "a.csv", &csv), read(TableName::Charges, "a.xlsx", as_workbook(&csv))] {
            let mut charges = found.unwrap().charges;
            charges.sort_by_key(|charge| charge.row);
            let found: Vec<Cents> = charges.iter().map(|charge| charge.amount).collect();
            prop_assert_eq!(&found, &wanted);
        }
    }
}
