//! What finance reads as the step with a line: nothing that tells of whoever holds it.

use std::fmt;

use chrono::NaiveDate;

use crate::domain::Action;

/// The steps that finance may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Remove,
    /// Administrators ask, reroute, offer or look first: which of these says something of a person.
    CheckFirst,
    /// Kept until that day, by a decision or otherwise.
    NotUntil(NaiveDate),
    Keep,
}

impl Step {
    pub(super) fn of(action: Action, stays_until: Option<NaiveDate>) -> Step {
        match (action, stays_until) {
            (Action::Keep, Some(day)) => Step::NotUntil(day),
            (Action::Keep, None) => Step::Keep,
            (Action::Reclaim, _) => Step::Remove,
            (
                Action::AskHolder
                | Action::RerouteThenReclaim
                | Action::Reassign
                | Action::Downgrade
                | Action::ReleaseNumber
                | Action::Dispute
                | Action::Review,
                _,
            ) => Step::CheckFirst,
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Remove => out.write_str("remove"),
            Step::CheckFirst => out.write_str("check first"),
            Step::NotUntil(day) => write!(out, "not to be removed until {day}"),
            Step::Keep => out.write_str("keep"),
        }
    }
}
