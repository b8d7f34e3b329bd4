//! What is played: how many lines and nights, judged how, and which accidents happen.

use chrono::NaiveDate;

#[derive(Debug, Clone)]
pub struct Plan {
    pub seed: u64,
    pub lines: usize,
    pub nights: u64,
    /// `rule` or `probability`.
    pub model: &'static str,
    /// Names of what happens beside steady work.
    pub accidents: &'static [&'static str],
}

impl Plan {
    pub fn has(&self, accident: &str) -> bool {
        self.accidents.contains(&accident)
    }

    /// The nights lie in the past of whoever runs this, one year at the most.
    pub fn first_night(&self) -> NaiveDate {
        let last = NaiveDate::from_ymd_opt(2026, 10, 1).unwrap();
        last - chrono::Days::new(self.nights + self.seed % 9)
    }
}
