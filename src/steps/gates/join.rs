//! G3: do the calls belong to these lines?

use std::collections::BTreeMap;

use super::{change_hash, report, unless_accepted};
use crate::domain::{AccountBaseline, Gate, GatePolicy, GateReport, GateStatus, Kind, Line};
use crate::steps::day_join::DayJoin;

/// Matched share in hundredths of a percent; none without any row that names a line.
pub fn joined_basis_points(join: &DayJoin) -> Option<u32> {
    (join.with_line_end > 0).then(|| (join.matched * 10_000 / join.with_line_end) as u32)
}

/// G3: do the calls belong to these lines?
pub fn join(
    account_id: &str,
    join: &DayJoin,
    legs_by_line: &BTreeMap<String, u64>,
    lines: &[Line],
    last: Option<&AccountBaseline>,
    policy: &GatePolicy,
    accepted: &[String],
) -> GateReport {
    let Some(joined) = joined_basis_points(join) else {
        return report(
            Gate::G3Join,
            GateStatus::Warn,
            format!("account {account_id}: no call row names a line"),
        );
    };
    let percent = |basis_points: u32| format!("{}.{:02} %", basis_points / 100, basis_points % 100);
    let contradicting = (join.contradictory * 10_000)
        .checked_div(join.matched)
        .unwrap_or(0) as u32;
    let facts = format!(
        "account {account_id}: {} of {} call rows that name a line fit one ({}); {} contradict themselves",
        join.matched,
        join.with_line_end,
        percent(joined),
        join.contradictory
    );
    let block = |why: &str| report(Gate::G3Join, GateStatus::Block, format!("{facts}: {why}"));
    if joined < policy.min_joined_percent * 100 {
        let strangers = join
            .strangers
            .most(5)
            .into_iter()
            .map(|(name, legs)| format!("{name} ({legs} rows)"));
        let strangers = strangers.collect::<Vec<_>>().join(", ");
        return block(&format!(
            "are these the calls of this account, and does the line list hold every extension, queues and attendants too, \
             with its login? Most often without a line: {strangers}"
        ));
    }
    let before = last.and_then(|last| last.joined_basis_points);
    if before.is_some_and(|before| before > joined + policy.max_joined_drop_points * 100) {
        return block(&format!(
            "the last good night had {}; were names hidden or numbers changed?",
            percent(before.unwrap_or(0))
        ));
    }
    if contradicting > policy.max_contradiction_percent * 100 {
        return block("extension and login disagree; are these another account's calls?");
    }
    match one_line_has_most(join, legs_by_line, lines, policy) {
        None => report(Gate::G3Join, GateStatus::Ok, facts),
        Some((line_id, extension)) => {
            let why = format!(
                "one person's line (extension {extension}) stands in more than half of all rows; was this pulled with a user's own rights?"
            );
            unless_accepted(
                block(&why),
                change_hash(["one line".to_owned(), account_id.to_owned(), line_id]),
                accepted,
            )
        }
    }
}

fn one_line_has_most(
    join: &DayJoin,
    legs_by_line: &BTreeMap<String, u64>,
    lines: &[Line],
    policy: &GatePolicy,
) -> Option<(String, String)> {
    let over = |legs: u64| legs * 100 > join.legs * u64::from(policy.max_one_line_percent);
    let mut persons = lines.iter().filter(|line| line.kind == Some(Kind::Person));
    let line = persons.find(|line| legs_by_line.get(&line.line_id).is_some_and(|legs| over(*legs)))?;
    (lines.len() >= 10).then(|| (line.line_id.clone(), line.extension.clone()))
}
