//! Rows that are not one line's own: seats billed by their number.

use std::collections::{BTreeSet, HashSet};

use chrono::NaiveDate;

use crate::domain::{Cents, ChargeKind, Line, MatchedBy, Term, Tier};
use crate::steps::bill::charges::MatchedCharge;

/// A row such as "Premium line x 40" bills seats without naming them: its amount is spread over the live lines of its
/// tier and term that have no MRC of their own, by line id. What the count leaves over stays unmatched; where it is short of the
/// lines, all of them bear a part, since nothing says which of them it leaves out.
pub(in crate::steps) fn spread_quantities<'a>(
    matched: &mut [MatchedCharge<'a>],
    lines: &[&'a Line],
    as_of: NaiveDate,
) {
    let mut billed: HashSet<&str> = matched
        .iter()
        .filter(|row| row.kind == ChargeKind::LineMrc)
        .flat_map(|row| &row.shares)
        .map(|(line, _)| line.line_id.as_str())
        .collect();
    let mut done = BTreeSet::new();
    for at in 0..matched.len() {
        let Some((_, of)) = seats_by_number(&matched[at]).filter(|(_, of)| done.insert(*of)) else {
            continue;
        };
        let (tier, term) = of;
        let fits = |line: &Line| {
            line.tier == Some(tier)
                && (term.is_none() || line.term.is_none() || line.term == term)
                && !line.extension.is_empty()
                && !line.ended_by(as_of)
        };
        let counts = matched.iter().filter_map(seats_by_number);
        let seats: usize = counts
            .filter(|(_, own)| *own == of)
            .map(|(quantity, _)| quantity as usize)
            .sum();
        // Whoever came with the bill or after it is on it only where it has a seat for them.
        let made_on = matched[at].charge.invoice_date;
        let came_later = |line: &Line| {
            line.seat_since
                .or(line.activated_on)
                .is_some_and(|since| since >= made_on)
        };
        let mut takers: Vec<&Line> = lines
            .iter()
            .copied()
            .filter(|line| !billed.contains(line.line_id.as_str()) && fits(line))
            .collect();
        takers.sort_by_key(|line| (came_later(line), line.line_id.as_str()));
        let before = takers.iter().filter(|line| !came_later(line)).count();
        takers.truncate(before.max(seats));
        takers.sort_by(|a, b| a.line_id.cmp(&b.line_id));
        billed.extend(takers.iter().map(|line| line.line_id.as_str()));
        let mut rows: Vec<(&mut MatchedCharge, u32)> = matched
            .iter_mut()
            .filter_map(|row| {
                let (quantity, _) = seats_by_number(row).filter(|(_, own)| *own == of)?;
                Some((row, quantity))
            })
            .collect();
        let is_short = seats < takers.len();
        if is_short && let Some((row, _)) = rows.first_mut() {
            row.lines_left_out = takers.len() - seats;
        }
        let mut takers = takers.into_iter();
        for (row, quantity) in rows {
            let (own, parts): (Vec<&Line>, u32) = match is_short {
                true => (
                    takers.clone().collect(),
                    u32::try_from(takers.len()).unwrap_or(u32::MAX),
                ),
                false => (takers.by_ref().take(quantity as usize).collect(), quantity),
            };
            row.shares = own.into_iter().zip(split(row.charge.amount, parts)).collect();
            row.rest = row.charge.amount - row.shares.iter().map(|(_, amount)| *amount).sum();
            row.by = (!row.shares.is_empty()).then_some(MatchedBy::Quantity);
        }
    }
}

type Seats = (Tier, Option<Term>);

/// Of a row that bills seats without naming them: how many, and of what.
fn seats_by_number(row: &MatchedCharge<'_>) -> Option<(u32, Seats)> {
    let is_nameless = row.kind == ChargeKind::LineMrc && row.by.is_none() && row.names_nobody();
    let quantity = row.charge.quantity.filter(|count| is_nameless && *count > 0)?;
    Some((quantity, (row.charge.tier?, row.charge.term)))
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
