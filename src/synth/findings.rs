//! The answers about the bill: every planted fault with what it is worth, in `truth_findings.csv`. Near misses are not in it.

use std::collections::{BTreeMap, BTreeSet};

use super::billing::{Invoice, PlantedFault};
use super::contracts::{ContractId, list_price, price};
use super::days::shift;
use super::inventory::text;
use super::planted::{Planted, newest_invoice};
use super::population::{Population, SynthLine};
use super::write::table;
use super::{SynthError, SynthOptions};
use crate::domain::{Cents, Contract, FindingKind};

const TRUTH_FINDINGS: [&str; 9] = [
    "account_id",
    "kind",
    "line_id",
    "extension",
    "phone_number",
    "invoice_id",
    "invoice_row",
    "monthly_amount",
    "note",
];
/// A notice that falls due within so many days is worth a word.
const NOTICE_DAYS: i64 = 90;

/// Writes the table of planted faults, and says how many files that is. `invoice_row` counts the rows of `charges.csv`, the
/// headings as row 1.
pub(super) fn write(
    options: &SynthOptions,
    population: &Population,
    invoices: &[Invoice],
    contracts: &[Contract],
) -> Result<u64, SynthError> {
    let Some((newest, earlier)) = invoices.split_last() else {
        return Ok(0);
    };
    let mut faults = newest.faults.clone();
    faults.extend(orphan_numbers(population, newest));
    faults.extend(of_lines(population, newest));
    faults.extend(promotions_ended(population));
    faults.extend(of_contracts(population, contracts));
    let rows_before: usize = 1 + earlier.iter().map(|invoice| invoice.charges.len()).sum::<usize>();
    let rows = faults
        .iter()
        .map(|fault| {
            vec![
                options.account_id.clone(),
                fault.kind.to_string(),
                text(&fault.line_id),
                text(&fault.extension),
                text(&fault.phone_number),
                text(&fault.charge.map(|_| &newest.invoice_id)),
                text(&fault.charge.map(|place| rows_before + place + 1)),
                text(&fault.monthly_amount),
                fault.note.clone(),
            ]
        })
        .collect();
    table(options.out.join("truth_findings.csv"), &TRUTH_FINDINGS, rows)?;
    Ok(1)
}

/// A fault that no single charge bears.
fn uncharged(kind: FindingKind, monthly_amount: Option<Cents>, note: String) -> PlantedFault {
    PlantedFault {
        kind,
        line_id: None,
        extension: None,
        phone_number: None,
        charge: None,
        monthly_amount,
        note,
    }
}

fn on_line(kind: FindingKind, line: &SynthLine, monthly: Cents, note: &str) -> PlantedFault {
    PlantedFault {
        line_id: Some(line.line.line_id.clone()),
        extension: Some(line.line.extension.clone()),
        ..uncharged(kind, Some(monthly), note.to_owned())
    }
}

/// Numbers that the newest invoice bills and no line of the last day holds.
fn orphan_numbers(population: &Population, newest: &Invoice) -> Vec<PlantedFault> {
    let live = population
        .lines
        .iter()
        .filter(|line| line.life.holds(population.span.last));
    let held: BTreeSet<&String> = live.flat_map(|line| &line.line.dids).collect();
    let charges = newest.charges.iter().enumerate();
    charges
        .filter_map(|(place, charge)| {
            let number = charge
                .phone_number
                .as_ref()
                .filter(|number| !held.contains(number))?;
            Some(PlantedFault {
                extension: charge.extension.clone(),
                phone_number: Some(number.clone()),
                charge: Some(place),
                ..uncharged(
                    FindingKind::OrphanNumber,
                    Some(charge.amount),
                    "no line holds it".to_owned(),
                )
            })
        })
        .collect()
}

fn of_lines(population: &Population, newest: &Invoice) -> Vec<PlantedFault> {
    let faults = population.lines.iter().filter_map(|line| match line.planted? {
        Planted::Unbilled => {
            let due = price(line.line.tier?, line.contract.term());
            let note = "a live seat without a charge";
            Some(on_line(FindingKind::UnbilledLine, line, due, note))
        }
        Planted::SecondLine => {
            let seat = newest.charges.iter().filter(|charge| {
                charge.extension.as_ref() == Some(&line.line.extension) && charge.phone_number.is_none()
            });
            let billed = seat.map(|charge| charge.amount).sum();
            let note = "its holder uses another line";
            Some(on_line(FindingKind::ExtraLine, line, billed, note))
        }
        _ => None,
    });
    faults.collect()
}

/// One a contract: what its lines cost above the promotional price.
fn promotions_ended(population: &Population) -> Option<PlantedFault> {
    let invoice_date = newest_invoice(population.span.last);
    let billed = population
        .lines
        .iter()
        .filter(|line| line.contract == ContractId::Promotional && line.life.holds(invoice_date));
    let over: Vec<Cents> = billed
        .filter_map(|line| {
            let tier = line.line.tier?;
            Some(list_price(tier) - price(tier, line.contract.term()))
        })
        .collect();
    let note = format!(
        "{} lines of contract {} are billed at list price",
        over.len(),
        ContractId::Promotional.as_str()
    );
    let monthly = over.iter().copied().sum();
    (!over.is_empty()).then(|| uncharged(FindingKind::PromotionEnded, Some(monthly), note))
}

fn of_contracts(population: &Population, contracts: &[Contract]) -> Vec<PlantedFault> {
    let (last, invoice_date) = (population.span.last, newest_invoice(population.span.last));
    let mut faults = Vec::new();
    let mut notices = BTreeMap::new();
    for contract in contracts {
        let notice_by = contract
            .end_on
            .zip(contract.notice_days)
            .map(|(end, days)| shift(end, -i64::from(days)));
        if let Some(notice_by) = notice_by.filter(|day| *day > last && *day <= shift(last, NOTICE_DAYS)) {
            notices.insert(&contract.contract_id, notice_by);
        }
        let billed = population.lines.iter().filter(|line| {
            line.contract.as_str() == contract.contract_id
                && contract.covers_tier(line.line.tier)
                && line.life.holds(invoice_date)
                && !matches!(line.planted, Some(Planted::Unbilled | Planted::TermMismatch))
        });
        let billed = billed.count() as u32;
        let short = contract.committed_lines.unwrap_or(0).saturating_sub(billed);
        if let Some(unit_price) = contract.unit_price.filter(|_| short > 0) {
            let note = format!(
                "contract {} commits to {} lines, {billed} are billed",
                contract.contract_id,
                billed + short
            );
            let monthly = unit_price.times(i64::from(short));
            faults.push(uncharged(FindingKind::CommitmentShortfall, Some(monthly), note));
        }
    }
    for (contract_id, notice_by) in notices {
        let note = format!("contract {contract_id}: notice is due by {notice_by}");
        faults.push(uncharged(FindingKind::RenewalNotice, None, note));
    }
    faults
}
