//! What the directory, the admins and the calendar know of people and days.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::words;

words! {
    DirectoryStatus { Active => "active", Disabled => "disabled", Departed => "departed" }
}

/// One person in the directory, keyed by folded e-mail (login where there is none).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectoryEntry {
    pub account_id: Option<String>,
    pub email: String,
    /// What they sign in with, where it is another address than the e-mail.
    pub login: Option<String>,
    pub status: DirectoryStatus,
    pub departed_on: Option<NaiveDate>,
    pub on_leave_until: Option<NaiveDate>,
    pub last_sign_in_at: Option<DateTime<Utc>>,
    /// Where the directory does not tell successful sign-ins from failed ones: the last of both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_sign_in_tried_at: Option<DateTime<Utc>>,
    pub department: Option<String>,
    pub cost_center: Option<String>,
    pub manager_email: Option<String>,
}

impl DirectoryEntry {
    /// Departed, or disabled with a day of leaving; that day may lie ahead.
    pub fn has_left(&self) -> bool {
        match self.status {
            DirectoryStatus::Departed => true,
            DirectoryStatus::Disabled => self.departed_on.is_some(),
            DirectoryStatus::Active => false,
        }
    }
}

/// The last sign-ins of a line's holder to the directory, by the account's days.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignIns {
    pub succeeded_on: Option<NaiveDate>,
    /// Successful or not, where the directory does not tell the two apart.
    pub tried_on: Option<NaiveDate>,
    /// Told by an earlier night's directory alone.
    #[serde(skip)]
    pub is_remembered: bool,
}

impl SignIns {
    pub fn is_none(&self) -> bool {
        self.newest().is_none()
    }

    pub fn newest(&self) -> Option<NaiveDate> {
        self.succeeded_on.max(self.tried_on)
    }
}

words! {
    DecisionKind {
        Keep => "keep", Reclaim => "reclaim", Downgrade => "downgrade", Reassign => "reassign",
        Dispute => "dispute", Dismiss => "dismiss",
    }
}

/// What an admin wrote into the action list, on a line or on a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    pub account_id: String,
    pub line_id: Option<String>,
    pub finding_id: Option<String>,
    pub decision: DecisionKind,
    pub reason: Option<String>,
    pub owner: Option<String>,
    pub decided_on: Option<NaiveDate>,
    /// Valid through this day.
    pub expires_on: Option<NaiveDate>,
    /// The holder as printed in the list that was handed back; lapses when the holder changes.
    pub holder: Option<String>,
    /// Where it stands, for messages: file and row, or the job key of a standing rule.
    pub origin: String,
}

impl DecisionKind {
    /// Leaves things as they are: nothing is taken, and nothing is asked back.
    pub fn sets_aside(self) -> bool {
        matches!(self, DecisionKind::Keep | DecisionKind::Dismiss)
    }
}

impl Decision {
    /// Of two decisions on one thing the later holds, and of one day the one that leaves things as they are, since a phone
    /// that is taken is not given back by an apology. A keep needs no date: it is as new as its last day. Others do not hold
    /// without one; they count as the newest, so that they are told.
    pub fn age(&self) -> (NaiveDate, bool, Option<NaiveDate>) {
        let last_day = self.expires_on.filter(|_| self.decision == DecisionKind::Keep);
        let day = self.decided_on.or(last_day).unwrap_or(NaiveDate::MAX);
        (day, self.decision.sets_aside(), self.expires_on)
    }
}

/// A day without business, at one location or (blank) everywhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holiday {
    pub account_id: Option<String>,
    pub location: Option<String>,
    pub day: NaiveDate,
    pub name: Option<String>,
}
