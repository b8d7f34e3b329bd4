//! What lay in the files and could not be read, for whoever acts on the lines that it may have held back.

use super::TableName;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unread {
    pub decisions: Vec<UnreadDecision>,
    pub sheets: Vec<UnreadSheets>,
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

/// Sheets of a workbook that hold something and are not the one that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadSheets {
    pub table: TableName,
    pub file: String,
    pub read: String,
    /// As a message names them.
    pub others: Vec<String>,
}
