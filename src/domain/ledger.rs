//! What became of each finding over the nights: found, approved, acted on, proven by a later invoice, lost again.

use chrono::NaiveDate;

use super::{Cents, Currency, FindingKind, FindingState, Tier};

/// One finding since it was first found. Days are the `as_of` of the night that learned of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerEntry {
    pub finding_id: String,
    pub kind: FindingKind,
    pub account_id: String,
    pub line_id: Option<String>,
    /// Of the line when it was found: what it is told by once it has left.
    pub cost_center: Option<String>,
    pub tier: Option<Tier>,
    pub first_seen: NaiveDate,
    pub last_seen: NaiveDate,
    /// Date of the newest invoice when it was last found.
    pub invoice_date: Option<NaiveDate>,
    /// A month's money when it was last found; 0.00 where none can be had back.
    pub monthly_amount: Cents,
    pub currency: Currency,
    pub state: FindingState,
    pub approved_on: Option<NaiveDate>,
    pub actioned_on: Option<NaiveDate>,
    pub realised_on: Option<NaiveDate>,
    pub slipped_back_on: Option<NaiveDate>,
    /// The new line that took the saving back.
    pub taken_back_by: Option<String>,
    pub dismissed_on: Option<NaiveDate>,
}

impl LedgerEntry {
    /// The day on which it reached a stage; of a dismissal only while it stands.
    pub fn reached(&self, stage: FindingState) -> Option<NaiveDate> {
        match stage {
            FindingState::Identified => Some(self.first_seen),
            FindingState::Approved => self.approved_on,
            FindingState::Actioned => self.actioned_on,
            FindingState::Realised => self.realised_on,
            FindingState::SlippedBack => self.slipped_back_on,
            FindingState::Dismissed => self
                .dismissed_on
                .filter(|_| self.state == FindingState::Dismissed),
            FindingState::Expired => None,
        }
    }
}

impl LedgerEntry {
    /// The last day on which anything became of it.
    pub fn newest_day(&self) -> NaiveDate {
        let days = [
            self.approved_on,
            self.actioned_on,
            self.realised_on,
            self.slipped_back_on,
            self.dismissed_on,
        ];
        days.into_iter().flatten().fold(self.last_seen, NaiveDate::max)
    }
}

/// The stages that the ledger sums, in their order.
pub const LEDGER_STAGES: [FindingState; 6] = [
    FindingState::Identified,
    FindingState::Approved,
    FindingState::Actioned,
    FindingState::Realised,
    FindingState::SlippedBack,
    FindingState::Dismissed,
];

/// The monthly money of all entries that had reached a stage by a day, since the start. A finding stands in every stage that
/// it has reached: what is realised was identified too.
pub fn ledger_sum(entries: &[LedgerEntry], stage: FindingState, by: NaiveDate) -> Cents {
    entries
        .iter()
        .filter(|entry| entry.reached(stage).is_some_and(|day| day <= by))
        .map(|entry| entry.monthly_amount)
        .sum()
}
