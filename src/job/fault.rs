//! What is wrong with a job, said so that it can be mended: the key, the value, where it stands, what would be valid.

use std::cell::RefCell;
use std::fmt;
use std::path::PathBuf;

/// Why there is no job. All faults of a file are named at once.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// The job file, or a file it names, cannot be read.
    #[error("cannot read {what} {}", path.display())]
    Read {
        what: &'static str,
        path: PathBuf,
        source: std::io::Error,
    },
    /// Not TOML. The line itself is not shown: a secret may stand on it.
    #[error("{file}, line {line}, column {column}: {message}")]
    Syntax {
        file: String,
        line: usize,
        column: usize,
        message: String,
    },
    #[error("{job}: {} cannot be used\n{}", count(faults), bullets(faults))]
    Faults { job: String, faults: Vec<Fault> },
    #[error("the settings cannot be put together")]
    Merge(#[from] config::ConfigError),
}

fn count(faults: &[Fault]) -> String {
    match faults.len() {
        1 => "1 setting".to_owned(),
        many => format!("{many} settings"),
    }
}

fn bullets(faults: &[Fault]) -> String {
    let lines: Vec<String> = faults.iter().map(|fault| format!("  - {fault}")).collect();
    lines.join("\n")
}

/// One setting that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub key: String,
    /// As it is shown; none where it is missing, or must not be shown.
    pub value: Option<String>,
    /// Where it comes from; none where nobody gave it.
    pub origin: Option<String>,
    /// What would be valid.
    pub says: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.key)?;
        if let Some(value) = &self.value {
            write!(f, " = {value}")?;
        }
        if let Some(origin) = &self.origin {
            write!(f, " (from {origin})")?;
        }
        write!(f, ": {}", self.says)
    }
}

/// Collects faults while the sections are read, so that one run names them all.
#[derive(Debug, Default)]
pub(super) struct Faults(RefCell<Vec<Fault>>);

impl Faults {
    pub(super) fn add(&self, fault: Fault) {
        self.0.borrow_mut().push(fault);
    }

    pub(super) fn names(&self, key: &str) -> bool {
        self.0.borrow().iter().any(|fault| fault.key == key)
    }

    /// Whether a key, or one below it, has a fault.
    pub(super) fn any_in(&self, key: &str) -> bool {
        let is_below = |fault: &Fault| {
            fault
                .key
                .strip_prefix(key)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        self.0.borrow().iter().any(is_below)
    }

    /// The job, unless something was found; faults in the order of their keys.
    pub(super) fn none_or_error<T>(self, job: &str, value: T) -> Result<T, JobError> {
        let mut faults = self.0.into_inner();
        faults.sort_by(|a, b| a.key.cmp(&b.key));
        if faults.is_empty() {
            return Ok(value);
        }
        Err(JobError::Faults {
            job: job.to_owned(),
            faults,
        })
    }
}
