//! What stops a night, said to a person, with the exit code that tells a machine.

use std::error::Error;
use std::fmt;
use std::path::Path;

use crate::domain::Quarantined;
use crate::job::JobError;
use crate::pull::PullError;

/// Why quietline ended without doing its work. The codes are documented API: see [`ExitKind::code`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitKind {
    /// What has no code of its own.
    Failed,
    /// Words typed that mean nothing.
    Usage,
    /// A gate holds or blocks the night, or the data cannot be used.
    BadData,
    /// A source or the mail server does not answer.
    Unavailable,
    /// A folder or file cannot be made.
    CannotCreate,
    /// Disk full, read-only, or what is kept cannot be read, written or trusted.
    CannotWrite,
    /// Another run holds the job, or a server asks to come back later.
    TryLater,
    /// A source no longer has the shape that it had.
    SchemaChanged,
    /// A credential is missing or was refused.
    CredentialRefused,
    /// The job cannot be read or used.
    JobFile,
    /// A fault of quietline itself.
    Fault,
}

impl ExitKind {
    pub const ALL: [ExitKind; 11] = [
        ExitKind::Failed,
        ExitKind::Usage,
        ExitKind::BadData,
        ExitKind::Unavailable,
        ExitKind::CannotCreate,
        ExitKind::CannotWrite,
        ExitKind::TryLater,
        ExitKind::SchemaChanged,
        ExitKind::CredentialRefused,
        ExitKind::JobFile,
        ExitKind::Fault,
    ];

    /// The exit code; those from 65 to 78 as in sysexits.h where there is one. 0 is "done, or already done".
    pub const fn code(self) -> u8 {
        match self {
            ExitKind::Failed => 1,
            ExitKind::Usage => 2,
            ExitKind::BadData => 65,
            ExitKind::Unavailable => 69,
            ExitKind::CannotCreate => 73,
            ExitKind::CannotWrite => 74,
            ExitKind::TryLater => 75,
            ExitKind::SchemaChanged => 76,
            ExitKind::CredentialRefused => 77,
            ExitKind::JobFile => 78,
            ExitKind::Fault => 101,
        }
    }

    /// The kind of a code that a stage named; what is not in the list is a plain failure.
    pub fn of_code(code: u8) -> ExitKind {
        let found = ExitKind::ALL.into_iter().find(|kind| kind.code() == code);
        found.unwrap_or(ExitKind::Failed)
    }
}

/// What happened, why, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    kind: ExitKind,
    what: String,
    causes: Vec<String>,
    advice: Option<String>,
    /// This machine's clock is wrong, whatever the code.
    by_the_clock: bool,
    /// The rows that were too many.
    set_aside: Vec<Quarantined>,
    /// What else stands in the way.
    also: Option<Box<Failure>>,
}

impl Failure {
    /// A failure from a stage's error, with the chain of its causes.
    pub fn new(kind: ExitKind, error: impl Error) -> Failure {
        let mut failure = Failure::msg(kind, error.to_string());
        let mut cause = error.source();
        while let Some(error) = cause {
            failure.because(error.to_string());
            cause = error.source();
        }
        failure
    }

    /// A failure in words.
    pub fn msg(kind: ExitKind, what: impl Into<String>) -> Failure {
        Failure {
            kind,
            what: what.into(),
            causes: Vec::new(),
            advice: None,
            by_the_clock: false,
            set_aside: Vec::new(),
            also: None,
        }
    }

    /// Several at once, under the code of the first; none of none.
    pub fn all(failures: Vec<Failure>) -> Option<Failure> {
        failures.into_iter().reduce(Failure::of_both)
    }

    /// Two that stand side by side, under the code of the first.
    pub fn of_both(mut first: Failure, mut second: Failure) -> Failure {
        first.set_aside.append(&mut second.set_aside);
        let mut end = &mut first.also;
        while let Some(failure) = end {
            end = &mut failure.also;
        }
        *end = Some(Box::new(second));
        first
    }

    /// Words typed that cannot be obeyed.
    pub fn usage(what: impl Into<String>, advice: impl Into<String>) -> Failure {
        Failure::msg(ExitKind::Usage, what).advise(advice)
    }

    /// This machine's clock is wrong: nobody has typed that.
    pub fn of_the_clock(kind: ExitKind, what: impl Into<String>) -> Failure {
        Failure {
            by_the_clock: true,
            ..Failure::msg(kind, what)
        }
    }

    pub fn unreadable(path: &Path, error: std::io::Error) -> Failure {
        Failure::about_file(ExitKind::Unavailable, "read", path, &error)
    }

    /// What this program has kept, and cannot read back.
    pub fn unreadable_store(path: &Path, error: std::io::Error) -> Failure {
        Failure::about_file(ExitKind::CannotWrite, "read", path, &error)
    }

    pub fn cannot_write(path: &Path, error: std::io::Error) -> Failure {
        Failure::about_file(ExitKind::CannotWrite, "write", path, &error)
    }

    fn about_file(kind: ExitKind, verb: &str, path: &Path, error: &std::io::Error) -> Failure {
        let mut failure = Failure::msg(kind, format!("cannot {verb} {}", path.display()));
        failure.because(error.to_string());
        failure
    }

    pub fn has_advice(&self) -> bool {
        self.advice.is_some()
    }

    /// What to do about it.
    #[must_use]
    pub fn advise(mut self, advice: impl Into<String>) -> Failure {
        self.advice = Some(advice.into());
        self
    }

    /// Errors often print their cause within their own text; it is not said twice.
    fn because(&mut self, cause: String) {
        let said = self.what.contains(&cause) || self.causes.iter().any(|other| other.contains(&cause));
        if !said {
            self.causes.push(cause);
        }
    }

