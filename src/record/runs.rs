//! One row per attempt at a night: what was put in, how it ended, and the figures that later gates measure against.

use std::collections::BTreeMap;

use super::row::{day, instant, parsed, parsed_opt};
use super::{Error, Tables};
use crate::domain::{Baseline, words};
use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::{Row, params};

words! {
    /// How a run stands.
    RunStatus {
        /// Begun and not ended; after a kill, until the next run of the job opens.
        Running => "running",
        /// Every gate passed.
        Ok => "ok",
        /// Reported, with something to look at.
        Warned => "warned",
        /// G4: reported to operators only, until the change is accepted.
        Held => "held",
        /// A gate blocked: no figure.
        Blocked => "blocked",
        /// An error or a kill.
        Failed => "failed",
    }
}

impl RunStatus {
    /// Finance and admins have had the night's report.
    pub fn is_reported(self) -> bool {
        matches!(self, RunStatus::Ok | RunStatus::Warned)
    }
}

/// What is known when a run begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRun {
    pub job: String,
    /// The last day that the run looks at, account-local.
    pub as_of: NaiveDate,
    /// 1, or higher after `--redo`.
    pub revision: u32,
    pub inputs_digest: String,
    pub settings_digest: String,
    pub started_at: DateTime<Utc>,
}

/// What is known when a run ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    pub status: RunStatus,
    pub exit_code: u8,
    pub ended_at: DateTime<Utc>,
    /// Blank when no report was written.
    pub report_digest: Option<String>,
    /// The change that a held run waits to see accepted.
    pub change_hash: Option<String>,
    pub summary: Option<Baseline>,
}

/// A run as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    pub id: i64,
    pub job: String,
    pub as_of: NaiveDate,
    pub revision: u32,
    pub status: RunStatus,
    pub inputs_digest: String,
    pub settings_digest: String,
    pub report_digest: Option<String>,
    pub change_hash: Option<String>,
    pub started_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
    pub exit_code: Option<u8>,
    pub summary: Option<Baseline>,
    /// Why it failed.
    pub reason: Option<String>,
}

const COLUMNS: &str = "id, job, as_of, revision, status, inputs_digest, settings_digest, report_digest, \
                       change_hash, started_at, ended_at, exit_code, summary, reason";

