//! Everything that is found, with its money, its bucket and its dates.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};

use super::bill::{Billed, bridge, covering};
use super::night::Night;
use super::prices::{Fault, price_faults, whole_faults};
use super::recovery::{Recovery, at_renewal, savings};
use super::rows::{Contract, Seat};

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    pub kind: String,
    pub line_id: String,
    pub monthly: i64,
    pub to_date: i64,
    pub bucket: String,
    pub on: Option<NaiveDate>,
    pub notice_by: Option<NaiveDate>,
}

impl Found {
    fn new(kind: &str, line_id: &str, (monthly, to_date): (i64, i64), recovery: Recovery) -> Found {
        Found {
            kind: kind.to_owned(),
            line_id: line_id.to_owned(),
            monthly,
            to_date,
            bucket: recovery.bucket.to_owned(),
            on: recovery.on,
            notice_by: recovery.notice_by,
        }
    }
}

/// All findings of these kinds. A silent line beside another of its holder's is an idle line where `extra_line` is not
/// among them.
pub fn findings(night: &Night, kinds: &[&str]) -> Vec<Found> {
    let mut all = of_charges(night);
    all.extend(of_lines(night, kinds));
    all.extend(unbilled(night));
    all.extend(unused_queues(night));
    all.extend(shortfalls(night));
    all.extend(notices(night));
    all.retain(|found| kinds.contains(&found.kind.as_str()));
    all.sort();
    all
}

/// Faults of the newest invoice; the earlier invoices' of the same thing are added to date.
fn of_charges(night: &Night) -> Vec<Found> {
    let faults = |invoice| [whole_faults(night, invoice), price_faults(night, invoice)].concat();
    let audited: Vec<Vec<Fault>> = night.invoices.iter().map(|invoice| faults(invoice)).collect();
    let mut newest: BTreeMap<(&str, &str), Found> = BTreeMap::new();
    for fault in &audited[0] {
        let same = |other: &&Fault| (other.kind, &other.thing) == (fault.kind, &fault.thing);
        let to_date = audited
            .iter()
            .flatten()
            .filter(same)
            .map(|other| other.amount)
            .sum();
        let recovery = match fault.kind {
            "orphan_number" => Recovery::dated("next_bill", Some(night.next_period)),
            _ => Recovery::dated("now", Some(night.as_of)),
        };
        let line_id = fault.line_id.as_deref().unwrap_or_default();
        let found = newest
            .entry((fault.kind, &fault.thing))
            .or_insert_with(|| Found::new(fault.kind, line_id, (0, to_date), recovery));
        found.monthly += fault.monthly;
    }
    for found in newest
        .values_mut()
        .filter(|found| found.monthly == 0 && found.bucket == "now")
    {
        *found = Found::new(
            &found.kind.clone(),
            &found.line_id.clone(),
            (0, found.to_date),
            Recovery::dated("none", None),
        );
    }
    let of_kind = night.newest().iter().any(|row| row.charge.kind == "other");
    let unexplained = |invoice: &[Billed]| bridge(invoice, &night.seats, |_| None)["unexplained"];
    let residual = of_kind.then(|| {
        let to_date = night.invoices.iter().map(|invoice| unexplained(invoice)).sum();
        let sums = (unexplained(night.newest()), to_date);
        Found::new("invoice_residual", "", sums, Recovery::dated("none", None))
    });
    newest.into_values().chain(residual).collect()
}

fn of_lines(night: &Night, kinds: &[&str]) -> Vec<Found> {
    let used_by: BTreeSet<&str> = night
        .scored
        .iter()
        .filter(|line| line.verdict == "in_use")
        .map(|line| night.seat(&line.line_id).person.as_str())
        .collect();
    let savings = savings(night).into_iter();
    savings
        .map(|saving| {
            let line = night.line(&saving.line_id);
            let person = night.seat(&saving.line_id).person.as_str();
            let is_extra = !person.is_empty() && used_by.contains(person) && kinds.contains(&"extra_line");
            let kind = if is_extra {
                "extra_line".to_owned()
            } else {
                format!("{}_line", line.verdict)
            };
            let money = (saving.monthly, billed_while_silent(night, &saving.line_id));
            Found::new(&kind, &saving.line_id, money, saving.recovery)
        })
        .collect()
}

/// What invoices billed the seat for periods that began after its last use, less what promotions took off it.
fn billed_while_silent(night: &Night, line_id: &str) -> i64 {
    let silent_since = night.line(line_id).last_used.or(night.seat(line_id).since);
    let billed_on = |invoice: &Vec<Billed>| -> i64 {
        let seat = invoice.iter().filter(|row| {
            row.seat.is_some_and(|seat| night.seats[seat].line_id == line_id)
                && ["line_mrc", "line_addon", "promotion"].contains(&row.charge.kind.as_str())
                && row.fault.is_none()
                && silent_since.is_none_or(|day| row.charge.from > day)
        });
        seat.map(|row| row.charge.amount).sum()
    };
    night
        .invoices
        .iter()
        .map(|invoice| billed_on(invoice).max(0))
        .sum()
}

