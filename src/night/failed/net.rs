//! The net under a night: however it ends, it is recorded with its reason, and those who must know hear of it.

use chrono::NaiveDate;

use crate::failure::{ExitKind, Failure};
use crate::job::{Contacts, Job};
use crate::mishap::caught;
use crate::night::failed::{alarm, record, turned_away, unrecorded, watchdog};
use crate::night::{Outcome, World};
use crate::record::Store;

/// Does a night's work; `opened` is its run, once there is one to close.
pub(crate) fn under(
    job: &Job,
    as_of: NaiveDate,
    world: &World,
    work: impl FnOnce(&mut Option<i64>) -> Result<Outcome, Failure>,
) -> Result<Outcome, Failure> {
    let mut opened = None;
    let ended = caught(|| work(&mut opened));
    let (code, why) = match &ended {
        Ok(outcome) => {
            note_delivery(job, outcome, world);
            (outcome.exit_code, outcome.troubles.join("\n"))
        }
        Err(failure) => {
            note(job, as_of, opened, failure, world);
            (failure.exit_code(), failure.to_string())
        }
    };
    turned_away::count(job, as_of, code, &why, world);
    ended
}

/// A night for which this machine's clock can name no day.
pub fn without_a_clock(job: &Job, failure: &Failure, world: &World) {
    note(job, world.now.date_naive(), None, failure, world);
    if let Some(trouble) = watchdog::tell_end(Some(&job.ping), failure.exit_code(), world) {
        tracing::warn!("{trouble}");
    }
}

/// The failure itself is what is reported; that it could not be recorded or mailed comes beside it.
fn note(job: &Job, as_of: NaiveDate, opened: Option<i64>, failure: &Failure, world: &World) {
    if opened.is_none() && (failure.is_mistyped() || failure.kind() == ExitKind::TryLater) {
        return;
    }
    // The night's own store went with the work; a fault may have left it in the middle of something.
    let recorded = caught(|| {
        let mut store = Store::open(&job.store)?;
        record::record(job, as_of, opened, failure, &mut store, world)
    });
    if let Err(also) = recorded {
        tracing::warn!("the failure of this night is not in the store: {also}");
        let told = caught(|| Ok(alarm::tell(&Contacts::of(job), as_of, failure, world)));
        if let Err(also) = &told {
            tracing::warn!("the operators could not be mailed: {also}");
        }
        unrecorded::note(job, as_of, failure, told.unwrap_or(false), world);
    }
}

/// A report that did not reach everybody is a trouble of the night; one that has since is none.
fn note_delivery(job: &Job, outcome: &Outcome, world: &World) {
    // A night that was made just now has noted itself as good; that its mail waits it could not know then.
    let waits = outcome.exit_code == ExitKind::TryLater.code();
    let is_noted = !waits && (outcome.statement.is_some() || outcome.exit_code != 0);
    if outcome.undelivered.is_none() && is_noted {
        return;
    }
    let recorded = caught(|| {
        let mut store = Store::open(&job.store)?;
        record::record_delivery(job, outcome, &mut store, world)
    });
    if let Err(also) = recorded {
        tracing::warn!("how this night's mails went is not in the store: {also}");
    }
}