    /// Without what else stands in the way.
    fn said_alone(&self) -> String {
        let causes = self.causes.iter().map(|cause| format!("\n  because: {cause}"));
        let advice = self.advice.iter().map(|advice| format!("\n  try: {advice}"));
        self.what.clone() + &causes.chain(advice).collect::<String>()
    }

    /// The rows that could not be used, where they are why there is no night.
    pub fn set_aside(&self) -> &[Quarantined] {
        &self.set_aside
    }

    pub fn is_of_the_clock(&self) -> bool {
        self.by_the_clock
    }

    /// Whoever typed it sees it at once; nobody else need hear of it.
    pub fn is_mistyped(&self) -> bool {
        self.kind == ExitKind::Usage && !self.by_the_clock
    }

    pub fn kind(&self) -> ExitKind {
        self.kind
    }

    pub fn exit_code(&self) -> u8 {
        self.kind.code()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.also.is_none() {
            return f.write_str(&self.said_alone());
        }
        let all = || std::iter::successors(Some(self), |failure| failure.also.as_deref());
        write!(f, "{} things stand in the way:", all().count())?;
        for failure in all() {
            write!(f, "\n- {}", failure.said_alone().replace('\n', "\n  "))?;
        }
        Ok(())
    }
}

impl Error for Failure {}

/// `pull::all(..).or_fail(ExitKind::Unavailable)?`
pub trait OrFail<T> {
    /// # Errors
    /// The error as a [`Failure`] of that kind.
    fn or_fail(self, kind: ExitKind) -> Result<T, Failure>;
}

impl<T, E: Error> OrFail<T> for Result<T, E> {
    fn or_fail(self, kind: ExitKind) -> Result<T, Failure> {
        self.map_err(|error| Failure::new(kind, error))
    }
}

/// Errors that know their exit code.
macro_rules! failures {
    ($($error:ty => $code:expr),+ $(,)?) => {$(
        impl From<$error> for Failure {
            fn from(error: $error) -> Failure {
                let code: fn(&$error) -> u8 = $code;
                Failure::new(ExitKind::of_code(code(&error)), error)
            }
        }
    )+};
}

failures! {
    crate::durable::WriteError => |error| error.exit_code(),
    crate::deliver::folder::Error => |error| error.exit_code(),
    crate::deliver::message::Error => |error| error.exit_code(),
    crate::deliver::outbox::Error => |error| error.exit_code(),
    crate::secret::SecretError => |error| error.exit_code(),
    crate::deliver::smtp::Error => |error| error.exit_code(),
    crate::deliver::webhook::Error => |_| 78,
    crate::deliver::ping::Error => |error| match error {
        crate::deliver::ping::Error::Address(_) => 78,
        _ => 69,
    },
    crate::frames::ShapeError => |_| 1,
    crate::pull::vonage::VonageError => |error| error.exit_code(),
    crate::render::RenderError => |_| 1,
    crate::steps::input::StepError => |_| 1,
    polars::prelude::PolarsError => |_| 1,
    serde_json::Error => |_| 1,
    crate::record::Error => |error| error.exit_code(),
    crate::synth::SynthError => |error| match error {
        crate::synth::SynthError::Option { .. } => 2,
        _ => 73,
    },
}

impl From<PullError> for Failure {
    fn from(error: PullError) -> Failure {
        let set_aside = match &error {
            PullError::TooManyQuarantined { rows_listed, .. } => rows_listed.clone(),
            _ => Vec::new(),
        };
        let kind = ExitKind::of_code(error.exit_code());
        Failure {
            set_aside,
            ..Failure::new(kind, error)
        }
    }
}

impl From<JobError> for Failure {
    fn from(error: JobError) -> Failure {
        let advice = match &error {
            JobError::Read { .. } => "check the path; `quietline run jobs/sample.toml` runs the sample",
            JobError::Syntax { .. } => "mend that line; text stands in quotes, sections in brackets",
            JobError::Faults { .. } => {
                "`quietline config default` explains every key; `quietline config show JOB` prints the job once it is right"
            }
            JobError::Merge(_) => "report this, with the job file and without its secrets",
        };
        Failure::new(ExitKind::JobFile, error).advise(advice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("cannot read the calls: {source}")]
    struct Outer {
        source: Inner,
    }

    #[derive(Debug, thiserror::Error)]
    #[error("page 3 is broken")]
    struct Inner {
        source: std::io::Error,
    }

    #[test]
    fn exit_codes_are_documented_api() {
        let codes: Vec<(ExitKind, u8)> = ExitKind::ALL.iter().map(|kind| (*kind, kind.code())).collect();
        insta::assert_compact_debug_snapshot!(codes, @"[(Failed, 1), (Usage, 2), (BadData, 65), (Unavailable, 69), (CannotCreate, 73), (CannotWrite, 74), (TryLater, 75), (SchemaChanged, 76), (CredentialRefused, 77), (JobFile, 78), (Fault, 101)]");
        for kind in ExitKind::ALL {
            assert_eq!(ExitKind::of_code(kind.code()), kind);
        }
    }

    #[test]
    fn each_cause_is_said_once_and_the_advice_last() {
        let error = Outer {
            source: Inner {
                source: std::io::Error::other("connection reset"),
            },
        };
        let failure = Failure::new(ExitKind::Unavailable, error).advise("run it again later");
        insta::assert_snapshot!(failure, @r"
        cannot read the calls: page 3 is broken
          because: connection reset
          try: run it again later
        ");
    }
}
