//! The outbox: each recipient of each frozen mail is a row with one state, and a finished night sends nothing.
//!
//! `pending` -> `inflight` (committed before DATA) -> `accepted` | `refused` | `ambiguous`; what is given up is `dropped`.
//! Its tables are made by the state store; the rules of what may follow what stand here. Exactly once over SMTP cannot be
//! had in one window (the server accepted and we died before noting it): there the identical bytes may go again, and the
//! log says so.

mod readers;
mod table;

use super::message::Identity;
use super::{Delivery, Fate, Halted, Parcel};
use crate::domain::Audience;
use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::Connection;

/// What to do with a mail of which nobody knows whether it arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnAmbiguous {
    /// Send the identical bytes again; a mail client shows two of one `Message-ID` as one or as twins.
    Resend,
    /// Leave it to the operator.
    Hold,
}

/// A server that never answers after DATA would get a twin each night: after so many the row is held.
const MAX_ATTEMPTS: u32 = 5;

/// Where a recipient's mail stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    Pending,
    Inflight,
    Accepted,
    Refused,
    Ambiguous,
    Dropped,
}

impl State {
    const ALL: [State; 6] = [
        Self::Pending,
        Self::Inflight,
        Self::Accepted,
        Self::Refused,
        Self::Ambiguous,
        Self::Dropped,
    ];

    /// The name in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Inflight => "inflight",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Ambiguous => "ambiguous",
            Self::Dropped => "dropped",
        }
    }

    /// Nothing follows by itself any more.
    pub fn is_settled(self) -> bool {
        matches!(self, Self::Accepted | Self::Refused | Self::Dropped)
    }

    fn parse(name: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == name)
            .ok_or_else(|| Error::Damaged(name.to_owned()))
    }
}

/// The operator's word on a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperatorsWord {
    /// Send it, also when it was refused.
    SendAgain,
    /// It arrived after all, or is not wanted any more.
    Drop,
}

/// One recipient's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub id: i64,
    pub identity: Identity,
    pub message_id: String,
    pub recipient: String,
    pub state: State,
    /// Times that DATA was begun.
    pub attempts: u32,
    /// The server's last words, or ours.
    pub reason: Option<String>,
}

impl Row {
    /// One mail for one recipient, as a sentence begins.
    pub fn named(&self) -> String {
        let (list, as_of) = (self.identity.list(), self.identity.as_of);
        match list == Audience::Webhook.as_str() {
            true => format!("the webhook post of {as_of}"),
            false => format!("the {list} mail of {as_of} to {}", self.recipient),
        }
    }
}

/// The outcome of freezing a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frozen {
    /// Recipients that this call added; the others were there before.
    pub added: usize,
    /// The bytes frozen first differ from these: those stand, these are dropped.
    pub differs: bool,
}

/// What a drain did, and what is left.
#[derive(Debug, Default)]
pub struct Drained {
    pub accepted: usize,
    /// Sent again though perhaps accepted before.
    pub resent: usize,
    /// Rows that are this night's to tell and did not end in `accepted`, with the reason: refused, deferred, ambiguous,
    /// held. One that was not offered has no reason of its own but what halted the drain.
    pub troubles: Vec<Row>,
    /// Why draining stopped early; the rest stands as before.
    pub halted: Option<Halted>,
    /// Troubles that have no end yet.
    pub left: usize,
}

impl Drained {
    /// Nothing of this night waits any more: the dead-man ping may go.
    pub fn is_empty(&self) -> bool {
        self.left == 0 && self.halted.is_none()
    }

    /// 0 when all was accepted; else what stopped the drain, 69 for a recipient refused now, 75 for what must go
    /// again. A refusal is reported by the run that met it; later runs have nothing left to do.
    pub fn exit_code(&self) -> u8 {
        if let Some(halted) = &self.halted {
            return halted.exit_code();
        }
        let refused = self.troubles.iter().any(|row| row.state == State::Refused);
        match (self.left, refused) {
            (0, false) => 0,
            (0, true) => 69,
            _ => 75,
        }
    }
}

/// The outbox table failed; nothing is sent that could not be noted first.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// SQLite's own error.
    #[error(
        "the outbox cannot be read or written ({0}); nothing more is sent in this run. Check the store folder's disk and run again"
    )]
    Database(#[from] rusqlite::Error),
    /// A value that this program never writes.
    #[error("the outbox holds `{0}`, which is not a value of it; restore the state store from a backup")]
    Damaged(String),
    /// Retention has emptied the bytes.
    #[error(
        "the bytes of outbox entry {0} have left with retention and cannot be sent again; the newest night is mailed anew by a run with --redo"
    )]
    Forgotten(i64),
    /// No such row.
    #[error("there is no outbox entry {0}; `quietline outbox list` lists them")]
    NoSuchRow(i64),
    /// Nothing is left to give up.
    #[error("outbox entry {id} is {} already: nothing is left to give up", state.as_str())]
    Settled {
        /// The row.
        id: i64,
        /// Where it stands.
        state: State,
    },
    /// The job names nobody of that address for that mail.
    #[error(
        "outbox entry {id} is for {recipient}, whom the job no longer names for that mail; name the address in the job first"
    )]
    NotAReader {
        /// The row.
        id: i64,
        /// Its address.
        recipient: String,
    },
    /// A mail that the way of delivery cannot carry.
    #[error("outbox entry {0} does not go this way; the job's mail and webhook settings say what does")]
    NotCarried(i64),
    /// A recipient that is no mail address.
    #[error(transparent)]
    Address(#[from] super::message::Error),
}

