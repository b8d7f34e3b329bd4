//! `quietline man`: the manual, in roff.

use std::path::PathBuf;

use clap::{Args, CommandFactory};

use super::Cli;
use super::surroundings::{Surroundings, print_bytes};
use crate::durable::create_folder;
use crate::failure::{ExitKind, Failure, OrFail};

/// Print the manual page, or write one for each command
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct Man {
    /// Folder to write the pages of all commands to
    #[arg(long, value_name = "FOLDER")]
    pub out: Option<PathBuf>,
}

impl Man {
    pub fn work(self, _: &Surroundings) -> Result<u8, Failure> {
        match &self.out {
            None => {
                let mut page = Vec::new();
                clap_mangen::Man::new(Cli::command())
                    .render(&mut page)
                    .or_fail(ExitKind::Failed)?;
                print_bytes(&page)?;
            }
            Some(folder) => {
                create_folder(folder)?;
                clap_mangen::generate_to(Cli::command(), folder)
                    .map_err(|error| Failure::cannot_write(folder, error))?;
            }
        }
        Ok(0)
    }
}
