//! Reads what was typed, has it done, and exits with its code.

use std::process::ExitCode;

use clap::Parser;
use quietline::commands::{Cli, Surroundings};
use quietline::mishap;

fn main() -> ExitCode {
    let Cli { command, speech } = Cli::parse();
    let progress = speech.begin();
    mishap::watch();
    match mishap::caught(|| command.work(&Surroundings::read(progress)?)) {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            speech.report(&failure);
            ExitCode::from(failure.exit_code())
        }
    }
}
