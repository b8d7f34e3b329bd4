//! The dead-man switch around a night: told that it began, and with which exit code it ended. It is told the end only
//! when no mail waits, so that a night whose mail never left raises the alarm.

use super::{Options, Outcome, World, mails, night};
use crate::deliver::ping::{Signal, ping};
use crate::failure::Failure;
use crate::job::Job;

/// Runs a night under the eyes of the job's ping address, where it has one. A ping that is not heard is a trouble to
/// tell, and never changes the outcome.
pub fn watched(job: &Job, options: &Options, world: &World) -> Result<Outcome, Failure> {
    if options.dry_run {
        return night(job, options, world);
    }
    let begun = tell(job, Signal::Start, world);
    let mut outcome = night(job, options, world);
    let (code, drained) = match &outcome {
        Ok(outcome) => (outcome.exit_code, outcome.drained),
        Err(failure) => (failure.exit_code(), true),
    };
    let ended = if drained {
        tell(job, Signal::Exit(code), world)
    } else {
        None
    };
    if let Ok(outcome) = &mut outcome {
        outcome.troubles.extend(begun.into_iter().chain(ended));
    }
    outcome
}

fn tell(job: &Job, signal: Signal, world: &World) -> Option<String> {
    match mails::secret(&job.ping, world.environment) {
        Ok(None) => None,
        Ok(Some(address)) => ping(&address, signal).err().map(|error| error.to_string()),
        Err(failure) => Some(failure.to_string()),
    }
}
