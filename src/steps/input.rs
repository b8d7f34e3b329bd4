//! Everything that one account's statement is made of.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;

use crate::domain::{
    Account, BacktestOrigin, Baseline, Charge, Contract, Decision, Holiday, KnownLine, LedgerEntry,
    PriceBook, Scoring, SentFlag, SignIns, UnreadContract, UnreadNames, UnreadSeat,
};
use crate::frames::usage::Usage;
use crate::steps::coverage::Coverage;
use crate::steps::roster::normalise::Roster;
use crate::steps::usage::day_join::NamedBy;
use crate::steps::usage::unlisted::Unlisted;

/// What cannot go on in a step that has checked input: a fault of ours or of the machine, not of the user's data.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    #[error("a table could not be computed")]
    Frame(#[from] polars::prelude::PolarsError),
    #[error("a pattern of the price book or of the kind rules does not compile")]
    Pattern(#[from] regex::Error),
}

/// Everything that one account's statement is made of.
pub struct AccountInput<'a> {
    pub account: &'a Account,
    pub roster: Roster,
    pub usage: Usage,
    pub coverage: &'a Coverage,
    /// How the call rows of the last 90 days name their ends.
    pub named_by: NamedBy,
    /// Whether call rows of the last 90 days say which calls were recorded.
    pub tells_recorded: bool,
    /// Ends that rows of the calls and of the line list name which could not be used.
    pub unread: &'a UnreadNames,
    /// What the call rows of all known days name and no line has.
    pub unlisted: &'a [Unlisted],
    pub sign_ins: &'a BTreeMap<String, SignIns>,
    pub holidays: &'a [Holiday],
    pub charges: &'a [Charge],
    pub contracts: &'a [Contract],
    /// Contract rows that could not be used.
    pub unread_contracts: &'a [UnreadContract],
    /// Rows of the line list that do not tell whose extension they are.
    pub unread_seats: &'a [UnreadSeat],
    pub book: &'a PriceBook,
    /// The day on which the inventory first showed a line, where it was not the first inventory.
    pub first_seen: &'a HashMap<String, NaiveDate>,
    /// Every line that an earlier night has reported, with the first such day.
    pub seen_lines: &'a BTreeMap<String, NaiveDate>,
    /// Every line that an earlier night's inventory has shown.
    pub known_lines: &'a [KnownLine],
    /// Findings of earlier nights, and what became of them.
    pub ledger: &'a [LedgerEntry],
    /// The last reported night before this one, and the digest of tonight's scoring.
    pub last_night: Option<(NaiveDate, &'a Baseline)>,
    pub scoring_digest: &'a str,
    /// The last day on which nobody could have seen a line's calls.
    pub unseen_until: &'a HashMap<String, NaiveDate>,
    /// All of the account's decisions, for what was in force on days in the past.
    pub decisions: &'a [Decision],
    /// Flags of earlier nights, as they were sent.
    pub sent_flags: &'a [SentFlag],
    /// Origins of the back-test from earlier nights, by their keys.
    pub remembered_origins: &'a HashMap<String, BacktestOrigin>,
    pub scoring: &'a Scoring,
    pub as_of: NaiveDate,
}
