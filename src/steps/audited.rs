//! Invoices with their charges matched to lines and their faults found, and what they say of seats.

use std::collections::HashMap;

use super::account::{AccountInput, StepError};
use super::audit::{Fault, cite, faults, finding_id, priced_as};
use super::charges::{Classifier, Invoice, MatchedCharge, invoices, match_charges};
use super::cost::{LineCounts, one_month};
use super::ledger::Proof;
use super::rates::{Agreed, rate_faults};
use crate::domain::{Cents, Charge, ChargeKind, CostSource, FindingKind, Line, LineCost, ScoredLine, Tier};

/// An invoice with fewer seats than this share of the one before proves nothing of those that it lacks.
const MIN_SEATS_PERCENT: usize = 80;

/// An invoice with its charges matched and its faults found.
pub(super) struct Audited {
    pub(super) invoice: Invoice,
    pub(super) charges: Vec<MatchedCharge>,
    pub(super) faults: Vec<Fault>,
}

impl Audited {
    /// The fault of each charge that is disputed whole, by index.
    pub(super) fn fault_kinds(&self) -> Vec<Option<FindingKind>> {
        let mut kinds = vec![None; self.charges.len()];
        for fault in self.faults.iter().filter(|fault| fault.kind.is_whole_charge()) {
            kinds[fault.charge] = Some(fault.kind);
        }
        kinds
    }
}

/// Every invoice up to `as_of`, newest first.
pub(super) fn audit(input: &AccountInput<'_>, lines: &[Line]) -> Result<Vec<Audited>, StepError> {
    let AccountInput {
        charges,
        book,
        contracts,
        as_of,
        ..
    } = *input;
    let classifier = Classifier::new(book)?;
    let classified: Vec<Charge> = charges.iter().map(|charge| classifier.classify(charge)).collect();
    let agreed = Agreed {
        lines,
        contracts,
        book,
        counts: &LineCounts::on(as_of, lines, contracts),
    };
    let audited = invoices(&classified, as_of).into_iter().map(|invoice| {
        let charges = match_charges(&invoice.charges, lines, as_of);
        let mut faults = faults(&invoice, &charges, lines);
        let mut whole = vec![false; charges.len()];
        for fault in &faults {
            whole[fault.charge] = true;
        }
        faults.extend(rate_faults(&charges, &whole, &agreed));
        Audited {
            invoice,
            charges,
            faults,
        }
    });
    Ok(audited.collect())
}

