//! Words about what goes out: previews, and the pages about quietline itself.

use std::io;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::words::{address, day, readers};
use super::{Cli, JobWords};
use crate::domain::Audience;

/// Write the last report's page and mails to a folder, to look at
///
/// Sends nothing. With --dry-run: tonight's, as it would come out with what has been pulled so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct Preview {
    #[command(flatten)]
    pub job: JobWords,
    /// Work tonight out instead of showing the last report; saves and sends nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Last day to look at in a dry run, in the account's time zone [default: yesterday]
    #[arg(long, value_name = "DAY", value_parser = day, requires = "dry_run")]
    pub as_of: Option<NaiveDate>,
    /// Folder to write to [default: a new one among the temporary files]
    #[arg(long, value_name = "FOLDER")]
    pub out: Option<PathBuf>,
    /// Open the page in the browser
    #[arg(long)]
    pub open: bool,
}

/// Send tonight's mail, as it would come out, to one reader
///
/// The subject begins with [preview]. It goes the way that the job's mails go and is not noted as the night's mail.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct Send {
    #[command(flatten)]
    pub job: JobWords,
    /// The one reader
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub to: String,
    /// Whose mail: finance, or admins, which bears names
    #[arg(long, value_name = "AUDIENCE", value_parser = readers, default_value = "finance")]
    pub audience: Audience,
    /// Last day to look at, in the account's time zone [default: yesterday]
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub as_of: Option<NaiveDate>,
    /// Send the admins' mail also to an address at none of the job's readers' domains
    #[arg(long)]
    pub yes: bool,
}

/// Print what a shell needs to complete quietline's words
///
/// Such as: quietline completions bash > /etc/bash_completion.d/quietline
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct Completions {
    /// bash, elvish, fish, powershell or zsh
    #[arg(value_enum, hide_possible_values = true)]
    pub shell: Shell,
}

/// Print the manual page, or write one for each command
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct Man {
    /// Folder to write the pages of all commands to
    #[arg(long, value_name = "FOLDER")]
    pub out: Option<PathBuf>,
}

/// The shell's file.
pub fn completions(shell: Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "quietline", &mut script);
    script
}

/// The main page, in roff.
///
/// # Errors
/// None but those of writing to memory.
pub fn man_page() -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Cli::command()).render(&mut page)?;
    Ok(page)
}

/// A page for each command, in a folder that is there.
///
/// # Errors
/// A file that cannot be written.
pub fn man_pages(folder: &Path) -> io::Result<()> {
    clap_mangen::generate_to(Cli::command(), folder)
}
