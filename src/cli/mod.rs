//! What a person types, as typed values. Nothing below looks at words again.

mod outward;
mod settings;
#[cfg(test)]
mod tests;
mod words;

use std::path::PathBuf;

use chrono::NaiveDate;
use chrono_tz::Tz;
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::domain::FocusVersion;
use crate::synth::{CallShape, Mix};
pub use outward::{Completions, Man, Preview, Send, completions, man_page, man_pages};
pub use settings::{settings_json, settings_text};
use words::{assignment, change_hash, day, word, zone};

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
to the administrators. A job file says where the data is; jobs/nightly.toml explains every setting.";

const EXAMPLES: &str = "\
Examples:
  quietline run jobs/sample.toml          the sample night; its mails are written to a folder
  quietline check my_job.toml             see whether a job would run
  quietline explain 4021 --job my_job.toml
  quietline preview --dry-run --open      tonight's page and mails, sending nothing
  quietline backtest my_job.toml          how right such verdicts have been
  quietline export focus my_job.toml      the charges, for FinOps tools
  quietline config show my_job.toml       every setting, and where it comes from";

const LONG_EXAMPLES: &str = "\
Examples:
  quietline run jobs/sample.toml          the sample night; its mails are written to a folder
  quietline check my_job.toml             see whether a job would run
  quietline explain 4021 --job my_job.toml
  quietline preview --dry-run --open      tonight's page and mails, sending nothing
  quietline backtest my_job.toml          how right such verdicts have been
  quietline export focus my_job.toml      the charges, for FinOps tools
  quietline config show my_job.toml       every setting, and where it comes from

Exit codes:
   0  done, or done before           73  cannot make a file or folder
   1  failed                         74  cannot write
   2  words that mean nothing        75  another run holds the job; try later
  65  held by a gate, or bad data    76  a source has changed its shape
  69  source or mail server down     77  credential missing or refused
                                     78  job file cannot be used";

/// How quietline speaks.
#[derive(Debug, Clone, Copy, Args)]
pub struct Speech {
    /// Write log lines as text or as json
    ///
    /// They go to standard error; results go to standard output.
    #[arg(
        long,
        global = true,
        value_name = "FORMAT",
        default_value = "text",
        hide_default_value = true,
        hide_possible_values = true,
        display_order = 90
    )]
    pub log_format: LogFormat,
    /// Say more: once for what is done, twice for how
    #[arg(short, long, global = true, action = clap::ArgAction::Count, display_order = 91)]
    pub verbose: u8,
    /// Draw no progress bars
    #[arg(long, global = true, display_order = 92)]
    pub no_progress: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    Text,
    Json,
}

#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Command {
    Run(Run),
    Check(Check),
    Explain(Explain),
    Backtest(Backtest),
    Odds(Odds),
    Preview(Preview),
    Send(Send),
    Status(Status),
    /// Write the charges for other tools
    #[command(subcommand)]
    Export(ExportCommand),
    /// Look at the settings of a job
    #[command(subcommand)]
    Config(ConfigCommand),
    /// See to a login that Vonage refused
    #[command(subcommand)]
    Halt(HaltCommand),
    Completions(Completions),
    Man(Man),
    #[command(hide = true)]
    Synth(Synth),
}

#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum HaltCommand {
    Clear(HaltClear),
}

/// Let the next run try the login again
///
/// A refused login is tried once and then left alone, since a few failed ones lock the user for half an hour. A changed
/// password or secret clears the halt by itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct HaltClear {
    #[command(flatten)]
    pub job: JobWords,
}

#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum ExportCommand {
    Focus(ExportFocus),
}

/// Write the charges as a FOCUS Cost and Usage file, one row a charge
///
/// Every charge of every invoice at hand, for FinOps tools to take in; no names. Files are read, no API is asked, nothing
/// is saved. docs/focus.md tells column by column what stands where.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct ExportFocus {
    #[command(flatten)]
    pub job: JobWords,
    /// Version of the specification: 1.0 or 1.2
    #[arg(long, value_name = "VERSION", value_parser = word::<FocusVersion>, default_value = "1.2")]
    pub version: FocusVersion,
    /// File to write [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum ConfigCommand {
    Show(ConfigShow),
}

/// The job, and settings laid over it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct JobWords {
    /// Job file [default: ./quietline.toml where there is one]
    #[arg(value_name = "JOB", env = "QUIETLINE_JOB", hide_env_values = true)]
    pub job: Option<PathBuf>,
    #[command(flatten)]
    pub set: SetWords,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct SetWords {
    /// Lay a setting over the job's, as in scoring.window_days=120 (repeatable)
    #[arg(long, value_name = "KEY=VALUE", value_parser = assignment)]
    pub set: Vec<(String, String)>,
}

