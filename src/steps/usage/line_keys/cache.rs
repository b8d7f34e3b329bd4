//! What the ends of legs name, looked up once: the same few people make most of the calls.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use polars::prelude::PlHashMap;

use super::{End, LineKeys, Resolved};
use crate::steps::usage::main_numbers::MainNumbers;

/// Names keep their lines from one day on which a line takes or gives up a key to the next such day.
pub struct NamesCache<'a> {
    keys: &'a LineKeys,
    /// The days on which some name may begin to lead elsewhere.
    changes: Vec<NaiveDate>,
    named: PlHashMap<(usize, End<'a>), Resolved>,
}

impl<'a> NamesCache<'a> {
    pub fn new(keys: &'a LineKeys) -> NamesCache<'a> {
        let changes: BTreeSet<NaiveDate> = keys
            .lines
            .iter()
            .flat_map(|held| {
                let after = held.until.and_then(|until| until.checked_add_days(Days::new(1)));
                let phone = held.phone_since;
                let extension = phone.map(|since| since.extension);
                let seen_on = phone.map(|since| since.seen_on);
                let sip_ids = phone.and_then(|since| since.sip_ids);
                [held.from, after, extension, sip_ids, seen_on]
            })
            .flatten()
            .collect();
        NamesCache {
            keys,
            changes: changes.into_iter().collect(),
            named: PlHashMap::default(),
        }
    }

    /// As [`LineKeys::resolve`].
    pub fn resolve(&mut self, end: End<'a>, day: NaiveDate, main_numbers: &MainNumbers<'_>) -> Resolved {
        let keys = self.keys;
        match self.by_name(end, day) {
            Some(named) => keys.or_by_number(named.clone(), end, day, main_numbers),
            None => keys.resolve(end, day, main_numbers),
        }
    }

    /// As [`LineKeys::by_name`]; none where the row names the end by a number alone, of which few come twice.
    pub fn by_name(&mut self, end: End<'a>, day: NaiveDate) -> Option<&Resolved> {
        if !end.names_a_line() {
            return None;
        }
        let span = self.changes.partition_point(|change| *change <= day);
        // Beside an extension the number names nobody.
        let number = end.number.filter(|_| end.extension.is_none());
        let keys = self.keys;
        let named = self.named.entry((span, End { number, ..end }));
        Some(named.or_insert_with(|| keys.by_name(end, day)))
    }
}
