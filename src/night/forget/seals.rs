//! The person's logins as the store seals them: whoever holds the store and knows a login could ask for it.

use std::collections::BTreeSet;

use super::person::Person;
use super::spellings::NEUTRAL;
use crate::domain::{Seal, login_name};

pub(super) struct Seals(BTreeSet<String>);

impl Seals {
    /// Those in rows that could not be used. What calls name a line by stays: without it the line would be another one tomorrow.
    pub(super) fn of(person: &Person, seal: &Seal) -> Seals {
        Seals(person.ids.iter().map(|id| seal.seal(&login_name(id))).collect())
    }

    /// A text without them, where it held one; `blanked` is what is left of it without the person's spellings.
    pub(super) fn blanked(&self, text: &str, blanked: Option<String>) -> Option<String> {
        let held = self.0.iter().filter(|seal| text.contains(seal.as_str()));
        held.fold(blanked, |left, seal| {
            Some(left.as_deref().unwrap_or(text).replace(seal, NEUTRAL))
        })
    }
}
