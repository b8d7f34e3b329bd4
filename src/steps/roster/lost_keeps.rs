//! Keeps that held on an earlier night and stand in none of tonight's files: a list that somebody deleted, emptied or moved looks like
//! one from which a row was taken out, and only whoever handed it in knows which of the two it was.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::domain::{AccountBaseline, AccountStatement, DecisionKind, ScoredLine};
use crate::steps::roster::cautions::caution_waste;

/// The keeps of the night's lists, with their last days, and those of the nights before that no other decision has followed. A
/// standing rule of the job goes when somebody takes it out, and is no keep to be asked after; nor does it decide anew.
pub fn keeps_after(
    statement: &AccountStatement,
    before: Option<&AccountBaseline>,
    by_rule: &BTreeSet<String>,
    as_of: NaiveDate,
) -> BTreeMap<String, NaiveDate> {
    let tonight = statement.lines.iter().filter_map(|line| {
        let until = line
            .decision_expires_on
            .filter(|_| line.decision == Some(DecisionKind::Keep) && !by_rule.contains(&line.line.line_id))?;
        Some((line.line.line_id.clone(), until))
    });
    let lost = statement.lines.iter().filter_map(|line| {
        let line_id = &line.line.line_id;
        let until = *before?.kept.get(line_id)?;
        let is_open = line.decision.is_none() || by_rule.contains(line_id);
        (is_open && until >= as_of).then(|| (line_id.clone(), until))
    });
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
