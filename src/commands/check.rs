//! `quietline check`: would the job run?

use clap::Args;

use super::surroundings::{Surroundings, print};
use super::words::JobWords;
use crate::failure::Failure;
use crate::night;

/// Check settings, sources, credentials and mail server; sends nothing
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct Check {
    #[command(flatten)]
    pub job: JobWords,
}

impl Check {
    pub fn work(self, at: &Surroundings) -> Result<u8, Failure> {
        let job = at.job(&self.job)?;
        print(&night::check(&job, &at.world(&self.job)?)?)?;
        Ok(0)
    }
}
