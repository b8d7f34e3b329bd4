//! How a day's legs found their lines: what gate G3 looks at, kept beside the usage since legs leave the store.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::domain::UserSort;
use crate::steps::usage::call_kinds::CallKinds;
use crate::steps::usage::line_keys::End;
use crate::steps::usage::roll_up::is_known_result;

/// Ends without a line that are kept by name for a day.
const MOST_STRANGERS: usize = 20;

/// How the legs of a day joined, or of several.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DayJoin {
    pub legs: u64,
    /// Further rows of these legs: other files bring them too.
    #[serde(default)]
    pub repeated: u64,
    /// Legs of which an end is named as a line's (extension, SIP id or login).
    pub with_line_end: u64,
    /// Of those: legs of which an end was found among the lines.
    pub matched: u64,
    /// Of those: legs of lines that have left the list, or of names that a line had before.
    #[serde(default)]
    pub former: u64,
    /// Of those that were found: legs that name one line by extension and somebody else by login or SIP id.
    pub contradictory: u64,
    /// The newest start, in milliseconds since 1970 UTC.
    pub newest_start: Option<i64>,
    #[serde(default)]
    pub named_by: NamedBy,
    #[serde(default)]
    pub strangers: Strangers,
    /// Of those: at an end that bears a line's own number, by number.
    #[serde(default)]
    pub strangers_at: BTreeMap<String, Strangers>,
    /// Extensions and logins of different lines in one row.
    #[serde(default)]
    pub at_odds: Strangers,
    /// Rows whose call id groups nothing.
    #[serde(default)]
    pub ungrouped: Ungrouped,
    #[serde(default)]
    pub results: Results,
    /// Legs that say whether the call was recorded, and those that nobody answered, which cannot be.
    #[serde(default)]
    pub recorded_told: u64,
    /// None in a record of an older version.
    #[serde(default)]
    pub directions: Option<Directions>,
    /// None in a record of an older version.
    #[serde(default)]
    pub utc_days: Option<UtcDays>,
    /// None in a record of an older version, and where one of several days has none.
    #[serde(default)]
    pub kinds: Option<CallKinds>,
}

/// Legs by the day of UTC on which they began: the one before the local day, the same, and the one after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct UtcDays(pub [u64; 3]);

impl UtcDays {
    /// `start` in milliseconds since 1970 UTC.
    pub fn add(&mut self, local: NaiveDate, start: i64) {
        let utc = DateTime::from_timestamp_millis(start).map_or(local, |start| start.date_naive());
        let at = (utc - local).num_days().clamp(-1, 1) + 1;
        if let Some(legs) = usize::try_from(at).ok().and_then(|at| self.0.get_mut(at)) {
            *legs += 1;
        }
    }

    /// The day of UTC of a local day's place.
    pub fn day_of(local: NaiveDate, at: usize) -> NaiveDate {
        local + Duration::days(at as i64 - 1)
    }

    fn and(self, other: UtcDays) -> UtcDays {
        let [before, same, after] = self.0;
        UtcDays([before + other.0[0], same + other.0[1], after + other.0[2]])
    }
}

/// Legs by direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Directions {
    pub inbound: u64,
    pub outbound: u64,
    pub internal: u64,
}

impl Directions {
    pub fn add(&mut self, direction: Option<&str>) {
        match direction {
            Some("inbound") => self.inbound += 1,
            Some("outbound") => self.outbound += 1,
            _ => self.internal += 1,
        }
    }

    pub fn by_name(self) -> [(&'static str, u64); 3] {
        [
            ("inbound", self.inbound),
            ("outbound", self.outbound),
            ("internal", self.internal),
        ]
    }

    fn and(self, other: Directions) -> Directions {
        Directions {
            inbound: self.inbound + other.inbound,
            outbound: self.outbound + other.outbound,
            internal: self.internal + other.internal,
        }
    }
}

impl DayJoin {
    /// Rows that name no line and no user.
    pub fn nameless(&self) -> u64 {
        self.legs.saturating_sub(self.with_line_end)
    }

    /// Both days together.
    pub fn and(mut self, other: &DayJoin) -> DayJoin {
        self.strangers.add_all(&other.strangers);
        for (number, names) in &other.strangers_at {
            self.strangers_at
                .entry(number.clone())
                .or_default()
                .add_all(names);
        }
        self.at_odds.add_all(&other.at_odds);
        self.results.unknown.add_all(&other.results.unknown);
        self.results.counted += other.results.counted;
        self.results.strange += other.results.strange;
        DayJoin {
            legs: self.legs + other.legs,
            repeated: self.repeated + other.repeated,
            with_line_end: self.with_line_end + other.with_line_end,
            matched: self.matched + other.matched,
            former: self.former + other.former,
            contradictory: self.contradictory + other.contradictory,
            newest_start: self.newest_start.max(other.newest_start),
            named_by: self.named_by.and(other.named_by),
            strangers: self.strangers,
            strangers_at: self.strangers_at,
            at_odds: self.at_odds,
            ungrouped: Ungrouped {
                rounded: self.ungrouped.rounded + other.ungrouped.rounded,
                shared: self.ungrouped.shared + other.ungrouped.shared,
            },
            results: self.results,
            recorded_told: self.recorded_told + other.recorded_told,
            directions: match (self.directions, other.directions) {
                (Some(one), Some(other)) => Some(one.and(other)),
                (one, other) => one.or(other),
            },
            utc_days: match (self.utc_days, other.utc_days) {
                (Some(one), Some(other)) => Some(one.and(other)),
                (one, other) => one.or(other),
            },
            kinds: match (self.kinds, other.kinds) {
                (Some(one), Some(other)) => Some(one.and(other)),
                (one, _) if other.legs == 0 => one,
                (_, other) if self.legs == 0 => other,
                _ => None,
            },
        }
    }

