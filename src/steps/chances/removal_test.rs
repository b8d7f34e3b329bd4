//! Is removing a line worth more than waiting a month for its next call? (docs/rules.md)

use crate::domain::{Cents, Scoring};

/// Chances of silence for the next 30 and 90 days, unrounded.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Odds {
    pub silent_30: f64,
    pub silent_90: f64,
}

/// Known business days of a silence before anybody looks at it.
pub const QUIET_BUSINESS_DAYS: u32 = 10;

/// What it takes to take a line back.
#[derive(Debug, Clone, Copy)]
pub struct RemovalTest {
    wrong_removal_cost: f64,
    min_confidence: f64,
    sure: f64,
    pub min_known_business_days: u32,
}

impl RemovalTest {
    pub fn of(scoring: &Scoring) -> RemovalTest {
        let chance = |millionths: u32| f64::from(millionths) / 1e6;
        RemovalTest {
            wrong_removal_cost: scoring.wrong_removal_cost.0 as f64,
            min_confidence: chance(scoring.min_confidence),
            sure: chance(scoring.sure),
            min_known_business_days: scoring.min_known_business_days,
        }
    }

    /// Waiting costs the month's price; removing costs the price of a wrong removal, if the line is used in that month. One
    /// step ahead is enough: silence only makes the chance of a call smaller. And nothing goes below the confidence. Where no
    /// price is known there is nothing to weigh the risk against, and the confidence alone decides.
    pub fn says_remove(&self, odds: Odds, monthly_cost: Option<Cents>) -> bool {
        match monthly_cost {
            Some(cost) => self.risk(odds) < cost.0 as f64 && self.is_confident(odds),
            None => self.is_confident(odds),
        }
    }

    /// Nothing is idle below it.
    pub fn is_confident(&self, odds: Odds) -> bool {
        odds.silent_90 >= self.min_confidence
    }

    /// What removing costs on an average, in cents.
    fn risk(&self, odds: Odds) -> f64 {
        (1.0 - odds.silent_30) * self.wrong_removal_cost
    }

    pub fn is_sure(&self, odds: Odds) -> bool {
        odds.silent_90 >= self.sure
    }

    /// Enough days seen, and enough of them silent.
    pub fn is_seen_enough(&self, known_business_days: u32, silent_business_days: u32) -> bool {
        known_business_days >= self.min_known_business_days && silent_business_days >= QUIET_BUSINESS_DAYS
    }

    /// The average cost of removing, to the cent (half up).
    pub fn price_of_removing(&self, odds: Odds) -> Cents {
        Cents(self.risk(odds).round() as i64)
    }
}
