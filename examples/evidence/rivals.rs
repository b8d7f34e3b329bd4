//! What the model is compared with: days of silence made into a chance by what became of such lines before.

use crate::judge::{Case, Outcome};

/// Days of silence in bins; the share that stayed silent in each is its chance.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Bins {
    /// Under the 90-day window, past it, past twice of it.
    Window,
    /// Thirty days each.
    Months,
}

impl Bins {
    pub const ALL: [Bins; 2] = [Bins::Window, Bins::Months];

    fn of(self, days_silent: u32) -> usize {
        match self {
            Bins::Window => (days_silent / 90).min(2) as usize,
            Bins::Months => (days_silent / 30).min(MOST_BINS as u32 - 1) as usize,
        }
    }

    /// Chances for the cases, learnt from other lines' outcomes. One line of each outcome is added to each bin, so that none
    /// is certain.
    pub fn learnt(self, from: impl IntoIterator<Item = Outcome>, cases: &[Case]) -> Vec<f64> {
        let mut counts = [(1.0, 2.0); MOST_BINS];
        for outcome in from {
            let (silent, all) = &mut counts[self.of(outcome.days_silent)];
            *silent += f64::from(u8::from(!outcome.came_back));
            *all += 1.0;
        }
        let chance = |case: &Case| {
            let (silent, all) = counts[self.of(case.days_silent)];
            silent / all
        };
        cases.iter().map(chance).collect()
    }
}

const MOST_BINS: usize = 24;