/// Run one night: read, judge, write the report, send the mails
///
/// Running a finished night again does nothing and is no error. With other data it is refused unless --redo.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct Run {
    #[command(flatten)]
    pub job: JobWords,
    /// Last day to look at, in the account's time zone [default: yesterday]
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub as_of: Option<NaiveDate>,
    /// Compute and print; save and send nothing
    ///
    /// With --set it also prints which verdicts the settings would change, and the money.
    #[arg(long)]
    pub dry_run: bool,
    /// Release a held night by accepting this very change (repeatable)
    ///
    /// The hash stands in the operator's mail and in `quietline status`.
    #[arg(long, value_name = "HASH", value_parser = change_hash)]
    pub accept_change: Vec<String>,
    /// Confirm that there really were no calls on this business day (repeatable)
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub accept_empty: Vec<NaiveDate>,
    /// Make the next revision of a night that was reported before
    #[arg(long)]
    pub redo: bool,
    /// Forget the usage and read every call file again
    ///
    /// Needed after a change of the account's time zone.
    #[arg(long)]
    pub rebuild: bool,
    /// Print the summary as JSON
    #[arg(long)]
    pub json: bool,
}

/// Check settings, sources, credentials and mail server; sends nothing
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct Check {
    #[command(flatten)]
    pub job: JobWords,
}

/// Say how right such verdicts have been, on the account's own past
///
/// The account is judged on days in the past with what was known then, and compared with what became of its lines: beside
/// fixed windows of 30, 60 and 90 days, at equal flags and at equal savings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct Backtest {
    #[command(flatten)]
    pub job: JobWords,
    /// Last day to look at, in the account's time zone [default: yesterday]
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub as_of: Option<NaiveDate>,
    /// Print as JSON
    #[arg(long)]
    pub json: bool,
}

/// Give the chances that a pattern of days stays silent
///
/// One sign for each business day, oldest first: 1 used, 0 silent, ? unknown. So that anyone can check the statistics.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct Odds {
    /// Such as 1101?0000000000
    pub pattern: String,
    /// Take the parameters fitted to this job's account [default: the prior, T0 and I0]
    #[arg(long, value_name = "JOB")]
    pub job: Option<PathBuf>,
    /// The account, where the job has several
    #[arg(long, value_name = "ID", requires = "job")]
    pub account: Option<String>,
    /// Print as JSON, with every digit
    #[arg(long)]
    pub json: bool,
}

/// Say what stands behind the verdict on a line
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct Explain {
    /// Extension, line id, e-mail, login or name
    pub line: String,
    /// Last day to look at, in the account's time zone [default: yesterday]
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub as_of: Option<NaiveDate>,
    /// Job file [default: ./quietline.toml where there is one]
    #[arg(long, value_name = "JOB", env = "QUIETLINE_JOB", hide_env_values = true)]
    pub job: Option<PathBuf>,
    #[command(flatten)]
    pub set: SetWords,
}

/// Show the last nights, what is held, and mails that wait
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct Status {
    #[command(flatten)]
    pub job: JobWords,
    /// Print as JSON
    #[arg(long)]
    pub json: bool,
}

/// Print every setting with where it comes from
///
/// No secret can stand among them: a job only says where secrets are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct ConfigShow {
    #[command(flatten)]
    pub job: JobWords,
    /// Print as JSON
    #[arg(long)]
    pub json: bool,
}

/// Make up an account from a seed, with a job file to run it
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct Synth {
    /// Folder to fill: a new or empty one
    #[arg(long, value_name = "FOLDER")]
    pub out: PathBuf,
    /// Lines on the last day
    #[arg(long, default_value_t = 500)]
    pub lines: u32,
    /// Days of calls
    #[arg(long, default_value_t = 540)]
    pub days: u32,
    /// The same seed makes the same account
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    #[arg(long, value_name = "DAY", value_parser = day, default_value = "2026-10-16")]
    pub last_day: NaiveDate,
    #[arg(long, value_name = "ZONE", value_parser = zone, default_value = "America/New_York")]
    pub time_zone: Tz,
    /// Call files: reports, portal or both
    #[arg(long, value_parser = word::<CallShape>, default_value = "both")]
    pub shape: CallShape,
    /// Population: office, seasonal or sparse
    #[arg(long, value_parser = word::<Mix>, default_value = "office")]
    pub mix: Mix,
    #[arg(long, value_name = "ID", default_value = "913874")]
    pub account: String,
    /// Write plain call files instead of gzip
    #[arg(long)]
    pub plain: bool,
    /// Plant billing faults, told in truth_findings.csv
    ///
    /// From 60 lines and 90 days on. A person with two lines is among them with --shape reports only.
    #[arg(long)]
    pub faults: bool,
}
