//! Keeps that held on an earlier night and stand in none of tonight's files: a list that somebody deleted, emptied or moved looks like
//! one from which a row was taken out, and only whoever handed it in knows which of the two it was.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::cautions::caution_waste;
use crate::domain::{AccountBaseline, AccountStatement, DecisionKind, ScoredLine};

/// The keeps of the night, with their last days, and those of the nights before that no other decision has followed.
pub fn keeps_after(
    statement: &AccountStatement,
    before: Option<&AccountBaseline>,
    as_of: NaiveDate,
) -> BTreeMap<String, NaiveDate> {
    let tonight = statement.lines.iter().filter_map(|line| {
        let until = line
            .decision_expires_on
            .filter(|_| line.decision == Some(DecisionKind::Keep))?;
        Some((line.line.line_id.clone(), until))
    });
    let lost = statement
        .lines
        .iter()
        .filter_map(|line| Some((line.line.line_id.clone(), lost_keep(line, before, as_of)?)));
    lost.chain(tonight).collect()
}

/// Tells whoever acts on a line that it was kept.
pub fn ask_after_lost_keeps(
    statement: &mut AccountStatement,
    before: Option<&AccountBaseline>,
    as_of: NaiveDate,
) {
    let extensions = caution_waste(statement, |line| {
        let until = lost_keep(line, before, as_of)?;
        Some(format!(
            "It was kept until {until} by a decision that stands in none of tonight's lists, nor in the job. Was that meant? If not, hand the list in again."
        ))
    });
    if !extensions.is_empty() {
        statement.notices.push(format!(
            "Keeps of an earlier night stand in none of tonight's lists, nor in the job, and hold no more: of extension {}. Was that meant? If not, hand \
             the list in again.",
            extensions.join(", ")
        ));
    }
}

fn lost_keep(line: &ScoredLine, before: Option<&AccountBaseline>, as_of: NaiveDate) -> Option<NaiveDate> {
    let until = before?.kept.get(&line.line.line_id)?;
    (line.decision.is_none() && *until >= as_of).then_some(*until)
}
