//! Faults of an invoice that need no verdict: charged twice, charged for nobody, charged after the end, numbers nobody
//! holds. Each kind is one function, so that more kinds only add functions.

use std::cmp::Reverse;
use std::collections::HashMap;

use chrono::{Days, NaiveDate};

use crate::domain::{ByLine, Cents, Charge, ChargeKind, FindingKind, Line};
use crate::steps::bill::charges::{Invoice, MatchedCharge};
use crate::steps::bill::cost::one_month;
use crate::steps::bill::not_listed::NotListed;
use crate::steps::finding::finding_id;

/// A claim that no bill has answered by then was answered otherwise, by a credit that names no line.
const ANSWERED_WITHIN_DAYS: u64 = 92;

/// What is wrong with a charge. It stands in the charge itself, so that none is taken for another's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChargeFault<'a> {
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
    pub of_lines: Vec<(&'a Line, Cents)>,
}

/// Finds the charges that are a fault as a whole.
///
/// What only the line list lacks is somebody: its charge is no ghost.
pub fn find_faults(invoice: &Invoice, charges: &mut [MatchedCharge<'_>], there: &NotListed<'_>) {
    let repeats = repeats(charges);
    for (at, row) in charges.iter_mut().enumerate() {
        let twice = repeats.get(&at).map(|(line, first)| duplicate(row, first, line));
        row.unread = match row.by {
            Some(_) => None,
            None => there.whose(&row.charge),
        };
        let found = twice
            .or_else(|| ghost(row).filter(|_| row.unread.is_none()))
            .or_else(|| after_removal(row, invoice))
            .or_else(|| orphan(row).filter(|_| row.unread.is_none()));
        row.fault = found.map(|fault| ChargeFault {
            amount: row.charge.amount,
            ..fault
        });
    }
}

/// A seat that is billed, taken back to the cent and billed again on one invoice was billed once: the first is no seat but the other half
/// of its credit. A credit for what an invoice of the last months billed twice is that claim's answer, and takes back nothing of its own. Invoices
/// come oldest first.
pub(in crate::steps) fn take_back_reversed<'x, 'a: 'x>(
    invoices: impl Iterator<Item = &'x mut [MatchedCharge<'a>]>,
) {
    let mut claimed: Vec<(&str, Cents, NaiveDate)> = Vec::new();
    for charges in invoices {
        let made_on = charges.first().map(|row| row.charge.invoice_date);
        claimed.retain(|(_, _, of)| {
            made_on.is_some_and(|made_on| made_on <= *of + Days::new(ANSWERED_WITHIN_DAYS))
        });
        let credits: Vec<(&'a Line, Cents)> = charges
            .iter()
            .filter(|row| row.kind == ChargeKind::Credit)
            .filter_map(|row| Some((row.line()?, -row.charge.amount)))
            .collect();
        for (line, amount) in credits {
            let id = line.line_id.as_str();
            if let Some(at) = claimed
                .iter()
                .position(|(of, claim, _)| (*of, *claim) == (id, amount))
            {
                claimed.swap_remove(at);
                continue;
            }
            let is_seat = |row: &MatchedCharge| {
                row.kind == ChargeKind::LineMrc
                    && row.charge.amount > Cents::ZERO
                    && row.line().is_some_and(|own| own.line_id == id)
            };
            let seats = charges.iter().filter(|row| is_seat(row)).count();
            let reversed = charges
                .iter_mut()
                .find(|row| is_seat(row) && row.charge.amount == amount);
            if let Some(reversed) = reversed.filter(|_| seats > 1) {
                reversed.kind = ChargeKind::Credit;
            }
        }
        let twice = repeats(charges).into_iter();
        claimed.extend(twice.map(|(at, (line, _))| {
            let charge = &charges[at].charge;
            (line.line_id.as_str(), charge.amount, charge.invoice_date)
        }));
    }
}

/// The MRCs of a line beside another of one issuer whose period they overlap, each with that one. The smaller is the repeat, so that no more
/// is asked back than was billed twice; only between equals does the place in the file say which. A proration is no MRC.
fn repeats<'a>(charges: &[MatchedCharge<'a>]) -> HashMap<usize, (&'a Line, Charge)> {
    let mrcs = charges.iter().enumerate();
    let mut mrcs: Vec<(usize, &'a Line, &Charge)> = mrcs
        .filter(|(_, row)| row.kind == ChargeKind::LineMrc)
        .filter_map(|(at, row)| Some((at, row.line()?, &row.charge)))
        .collect();
    mrcs.sort_by_key(|(at, _, charge)| {
        let what = (charge.period_start, charge.period_end, charge.tier, charge.term);
        (Reverse(charge.amount), what, charge.row, *at)
    });
    let mut kept: ByLine<Vec<&Charge>> = ByLine::default();
    let mut repeats = HashMap::new();
    for (at, line, charge) in mrcs {
        let kept = kept.get_or(line, Vec::new);
        let overlaps = |other: &&&Charge| {
            charge.may_share_issuer(other)
                && other.period_start <= charge.period_end
                && charge.period_start <= other.period_end
        };
        match kept.iter().find(overlaps) {
            Some(first) => {
                repeats.insert(at, (line, (*first).clone()));
            }
            None => kept.push(charge),
        }
    }
    repeats
}

fn duplicate<'a>(row: &MatchedCharge<'a>, first: &Charge, line: &Line) -> ChargeFault<'a> {
    let extension = &line.extension;
    fault(
        row,
        FindingKind::DuplicateCharge,
        &[&line.line_id],
        format!("extension {extension} billed twice"),
        format!(
            "{} bills extension {extension} twice for {} to {}: once in row {} and again in row {}. Please credit {}.",
            cite(row),
            row.charge.period_start,
            row.charge.period_end,
            first.row,
            row.charge.row,
            priced(row)
        ),
        one_month(&row.charge),
    )
}

