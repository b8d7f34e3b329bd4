//! G6: are calls dated after tonight?

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::parts::Share;
use crate::domain::{Gate, GatePolicy, GateReport, GateStatus, counted, thousands};
use crate::steps::gate_report::report;

/// G6: calls that have not been yet. A file that holds many of them has its dates shifted or read the wrong way round, so that
/// none of its days can be believed.
pub fn clock<'a>(
    account_id: &str,
    files: impl Iterator<Item = (&'a str, &'a BTreeMap<NaiveDate, u64>)>,
    today: NaiveDate,
    policy: &GatePolicy,
) -> Option<GateReport> {
    let of_file = |(name, days): (&'a str, &'a BTreeMap<NaiveDate, u64>)| {
        let later = Share {
            rows: days
                .iter()
                .filter(|(day, _)| **day > today)
                .map(|(_, rows)| rows)
                .sum(),
            of: days.values().sum(),
        };
        let newest = days.iter().rfind(|(_, rows)| **rows > 0)?.0;
        (later.rows > 0).then_some((name, later, *newest))
    };
    let (name, later, newest) = files
        .filter_map(of_file)
        .max_by_key(|(_, later, _)| later.basis_points())?;
    let is_much = later.basis_points() >= u64::from(policy.max_future_percent) * 100;
    let status = match is_much {
        true => GateStatus::Block,
        false => GateStatus::Warn,
    };
    let detail = format!(
        "account {account_id}: {} of {} of {name} {} of days after {today}, which is today, the last of {newest} ({}); \
         are day and month read the wrong way round, or is a clock wrong?",
        thousands(&later.rows.to_string()),
        counted(later.of, "call row", "call rows"),
        if later.rows == 1 { "is" } else { "are" },
        later.told(),
    );
    Some(report(Gate::G6Clock, status, detail))
}