/// Takes off the newest invoices that bill no seat where an earlier one does: minutes or a phone billed on their own are no
/// bill that lines could be missing from. Says which.
pub(super) fn pass_over_seatless(audited: &mut Vec<Audited>) -> Vec<String> {
    let bills_seats = |audited: &Audited| audited.charges.iter().any(|row| row.kind == ChargeKind::LineMrc);
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

fn seats(audited: &Audited) -> impl Iterator<Item = (usize, &MatchedCharge)> {
    let rows = audited
        .charges
        .iter()
        .filter(|row| row.kind == ChargeKind::LineMrc);
    rows.filter_map(|row| Some((row.line()?, row)))
}

/// A stranger that an earlier invoice gave credit for was a line once: what bills it now bills it after its removal.
pub(super) fn remember_credited(audited: &mut [Audited]) {
    let Some((newest, earlier)) = audited.split_first_mut() else {
        return;
    };
    for fault in newest
        .faults
        .iter_mut()
        .filter(|fault| fault.kind == FindingKind::GhostCharge)
    {
        let row = &newest.charges[fault.charge];
        let Some(extension) = &row.charge.extension else {
            continue;
        };
        let credit = earlier.iter().flat_map(|audited| &audited.charges).find(|other| {
            other.kind == ChargeKind::Credit && other.charge.extension.as_ref() == Some(extension)
        });
        if let Some(credit) = credit {
            let key = [row.charge.account_id.as_str(), extension, row.kind.as_str()];
            fault.kind = FindingKind::BilledAfterRemoval;
            fault.finding_id = finding_id(fault.kind, &key);
            fault.subject = format!("extension {extension} billed after its removal");
            fault.evidence = format!(
                "{} bills extension {extension}, which invoice {} of {} gave credit for when it was removed. Please credit {}.",
                cite(row),
                credit.charge.invoice_id,
                credit.charge.invoice_date,
                priced_as(row, row.charge.amount)
            );
        }
    }
}

/// Lines that the newest invoice does not bill because an earlier one did so for longer: each with that charge.
pub(super) fn prepaid(audited: &[Audited]) -> HashMap<usize, &MatchedCharge> {
    let Some((newest, earlier)) = audited.split_first() else {
        return HashMap::new();
    };
    let billed: Vec<usize> = seats(newest).map(|(line, _)| line).collect();
    let (first_day, last_day) = newest.invoice.period;
    let mut prepaid = HashMap::new();
    for (line, row) in earlier.iter().flat_map(seats) {
        let covers = row.charge.period_start <= first_day && row.charge.period_end >= last_day;
        if covers && !billed.contains(&line) {
            prepaid.entry(line).or_insert(row);
        }
    }
    prepaid
}

/// Gives prepaid lines the monthly price of the charge that covers them.
pub(super) fn price_prepaid(costs: &mut [LineCost], prepaid: &HashMap<usize, &MatchedCharge>) {
    for (line, row) in prepaid {
        let (cost, monthly) = (&mut costs[*line], one_month(&row.charge));
        cost.monthly_cost += monthly;
        cost.seat_cost += monthly;
        cost.tier_price += monthly;
        cost.source = Some(CostSource::Invoice);
        cost.tier = row.charge.tier.or(cost.tier);
        cost.term = row.charge.term.or(cost.term);
    }
}

/// What the line's seat was billed for on invoices whose whole period lies after the last use.
pub(super) fn billed_while_silent(line: &ScoredLine, audited: &[Audited], lines: &[Line]) -> Cents {
    let silent_after = line.activity.last_used_on.or(line.line.seat_since);
    let billed = |audited: &Audited| -> Cents {
        let rows = audited
            .charges
            .iter()
            .zip(audited.fault_kinds())
            .filter(|(row, fault)| {
                let seat = matches!(row.kind, ChargeKind::LineMrc | ChargeKind::LineAddon);
                seat && fault.is_none() && silent_after.is_none_or(|day| row.charge.period_start > day)
            });
        rows.flat_map(|(row, _)| &row.shares)
            .filter(|(index, _)| lines[*index].line_id == line.line.line_id)
            .map(|(_, a)| *a)
            .sum()
    };
    audited.iter().map(billed).sum()
}

/// What the newest invoice proves of seats.
pub(super) fn proof(
    audited: &[Audited],
    prepaid: &HashMap<usize, &MatchedCharge>,
    lines: &[Line],
) -> Option<Proof> {
    let (newest, earlier) = audited.split_first()?;
    let seats = newest
        .charges
        .iter()
        .filter(|row| row.kind == ChargeKind::LineMrc);
    let billed = seats.flat_map(|row| {
        let line = |(line, _): &(usize, Cents)| {
            let line = &lines[*line];
            (line.line_id.clone(), row.charge.tier.or(line.tier))
        };
        row.shares.iter().map(line)
    });
    let seats_of = |audited: &Audited| {
        audited
            .charges
            .iter()
            .filter(|row| row.kind == ChargeKind::LineMrc)
            .count()
    };
    // Half of a split bill shows half of the seats: the rest is not gone.
    let is_whole = earlier
        .first()
        .is_none_or(|before| seats_of(newest) * 100 >= seats_of(before) * MIN_SEATS_PERCENT);
    let ahead = prepaid.iter().map(|(line, row)| {
        (
            lines[*line].line_id.clone(),
            row.charge.tier.or(lines[*line].tier),
        )
    });
    Some(Proof {
        invoice_date: newest.invoice.invoice_date,
        is_complete: newest.invoice.set_aside.is_empty() && is_whole,
        seats: billed.chain(ahead).collect::<HashMap<String, Option<Tier>>>(),
    })
}

pub(super) fn unclassified(newest: &Audited) -> Vec<String> {
    let rows = newest.charges.iter().filter(|row| row.kind == ChargeKind::Other);
    rows.map(|row| {
        format!(
            "invoice {}, row {}: {}",
            row.charge.invoice_id, row.charge.row, row.charge.amount
        )
    })
    .collect()
}