pub(in crate::steps) fn ghost<'a>(row: &MatchedCharge<'a>) -> Option<ChargeFault<'a>> {
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

fn after_removal<'a>(row: &MatchedCharge<'a>, invoice: &Invoice) -> Option<ChargeFault<'a>> {
    let line = row.line().filter(|_| row.kind.is_line_recurring())?;
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
fn orphan<'a>(row: &MatchedCharge<'a>) -> Option<ChargeFault<'a>> {
    let is_nobodys = row.by.is_none() && !row.may_be_held;
    let number = row.charge.phone_number.as_ref().filter(|_| is_nobodys)?;
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
pub(in crate::steps) fn fault<'a>(
    row: &MatchedCharge<'a>,
    kind: FindingKind,
    key: &[&str],
    subject: String,
    evidence: String,
    monthly: Cents,
) -> ChargeFault<'a> {
    let key = [&[row.charge.account_id.as_str()], key].concat();
    ChargeFault {
        kind,
        finding_id: finding_id(kind, &key),
        subject,
        evidence,
        amount: monthly,
        monthly,
        of_lines: row.line().map(|line| (line, monthly)).into_iter().collect(),
    }
}

/// A charge by the invoice's own words; the row is that of the file we read, which whoever holds the invoice does not have.
pub(in crate::steps) fn cite(row: &MatchedCharge) -> String {
    let charge = &row.charge;
    let place = format!("row {} of our file", charge.row);
    let place = match &row.words {
        Some(words) => format!("{words:?} ({place})"),
        None => place,
    };
    format!(
        "Invoice {} of {}, {place},",
        charge.invoice_id, charge.invoice_date
    )
}

fn priced(row: &MatchedCharge) -> String {
    priced_as(row, row.charge.amount)
}

pub(in crate::steps) fn priced_as(row: &MatchedCharge, amount: Cents) -> String {
    format!("{} {amount}", row.charge.currency)
}
