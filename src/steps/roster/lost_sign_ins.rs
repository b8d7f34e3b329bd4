//! Sign-ins that an earlier night's directory told and tonight's does not: they were made all the same, and a file that is gone must
//! not turn a question into a removal.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::domain::{Account, AccountBaseline, AccountStatement, Line, SignIns};
use crate::steps::roster::cautions::caution_waste;
use crate::steps::roster::normalise::Roster;

/// The last sign-ins of the lines' holders: those that the directory tells, else those of the nights before.
pub fn sign_ins(
    roster: &Roster,
    account: &Account,
    before: Option<&AccountBaseline>,
) -> BTreeMap<String, SignIns> {
    let day = |at| account.time_zone.day_of(at);
    let of_line = |line: &Line| {
        let entry = roster.directory_of(line);
        let told = SignIns {
            succeeded_on: entry.and_then(|entry| entry.last_sign_in_at).map(day),
            tried_on: entry.and_then(|entry| entry.last_sign_in_tried_at).map(day),
            is_remembered: false,
        };
        if !told.is_none() {
            return Some(told);
        }
        let remembered = before?.signed_in.get(&line.line_id)?;
        // Whoever has the line since has not signed in by then.
        let is_holders = line
            .seat_since
            .is_none_or(|since| remembered.newest() >= Some(since));
        is_holders.then_some(SignIns {
            is_remembered: true,
            ..*remembered
        })
    };
    let lines = roster.lines.iter();
    lines
        .filter_map(|line| Some((line.line_id.clone(), of_line(line)?)))
        .collect()
}

/// Tells whoever acts on a line that its question rests on an earlier night's directory.
pub fn tell_lost_sign_ins(
    statement: &mut AccountStatement,
    sign_ins: &BTreeMap<String, SignIns>,
    as_of: NaiveDate,
) {
    let extensions = caution_waste(statement, |line| {
        let remembered = sign_ins
            .get(&line.line.line_id)
            .filter(|known| known.is_remembered)?;
        let day = remembered.newest()?;
        (Some(day) > line.activity.last_used_on && day <= as_of).then(|| {
            format!("That its holder signed in on {day} stands in an earlier night's directory; tonight's tells nothing of it.")
        })
    });
    if !extensions.is_empty() {
        statement.notices.push(format!(
            "Sign-ins that an earlier night's directory told stand in none of tonight's, and count all the same: of the holders of \
             extension {}. Is the directory's file whole?",
            extensions.join(", ")
        ));
    }
}
