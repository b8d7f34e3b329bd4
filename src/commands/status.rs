//! `quietline status`: what the store knows of a job.

use clap::Args;

use super::surroundings::{Surroundings, print, print_json};
use super::words::JobWords;
use crate::failure::Failure;
use crate::night;

/// Show the last nights, what is held, and mails that wait
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct Status {
    #[command(flatten)]
    pub job: JobWords,
    /// Print as JSON
    #[arg(long)]
    pub json: bool,
}

impl Status {
    pub fn work(self, at: &Surroundings) -> Result<u8, Failure> {
        let standing = night::standing(&at.job(&self.job)?)?;
        match self.json {
            true => print_json(&standing)?,
            false => print(&standing.shown())?,
        }
        Ok(0)
    }
}
