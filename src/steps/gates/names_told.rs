//! What administrators are told of the names in the calls.

use std::collections::{BTreeMap, BTreeSet};

use super::join::{JOINED_DAYS, MOST_TOLD, rows_of};
use crate::domain::{Line, UserSort, folded};
use crate::steps::usage::day_join::{DayJoin, Strangers};
use crate::steps::usage::line_keys::users_of;

/// Whom rows name and no line is, which rows name two lines at once, and which logins two people share.
pub fn names_told(join: &DayJoin, lines: &[Line]) -> Vec<String> {
    let listed = |names: &Strangers| {
        names
            .most(MOST_TOLD)
            .into_iter()
            .map(rows_of)
            .collect::<Vec<_>>()
            .join(", ")
    };
    let mut told = Vec::new();
    if !join.strangers.0.is_empty() {
        told.push(format!(
            "Call rows of the last {JOINED_DAYS} days name whom the line list does not have, most often {}. Where one of these is a line's user, \
             give the line that login or extension.",
            listed(&join.strangers)
        ));
    }
    if !join.at_odds.0.is_empty() {
        told.push(format!(
            "Call rows of the last {JOINED_DAYS} days bear one line's extension and another's login, most often {}: a desk that several sign in \
             at, or a wrong list. They are taken as use of both.",
            listed(&join.at_odds)
        ));
    }
    told.extend(shared_logins(join, lines));
    told
}

/// A login that stands at the lines of several people tells none of them apart: no row is lost, and each of them is taken as used.
fn shared_logins(join: &DayJoin, lines: &[Line]) -> Option<String> {
    let found = join.named_by.found;
    let mut by_login: BTreeMap<String, Vec<&Line>> = BTreeMap::new();
    for line in lines.iter().filter(|line| line.seat_until.is_none()) {
        for login in users_of(line) {
            let lines = by_login.entry(login).or_default();
            if !lines.iter().any(|other| other.line_id == line.line_id) {
                lines.push(line);
            }
        }
    }
    let are_different = |of: fn(&Line) -> &Option<String>, lines: &[&Line]| {
        let own: BTreeSet<_> = lines
            .iter()
            .filter_map(|line| of(line).as_deref())
            .map(folded)
            .collect();
        own.len() > 1
    };
    let shared: Vec<(String, Vec<&Line>)> = by_login
        .into_iter()
        .filter(|(login, _)| found.uses(*found.clone().user(UserSort::of(login))))
        .filter(|(_, lines)| {
            are_different(|line| &line.email, lines) || are_different(|line| &line.user_id, lines)
        })
        .collect();
    let listed: Vec<String> = shared
        .iter()
        .take(MOST_TOLD)
        .map(|(login, lines)| {
            let extensions: Vec<&str> = lines.iter().map(|line| line.extension.as_str()).collect();
            format!("{login} ({})", extensions.join(", "))
        })
        .collect();
    let rest = match shared.len().saturating_sub(MOST_TOLD) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    (!shared.is_empty()).then(|| {
        format!(
            "{} of several people: {}{rest}. A call that names one by it alone is taken as use of each, so that none of these lines is \
             found idle while one of them is used. Have the export tell the extension, or give each its own login.",
            match shared.len() {
                1 => "One login is",
                _ => "Some logins are",
            },
            listed.join(", ")
        )
    })
}
