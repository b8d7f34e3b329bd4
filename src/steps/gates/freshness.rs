//! Gate G5: how old the newest call and the newest invoice are.

use chrono::{DateTime, NaiveDate, Utc};

use crate::domain::{Gate, GatePolicy, GateReport, GateStatus, counted};
use crate::steps::gate_report::{change_hash, report, unless_accepted};

/// An account's newest call, and the business days on which it should have had others.
pub struct NewestCall {
    pub at: DateTime<Utc>,
    /// Hours that are left of its own day after it, where that is a business day.
    pub hours_after: u64,
    /// The account's own business days after that day, up to `as_of`.
    pub days_after: Vec<NaiveDate>,
}

/// G5: the newest call's age, in business hours (24 a business day) before the end of `as_of`. Days without calls block until
/// somebody says by the hash that they had none.
pub fn calls_are_fresh(
    account_id: &str,
    newest: Option<&NewestCall>,
    as_of: NaiveDate,
    policy: &GatePolicy,
    accepted: &[String],
) -> GateReport {
    let report = |status, detail| report(Gate::G5Freshness, status, detail);
    let Some(newest) = newest else {
        let detail = format!("account {account_id}: there is no call at all");
        return report(GateStatus::Block, detail);
    };
    let hours = newest.hours_after + 24 * newest.days_after.len() as u64;
    let facts = format!(
        "account {account_id}: the newest call is of {}, {hours} business hours before the end of {as_of}",
        newest.at.format("%Y-%m-%d %H:%M UTC")
    );
    let (warn, block) = (
        policy.calls_warn_business_hours,
        policy.calls_block_business_hours,
    );
    let status = graded(hours, warn, block);
    if status != GateStatus::Block {
        return report(status, facts);
    }
    let span = match &newest.days_after[..] {
        [] => String::new(),
        [day] => format!("list {day} as a holiday, or "),
        [first, .., last] => format!("list {first} to {last} as holidays, or "),
    };
    let detail = format!(
        "{facts}; hand in a newer export; if there truly was no call since, {span}confirm that by the hash"
    );
    let days = newest.days_after.iter().map(NaiveDate::to_string);
    let parts = [
        "no call since".to_owned(),
        account_id.to_owned(),
        newest.at.to_rfc3339(),
    ];
    let hash = change_hash(parts.into_iter().chain(days));
    unless_accepted(report(GateStatus::Block, detail), hash, accepted)
}

/// G5: the newest invoice's age. An old one blocks until somebody says by the hash that there is none after it.
pub fn invoice_is_fresh(
    account_id: &str,
    invoice_date: Option<NaiveDate>,
    is_last: bool,
    as_of: NaiveDate,
    policy: &GatePolicy,
    accepted: &[String],
) -> GateReport {
    let report = |status, detail| report(Gate::G5Freshness, status, detail);
    let Some(date) = invoice_date else {
        let detail = format!("account {account_id}: no invoice; costs are contract or list prices");
        return report(GateStatus::Ok, detail);
    };
    let days = (as_of - date).num_days().max(0).unsigned_abs();
    let facts = format!(
        "account {account_id}: the newest invoice is of {date}, {} before {as_of}",
        counted(days, "day", "days")
    );
    match graded(days, policy.invoice_warn_days, policy.invoice_block_days) {
        GateStatus::Block if is_last => report(
            GateStatus::Warn,
            format!("{facts}; it was confirmed that there is none after it"),
        ),
        GateStatus::Block => {
            let detail = format!(
                "{facts}; hand in the newest one; or confirm by the hash that there is none after it, so that costs are told by it"
            );
            let parts = ["last invoice".to_owned(), account_id.to_owned(), date.to_string()];
            unless_accepted(report(GateStatus::Block, detail), change_hash(parts), accepted)
        }
        status => report(status, facts),
    }
}

fn graded(value: u64, warn: u32, block: u32) -> GateStatus {
    match value {
        _ if value > u64::from(block) => GateStatus::Block,
        _ if value > u64::from(warn) => GateStatus::Warn,
        _ => GateStatus::Ok,
    }
}
