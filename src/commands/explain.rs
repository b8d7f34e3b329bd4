//! `quietline explain`: what stands behind the verdict on a line.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::Args;

use super::surroundings::{Surroundings, print};
use super::words::{JobWords, SetWords, day};
use crate::failure::Failure;
use crate::night;

/// Say what stands behind the verdict on a line
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct Explain {
    /// Extension, line id, e-mail, login or name
    pub line: String,
    /// Last day to look at, in the account's time zone [default: yesterday]
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub as_of: Option<NaiveDate>,
    /// Job file [default: ./quietline.toml where there is one]
    #[arg(long, value_name = "JOB", env = "QUIETLINE_JOB", hide_env_values = true)]
    pub job: Option<PathBuf>,
    #[command(flatten)]
    pub set: SetWords,
}

impl Explain {
    pub fn work(self, at: &Surroundings) -> Result<u8, Failure> {
        let words = JobWords {
            job: self.job,
            set: self.set,
        };
        let job = at.job_with(&words, self.as_of, &[])?;
        print(&night::explain(&job, &self.line, &at.world(&words)?)?)?;
        Ok(0)
    }
}
