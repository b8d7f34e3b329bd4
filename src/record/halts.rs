//! Markers that stop a source from being tried again.

use super::row::{instant, parsed};
use super::{Error, Tables};
use chrono::{DateTime, Utc};
use rusqlite::params;

/// A refused credential, remembered so that nobody is locked out by the next runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Halt {
    /// Which application (its key in the job, never a secret).
    pub application: String,
    pub reason: String,
    pub set_at: DateTime<Utc>,
}

impl Tables<'_> {
    /// Sets the halt marker of an application.
    pub fn put_halt(&self, application: &str, reason: &str, at: DateTime<Utc>) -> Result<(), Error> {
        self.write(
            "INSERT OR REPLACE INTO halts (application, reason, set_at) VALUES (?1, ?2, ?3)",
            params![application, reason, instant(at)],
        )?;
        Ok(())
    }

    /// The halt marker of an application, if one is set.
    pub fn halt(&self, application: &str) -> Result<Option<Halt>, Error> {
        Ok(self
            .halts()?
            .into_iter()
            .find(|halt| halt.application == application))
    }

    /// All halt markers, by application.
    pub fn halts(&self) -> Result<Vec<Halt>, Error> {
        self.rows(
            "SELECT application, reason, set_at FROM halts ORDER BY application",
            [],
            |row| {
                Ok(Halt {
                    application: row.get(0)?,
                    reason: row.get(1)?,
                    set_at: parsed("halts.set_at", row.get(2)?)?,
                })
            },
        )
    }

    /// Clears an application's halt marker; whether one was set.
    pub fn clear_halt(&self, application: &str) -> Result<bool, Error> {
        Ok(self.write("DELETE FROM halts WHERE application = ?1", [application])? > 0)
    }
}
