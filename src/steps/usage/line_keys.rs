//! Which line an end of a call belongs to, by the order of docs/rules.md: extension (on the days on which the line held
//! it), then the extension without leading zeros, SIP id, an extension that stands in place of a number, login, and last DID.

use std::borrow::Cow;

use chrono::NaiveDate;
use polars::prelude::PlHashMap;

use crate::domain::{
    CallKeys, Line, PhoneSince, UserSort, extension_name, folded, login_name, names_in, sip_id_name,
    user_key, users_in, without_zeros,
};
use crate::steps::usage::day_join::{FoundBy, NamedBy};
use crate::steps::usage::main_numbers::MainNumbers;

mod cache;
mod numbers;
mod resolved;

pub(in crate::steps) use self::cache::NamesCache;
use self::numbers::Numbers;
pub use self::resolved::Resolved;

/// One end of a leg, as the row names it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct End<'a> {
    pub extension: Option<&'a str>,
    pub sip_id: Option<&'a str>,
    pub user: Option<&'a str>,
    /// Digits only; a line's own number, or an outside one.
    pub number: Option<&'a str>,
    /// The row names somebody by a login that is not looked for here.
    pub is_signed_elsewhere: bool,
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

    /// All that it is named by.
    pub(in crate::steps) fn names(&self) -> String {
        let told = [
            self.extension.map(|own| format!("extension {own}")),
            self.sip_id.map(|own| format!("SIP id {own}")),
            self.user.map(|own| format!("login {own}")),
        ];
        told.into_iter().flatten().collect::<Vec<_>>().join(" with ")
    }
}

/// What stands behind the sort of key in a name, as [`End::name`] gives it.
pub(in crate::steps) fn login_of(name: &str) -> &str {
    ["extension ", "login ", "SIP id "]
        .iter()
        .find_map(|sort| name.strip_prefix(sort))
        .unwrap_or(name)
}

/// The keys of every line that ever held a seat, former holders included. Lines are numbered as in the slice given.
#[derive(Default)]
pub struct LineKeys {
    extensions: PlHashMap<String, Vec<u32>>,
    trimmed: PlHashMap<String, Vec<u32>>,
    sip_ids: PlHashMap<String, Vec<u32>>,
    users: PlHashMap<String, Vec<u32>>,
    numbers: Numbers,
    lines: Vec<Held>,
    /// In bytes; what is longer is a number, and looked for among numbers only.
    longest_extension: usize,
}

/// What one line answers to, and when.
struct Held {
    from: Option<NaiveDate>,
    until: Option<NaiveDate>,
    users: Vec<String>,
    sip_ids: Vec<String>,
    phone_since: Option<PhoneSince>,
}

