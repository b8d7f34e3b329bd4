//! What a command works in: the folder, the environment, the clock, and standard output.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use super::words::JobWords;
use crate::failure::{ExitKind, Failure, OrFail};
use crate::job::{Contacts, Given, Job, contacts, load};
use crate::night::World;
use crate::progress::Progress;
use crate::render::{for_terminal, json_for_terminal};

/// Folder and environment, read once.
pub struct Surroundings {
    folder: PathBuf,
    environment: BTreeMap<String, String>,
    progress: Progress,
}

impl Surroundings {
    pub fn read(progress: Progress) -> Result<Surroundings, Failure> {
        let folder = std::env::current_dir().or_fail(ExitKind::Failed)?;
        let text = |word: std::ffi::OsString| word.to_string_lossy().into_owned();
        let environment = std::env::vars_os()
            .map(|(name, value)| (text(name), text(value)))
            .collect();
        Ok(Surroundings {
            folder,
            environment,
            progress,
        })
    }

    /// A path as it was typed, from the current folder.
    pub(super) fn path(&self, typed: &Path) -> PathBuf {
        self.folder.join(typed)
    }

    /// The job that was named, else `quietline.toml` in the current folder.
    fn job_file(&self, named: Option<&Path>) -> Result<PathBuf, Failure> {
        if let Some(file) = named.filter(|file| !file.as_os_str().is_empty()) {
            return Ok(file.to_owned());
        }
        let usual = PathBuf::from("quietline.toml");
        if self.folder.join(&usual).is_file() {
            return Ok(usual);
        }
        Err(Failure::usage(
            "no job file was named, and there is no quietline.toml in this folder",
            "quietline run jobs/sample.toml (in a checkout), or set QUIETLINE_JOB",
        ))
    }

    pub(super) fn job(&self, words: &JobWords) -> Result<Job, Failure> {
        self.job_with(words, None, &[])
    }

    pub(super) fn job_with(
        &self,
        words: &JobWords,
        as_of: Option<NaiveDate>,
        accept_empty: &[NaiveDate],
    ) -> Result<Job, Failure> {
        let file = self.job_file(words.job.as_deref())?;
        Ok(load(&self.given(words, &file, as_of, accept_empty))?)
    }

    /// Whom a job names that cannot be used, as far as that can be read.
    pub(super) fn contacts(&self, words: &JobWords) -> Option<Contacts> {
        let file = self.job_file(words.job.as_deref()).ok()?;
        contacts(&self.given(words, &file, None, &[]))
    }

    fn given<'a>(
        &'a self,
        words: &'a JobWords,
        file: &'a Path,
        as_of: Option<NaiveDate>,
        accept_empty: &'a [NaiveDate],
    ) -> Given<'a> {
        Given {
            file: Some(file),
            folder: &self.folder,
            environment: &self.environment,
            set: &words.set.set,
            as_of,
            accept_empty,
        }
    }

    pub(super) fn world(&self, words: &JobWords) -> Result<World, Failure> {
        self.world_at(instant(SystemTime::now())?, words)
    }

    pub(super) fn world_at(&self, now: DateTime<Utc>, words: &JobWords) -> Result<World, Failure> {
        Ok(World {
            now,
            progress: self.progress.clone(),
            environment: |name| std::env::var_os(name),
            job_words: self.job_file(words.job.as_deref())?.display().to_string(),
        })
    }
}

/// Chrono's own clock would end the program here.
fn instant(clock: SystemTime) -> Result<DateTime<Utc>, Failure> {
    if clock < UNIX_EPOCH {
        let what = "the clock of this machine stands before 1970";
        return Err(Failure::of_the_clock(ExitKind::Failed, what)
            .advise("set the clock, and have it kept (NTP); no data was read and no report sent"));
    }
    Ok(clock.into())
}

/// Results go to standard output, where what stands in them from outside can do nothing to a terminal.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    print_bytes(for_terminal(text).as_bytes())
}

pub(super) fn print_json(value: &impl Serialize) -> Result<(), Failure> {
    print_as_json(&format!("{}\n", serde_json::to_string_pretty(value)?))
}

/// JSON that is written already.
pub(super) fn print_as_json(json: &str) -> Result<(), Failure> {
    print_bytes(json_for_terminal(json).as_bytes())
}

/// For bytes that are a file's. A reader that has seen enough (`| head`) is no failure.
pub(super) fn print_bytes(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::cannot_write(Path::new("standard output"), error))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_clock_before_1970_is_said() {
        let failure = instant(UNIX_EPOCH - Duration::from_secs(1)).unwrap_err();
        assert_eq!(failure.exit_code(), 1);
        assert!(failure.to_string().contains("before 1970"), "{failure}");
        assert_eq!(instant(UNIX_EPOCH).unwrap(), DateTime::UNIX_EPOCH);
    }
}
