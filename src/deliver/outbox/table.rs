//! The outbox's rows in the state store: every statement that touches them.

use super::super::message::{Built, Identity};
use super::{Error, Frozen, OperatorsWord, Outbox, Row, State};
use crate::domain::hex;
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};

const ROWS: &str = "SELECT o.id, m.job, m.as_of, m.revision, m.audience, m.message_id, o.recipient, o.state,
                           o.attempts, o.reason FROM outbox o JOIN outbox_messages m ON m.id = o.message";

impl Outbox<'_> {
    /// Freezes a mail for its recipients, all `pending`. What is frozen for that night, revision and audience
    /// already stays as it is, bytes and states.
    pub fn freeze(&self, mail: &Built, now: DateTime<Utc>) -> Result<Frozen, Error> {
        let digest = hex(&Sha256::digest(&mail.bytes));
        let Identity {
            job,
            as_of,
            revision,
            audience,
        } = &mail.identity;
        let as_of = as_of.to_string();
        let savepoint = Savepoint::begin(self.conn)?;
        self.conn.execute(
            "INSERT OR IGNORE INTO outbox_messages (job, as_of, revision, audience, message_id, sender, digest, bytes)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![job, as_of, revision, audience, mail.message_id, mail.sender, digest, mail.bytes],
        )?;
        let (message, kept): (i64, String) = self.conn.query_row(
            "SELECT id, digest FROM outbox_messages
             WHERE job = ?1 AND as_of = ?2 AND revision = ?3 AND audience = ?4",
            params![job, as_of, revision, audience],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        let mut added = 0;
        for recipient in &mail.recipients {
            added += self.conn.execute(
                "INSERT OR IGNORE INTO outbox (message, recipient, state, updated_at) VALUES (?1, ?2, 'pending', ?3)",
                params![message, recipient, stamp(now)],
            )?;
        }
        savepoint.release()?;
        Ok(Frozen {
            added,
            differs: kept != digest,
        })
    }

    /// All rows of a job, oldest first.
    pub fn rows(&self, job: &str) -> Result<Vec<Row>, Error> {
        let mut rows = self.all_rows()?;
        rows.retain(|row| row.identity.job == job);
        Ok(rows)
    }

    /// All rows of all jobs that share the store, oldest first.
    pub fn all_rows(&self) -> Result<Vec<Row>, Error> {
        let mut statement = self.conn.prepare(&format!("{ROWS} ORDER BY o.id"))?;
        let mut found = statement.query([])?;
        let mut rows = Vec::new();
        while let Some(row) = found.next()? {
            rows.push(read(row)?);
        }
        Ok(rows)
    }

    /// A row, whichever job's it is.
    ///
    /// # Errors
    /// [`Error::NoSuchRow`]
    pub fn row(&self, id: i64) -> Result<Row, Error> {
        let rows = self.all_rows()?;
        rows.into_iter()
            .find(|row| row.id == id)
            .ok_or(Error::NoSuchRow(id))
    }

    /// Takes the operator's word on a row.
    ///
    /// # Errors
    /// [`Error::NoSuchRow`], [`Error::Forgotten`] when its bytes are gone and it cannot be sent again, or [`Error::Settled`].
    pub fn override_state(
        &self,
        id: i64,
        verdict: OperatorsWord,
        reason: &str,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let state = self.row(id)?.state;
        let state = match verdict {
            OperatorsWord::SendAgain if self.frozen(id)?.1.is_empty() => return Err(Error::Forgotten(id)),
            OperatorsWord::SendAgain => State::Pending,
            OperatorsWord::Drop if matches!(state, State::Accepted | State::Dropped) => {
                return Err(Error::Settled { id, state });
            }
            OperatorsWord::Drop => State::Dropped,
        };
        self.set(id, state, Some(reason), now).map(drop)
    }

    /// Gives up what waits for an audience from earlier nights: a newer message says it better.
    pub fn supersede(&self, newer: &Identity, now: DateTime<Utc>) -> Result<usize, Error> {
        Ok(self.conn.execute(
            "UPDATE outbox SET state = 'dropped', updated_at = ?5,
                    reason = 'not sent: a newer one has taken its place' || coalesce(' (' || reason || ')', '')
             WHERE state NOT IN ('accepted', 'refused', 'dropped') AND message IN
                   (SELECT id FROM outbox_messages
                    WHERE job = ?1 AND audience = ?2 AND (as_of, revision) < (?3, ?4))",
            params![
                newer.job,
                newer.audience,
                newer.as_of.to_string(),
                newer.revision,
                stamp(now)
            ],
        )?)
    }

    /// Rows found `inflight` were cut short: nobody knows whether the server took them. Their ids.
    pub(super) fn doubt_cut_short(&self, job: &str, now: DateTime<Utc>) -> Result<Vec<i64>, Error> {
        let mut rows = self.rows(job)?;
        rows.retain(|row| row.state == State::Inflight);
        let reason = "the run ended between sending and noting the answer";
        for row in &rows {
            self.set(row.id, State::Ambiguous, Some(reason), now)?;
        }
        Ok(rows.into_iter().map(|row| row.id).collect())
    }

    /// Gives up what still waits from nights before `before`, since its bytes leave. What was given up, as it stood.
    pub fn give_up(&self, job: &str, before: NaiveDate, now: DateTime<Utc>) -> Result<Vec<Row>, Error> {
        let mut rows = self.rows(job)?;
        rows.retain(|row| !row.state.is_settled() && row.identity.as_of < before);
        for row in &rows {
            let last = row.reason.as_deref().unwrap_or("never offered");
            let reason = format!(
                "given up with its retention; before that {}: {last}",
                row.state.as_str()
            );
            self.set(row.id, State::Dropped, Some(&reason), now)?;
        }
        Ok(rows)
    }

    /// Empties the bytes of a job's settled mails of nights before `before` (they may hold names); the rows stay, so that
    /// such a night still sends nothing when it is run again. The number emptied.
    pub fn forget_bytes(&self, job: &str, before: NaiveDate) -> Result<usize, Error> {
        Ok(self.conn.execute(
            "UPDATE outbox_messages SET bytes = x''
             WHERE job = ?1 AND as_of < ?2 AND length(bytes) > 0 AND NOT EXISTS
             (SELECT 1 FROM outbox WHERE message = outbox_messages.id
                                     AND state NOT IN ('accepted', 'refused', 'dropped'))",
            [job, &before.to_string()],
        )?)
    }

    /// The mails of all jobs whose bytes are still kept.
    pub fn kept_mails(&self) -> Result<Vec<Identity>, Error> {
        let mut statement = self.conn.prepare(
            "SELECT job, as_of, revision, audience FROM outbox_messages WHERE length(bytes) > 0 ORDER BY id",
        )?;
        let mut found = statement.query([])?;
        let mut mails = Vec::new();
        while let Some(row) = found.next()? {
            let as_of: String = row.get(1)?;
            mails.push(Identity {
                job: row.get(0)?,
                as_of: as_of.parse().map_err(|_| Error::Damaged(as_of))?,
                revision: row.get(2)?,
                audience: row.get(3)?,
            });
        }
        Ok(mails)
    }

    /// Empties one mail's bytes; who has not had it by now does not get it.
    pub fn forget_mail(&self, mail: &Identity, reason: &str, now: DateTime<Utc>) -> Result<(), Error> {
        let savepoint = Savepoint::begin(self.conn)?;
        let rows = self.rows(&mail.job)?;
        for row in rows
            .iter()
            .filter(|row| row.identity == *mail && !row.state.is_settled())
        {
            self.set(row.id, State::Dropped, Some(reason), now)?;
        }
        self.conn.execute(
            "UPDATE outbox_messages SET bytes = x'' WHERE job = ?1 AND as_of = ?2 AND revision = ?3 AND audience = ?4",
            params![mail.job, mail.as_of.to_string(), mail.revision, mail.audience],
        )?;
        savepoint.release()
    }

    /// The frozen bytes of a night's mail to one audience.
    pub fn bytes(&self, identity: &Identity) -> Result<Option<Vec<u8>>, Error> {
        let Identity {
            job,
            as_of,
            revision,
            audience,
        } = identity;
        Ok(self
            .conn
            .query_row(
                "SELECT bytes FROM outbox_messages
                 WHERE job = ?1 AND as_of = ?2 AND revision = ?3 AND audience = ?4",
                params![job, as_of.to_string(), revision, audience],
                |row| row.get(0),
            )
            .optional()?)
    }

    /// Envelope sender and bytes of a row's mail.
    pub(super) fn frozen(&self, id: i64) -> Result<(String, Vec<u8>), Error> {
        self.conn.query_row(
            "SELECT m.sender, m.bytes FROM outbox o JOIN outbox_messages m ON m.id = o.message WHERE o.id = ?1",
            [id],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?
        .ok_or(Error::NoSuchRow(id))
    }

    /// Moves a row to `state`; going `inflight` counts as an attempt. The number of rows moved.
    pub(super) fn set(
        &self,
        id: i64,
        state: State,
        reason: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<usize, Error> {
        Ok(self.conn.execute(
            "UPDATE outbox SET state = ?2, reason = ?3, updated_at = ?4, attempts = attempts + (?2 = 'inflight')
             WHERE id = ?1",
            params![id, state.as_str(), reason, stamp(now)],
        )?)
    }
}

fn read(row: &rusqlite::Row<'_>) -> Result<Row, Error> {
    let (as_of, state): (String, String) = (row.get(2)?, row.get(7)?);
    let identity = Identity {
        job: row.get(1)?,
        as_of: as_of.parse().map_err(|_| Error::Damaged(as_of))?,
        revision: row.get(3)?,
        audience: row.get(4)?,
    };
    Ok(Row {
        id: row.get(0)?,
        identity,
        message_id: row.get(5)?,
        recipient: row.get(6)?,
        state: State::parse(&state)?,
        attempts: row.get(8)?,
        reason: row.get(9)?,
    })
}

pub(super) fn stamp(now: DateTime<Utc>) -> String {
    now.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// A transaction that also works inside another one; undone when it is dropped without being released.
pub(super) struct Savepoint<'c> {
    conn: &'c Connection,
    open: bool,
}

impl<'c> Savepoint<'c> {
    pub(super) fn begin(conn: &'c Connection) -> Result<Self, Error> {
        conn.execute_batch("SAVEPOINT freeze")?;
        Ok(Self { conn, open: true })
    }

    pub(super) fn release(mut self) -> Result<(), Error> {
        self.conn.execute_batch("RELEASE freeze")?;
        self.open = false;
        Ok(())
    }
}

impl Drop for Savepoint<'_> {
    fn drop(&mut self) {
        if self.open {
            // The error that brought us here is the one to report; SQLite undoes an open savepoint at close too.
            let _ = self.conn.execute_batch("ROLLBACK TO freeze; RELEASE freeze");
        }
    }
}
