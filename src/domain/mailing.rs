//! When an audience is written to, and what it was told last.

use std::collections::BTreeSet;

use chrono::{NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

use super::words;

/// Days before a notice deadline on which readers are reminded.
pub const REMINDERS: [u32; 4] = [30, 14, 7, 1];

words! {
    /// Who reads a night's figures; the words are those of the outbox.
    Audience { Finance => "finance", Admin => "admin", Webhook => "webhook" }
}

words! {
    /// How often an audience hears of a night that needs nothing of it.
    Cadence { Nightly => "nightly", Weekly => "weekly", OnChange => "on_change" }
}

words! {
    /// What a webhook takes: blocks for Slack, a card for a Teams workflow, or plain fields.
    WebhookFormat { Slack => "slack", Teams => "teams", Json => "json" }
}

/// An audience's wish. Whatever it is, notice deadlines with money at them are told in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rhythm {
    pub cadence: Cadence,
    /// Of a weekly mail: the day on which it arrives, which is the day after `as_of`.
    pub weekday: Weekday,
    /// On change: after so many days without a mail a short one says that all is as it was.
    pub heartbeat_days: u32,
}

/// What an audience can act on in a night's report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// SHA-256 over listed lines, findings and their states, amounts and deadlines; no date of the night is in it.
    pub digest: String,
    /// Account and last day to give notice, where money hangs on it.
    pub deadlines: BTreeSet<(String, NaiveDate)>,
}

/// The newest mail that an audience was sent before this night.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastTold {
    pub as_of: NaiveDate,
    /// The night of the last mail that held the whole report, where this one was a heartbeat.
    pub report_on: NaiveDate,
    pub told: Told,
}

/// Why an audience is written to about a night.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// It was never written to before.
    First,
    /// Another revision of a night that it has had.
    Correction,
    /// It was told that there is no figure, and now there is one.
    FigureBack,
    /// A notice deadline has come near.
    Deadline {
        notice_by: NaiveDate,
        days_left: u32,
    },
    /// Its cadence says so.
    Nightly,
    Weekly,
    /// Something that it can act on is another than in the last mail.
    Change,
    /// Nothing has changed since that night's report, for so long that silence could be taken for a dead job.
    Heartbeat {
        since: NaiveDate,
    },
}

impl Occasion {
    /// The word in the state store.
    pub fn as_str(&self) -> &'static str {
        match self {
            Occasion::First => "first",
            Occasion::Correction => "correction",
            Occasion::FigureBack => "figure_back",
            Occasion::Deadline { .. } => "deadline",
            Occasion::Nightly => "nightly",
            Occasion::Weekly => "weekly",
            Occasion::Change => "change",
            Occasion::Heartbeat { .. } => "heartbeat",
        }
    }
}
