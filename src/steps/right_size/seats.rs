//! What the newest invoice says of each line's seat, for what a cheaper tier would take off it.

use chrono::NaiveDate;

use crate::domain::{ByLine, Cents, ChargeKind, FindingKind, Line, PriceBook};
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

/// What the newest invoice says of every line's seat.
pub(in crate::steps) struct Seats<'a> {
    by_line: ByLine<'a, Seat>,
    has_open_promotion: bool,
}

impl<'a> Seats<'a> {
    /// Empty without an invoice.
    pub(in crate::steps) fn of(newest: Option<&Audited<'a>>) -> Seats<'a> {
        let mut by_line: ByLine<Seat> = ByLine::default();
        let mut has_open_promotion = false;
        for row in newest.into_iter().flat_map(|newest| &newest.charges) {
            let fault = row.fault.as_ref().map(|fault| fault.kind);
            let mismatch = matches!(fault, Some(FindingKind::TierMismatch | FindingKind::TermMismatch));
            if let Some(line) = row.line() {
                let seat = by_line.get_or(line, Seat::default);
                seat.in_dispute |= mismatch;
                if row.kind == ChargeKind::Promotion {
                    seat.promotion += one_month(&row.charge);
                }
            }
            has_open_promotion |= row.kind == ChargeKind::Promotion && !row.rest.is_zero();
            let is_billed = row.kind == ChargeKind::LineMrc && row.disputed_whole().is_none();
            for (line, amount) in row.shares.iter().filter(|_| is_billed) {
                by_line.get_or(line, Seat::default).as_billed += *amount;
            }
        }
        Seats {
            by_line,
            has_open_promotion,
        }
    }

    pub(in crate::steps) fn of_line(&self, line: &Line) -> Seat {
        Seat {
            has_open_promotion: self.has_open_promotion,
            ..self.by_line.get(line).cloned().unwrap_or_default()
        }
    }
}

/// The invoice's row of the add-on that covers a tier's feature, by its name in the description.
pub(in crate::steps) fn covering_addon_row<'a>(
    newest: &'a Audited<'a>,
    book: &PriceBook,
    as_of: NaiveDate,
) -> Option<&'a MatchedCharge<'a>> {
    let (addon, _) = book.covering_addon(as_of)?;
    let name = addon.name.replace('_', " ").to_lowercase();
    newest.charges.iter().find(|row| {
        row.kind == ChargeKind::AccountAddon && row.charge.description.to_lowercase().contains(&name)
    })
}
