//! Gate G5: how old the newest call and the newest invoice are.

use chrono::{DateTime, Duration, NaiveDate, Utc, Weekday};

use crate::domain::{Gate, GatePolicy, GateReport, GateStatus};

fn report(status: GateStatus, detail: String) -> GateReport {
    GateReport {
        gate: Gate::G5Freshness,
        status,
        detail,
        accept: None,
    }
}

/// G5: the newest call, in business hours (24 a business day) before the end of `as_of`, and the newest invoice's age.
pub fn freshness(
    account_id: &str,
    newest_call: Option<DateTime<Utc>>,
    end_of_as_of: DateTime<Utc>,
    invoice_date: Option<NaiveDate>,
    as_of: NaiveDate,
    weekdays: &[Weekday],
    policy: &GatePolicy,
) -> [GateReport; 2] {
    let graded = |value: u64, warn: u32, block: u32| match value {
        _ if value > u64::from(block) => GateStatus::Block,
        _ if value > u64::from(warn) => GateStatus::Warn,
        _ => GateStatus::Ok,
    };
    let calls = match newest_call {
        None => report(
            GateStatus::Block,
            format!("account {account_id}: there is no call at all"),
        ),
        Some(newest) => {
            let hours = business_hours(newest, end_of_as_of, weekdays);
            let status = graded(
                hours,
                policy.calls_warn_business_hours,
                policy.calls_block_business_hours,
            );
            let detail = format!(
                "account {account_id}: the newest call is of {}, {hours} business hours before the end of {as_of}",
                newest.format("%Y-%m-%d %H:%M UTC")
            );
            report(status, detail)
        }
    };
    let invoice = match invoice_date {
        None => report(
            GateStatus::Ok,
            format!("account {account_id}: no invoice; costs are contract or list prices"),
        ),
        Some(date) => {
            let days = (as_of - date).num_days().max(0).unsigned_abs();
            let status = graded(days, policy.invoice_warn_days, policy.invoice_block_days);
            report(
                status,
                format!("account {account_id}: the newest invoice is of {date}, {days} days before {as_of}"),
            )
        }
    };
    [calls, invoice]
}

/// Whole hours between two instants that fall on business weekdays (in UTC: a gate in days can do without the zone).
fn business_hours(from: DateTime<Utc>, to: DateTime<Utc>, weekdays: &[Weekday]) -> u64 {
    let hours = (to - from).num_hours().clamp(0, 24 * 400);
    (0..hours)
        .filter(|hour| weekdays.contains(&chrono::Datelike::weekday(&(from + Duration::hours(*hour)))))
        .count() as u64
}
