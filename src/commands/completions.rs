//! `quietline completions`: a shell's file.

use clap::{Args, CommandFactory};
use clap_complete::{Shell, generate};

use super::Cli;
use super::surroundings::{Surroundings, print_bytes};
use crate::failure::Failure;

/// Print what a shell needs to complete quietline's words
///
/// Such as: quietline completions bash > /etc/bash_completion.d/quietline
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct Completions {
    /// bash, elvish, fish, powershell or zsh
    #[arg(value_enum, hide_possible_values = true)]
    pub shell: Shell,
}

impl Completions {
    pub fn work(self, _: &Surroundings) -> Result<u8, Failure> {
        let mut script = Vec::new();
        generate(self.shell, &mut Cli::command(), "quietline", &mut script);
        print_bytes(&script)?;
        Ok(0)
    }
}
