//! `decisions`: one row is what an admin wrote beside a line or a finding of an action list.

use crate::domain::{Decision, DecisionKind, TableName, UnreadDecision};

use std::cmp::Reverse;
use std::collections::HashSet;

use crate::pull::PullError;
use crate::pull::cells::Cells;
use crate::pull::fault::{CellFault, Weight};
use crate::pull::files::headings::{Column, optional, required};
use crate::pull::tables::table::{Gathered, Table};

pub(in crate::pull) struct Decisions;

impl Table for Decisions {
    type Item = Decision;
    const NAME: TableName = TableName::Decisions;
    const MAY_BE_EMPTY: bool = true;
    const COLUMNS: &'static [Column] = &[
        optional("account_id", &["account"]),
        optional("line_id", &["line"]),
        optional("finding_id", &["finding"]),
        required("decision", &[]),
        optional("reason", &["decision_reason", "why"]),
        optional("owner", &["decided_by", "decision_owner"]),
        optional("decided_on", &["decision_date"]),
        optional("expires_on", &["decision_expires_on", "keep_until"]),
        optional("holder", &["user_name", "user", "name"]),
    ];

    /// A slip in a list that people fill in by hand costs its row and is told; it never stops the night.
    fn parse(cells: &Cells) -> Result<Option<Decision>, CellFault> {
        row(cells).map_err(|fault| fault.weighing(Weight::Expected))
    }

    fn unread_decision(cells: &Cells, fault: &CellFault) -> Option<UnreadDecision> {
        let text = |column| cells.text(column).ok().flatten();
        Some(UnreadDecision {
            account_id: cells.account().ok().map(|account| account.account_id.clone()),
            line_id: text("line_id"),
            finding_id: text("finding_id"),
            decision: match fault.column.as_str() {
                "decision" => text("decision").unwrap_or_default(),
                _ => text("decision")?,
            },
            origin: format!("{}, row {}", cells.file, cells.row.number),
            reason: match fault.column.as_str() {
                "" => fault.reason.clone(),
                column => format!("{column}: {}", fault.reason),
            },
        })
    }
}

fn row(cells: &Cells) -> Result<Option<Decision>, CellFault> {
    let Some(decision) = cells.word("decision")? else {
        // A list is handed back with the rows that nobody decided on: they say nothing. A day beside is somebody's decision.
        let day = ["expires_on", "decided_on"]
            .into_iter()
            .find(|day| cells.raw(day).is_some());
        return match day {
            None => Ok(None),
            Some(day) => Err(CellFault::new(
                "decision",
                format!("is blank, while {day} is filled: write keep, or what else was decided"),
            )),
        };
    };
    let (line_id, finding_id) = (cells.text("line_id")?, cells.text("finding_id")?);
    if line_id.is_none() && finding_id.is_none() {
        return Err(CellFault::new(
            "line_id",
            "is blank, and so is finding_id: the decision is on nothing",
        ));
    }
    let expires_on = cells.day("expires_on")?;
    if decision == DecisionKind::Keep && expires_on.is_none() {
        return Err(CellFault::new("expires_on", "is blank, and is needed for keep"));
    }
    Ok(Some(Decision {
        account_id: cells.account()?.account_id.clone(),
        line_id,
        finding_id,
        decision,
        reason: cells.text("reason")?,
        owner: cells.text("owner")?,
        decided_on: cells.day("decided_on")?,
        expires_on,
        holder: cells.text("holder")?,
        origin: format!("{}, row {}", cells.file, cells.row.number),
    }))
}

/// Which of several decisions on one thing holds is settled where its day and its line are known; here repeats go, and the
/// newest comes first.
pub(in crate::pull) fn reconcile(decisions: &mut Gathered<Decision>) -> Result<(), PullError> {
    // What is told of two decisions does not rest on where they stand.
    decisions
        .items
        .sort_by_cached_key(|placed| (Reverse(placed.item.age()), placed.item.bare()));
    // One list may be handed back twice.
    decisions.drop_repeated(Decision::bare);
    let mut seen = HashSet::new();
    let older: Vec<(usize, u64)> = decisions
        .items
        .iter()
        .filter(|placed| {
            let of = &placed.item;
            !seen.insert((&of.account_id, &of.line_id, &of.finding_id))
        })
        .map(|placed| (placed.file, placed.row))
        .collect();
    for (file, row) in older {
        let note =
            format!("row {row} is superseded by a newer decision on the same thing, where that one holds");
        decisions.note_on(file, &note);
    }
    Ok(())
}

impl Decision {
    /// All that it says, but for where it stands.
    fn bare(&self) -> String {
        let bare = Decision {
            origin: String::new(),
            ..self.clone()
        };
        format!("{bare:?}")
    }
}
