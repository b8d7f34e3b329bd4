//! A line as earlier reported nights knew it.

use chrono::NaiveDate;

use super::Line;

/// A line that an earlier inventory has shown, without its holder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownLine {
    /// As it was last shown.
    pub line: Line,
    /// The first night that missed it; none while it is there.
    pub gone_on: Option<NaiveDate>,
    /// Oldest first.
    pub extensions: Vec<HeldExtension>,
}

/// The first and the last night that showed a line under an extension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldExtension {
    pub extension: String,
    pub first_on: NaiveDate,
    pub last_on: NaiveDate,
}
