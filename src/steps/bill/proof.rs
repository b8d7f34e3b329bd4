//! What the newest invoice proves of seats that are no longer charged.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use super::audited::{Audited, Prepaid};
use super::charges::MatchedCharge;
use crate::domain::{Cents, FindingKind, Line, Term, Tier};

/// An invoice with fewer seats than this share of those that the one before bills and that are still listed proves nothing of those that it lacks.
const MIN_SEATS_PERCENT: usize = 80;

/// The newest invoice, as far as it proves what is no longer charged.
pub struct Proof {
    pub invoice_date: NaiveDate,
    /// Every row could be used: what it does not show is not charged.
    pub is_complete: bool,
    /// Lines whose seat it bills, with the tier that it bills.
    pub seats: HashMap<String, Option<Tier>>,
    /// The first day of the month that it bills.
    pub period_start: NaiveDate,
    /// Its seats by line, those left out that are asked back whole.
    pub billed: Vec<BilledSeat>,
    /// Lines that share seats billed by their number, and how many of them have none.
    pub left_out: Vec<(HashSet<String>, usize)>,
    /// Tier and term of seats of whoever a row of the list names that could not be used.
    pub of_unread: Vec<(Option<Tier>, Option<Term>)>,
}

/// A line's seat on an invoice, by what pays for it.
pub struct BilledSeat {
    pub line_id: String,
    pub contract_id: Option<String>,
    pub tier: Option<Tier>,
    /// Where the invoice says one.
    pub term: Option<Term>,
}

/// What the newest invoice proves of seats.
pub(in crate::steps) fn proof(
    audited: &[Audited<'_>],
    prepaid: &[Prepaid<'_, '_>],
    as_of: NaiveDate,
) -> Option<Proof> {
    let (newest, earlier) = audited.split_first()?;
    let billed = newest.seats().flat_map(|row| {
        let line = |(line, _): &(&Line, Cents)| (line.line_id.clone(), row.charge.tier.or(line.tier));
        row.shares.iter().map(line)
    });
    // Half of a split bill shows half of the seats: the rest is not gone. What has left the list is.
    let has_left = |row: &MatchedCharge| {
        let left = |(line, _): &(&Line, Cents)| line.seat_until.is_some_and(|until| until <= as_of);
        !row.shares.is_empty() && row.shares.iter().all(left)
    };
    // A repeat is no seat, neither before nor now.
    let is_seat = |row: &&MatchedCharge| row.disputed_whole() != Some(FindingKind::DuplicateCharge);
    let expected = |before: &Audited| {
        let seats = before.seats().filter(is_seat);
        seats.filter(|row| !has_left(row)).count()
    };
    let is_whole = earlier.first().is_none_or(|before| {
        newest.seats().filter(is_seat).count() * 100 >= expected(before) * MIN_SEATS_PERCENT
    });
    let ahead = prepaid
        .iter()
        .map(|Prepaid { line, row }| (line.line_id.clone(), row.charge.tier.or(line.tier)));
    let seat = |line: &Line, row: &MatchedCharge| BilledSeat {
        line_id: line.line_id.clone(),
        contract_id: line.contract_id.clone(),
        tier: row.charge.tier.or(line.tier),
        term: row.charge.term,
    };
    let owed = newest.seats().filter(|row| row.disputed_whole().is_none());
    let owed = owed.flat_map(|row| row.shares.iter().map(|(line, _)| seat(line, row)));
    let paid_ahead = prepaid.iter().map(|Prepaid { line, row }| seat(line, row));
    let left_out = newest.seats().filter(|row| row.lines_left_out > 0).map(|row| {
        let sharing = row.shares.iter().map(|(line, _)| line.line_id.clone());
        (sharing.collect(), row.lines_left_out)
    });
    let of_unread = newest.seats().filter(|row| row.unread.is_some());
    let of_unread = of_unread.map(|row| (row.charge.tier, row.charge.term));
    Some(Proof {
        period_start: newest.invoice.period.0,
        billed: owed.chain(paid_ahead).collect(),
        left_out: left_out.collect(),
        of_unread: of_unread.collect(),
        invoice_date: newest.invoice.invoice_date,
        is_complete: newest.invoice.set_aside.is_empty() && is_whole,
        seats: billed.chain(ahead).collect::<HashMap<String, Option<Tier>>>(),
    })
}
