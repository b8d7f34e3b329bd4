//! What waits in the outbox goes out: the mails in the way that the job names, posts to its webhook; and what became of them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::deliver::message::{Built, Identity};
use crate::deliver::outbox::{Drained, OnAmbiguous, Outbox, Row, State};
use crate::deliver::webhook::WebhookDelivery;
use crate::deliver::{self, Delivery, Fate, Parcel};
use crate::domain::Audience;
use crate::failure::{ExitKind, Failure};
use crate::job::{Job, Mail, Transport};
use crate::night::mail::{incident, mails, outbox};
use crate::night::{Undelivered, World};
use crate::record::Store;

/// What became of all that waited.
pub(crate) struct Sent {
    pub exit_code: u8,
    pub troubles: Vec<String>,
    pub drained: bool,
    /// The outbox's entries that are told.
    told: Vec<i64>,
    /// Whom it did not reach: what tells one trouble from another, from night to night.
    unreached: BTreeSet<String>,
    /// The way of the mails is open.
    takes_mail: bool,
}

impl Sent {
    fn of(drained: &Drained) -> Sent {
        let refused = |row: &&Row| row.state == State::Refused;
        Sent {
            exit_code: drained.exit_code(),
            troubles: troubles(drained),
            drained: drained.is_empty(),
            takes_mail: drained.halted.is_none(),
            told: drained.troubles.iter().map(|row| row.id).collect(),
            unreached: drained
                .troubles
                .iter()
                .filter(refused)
                .map(|row| format!("{} {}", row.identity.list(), row.recipient))
                .collect(),
        }
    }

    /// Nothing could be offered.
    fn closed(failure: &Failure, takes_mail: bool) -> Sent {
        Sent {
            exit_code: failure.exit_code(),
            troubles: vec![failure.to_string()],
            drained: false,
            takes_mail,
            told: Vec::new(),
            unreached: BTreeSet::new(),
        }
    }

    /// With what came of another way.
    fn and(&mut self, other: Sent) {
        self.troubles.extend(other.troubles);
        self.drained &= other.drained;
        self.told.extend(other.told);
        self.unreached.extend(other.unreached);
        if self.exit_code == 0 {
            self.exit_code = other.exit_code;
        }
    }

    /// A report that did not reach everybody, unless what waits goes by itself.
    pub(crate) fn undelivered(&self) -> Option<Undelivered> {
        let goes_by_itself = [0, ExitKind::TryLater.code()].contains(&self.exit_code);
        (!goes_by_itself).then(|| Undelivered {
            failure: Failure::msg(ExitKind::of_code(self.exit_code), self.troubles.join("\n")),
            cause: incident::mark(self.unreached.iter().map(String::as_str)),
            can_be_told: self.takes_mail,
        })
    }
}

/// The mails, then what is posted; that one of the two cannot go does not keep the other back.
pub(crate) fn send(job: &Job, as_of: NaiveDate, store: &mut Store, world: &World) -> Result<Sent, Failure> {
    let tidied = outbox::tidy(job, as_of, store, world)?;
    // A credential that is missing closes the way of the mails, and does not undo a night that has its report.
    let mut sent = match way(&job.mail, world) {
        Err(failure) => Sent::closed(&failure, false),
        Ok(way) => Sent::of(&drain_by(way, job, as_of, store, world)?),
    };
    sent.troubles.splice(..0, tidied);
    match post(job, as_of, store, world) {
        Ok(None) => {}
        Ok(Some(posts)) => sent.and(Sent::of(&posts)),
        Err(failure) => sent.and(Sent::closed(&failure, true)),
    }
    sent.and(refused_before(job, as_of, &sent.told, store)?);
    if !sent.drained || !sent.unreached.is_empty() {
        let corrected = match sent.unreached.is_empty() {
            true => "",
            false => "a refused address that is corrected in the job gets its mail with the next run; ",
        };
        sent.troubles.push(format!(
            "{corrected}what is pending goes with the next run; `quietline outbox list {job}` shows what waits or was refused, \
             `quietline outbox send ID {job}` sends one now, and `quietline outbox drop ID {job} --reason TEXT` gives one up",
            job = world.job_words
        ));
    }
    Ok(sent)
}

/// A night that is run again is not done while somebody was refused its mail and that was neither corrected, sent nor given
/// up since. What a later revision has sent anew counts no more; a post gives way to the next night's, and is told once.
fn refused_before(job: &Job, as_of: NaiveDate, told: &[i64], store: &Store) -> Result<Sent, Failure> {
    let mut rows = Outbox::new(store.connection()).rows(&job.name)?;
    let is_post = |row: &Row| row.identity.list() == Audience::Webhook.as_str();
    rows.retain(|row| row.identity.as_of == as_of && !is_post(row));
    let mut newest: BTreeMap<String, u32> = BTreeMap::new();
    for Identity {
        audience, revision, ..
    } in rows.iter().map(|row| &row.identity)
    {
        let newest = newest.entry(audience.clone()).or_default();
        *newest = (*newest).max(*revision);
    }
    rows.retain(|row| {
        let is_newest = newest.get(&row.identity.audience) == Some(&row.identity.revision);
        is_newest && row.state == State::Refused && !told.contains(&row.id)
    });
    Ok(Sent::of(&Drained {
        troubles: rows,
        ..Drained::default()
    }))
}

