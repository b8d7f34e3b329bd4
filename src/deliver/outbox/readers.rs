//! Frozen mail follows the job's list of readers: who has left it gets nothing more, and who is new on it gets the nights
//! that have not been sent.

use super::super::message::Identity;
use super::super::readdress::readdressed;
use super::table::{Savepoint, stamp};
use super::{Error, Outbox, Row, State};
use crate::domain::hex;
use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::params;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

const NOT_NAMED: &str = "the job no longer names this recipient";

impl Outbox<'_> {
    /// Drops what waits for recipients whom `readers` does not name for that mail, and freezes mails that wait for those who
    /// are new; also this night's mail that was refused for an address that has been corrected since. Mails of which
    /// `readers` gives none are left alone. What was dropped, as it stood.
    pub fn follow_readers(
        &self,
        job: &str,
        night: NaiveDate,
        readers: &dyn Fn(&Identity) -> Option<Vec<String>>,
        now: DateTime<Utc>,
    ) -> Result<Vec<Row>, Error> {
        let savepoint = Savepoint::begin(self.conn)?;
        let mut mails: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
        let rows = self.rows(job)?;
        for row in &rows {
            mails.entry(&row.message_id).or_default().push(row);
        }
        let mut dropped = Vec::new();
        for rows in mails.into_values() {
            let Some(named) = rows.first().and_then(|row| readers(&row.identity)) else {
                continue;
            };
            dropped.extend(self.follow(&rows, night, &named, now)?);
        }
        savepoint.release()?;
        Ok(dropped)
    }

    /// One mail with all its rows.
    fn follow(
        &self,
        rows: &[&Row],
        night: NaiveDate,
        named: &[String],
        now: DateTime<Utc>,
    ) -> Result<Vec<Row>, Error> {
        let is_named = |row: &Row| {
            named
                .iter()
                .any(|address| address.eq_ignore_ascii_case(&row.recipient))
        };
        let (mut dropped, mut unsent, mut in_doubt) = (Vec::new(), false, false);
        for row in rows.iter().filter(|row| !row.state.is_settled()) {
            if is_named(row) {
                unsent |= row.state == State::Pending;
                in_doubt |= row.state != State::Pending;
                continue;
            }
            let reason = match row.state {
                State::Pending => NOT_NAMED.to_owned(),
                _ => format!("{NOT_NAMED} (an earlier copy may have arrived)"),
            };
            self.set(row.id, State::Dropped, Some(&reason), now)?;
            dropped.push((*row).clone());
        }
        let is_corrected =
            |row: &&&Row| row.state == State::Refused && row.identity.as_of == night && !is_named(row);
        let corrected: Vec<&&Row> = rows.iter().filter(is_corrected).collect();
        for row in &corrected {
            self.set(
                row.id,
                State::Dropped,
                Some(&format!("{NOT_NAMED} (refused before)")),
                now,
            )?;
        }
        if !dropped.is_empty() || unsent || !corrected.is_empty() {
            self.freeze_for(rows, named, in_doubt, now)?;
        }
        Ok(dropped)
    }

    /// Rows for those named who have none, or whose row left with their name. Their copy does not show an address that was
    /// wrong; only a copy that may go out a second time keeps its bytes.
    fn freeze_for(
        &self,
        rows: &[&Row],
        named: &[String],
        in_doubt: bool,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let Some(first) = rows.first() else {
            return Ok(());
        };
        let (_, bytes) = self.frozen(first.id)?;
        if bytes.is_empty() {
            return Ok(());
        }
        let mut added = 0;
        let has_a_row = |address: &&String| {
            let same =
                |row: &&&Row| row.recipient.eq_ignore_ascii_case(address) && row.state != State::Dropped;
            rows.iter().any(|row| same(&row))
        };
        for recipient in named.iter().filter(|address| !has_a_row(address)) {
            added += self.conn.execute(
                "INSERT INTO outbox (message, recipient, state, updated_at)
                 SELECT message, ?2, 'pending', ?3 FROM outbox WHERE id = ?1
                 ON CONFLICT (message, recipient) DO UPDATE SET state = 'pending', reason = NULL, updated_at = ?3
                 WHERE state = 'dropped' AND reason LIKE ?4",
                params![first.id, recipient, stamp(now), format!("{NOT_NAMED}%")],
            )?;
        }
        if in_doubt || named.is_empty() {
            return Ok(());
        }
        let readdressed = readdressed(&bytes, named)?;
        if added > 0 || readdressed != bytes {
            self.conn.execute(
                "UPDATE outbox_messages SET bytes = ?2, digest = ?3
                 WHERE id = (SELECT message FROM outbox WHERE id = ?1)",
                params![first.id, readdressed, hex(&Sha256::digest(&readdressed))],
            )?;
        }
        Ok(())
    }
}
