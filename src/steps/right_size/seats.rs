//! What the newest invoice says of each line's seat, for what a cheaper tier would take off it.

use chrono::NaiveDate;

use crate::domain::{Cents, ChargeKind, FindingKind, PriceBook};
use crate::steps::audited::Audited;
use crate::steps::charges::MatchedCharge;
use crate::steps::cost::one_month;

/// One line's seat on the newest invoice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seat {
    /// Its MRCs as billed, those that are disputed whole left out.
    pub as_billed: Cents,
    /// What promotions that name it take off a month: 0.00 or below.
    pub promotion: Cents,
    /// A promotion that names no line may be this one's.
    pub has_open_promotion: bool,
    /// Which tier or term is right is asked first.
    pub in_dispute: bool,
}

impl Seat {
    /// What a month's saving is on this invoice, in proportion to the month's price of the tier.
    pub(super) fn billed_part(&self, saving: Cents, tier_price: Cents) -> Cents {
        match tier_price > Cents::ZERO {
            true => self.as_billed.ratio(saving.0, tier_price.0),
            false => Cents::ZERO,
        }
    }
}

/// The seats of `lines` lines, by index; empty ones without an invoice.
pub(in crate::steps) fn seats(lines: usize, newest: Option<&Audited>) -> Vec<Seat> {
    let mut seats = vec![Seat::default(); lines];
    let Some(newest) = newest else { return seats };
    let mut is_whole = vec![false; newest.charges.len()];
    for fault in &newest.faults {
        is_whole[fault.charge] |= fault.kind.is_whole_charge();
        let mismatch = matches!(fault.kind, FindingKind::TierMismatch | FindingKind::TermMismatch);
        if let Some(line) = newest.charges[fault.charge].line().filter(|_| mismatch) {
            seats[line].in_dispute = true;
        }
    }
    let promotions = || {
        newest
            .charges
            .iter()
            .filter(|row| row.kind == ChargeKind::Promotion)
    };
    let is_open = promotions().any(|row| !row.rest.is_zero());
    for row in promotions() {
        if let Some(line) = row.line() {
            seats[line].promotion += one_month(&row.charge);
        }
    }
    for (row, _) in newest
        .charges
        .iter()
        .zip(is_whole)
        .filter(|(_, is_whole)| !is_whole)
    {
        for (line, amount) in row.shares.iter().filter(|_| row.kind == ChargeKind::LineMrc) {
            seats[*line].as_billed += *amount;
        }
    }
    for seat in &mut seats {
        seat.has_open_promotion = is_open;
    }
    seats
}

/// The invoice's row of the add-on that covers a tier's feature, by its name in the description.
pub(in crate::steps) fn covering_addon_row<'a>(
    newest: &'a Audited,
    book: &PriceBook,
    as_of: NaiveDate,
) -> Option<&'a MatchedCharge> {
    let (addon, _) = book.covering_addon(as_of)?;
    let name = addon.name.replace('_', " ").to_lowercase();
    newest.charges.iter().find(|row| {
        row.kind == ChargeKind::AccountAddon && row.charge.description.to_lowercase().contains(&name)
    })
}
