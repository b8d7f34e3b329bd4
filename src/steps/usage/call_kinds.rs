//! Legs of each kind, by which an export shows that it leaves some out.

use serde::{Deserialize, Serialize};

use super::roll_up::{Outcome, is_known_result};

/// Calls of under so many seconds (missed ones, wrong numbers, a box that answers) are in every company's log.
pub const SHORT_SECONDS: i64 = 20;

/// Legs of each kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CallKinds {
    /// Legs that say how long they took; of those, short ones, and lengths of whole minutes.
    pub timed: u64,
    pub short: u64,
    pub whole_minutes: u64,
    pub shortest: Option<i64>,
    /// Legs whose result is known; of those, calls that nobody answered.
    pub told: u64,
    pub unanswered: u64,
    /// Legs whose two ends are the company's own.
    pub between_own: u64,
}

impl CallKinds {
    pub fn add(
        &mut self,
        (result, outcome): (Option<&str>, Outcome),
        seconds: Option<i64>,
        is_between_own: bool,
    ) {
        if let Some(seconds) = seconds {
            self.timed += 1;
            self.short += u64::from(seconds < SHORT_SECONDS);
            self.whole_minutes += u64::from(seconds % 60 == 0);
            self.shortest = Some(self.shortest.map_or(seconds, |shortest| shortest.min(seconds)));
        }
        if result.is_some_and(is_known_result) {
            self.told += 1;
            self.unanswered += u64::from(outcome == Outcome::Demand);
        }
        self.between_own += u64::from(is_between_own);
    }

    pub fn and(self, other: CallKinds) -> CallKinds {
        CallKinds {
            timed: self.timed + other.timed,
            short: self.short + other.short,
            whole_minutes: self.whole_minutes + other.whole_minutes,
            shortest: match (self.shortest, other.shortest) {
                (Some(one), Some(other)) => Some(one.min(other)),
                (one, other) => one.or(other),
            },
            told: self.told + other.told,
            unanswered: self.unanswered + other.unanswered,
            between_own: self.between_own + other.between_own,
        }
    }
}
