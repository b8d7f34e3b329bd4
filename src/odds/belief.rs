//! What a line's history says of its class and state: the forward pass.

use super::lanes::Lanes;
use super::silence::Chances;
use super::{Day, Fleet, RATES, Silences, Transition};

/// Days between two rescalings. The least likely day has the chance .004, so that 16 of them stay far above the smallest
/// number that has all its digits.
const RESCALE_EVERY: usize = 16;

/// Unnormalised chances of each class's states after the days seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct States {
    pub(super) active: Lanes,
    pub(super) away: Lanes,
    pub(super) gone: Lanes,
}

impl States {
    /// Certainty of everything: where every look back in time begins.
    pub(super) const ONE: States = States {
        active: Lanes::ONE,
        away: Lanes::ONE,
        gone: Lanes::ONE,
    };

    /// One step back in time: what the next day's states say of those before it.
    pub(super) fn before(self, t: &Transition) -> States {
        States {
            active: self.active * t.aa + self.away * t.aw + self.gone * t.ag,
            away: self.active * t.wa + self.away * t.ww,
            gone: self.active * t.ga + self.gone * t.gg,
        }
    }

    /// The states on the day before any, seen through the first day's evidence.
    pub(super) fn first(fleet: &Fleet, day: Day) -> States {
        let [active, away, gone] = fleet.initial;
        States { active, away, gone }.seen(day)
    }

    pub(super) fn next(self, transition: &Transition, day: Day) -> States {
        self.moved(transition).seen(day)
    }

    fn moved(self, t: &Transition) -> States {
        States {
            active: self.active * t.aa + self.away * t.wa + self.gone * t.ga,
            away: self.active * t.aw + self.away * t.ww,
            gone: self.active * t.ag + self.gone * t.gg,
        }
    }

    /// Weighed by a day's evidence.
    pub(super) fn seen(self, day: Day) -> States {
        match day {
            Day::Unknown => self,
            Day::Used => States {
                active: self.active * Lanes(RATES),
                away: Lanes::ZERO,
                gone: Lanes::ZERO,
            },
            Day::Silent => States {
                active: self.active * SILENT,
                ..self
            },
        }
    }

    pub(super) fn total(&self) -> Lanes {
        self.active + self.away + self.gone
    }

    pub(super) fn scaled(self, by: Lanes) -> States {
        States {
            active: self.active * by,
            away: self.away * by,
            gone: self.gone * by,
        }
    }
}

/// Chance of no use on an active day.
const SILENT: Lanes = {
    let mut lanes = [0.0; super::CLASSES];
    let mut class = 0;
    while class < lanes.len() {
        lanes[class] = 1.0 - RATES[class];
        class += 1;
    }
    Lanes(lanes)
};

/// The weight of each class and, within it, of each state: all of them together are 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Belief {
    states: States,
    log_likelihood: f64,
}

impl Belief {
    /// None for a history without a day.
    pub fn of(fleet: &Fleet, days: &[Day]) -> Option<Belief> {
        let (first, rest) = days.split_first()?;
        let mut states = States::first(fleet, *first);
        let mut logs = Lanes::ZERO;
        for block in rest.chunks(RESCALE_EVERY) {
            for day in block {
                states = states.next(&fleet.transition, *day);
            }
            let total = states.total();
            logs = logs + total.map(f64::ln);
            states = states.scaled(total.inverse());
        }
        let classes = logs + states.total().map(f64::ln);
        let (weights, log_likelihood) = softmax(classes);
        let within = states.scaled(states.total().inverse());
        Some(Belief {
            states: within.scaled(weights),
            log_likelihood,
        })
    }

    /// After one more day.
    pub fn then(&self, fleet: &Fleet, day: Day) -> Belief {
        let states = self.states.next(&fleet.transition, day);
        let total = states.total().sum();
        Belief {
            states: states.scaled(Lanes([1.0 / total; super::CLASSES])),
            log_likelihood: self.log_likelihood + total.ln(),
        }
    }

    /// Of the history, in natural logarithms.
    pub fn log_likelihood(&self) -> f64 {
        self.log_likelihood
    }

    pub fn p_gone(&self) -> f64 {
        at_most_one(self.states.gone.sum())
    }

    pub fn p_away(&self) -> f64 {
        at_most_one(self.states.away.sum())
    }

    pub fn chances(&self, silences: &Silences) -> Chances {
        silences.chances(&self.states)
    }

    /// The smallest number of further silent days, up to two years of them, after which something holds of the chances of
    /// silence for the 21 and the 63 days that follow.
    pub fn silent_days_until(
        &self,
        silences: &Silences,
        holds: impl Fn(u32, f64, f64) -> bool,
    ) -> Option<u32> {
        silences.first_day(&self.states, holds)
    }
}

/// Chances that the rounding of sums has carried past 1 by a bit.
pub(super) fn at_most_one(chance: f64) -> f64 {
    chance.clamp(0.0, 1.0)
}

/// `exp(x - logsumexp(x))` and `logsumexp(x)`.
pub(super) fn softmax(logs: Lanes) -> (Lanes, f64) {
    let top = logs.0.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weights = logs.map(|log| (log - top).exp());
    let sum = weights.sum();
    (weights * (1.0 / sum), top + sum.ln())
}
