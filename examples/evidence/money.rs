//! Flags in money: what a policy costs, and who comes back among as many flags or at as much saved.

use quietline::domain::{Cents, Flags, Prediction};
use quietline::steps::backtest::{Ranked, flags_of};
use quietline::steps::chances::removal_test::RemovalTest;

use crate::judge::{Case, scoring};

pub const PRICES: [Cents; 3] = [Cents(2000), Cents(3000), Cents(4000)];
/// The job's default, and what the specification measured with.
pub const WRONG_REMOVALS: [Cents; 2] = [Cents(25_000), Cents(15_000)];

/// One decision on the origin's day, and the three months after it: a line left alone costs its price for each whole month
/// that it stays silent, a line taken away that is used again costs the wrong removal. In units of money.
fn cost(cases: &[Case], price: Cents, wrong: Cents, flagged: impl Fn(&Case) -> bool) -> f64 {
    let of = |case: &Case| match (flagged(case), case.came_back) {
        (true, true) => wrong.0 as f64,
        (true, false) => 0.0,
        (false, _) => price.0 as f64 * f64::from(case.silent_months),
    };
    cases.iter().map(of).sum::<f64>() / 100.0
}

pub fn of_model(cases: &[Case], price: Cents, wrong: Cents) -> f64 {
    let decision = RemovalTest::of(&scoring(wrong));
    cost(cases, price, wrong, |case| case.is_flagged(&decision, price))
}

pub fn of_window(cases: &[Case], price: Cents, wrong: Cents) -> f64 {
    cost(cases, price, wrong, past_window)
}

pub fn past_window(case: &Case) -> bool {
    case.days_silent >= 90
}

/// What the 90-day window flags in one company, and what the model's order flags instead of it.
#[derive(Clone, Copy)]
pub struct Instead {
    pub window: Flags,
    /// What the decision flags at 20 a month and the job's default price of a wrong removal.
    pub decided: Flags,
    pub at_count: Flags,
    pub at_savings: Flags,
    /// The same without the season guard.
    pub at_savings_unguarded: Flags,
}

impl Instead {
    pub fn of(cases: &[Case]) -> Instead {
        let ([price, ..], [wrong, _]) = (PRICES, WRONG_REMOVALS);
        let decision = RemovalTest::of(&scoring(wrong));
        let of = |keep: &dyn Fn(&Case) -> bool| -> Vec<Prediction> {
            cases
                .iter()
                .filter(|case| keep(case))
                .map(|case| case.prediction(false))
                .collect()
        };
        let window = flags_of(&of(&past_window));
        let saved = window.monthly_flagged - window.monthly_wrong;
        let (unguarded, all) = (of(&|case| !case.guarded), of(&|_| true));
        let by_chance = |prediction: &Prediction| prediction.p_silent_90;
        let ranked = Ranked::by(&unguarded, by_chance);
        Instead {
            window,
            decided: flags_of(&of(&|case| case.is_flagged(&decision, price))),
            at_count: ranked.at_count(window.flagged),
            at_savings: ranked.at_savings(saved),
            at_savings_unguarded: Ranked::by(&all, by_chance).at_savings(saved),
        }
    }
}