/// Live seats from before the newest bill's month that it does not bear, not even in words that nobody knows.
fn unbilled(night: &Night) -> Vec<Found> {
    let bears = |invoice: &[Billed], line_id: &str| {
        let is_own = |row: &&Billed| row.seat.is_some_and(|at| night.seats[at].line_id == line_id);
        let kinds = ["line_mrc", "proration", "other"];
        invoice
            .iter()
            .filter(is_own)
            .any(|row| kinds.contains(&row.charge.kind.as_str()))
    };
    let lines = night.scored.iter().filter_map(|line| {
        let seat = night.seat(&line.line_id);
        if seat.tier.is_empty() {
            return None;
        }
        // Each invoice in a row that leaves it out, from the newest back.
        let leaves_out = |invoice: &&Vec<Billed>| {
            let date = invoice[0].charge.invoice_date;
            !bears(invoice, &line.line_id) && seat.since.is_some_and(|since| since < date)
        };
        let months = night.invoices.iter().take_while(leaves_out).count() as i64;
        let contract = covering(&night.contracts, &seat.contract_id, &seat.tier);
        let signed = contract.and_then(|contract| contract.unit_price);
        let due = signed.or_else(|| night.book.price(&seat.tier, &seat.term))?;
        let nothing_back = Recovery::dated("none", None);
        (months > 0).then(|| Found::new("unbilled_line", &line.line_id, (due, due * months), nothing_back))
    });
    lines.collect()
}

fn unused_queues(night: &Night) -> Vec<Found> {
    let addons = night.newest().iter().filter(|row| {
        let is_it = |seat: &&Seat| seat.is_queue && seat.extension == row.charge.extension;
        let is_called = |queue: &Seat| {
            let numbers = queue.dids.iter().chain([&queue.extension]);
            numbers.into_iter().any(|number| night.called.contains(number))
        };
        let mut queues = night.seats.iter().filter(is_it);
        row.charge.kind == "account_addon" && queues.next().is_some_and(|queue| !is_called(queue))
    });
    let found = addons.map(|row| {
        let of_queue = night.invoices.iter().flatten().filter(|other| {
            other.charge.kind == "account_addon"
                && other.charge.extension == row.charge.extension
                && other.charge.from > night.first_known
        });
        let to_date = of_queue.map(|other| other.charge.amount).sum();
        let recovery = Recovery::dated("next_bill", Some(night.next_period));
        Found::new("addon_unused", "", (row.charge.amount, to_date), recovery)
    });
    found.collect()
}

/// Fewer lines billed than committed, times the price; a line on another term is not billed under the contract. Invoices in a
/// row that are short of it are added to date.
fn shortfalls(night: &Night) -> Vec<Found> {
    let billed_on = |invoice: &[Billed], contract: &Contract| -> i64 {
        let billed: BTreeSet<usize> = invoice
            .iter()
            .filter(|row| row.charge.kind == "line_mrc" && row.fault.is_none())
            .filter(|row| row.charge.term.is_empty() || row.charge.term == contract.term)
            .filter_map(|row| {
                let seat = &night.seats[row.seat?];
                let tier = Some(&row.charge.tier)
                    .filter(|tier| !tier.is_empty())
                    .unwrap_or(&seat.tier);
                let covering = covering(&night.contracts, &seat.contract_id, tier)?;
                std::ptr::eq(covering, contract).then_some(row.seat?)
            })
            .collect();
        billed.len() as i64
    };
    let found = night.contracts.iter().filter_map(|contract| {
        let committed = contract.committed?;
        let short_on = |invoice: &Vec<Billed>| {
            let is_signed = contract.start_on <= invoice[0].charge.from;
            Some(committed - billed_on(invoice, contract)).filter(|short| *short > 0 && is_signed)
        };
        let short = committed - billed_on(night.newest(), contract);
        let price = contract.unit_price?;
        let earlier: i64 = night.invoices[1..].iter().map_while(short_on).sum();
        let recovery = at_renewal(contract, night.as_of)?;
        let money = (short * price, (short + earlier) * price);
        (short > 0).then(|| Found::new("commitment_shortfall", "", money, recovery))
    });
    found.collect()
}

/// One a contract whose notice is due within 90 days.
fn notices(night: &Night) -> Vec<Found> {
    let within = |day: NaiveDate| day > night.as_of && day <= night.as_of + Days::new(90);
    let due: BTreeSet<&str> = night
        .contracts
        .iter()
        .filter(|contract| {
            let notice_by = at_renewal(contract, night.as_of).and_then(|recovery| recovery.notice_by);
            notice_by.is_some_and(within)
        })
        .map(|contract| contract.contract_id.as_str())
        .collect();
    let renewal = |contract_id: &&str| {
        let mut rows = night
            .contracts
            .iter()
            .filter(|row| row.contract_id == **contract_id);
        let dates = rows.find_map(|row| at_renewal(row, night.as_of));
        Recovery {
            bucket: "none",
            ..dates.unwrap_or(Recovery::dated("none", None))
        }
    };
    due.iter()
        .map(|contract_id| Found::new("renewal_notice", "", (0, 0), renewal(contract_id)))
        .collect()
}
