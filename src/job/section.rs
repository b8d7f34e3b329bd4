//! Reads one section of the job. What is asked for is what is known: every other key in it is a fault, with the nearest
//! name. A fault is noted and reading goes on; the job is only handed out when there was none.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use chrono::NaiveDate;
use config::{Value, ValueKind};

use super::fault::{Fault, Faults};
use super::layers::PREFIX;
use super::show;
use crate::domain::parse_day;
use crate::secret::pasted::may_be_pasted;

pub(super) struct Section<'a> {
    path: String,
    values: BTreeMap<&'a str, &'a Value>,
    asked: BTreeSet<&'static str>,
    faults: &'a Faults,
}

impl<'a> Section<'a> {
    pub(super) fn new(path: String, value: Option<&'a Value>, faults: &'a Faults) -> Section<'a> {
        let values = match value.map(|value| &value.kind) {
            Some(ValueKind::Table(table)) => table.iter().map(|(key, value)| (key.as_str(), value)).collect(),
            _ => BTreeMap::new(),
        };
        let section = Section {
            path,
            values,
            asked: BTreeSet::new(),
            faults,
        };
        if let Some(value) = value.filter(|value| !matches!(value.kind, ValueKind::Table(_))) {
            section.faults.add(Fault {
                key: section.path.clone(),
                value: None,
                origin: value.origin().map(str::to_owned),
                says: "is a section and takes no value; set one of its keys".to_owned(),
            });
        }
        section
    }

    /// The last part of the section's path: an account id, a source's name.
    pub(super) fn children(&mut self) -> Vec<(String, Section<'a>)> {
        std::mem::take(&mut self.values)
            .into_iter()
            .map(|(key, value)| {
                let path = show::key(&self.path, key);
                (key.to_owned(), Section::new(path, Some(value), self.faults))
            })
            .collect()
    }

    pub(super) fn child(&mut self, key: &'static str) -> Section<'a> {
        self.asked.insert(key);
        Section::new(
            show::key(&self.path, key),
            self.values.get(key).copied(),
            self.faults,
        )
    }

    /// Whether somebody else than the defaults said anything here.
    pub(super) fn is_own(&self) -> bool {
        self.values
            .values()
            .any(|value| value.origin() != Some(super::DEFAULT))
    }

    fn get(&mut self, key: &'static str) -> Option<&'a Value> {
        self.asked.insert(key);
        let value = self.values.get(key).copied()?;
        // An empty text unsets a key of a lower layer.
        let blank = matches!(&value.kind, ValueKind::String(text) if text.trim().is_empty());
        (!blank).then_some(value)
    }

    pub(super) fn fault(&self, key: &str, says: impl Display) {
        let value = self.values.get(key);
        let shown = value.map(|value| show::shortened(value));
        let is_pasted = shown.as_deref().is_some_and(may_be_pasted);
        let says = match shown.as_deref().filter(|_| is_pasted) {
            Some(shown) => says.to_string().replace(shown.trim_matches('"'), "***"),
            None => says.to_string(),
        };
        let is_hidden = is_pasted || show::takes_a_secret(&self.path) || show::may_hold_a_secret(key);
        // A key that is the job's own may be a secret as well.
        let is_told = self.asked.contains(key) || !(show::takes_a_secret(&self.path) || may_be_pasted(key));
        let (key, origin) = self.place(key, is_told);
        self.faults.add(Fault {
            key,
            // An address may bear a password.
            value: shown.filter(|shown| !is_hidden && !shown.contains("://")),
            origin,
            says,
        });
    }

    /// The key, and where its value comes from, without the key where that is not to be told: a variable's name is folded to a
    /// key, and tells more as it was written.
    fn place(&self, key: &str, is_told: bool) -> (String, Option<String>) {
        let origin = self.values.get(key).and_then(|value| show::origin(value));
        if is_told {
            return (show::key(&self.path, key), origin);
        }
        let hidden = format!("{}.***", self.path).trim_start_matches('.').to_owned();
        let is_variable = |origin: &String| origin.starts_with(PREFIX);
        let of_variable = || format!("a variable {PREFIX}...");
        let origin = origin.map(|origin| {
            if is_variable(&origin) {
                of_variable()
            } else {
                origin
            }
        });
        (hidden, origin)
    }

    /// A fault of the section as a whole.
    pub(super) fn fault_here(&self, says: impl Display) {
        let first = self.values.values().find_map(|value| show::origin(value));
        self.faults.add(Fault {
            key: self.path.clone(),
            value: None,
            origin: first,
            says: says.to_string(),
        });
    }

    /// A fault of a dotted key in a section below.
    pub(super) fn fault_at(&self, key: &str, says: impl Display) {
        self.faults.add(Fault {
            key: format!("{}.{key}", self.path),
            value: None,
            origin: None,
            says: says.to_string(),
        });
    }

    /// Whether no fault was found with any of the keys: a comparison with a stand-in would only confuse.
    pub(super) fn is_sound(&self, keys: &[&str]) -> bool {
        keys.iter()
            .all(|key| !self.faults.names(&show::key(&self.path, key)))
    }

    /// Whether none of the keys has a value.
    pub(super) fn lacks(&mut self, keys: &[&'static str]) -> bool {
        keys.iter().all(|key| self.get(key).is_none())
    }

    /// A key of this section, with its path.
    pub(super) fn key(&self, key: &str) -> String {
        show::key(&self.path, key)
    }

    pub(super) fn text(&mut self, key: &'static str) -> Option<String> {
        let value = self.get(key)?;
        let text = show::scalar(value);
        match text {
            None => self.fault(key, "takes one value, not a list or a section"),
            Some(ref text) if text.chars().any(char::is_control) => {
                self.fault(key, "must not hold control characters");
                return None;
            }
            Some(_) => {}
        }
        text.map(|text| text.trim().to_owned())
    }

    pub(super) fn required(&mut self, key: &'static str, says: &str) -> Option<String> {
        if self.get(key).is_none() {
            self.fault(key, format!("is missing; {says}"));
        }
        self.text(key)
    }

    /// A text read by `parse`, whose error says what would be valid.
    pub(super) fn parsed<T, E: Display>(
        &mut self,
        key: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let text = self.text(key)?;
        match parse(&text) {
            Ok(value) => Some(value),
            Err(says) => {
                self.fault(key, says);
                None
            }
        }
    }

    pub(super) fn word<T: FromStr<Err: Display>>(&mut self, key: &'static str) -> Option<T> {
        self.parsed(key, str::parse)
    }

    /// A whole number; the default stands in the embedded job, so a missing one is a fault too.
    pub(super) fn count(&mut self, key: &'static str, range: RangeInclusive<u32>) -> u32 {
        let says = format!("must be {} to {}", range.start(), range.end());
        if self.get(key).is_none() {
            self.fault(key, format!("is missing; it {says}"));
        }
        let number = self.parsed(key, |text| match text.parse() {
            Ok(number) if range.contains(&number) => Ok(number),
            _ => Err(&says),
        });
        number.unwrap_or(*range.start())
    }

    pub(super) fn flag(&mut self, key: &'static str, default: bool) -> bool {
        let read = self.parsed(key, |text| match text {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err("must be true or false"),
        });
        read.unwrap_or(default)
    }

    pub(super) fn day(&mut self, key: &'static str) -> Option<NaiveDate> {
        self.parsed(key, |text| {
            parse_day(text).ok_or("must be a day such as 2026-10-31")
        })
    }

    /// A list, or one text that stands for a list (from a variable or a flag: separated by commas).
    pub(super) fn list(&mut self, key: &'static str) -> Vec<String> {
        let Some(value) = self.get(key) else {
            return Vec::new();
        };
        if let ValueKind::Array(items) = &value.kind {
            let texts: Option<Vec<String>> = items.iter().map(show::scalar).collect();
            if texts.is_none() {
                self.fault(key, "must be a list of texts");
            }
            return texts.unwrap_or_default();
        }
        let text = self.text(key).unwrap_or_default();
        text.split(',')
            .map(|part| part.trim().to_owned())
            .filter(|part| !part.is_empty())
            .collect()
    }

    pub(super) fn parsed_list<T, E: Display>(
        &mut self,
        key: &'static str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Vec<T> {
        let mut read = Vec::new();
        for text in self.list(key) {
            match parse(&text) {
                Ok(value) => read.push(value),
                Err(says) => self.fault(key, format!("{text:?} {says}")),
            }
        }
        read
    }

    /// A section whose keys are the job's own, each with a text.
    pub(super) fn texts(&mut self, key: &'static str) -> BTreeMap<String, String> {
        self.child(key).every_text()
    }

    /// Every key of this section, with its text.
    pub(super) fn every_text(&self) -> BTreeMap<String, String> {
        let mut texts = BTreeMap::new();
        for (name, value) in &self.values {
            match show::scalar(value) {
                Some(text) => _ = texts.insert((*name).to_owned(), text),
                None => self.fault(name, "takes one text"),
            }
        }
        texts
    }

    /// Tells of every key that nobody asked for. It is named where it is nearly one of those that there are: anything else may be a
    /// secret in the wrong place.
    pub(super) fn finish(self) {
        let stray = |key: &&&str| !self.asked.contains(**key);
        for key in self.values.keys().filter(stray) {
            let says = if show::SECRET_KEYS.contains(key) {
                "a secret does not belong in a job; put it into a file that only its owner can read and name that \
                 with a key that ends in _file, or name an environment variable with one that ends in _env"
                    .to_owned()
            } else {
                match self.nearest(key) {
                    Some(known) => format!("is not a key here; did you mean {known}?"),
                    None => {
                        let known: Vec<&str> = self.asked.iter().copied().collect();
                        format!("is not a key here; the keys are {}", known.join(", "))
                    }
                }
            };
            let is_told = show::SECRET_KEYS.contains(key)
                || (self.nearest(key).is_some() && !show::takes_a_secret(&self.path) && !may_be_pasted(key));
            let (key, origin) = self.place(key, is_told);
            self.faults.add(Fault {
                key,
                value: None,
                origin,
                says,
            });
        }
    }

    fn nearest(&self, key: &str) -> Option<&'static str> {
        let likeness = |known: &&str| strsim::jaro_winkler(key, known);
        let best = self
            .asked
            .iter()
            .copied()
            .max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
        best.filter(|known| likeness(known) >= 0.8)
    }
}
