//! Invoices with their charges matched to lines and their faults found, and what they say of seats.

use std::collections::HashSet;

use chrono::NaiveDate;

use super::proof::{Proof, proof};
use crate::domain::{ByLine, Cents, Charge, ChargeKind, CostSource, Line, LineCost, ScoredLine};
use crate::steps::bill::audit::{ChargeFault, find_faults, take_back_reversed};
use crate::steps::bill::charges::{Classifier, Invoice, MatchedCharge, invoices, match_charges};
use crate::steps::bill::cost::{LineCounts, one_month};
use crate::steps::bill::held_extensions::HeldExtensions;
use crate::steps::bill::not_listed::NotListed;
use crate::steps::bill::own_words::OwnWords;
use crate::steps::bill::rates::{Agreed, find_rate_faults};
use crate::steps::bill::renamed_seats::read_by_price;
use crate::steps::input::{AccountInput, StepError};

/// An invoice with its charges matched and its faults found.
pub(in crate::steps) struct Audited<'a> {
    pub(in crate::steps) invoice: Invoice,
    pub(in crate::steps) charges: Vec<MatchedCharge<'a>>,
}

impl<'a> Audited<'a> {
    pub(in crate::steps) fn faults(&self) -> impl Iterator<Item = &ChargeFault<'a>> {
        self.charges.iter().filter_map(|row| row.fault.as_ref())
    }

    pub(super) fn seats(&self) -> impl Iterator<Item = &MatchedCharge<'a>> {
        self.charges.iter().filter(|row| row.kind == ChargeKind::LineMrc)
    }
}

/// Every invoice up to `as_of`, newest first. `lines` are those that an invoice may bill: the list's, and those that left it.
pub(in crate::steps) fn audit<'a>(
    input: &AccountInput<'_>,
    lines: &[&'a Line],
    held: &HeldExtensions<'a>,
    not_listed: &NotListed<'_>,
) -> Result<Vec<Audited<'a>>, StepError> {
    let AccountInput {
        charges,
        book,
        contracts,
        as_of,
        ..
    } = *input;
    let classifier = Classifier::new(book, lines.iter().copied())?;
    let classified: Vec<Charge> = charges.iter().map(|charge| classifier.classify(charge)).collect();
    let lines = || lines.iter().copied();
    let agreed = Agreed {
        contracts,
        unread_contracts: input.unread_contracts,
        book,
        counts: &LineCounts::on(as_of, lines(), contracts),
    };
    let matched = invoices(&classified, as_of).into_iter().map(|invoice| Audited {
        charges: match_charges(&invoice.charges, lines(), held, as_of),
        invoice,
    });
    let mut audited: Vec<Audited> = matched.collect();
    take_back_reversed(audited.iter_mut().rev().map(|bill| &mut bill.charges[..]));
    read_by_price(&mut audited, &agreed);
    let words = OwnWords::of(book);
    for row in audited.iter_mut().flat_map(|bill| &mut bill.charges) {
        row.words = words.without_names(&row.charge.description);
    }
    for Audited { invoice, charges } in &mut audited {
        find_faults(invoice, charges, not_listed);
        find_rate_faults(charges, &agreed);
    }
    Ok(audited)
}

/// Takes off the newest invoices that bill no seat where an earlier one does: minutes or a phone billed on their own are no
/// bill that lines could be missing from. Says which.
pub(in crate::steps) fn pass_over_seatless(audited: &mut Vec<Audited<'_>>) -> Vec<String> {
    let bills_seats = |audited: &Audited| audited.seats().next().is_some();
    let first = audited.iter().position(bills_seats).unwrap_or(0);
    audited
        .drain(..first)
        .map(|passed| {
            let billed: Cents = passed.invoice.charges.iter().map(|charge| charge.amount).sum();
            format!(
                "Invoice {} of {} bills no line ({billed} in all): the figures rest on the newest that does.",
                passed.invoice.ids.join(", "),
                passed.invoice.invoice_date
            )
        })
        .collect()
}

