//! The outbox: each recipient of each frozen mail is a row with one state, and a finished night sends nothing.
//!
//! `pending` -> `inflight` (committed before DATA) -> `accepted` | `refused` | `ambiguous`. Its tables are made by the
//! state store; the rules of what may follow what stand here. Exactly once over SMTP cannot be had in one window
//! (the server accepted and we died before noting it): there the identical bytes may go again, and the log says so.

mod table;

use super::message::Identity;
use super::{Delivery, Fate, Halted, Parcel};
use chrono::{DateTime, Utc};
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
}

impl State {
    /// The name in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Inflight => "inflight",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Ambiguous => "ambiguous",
        }
    }

    fn parse(name: &str) -> Result<Self, Error> {
        [
            Self::Pending,
            Self::Inflight,
            Self::Accepted,
            Self::Refused,
            Self::Ambiguous,
        ]
        .into_iter()
        .find(|state| state.as_str() == name)
        .ok_or_else(|| Error::Damaged(name.to_owned()))
    }
}

/// The operator's word on a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Send it in the next run, also when it was refused.
    SendAgain,
    /// It arrived, or is not wanted any more.
    Done,
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
    /// Rows that did not end in `accepted`, with the reason: refused, deferred, ambiguous, held. For the caller to tell;
    /// one that was not offered has no reason of its own but what halted the drain.
    pub troubles: Vec<Row>,
    /// Why draining stopped early; the rest stands as before.
    pub halted: Option<Halted>,
    /// Rows that are neither accepted nor refused.
    pub left: usize,
}

impl Drained {
    /// Nothing waits any more: the dead-man ping may go.
    pub fn is_empty(&self) -> bool {
        self.left == 0
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
        "the bytes of outbox entry {0} have left with retention; run that night again with --redo to mail it"
    )]
    Forgotten(i64),
    /// No such row.
    #[error("there is no outbox entry {0}; `quietline outbox` lists them")]
    NoSuchRow(i64),
}

impl Error {
    /// The exit code of quality.md: 74 cannot write, 65 damaged, 2 a wrong number typed.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Database(_) => 74,
            Self::Damaged(_) => 65,
            Self::NoSuchRow(_) | Self::Forgotten(_) => 2,
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
    /// # Errors
    /// [`Error`] when the outbox itself fails. A mail server that is down is no error here: see
    /// [`Drained::halted`].
    pub fn drain(
        &self,
        job: &str,
        delivery: &mut dyn Delivery,
        policy: OnAmbiguous,
        now: DateTime<Utc>,
    ) -> Result<Drained, Error> {
        self.doubt_cut_short(job, now)?;
        let mut drained = Drained::default();
        let harmless = delivery.repeats_harmlessly();
        for row in self.waiting(job, delivery)? {
            let hold = policy == OnAmbiguous::Hold || row.attempts >= MAX_ATTEMPTS;
            if drained.halted.is_some() || (row.state == State::Ambiguous && hold && !harmless) {
                drained.troubles.push(row);
                continue;
            }
            self.send(row, delivery, now, &mut drained)?;
        }
        drained.left = self.waiting(job, delivery)?.len();
        Ok(drained)
    }

    /// The rows that go this way and have no end yet, oldest first.
    fn waiting(&self, job: &str, delivery: &dyn Delivery) -> Result<Vec<Row>, Error> {
        let mut rows = self.rows(job)?;
        rows.retain(|row| !is_settled(row.state) && delivery.carries(&row.identity));
        Ok(rows)
    }

    fn send(
        &self,
        mut row: Row,
        delivery: &mut dyn Delivery,
        now: DateTime<Utc>,
        drained: &mut Drained,
    ) -> Result<(), Error> {
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
        if state == State::Accepted {
            drained.accepted += 1;
        } else {
            drained.troubles.push(row);
        }
        Ok(())
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

fn is_settled(state: State) -> bool {
    matches!(state, State::Accepted | State::Refused)
}
