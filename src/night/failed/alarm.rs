//! Words to the operators about a night that has no store, or no job, to be recorded in: sent at once, past the outbox.

use std::fs;
use std::path::PathBuf;

use chrono::{Days, NaiveDate};

use crate::deliver::Fate;
use crate::deliver::message::Identity;
use crate::durable::{FILE_MODE, write_file};
use crate::failure::Failure;
use crate::job::Contacts;
use crate::night::World;
use crate::night::failed::watchdog;
use crate::night::mail::incident::mark_of_failure;
use crate::night::mail::{delivery, mails};
use crate::render::{self, FailedNight, MailBody, Stands};

/// What was last told in this way, so that it is told once a night and cause: beside the store, else among the reports.
const LAST_ALARM: &str = ".last_alarm";

/// A job that cannot be used: mails those whom it names, and tells the ping, as far as either can be read.
pub fn tell_of_no_job(contacts: &Contacts, as_of: Option<NaiveDate>, failure: &Failure, world: &World) {
    let as_of = as_of.unwrap_or_else(|| world.now.date_naive() - Days::new(1));
    tell(contacts, as_of, failure, world);
    if let Some(trouble) = watchdog::tell_end(contacts.ping.as_ref(), failure.exit_code(), world) {
        tracing::warn!("{trouble}");
    }
}

/// Mails operators the failure of a night. Whether they know of it now.
pub(crate) fn tell(contacts: &Contacts, as_of: NaiveDate, failure: &Failure, world: &World) -> bool {
    let body = render::failure_mail(&FailedNight {
        job: &contacts.job,
        as_of,
        is_reported: false,
        stands: Stands::Unknown,
        exit_code: failure.exit_code(),
        said: &failure.to_string(),
        job_words: &world.job_words,
    });
    send_once(contacts, as_of, &mark_of_failure(failure), body, world)
}

/// Mails operators, unless the same was mailed before. That it cannot be mailed is a trouble to tell, and changes nothing else.
pub(crate) fn send_once(
    contacts: &Contacts,
    as_of: NaiveDate,
    mark: &str,
    body: MailBody,
    world: &World,
) -> bool {
    let told = format!("{} {as_of} {mark}\n", contacts.job);
    let notes: [PathBuf; 2] = [&contacts.store, &contacts.reports].map(|folder| folder.join(LAST_ALARM));
    let known = |note: &PathBuf| fs::read_to_string(note).is_ok_and(|known| known == told);
    if contacts.mail.operators.is_empty() || notes.iter().any(known) {
        return true;
    }
    match send(contacts, as_of, mark, body, world) {
        Ok(()) => {
            // Told twice is better than not at all.
            let _ = notes
                .iter()
                .any(|note| write_file(note, told.as_bytes(), FILE_MODE).is_ok());
            true
        }
        Err(failure) => {
            tracing::warn!("the operators could not be mailed: {failure}");
            false
        }
    }
}

fn send(
    contacts: &Contacts,
    as_of: NaiveDate,
    mark: &str,
    body: MailBody,
    world: &World,
) -> Result<(), Failure> {
    let Some(mut delivery) = delivery::way(&contacts.mail, world)? else {
        return Ok(());
    };
    let identity = Identity {
        job: contacts.job.clone(),
        as_of,
        revision: 1,
        audience: format!("operator.{mark}"),
    };
    let Contacts { mail: settings, .. } = contacts;
    let mail = mails::build_one(
        &settings.from,
        identity,
        world.now,
        &settings.operators,
        body,
        &Default::default(),
    )?;
    for recipient in &mail.recipients {
        let fate = delivery::offer(delivery.as_mut(), &mail, recipient)?;
        if let Fate::Refused(said) | Fate::Deferred(said) | Fate::Ambiguous(said) = fate {
            tracing::warn!("the mail to {recipient} was not taken: {said}");
        }
    }
    Ok(())
}