impl Tables<'_> {
    /// Records that a run begins; the id closes it. Runs of the job that were killed are marked failed: the
    /// lock says that none of them can still be alive.
    pub fn open_run(&self, run: &NewRun) -> Result<i64, Error> {
        self.together(|tables| {
            tables.write(
                "UPDATE runs SET status = 'failed' WHERE job = ?1 AND status = 'running'",
                [&run.job],
            )?;
            tables.write(
                "INSERT INTO runs (job, as_of, revision, status, inputs_digest, settings_digest, started_at)
                 VALUES (?1, ?2, ?3, 'running', ?4, ?5, ?6)",
                params![
                    run.job,
                    run.as_of.to_string(),
                    run.revision,
                    run.inputs_digest,
                    run.settings_digest,
                    instant(run.started_at)
                ],
            )?;
            Ok(())
        })?;
        Ok(self.conn.last_insert_rowid())
    }

    /// Records from what a run was made, once all of it has been read.
    pub fn put_run_inputs(&self, id: i64, inputs_digest: &str) -> Result<(), Error> {
        self.write(
            "UPDATE runs SET inputs_digest = ?2 WHERE id = ?1",
            params![id, inputs_digest],
        )?;
        Ok(())
    }

    /// The newest reported night of a job.
    pub fn newest_reported(&self, job: &str) -> Result<Option<NaiveDate>, Error> {
        let newest = self.first(
            "SELECT max(as_of) FROM runs WHERE job = ?1 AND status IN ('ok', 'warned')",
            [job],
            |row| Ok(row.get::<_, Option<String>>(0)?),
        )?;
        newest.flatten().map(|on| day("runs.as_of", on)).transpose()
    }

    /// The last day that any run of a job looked at, however it ended.
    pub fn newest_night(&self, job: &str) -> Result<Option<NaiveDate>, Error> {
        let newest = self.first("SELECT max(as_of) FROM runs WHERE job = ?1", [job], |row| {
            Ok(row.get::<_, Option<String>>(0)?)
        })?;
        newest.flatten().map(|on| day("runs.as_of", on)).transpose()
    }

    /// Of each other job that shares the store, the run that was reported last.
    pub fn reported_by_others(&self, job: &str) -> Result<Vec<Run>, Error> {
        let sql = format!(
            "SELECT {COLUMNS} FROM runs WHERE job <> ?1 AND id =
             (SELECT id FROM runs others WHERE others.job = runs.job AND status IN ('ok', 'warned')
              ORDER BY as_of DESC, revision DESC, id DESC LIMIT 1)
             ORDER BY as_of DESC, job"
        );
        self.rows(&sql, [job], read)
    }

    /// Records how the run ended.
    pub fn close_run(&self, id: i64, ending: &Ending) -> Result<(), Error> {
        let summary = ending.summary.as_ref().map(|s| serde_json::json!(s).to_string());
        self.write(
            "UPDATE runs SET status = ?2, exit_code = ?3, ended_at = ?4, report_digest = ?5, change_hash = ?6,
                             summary = ?7 WHERE id = ?1",
            params![
                id,
                ending.status.as_str(),
                ending.exit_code,
                instant(ending.ended_at),
                ending.report_digest,
                ending.change_hash,
                summary
            ],
        )?;
        Ok(())
    }

    /// Whether a run has not come to its end.
    pub fn is_running(&self, id: i64) -> Result<bool, Error> {
        let running = self.first("SELECT status = 'running' FROM runs WHERE id = ?1", [id], |row| {
            Ok(row.get::<_, bool>(0)?)
        })?;
        Ok(running.unwrap_or(false))
    }

    /// Records that an error ended the run. One that had its report keeps its status and its end, and says beside them what
    /// came after.
    pub fn fail_run(&self, id: i64, exit_code: u8, reason: &str, at: DateTime<Utc>) -> Result<(), Error> {
        self.write(
            "UPDATE runs SET exit_code = ?2, reason = ?3, ended_at = coalesce(ended_at, ?4),
                 status = CASE status WHEN 'running' THEN 'failed' ELSE status END
             WHERE id = ?1",
            params![id, exit_code, reason, instant(at)],
        )?;
        Ok(())
    }

    /// Notes at a reported night that nothing of it is left to be told.
    pub fn put_delivered(&self, job: &str, as_of: NaiveDate) -> Result<(), Error> {
        self.write(
            "UPDATE runs SET exit_code = 0, reason = NULL
             WHERE job = ?1 AND as_of = ?2 AND status IN ('ok', 'warned') AND exit_code <> 0",
            params![job, as_of.to_string()],
        )?;
        Ok(())
    }

    /// Whether a night of these days (the first included) reached everybody.
    pub fn delivered_between(&self, job: &str, from: NaiveDate, before: NaiveDate) -> Result<bool, Error> {
        let any = self.first(
            "SELECT EXISTS (SELECT 1 FROM runs WHERE job = ?1 AND as_of >= ?2 AND as_of < ?3
                            AND status IN ('ok', 'warned') AND exit_code = 0)",
            params![job, from.to_string(), before.to_string()],
            |row| Ok(row.get::<_, bool>(0)?),
        )?;
        Ok(any.unwrap_or(false))
    }

    /// Whether a run of that revision was killed and none was ever reported: what it left in the report folder was
    /// mailed to nobody. An error has an end, a kill has none.
    pub fn killed_unsent(&self, job: &str, as_of: NaiveDate, revision: u32) -> Result<bool, Error> {
        let killed = self.first(
            "SELECT max(status = 'failed' AND ended_at IS NULL) AND NOT max(status IN ('ok', 'warned'))
             FROM runs WHERE job = ?1 AND as_of = ?2 AND revision = ?3",
            params![job, as_of.to_string(), revision],
            |row| Ok(row.get::<_, Option<bool>>(0)?),
        )?;
        Ok(killed.flatten().unwrap_or(false))
    }

    /// The newest good (ok or warned) run of a night before `before`: the baseline of the gates.
    pub fn last_good(&self, job: &str, before: NaiveDate) -> Result<Option<Run>, Error> {
        let sql = format!(
            "SELECT {COLUMNS} FROM runs WHERE job = ?1 AND as_of < ?2 AND status IN ('ok', 'warned')
             ORDER BY as_of DESC, revision DESC, id DESC LIMIT 1"
        );
        self.first(&sql, params![job, before.to_string()], read)
    }

    /// The good nights of these days (`before` left out) and what each left, by its newest revision.
    pub fn good_nights(
        &self,
        job: &str,
        from: NaiveDate,
        before: NaiveDate,
    ) -> Result<BTreeMap<NaiveDate, Baseline>, Error> {
        let sql = format!(
            "SELECT {COLUMNS} FROM runs WHERE job = ?1 AND as_of >= ?2 AND as_of < ?3 AND status IN ('ok', 'warned')
             ORDER BY as_of, revision, id"
        );
        let runs = self.rows(&sql, params![job, from.to_string(), before.to_string()], read)?;
        let nights = runs.into_iter().filter_map(|run| Some((run.as_of, run.summary?)));
        Ok(nights.collect())
    }

    /// The newest run of this very night that came to its end: ok, warned, held or blocked. Killed and failed
    /// ones do not count; the night is then still to be done.
    pub fn find_finished(&self, job: &str, as_of: NaiveDate) -> Result<Option<Run>, Error> {
        let sql = format!(
            "SELECT {COLUMNS} FROM runs WHERE job = ?1 AND as_of = ?2
             AND status IN ('ok', 'warned', 'held', 'blocked') ORDER BY revision DESC, id DESC LIMIT 1"
        );
        self.first(&sql, params![job, as_of.to_string()], read)
    }

    /// The newest `limit` runs of a job, newest first.
    pub fn recent_runs(&self, job: &str, limit: u32) -> Result<Vec<Run>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM runs WHERE job = ?1 ORDER BY id DESC LIMIT ?2");
        self.rows(&sql, params![job, limit], read)
    }
}

fn read(row: &Row<'_>) -> Result<Run, Error> {
    let summary: Option<String> = row.get(12)?;
    Ok(Run {
        id: row.get(0)?,
        job: row.get(1)?,
        as_of: day("runs.as_of", row.get(2)?)?,
        revision: row.get(3)?,
        status: parsed("runs.status", row.get(4)?)?,
        inputs_digest: row.get(5)?,
        settings_digest: row.get(6)?,
        report_digest: row.get(7)?,
        change_hash: row.get(8)?,
        started_at: parsed("runs.started_at", row.get(9)?)?,
        ended_at: parsed_opt("runs.ended_at", row.get(10)?)?,
        exit_code: row.get(11)?,
        summary: summary.map(read_summary).transpose()?,
        reason: row.get(13)?,
    })
}

fn read_summary(stored: String) -> Result<Baseline, Error> {
    serde_json::from_str(&stored).map_err(|_| Error::Value {
        column: "runs.summary",
        value: stored,
    })
}