/// An invoice that bills again what an earlier one bills of the same month: nothing says which of the two is owed.
pub(in crate::steps) fn billed_again(audited: &[Audited<'_>]) -> Option<String> {
    let [newest, before, ..] = audited else {
        return None;
    };
    let (newest, before) = (&newest.invoice, &before.invoice);
    let is_again = newest.period == before.period && newest.repeats(before);
    let billed = |invoice: &Invoice| -> Cents { invoice.charges.iter().map(|charge| charge.amount).sum() };
    is_again.then(|| {
        format!(
            "Invoice {} of {} bills ({}) the lines and the month that invoice {} of {} bills ({}): the figures rest on the newer one. \
             Is the older withdrawn, or are both to be paid?",
            newest.ids.join(", "),
            newest.invoice_date,
            billed(newest),
            before.ids.join(", "),
            before.invoice_date,
            billed(before),
        )
    })
}

/// Lines that the newest invoice does not bill because an earlier one did so for longer: each with that charge.
pub(in crate::steps) fn prepaid<'x, 'a>(audited: &'x [Audited<'a>]) -> Vec<Prepaid<'x, 'a>> {
    let Some((newest, earlier)) = audited.split_first() else {
        return Vec::new();
    };
    let own = |audited: &'x Audited<'a>| {
        audited.seats().filter_map(|row| {
            Some(Prepaid {
                line: row.line()?,
                row,
            })
        })
    };
    let id = |seat: &Prepaid<'x, 'a>| seat.line.line_id.as_str();
    let mut told: HashSet<&str> = own(newest).map(|seat| id(&seat)).collect();
    let (first_day, last_day) = newest.invoice.period;
    let covers = |seat: &Prepaid<'x, 'a>| {
        seat.row.charge.period_start <= first_day && seat.row.charge.period_end >= last_day
    };
    earlier
        .iter()
        .flat_map(own)
        .filter(covers)
        .filter(|seat| told.insert(id(seat)))
        .collect()
}

/// A line that an earlier invoice has billed ahead, and the charge that did so.
pub(in crate::steps) struct Prepaid<'x, 'a> {
    pub(in crate::steps) line: &'a Line,
    pub(super) row: &'x MatchedCharge<'a>,
}

/// Gives prepaid lines the monthly price of the charge that covers them.
pub(in crate::steps) fn price_prepaid(costs: &mut ByLine<'_, LineCost>, prepaid: &[Prepaid<'_, '_>]) {
    for Prepaid { line, row } in prepaid {
        let Some(cost) = costs.get_mut(line) else { continue };
        let monthly = one_month(&row.charge);
        cost.monthly_cost += monthly;
        cost.seat_cost += monthly;
        cost.tier_price += monthly;
        cost.source = Some(CostSource::Invoice);
        cost.tier = row.charge.tier.or(cost.tier);
        cost.term = row.charge.term.or(cost.term);
    }
}

/// What the line's seat was billed for, promotions on it taken off, on invoices whose whole period lies after the last use.
pub(in crate::steps) fn billed_while_silent(line: &ScoredLine, audited: &[Audited<'_>]) -> Cents {
    let silent_after = line.activity.last_used_on.or(line.line.seat_since);
    let billed = |audited: &Audited| -> Cents {
        let rows = audited.charges.iter().filter(|row| {
            let seat = matches!(row.kind, ChargeKind::LineMrc | ChargeKind::LineAddon);
            let takes_off = row.kind == ChargeKind::Promotion && row.line().is_some();
            let is_silent = silent_after.is_none_or(|day| row.charge.period_start > day);
            (seat || takes_off) && is_silent && row.disputed_whole().is_none()
        });
        rows.flat_map(|row| &row.shares)
            .filter(|(billed, _)| billed.line_id == line.line.line_id)
            .map(|(_, amount)| *amount)
            .sum()
    };
    // A promotion takes off no more than its seat costs.
    audited.iter().map(|bill| billed(bill).max(Cents::ZERO)).sum()
}

/// What the invoices prove, newest first, up to the first that is not whole; of a month that is billed again the newer one.
pub(in crate::steps) fn whole_bills(audited: &[Audited<'_>], as_of: NaiveDate) -> Vec<Proof> {
    let mut periods = HashSet::new();
    let bills = (0..audited.len()).filter_map(|at| audited.get(at..));
    bills
        .filter(|bills| periods.insert(bills[0].invoice.period))
        .map_while(|bills| proof(bills, &prepaid(bills), as_of).filter(|proof| proof.is_complete))
        .collect()
}

pub(in crate::steps) fn unclassified(newest: &Audited<'_>) -> Vec<String> {
    let rows = newest.charges.iter().filter(|row| row.kind == ChargeKind::Other);
    rows.map(|row| {
        format!(
            "invoice {}, row {} of our file: {}",
            row.charge.invoice_id, row.charge.row, row.charge.amount
        )
    })
    .collect()
}
