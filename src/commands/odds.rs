//! `quietline odds`: the chances of a pattern of days.

use std::path::PathBuf;

use clap::Args;

use super::surroundings::{Surroundings, print, print_json};
use super::words::JobWords;
use crate::failure::Failure;
use crate::{night, render};

/// Give the chances that a pattern of days stays silent
///
/// One sign for each business day, oldest first: 1 used, 0 silent, ? unknown. So that anyone can check the statistics.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct Odds {
    /// Such as 1101?0000000000
    pub pattern: String,
    /// Take the parameters fitted to this job's account [default: the prior, T0 and I0]
    #[arg(long, value_name = "JOB")]
    pub job: Option<PathBuf>,
    /// The account, where the job has several
    #[arg(long, value_name = "ID", requires = "job")]
    pub account: Option<String>,
    /// Print as JSON, with every digit
    #[arg(long)]
    pub json: bool,
}

impl Odds {
    pub fn work(self, at: &Surroundings) -> Result<u8, Failure> {
        let odds = match &self.job {
            None => night::odds(&self.pattern)?,
            Some(file) => {
                let words = JobWords {
                    job: Some(file.clone()),
                    ..JobWords::default()
                };
                let (job, world) = (at.job(&words)?, at.world(&words)?);
                night::odds_of_job(&self.pattern, &job, self.account.as_deref(), &world)?
            }
        };
        match self.json {
            true => print_json(&odds)?,
            false => print(&render::odds(&odds))?,
        }
        Ok(0)
    }
}
