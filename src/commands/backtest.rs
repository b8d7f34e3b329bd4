//! `quietline backtest`: how right such verdicts have been.

use chrono::NaiveDate;
use clap::Args;

use super::surroundings::{Surroundings, print, print_as_json};
use super::words::{JobWords, day};
use crate::failure::Failure;
use crate::night;
use crate::render::{backtest_json, backtest_text};

/// Say how right such verdicts have been, on the account's own past
///
/// The account is judged on days in the past with what was known then, and compared with what became of its lines: beside
/// fixed windows of 30, 60 and 90 days, at equal flags and at equal savings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct Backtest {
    #[command(flatten)]
    pub job: JobWords,
    /// Last day to look at, in the account's time zone [default: yesterday]
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub as_of: Option<NaiveDate>,
    /// Print as JSON
    #[arg(long)]
    pub json: bool,
}

impl Backtest {
    pub fn work(self, at: &Surroundings) -> Result<u8, Failure> {
        let job = at.job_with(&self.job, self.as_of, &[])?;
        let statement = night::rehearsed(&job, &at.world(&self.job)?)?;
        if self.json {
            print_as_json(&String::from_utf8_lossy(&backtest_json(&statement)?))?;
        } else {
            print(&backtest_text(&statement))?;
        }
        Ok(0)
    }
}
