//! Fits a fleet's parameters to its lines by expectation and maximisation (Rabiner 1989, section III.C).

use rayon::prelude::*;

use super::belief::{States, softmax};
use super::lanes::Lanes;
use super::{CLASSES, Day, Fleet, INITIAL_COUNTS, TRANSITION_COUNTS, Transition};

/// Steps of expectation and maximisation: always as many, so that a fit depends on nothing but the histories.
pub const STEPS: usize = 20;

/// A fitted fleet.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    pub fleet: Fleet,
    pub lines: usize,
    /// Log-likelihood of all histories before each step, and after the last.
    pub path: Vec<f64>,
    /// The same with the logarithm of the prior density: what never falls from step to step.
    pub penalised: Vec<f64>,
}

impl Fit {
    pub fn log_likelihood(&self) -> f64 {
        self.path.last().copied().unwrap_or(0.0)
    }
}

/// Fits to histories in their order; those without a day are passed over.
pub fn fit(histories: &[&[Day]]) -> Fit {
    let histories: Vec<&[Day]> = histories
        .iter()
        .copied()
        .filter(|days| !days.is_empty())
        .collect();
    let mut fleet = Fleet::prior();
    let (mut path, mut penalised) = (Vec::with_capacity(STEPS + 1), Vec::with_capacity(STEPS + 1));
    for step in 0..=STEPS {
        let counts = expected(&fleet, &histories);
        path.push(counts.log_likelihood);
        penalised.push(counts.log_likelihood + log_prior(&fleet));
        if step < STEPS {
            fleet = maximised(&counts);
        }
    }
    Fit {
        fleet,
        lines: histories.len(),
        path,
        penalised,
    }
}

/// Expected numbers of transitions and of first days, and the log-likelihood that they come with.
struct Counts {
    transitions: [[f64; 3]; 3],
    first: [[f64; 3]; CLASSES],
    log_likelihood: f64,
}

impl Counts {
    const NONE: Counts = Counts {
        transitions: [[0.0; 3]; 3],
        first: [[0.0; 3]; CLASSES],
        log_likelihood: 0.0,
    };

    fn add(&mut self, line: &Counts) {
        let pairs = self.transitions.iter_mut().zip(&line.transitions);
        for (sum, more) in pairs.chain(self.first.iter_mut().zip(&line.first)) {
            for (sum, more) in sum.iter_mut().zip(more) {
                *sum += more;
            }
        }
        self.log_likelihood += line.log_likelihood;
    }
}

/// Lines are counted side by side and added in their order.
fn expected(fleet: &Fleet, histories: &[&[Day]]) -> Counts {
    let lines: Vec<Counts> = histories
        .par_iter()
        .map_init(Vec::new, |passed, days| counts_of(fleet, days, passed))
        .collect();
    let mut sum = Counts::NONE;
    for line in &lines {
        sum.add(line);
    }
    sum
}

fn maximised(counts: &Counts) -> Fleet {
    let mut transitions = TRANSITION_COUNTS;
    let mut first = [INITIAL_COUNTS; CLASSES];
    let pairs = transitions.iter_mut().zip(&counts.transitions);
    for (sum, more) in pairs.chain(first.iter_mut().zip(&counts.first)) {
        for (sum, more) in sum.iter_mut().zip(more) {
            *sum += more;
        }
    }
    Fleet::of_counts(&transitions, &first)
}

/// The logarithm of the prior density up to a constant: pseudo-counts times the logarithm of what they count.
fn log_prior(fleet: &Fleet) -> f64 {
    let weighed = |count: f64, chance: f64| if count > 0.0 { count * chance.ln() } else { 0.0 };
    let rows = TRANSITION_COUNTS.iter().zip(fleet.transition());
    let firsts = [INITIAL_COUNTS; CLASSES];
    let firsts = firsts.iter().zip(fleet.initial());
    rows.chain(firsts)
        .flat_map(|(counts, chances)| counts.iter().copied().zip(chances).collect::<Vec<_>>())
        .map(|(count, chance)| weighed(count, chance))
        .sum()
}

/// A day of the forward pass: its states with their sum at 1, and what they were divided by.
struct Passed {
    states: States,
    total: Lanes,
}

/// Forward and backward through one line. `passed` only saves the allocation.
fn counts_of(fleet: &Fleet, days: &[Day], passed: &mut Vec<Passed>) -> Counts {
    passed.clear();
    let mut logs = Lanes::ZERO;
    let mut product = Lanes::ONE;
    for (index, day) in days.iter().enumerate() {
        let states = match passed.last() {
            None => States::first(fleet, *day),
            Some(before) => before.states.next(&fleet.transition, *day),
        };
        let total = states.total();
        product = product * total;
        // One logarithm for each few days: the product of so many chances still has all its digits.
        if index % 16 == 15 {
            logs = logs + product.map(f64::ln);
            product = Lanes::ONE;
        }
        passed.push(Passed {
            states: states.scaled(total.inverse()),
            total,
        });
    }
    let (weights, log_likelihood) = softmax(logs + product.map(f64::ln));
    let t = &fleet.transition;
    let mut pairs = Pairs::NONE;
    let mut after = States::ONE;
    for index in (1..days.len()).rev() {
        // `e(x) b / c`: what a day and all after it say of that day's states.
        let next = after.seen(days[index]).scaled(passed[index].total.inverse());
        pairs.add(&passed[index - 1].states, &next);
        after = next.before(t);
    }
    Counts {
        transitions: pairs.weighed(t, weights),
        first: first_days(passed.first(), &after, weights),
        log_likelihood,
    }
}

/// Sums over the days of (state on the day before) x (state on the day), for the pairs that can follow each other.
struct Pairs {
    aa: Lanes,
    aw: Lanes,
    ag: Lanes,
    wa: Lanes,
    ww: Lanes,
    ga: Lanes,
    gg: Lanes,
}

impl Pairs {
    const NONE: Pairs = Pairs {
        aa: Lanes::ZERO,
        aw: Lanes::ZERO,
        ag: Lanes::ZERO,
        wa: Lanes::ZERO,
        ww: Lanes::ZERO,
        ga: Lanes::ZERO,
        gg: Lanes::ZERO,
    };

    fn add(&mut self, from: &States, to: &States) {
        self.aa = self.aa + from.active * to.active;
        self.aw = self.aw + from.active * to.away;
        self.ag = self.ag + from.active * to.gone;
        self.wa = self.wa + from.away * to.active;
        self.ww = self.ww + from.away * to.away;
        self.ga = self.ga + from.gone * to.active;
        self.gg = self.gg + from.gone * to.gone;
    }

    fn weighed(&self, t: &Transition, weights: Lanes) -> [[f64; 3]; 3] {
        let count = |chance: f64, pairs: Lanes| chance * (pairs * weights).sum();
        [
            [count(t.aa, self.aa), count(t.aw, self.aw), count(t.ag, self.ag)],
            [count(t.wa, self.wa), count(t.ww, self.ww), 0.0],
            [count(t.ga, self.ga), 0.0, count(t.gg, self.gg)],
        ]
    }
}

fn first_days(first: Option<&Passed>, after: &States, weights: Lanes) -> [[f64; 3]; CLASSES] {
    let Some(Passed { states, .. }) = first else {
        return [[0.0; 3]; CLASSES];
    };
    let [active, away, gone] = [
        states.active * after.active * weights,
        states.away * after.away * weights,
        states.gone * after.gone * weights,
    ];
    std::array::from_fn(|class| [active.0[class], away.0[class], gone.0[class]])
}
