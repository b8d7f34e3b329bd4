//! What the ends of a day's legs name, looked up once: the same few people make most of a day's calls.

use chrono::NaiveDate;
use polars::prelude::PlHashMap;

use super::{End, LineKeys, Resolved};
use crate::steps::main_numbers::MainNumbers;

/// Legs come day by day; what is known is forgotten with the day, since keys are held from day to day.
pub struct OfADay<'a> {
    keys: &'a LineKeys,
    day: NaiveDate,
    named: PlHashMap<End<'a>, Resolved>,
}

impl<'a> OfADay<'a> {
    pub fn new(keys: &'a LineKeys) -> OfADay<'a> {
        OfADay {
            keys,
            day: NaiveDate::default(),
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
        if self.day != day {
            self.day = day;
            self.named.clear();
        }
        // Beside an extension the number names nobody.
        let number = end.number.filter(|_| end.extension.is_none());
        let keys = self.keys;
        let named = self.named.entry(End { number, ..end });
        Some(named.or_insert_with(|| keys.by_name(end, day)))
    }
}
