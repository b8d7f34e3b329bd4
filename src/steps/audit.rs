//! Faults of an invoice that need no verdict: charged twice, charged for nobody, charged after the end, numbers nobody
//! holds. Each kind is one function, so that more kinds only add functions.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::charges::{Invoice, MatchedCharge};
use super::cost::one_month;
use crate::domain::{Cents, ChargeKind, FindingKind, Line};

/// A charge that is a fault, by its index among the invoice's charges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub charge: usize,
    pub kind: FindingKind,
    /// What stays the same every night and on every invoice.
    pub finding_id: String,
    pub subject: String,
    /// A sentence ready to send.
    pub evidence: String,
    /// What is at fault on this invoice, and of a month's service.
    pub amount: Cents,
    pub monthly: Cents,
    /// What of a month's price of these lines is at fault.
    pub of_lines: Vec<(usize, Cents)>,
}

/// Charges that are a fault as a whole, at most one for each charge.
pub fn faults(invoice: &Invoice, charges: &[MatchedCharge], lines: &[Line]) -> Vec<Fault> {
    let twice = duplicates(charges);
    let fault_of = |(index, row): (usize, &MatchedCharge)| {
        let first = twice.get(&index).map(|first| &charges[*first]);
        let told = first
            .map(|first| duplicate(row, first, lines))
            .or_else(|| ghost(row))
            .or_else(|| after_removal(row, lines, invoice))
            .or_else(|| orphan(row))?;
        Some(Fault {
            charge: index,
            amount: row.charge.amount,
            ..told
        })
    };
    charges.iter().enumerate().filter_map(fault_of).collect()
}

/// Second and later MRCs of a line with overlapping periods, each with the first. A proration is no MRC.
fn duplicates(charges: &[MatchedCharge]) -> BTreeMap<usize, usize> {
    let mut twice = BTreeMap::new();
    let mut kept: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, row) in charges
        .iter()
        .enumerate()
        .filter(|(_, row)| row.kind == ChargeKind::LineMrc)
    {
        let Some(line) = row.line() else { continue };
        let earlier = kept.entry(line).or_default();
        let overlaps = |other: &&usize| {
            let other = &charges[**other].charge;
            other.period_start <= row.charge.period_end && row.charge.period_start <= other.period_end
        };
        match earlier.iter().find(overlaps) {
            Some(first) => {
                twice.insert(index, *first);
            }
            None => earlier.push(index),
        }
    }
    twice
}

fn duplicate(row: &MatchedCharge, first: &MatchedCharge, lines: &[Line]) -> Fault {
    let line = row.line().map(|line| &lines[line]);
    let extension = line.map_or("", |line| &line.extension);
    fault(
        row,
        FindingKind::DuplicateCharge,
        &[line.map_or("", |line| &line.line_id)],
        format!("extension {extension} billed twice"),
        format!(
            "{} bills extension {extension} twice for {} to {}: once in row {} and again in row {}. Please credit {}.",
            cite(row),
            row.charge.period_start,
            row.charge.period_end,
            first.charge.row,
            row.charge.row,
            priced(row)
        ),
        one_month(&row.charge),
    )
}

fn ghost(row: &MatchedCharge) -> Option<Fault> {
    let seat = matches!(row.kind, ChargeKind::LineMrc | ChargeKind::LineAddon);
    // A number that is named by its extension alone is known by nothing else.
    let number =
        matches!(row.kind, ChargeKind::Did | ChargeKind::TollFree) && row.charge.phone_number.is_none();
    if !(seat || number) || row.by.is_some() || !row.names_a_stranger {
        return None;
    }
    let charge = &row.charge;
    let named = match (&charge.extension, &charge.phone_number) {
        (Some(extension), _) => format!("extension {extension}"),
        (None, Some(number)) => format!("number {number}"),
        (None, None) => "a line".to_owned(),
    };
    let key = [&charge.extension, &charge.phone_number, &charge.email]
        .into_iter()
        .flatten()
        .next();
    Some(fault(
        row,
        FindingKind::GhostCharge,
        &[key.unwrap_or(&charge.description), row.kind.as_str()],
        format!("{named} is billed but not in the inventory"),
        format!(
            "{} bills {named}, which our inventory does not have. Please credit {}.",
            cite(row),
            priced(row)
        ),
        one_month(&row.charge),
    ))
}

fn after_removal(row: &MatchedCharge, lines: &[Line], invoice: &Invoice) -> Option<Fault> {
    let line = &lines[row.line().filter(|_| row.kind.is_line_recurring())?];
    let until = line
        .seat_until
        .filter(|until| *until < row.charge.period_start && *until < invoice.invoice_date)?;
    Some(fault(
        row,
        FindingKind::BilledAfterRemoval,
        &[&line.line_id, row.kind.as_str()],
        format!("extension {} billed after its removal", line.extension),
        format!(
            "{} bills extension {} for {} to {}, but the line was removed on {until}. Please credit {}.",
            cite(row),
            line.extension,
            row.charge.period_start,
            row.charge.period_end,
            priced(row)
        ),
        one_month(&row.charge),
    ))
}

/// A number that outlived its user goes on being billed until it is released or reassigned.
fn orphan(row: &MatchedCharge) -> Option<Fault> {
    let number = row.charge.phone_number.as_ref().filter(|_| row.by.is_none())?;
    if !matches!(row.kind, ChargeKind::Did | ChargeKind::TollFree) {
        return None;
    }
    Some(fault(
        row,
        FindingKind::OrphanNumber,
        &[number],
        format!("number {number} belongs to no line"),
        format!(
            "{} bills number {number}, which no line in the inventory holds. \
             Release it, unless a queue or an attendant outside the inventory answers it.",
            cite(row)
        ),
        one_month(&row.charge),
    ))
}

/// `monthly` is what of a month is at fault; the invoice's part follows from the length of its period.
pub(super) fn fault(
    row: &MatchedCharge,
    kind: FindingKind,
    key: &[&str],
    subject: String,
    evidence: String,
    monthly: Cents,
) -> Fault {
    let key = [&[row.charge.account_id.as_str()], key].concat();
    Fault {
        charge: 0,
        kind,
        finding_id: finding_id(kind, &key),
        subject,
        evidence,
        amount: monthly,
        monthly,
        of_lines: row.line().map(|line| (line, monthly)).into_iter().collect(),
    }
}

pub(super) fn cite(row: &MatchedCharge) -> String {
    format!(
        "Invoice {} of {}, row {},",
        row.charge.invoice_id, row.charge.invoice_date, row.charge.row
    )
}

fn priced(row: &MatchedCharge) -> String {
    priced_as(row, row.charge.amount)
}

pub(super) fn priced_as(row: &MatchedCharge, amount: Cents) -> String {
    format!("{} {amount}", row.charge.currency)
}

/// A line nobody uses is one thing, whether it is idle tonight or its holder has left tomorrow.
fn family(kind: FindingKind) -> &'static str {
    match kind.is_waste_line() {
        true => "line",
        false => kind.as_str(),
    }
}

/// The same id every night for the same thing. The account begins the key: two accounts may hold the same extension.
pub fn finding_id(kind: FindingKind, key: &[&str]) -> String {
    let mut hasher = Sha256::new();
    hasher.update(family(kind));
    for part in key {
        // Lengths keep ("ab", "c") and ("a", "bc") apart.
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    let digest = hasher.finalize();
    let hex: String = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{hex}", family(kind).replace('_', "-"))
}
