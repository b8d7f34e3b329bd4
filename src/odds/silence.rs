//! From what is believed of a line to the chance that it stays silent.

use super::Fleet;
use super::belief::{SILENT, States, at_most_one};
use super::lanes::Lanes;

/// Business days looked ahead: 21 are 30 calendar days, 63 are 90.
pub const HORIZONS: [usize; 5] = [1, 21, 42, 63, 84];

/// `b_h` of each horizon: the chance of silence on the next `h` days, by class and state.
#[derive(Debug, Clone, PartialEq)]
pub struct Silences([States; HORIZONS.len()]);

impl Silences {
    pub fn of(fleet: &Fleet) -> Silences {
        let t = &fleet.transition;
        let mut silent = States {
            active: Lanes::ONE,
            away: Lanes::ONE,
            gone: Lanes::ONE,
        };
        let mut days = 0;
        Silences(HORIZONS.map(|horizon| {
            while days < horizon {
                let active = SILENT * silent.active;
                silent = States {
                    active: active * t.aa + silent.away * t.aw + silent.gone * t.ag,
                    away: active * t.wa + silent.away * t.ww,
                    gone: active * t.ga + silent.gone * t.gg,
                };
                days += 1;
            }
            silent
        }))
    }

    pub(super) fn chances(&self, belief: &States) -> Chances {
        let chance = |silent: &States| {
            let weighed =
                belief.active * silent.active + belief.away * silent.away + belief.gone * silent.gone;
            at_most_one(weighed.sum())
        };
        Chances(std::array::from_fn(|horizon| chance(&self.0[horizon])))
    }
}

/// Chances of silence on all of the next 1, 21, 42, 63 and 84 business days.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chances(pub [f64; HORIZONS.len()]);

impl Chances {
    /// For the next 30 calendar days.
    pub fn next_30(&self) -> f64 {
        self.0[1]
    }

    /// For the next 90 calendar days.
    pub fn next_90(&self) -> f64 {
        self.0[3]
    }

    /// The chances for the next 30 and 90 days once 30 more days of silence have passed.
    pub fn after_30_more(&self) -> (f64, f64) {
        let [_, month, two_months, _, four_months] = self.0;
        if month > 0.0 {
            (two_months / month, four_months / month)
        } else {
            (0.0, 0.0)
        }
    }
}