/// Offers what waits for the webhook; none where its address is set nowhere.
fn post(job: &Job, as_of: NaiveDate, store: &Store, world: &World) -> Result<Option<Drained>, Failure> {
    let Some(address) = job.webhook.url.find(&world.environment)? else {
        return Ok(None);
    };
    let mut delivery = WebhookDelivery::new(&address)?;
    let outbox = Outbox::new(store.connection());
    Ok(Some(outbox.drain(
        &job.name,
        as_of,
        &mut delivery,
        OnAmbiguous::Resend,
        world.now,
    )?))
}

/// Offers the mails that wait in the outbox, in the way that the job names.
pub(crate) fn drain(
    job: &Job,
    as_of: NaiveDate,
    store: &mut Store,
    world: &World,
) -> Result<Drained, Failure> {
    drain_by(way(&job.mail, world)?, job, as_of, store, world)
}

fn drain_by(
    way: Option<Box<dyn Delivery>>,
    job: &Job,
    as_of: NaiveDate,
    store: &Store,
    world: &World,
) -> Result<Drained, Failure> {
    let Some(mut delivery) = way else {
        return Ok(Drained::default());
    };
    let policy = mails::on_ambiguous(job.mail.on_ambiguous);
    let outbox = Outbox::new(store.connection());
    Ok(outbox.drain(&job.name, as_of, delivery.as_mut(), policy, world.now)?)
}

/// The way that the job's mails go, if they go anywhere.
pub(crate) fn way(mail: &Mail, world: &World) -> Result<Option<Box<dyn Delivery>>, Failure> {
    Ok(match &mail.transport {
        Transport::None => None,
        Transport::File { outbox } => Some(Box::new(deliver::file::FolderDelivery::new(outbox))),
        Transport::Smtp(smtp) => Some(Box::new(deliver::smtp::SmtpDelivery::new(mails::smtp_settings(
            smtp,
            world.environment,
        )?))),
    })
}

/// Offers one mail to one recipient at once, past the outbox.
pub(crate) fn offer(delivery: &mut dyn Delivery, mail: &Built, recipient: &str) -> Result<Fate, Failure> {
    let parcel = Parcel {
        name: &mail.identity.file_name(),
        sender: &mail.sender,
        recipient,
        bytes: &mail.bytes,
    };
    let fate = delivery.offer(&parcel, &mut || Ok(()));
    fate.map_err(|halted| Failure::msg(ExitKind::of_code(halted.exit_code()), halted.to_string()))
}

/// One line for each recipient: what halted the drain is the reason of all that were not offered.
pub(crate) fn troubles(drained: &Drained) -> Vec<String> {
    let halted = drained.halted.as_ref().map(ToString::to_string);
    let rows = drained.troubles.iter().map(|row| {
        let why = row.reason.as_deref().or(halted.as_deref());
        let why = why.unwrap_or("not offered in this run");
        format!("{} is {}: {why}", row.named(), row.state.as_str())
    });
    let told: Vec<String> = rows.collect();
    match halted {
        // Only mails of other nights waited: what keeps them is told all the same.
        Some(halted) if told.is_empty() => vec![halted],
        _ => told,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deliver::outbox::State;
    use crate::deliver::{Halted, outbox};

    #[test]
    fn each_recipient_is_told_once_with_what_halted_the_drain() {
        let row = |recipient: &str, reason: Option<&str>| Row {
            id: 1,
            identity: Identity {
                job: "nightly".into(),
                as_of: "2026-10-16".parse().unwrap(),
                revision: 1,
                audience: "operator.1a2b3c".into(),
            },
            message_id: String::new(),
            recipient: recipient.into(),
            state: State::Pending,
            attempts: 0,
            reason: reason.map(str::to_owned),
        };
        let halted = Halted::from(outbox::Error::NoSuchRow(1));
        let why = halted.to_string();
        let told = troubles(&Drained {
            troubles: vec![row("a@example.test", Some(&why)), row("b@example.test", None)],
            halted: Some(halted),
            left: 2,
            ..Drained::default()
        });
        let line = |who: &str| format!("the operator mail of 2026-10-16 to {who} is pending: {why}");
        assert_eq!(told, [line("a@example.test"), line("b@example.test")]);
    }
}
