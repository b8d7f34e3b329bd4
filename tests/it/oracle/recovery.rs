//! When a line's money comes back, by the contract that covers it.

use chrono::{Days, NaiveDate};

use super::bill::{covering, one_month};
use super::night::Night;
use super::prices::price_faults;
use super::rows::{Contract, months_between, months_on};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovery {
    pub bucket: &'static str,
    pub on: Option<NaiveDate>,
    pub notice_by: Option<NaiveDate>,
    /// The last day of an annual term, after which nothing more is owed.
    pub term_end: Option<NaiveDate>,
}

impl Recovery {
    pub fn dated(bucket: &'static str, on: Option<NaiveDate>) -> Recovery {
        Recovery {
            bucket,
            on,
            notice_by: None,
            term_end: None,
        }
    }
}

/// One line's bucket, commitments aside.
fn alone(contract: Option<&Contract>, as_of: NaiveDate, next_period: NaiveDate) -> Recovery {
    let Some(contract) = contract else {
        return Recovery::dated("undetermined", None);
    };
    match (contract.term.as_str(), contract.credit.as_str()) {
        ("monthly", _) => {
            let days = contract.notice_days.unwrap_or(0).unsigned_abs();
            let notice_of = |start: NaiveDate| start.pred_opt().unwrap() - Days::new(days);
            let start = (0..)
                .map(|month| months_on(next_period, month))
                .find(|start| days == 0 || notice_of(*start) > as_of);
            Recovery {
                notice_by: start.map(notice_of).filter(|_| days > 0),
                ..Recovery::dated("next_bill", start)
            }
        }
        (_, "prorated") => Recovery {
            term_end: contract.end_on.filter(|end| *end > as_of),
            ..Recovery::dated("next_bill", Some(next_period))
        },
        (_, "none") => at_renewal(contract, as_of).unwrap_or(Recovery::dated("undetermined", None)),
        _ => Recovery {
            notice_by: at_renewal(contract, as_of).and_then(|renewal| renewal.notice_by),
            ..Recovery::dated("undetermined", None)
        },
    }
}

/// The day after the term, if notice is given in time; past the notice one term later, where the contract renews itself.
/// None where the contract does not say what is needed.
pub fn at_renewal(contract: &Contract, as_of: NaiveDate) -> Option<Recovery> {
    let today = as_of.succ_opt()?;
    let mut end = contract.end_on?;
    let term = months_between(contract.start_on, end.succ_opt()?);
    let notice_of = |end: NaiveDate| Some(end - Days::new(contract.notice_days?.unsigned_abs()));
    if notice_of(end).is_none_or(|notice_by| notice_by < today) {
        match contract.auto_renew? {
            false if end > as_of => {
                return Some(Recovery {
                    term_end: Some(end),
                    ..Recovery::dated("at_renewal", end.succ_opt())
                });
            }
            false => return None,
            true => {
                while notice_of(end)? < today {
                    end = months_on(end.succ_opt()?, term).pred_opt()?;
                }
            }
        }
    }
    Some(Recovery {
        bucket: "at_renewal",
        on: end.succ_opt(),
        notice_by: notice_of(end),
        term_end: Some(end),
    })
}

/// A wasted line with what it would save, and when; what a commitment keeps can only be handed on, for a new line's price.
#[derive(Debug, Clone)]
pub struct Saving {
    pub line_id: String,
    pub monthly: i64,
    pub recovery: Recovery,
}

pub fn savings(night: &Night) -> Vec<Saving> {
    let contract_of = |line_id: &str| {
        let seat = night.seat(line_id);
        covering(&night.contracts, &seat.contract_id, &night.line(line_id).tier)
    };
    // What is asked back is not saved by leaving: no cent stands twice.
    let dearer = price_faults(night, night.newest());
    let overcharge = |line_id: &str| -> i64 {
        let of_line = dearer.iter().filter(|fault| fault.priced == line_id);
        of_line.map(|fault| fault.monthly).sum()
    };
    // What a promotion takes off is not paid, and not saved.
    let promotion = |line_id: &str| -> i64 {
        let rows = night.newest().iter().filter(|row| {
            let is_own = row.seat.is_some_and(|seat| night.seats[seat].line_id == line_id);
            is_own && row.charge.kind == "promotion"
        });
        rows.map(|row| one_month(row.charge.amount, row.charge.from, row.charge.to))
            .sum()
    };
    let wasted = night.scored.iter().filter(|line| night.is_wasted(line));
    let mut savings: Vec<Saving> = wasted
        .map(|line| Saving {
            line_id: line.line_id.clone(),
            monthly: (night.cost(line).seat + promotion(&line.line_id) - overcharge(&line.line_id)).max(0),
            recovery: alone(contract_of(&line.line_id), night.as_of, night.next_period),
        })
        .collect();
    for contract in night
        .contracts
        .iter()
        .filter(|contract| contract.committed.is_some())
    {
        let is_covered =
            |line_id: &str| contract_of(line_id).is_some_and(|other| std::ptr::eq(other, contract));
        let covered = night
            .scored
            .iter()
            .filter(|line| is_covered(&line.line_id))
            .count() as i64;
        let room = (covered - contract.committed.unwrap()).max(0) as usize;
        let mut leaving: Vec<&mut Saving> = savings
            .iter_mut()
            .filter(|saving| saving.recovery.bucket == "next_bill" && is_covered(&saving.line_id))
            .collect();
        leaving.sort_by(|a, b| b.monthly.cmp(&a.monthly).then_with(|| a.line_id.cmp(&b.line_id)));
        for saving in leaving.into_iter().skip(room) {
            let line = night.line(&saving.line_id);
            let next_line = contract.unit_price.or(night.book.price(&line.tier, &line.term));
            saving.monthly = next_line.unwrap();
            saving.recovery = Recovery {
                term_end: saving.recovery.term_end,
                ..Recovery::dated("reassign_only", None)
            };
        }
    }
    savings
}

/// The cost of a line for each monthly period that starts after the night and on or before the term's end.
pub fn exposure(monthly_cost: i64, term_end: Option<NaiveDate>, next_period: NaiveDate) -> i64 {
    let Some(end) = term_end else { return 0 };
    let starts = (0..).map(|month| months_on(next_period, month));
    monthly_cost * starts.take_while(|start| *start <= end).count() as i64
}
