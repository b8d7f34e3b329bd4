//! Leaves that an earlier night's directory told and tonight's does not: a file that is gone, or emptied, looks like a holder who is
//! back, and a line that stays silent would be proposed for somebody else.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::domain::{AccountBaseline, AccountStatement, ScoredLine, Verdict};
use crate::steps::roster::cautions::caution_waste;

/// The leaves of the night by their lines, with their last days, and those of the nights before whose lines have not been used since.
pub fn leaves_after(
    statement: &AccountStatement,
    before: Option<&AccountBaseline>,
    as_of: NaiveDate,
) -> BTreeMap<String, NaiveDate> {
    let leave = |line: &ScoredLine| match line.verdict {
        Verdict::OnLeave => line.stays_until,
        _ => lost_leave(line, before, as_of),
    };
    let lines = statement.lines.iter();
    lines
        .filter_map(|line| Some((line.line.line_id.clone(), leave(line)?)))
        .collect()
}

/// Tells whoever acts on a line that its holder was on leave.
pub fn ask_after_lost_leaves(
    statement: &mut AccountStatement,
    before: Option<&AccountBaseline>,
    as_of: NaiveDate,
) {
    let extensions = caution_waste(statement, |line| {
        let until = lost_leave(line, before, as_of)?;
        Some(format!(
            "Its holder was on leave until {until} by the directory of an earlier night; tonight's tells nothing of it. Ask before the line is taken."
        ))
    });
    if !extensions.is_empty() {
        statement.notices.push(format!(
            "Leaves that an earlier night's directory told stand in none of tonight's: of the holders of extension {}. Is the directory's file whole?",
            extensions.join(", ")
        ));
    }
}

fn lost_leave(line: &ScoredLine, before: Option<&AccountBaseline>, as_of: NaiveDate) -> Option<NaiveDate> {
    let until = before?.away.get(&line.line.line_id)?;
    let is_back = matches!(line.verdict, Verdict::OnLeave | Verdict::InUse);
    (!is_back && *until >= as_of).then_some(*until)
}