impl Error {
    /// 74 cannot be read or written, or is damaged; 2 a wrong number typed.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Database(_) | Self::Damaged(_) => 74,
            Self::Address(error) => error.exit_code(),
            Self::NoSuchRow(_)
            | Self::Forgotten(_)
            | Self::Settled { .. }
            | Self::NotAReader { .. }
            | Self::NotCarried(_) => 2,
        }
    }
}

/// The outbox of one state store.
#[derive(Debug, Clone, Copy)]
pub struct Outbox<'c> {
    conn: &'c Connection,
}

impl<'c> Outbox<'c> {
    /// The outbox over the state store's connection (or a transaction of it).
    pub fn new(conn: &'c Connection) -> Self {
        Self { conn }
    }

    /// Sends what waits for `job`, one recipient at a time, oldest first. Rows found `inflight` were cut short by
    /// a kill: they become `ambiguous` and go by `policy`. Each row is offered once at most.
    ///
    /// Of other nights' rows only what is news is told and counts: each night answers for its own mails, and a mail that
    /// stands as it stood was told by the night that met it.
    ///
    /// # Errors
    /// [`Error`] when the outbox itself fails. A mail server that is down is no error here: see
    /// [`Drained::halted`].
    pub fn drain(
        &self,
        job: &str,
        night: NaiveDate,
        delivery: &mut dyn Delivery,
        policy: OnAmbiguous,
        now: DateTime<Utc>,
    ) -> Result<Drained, Error> {
        let cut_short = self.doubt_cut_short(job, now)?;
        let mut drained = Drained::default();
        let harmless = delivery.repeats_harmlessly();
        for row in self.waiting(job, delivery)? {
            let found = row.clone();
            let hold = policy == OnAmbiguous::Hold || row.attempts >= MAX_ATTEMPTS;
            let is_held = row.state == State::Ambiguous && hold && !harmless;
            let row = match drained.halted.is_some() || is_held {
                true => row,
                false => self.send(row, delivery, now, &mut drained)?,
            };
            let runs_out = row.attempts >= MAX_ATTEMPTS && found.attempts < MAX_ATTEMPTS;
            let is_news = row.state != found.state || runs_out || cut_short.contains(&row.id);
            if row.state != State::Accepted && (row.identity.as_of == night || is_news) {
                drained.troubles.push(row);
            }
        }
        drained.left = drained
            .troubles
            .iter()
            .filter(|row| !row.state.is_settled())
            .count();
        Ok(drained)
    }

    /// Sends one row at once, by the operator's word: whatever became of it before, and however often it was tried.
    ///
    /// # Errors
    /// As [`Outbox::override_state`], and a row that does not go this way.
    pub fn send_again(
        &self,
        id: i64,
        delivery: &mut dyn Delivery,
        now: DateTime<Utc>,
    ) -> Result<Drained, Error> {
        let row = self.row(id)?;
        if !delivery.carries(&row.identity) {
            return Err(Error::NotCarried(id));
        }
        self.override_state(id, OperatorsWord::SendAgain, "sent again by hand", now)?;
        let mut drained = Drained::default();
        let row = self.send(self.row(id)?, delivery, now, &mut drained)?;
        drained.left = usize::from(!row.state.is_settled());
        if row.state != State::Accepted {
            drained.troubles.push(row);
        }
        Ok(drained)
    }

    /// The rows that go this way and have no end yet, oldest first.
    fn waiting(&self, job: &str, delivery: &dyn Delivery) -> Result<Vec<Row>, Error> {
        let mut rows = self.rows(job)?;
        rows.retain(|row| !row.state.is_settled() && delivery.carries(&row.identity));
        Ok(rows)
    }

    fn send(
        &self,
        mut row: Row,
        delivery: &mut dyn Delivery,
        now: DateTime<Utc>,
        drained: &mut Drained,
    ) -> Result<Row, Error> {
        let again = row.state == State::Ambiguous && !delivery.repeats_harmlessly();
        if again {
            tracing::warn!(
                recipient = %row.recipient, message_id = %row.message_id,
                "nobody knows whether this mail was accepted before; sending the identical bytes again"
            );
        }
        let (sender, bytes) = self.frozen(row.id)?;
        let parcel = Parcel {
            name: &row.identity.file_name(),
            sender: &sender,
            recipient: &row.recipient,
            bytes: &bytes,
        };
        let mut committed = false;
        let offered = delivery.offer(&parcel, &mut || {
            self.set(row.id, State::Inflight, None, now)?;
            committed = true;
            Ok(())
        });
        let (state, reason) = match offered {
            Ok(fate) => after(fate, row.state),
            // Halted says that nothing was accepted: the row rests as it was found.
            Err(halted) => {
                let reason = halted.to_string();
                drained.halted = Some(halted);
                (row.state, reason)
            }
        };
        self.set(row.id, state, Some(&reason), now)?;
        drained.resent += usize::from(again && committed);
        row.attempts += u32::from(committed);
        (row.state, row.reason) = (state, Some(reason));
        drained.accepted += usize::from(state == State::Accepted);
        Ok(row)
    }
}

/// The state that follows from a fate. A row that was in doubt before stays so when it is put off: its first copy
/// may still have arrived.
fn after(fate: Fate, before: State) -> (State, String) {
    match fate {
        Fate::Accepted(reply) => (State::Accepted, reply),
        Fate::Refused(reply) if before == State::Ambiguous => (
            State::Refused,
            format!("{reply} (an earlier copy may have arrived)"),
        ),
        Fate::Refused(reply) => (State::Refused, reply),
        Fate::Deferred(reply) => (before, reply),
        Fate::Ambiguous(reply) => (State::Ambiguous, reply),
    }
}
