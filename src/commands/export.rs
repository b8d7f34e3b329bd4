//! `quietline export focus`: the charges, for other tools.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::surroundings::{Surroundings, print_bytes};
use super::words::{JobWords, word};
use crate::domain::FocusVersion;
use crate::durable::{FILE_MODE, write_file};
use crate::failure::Failure;
use crate::night;

#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Export {
    Focus(Focus),
}

/// Write the charges as a FOCUS Cost and Usage file, one row a charge
///
/// Every charge of every invoice at hand, for FinOps tools to take in; no names. Files are read, no API is asked, nothing
/// is saved. docs/focus.md tells column by column what stands where.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct Focus {
    #[command(flatten)]
    pub job: JobWords,
    /// Version of the specification: 1.0 or 1.2
    #[arg(long, value_name = "VERSION", value_parser = word::<FocusVersion>, default_value = "1.2")]
    pub version: FocusVersion,
    /// File to write [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

impl Export {
    pub fn work(self, at: &Surroundings) -> Result<u8, Failure> {
        let Export::Focus(words) = self;
        let job = at.job(&words.job)?;
        let rows = night::focus(&job, words.version, &at.world(&words.job)?)?;
        match &words.out {
            Some(file) => write_file(file, &rows, FILE_MODE)?,
            None => print_bytes(&rows)?,
        }
        Ok(0)
    }
}
