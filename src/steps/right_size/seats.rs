//! What the newest invoice says of each line's seat, for what a cheaper tier would take off it.

use std::collections::{BTreeMap, HashSet};

use chrono::{Days, NaiveDate};

use crate::domain::{ByLine, Cents, ChargeKind, FindingKind, Line, PriceBook, Tier};
use crate::steps::bill::audited::Audited;
use crate::steps::bill::charges::MatchedCharge;
use crate::steps::bill::cost::one_month;

/// One line's seat on the newest invoice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seat {
    /// Its MRCs as billed, those that are disputed whole left out.
    pub as_billed: Cents,
    /// The same on each earlier invoice of the days that are looked at, as far as it billed the tier.
    pub billed_before: Vec<Cents>,
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

    /// The same on all invoices of the days on which use is looked for.
    pub(super) fn billed_to_date(&self, saving: Cents, tier_price: Cents) -> Cents {
        let before = self.billed_before.iter().map(|billed| Seat {
            as_billed: *billed,
            ..Seat::default()
        });
        let before: Cents = before.map(|seat| seat.billed_part(saving, tier_price)).sum();
        self.billed_part(saving, tier_price) + before
    }
}

/// Days on which use is looked for.
const SEEN_DAYS: u64 = 90;

fn is_own(row: &MatchedCharge<'_>) -> bool {
    row.kind == ChargeKind::LineMrc && row.disputed_whole().is_none()
}

/// What the newest invoice says of every line's seat.
pub(in crate::steps) struct Seats<'a> {
    by_line: ByLine<'a, Seat>,
    has_open_promotion: bool,
}

impl<'a> Seats<'a> {
    /// Empty without an invoice.
    pub(in crate::steps) fn of(audited: &[Audited<'a>], as_of: NaiveDate) -> Seats<'a> {
        let newest = audited.first();
        let mut tiers: ByLine<Option<Tier>> = ByLine::default();
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
            for (line, amount) in row.shares.iter().filter(|_| is_own(row)) {
                by_line.get_or(line, Seat::default).as_billed += *amount;
                *tiers.get_or(line, || None) = row.charge.tier.or(line.tier);
            }
        }
        let since = as_of - Days::new(SEEN_DAYS);
        let mut periods: HashSet<_> = newest.iter().map(|bill| bill.invoice.period).collect();
        for bill in audited.iter().skip(1) {
            if bill.invoice.period.0 <= since || !periods.insert(bill.invoice.period) {
                continue;
            }
            let mut billed: BTreeMap<&str, (&'a Line, Cents)> = BTreeMap::new();
            for row in bill.charges.iter().filter(|row| is_own(row)) {
                let of_tier = |line: &Line| tiers.get(line) == Some(&row.charge.tier.or(line.tier));
                for (line, amount) in row.shares.iter().filter(|(line, _)| of_tier(line)) {
                    billed.entry(&line.line_id).or_insert((*line, Cents::ZERO)).1 += *amount;
                }
            }
            for (line, amount) in billed.into_values() {
                by_line.get_or(line, Seat::default).billed_before.push(amount);
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
