//! Charges of lines whose words no rule knows: a vendor renames a tier, and the line is billed all the same.

use std::collections::HashSet;

use crate::domain::{ByLine, Cents, ChargeKind, Line};
use crate::steps::bill::audited::Audited;
use crate::steps::bill::charges::MatchedCharge;
use crate::steps::bill::cost::one_month;
use crate::steps::bill::rates::Agreed;

/// What no rule knows and costs a line just what its contract or its last bill says is its seat under another name. One for
/// each line that has no seat on the bill.
pub(in crate::steps) fn read_by_price<'a>(audited: &mut [Audited<'a>], agreed: &Agreed<'_>) {
    let mut last: ByLine<'a, Cents> = ByLine::default();
    for bill in audited.iter_mut().rev() {
        let mut seated = seated(&bill.charges);
        for row in &mut bill.charges {
            let Some(line) = unknown_of(row).filter(|line| !seated.contains(line.line_id.as_str())) else {
                continue;
            };
            let price = one_month(&row.charge);
            let is_price = agreed.price(line, &row.charge) == Some(price) || last.get(line) == Some(&price);
            if line.tier.is_some() && is_price {
                seated.insert(&line.line_id);
                row.kind = ChargeKind::LineMrc;
                row.charge.charge_kind = Some(ChargeKind::LineMrc);
                row.charge.tier = row.charge.tier.or(line.tier);
                row.charge.term = row.charge.term.or(line.term);
                row.is_renamed = true;
            }
        }
        for row in bill.charges.iter().filter(|row| row.kind == ChargeKind::LineMrc) {
            if let Some(line) = row.line() {
                *last.get_or(line, Cents::default) = one_month(&row.charge);
            }
        }
    }
}

fn seated<'a>(charges: &[MatchedCharge<'a>]) -> HashSet<&'a str> {
    let seats = charges.iter().filter(|row| row.kind == ChargeKind::LineMrc);
    seats
        .flat_map(|row| &row.shares)
        .map(|(line, _)| line.line_id.as_str())
        .collect()
}

fn unknown_of<'a>(row: &MatchedCharge<'a>) -> Option<&'a Line> {
    row.line()
        .filter(|_| row.kind == ChargeKind::Other && row.charge.amount > Cents::ZERO)
}

/// Lines that the bill charges for something that no rule knows and for no seat: whether that is the seat, and what it costs,
/// is not known.
pub(in crate::steps) fn of_unknown_cost<'a>(charges: &[MatchedCharge<'a>]) -> HashSet<&'a str> {
    let seated = seated(charges);
    let named = charges.iter().filter_map(unknown_of);
    named
        .filter(|line| line.tier.is_some())
        .map(|line| line.line_id.as_str())
        .filter(|line_id| !seated.contains(line_id))
        .collect()
}

/// What is said of charges that were read by their price, and of lines whose cost nothing tells.
pub(in crate::steps) fn notices(newest: &Audited<'_>) -> Vec<String> {
    let mut told = Vec::new();
    let ids = newest.invoice.ids.join(", ");
    let renamed = newest.charges.iter().filter(|row| row.is_renamed).count();
    if renamed > 0 {
        told.push(format!(
            "Of invoice {ids}, {renamed} {} in words that no rule of the price book knows, and names a line at the price of its contract \
             or last bill: taken for the line's seat. A rule for the new words makes sure of it.",
            match renamed {
                1 => "charge is",
                _ => "charges are",
            }
        ));
    }
    let unknown = of_unknown_cost(&newest.charges).len();
    if unknown > 0 {
        told.push(format!(
            "What {unknown} {} is not known: invoice {ids} charges for {} in words that no rule of the price book knows.",
            match unknown {
                1 => "line costs",
                _ => "lines cost",
            },
            match unknown {
                1 => "it",
                _ => "them",
            }
        ));
    }
    told
}
