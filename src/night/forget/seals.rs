//! The person's logins as the store seals them: whoever holds the store and knows a login could ask for it.

use std::collections::BTreeSet;

use super::person::Person;
use super::spellings::NEUTRAL;
use crate::domain::{Seal, login_name, user_key};

pub struct Seals(BTreeSet<String>);

impl Seals {
    /// What calls name a line of the list by stays with the list.
    pub fn of(person: &Person, seal: &Seal) -> Seals {
        let mut seals: BTreeSet<String> = person.ids.iter().map(|id| seal.seal(&login_name(id))).collect();
        if person.current_line_ids.is_empty() {
            seals.extend(person.ids.iter().map(|id| seal.seal(&user_key(id))));
        }
        Seals(seals)
    }

    /// A text without them, where it held one; `blanked` is what is left of it without the person's spellings.
    pub fn blanked(&self, text: &str, blanked: Option<String>) -> Option<String> {
        let held = self.0.iter().filter(|seal| text.contains(seal.as_str()));
        held.fold(blanked, |left, seal| {
            Some(left.as_deref().unwrap_or(text).replace(seal, NEUTRAL))
        })
    }
}
