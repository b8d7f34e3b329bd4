//! `quietline halt clear`: a login that was refused is tried again.

use clap::{Args, Subcommand};

use super::surroundings::{Surroundings, print};
use super::words::JobWords;
use crate::failure::Failure;
use crate::night;

#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Halt {
    Clear(Clear),
}

/// Let the next run try the login again
///
/// A refused login is tried once and then left alone, since a few failed ones lock the user for half an hour. A changed
/// password or secret clears the halt by itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct Clear {
    #[command(flatten)]
    pub job: JobWords,
}

impl Halt {
    pub fn work(self, at: &Surroundings) -> Result<u8, Failure> {
        let Halt::Clear(words) = self;
        let job = at.job(&words.job)?;
        let cleared = night::clear_halt(&job, &at.world(&words.job)?)?;
        print(match cleared {
            true => "the halt is cleared: the next run tries the login again\n",
            false => "no halt is set\n",
        })?;
        Ok(0)
    }
}