impl LineKeys {
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
            self.longest_extension = self.longest_extension.max(extension.len());
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
            self.numbers.add(did, index);
        }
        self.lines.push(Held {
            from: line.since,
            until: line.until,
            users: line.users,
            sip_ids,
            phone_since: line.phone_since,
        });
    }

    /// The lines at an end of a leg that started on `day`; `main_numbers` are no line's own.
    pub fn resolve(&self, end: End<'_>, day: NaiveDate, main_numbers: &MainNumbers<'_>) -> Resolved {
        self.or_by_number(self.by_name(end, day), end, day, main_numbers)
    }

    /// An end that was looked up by its name, else by its number.
    fn or_by_number(
        &self,
        named: Resolved,
        end: End<'_>,
        day: NaiveDate,
        main_numbers: &MainNumbers<'_>,
    ) -> Resolved {
        if !named.lines.is_empty() {
            return named;
        }
        let number = end.number.filter(|number| !main_numbers.has(number, day));
        let by_did = number.and_then(|number| self.only(self.numbers.get(number), day));
        let own = by_did.filter(|line| !self.is_anothers(*line, end));
        let lines: Vec<u32> = own.into_iter().collect();
        Resolved {
            at_number: by_did.is_some() && own.is_none(),
            found: FoundBy {
                ends: u64::from(!lines.is_empty()),
                ..named.found
            },
            lines,
            ..named
        }
    }

    /// The same, by what names an end as one inside the company: whoever it names is not silent.
    pub(in crate::steps) fn by_name(&self, end: End<'_>, day: NaiveDate) -> Resolved {
        let mut found = FoundBy::default();
        let mut strangers = Vec::new();
        let by_extension = end.extension.and_then(|extension| self.extended(extension, day));
        let by_sip = end.sip_id.and_then(|id| {
            let candidates = self.sip_ids.get(folded(id).as_ref());
            self.one_since(candidates, day, |since| since.sip_ids)
        });
        let by_user = self.by_users(end, day, &mut found, &mut strangers);
        // The portal's From and To hold the extension of an end inside the company.
        let by_number = match (end.extension, by_sip) {
            (None, None) => end
                .number
                .filter(|number| without_zeros(number).len() <= self.longest_extension)
                .and_then(|number| self.extended(number, day)),
            _ => None,
        };
        if by_extension.is_none() {
            strangers.extend(end.extension.map(extension_name));
        }
        if by_sip.is_none() {
            strangers.extend(end.sip_id.map(sip_id_name));
        }
        // No night has seen yet that it has the extension, and the row names somebody else: whoever had it before.
        let unsure = |line: &u32| {
            let held = &self.lines[*line as usize];
            let is_theirs = (end.user.is_none() && !end.is_signed_elsewhere)
                || held.users.is_empty()
                || by_user.iter().any(|lines| lines.contains(line));
            held.phone_since.filter(|since| day < since.seen_on && !is_theirs)
        };
        let by_extension = by_extension.filter(|line| unsure(line).is_none());
        let by_number = by_number.filter(|line| unsure(line).is_none());
        let by_sip = by_sip.filter(|line| unsure(line).is_none_or(|since| since.sip_ids.is_none()));
        found.extension = u64::from(by_extension.is_some());
        found.zeros =
            u64::from(by_extension.is_some() && end.extension.is_some_and(|own| own.starts_with('0')));
        found.sip_id = u64::from(by_sip.is_some());
        found.number = u64::from(by_number.is_some());
        let of_the_phone = by_extension.or(by_sip).or(by_number);
        let contradicts = match (by_extension, by_number) {
            (Some(line), _) => self.contradicts(line, end),
            (None, Some(line)) => by_user.is_empty() && self.contradicts(line, end),
            (None, None) => false,
        };
        // A row's extension and its login may be of two lines: a desk, and who has signed in at it. Where the login holds the
        // extension too, the extension tells which of its lines it was.
        let elsewhere = |lines: &&Vec<u32>| of_the_phone.is_none_or(|line| !lines.contains(&line));
        let at_odds =
            of_the_phone.is_some() && !by_user.is_empty() && by_user.iter().all(|lines| elsewhere(&lines));
        let users = by_user.iter().filter(elsewhere).flatten();
        let mut lines: Vec<u32> = Vec::new();
        for line in of_the_phone.iter().chain(&by_sip).chain(users) {
            if !lines.contains(line) {
                lines.push(*line);
            }
        }
        found.ends = u64::from(!lines.is_empty());
        Resolved {
            lines,
            contradicts,
            at_odds,
            found,
            strangers,
            at_number: false,
        }
    }

    /// By an extension, else by the same without its zeros.
    fn extended(&self, extension: &str, day: NaiveDate) -> Option<u32> {
        let extension = folded(extension);
        let one = |lines| self.one_since(lines, day, |since| Some(since.extension));
        one(self.extensions.get(extension.as_ref()))
            .or_else(|| one(self.trimmed.get(without_zeros(&extension))))
    }

    /// The only line that held a key of its phone on `day`.
    fn one_since(
        &self,
        candidates: Option<&Vec<u32>>,
        day: NaiveDate,
        first: impl Fn(PhoneSince) -> Option<NaiveDate>,
    ) -> Option<u32> {
        let begins_later = |line: &u32| {
            let since = self.lines[*line as usize].phone_since.and_then(&first);
            since.is_some_and(|since| day < since)
        };
        match candidates.filter(|lines| lines.iter().any(begins_later)) {
            None => self.one(candidates, day),
            Some(lines) => {
                let held = lines.iter().filter(|line| !begins_later(line)).copied();
                self.one(Some(&held.collect()), day)
            }
        }
    }

    /// The lines of each user: of the whole cell, else of each of several in it.
    fn by_users(
        &self,
        end: End<'_>,
        day: NaiveDate,
        found: &mut FoundBy,
        strangers: &mut Vec<String>,
    ) -> Vec<Vec<u32>> {
        let Some(cell) = end.user else {
            return Vec::new();
        };
        let mut holding = |user: &str| {
            let user = user_key(user);
            let lines = self.holding(self.users.get(user.as_ref()), day);
            *found.user(UserSort::of(&user)) += u64::from(!lines.is_empty());
            lines
        };
        let whole = holding(cell);
        if !whole.is_empty() {
            return vec![whole];
        }
        let parts: Vec<(&str, Vec<u32>)> = names_in(cell)
            .into_iter()
            .map(|part| (part, holding(part)))
            .collect();
        if parts.iter().all(|(_, lines)| lines.is_empty()) {
            strangers.push(login_name(cell));
            return Vec::new();
        }
        let nobodys = parts
            .iter()
            .filter(|(_, lines)| lines.is_empty())
            .map(|(part, _)| login_name(part));
        strangers.extend(nobodys);
        let lines = parts.into_iter().map(|(_, lines)| lines);
        lines.filter(|lines| !lines.is_empty()).collect()
    }

    /// The lines that had a number on `day`.
    pub(in crate::steps) fn numbered(&self, number: &str, day: NaiveDate) -> Vec<u32> {
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
            let is_own = |name: &str| own.iter().any(|own| *own == user_key(name));
            named.is_some_and(|named| {
                !own.is_empty() && !is_own(&named) && !names_in(&named).into_iter().any(is_own)
            })
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

/// Whether legs that name their ends in these ways can name this line at all; a line that none can name is not silent.
pub fn is_joinable(line: &Line, named_by: NamedBy) -> bool {
    let NamedBy { found, .. } = named_by;
    if named_by == NamedBy::default() {
        return true;
    }
    let (extension, sip_id, user): (bool, bool, &dyn Fn(UserSort) -> bool) = match found.ends {
        // Counted before the keys were.
        0 => (named_by.extension || named_by.number, named_by.sip_id, &|_| {
            named_by.user
        }),
        _ => (
            found.uses(found.extension) || found.uses(found.number),
            found.uses(found.sip_id),
            &|sort| found.uses(*found.clone().user(sort)),
        ),
    };
    // A first or last name is no key.
    (extension && !line.extension.is_empty())
        || (sip_id && !line.sip_ids.is_empty())
        || users_of(line).any(|name| user(UserSort::of(&name)))
}

/// The names by which rows may name a line, as [`End::name`] gives them.
pub fn names_of(line: &Line) -> impl Iterator<Item = String> {
    let users = users_of(line).map(|user| login_name(&user));
    let sip_ids = line.sip_ids.iter().map(|id| sip_id_name(id));
    users.chain(sip_ids).chain([extension_name(&line.extension)])
}

fn push(map: &mut PlHashMap<String, Vec<u32>>, key: String, line: u32) {
    let lines = map.entry(key).or_default();
    if !lines.contains(&line) {
        lines.push(line);
    }
}

/// The names by which calls may name a line's user.
pub fn users_of(line: &Line) -> impl Iterator<Item = String> {
    let written = [&line.login_name, &line.email, &line.user_id];
    let users = written.into_iter().flatten().flat_map(|cell| users_in(cell));
    users.map(Cow::into_owned)
}

#[cfg(test)]
mod tests;
