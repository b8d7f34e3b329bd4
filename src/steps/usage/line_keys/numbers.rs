//! Lines by their numbers, however a row writes them.

use polars::prelude::PlHashMap;

use super::push;
use crate::domain::{is_same_number, number_end};

#[derive(Default)]
pub(super) struct Numbers {
    lines: PlHashMap<String, Vec<u32>>,
    /// The numbers themselves, by their ends.
    alike: PlHashMap<String, Vec<String>>,
}

impl Numbers {
    pub(super) fn add(&mut self, number: String, line: u32) {
        let alike = self.alike.entry(number_end(&number).to_owned()).or_default();
        if !alike.contains(&number) {
            alike.push(number.clone());
        }
        push(&mut self.lines, number, line);
    }

    /// The lines that ever had the number; else those of the only one that is the same in its national form.
    pub(super) fn get(&self, number: &str) -> Option<&Vec<u32>> {
        self.lines.get(number).or_else(|| {
            let alike = self.alike.get(number_end(number))?;
            let mut same = alike.iter().filter(|own| is_same_number(own, number));
            match (same.next(), same.next()) {
                (Some(own), None) => self.lines.get(own),
                _ => None,
            }
        })
    }
}
