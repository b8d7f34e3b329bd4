//! Which line an end of a call belongs to, by the order of vonage.md: extension (on the days on which the line held
//! it), then the extension without leading zeros, SIP id, an extension that stands in place of a number, login, and last DID.

use std::borrow::Cow;
use std::collections::HashMap;

use chrono::NaiveDate;

use super::day_join::NamedBy;
use super::main_numbers::MainNumbers;
use crate::domain::{CallKeys, Line, folded, user_key, without_zeros};

/// One end of a leg, as the row names it.
#[derive(Debug, Clone, Copy, Default)]
pub struct End<'a> {
    pub extension: Option<&'a str>,
    pub sip_id: Option<&'a str>,
    pub user: Option<&'a str>,
    /// Digits only; a line's own number, or an outside one.
    pub number: Option<&'a str>,
}

impl End<'_> {
    /// Whether the row says that this end is inside the company.
    pub fn names_a_line(&self) -> bool {
        self.extension.is_some() || self.sip_id.is_some() || self.user.is_some()
    }

    /// How the row names this end, where it names it as one inside the company.
    pub fn name(&self) -> Option<String> {
        let by = |what: &str, name: Option<&str>| Some(format!("{what} {}", name?));
        by("extension", self.extension)
            .or_else(|| by("login", self.user))
            .or_else(|| by("SIP id", self.sip_id))
    }
}

/// Where an end led. Several lines only when a login holds several extensions and nothing else tells them apart:
/// then each is taken as used, the safe side.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Resolved {
    pub lines: Vec<u32>,
    /// The row names one line by extension and another, or a stranger, by login or SIP id.
    pub contradicts: bool,
    /// The number was an extension.
    pub by_number_as_extension: bool,
}

/// The keys of every line that ever held a seat, former holders included. Lines are numbered as in the slice given.
#[derive(Default)]
pub struct LineKeys {
    extensions: HashMap<String, Vec<u32>>,
    trimmed: HashMap<String, Vec<u32>>,
    sip_ids: HashMap<String, Vec<u32>>,
    users: HashMap<String, Vec<u32>>,
    numbers: HashMap<String, Vec<u32>>,
    lines: Vec<Held>,
}

/// What one line answers to, and when.
struct Held {
    from: Option<NaiveDate>,
    until: Option<NaiveDate>,
    users: Vec<String>,
    sip_ids: Vec<String>,
}

impl LineKeys {
    pub fn new(lines: &[Line]) -> LineKeys {
        LineKeys::of(
            lines
                .iter()
                .map(|line| CallKeys::of(line, users_of(line).collect())),
        )
    }

    pub fn of(lines: impl Iterator<Item = CallKeys>) -> LineKeys {
        let mut keys = LineKeys::default();
        for (index, line) in (0_u32..).zip(lines) {
            keys.add(index, line);
        }
        keys
    }

    fn add(&mut self, index: u32, line: CallKeys) {
        let sip_ids: Vec<String> = line.sip_ids.iter().map(|id| folded(id).into_owned()).collect();
        if !line.extension.is_empty() {
            let extension = folded(&line.extension);
            push(&mut self.trimmed, without_zeros(&extension).to_owned(), index);
            push(&mut self.extensions, extension.into_owned(), index);
        }
        for id in &sip_ids {
            push(&mut self.sip_ids, id.clone(), index);
        }
        for user in &line.users {
            push(&mut self.users, user.clone(), index);
        }
        for did in line.dids {
            push(&mut self.numbers, did, index);
        }
        self.lines.push(Held {
            from: line.since,
            until: line.until,
            users: line.users,
            sip_ids,
        });
    }

    /// The line at an end of a leg that started on `day`; `main_numbers` are no line's own.
    pub fn resolve(&self, end: End<'_>, day: NaiveDate, main_numbers: &MainNumbers<'_>) -> Resolved {
        let named = self.by_name(end, day);
        if !named.lines.is_empty() {
            return named;
        }
        let number = end.number.filter(|number| !main_numbers.has(number, day));
        let by_did = number.and_then(|number| self.only(self.numbers.get(number), day));
        Resolved {
            lines: by_did
                .filter(|line| !self.is_anothers(*line, end))
                .into_iter()
                .collect(),
            ..Resolved::default()
        }
    }

