//! The bill: whose each row is, which rows are wrong as a whole, what a line costs, and the bridge. By the text of money.md.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::NaiveDate;
use regex::Regex;

use super::rows::{Charge, Contract, Seat, months_between, months_on};

/// A row of an invoice with the seat it belongs to (by index), and its fault where the whole row is one.
#[derive(Debug, Clone)]
pub struct Billed {
    pub charge: Charge,
    pub seat: Option<usize>,
    pub fault: Option<&'static str>,
}

/// Invoices up to the night, newest first, each with all of its rows.
pub fn invoices(charges: &[Charge], seats: &[Seat], as_of: NaiveDate) -> Vec<Vec<Billed>> {
    let mut by_date: BTreeMap<NaiveDate, Vec<Billed>> = BTreeMap::new();
    for charge in charges.iter().filter(|charge| charge.invoice_date <= as_of) {
        by_date.entry(charge.invoice_date).or_default().push(Billed {
            charge: charge.clone(),
            seat: seat_of(charge, seats, as_of),
            fault: None,
        });
    }
    let mut invoices: Vec<Vec<Billed>> = by_date.into_values().rev().collect();
    for invoice in &mut invoices {
        for at in 0..invoice.len() {
            invoice[at].fault = whole_fault(invoice, at, seats);
        }
    }
    invoices
}

fn is_live(seat: &Seat, as_of: NaiveDate) -> bool {
    seat.until.is_none_or(|until| until > as_of)
}

/// By extension, then number, then e-mail, then what the description names. A number goes with live lines only.
fn seat_of(charge: &Charge, seats: &[Seat], as_of: NaiveDate) -> Option<usize> {
    static NAMED: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"Ext\. (\d+)").unwrap());
    let in_text = NAMED
        .captures(&charge.description)
        .map(|found| found[1].to_owned());
    let holds = |wanted: &dyn Fn(&Seat) -> bool| {
        let held = |live: bool| {
            let holders = seats.iter().enumerate();
            holders
                .filter(|(_, seat)| wanted(seat) && is_live(seat, as_of) == live)
                .map(|(at, _)| at)
                .collect::<Vec<usize>>()
        };
        let live = held(true);
        match live[..] {
            [only] => Some(only),
            [] if !is_number(charge) => held(false).into_iter().max_by_key(|at| seats[*at].until),
            [] => None,
            _ => {
                let mut fitting = live.into_iter().filter(|at| seats[*at].tier == charge.tier);
                fitting.next().filter(|_| fitting.next().is_none())
            }
        }
    };
    let extension = |wanted: &str| holds(&|seat: &Seat| !wanted.is_empty() && seat.extension == wanted);
    extension(&charge.extension)
        .or_else(|| holds(&|seat: &Seat| seat.dids.contains(&charge.number)))
        .or_else(|| holds(&|seat: &Seat| !charge.email.is_empty() && seat.email == charge.email))
        .or_else(|| extension(in_text.as_deref().unwrap_or_default()))
}

fn is_number(charge: &Charge) -> bool {
    ["did", "toll_free"].contains(&charge.kind.as_str())
}

/// What makes up a line's own recurring cost.
fn is_recurring(charge: &Charge) -> bool {
    ["line_mrc", "line_addon"].contains(&charge.kind.as_str()) || is_number(charge)
}

fn whole_fault(invoice: &[Billed], at: usize, seats: &[Seat]) -> Option<&'static str> {
    let row = &invoice[at];
    let charge = &row.charge;
    let is_seat = ["line_mrc", "line_addon"].contains(&charge.kind.as_str());
    let Some(seat) = row.seat else {
        return match () {
            () if is_seat && !charge.extension.is_empty() => Some("ghost_charge"),
            () if is_number(charge) => Some("orphan_number"),
            () => None,
        };
    };
    let is_earlier_twin = |other: &Billed| {
        other.charge.kind == "line_mrc"
            && other.seat == row.seat
            && other.charge.from <= charge.to
            && charge.from <= other.charge.to
    };
    if charge.kind == "line_mrc" && invoice[..at].iter().any(is_earlier_twin) {
        return Some("duplicate_charge");
    }
    let ended = seats[seat].until.is_some_and(|until| until < charge.from);
    (ended && is_recurring(charge)).then_some("billed_after_removal")
}

