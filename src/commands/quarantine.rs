//! `quietline quarantine`: the rows that could not be used, and why.

use chrono::NaiveDate;
use clap::Args;

use super::surroundings::{Surroundings, print, print_json};
use super::words::{JobWords, day};
use crate::failure::Failure;
use crate::night;

/// Show which rows a night could not use, and why
///
/// Of the newest night that came so far; also of one that was stopped because too many rows could not be used. Outside
/// numbers are masked. Mend the rows in their files and run the night again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct Quarantine {
    #[command(flatten)]
    pub job: JobWords,
    /// The night to look at [default: the newest]
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub as_of: Option<NaiveDate>,
    /// Print as JSON
    #[arg(long)]
    pub json: bool,
}

impl Quarantine {
    pub fn work(self, at: &Surroundings) -> Result<u8, Failure> {
        let set_aside = night::quarantine(&at.job(&self.job)?, self.as_of)?;
        match self.json {
            true => print_json(&set_aside)?,
            false => print(&set_aside.shown())?,
        }
        Ok(0)
    }
}
