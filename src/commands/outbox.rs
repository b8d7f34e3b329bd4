//! `quietline outbox`: mails that wait or are in doubt, and the operator's word on them.

use clap::{Args, Subcommand};

use super::surroundings::{Surroundings, print, print_json};
use super::words::JobWords;
use crate::failure::Failure;
use crate::night::outbox::{self, Entry};

#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Outbox {
    List(List),
    Send(SendAgain),
    Drop(GiveUp),
}

/// Show mails that wait, are in doubt or were refused
///
/// The number before each is the ID that `outbox send` and `outbox drop` take. Also mails of other jobs that share the
/// store, or of a name that the job had before.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct List {
    #[command(flatten)]
    pub job: JobWords,
    /// Show also what was sent, given up or replaced
    #[arg(long)]
    pub all: bool,
    /// Print as JSON
    #[arg(long)]
    pub json: bool,
}

/// Send one mail now, whatever became of it before
///
/// The identical bytes, to the one recipient. They are kept for retention.mail_days.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct SendAgain {
    /// Its number in `quietline outbox list`
    pub id: i64,
    #[command(flatten)]
    pub job: JobWords,
}

/// Give one mail up: it arrived after all, or nobody wants it any more
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct GiveUp {
    /// Its number in `quietline outbox list`
    pub id: i64,
    #[command(flatten)]
    pub job: JobWords,
    /// Why, for those who ask later
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
}

impl Outbox {
    pub fn work(self, at: &Surroundings) -> Result<u8, Failure> {
        match self {
            Outbox::List(words) => {
                let job = at.job(&words.job)?;
                let entries = outbox::list(&job, words.all)?;
                match words.json {
                    true => print_json(&entries)?,
                    false => print(&shown(&entries, &job.name))?,
                }
            }
            Outbox::Send(words) => {
                let (job, world) = (at.job(&words.job)?, at.world(&words.job)?);
                print(&outbox::send(&job, words.id, &world)?)?;
            }
            Outbox::Drop(words) => {
                let (job, world) = (at.job(&words.job)?, at.world(&words.job)?);
                print(&outbox::drop(&job, words.id, &words.reason, &world)?)?;
            }
        }
        Ok(0)
    }
}

fn shown(entries: &[Entry], job: &str) -> String {
    if entries.is_empty() {
        return "nothing waits and nothing is in doubt\n".to_owned();
    }
    let line = |entry: &Entry| {
        let tried = match entry.attempts {
            0 => String::new(),
            1 => ", tried once".to_owned(),
            times => format!(", tried {times} times"),
        };
        let of_job = match entry.job == job {
            true => String::new(),
            false => format!(" of job {}", entry.job),
        };
        let why = entry.reason.as_deref().unwrap_or("not offered yet");
        format!(
            "{}  {} {}{of_job} to {}: {}{tried} ({why})\n",
            entry.id, entry.as_of, entry.audience, entry.recipient, entry.state
        )
    };
    entries.iter().map(line).collect()
}
