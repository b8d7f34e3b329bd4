//! Rows that are not one line's own: seats billed by their number, and seats that the same invoice takes back.

use chrono::NaiveDate;

use super::charges::MatchedCharge;
use crate::domain::{Cents, ChargeKind, Line, MatchedBy};

/// A seat that is billed, taken back to the cent and billed again on one invoice was billed once: the first is no seat but the
/// other half of its credit.
pub(super) fn take_back_reversed(matched: &mut [MatchedCharge]) {
    let is_seat = |row: &MatchedCharge| row.kind == ChargeKind::LineMrc && row.charge.amount > Cents::ZERO;
    for credit in 0..matched.len() {
        let Some(line) = matched[credit]
            .line()
            .filter(|_| matched[credit].kind == ChargeKind::Credit)
        else {
            continue;
        };
        let of_line = |row: &MatchedCharge| is_seat(row) && row.line() == Some(line);
        let seats = matched.iter().filter(|row| of_line(row)).count();
        let amount = -matched[credit].charge.amount;
        let reversed = matched
            .iter()
            .position(|row| of_line(row) && row.charge.amount == amount);
        if let Some(reversed) = reversed.filter(|_| seats > 1) {
            matched[reversed].kind = ChargeKind::Credit;
        }
    }
}

/// A row such as "Premium line x 40" bills seats without naming them: its amount is spread over the live lines of its
/// tier and term that have no MRC of their own, by line id. What the count leaves over stays unmatched.
pub(super) fn spread_quantities(matched: &mut [MatchedCharge], lines: &[Line], as_of: NaiveDate) {
    let mut billed = vec![false; lines.len()];
    for (line, _) in matched
        .iter()
        .filter(|row| row.kind == ChargeKind::LineMrc)
        .flat_map(|row| &row.shares)
    {
        billed[*line] = true;
    }
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
        let mut takers: Vec<usize> = (0..lines.len())
            .filter(|line| !billed[*line] && fits(&lines[*line]))
            .collect();
        takers.sort_by(|a, b| lines[*a].line_id.cmp(&lines[*b].line_id));
        takers.truncate(quantity as usize);
        let parts = split(row.charge.amount, quantity);
        row.shares = takers.iter().copied().zip(parts).collect();
        row.rest = row.charge.amount - row.shares.iter().map(|(_, amount)| *amount).sum();
        row.by = (!row.shares.is_empty()).then_some(MatchedBy::Quantity);
        for line in takers {
            billed[line] = true;
        }
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
