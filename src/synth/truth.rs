//! The answers: what each line truly is, and what each invoice comes to.

use super::billing::Invoice;
use super::inventory::text;
use super::population::{Population, SynthLine};
use super::write::table;
use super::{SynthError, SynthOptions};
use crate::domain::Currency;

const TRUTH: [&str; 11] = [
    "account_id",
    "line_id",
    "extension",
    "kind",
    "seat_since",
    "seat_until",
    "used_from",
    "dead_since",
    "away_from",
    "away_to",
    "departed_on",
];
const TRUTH_INVOICES: [&str; 6] = [
    "account_id",
    "invoice_id",
    "invoice_date",
    "rows",
    "total",
    "currency",
];

/// Writes both truth tables, and says how many files they are.
pub(super) fn write(
    options: &SynthOptions,
    population: &Population,
    invoices: &[Invoice],
) -> Result<u64, SynthError> {
    let lines = population
        .lines
        .iter()
        .map(|line| truth_row(population, line))
        .collect();
    table(options.out.join("truth.csv"), &TRUTH, lines)?;
    let totals = invoices
        .iter()
        .map(|invoice| invoice_row(options, invoice))
        .collect();
    table(options.out.join("truth_invoices.csv"), &TRUTH_INVOICES, totals)?;
    Ok(2)
}

fn truth_row(population: &Population, line: &SynthLine) -> Vec<String> {
    let (away_from, away_to) = line.life.latest_away(&population.span).unzip();
    let used_from = Some(line.life.used_from).filter(|_| line.habit.used_per_mille > 0);
    vec![
        line.line.account_id.clone(),
        line.line.line_id.clone(),
        line.line.extension.clone(),
        line.truth.to_string(),
        line.life.seat_since.to_string(),
        text(&line.life.seat_until),
        text(&used_from),
        text(&line.life.dead_since),
        text(&away_from),
        text(&away_to),
        text(&line.life.departed_on),
    ]
}

fn invoice_row(options: &SynthOptions, invoice: &Invoice) -> Vec<String> {
    vec![
        options.account_id.clone(),
        invoice.invoice_id.clone(),
        invoice.invoice_date.to_string(),
        invoice.charges.len().to_string(),
        invoice.total.to_string(),
        Currency::USD.to_string(),
    ]
}
