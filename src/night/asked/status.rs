//! `quietline status`: the last nights, what is known of the days, and mail that waits.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use crate::deliver::outbox::Outbox;
use crate::domain::DayState;
use crate::domain::counted;
use crate::failure::Failure;
use crate::job::Job;
use crate::night::failed::killed::WHY;
use crate::night::failed::{turned_away, unrecorded};
use crate::night::mail::outbox;
use crate::night::memory::other_jobs;
use crate::night::read::open_folders;
use crate::record::{Run, RunStatus, Store};

/// How many nights are told.
const NIGHTS: u32 = 10;

/// What the store knows of a job; no night is run and nothing is locked.
#[derive(Debug, Serialize)]
pub struct Standing {
    pub job: String,
    pub nights: Vec<Night>,
    pub accounts: Vec<Days>,
    /// Also those of other jobs that share the store.
    pub waiting_mails: Vec<Waiting>,
    /// In words, where this job has no night that was reported and another has nights of its accounts.
    pub renamed: Option<String>,
    /// Nights in a row that ended with "try later" (75), since the last one that did not.
    pub turned_away: Vec<NaiveDate>,
    /// In words, of the store and the outbox.
    pub open_folders: Vec<String>,
}

#[derive(Debug, Serialize)]
pub struct Night {
    pub as_of: NaiveDate,
    pub revision: u32,
    pub status: &'static str,
    pub exit_code: Option<u8>,
    pub started_at: DateTime<Utc>,
    /// The hash that would release a held night.
    pub accept_change: Option<String>,
    /// Why a night failed.
    pub reason: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct Days {
    pub account_id: String,
    pub known: usize,
    pub unknown: usize,
    pub newest: Option<NaiveDate>,
}

#[derive(Debug, Serialize)]
pub struct Waiting {
    /// Its number in the outbox.
    pub id: i64,
    pub job: String,
    pub as_of: NaiveDate,
    pub audience: String,
    pub recipient: String,
    pub state: &'static str,
    pub reason: Option<String>,
}

/// Reads a job's standing from its store.
pub fn standing(job: &Job) -> Result<Standing, Failure> {
    let store = Store::open_to_read(&job.store)?;
    let unrecorded = unrecorded::nights(job);
    let mut nights = store.tables().recent_runs(&job.name, NIGHTS)?;
    let open = store.tables().open_night(&job.name)?;
    let open = open.filter(|(as_of, _)| unrecorded.iter().all(|night| night.as_of != *as_of));
    let open = open.map(|(as_of, started_at)| {
        let mut begun = nights.iter().filter(|run| run.status == RunStatus::Running);
        let revision = begun.find(|run| run.as_of == as_of).map_or(1, |run| run.revision);
        Night::open(as_of, revision, started_at, Store::is_in_use(&job.store))
    });
    nights.retain(|run| run.status != RunStatus::Running);
    let of_noted = unrecorded.into_iter().rev().map(|night| Night {
        as_of: night.as_of,
        revision: 1,
        status: RunStatus::Failed.as_str(),
        exit_code: Some(night.exit_code),
        started_at: night.at,
        accept_change: None,
        reason: Some(night.reason),
    });
    let accounts = job
        .accounts
        .iter()
        .map(|account| days(&store, &account.account_id));
    let rows = Outbox::new(store.connection()).all_rows()?;
    Ok(Standing {
        job: job.name.clone(),
        nights: of_noted
            .chain(open)
            .chain(nights.into_iter().map(Night::of))
            .collect(),
        accounts: accounts.collect::<Result<_, _>>()?,
        waiting_mails: outbox::unfinished(rows)
            .into_iter()
            .map(|row| Waiting {
                id: row.id,
                as_of: row.identity.as_of,
                audience: row.identity.list().to_owned(),
                job: row.identity.job,
                recipient: row.recipient,
                state: row.state.as_str(),
                reason: row.reason,
            })
            .collect(),
        renamed: other_jobs::renamed(job, &store)?,
        turned_away: turned_away::nights(job).into_iter().collect(),
        open_folders: open_folders::notices(job),
    })
}

impl Night {
    /// One whose run has not ended: it is at work, or was killed.
    fn open(as_of: NaiveDate, revision: u32, started_at: DateTime<Utc>, is_at_work: bool) -> Night {
        Night {
            as_of,
            revision,
            status: if is_at_work {
                RunStatus::Running
            } else {
                RunStatus::Failed
            }
            .as_str(),
            exit_code: None,
            started_at,
            accept_change: None,
            reason: (!is_at_work).then(|| WHY.to_owned()),
        }
    }