/// An amount brought to one month of service, half up.
pub fn one_month(amount: i64, from: NaiveDate, to: NaiveDate) -> i64 {
    let after = to.succ_opt().unwrap();
    let months = i64::from(months_between(from, after));
    if months > 0 && months_on(from, months as u32) == after {
        return part(amount, 1, months);
    }
    part(amount, 365, 12 * (after - from).num_days())
}

/// `amount` times `of` by `whole`, half away from zero.
pub fn part(amount: i64, of: i64, whole: i64) -> i64 {
    let twice = 2 * amount.abs() * of + whole;
    amount.signum() * (twice / (2 * whole))
}

/// A line's cost of a month, and the part of it that is the seat with its add-ons.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cost {
    pub all: i64,
    pub seat: i64,
}

/// The newest invoice's undisputed recurring charges of a line; none where it bears no such charge.
pub fn billed_cost(newest: &[Billed], seat: usize) -> Option<Cost> {
    let own = newest.iter().filter(|row| {
        let disputed = matches!(row.fault, Some("duplicate_charge" | "billed_after_removal"));
        row.seat == Some(seat) && is_recurring(&row.charge) && !disputed
    });
    own.fold(None, |cost: Option<Cost>, row| {
        let monthly = one_month(row.charge.amount, row.charge.from, row.charge.to);
        let Cost { all, seat } = cost.unwrap_or_default();
        Some(Cost {
            all: all + monthly,
            seat: seat + if is_number(&row.charge) { 0 } else { monthly },
        })
    })
}

/// Of rows that follow one another the one that a day lies in.
pub fn holding(contracts: &[Contract], day: NaiveDate) -> Vec<Contract> {
    let holds = |row: &&Contract| row.start_on <= day && row.end_on.is_none_or(|end| day <= end);
    contracts.iter().filter(holds).cloned().collect()
}

/// The contract row of a line: its own tier's before the one for all tiers.
pub fn covering<'a>(contracts: &'a [Contract], contract_id: &str, tier: &str) -> Option<&'a Contract> {
    let of = |wanted: &str| {
        let mut rows = contracts.iter().filter(|row| row.contract_id == contract_id);
        rows.find(|row| row.tier == wanted)
    };
    Some(tier)
        .filter(|tier| !tier.is_empty())
        .and_then(of)
        .or_else(|| of(""))
}

/// The parts of the bridge; `verdict` tells that of a live line, by the seat's index.
pub fn bridge(
    newest: &[Billed],
    seats: &[Seat],
    verdict: impl Fn(usize) -> Option<String>,
) -> BTreeMap<String, i64> {
    const PARTS: [&str; 12] = [
        "in_use",
        "protected",
        "new_unknown",
        "idle",
        "right_size",
        "disputed",
        "numbers",
        "addons",
        "fees_taxes",
        "one_time",
        "credits",
        "unexplained",
    ];
    let mut bridge: BTreeMap<String, i64> = PARTS.iter().map(|part| ((*part).to_owned(), 0)).collect();
    for row in newest {
        let part = match (row.fault, row.charge.kind.as_str(), row.seat) {
            (Some("duplicate_charge" | "ghost_charge" | "billed_after_removal"), ..) => "disputed",
            (_, "account_addon" | "equipment", _) => "addons",
            (_, "usage" | "proration" | "one_time", _) => "one_time",
            (_, "credit" | "promotion", _) => "credits",
            (_, "regulatory_recovery" | "e911" | "federal_usf" | "state_tax" | "local_tax", _) => {
                "fees_taxes"
            }
            (_, "did" | "toll_free", None) => "numbers",
            (_, "line_addon", None) => "addons",
            (_, "line_addon", Some(seat)) if seats[seat].is_queue => "addons",
            (_, "line_mrc" | "line_addon" | "did" | "toll_free", Some(seat)) => {
                match verdict(seat).as_deref() {
                    Some("in_use" | "watch") => "in_use",
                    Some("protected" | "exempt" | "on_leave") => "protected",
                    Some("idle" | "never_used" | "unassigned" | "leaver") => "idle",
                    _ => "new_unknown",
                }
            }
            _ => "unexplained",
        };
        *bridge.get_mut(part).unwrap() += row.charge.amount;
    }
    bridge
}
