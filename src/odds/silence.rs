//! From what is believed of a line to the chance that it stays silent.

use super::belief::{States, at_most_one};
use super::{Day, Fleet};

/// Business days looked ahead: 21 are 30 calendar days, 63 are 90.
pub const HORIZONS: [usize; 5] = [1, 21, 42, 63, 84];
/// Two years of business days, beside the farthest horizon.
const LOOK_AHEAD: usize = 522;
const MONTH: usize = 21;
const QUARTER: usize = 63;

/// `b_h`: the chance of silence on the next `h` days by class and state, for every `h` that is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Silences(Vec<States>);

impl Silences {
    pub fn of(fleet: &Fleet) -> Silences {
        let one_more = |silent: &States| Some(silent.seen(Day::Silent).before(&fleet.transition));
        let days = LOOK_AHEAD + HORIZONS[HORIZONS.len() - 1];
        Silences(
            std::iter::successors(Some(States::ONE), one_more)
                .take(days + 1)
                .collect(),
        )
    }

    fn chance(&self, belief: &States, days: usize) -> f64 {
        let silent = &self.0[days];
        (belief.active * silent.active + belief.away * silent.away + belief.gone * silent.gone).sum()
    }

    pub(super) fn chances(&self, belief: &States) -> Chances {
        Chances(HORIZONS.map(|horizon| at_most_one(self.chance(belief, horizon))))
    }

    pub(super) fn first_day(&self, belief: &States, holds: impl Fn(u32, f64, f64) -> bool) -> Option<u32> {
        // After m more silent days the chance of h others is P(m + h) / P(m): no step of the model is needed.
        let mut chances: Vec<f64> = (0..QUARTER).map(|days| self.chance(belief, days)).collect();
        for more in 0..=LOOK_AHEAD {
            chances.push(self.chance(belief, more + QUARTER));
            let after = |days: usize| at_most_one(chances[more + days] / chances[more]);
            if holds(more as u32, after(MONTH), after(QUARTER)) {
                return Some(more as u32);
            }
        }
        None
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