    fn of(run: Run) -> Night {
        Night {
            as_of: run.as_of,
            revision: run.revision,
            status: run.status.as_str(),
            exit_code: run.exit_code,
            started_at: run.started_at,
            accept_change: run.change_hash,
            reason: run.reason,
        }
    }
}

fn days(store: &Store, account_id: &str) -> Result<Days, Failure> {
    let ledger = store.tables().coverage(account_id)?;
    let known = ledger.iter().filter(|day| day.state == DayState::Complete);
    Ok(Days {
        account_id: account_id.to_owned(),
        known: known.clone().count(),
        unknown: ledger.len() - known.clone().count(),
        newest: known.map(|day| day.day).max(),
    })
}

impl Standing {
    /// For people, a few lines.
    pub fn shown(&self) -> String {
        let nights = match self.nights.len() {
            0 => "no night yet".to_owned(),
            1 => "the last night".to_owned(),
            some => format!("the last {some} nights, newest first"),
        };
        let mut lines = vec![format!("{}: {nights}", self.job)];
        for night in &self.nights {
            let revision = if night.revision > 1 {
                format!(" r{}", night.revision)
            } else {
                String::new()
            };
            let code = night
                .exit_code
                .map_or_else(String::new, |code| format!(" (exit {code})"));
            let accept = night
                .accept_change
                .as_ref()
                .map_or_else(String::new, |hash| format!(", --accept-change {hash}"));
            let reason = night.reason.as_deref().and_then(|reason| reason.lines().next());
            let reason = reason.map_or_else(String::new, |reason| format!(": {reason}"));
            lines.push(format!(
                "  {}{revision}  {}{code}{accept}{reason}",
                night.as_of, night.status
            ));
        }
        for days in &self.accounts {
            let newest = days
                .newest
                .map_or_else(String::new, |day| format!(", newest {day}"));
            lines.push(match days.known + days.unknown {
                0 => format!(
                    "account {}: no day is kept yet; a night that is held or fails keeps none",
                    days.account_id
                ),
                _ => format!(
                    "account {}: {} known, {} not{newest}",
                    days.account_id,
                    counted(days.known, "day", "days"),
                    days.unknown
                ),
            });
        }
        if let (Some(first), Some(last)) = (self.turned_away.first(), self.turned_away.last()) {
            let nights = self.turned_away.len();
            lines.push(format!(
                "told to try later (exit 75): {nights} in a row, {first} to {last}; another run held the job, or a mail waited"
            ));
        }
        lines.extend(self.renamed.clone());
        lines.extend(self.open_folders.iter().cloned());
        match self.waiting_mails.len() {
            0 => lines.push("no mail waits".to_owned()),
            _ => lines.extend(self.waiting_mails.iter().map(|mail| {
                let why = mail.reason.as_deref().unwrap_or("not offered yet");
                let Waiting {
                    as_of,
                    audience,
                    recipient,
                    state,
                    ..
                } = mail;
                let of_job = match mail.job == self.job {
                    true => String::new(),
                    false => format!(" of job {}", mail.job),
                };
                match audience == recipient {
                    true => format!("{audience} post {as_of}{of_job}: {state} ({why})"),
                    false => format!("mail {as_of} {audience}{of_job} to {recipient}: {state} ({why})"),
                }
            })),
        }
        if !self.waiting_mails.is_empty() {
            lines.push("`quietline outbox` lists these, sends one again or gives one up".to_owned());
        }
        lines.join("\n") + "\n"
    }
}
