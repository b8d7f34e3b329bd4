//! The invoices at hand beside each other: what was billed by kind, and what of it was at fault.

use std::collections::BTreeSet;

use crate::domain::{Cents, ChargeKind, FindingKind, InvoiceTrend};
use crate::render::Cell;
use crate::render::for_finance::FinanceAccount;
use crate::render::page::{Item, Table, figure, words};
use crate::render::values::plain;

pub(crate) const HEADING: &str = "From invoice to invoice";
/// Invoices that fit beside each other on paper.
const SHOWN: usize = 6;
/// Invoice dates as headings: a table's headings are fixed words, so the columns are numbered from the newest.
const BACK: [&str; SHOWN] = [
    "Newest", "1 before", "2 before", "3 before", "4 before", "5 before",
];

pub(crate) fn items(account: &FinanceAccount, prefix: &str) -> Vec<Item> {
    let shown: Vec<&InvoiceTrend> = account.trend.iter().rev().take(SHOWN).collect();
    if shown.len() < 2 {
        let at_hand = if shown.is_empty() {
            "No invoice"
        } else {
            "Only one invoice"
        };
        return vec![Item::Text(format!(
            "{at_hand} is at hand: with two of them, what changes is shown here."
        ))];
    }
    let currency = account.currency;
    let row = |name: Cell, amount: &dyn Fn(&InvoiceTrend) -> Cents| {
        let amounts = shown.iter().map(|invoice| Cell::Money(amount(invoice), currency));
        std::iter::once(name).chain(amounts).collect::<Vec<Cell>>()
    };
    let kinds: BTreeSet<ChargeKind> = shown
        .iter()
        .flat_map(|invoice| invoice.by_kind.keys().copied())
        .collect();
    let faults: BTreeSet<FindingKind> = shown
        .iter()
        .flat_map(|invoice| invoice.faults.keys().copied())
        .collect();
    let dates = std::iter::once(Cell::Word("Invoice of"))
        .chain(shown.iter().map(|invoice| Cell::Day(invoice.invoice_date)))
        .collect();
    let mut rows = vec![dates];
    rows.extend(kinds.into_iter().map(|kind| {
        row(Cell::Word(plain::charge_kind(kind)), &|invoice| {
            invoice.by_kind.get(&kind).copied().unwrap_or_default()
        })
    }));
    let mut fault_rows: Vec<Vec<Cell>> = Vec::new();
    fault_rows.extend(faults.into_iter().map(|kind| {
        row(Cell::Word(plain::finding_kind(kind)), &|invoice| {
            invoice.faults.get(&kind).copied().unwrap_or_default()
        })
    }));
    let table = |name: &str, caption: &str, first: &'static str, rows, total| {
        Item::Table(Table {
            id: format!("{prefix}-{name}"),
            caption: caption.to_owned(),
            columns: std::iter::once(words(first))
                .chain(BACK[..shown.len()].iter().map(|back| figure(back)))
                .collect(),
            rows,
            total,
            whole_in: "report.xlsx",
            wide: false,
            sortable: false,
        })
    };
    let total = row(Cell::Word("Billed total"), &|invoice| invoice.billed);
    let mut items = vec![table(
        "trend",
        "Billed by kind, the newest invoice first",
        "Kind of charge",
        rows,
        Some(total),
    )];
    if fault_rows.is_empty() {
        items.push(Item::Text(
            "None of these invoices has a charge at fault.".to_owned(),
        ));
    } else {
        items.push(table(
            "fault-trend",
            "Of it at fault, each invoice for itself",
            "What is wrong",
            fault_rows,
            None,
        ));
    }
    items
}
