//! `quietline send`: tonight's mail, to one reader.

use chrono::NaiveDate;
use clap::Args;

use super::surroundings::{Surroundings, print};
use super::words::{JobWords, address, day, readers};
use crate::domain::Audience;
use crate::failure::Failure;
use crate::night;

/// Send tonight's mail, as it would come out, to one reader
///
/// The subject begins with [preview]. It goes the way that the job's mails go and is not noted as the night's mail.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct Send {
    #[command(flatten)]
    pub job: JobWords,
    /// The one reader
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub to: String,
    /// Whose mail: finance, or admins, which bears names
    #[arg(long, value_name = "AUDIENCE", value_parser = readers, default_value = "finance")]
    pub audience: Audience,
    /// Last day to look at, in the account's time zone [default: yesterday]
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub as_of: Option<NaiveDate>,
    /// Send the admins' mail also to an address at none of the job's readers' domains
    #[arg(long)]
    pub yes: bool,
}

impl Send {
    pub fn work(self, at: &Surroundings) -> Result<u8, Failure> {
        let job = at.job_with(&self.job, self.as_of, &[])?;
        let world = at.world(&self.job)?;
        print(&night::send(&job, self.audience, &self.to, self.yes, &world)?)?;
        Ok(0)
    }
}
