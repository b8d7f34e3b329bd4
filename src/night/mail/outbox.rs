//! What waits in the outbox: brought in line with the job before anything is sent, and `quietline outbox`.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use serde::Serialize;

use crate::deliver::message::Identity;
use crate::deliver::outbox::{Drained, Error, OperatorsWord, Outbox, Row, State};
use crate::deliver::webhook::WebhookDelivery;
use crate::domain::Audience;
use crate::domain::counted;
use crate::failure::{ExitKind, Failure};
use crate::job::Job;
use crate::night::World;
use crate::night::mail::delivery::{self, way};
use crate::night::mail::mails::readers;
use crate::night::memory::other_jobs;
use crate::record::Store;

/// Mail for those whom the job no longer names is dropped, those who are new get what is unsent, and what is older than its
/// retention leaves. What the operator must hear of it, a line each.
pub fn tidy(job: &Job, as_of: NaiveDate, store: &Store, world: &World) -> Result<Vec<String>, Failure> {
    let outbox = Outbox::new(store.connection());
    let before = as_of - Days::new(u64::from(job.mail_days));
    let named = |identity: &Identity| named(job, identity);
    let dropped = outbox.follow_readers(&job.name, as_of, &named, world.now)?;
    let given_up = outbox.give_up(&job.name, before, world.now)?;
    outbox.forget_bytes(&job.name, before)?;
    let elsewhere = other_jobs::waiting_unseen(job, as_of, store, world)?;
    let dropped = dropped.iter().map(|row| {
        let doubt = match row.state {
            State::Pending => "",
            _ => "; an earlier copy may have arrived",
        };
        format!(
            "{} is dropped: the job no longer names this recipient{doubt}",
            row.named()
        )
    });
    let given_up = given_up.iter().map(|row| {
        let days = job.mail_days;
        format!(
            "{} is given up: not settled for {}",
            row.named(),
            counted(days, "day", "days")
        )
    });
    Ok(dropped.chain(given_up).chain(elsewhere).collect())
}

/// Who reads a mail by the job as it is now; none where that is not for the job's addresses to say.
fn named(job: &Job, identity: &Identity) -> Option<Vec<String>> {
    let list = identity.list();
    let audience = Audience::ALL.iter().find(|audience| audience.as_str() == list);
    match audience {
        Some(audience) => readers(job, *audience).map(|readers| readers.to.clone()),
        None => (list == OPERATORS).then(|| job.mail.operators.clone()),
    }
}

const OPERATORS: &str = "operator";

/// One mail for one recipient, as it stands.
#[derive(Debug, Serialize)]
pub struct Entry {
    pub id: i64,
    /// Jobs that share a store share its outbox.
    pub job: String,
    pub as_of: NaiveDate,
    pub audience: String,
    pub recipient: String,
    pub state: &'static str,
    /// Times that sending was begun.
    pub attempts: u32,
    pub reason: Option<String>,
}

/// The entries of the job's store that have no good end, or all of them; nothing is sent and nothing locked.
pub fn list(job: &Job, all: bool) -> Result<Vec<Entry>, Failure> {
    let store = Store::open_to_read(&job.store)?;
    let mut rows = Outbox::new(store.connection()).all_rows()?;
    if !all {
        rows = unfinished(rows);
    }
    let entry = |row: Row| Entry {
        id: row.id,
        as_of: row.identity.as_of,
        audience: row.identity.list().to_owned(),
        job: row.identity.job,
        recipient: row.recipient,
        state: row.state.as_str(),
        attempts: row.attempts,
        reason: row.reason,
    };
    Ok(rows.into_iter().map(entry).collect())
}

/// What waits, is in doubt or was refused. An older post was given up for a newer one, and is no mail that somebody misses.
pub fn unfinished(mut rows: Vec<Row>) -> Vec<Row> {
    let posts = rows.iter().filter(|row| is_post(row));
    let last_posts: BTreeMap<String, i64> = posts.map(|row| (row.identity.job.clone(), row.id)).collect();
    rows.retain(|row| {
        let has_good_end = matches!(row.state, State::Accepted | State::Dropped);
        !has_good_end && (!is_post(row) || last_posts.get(&row.identity.job) == Some(&row.id))
    });
    rows
}

fn is_post(row: &Row) -> bool {
    row.identity.list() == Audience::Webhook.as_str()
}

/// Sends one entry now, whatever became of it before. What came of it, in words. One of another job that shares the store
/// goes the way of this job, to a reader of this job.
///
/// # Errors
/// No such entry, bytes that have left, a recipient whom the job does not name, another job's post, and what the server said where it did not
/// take the mail.
pub fn send(job: &Job, id: i64, world: &World) -> Result<String, Failure> {
    let store = Store::open(&job.store)?;
    let outbox = Outbox::new(store.connection());
    let row = outbox.row(id)?;
    if is_post(&row) && row.identity.job != job.name {
        return Err(Failure::usage(
            format!(
                "outbox entry {id} is a post of job {}, and its address is that job's",
                row.identity.job
            ),
            "send it with that job's file, or give it up with `quietline outbox drop`",
        ));
    }
    let is_reader = named(job, &row.identity).is_none_or(|named| {
        named
            .iter()
            .any(|address| address.eq_ignore_ascii_case(&row.recipient))
    });
    if !is_reader {
        let recipient = row.recipient;
        return Err(Error::NotAReader { id, recipient }.into());
    }
    let drained = match is_post(&row) {
        true => match job.webhook.url.find(&world.environment)? {
            Some(address) => outbox.send_again(id, &mut WebhookDelivery::new(&address)?, world.now)?,
            None => return Err(Error::NotCarried(id).into()),
        },
        false => match way(&job.mail, world)? {
            Some(mut delivery) => outbox.send_again(id, delivery.as_mut(), world.now)?,
            None => return Err(Error::NotCarried(id).into()),
        },
    };
    failure_of(&drained)?;
    Ok(format!("{} went out\n", row.named()))
}

fn failure_of(drained: &Drained) -> Result<(), Failure> {
    match drained.exit_code() {
        0 => Ok(()),
        code => Err(Failure::msg(
            ExitKind::of_code(code),
            delivery::troubles(drained).join("\n"),
        )),
    }
}

/// Gives one entry up.
///
/// # Errors
/// No such entry, or one that has its end already.
pub fn drop(job: &Job, id: i64, reason: &str, world: &World) -> Result<String, Failure> {
    let store = Store::open(&job.store)?;
    let outbox = Outbox::new(store.connection());
    outbox.override_state(id, OperatorsWord::Drop, reason, world.now)?;
    Ok(format!("{} is given up\n", outbox.row(id)?.named()))
}
