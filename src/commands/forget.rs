//! `quietline forget`: a person leaves what is kept.

use clap::Args;

use super::surroundings::{Surroundings, print};
use super::words::JobWords;
use crate::failure::{ExitKind, Failure};
use crate::night;

/// Take a person out of the store, the outbox and the kept reports
///
/// Counts stay. Without --yes it only shows what would go. Take the person out of your own files first, or the next night
/// reads them again.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct Forget {
    /// Login, e-mail address, user id or full name
    pub person: String,
    #[command(flatten)]
    pub job: JobWords,
    /// Do it; it cannot be undone
    #[arg(long)]
    pub yes: bool,
}

impl Forget {
    pub fn work(self, at: &Surroundings) -> Result<u8, Failure> {
        let (job, world) = (at.job(&self.job)?, at.world(&self.job)?);
        let forgotten = night::forget(&job, &self.person, self.yes, &world)?;
        print(&forgotten.shown())?;
        Ok(match forgotten.remains.is_empty() {
            true => 0,
            false => ExitKind::Failed.code(),
        })
    }
}
