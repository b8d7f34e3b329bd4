//! `quietline run`: one night, from its data to its mails.

use std::fs;
use std::io::{self, IsTerminal};

use chrono::{DateTime, NaiveDate};
use clap::Args;

use super::speech::say;
use super::surroundings::{Surroundings, print, print_as_json};
use super::words::{JobWords, change_hash, day};
use crate::domain::{NightStatus, Statement};
use crate::failure::{ExitKind, Failure};
use crate::night::{self, Options, World, watched};
use crate::render::{operators_text, summary_json, terminal_summary, what_if};

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
    ///
    /// Only of the newest one: later nights rest on the others.
    #[arg(long)]
    pub redo: bool,
    /// Forget the usage and read every call file again
    ///
    /// Needed after a change of the account's time zone. Refused where known days cannot be read again.
    #[arg(long)]
    pub rebuild: bool,
    /// Read all days from this one on again, in place of what is known of them
    ///
    /// For days that a wrong file or a wrong login has spoilt: files that reach them are read anew, the API is asked
    /// again. Nothing changes unless all of them come back and the night is reported; on a night that was, add --redo.
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub refetch: Option<NaiveDate>,
    /// With --rebuild or --refetch: let known days go that cannot be read again
    #[arg(long)]
    pub forget_days: bool,
    /// Go on where the store was lost, or under a new name, without what it knew
    #[arg(long)]
    pub begin_anew: bool,
    /// Print the summary as JSON; of a night that was reported before, the stored one
    #[arg(long)]
    pub json: bool,
}

impl Run {
    pub fn work(self, at: &Surroundings) -> Result<u8, Failure> {
        let world = at
            .world(&self.job)
            .inspect_err(|failure| self.tell_of_no_clock(at, failure))?;
        let job = at
            .job_with(&self.job, self.as_of, &self.accept_empty)
            .inspect_err(|failure| self.tell_of_no_job(at, failure, &world))?;
        let options = Options {
            dry_run: self.dry_run,
            accepted: self.accept_change.clone(),
            redo: self.redo,
            rebuild: self.rebuild,
            refetch: self.refetch,
            forget_days: self.forget_days,
            begin_anew: self.begin_anew,
            offline: false,
        };
        let outcome = watched(&job, &options, &world)?;
        for trouble in &outcome.troubles {
            tracing::warn!("{trouble}");
        }
        let Some(statement) = &outcome.statement else {
            let left = match outcome.exit_code {
                0 => "nothing was left to do",
                _ => "some of its mail has not reached everybody",
            };
            tracing::info!("the night of {} was reported before; {left}", outcome.as_of);
            if self.json
                && let Some(folder) = &outcome.folder
            {
                let stored = folder.join("summary.json");
                let summary =
                    fs::read_to_string(&stored).map_err(|error| Failure::unreadable(&stored, error))?;
                print_as_json(&summary)?;
            }
            if !self.accept_change.is_empty() {
                tracing::info!(
                    "what was accepted counts from the next night on; --redo makes this one again with it"
                );
            }
            return Ok(outcome.exit_code);
        };
        if matches!(statement.status, NightStatus::Held | NightStatus::Blocked) {
            say(&operators_text(statement, &world.job_words));
        }
        if self.json {
            print_as_json(&String::from_utf8_lossy(&summary_json(statement, "")?))?;
        } else if self.dry_run || io::stdout().is_terminal() {
            print(&terminal_summary(statement))?;
        }
        if self.dry_run && !self.job.set.set.is_empty() && !self.json {
            print(&self.against_own_settings(at, &options, &world, statement)?)?;
        }
        if let Some(folder) = &outcome.folder {
            tracing::info!("written to {}", folder.display());
        }
        Ok(outcome.exit_code)
    }

    /// A job that cannot be used has no night to record that; whom it names hears of it all the same.
    fn tell_of_no_job(&self, at: &Surroundings, failure: &Failure, world: &World) {
        if failure.kind() == ExitKind::JobFile
            && !self.dry_run
            && let Some(contacts) = at.contacts(&self.job)
        {
            night::tell_of_no_job(&contacts, self.as_of, failure, world);
        }
    }

    /// A night that nobody watches is recorded and told also where the clock can name no day.
    fn tell_of_no_clock(&self, at: &Surroundings, failure: &Failure) {
        let told = failure.is_of_the_clock() && !self.dry_run && self.as_of.is_none();
        if told
            && let Ok(job) = at.job(&self.job)
            && let Ok(world) = at.world_at(DateTime::UNIX_EPOCH, &self.job)
        {
            night::without_a_clock(&job, failure, &world);
        }
    }

    /// The same night under the job's own settings, and what differs. A job that cannot do without what was typed has
    /// none.
    fn against_own_settings(
        &self,
        at: &Surroundings,
        options: &Options,
        world: &World,
        tried: &Statement,
    ) -> Result<String, Failure> {
        let own_words = JobWords {
            job: self.job.job.clone(),
            ..JobWords::default()
        };
        let Ok(own) = at.job_with(&own_words, self.as_of, &self.accept_empty) else {
            return Ok("\nthe job alone cannot be used, so there is nothing to compare with\n".to_owned());
        };
        let own = night::night(&own, options, world)?.statement;
        Ok(own.map_or_else(String::new, |own| what_if(&own, tried)))
    }
}
