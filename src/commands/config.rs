//! `quietline config`: the settings of a job with their sources, and the manual of all settings.

use clap::{Args, Subcommand};

use super::surroundings::{Surroundings, print, print_json};
use super::words::JobWords;
use crate::failure::Failure;
use crate::job::{DEFAULTS, Setting};

#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Config {
    Show(Show),
    /// Print all settings with their defaults and what they mean
    ///
    /// A job file holds only what differs.
    Default,
}

/// Print every setting with where it comes from
///
/// No secret can stand among them: a job only says where secrets are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct Show {
    #[command(flatten)]
    pub job: JobWords,
    /// Print as JSON
    #[arg(long)]
    pub json: bool,
}

impl Config {
    pub fn work(self, at: &Surroundings) -> Result<u8, Failure> {
        let Config::Show(words) = self else {
            print(DEFAULTS)?;
            return Ok(0);
        };
        let job = at.job(&words.job)?;
        match words.json {
            true => print_json(&job.settings)?,
            false => print(&in_columns(&job.settings))?,
        }
        Ok(0)
    }
}

/// One line a setting, columns aligned as far as values are short.
fn in_columns(settings: &[Setting]) -> String {
    let widest_key = settings.iter().map(|setting| setting.key.chars().count()).max();
    let width = widest_key.unwrap_or_default();
    let line = |setting: &Setting| {
        let Setting { key, value, source } = setting;
        format!("{key:width$} = {value:<28} # {source}\n")
    };
    settings.iter().map(line).collect()
}
