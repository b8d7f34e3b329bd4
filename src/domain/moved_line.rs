//! A line that goes on under another id.

use chrono::NaiveDate;

/// The list names its lines by extension where nothing else tells them apart: a line that gets another extension gets
/// another id, and is the same line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MovedLine {
    /// The first night that showed it under its new id.
    pub on: NaiveDate,
    pub from: String,
    pub to: String,
}