    /// The same, by what names an end as one inside the company.
    pub(super) fn by_name(&self, end: End<'_>, day: NaiveDate) -> Resolved {
        let by_extension = end.extension.and_then(|extension| {
            let extension = folded(extension);
            self.one(self.extensions.get(extension.as_ref()), day)
                .or_else(|| self.one(self.trimmed.get(without_zeros(&extension)), day))
        });
        let by_user = end
            .user
            .map(|user| self.holding(self.users.get(user_key(user).as_ref()), day))
            .unwrap_or_default();
        if let Some(line) = by_extension {
            return Resolved {
                lines: with_the_users(line, by_user),
                contradicts: self.contradicts(line, end),
                ..Resolved::default()
            };
        }
        let folded_sip = end.sip_id.map(folded);
        if let Some(line) = folded_sip.and_then(|id| self.one(self.sip_ids.get(id.as_ref()), day)) {
            return Resolved {
                lines: vec![line],
                ..Resolved::default()
            };
        }
        // The portal's From and To hold the extension of an end inside the company.
        let by_number = match end.extension {
            None => end
                .number
                .and_then(|number| self.one(self.extensions.get(number), day)),
            Some(_) => None,
        };
        match by_number {
            Some(line) => Resolved {
                contradicts: by_user.is_empty() && self.contradicts(line, end),
                lines: with_the_users(line, by_user),
                by_number_as_extension: true,
            },
            None => Resolved {
                lines: by_user,
                ..Resolved::default()
            },
        }
    }

    /// The lines that had a number on `day`.
    pub(super) fn numbered(&self, number: &str, day: NaiveDate) -> Vec<u32> {
        self.holding(self.numbers.get(number), day)
    }

    /// Whether a line's number stands at an end that is named as somebody else's: an extension that no line has, or a login
    /// where this line has one of its own.
    fn is_anothers(&self, line: u32, end: End<'_>) -> bool {
        end.extension.is_some() || (end.user.is_some() && !self.lines[line as usize].users.is_empty())
    }

    fn contradicts(&self, line: u32, end: End<'_>) -> bool {
        let held = &self.lines[line as usize];
        let stranger = |own: &[String], named: Option<Cow<str>>| {
            named.is_some_and(|named| !own.is_empty() && !own.iter().any(|own| *own == named))
        };
        stranger(&held.users, end.user.map(user_key)) || stranger(&held.sip_ids, end.sip_id.map(folded))
    }

    fn holding(&self, candidates: Option<&Vec<u32>>, day: NaiveDate) -> Vec<u32> {
        let held = |line: &&u32| {
            let held = &self.lines[**line as usize];
            held.from.is_none_or(|from| from <= day) && held.until.is_none_or(|until| day <= until)
        };
        candidates.into_iter().flatten().filter(held).copied().collect()
    }

    /// The only line that had the number on `day`: one that several list tells nothing.
    fn only(&self, candidates: Option<&Vec<u32>>, day: NaiveDate) -> Option<u32> {
        let leaves = |line: &u32| self.lines[*line as usize].until == Some(day);
        match self.holding(candidates, day)[..] {
            [line] => Some(line),
            // On the day on which one follows the other.
            [first, second] if leaves(&first) != leaves(&second) => {
                Some(if leaves(&first) { second } else { first })
            }
            _ => None,
        }
    }

    /// The only line that held the key on `day`; of two whose dates touch, the one that came later.
    fn one(&self, candidates: Option<&Vec<u32>>, day: NaiveDate) -> Option<u32> {
        let held = self.holding(candidates, day);
        let newest = held.iter().map(|line| self.lines[*line as usize].from).max()?;
        let mut latest = held
            .into_iter()
            .filter(|line| self.lines[*line as usize].from == newest);
        match (latest.next(), latest.next()) {
            (Some(line), None) => Some(line),
            _ => None,
        }
    }
}

/// A row's extension and its login may be of two lines (a desk, and who has signed in at it): neither is silent.
fn with_the_users(line: u32, users: Vec<u32>) -> Vec<u32> {
    match users.contains(&line) {
        true => vec![line],
        false => std::iter::once(line).chain(users).collect(),
    }
}

/// Whether legs that name their ends in these ways can name this line at all; a line that none can name is not silent.
pub fn is_joinable(line: &Line, named_by: NamedBy) -> bool {
    // A first or last name is no key.
    let has_user_key = [&line.user_id, &line.login_name, &line.email]
        .into_iter()
        .any(Option::is_some);
    named_by == NamedBy::default()
        || ((named_by.extension || named_by.number) && !line.extension.is_empty())
        || (named_by.sip_id && !line.sip_ids.is_empty())
        || (named_by.user && has_user_key)
}

/// Whether one of the names, as [`End::name`] gives them, is the line's.
pub fn is_named_among(line: &Line, names: &std::collections::BTreeSet<String>) -> bool {
    let users = users_of(line).map(|user| format!("login {user}"));
    let sip_ids = line.sip_ids.iter().map(|id| format!("SIP id {}", folded(id)));
    let extension = std::iter::once(format!("extension {}", folded(&line.extension)));
    users
        .chain(sip_ids)
        .chain(extension)
        .any(|name| names.contains(&name))
}

fn push(map: &mut HashMap<String, Vec<u32>>, key: String, line: u32) {
    let lines = map.entry(key).or_default();
    if !lines.contains(&line) {
        lines.push(line);
    }
}

/// The names by which calls may name a line's user.
pub fn users_of(line: &Line) -> impl Iterator<Item = String> {
    [&line.login_name, &line.email, &line.user_id]
        .into_iter()
        .flatten()
        .map(|user| user_key(user).into_owned())
}

#[cfg(test)]
mod tests;
