//! The company's own numbers, told from those of single lines by who shows them.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use polars::prelude::{PlHashMap, PlHashSet};

use crate::steps::usage::line_keys::{End, LineKeys, NamesCache};

/// Numbers that the calls of several other lines showed on a day. On that day they are the key of no line: a company's main
/// number would pull everybody's calls to the line that it is booked on.
#[derive(Debug, Default)]
pub struct MainNumbers<'a>(PlHashSet<(&'a str, NaiveDate)>);

impl<'a> MainNumbers<'a> {
    /// From the ends that placed the calls, each with its day.
    pub fn shown(
        keys: &'a LineKeys,
        names: &mut NamesCache<'a>,
        sources: impl Iterator<Item = (End<'a>, NaiveDate)>,
    ) -> MainNumbers<'a> {
        let mut shown_by: PlHashMap<(&str, NaiveDate), BTreeSet<String>> = PlHashMap::default();
        for (end, day) in sources {
            let Some(number) = end.number else { continue };
            let owners = keys.numbered(number, day);
            if owners.is_empty() {
                continue;
            }
            let named = match names.by_name(end, day) {
                Some(named) => named.lines.clone(),
                None => keys.by_name(end, day).lines,
            };
            if !named.iter().any(|line| owners.contains(line)) {
                let line = named.first().map(|line| format!("line {line}"));
                let by = shown_by.entry((number, day)).or_default();
                by.extend(line.or_else(|| end.name()));
            }
        }
        let by_several = shown_by.into_iter().filter(|(_, by)| by.len() > 1);
        MainNumbers(by_several.map(|(shown, _)| shown).collect())
    }

    pub fn has(&self, number: &str, day: NaiveDate) -> bool {
        self.0.contains(&(number, day))
    }
}
