//! Rows of the directory -> the person behind a line. Rows of one person are merged by what leaves the phone where it is.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;

use crate::domain::{DirectoryEntry, DirectoryStatus, Line, users_in};

/// The directory, by e-mail and by what people sign in with.
pub(in crate::steps) struct People<'a> {
    rows: &'a [DirectoryEntry],
    by_key: HashMap<Cow<'a, str>, Vec<usize>>,
}

impl<'a> People<'a> {
    pub(in crate::steps) fn of(rows: &'a [DirectoryEntry]) -> People<'a> {
        let mut by_key: HashMap<Cow<str>, Vec<usize>> = HashMap::new();
        for (at, row) in rows.iter().enumerate() {
            for key in keys_of(row) {
                by_key.entry(key).or_default().push(at);
            }
        }
        People { rows, by_key }
    }

    /// By e-mail and login, and by what else the rows found are known by; never guessed. A former holder's entry is not the
    /// present holder's.
    pub(in crate::steps) fn behind(&self, line: &Line) -> Option<DirectoryEntry> {
        let users = [&line.email, &line.login_name].into_iter().flatten();
        let mut keys: Vec<Cow<str>> = users.flat_map(|user| users_in(user)).collect();
        let mut found = BTreeSet::new();
        while let Some(key) = keys.pop() {
            for at in self.by_key.get(&key).into_iter().flatten() {
                if found.insert(*at) {
                    keys.extend(keys_of(&self.rows[*at]));
                }
            }
        }
        merged(found.into_iter().map(|at| &self.rows[at]).collect())
    }
}

fn keys_of(row: &DirectoryEntry) -> impl Iterator<Item = Cow<'_, str>> {
    let login = row.login.as_ref().into_iter();
    std::iter::once(&row.email)
        .chain(login)
        .flat_map(|key| users_in(key))
}

/// An active row holds before a disabled one, and that before a departure; the longest leave, the latest departure and the last
/// sign-in hold. The order of the rows does not count.
fn merged(mut rows: Vec<&DirectoryEntry>) -> Option<DirectoryEntry> {
    let rank = |row: &DirectoryEntry| match row.status {
        DirectoryStatus::Active => 0,
        DirectoryStatus::Disabled => 1,
        DirectoryStatus::Departed => 2,
    };
    if rows.len() > 1 {
        rows.sort_by_cached_key(|row| (rank(row), Reverse(row.last_sign_in_at), format!("{row:?}")));
    }
    let first = *rows.first()?;
    let text = |of: fn(&DirectoryEntry) -> &Option<String>| rows.iter().find_map(|row| of(row).clone());
    Some(DirectoryEntry {
        departed_on: departed_on(rows.iter().filter(|row| row.status == first.status)),
        on_leave_until: rows.iter().filter_map(|row| row.on_leave_until).max(),
        last_sign_in_at: rows.iter().filter_map(|row| row.last_sign_in_at).max(),
        last_sign_in_tried_at: rows.iter().filter_map(|row| row.last_sign_in_tried_at).max(),
        department: text(|row| &row.department),
        cost_center: text(|row| &row.cost_center),
        manager_email: text(|row| &row.manager_email),
        ..first.clone()
    })
}

/// The latest day; none where a row tells none, which nothing is taken back on.
fn departed_on<'x, 'a: 'x>(rows: impl Iterator<Item = &'x &'a DirectoryEntry>) -> Option<NaiveDate> {
    let days: Option<Vec<NaiveDate>> = rows.map(|row| row.departed_on).collect();
    days?.into_iter().max()
}
