//! Lines that have left the list, and names that a line had before: their calls of earlier days are not a stranger's.

use std::collections::{HashMap, HashSet};

use chrono::{Days, NaiveDate};

use crate::domain::{CallKeys, Line, PhoneSince, Seal, SeenKeys, names_in, user_key};
use crate::steps::usage::line_keys::{End, LineKeys, Resolved, users_of};
use crate::steps::usage::main_numbers::MainNumbers;

/// Days after a line was first missed on which its calls are still its own: a user is deleted in the evening, and an API
/// settles its last days late.
const STILL_ITS_OWN_DAYS: u64 = 7;

/// Everything that calls can be joined to: the lines of the list, and what earlier nights knew.
#[derive(Debug, Clone, Copy)]
pub struct Joinable<'a> {
    pub lines: &'a [Line],
    pub former: &'a [CallKeys],
    pub seal: &'a Seal,
    /// Of the lines of the list, by id.
    pub phone_since: &'a HashMap<String, PhoneSince>,
}

impl Joinable<'_> {
    /// Those of the list, as calls name them.
    pub fn keys(&self) -> impl Iterator<Item = CallKeys> {
        self.lines
            .iter()
            .map(|line| self.dated(CallKeys::of(line, users_of(line).collect())))
    }

    /// The same as it is remembered.
    pub fn sealed_keys(&self) -> impl Iterator<Item = CallKeys> {
        self.lines
            .iter()
            .map(|line| self.dated(sealed_keys(line, self.seal)))
    }

    fn dated(&self, keys: CallKeys) -> CallKeys {
        CallKeys {
            phone_since: self.phone_since.get(&keys.line_id).copied(),
            ..keys
        }
    }
}

/// What a line is named by tonight, as it is remembered.
pub fn sealed_keys(line: &Line, seal: &Seal) -> CallKeys {
    CallKeys::of(line, users_of(line).map(|user| seal.seal(&user)).collect())
}

/// The names that the list no longer has, until a few days after it last had them.
pub fn former_keys(seen: &[SeenKeys], lines: &[Line], seal: &Seal, as_of: NaiveDate) -> Vec<CallKeys> {
    let present: HashMap<&str, CallKeys> = lines
        .iter()
        .map(|line| (line.line_id.as_str(), sealed_keys(line, seal)))
        .collect();
    let former = |seen: &SeenKeys| {
        let now = present.get(seen.keys.line_id.as_str());
        if now == Some(&seen.keys) {
            return None;
        }
        let gone_on = seen.gone_on.unwrap_or(as_of).min(as_of);
        let ends = [
            Some(gone_on + Days::new(STILL_ITS_OWN_DAYS - 1)),
            seen.keys.until,
            now.and_then(|now| now.until),
        ];
        Some(CallKeys {
            until: ends.into_iter().flatten().min(),
            ..seen.keys.clone()
        })
    };
    seen.iter().filter_map(former).collect()
}

/// Lines of the last reported night that are not the same tonight: gone from the list, or with another user altogether. A
/// line whose user, or else whose number, another line has tonight has only a new id.
pub fn replaced<'a>(seen: &'a [SeenKeys], lines: &[Line], seal: &Seal) -> Vec<&'a CallKeys> {
    let present: Vec<CallKeys> = lines.iter().map(|line| sealed_keys(line, seal)).collect();
    let by_id: HashMap<&str, &CallKeys> = present.iter().map(|keys| (keys.line_id.as_str(), keys)).collect();
    let users: HashSet<&String> = present.iter().flat_map(|keys| &keys.users).collect();
    let numbers: HashSet<&String> = present
        .iter()
        .flat_map(|keys| keys.sip_ids.iter().chain(&keys.dids))
        .collect();
    let lives_on = |keys: &CallKeys| match keys.users.is_empty() {
        false => keys.users.iter().any(|user| users.contains(user)),
        true => keys
            .sip_ids
            .iter()
            .chain(&keys.dids)
            .any(|number| numbers.contains(number)),
    };
    let has_same_id = |keys: &CallKeys| {
        by_id
            .get(keys.line_id.as_str())
            .is_some_and(|now| !now.is_of_other_users(keys))
    };
    seen.iter()
        .filter(|seen| seen.gone_on.is_none())
        .map(|seen| &seen.keys)
        .filter(|keys| !has_same_id(keys) && !lives_on(keys))
        .collect()
}

/// Finds the former line of an end that no line of the list has.
pub struct FormerLines<'a> {
    keys: LineKeys,
    /// The number of each set of keys among all lines; that of a line of the list for a name that it had before.
    numbers: Vec<u32>,
    /// Of all lines, by number: first those of the list.
    ids: Vec<&'a str>,
    seal: &'a Seal,
}

impl<'a> FormerLines<'a> {
    pub fn new(joinable: &Joinable<'a>) -> FormerLines<'a> {
        let mut ids: Vec<&str> = joinable.lines.iter().map(|line| line.line_id.as_str()).collect();
        let mut by_id: HashMap<&str, u32> = ids.iter().copied().zip(0_u32..).collect();
        let numbers = joinable.former.iter().map(|keys| {
            *by_id.entry(&keys.line_id).or_insert_with(|| {
                ids.push(&keys.line_id);
                ids.len() as u32 - 1
            })
        });
        FormerLines {
            numbers: numbers.collect(),
            keys: LineKeys::of(joinable.former.iter().cloned()),
            ids,
            seal: joinable.seal,
        }
    }

    pub fn ids(&self) -> &[&'a str] {
        &self.ids
    }

    pub fn resolve(&self, end: End<'_>, day: NaiveDate, main_numbers: &MainNumbers<'_>) -> Resolved {
        if self.numbers.is_empty() {
            return Resolved::default();
        }
        let cell = end.user.unwrap_or_default();
        let parts = names_in(cell).into_iter().filter(|_| end.user.is_some());
        let of_user = |user: Option<&str>| {
            let sealed = user.map(|user| self.seal.seal(&user_key(user)));
            let user = sealed.as_deref();
            self.keys.resolve(End { user, ..end }, day, main_numbers)
        };
        let mut resolved = of_user(end.user);
        for part in parts {
            resolved.lines.extend(of_user(Some(part)).lines);
        }
        resolved.lines.sort_unstable();
        resolved.lines.dedup();
        for line in &mut resolved.lines {
            *line = self.numbers.get(*line as usize).copied().unwrap_or(*line);
        }
        resolved
    }
}
