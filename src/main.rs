//! Reads what was typed, has it done, and exits with its code.

use std::process::ExitCode;

use clap::Parser;
use quietline::commands::{Cli, Surroundings};

fn main() -> ExitCode {
    let Cli { command, speech } = Cli::parse();
    let progress = speech.begin();
    match Surroundings::read(progress).and_then(|at| command.work(&at)) {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            speech.report(&failure);
            ExitCode::from(failure.exit_code())
        }
    }
}
