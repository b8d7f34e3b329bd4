//! The dead-man switch around a night: told that it began, and with which exit code it ended. Where mail waits that goes by
//! itself later (75) it is told no end, so that a night whose mail never left raises the alarm.

use crate::deliver::ping::{Signal, ping};
use crate::failure::Failure;
use crate::job::{Job, SecretSource};
use crate::mishap::caught;
use crate::night::{Options, Outcome, World, night};

/// Runs a night under the eyes of the job's ping address, where it has one. A ping that is not heard is a trouble to
/// tell, and never changes the outcome.
pub fn watched(job: &Job, options: &Options, world: &World) -> Result<Outcome, Failure> {
    if options.dry_run {
        return night(job, options, world);
    }
    let begun = tell(&job.ping, Signal::Start, world);
    let mut outcome = night(job, options, world);
    let (code, waits) = match &outcome {
        Ok(outcome) => (
            outcome.exit_code,
            !outcome.drained && outcome.undelivered.is_none(),
        ),
        Err(failure) => (failure.exit_code(), false),
    };
    let ended = match waits {
        true => None,
        false => tell_end(Some(&job.ping), code, world),
    };
    let troubles = begun.into_iter().chain(ended);
    match &mut outcome {
        Ok(outcome) => outcome.troubles.extend(troubles),
        Err(_) => troubles.for_each(|trouble| tracing::warn!("{trouble}")),
    }
    outcome
}

/// Tells the ping, where there is one, how a night ended; what kept it from hearing.
pub(crate) fn tell_end(address: Option<&SecretSource>, code: u8, world: &World) -> Option<String> {
    tell(address?, Signal::Exit(code), world)
}

fn tell(address: &SecretSource, signal: Signal, world: &World) -> Option<String> {
    match address.find(&world.environment) {
        Ok(None) => None,
        Ok(Some(address)) => caught(|| Ok(ping(&address, signal)?))
            .err()
            .map(|failure| failure.to_string()),
        Err(failure) => Some(failure.to_string()),
    }
}
