//! What a person types: a file for each command, with its arguments, its help, its work and what it prints.

mod backtest;
mod check;
mod completions;
mod config;
mod explain;
mod export;
mod forget;
mod halt;
mod init;
mod man;
mod odds;
mod outbox;
mod preview;
mod quarantine;
mod run;
mod send;
mod speech;
mod status;
mod surroundings;
mod synth;
#[cfg(test)]
mod tests;
mod words;

use clap::{Parser, Subcommand};

use crate::failure::Failure;
pub use speech::Speech;
pub use surroundings::Surroundings;

/// Finds phone lines that nobody uses, and what they cost
#[derive(Debug, Parser)]
#[command(name = "quietline", version, long_about = ABOUT, after_help = EXAMPLES, after_long_help = LONG_EXAMPLES)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub speech: Speech,
}

const ABOUT: &str = "\
Finds phone lines that nobody uses, and what they cost.

quietline reads the users, calls and bills of Vonage Business Communications accounts, says which
paid lines lie idle and from when their money can be had back, and mails the report to finance and
to the administrators. A job file says where the data is; `quietline config default` explains every
setting.";

const EXAMPLES: &str = "\
Examples:
  quietline run jobs/sample.toml          the sample night; its mails are written to a folder
  quietline init                          a first job from the exports that are there
  quietline check my_job.toml             see whether a job would run
  quietline explain 4021 --job my_job.toml
  quietline preview --dry-run --open      tonight's page and mails, sending nothing
  quietline backtest my_job.toml          how right such verdicts have been
  quietline export focus my_job.toml      the charges, for FinOps tools
  quietline config show my_job.toml       every setting, and where it comes from";

const LONG_EXAMPLES: &str = "\
Examples:
  quietline run jobs/sample.toml          the sample night; its mails are written to a folder
  quietline init                          a first job from the exports that are there
  quietline check my_job.toml             see whether a job would run
  quietline explain 4021 --job my_job.toml
  quietline preview --dry-run --open      tonight's page and mails, sending nothing
  quietline backtest my_job.toml          how right such verdicts have been
  quietline export focus my_job.toml      the charges, for FinOps tools
  quietline config show my_job.toml       every setting, and where it comes from

Exit codes:
   0  done, or done before           73  cannot make a file or folder
   1  failed                         74  cannot write, or store damaged
   2  words that mean nothing        75  another run holds the job; try later
  65  held by a gate, or bad data    76  a source has changed its shape
  69  source or mail server down     77  credential missing or refused
                                     78  job file cannot be used
                                    101  a fault of quietline itself";

/// The enum of all commands, and which of them works.
macro_rules! commands {
    ($($(#[$about:meta])* $name:ident($words:ty),)+) => {
        #[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
        pub enum Command {
            $($(#[$about])* $name($words),)+
        }

        impl Command {
            /// Does what was typed; the code to exit with.
            pub fn work(self, at: &Surroundings) -> Result<u8, Failure> {
                match self {
                    $(Command::$name(words) => words.work(at),)+
                }
            }
        }
    };
}

commands! {
    Init(init::Init),
    Run(run::Run),
    Check(check::Check),
    Explain(explain::Explain),
    Backtest(backtest::Backtest),
    Odds(odds::Odds),
    Preview(preview::Preview),
    Send(send::Send),
    Status(status::Status),
    Quarantine(quarantine::Quarantine),
    Forget(forget::Forget),
    /// See to mails that wait or are in doubt
    #[command(subcommand)]
    Outbox(outbox::Outbox),
    /// Write the charges for other tools
    #[command(subcommand)]
    Export(export::Export),
    /// Look at the settings of a job
    #[command(subcommand)]
    Config(config::Config),
    /// See to a login that Vonage refused
    #[command(subcommand)]
    Halt(halt::Halt),
    Completions(completions::Completions),
    Man(man::Man),
    #[command(hide = true)]
    Synth(synth::Synth),
}
