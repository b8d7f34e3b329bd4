//! Runs that ended without a word in the store: killed, or aborted when memory ran out, which nothing can be said of in that
//! moment; or stopped by a store that could not be written, which is noted beside it. The next run says it.

use chrono::NaiveDate;

use crate::deliver::message::Built;
use crate::deliver::outbox::Outbox;
use crate::failure::Failure;
use crate::job::Job;
use crate::night::World;
use crate::night::failed::record;
use crate::night::failed::unrecorded::{self, Unrecorded};
use crate::night::mail::incident::{mark, mark_of_failed};
use crate::night::mail::mails;
use crate::record::{Store, Unended};
use crate::render::{self, FailedNight, MailBody, Stands};

pub(in crate::night) const WHY: &str =
    "the run was killed, or this machine ran out of memory: it ended without a word";

/// Notes that a night begins, and records the runs that could not record their end. Operators hear of each by mail, unless
/// they have, or this very run makes up for it.
pub(crate) fn begin(job: &Job, as_of: NaiveDate, store: &mut Store, world: &World) -> Result<(), Failure> {
    let noted = unrecorded::nights(job);
    let open = store.tables().open_night(&job.name)?;
    let killed = open.map(|(as_of, _)| as_of);
    let killed = killed.filter(|killed| noted.iter().all(|night| night.as_of != *killed));
    let mut mails = Vec::new();
    for night in noted.iter().filter(|night| !night.told && night.as_of != as_of) {
        let audience = format!("operator.{}", mark_of_failed(night.exit_code, &night.reason));
        mails.extend(mail(
            job,
            night.as_of,
            audience,
            failure_mail(job, night, store, world)?,
            world,
        )?);
    }
    if let Some(killed) = killed.filter(|killed| *killed != as_of) {
        let audience = format!("operator.{}", mark(["killed"]));
        let body = render::killed_mail(&job.name, killed, WHY, &world.job_words);
        mails.extend(mail(job, killed, audience, body, world)?);
    }
    let unended = |as_of, exit_code, reason: &str, at| Unended {
        job: job.name.clone(),
        as_of,
        settings_digest: job.settings_digest.clone(),
        exit_code,
        reason: reason.to_owned(),
        at,
    };
    let of_killed = killed.map(|killed| unended(killed, None, WHY, world.now));
    let of_noted = noted
        .iter()
        .map(|night| unended(night.as_of, Some(night.exit_code), &night.reason, night.at));
    let runs: Vec<Unended> = of_noted.chain(of_killed).collect();
    store.transaction(|tables| {
        for run in &runs {
            tables.record_unended(run)?;
        }
        for mail in &mails {
            Outbox::new(tables.connection()).freeze(mail, world.now)?;
        }
        tables.begin_night(&job.name, as_of, world.now)?;
        Ok::<(), Failure>(())
    })?;
    unrecorded::forget(job);
    for mail in &mails {
        // At once: this run may come to the same end.
        record::tell(job, mail.identity.as_of, store, world);
    }
    Ok(())
}

fn failure_mail(job: &Job, night: &Unrecorded, store: &Store, world: &World) -> Result<MailBody, Failure> {
    let last_good = store
        .tables()
        .last_good(&job.name, night.as_of + chrono::Days::new(1))?;
    Ok(render::failure_mail(&FailedNight {
        job: &job.name,
        as_of: night.as_of,
        is_reported: false,
        stands: Stands::of(last_good.map(|run| run.as_of)),
        exit_code: night.exit_code,
        said: &night.reason,
        job_words: &world.job_words,
    }))
}

/// None where operators have no address.
fn mail(
    job: &Job,
    as_of: NaiveDate,
    audience: String,
    body: MailBody,
    world: &World,
) -> Result<Vec<Built>, Failure> {
    let wanted = vec![(audience, &job.mail.operators, body)];
    let date = mails::date_of(job, as_of, world);
    mails::build_all(job, as_of, 1, wanted, date, &Default::default())
}
