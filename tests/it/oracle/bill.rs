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

/// Bills up to the night, newest first, each with all of its rows, and what was billed of its month later. `agreed` is what a
/// seat costs a month on a day.
pub fn invoices(
    charges: &[Charge],
    seats: &[Seat],
    as_of: NaiveDate,
    agreed: impl Fn(&Seat, NaiveDate) -> Option<i64>,
) -> Vec<Vec<Billed>> {
    let mut by_date: BTreeMap<NaiveDate, Vec<Billed>> = BTreeMap::new();
    for charge in charges.iter().filter(|charge| charge.invoice_date <= as_of) {
        by_date.entry(charge.invoice_date).or_default().push(Billed {
            charge: charge.clone(),
            seat: seat_of(charge, seats, as_of),
            fault: None,
        });
    }
    let mut bills: Vec<Vec<Billed>> = Vec::new();
    for invoice in by_date.into_values() {
        match bills.last_mut() {
            Some(bill) if is_supplement(&invoice, bill) => bill.extend(invoice),
            _ => bills.push(invoice),
        }
    }
    seats_in_other_words(&mut bills, seats, agreed);
    bills.reverse();
    for bill in &mut bills {
        for at in 0..bill.len() {
            bill[at].fault = whole_fault(bill, at, seats);
        }
    }
    removed_before(&mut bills);
    bills
}

/// It bills seats of the bill's month, and few of those that the bill bills.
fn is_supplement(invoice: &[Billed], bill: &[Billed]) -> bool {
    let seats = |rows: &[Billed]| -> Vec<Charge> {
        let seats = rows
            .iter()
            .filter(|row| row.charge.kind == "line_mrc" && row.charge.amount > 0);
        seats.map(|row| row.charge.clone()).collect()
    };
    let (more, all) = (seats(invoice), seats(bill));
    let first = all.iter().map(|row| row.from).max();
    let is_of_month = more.iter().all(|row| Some(row.from) >= first);
    let again = more
        .iter()
        .filter(|row| all.iter().any(|other| other.extension == row.extension));
    !more.is_empty() && is_of_month && again.count() * 2 < all.len()
}

/// A row that no rule knows, at the line's agreed or last price, is the seat of a line that has none on the bill.
fn seats_in_other_words(
    bills: &mut [Vec<Billed>],
    seats: &[Seat],
    agreed: impl Fn(&Seat, NaiveDate) -> Option<i64>,
) {
    let mut last: BTreeMap<usize, i64> = BTreeMap::new();
    for bill in bills {
        for at in 0..bill.len() {
            let Some(seat) = bill[at].seat.filter(|_| is_unknown(&bill[at], seats)) else {
                continue;
            };
            let is_seated = |row: &Billed| row.charge.kind == "line_mrc" && row.seat == Some(seat);
            let charge = &bill[at].charge;
            let price = one_month(charge.amount, charge.from, charge.to);
            let is_price =
                agreed(&seats[seat], charge.from) == Some(price) || last.get(&seat) == Some(&price);
            if is_price && !bill.iter().any(is_seated) {
                let charge = &mut bill[at].charge;
                charge.kind = "line_mrc".to_owned();
                charge.tier.clone_from(&seats[seat].tier);
                charge.term.clone_from(&seats[seat].term);
            }
        }
        for row in bill.iter().filter(|row| row.charge.kind == "line_mrc") {
            if let Some(seat) = row.seat {
                last.insert(seat, one_month(row.charge.amount, row.charge.from, row.charge.to));
            }
        }
    }
}

fn is_unknown(row: &Billed, seats: &[Seat]) -> bool {
    row.charge.kind == "other"
        && row.charge.amount > 0
        && row.seat.is_some_and(|seat| !seats[seat].tier.is_empty())
}

/// Nobody can tell what such a line costs.
pub fn is_of_unknown_cost(bill: &[Billed], seat: usize, seats: &[Seat]) -> bool {
    let mut own = bill.iter().filter(|row| row.seat == Some(seat));
    let is_seated = own.clone().any(|row| row.charge.kind == "line_mrc");
    !is_seated && own.any(|row| is_unknown(row, seats))
}

/// What was given back for an extension that no inventory has says that it was a line until then: it is asked back from
/// then on, and was owed before.
fn removed_before(bills: &mut [Vec<Billed>]) {
    let given_back: Vec<Charge> = bills
        .iter()
        .flatten()
        .map(|row| &row.charge)
        .filter(|charge| ["credit", "proration"].contains(&charge.kind.as_str()) && charge.amount < 0)
        .filter(|charge| !charge.extension.is_empty())
        .cloned()
        .collect();
    let ghosts = bills
        .iter_mut()
        .flatten()
        .filter(|row| row.fault == Some("ghost_charge"));
    for row in ghosts {
        let charge = &row.charge;
        let mut own = given_back
            .iter()
            .filter(|back| back.extension == charge.extension)
            .peekable();
        if own.peek().is_some() {
            let is_before = |back: &Charge| {
                back.from < charge.from || back.from == charge.from && back.invoice_date < charge.invoice_date
            };
            row.fault = own.any(is_before).then_some("billed_after_removal");
        }
    }
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
