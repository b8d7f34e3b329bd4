//! What stops a pull, said to the person who can mend it.

use std::path::{Path, PathBuf};

use crate::domain::Quarantined;
use crate::domain::counted;

/// Every variant names the place: job key, file, row and column as far as they are known.
#[derive(Debug, thiserror::Error)]
pub enum PullError {
    /// A file that is not there, or cannot be read.
    #[error("{}: {what} (job key sources.{source_name}.files)", path.display())]
    Unavailable {
        source_name: String,
        path: PathBuf,
        what: String,
    },
    /// A file that was read, and cannot be right.
    #[error("{file}{}: {what}", Place { row: *row, column })]
    Data {
        file: String,
        row: Option<u64>,
        column: Option<String>,
        what: String,
    },
    /// A heading set that is not the table's.
    #[error(
        "{file}: {what}. Headings found: {}. Name them in the job: [sources.{source_name}.map] \"heading in the file\" = \"column\"",
        list(found)
    )]
    Schema {
        source_name: String,
        file: String,
        what: String,
        found: Vec<String>,
    },
    #[error(
        "{table}: {quarantined} of {} cannot be used, and {limit} {} allowed (job key gates.max_quarantined_rows, or 1 % of the rows). The first: {}",
        counted(rows, "row", "rows"),
        if *limit == 1 { "is" } else { "are" },
        rows_listed.iter().take(5).map(Quarantined::place_and_reason).collect::<Vec<_>>().join("; ")
    )]
    TooManyQuarantined {
        table: String,
        quarantined: u64,
        rows: u64,
        limit: u64,
        /// As many as are remembered.
        rows_listed: Vec<Quarantined>,
    },
    /// A setting that only shows itself as wrong beside the files.
    #[error("job key {key}: {what}")]
    Job { key: String, what: String },
    #[error("{}: {what}; the legs kept from earlier nights are as they were", path.display())]
    Store { path: PathBuf, what: String },
}

impl PullError {
    /// 65 bad data, 69 a source that is not there, 74 a store that cannot be written, 76 schema, 78 job file.
    pub fn exit_code(&self) -> u8 {
        match self {
            PullError::Data { .. } | PullError::TooManyQuarantined { .. } => 65,
            PullError::Unavailable { .. } => 69,
            PullError::Store { .. } => 74,
            PullError::Schema { .. } => 76,
            PullError::Job { .. } => 78,
        }
    }

    /// What is told of a file that lies among the lists that people hand in and is none: it costs nobody the night. Other
    /// errors than those of a file stay.
    pub(super) fn left_alone(self) -> Result<String, PullError> {
        let why = match self {
            PullError::Data {
                row: Some(row), what, ..
            } => format!("row {row}: {what}"),
            PullError::Data { what, .. }
            | PullError::Schema { what, .. }
            | PullError::Unavailable { what, .. } => what,
            error => return Err(error),
        };
        Ok(format!(
            "could not be read, and what may stand in it holds for nobody ({why})"
        ))
    }

    /// A file that somebody is still writing.
    pub(super) fn changing(source_name: &str, path: &Path) -> PullError {
        PullError::Unavailable {
            source_name: source_name.to_owned(),
            path: path.to_path_buf(),
            what: "changed while it was read, so it is still being written, and half of it is not taken for the whole. \
                   Run again once it is all there"
                .to_owned(),
        }
    }

    pub(super) fn store(path: &Path, cause: impl std::fmt::Display) -> PullError {
        PullError::Store {
            path: path.to_path_buf(),
            what: cause.to_string(),
        }
    }
}

struct Place<'a> {
    row: Option<u64>,
    column: &'a Option<String>,
}

impl std::fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(row) = self.row {
            write!(f, ", row {row}")?;
        }
        if let Some(column) = self.column {
            write!(f, ", column {column}")?;
        }
        Ok(())
    }
}

/// A heading line can be anything, so what is shown of it is bounded.
fn list(words: &[String]) -> String {
    const SHOWN: usize = 40;
    let mut shown: Vec<String> = words
        .iter()
        .take(SHOWN)
        .map(|word| word.chars().take(60).collect())
        .collect();
    if words.len() > SHOWN {
        shown.push(format!("and {} more", words.len() - SHOWN));
    }
    shown.join(", ")
}
