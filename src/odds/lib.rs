//! The chance that a silent line stays silent: a hidden Markov model over business days. Numbers in, numbers out.
//!
//! A line is *active* (used on a day with its class's probability), *away* (silent, will be back) or *gone* (silent, comes
//! back hardly ever). Eight classes of use rate share one transition matrix, which is fitted to the account's own lines.
//! Formulas: Rabiner, "A Tutorial on Hidden Markov Models" (1989), sections III and V; the silence problem itself: Fader,
//! Hardie and Shang, "Customer-Base Analysis in a Discrete-Time Noncontractual Setting" (2010). `docs/evidence.md` explains
//! both, and says how right it has been.
//!
//! Nothing here knows a clock, a calendar or money; every sum is taken in one order, so that the result has the same bits on
//! one thread or many.

mod belief;
mod fit;
mod lanes;
mod pattern;
mod silence;
#[cfg(test)]
mod tests;

pub use belief::Belief;
pub use fit::{Fit, STEPS, fit};
pub use pattern::{Day, PatternError, parse};
pub use silence::{Chances, HORIZONS, Silences};

use lanes::Lanes;

/// Classes of use rate.
pub const CLASSES: usize = 8;
/// Chance of use on a day on which a line of the class is active.
pub const RATES: [f64; CLASSES] = [0.004, 0.012, 0.035, 0.09, 0.2, 0.42, 0.7, 0.95];
/// What is assumed before a single line is seen, as counts of days: rows and columns active, away, gone.
const TRANSITION_COUNTS: [[f64; 3]; 3] = [[497.5, 2.0, 0.5], [3.0, 97.0, 0.0], [1.0, 0.0, 2000.0]];
/// The same for the first day of each class.
const INITIAL_COUNTS: [f64; 3] = [0.3, 0.075, 0.125];

/// Chances of the next day's state; from and to active (a), away (w), gone (g). Nobody goes from away to gone or back
/// without a day of use between.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Transition {
    aa: f64,
    aw: f64,
    ag: f64,
    wa: f64,
    ww: f64,
    ga: f64,
    gg: f64,
}

impl Transition {
    /// The rows of counts, normalised.
    fn of_counts(counts: &[[f64; 3]; 3]) -> Transition {
        let [active, away, gone] = counts.map(|row| {
            let sum: f64 = row.iter().sum();
            row.map(|count| count / sum)
        });
        Transition {
            aa: active[0],
            aw: active[1],
            ag: active[2],
            wa: away[0],
            ww: away[1],
            ga: gone[0],
            gg: gone[2],
        }
    }

    fn rows(&self) -> [[f64; 3]; 3] {
        [
            [self.aa, self.aw, self.ag],
            [self.wa, self.ww, 0.0],
            [self.ga, 0.0, self.gg],
        ]
    }
}

/// One fleet's parameters: how its lines fall silent and come back.
#[derive(Debug, Clone, PartialEq)]
pub struct Fleet {
    transition: Transition,
    /// Joint weights of class and state on a line's first day, by state.
    initial: [Lanes; 3],
}

impl Fleet {
    /// T0 and I0: what is assumed of an account with too few lines to fit.
    pub fn prior() -> Fleet {
        Fleet::of_counts(&TRANSITION_COUNTS, &[INITIAL_COUNTS; CLASSES])
    }

    /// From chances that [`Fleet::transition`] and [`Fleet::initial`] gave.
    pub fn of(transition: [[f64; 3]; 3], initial: [[f64; 3]; CLASSES]) -> Fleet {
        let state = |state: usize| Lanes(std::array::from_fn(|class| initial[class][state]));
        let [[aa, aw, ag], [wa, ww, _], [ga, _, gg]] = transition;
        Fleet {
            transition: Transition {
                aa,
                aw,
                ag,
                wa,
                ww,
                ga,
                gg,
            },
            initial: [state(0), state(1), state(2)],
        }
    }

    fn of_counts(transition: &[[f64; 3]; 3], initial: &[[f64; 3]; CLASSES]) -> Fleet {
        let sum: f64 = initial.iter().flatten().sum();
        let state = |state: usize| Lanes(std::array::from_fn(|class| initial[class][state] / sum));
        Fleet {
            transition: Transition::of_counts(transition),
            initial: [state(0), state(1), state(2)],
        }
    }

    /// Chances from each state (row) to each (column): active, away, gone.
    pub fn transition(&self) -> [[f64; 3]; 3] {
        self.transition.rows()
    }

    /// Weights of each class's states on the first day; all of them together are 1.
    pub fn initial(&self) -> [[f64; 3]; CLASSES] {
        std::array::from_fn(|class| std::array::from_fn(|state| self.initial[state].0[class]))
    }
}
