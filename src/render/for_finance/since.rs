//! What has changed since the last comparable night, by what finance may know: that a line is called, held back or on leave again
//! is told of no line, and of one line in a night's change it would be.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::domain::{ChangeCause, KnownSum, SinceLast};

pub enum Since<'a> {
    First,
    /// The night before is of another kind: its day, and why it is not compared.
    Unlike(NaiveDate, &'a str),
    Compared(Change),
}

/// `before` plus all amounts is tonight's idle money, as far as prices are known.
pub struct Change {
    pub since: NaiveDate,
    pub before: KnownSum,
    /// Cause, and the money of its lines (below zero where it went).
    pub causes: Vec<(Cause, KnownSum)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    NewlyIdle,
    NoLongerIdle,
    Removed,
    CostChanged,
}

impl Cause {
    fn of(cause: ChangeCause) -> Cause {
        match cause {
            ChangeCause::NewlyIdle => Cause::NewlyIdle,
            ChangeCause::Removed => Cause::Removed,
            ChangeCause::CostChanged => Cause::CostChanged,
            ChangeCause::UsedAgain
            | ChangeCause::KeptByDecision
            | ChangeCause::HeldBack
            | ChangeCause::OtherPrice
            | ChangeCause::OtherData
            | ChangeCause::NotJudged => Cause::NoLongerIdle,
        }
    }

    pub fn in_words(self) -> &'static str {
        match self {
            Cause::NewlyIdle => "newly idle",
            Cause::NoLongerIdle => "no longer idle",
            Cause::Removed => "removed",
            Cause::CostChanged => "at another cost",
        }
    }
}

impl Since<'_> {
    pub(super) fn of(since_last: &SinceLast) -> Since<'_> {
        match since_last {
            SinceLast::First => Since::First,
            SinceLast::Unlike(day, why) => Since::Unlike(*day, why),
            SinceLast::Compared(change) => {
                let mut causes: BTreeMap<Cause, KnownSum> = BTreeMap::new();
                for (cause, sum) in &change.causes {
                    *causes.entry(Cause::of(*cause)).or_default() += *sum;
                }
                Since::Compared(Change {
                    since: change.since,
                    before: change.before,
                    causes: causes.into_iter().collect(),
                })
            }
        }
    }
}