    /// Whether a call without a recorded flag was not recorded: there are legs, and all of them tell.
    pub fn tells_recorded(&self) -> bool {
        self.legs > 0 && self.recorded_told == self.legs
    }
}

/// What the legs say became of the calls.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Results {
    /// Legs of which this was counted, and those whose word nobody knows, none at all included.
    pub counted: u64,
    pub strange: u64,
    /// These words, the most frequent ones.
    pub unknown: Strangers,
}

impl Results {
    pub fn add(&mut self, word: &str) {
        self.counted += 1;
        if !is_known_result(word) {
            self.strange += 1;
            self.unknown.add(word, 1);
        }
    }
}

/// Rows whose call id is no call's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Ungrouped {
    /// Cut to fifteen digits by a spreadsheet.
    pub rounded: u64,
    /// Borne by rows that are hours apart.
    pub shared: u64,
}

/// By what the legs name their ends: a line without such a key is silent in them whatever it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct NamedBy {
    pub extension: bool,
    pub sip_id: bool,
    pub user: bool,
    /// An extension that stands where a number should.
    pub number: bool,
    /// Legs bear no call id: a call that a line passes on cannot be told from one that nobody took.
    #[serde(default)]
    pub without_call_ids: bool,
    #[serde(default)]
    pub found: FoundBy,
}

/// Ends by each key that led to a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FoundBy {
    pub ends: u64,
    pub extension: u64,
    /// Of those: with leading zeros.
    pub zeros: u64,
    pub sip_id: u64,
    pub number: u64,
    pub login: u64,
    pub address: u64,
    pub user_id: u64,
}

/// Of all ends that led to a line, a sort of key that led to one in this many or more is one that the rows use.
const USED_FROM_ONE_IN: u64 = 20;

impl FoundBy {
    pub fn user(&mut self, sort: UserSort) -> &mut u64 {
        match sort {
            UserSort::Login => &mut self.login,
            UserSort::Address => &mut self.address,
            UserSort::Id => &mut self.user_id,
        }
    }

    pub fn by_user(&self) -> bool {
        self.login + self.address + self.user_id > 0
    }

    /// Whether the rows use a key that led to so many.
    pub fn uses(&self, count: u64) -> bool {
        count * USED_FROM_ONE_IN >= self.ends.max(1)
    }

    fn and(self, other: FoundBy) -> FoundBy {
        FoundBy {
            ends: self.ends + other.ends,
            extension: self.extension + other.extension,
            zeros: self.zeros + other.zeros,
            sip_id: self.sip_id + other.sip_id,
            number: self.number + other.number,
            login: self.login + other.login,
            address: self.address + other.address,
            user_id: self.user_id + other.user_id,
        }
    }
}

impl NamedBy {
    pub fn of(end: &End<'_>) -> NamedBy {
        NamedBy {
            extension: end.extension.is_some(),
            sip_id: end.sip_id.is_some(),
            user: end.user.is_some(),
            ..NamedBy::default()
        }
    }

    pub fn and(self, other: NamedBy) -> NamedBy {
        NamedBy {
            extension: self.extension | other.extension,
            sip_id: self.sip_id | other.sip_id,
            user: self.user | other.user,
            number: self.number | other.number,
            without_call_ids: self.without_call_ids | other.without_call_ids,
            found: self.found.and(other.found),
        }
    }
}

/// Inside names (extensions, SIP ids, logins) that fit no line, with their legs; the most frequent ones.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Strangers(pub BTreeMap<String, u64>);

impl Strangers {
    pub fn add(&mut self, name: &str, legs: u64) {
        *self.0.entry(name.to_owned()).or_default() += legs;
        if self.0.len() > 4 * MOST_STRANGERS {
            self.0 = self
                .most(MOST_STRANGERS)
                .into_iter()
                .map(|(name, legs)| (name.to_owned(), legs))
                .collect();
        }
    }

    pub fn add_all(&mut self, other: &Strangers) {
        for (name, legs) in &other.0 {
            self.add(name, *legs);
        }
    }

    /// The `count` with the most legs, first the most frequent.
    pub fn most(&self, count: usize) -> Vec<(&str, u64)> {
        let mut all: Vec<(&str, u64)> = self.0.iter().map(|(name, legs)| (name.as_str(), *legs)).collect();
        all.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        all.truncate(count);
        all
    }
}
