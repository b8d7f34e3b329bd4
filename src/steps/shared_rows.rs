//! Rows that are not one line's own: seats billed by their number, and seats that the same invoice takes back.

use std::collections::HashSet;

use chrono::NaiveDate;

use super::charges::MatchedCharge;
use crate::domain::{Cents, ChargeKind, Line, MatchedBy};

/// A seat that is billed, taken back to the cent and billed again on one invoice was billed once: the first is no seat but the
/// other half of its credit.
pub(super) fn take_back_reversed(matched: &mut [MatchedCharge]) {
    let is_seat = |row: &MatchedCharge| row.kind == ChargeKind::LineMrc && row.charge.amount > Cents::ZERO;
    let credits: Vec<(&Line, Cents)> = matched
        .iter()
        .filter(|row| row.kind == ChargeKind::Credit)
        .filter_map(|row| Some((row.line()?, -row.charge.amount)))
        .collect();
    for (line, amount) in credits {
        let of_line =
            |row: &MatchedCharge| is_seat(row) && row.line().is_some_and(|own| own.line_id == line.line_id);
        let seats = matched.iter().filter(|row| of_line(row)).count();
        let reversed = matched
            .iter_mut()
            .find(|row| of_line(row) && row.charge.amount == amount);
        if let Some(reversed) = reversed.filter(|_| seats > 1) {
            reversed.kind = ChargeKind::Credit;
        }
    }
}

/// A row such as "Premium line x 40" bills seats without naming them: its amount is spread over the live lines of its
/// tier and term that have no MRC of their own, by line id. What the count leaves over stays unmatched.
pub(super) fn spread_quantities<'a>(matched: &mut [MatchedCharge<'a>], lines: &[&'a Line], as_of: NaiveDate) {
    let mut billed: HashSet<&str> = matched
        .iter()
        .filter(|row| row.kind == ChargeKind::LineMrc)
        .flat_map(|row| &row.shares)
        .map(|(line, _)| line.line_id.as_str())
        .collect();
    for row in matched
        .iter_mut()
        .filter(|row| row.kind == ChargeKind::LineMrc && row.by.is_none() && row.names_nobody())
    {
        let (Some(quantity), Some(tier)) = (row.charge.quantity.filter(|count| *count > 0), row.charge.tier)
        else {
            continue;
        };
        let fits = |line: &Line| {
            line.tier == Some(tier)
                && (row.charge.term.is_none() || line.term.is_none() || line.term == row.charge.term)
                && !line.extension.is_empty()
                && !line.ended_by(as_of)
        };
        let mut takers: Vec<&Line> = lines
            .iter()
            .copied()
            .filter(|line| !billed.contains(line.line_id.as_str()) && fits(line))
            .collect();
        takers.sort_by(|a, b| a.line_id.cmp(&b.line_id));
        takers.truncate(quantity as usize);
        let parts = split(row.charge.amount, quantity);
        row.shares = takers.iter().copied().zip(parts).collect();
        row.rest = row.charge.amount - row.shares.iter().map(|(_, amount)| *amount).sum();
        row.by = (!row.shares.is_empty()).then_some(MatchedBy::Quantity);
        billed.extend(takers.iter().map(|line| line.line_id.as_str()));
    }
}

/// `count` parts that differ by a cent at most and add up to the amount.
fn split(amount: Cents, count: u32) -> impl Iterator<Item = Cents> {
    let count = i64::from(count);
    let up_to = move |part: i64| {
        Cents(i64::try_from(i128::from(amount.0) * i128::from(part) / i128::from(count)).unwrap_or(0))
    };
    (0..count).map(move |part| up_to(part + 1) - up_to(part))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn parts_add_up_to_the_amount(amount in -100_000_i64..100_000, count in 1_u32..500) {
            prop_assert_eq!(split(Cents(amount), count).sum::<Cents>(), Cents(amount));
        }
    }
}
