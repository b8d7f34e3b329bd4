//! Rows that bill another price than agreed: what they bill beyond it. One fault a row, and the mismatch before the rate.

use chrono::{Datelike, NaiveDate};

use super::bill::{Billed, covering, holding, one_month, part};
use super::night::Night;
use super::rows::{Book, Contract, Seat, months_on};

/// A fault of one invoice. `thing` is what makes it the same fault on another invoice.
#[derive(Debug, Clone)]
pub struct Fault {
    pub kind: &'static str,
    pub thing: String,
    pub line_id: Option<String>,
    /// The line whose seat is priced too high; blank where the whole charge is wrong, or a part month.
    pub priced: String,
    /// Of one month, and of the whole row.
    pub monthly: i64,
    pub amount: i64,
}

/// Rows that are wrong as a whole.
pub fn whole_faults(night: &Night, invoice: &[Billed]) -> Vec<Fault> {
    let fault = |row: &Billed| {
        let charge = &row.charge;
        Some(Fault {
            kind: row.fault?,
            thing: match row.seat {
                Some(seat) => format!("{} {}", night.seats[seat].line_id, charge.kind),
                None => format!("{}{} {}", charge.extension, charge.number, charge.kind),
            },
            line_id: row.seat.map(|seat| night.seats[seat].line_id.clone()),
            priced: String::new(),
            monthly: one_month(charge.amount, charge.from, charge.to),
            amount: charge.amount,
        })
    };
    invoice.iter().filter_map(fault).collect()
}

pub fn price_faults(night: &Night, invoice: &[Billed]) -> Vec<Fault> {
    let faults = invoice
        .iter()
        .filter(|row| row.fault.is_none())
        .filter_map(|row| {
            let seat = &night.seats[row.seat?];
            match row.charge.kind.as_str() {
                // A part of a month cannot be held against a month's price.
                "line_mrc" => seat_fault(night, invoice, row, seat, whole_months(row)?),
                "proration" if row.charge.amount > 0 => proration_fault(night, row, seat),
                _ => None,
            }
        });
    // Which of two tiers is right is asked even where nothing is asked back.
    let is_question = |fault: &Fault| ["tier_mismatch", "term_mismatch"].contains(&fault.kind);
    faults
        .filter(|fault| fault.monthly > 0 || is_question(fault))
        .collect()
}

fn has_ended(contract: &Contract, day: NaiveDate) -> bool {
    contract.promo_ends_on.is_some_and(|last| last < day)
}

/// What a contract asks for on a day: the list price once its promotion has ended.
fn signed(contract: &Contract, day: NaiveDate) -> Option<i64> {
    match has_ended(contract, day) {
        true => contract.list_price,
        false => contract.unit_price,
    }
}

/// What the contract asks for a line, else the price book.
pub fn agreed_by(signed_rows: &[Contract], book: &Book, seat: &Seat, day: NaiveDate) -> Option<i64> {
    let held = holding(signed_rows, day);
    let contract = covering(&held, &seat.contract_id, &seat.tier);
    let term = contract.map_or(&seat.term, |contract| &contract.term);
    contract
        .and_then(|contract| signed(contract, day))
        .or_else(|| book.price(&seat.tier, term))
}

fn agreed(night: &Night, seat: &Seat, day: NaiveDate) -> Option<i64> {
    agreed_by(&night.signed, &night.book, seat, day)
}

fn seat_fault(night: &Night, invoice: &[Billed], row: &Billed, seat: &Seat, months: i64) -> Option<Fault> {
    let charge = &row.charge;
    let promotions = invoice
        .iter()
        .filter(|other| other.charge.kind == "promotion" && other.seat == row.seat);
    let promoted: i64 = promotions.map(|other| other.charge.amount).sum();
    let billed = one_month(charge.amount, charge.from, charge.to) + promoted;
    let held = holding(&night.signed, charge.from);
    let contract = covering(&held, &seat.contract_id, &seat.tier);
    let fault = |kind, thing: &str, line_id: Option<&str>, monthly: i64| Fault {
        kind,
        thing: thing.to_owned(),
        line_id: line_id.map(str::to_owned),
        priced: seat.line_id.clone(),
        monthly,
        // To the cent of what was billed, not of a rounded month.
        amount: charge.amount + promoted - (billed - monthly) * months,
    };
    let of_line = |kind, price: i64| fault(kind, &seat.line_id, Some(&seat.line_id), billed - price);
    let asked = |kind, price: i64| {
        let fault = of_line(kind, price);
        Fault {
            monthly: fault.monthly.max(0),
            amount: fault.amount.max(0),
            ..fault
        }
    };
    let signed_term = contract.map_or(&seat.term, |contract| &contract.term);
    if charge.tier != seat.tier {
        return Some(asked("tier_mismatch", agreed(night, seat, charge.from)?));
    }
    if charge.term != *signed_term {
        return Some(asked("term_mismatch", agreed(night, seat, charge.from)?));
    }
    let contract = contract?;
    let price = signed(contract, charge.from)?;
    if billed > price {
        return Some(of_line("rate_above_contract", price));
    }
    let promotional = contract.unit_price.filter(|_| has_ended(contract, charge.from))?;
    Some(fault(
        "promotion_ended",
        &contract.contract_id,
        None,
        billed - promotional,
    ))
}

fn whole_months(row: &Billed) -> Option<i64> {
    let after = row.charge.to.succ_opt()?;
    let is_whole = |months: &u32| months_on(row.charge.from, *months) == after;
    (1..=36).find(is_whole).map(i64::from)
}

/// The days of the month, both ends included, out of the month's.
fn proration_fault(night: &Night, row: &Billed, seat: &Seat) -> Option<Fault> {
    let (from, to) = (row.charge.from, row.charge.to);
    let days_of_month = i64::from((months_on(from.with_day(1)?, 1).pred_opt()?).day());
    let due = part(
        agreed(night, seat, from)?,
        (to - from).num_days() + 1,
        days_of_month,
    );
    Some(Fault {
        kind: "proration_error",
        thing: format!("{} {from}", seat.line_id),
        line_id: Some(seat.line_id.clone()),
        priced: String::new(),
        monthly: row.charge.amount - due,
        amount: row.charge.amount - due,
    })
}
