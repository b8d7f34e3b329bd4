//! What lay in the files and could not be read, for whoever acts on the lines that it may have held back.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::Tier;

/// Names of whom rows speak that could not be used, as they are remembered: `extension 101`, `login ann`.
pub type UnreadNames = BTreeMap<String, UnreadDays>;

/// The rows that name somebody and could not be used; nothing where they are rows of a list, which are of no day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UnreadDays {
    pub rows: u64,
    /// The first and the last day on which they may lie.
    pub span: Option<(NaiveDate, NaiveDate)>,
}

impl UnreadDays {
    /// With further rows that name the same.
    pub fn add(&mut self, rows: u64, (first, last): (NaiveDate, NaiveDate)) {
        let (from, to) = self.span.unwrap_or((first, last));
        self.rows += rows;
        self.span = Some((from.min(first), to.max(last)));
    }
}

/// A call row that cannot be used, and whom it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadCall {
    /// None where its time is what cannot be read.
    pub day: Option<NaiveDate>,
    pub call_id: Option<String>,
    pub names: Vec<String>,
}

/// A row of the line list that tells somebody and not the extension of the seat: any that the list lacks may be it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadSeat {
    pub account_id: String,
    /// Whom it names all the same, as `login ann` or `number 12125550111`.
    pub names: Vec<String>,
    /// File and row.
    pub origin: String,
}

impl UnreadSeat {
    /// Whether a number that it does not name may be its.
    pub fn names_no_number(&self) -> bool {
        !self.names.iter().any(|name| name.starts_with("number "))
    }
}

/// A row with a decision that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadDecision {
    /// None where the row names none of the job's.
    pub account_id: Option<String>,
    pub line_id: Option<String>,
    pub finding_id: Option<String>,
    /// The word as it stands there.
    pub decision: String,
    /// File and row.
    pub origin: String,
    pub reason: String,
}

/// A contract row that cannot be used: what it says is not known, which is not that there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadContract {
    /// None where the row names none of the job's.
    pub account_id: Option<String>,
    pub contract_id: String,
    /// None: of all tiers, or of one that cannot be read either.
    pub tier: Option<Tier>,
    /// File and row.
    pub origin: String,
}

impl UnreadContract {
    pub fn may_be_of(&self, contract_id: Option<&str>, tier: Option<Tier>) -> bool {
        contract_id == Some(self.contract_id.as_str()) && (self.tier.is_none() || self.tier == tier)
    }
}
