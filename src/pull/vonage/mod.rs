//! Vonage's API as a source: what it gives is stored as it was sent, and then read by the same readers as any file.
//!
//! Nothing below this folder judges or scores. The quota, the token's life and the pull's frozen end need a running clock,
//! so this is the one part of the night that looks at one; what a night makes of stored data does not.

mod answer;
mod body;
mod call_logs;
mod check;
mod client;
#[cfg(test)]
mod contract_tests;
mod details;
mod error;
mod forget;
mod inventory;
mod known_ids;
mod line_rows;
mod page;
mod quota;
mod raw_store;
mod received;
mod refetch;
mod refusal;
mod sent;
mod token;
mod trust;
mod window;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use chrono::{NaiveDate, SubsecRound, Utc};

use crate::domain::{Account, CallShape, Gate, GateReport, GateStatus, Origin, Source, TableName, VonageApi};
use crate::durable::{FILE_MODE, WriteError, create_folder};
use crate::pull::CallFile;
use crate::pull::calls::source_id;
use call_logs::{CallPull, is_settled};
use client::Client;
use inventory::{Inventory, LINES_FILE, pull_inventory};
use known_ids::KnownIds;
use raw_store::{Night, RawFolder, State, day_file_name};
use refetch::{Pulled, backfill_from, first_of};

pub use call_logs::PagesDone;
pub use error::VonageError;
pub use forget::Sought;
pub use token::Credentials;

/// Clocks apart by more than this are told, and by a day are not believed (gate G6).
const SKEW_WARN_SECONDS: i64 = 300;
const SKEW_BLOCK_SECONDS: i64 = 86_400;
/// Fields of a call log that no column takes; they are known, and no news.
const UNUSED_FIELDS: [&str; 8] = [
    "in_network",
    "charge",
    "rate",
    "destination_device_name",
    "destination_user_full_name",
    "source_device_name",
    "source_user_full_name",
    "custom_tag",
];

/// The job's sources that are read from the API.
#[derive(Debug, Clone)]
pub struct ApiSources<'a> {
    pub sources: &'a [Source],
    pub accounts: &'a [Account],
    /// `<store>/raw`
    pub raw: PathBuf,
}

/// What one night's pull is made with.
#[derive(Debug, Clone)]
pub struct PullOrder<'a> {
    pub api: &'a VonageApi,
    pub credentials: Credentials,
    pub as_of: NaiveDate,
    pub overlap_days: u32,
    /// Pull again although this night's pull is done (`--redo`).
    pub again: bool,
    /// Ask for all days from this one on again (`--refetch`), the very first included (`--rebuild`: the least day).
    pub from: Option<NaiveDate>,
}

/// What stands in the raw store, ready to be read.
#[derive(Debug, Default)]
pub struct Stored {
    /// The job's sources with the API's lines as files. Calls from the API are in `call_files` instead.
    pub sources: Vec<Source>,
    /// One for each pulled day that is still kept.
    pub call_files: Vec<CallFile>,
    /// Days by account whose calls may still change.
    pub provisional: BTreeMap<String, BTreeSet<NaiveDate>>,
    pub gates: Vec<GateReport>,
}

impl ApiSources<'_> {
    fn of_api(&self) -> impl Iterator<Item = (&Source, &Account)> {
        let account_of = |source: &Source| match &source.account {
            Some(id) => self.accounts.iter().find(|account| account.account_id == *id),
            None => self.accounts.first(),
        };
        let api = self.sources.iter().filter(|source| source.from == Origin::Vonage);
        api.filter_map(move |source| Some((source, account_of(source)?)))
    }

    fn folder(&self, source: &Source, account: &Account) -> Result<RawFolder, VonageError> {
        Ok(RawFolder::open(&self.raw, &account.account_id, &source.name)?)
    }

    /// Pulls what the night needs. A pull that was begun for this night goes on where it stopped, with the end it had.
    pub fn pull(&self, order: PullOrder<'_>, on_page: &mut dyn FnMut(PagesDone)) -> Result<(), VonageError> {
        let _lock = lock(&self.raw)?;
        let backfill_from = backfill_from(order.as_of, order.api.backfill_days);
        let mut open = Vec::new();
        let mut is_done = !order.again;
        for (source, account) in self.of_api() {
            let folder = self.folder(source, account)?;
            if let Some(from) = order.from.filter(|_| source.table != TableName::Lines) {
                let first = first_of(from, &folder.state()?, backfill_from);
                open.push((source, account, folder.refetch(first).made()?, first));
            }
            open.push((source, account, folder, backfill_from));
        }
        for (_, _, folder, _) in &open {
            let pull = folder.state()?.pull;
            is_done &= pull.is_some_and(|pull| pull.as_of == order.as_of && pull.done);
        }
        if is_done {
            return Ok(());
        }
        let mut client = Client::new(order.api, order.credentials.clone())?;
        for (source, account, folder, first) in open {
            let mut state = folder.state()?;
            let night = night_of(&state, &order);
            if night.done {
                continue;
            }
            state.pull = Some(night.clone());
            folder.save_state(&state)?;
            let mut seen = Inventory::default();
            if source.table == TableName::Lines {
                seen = pull_inventory(&mut client, account, &folder, &state.known_ids)?;
            } else {
                let pull = CallPull {
                    account,
                    folder: &folder,
                    first,
                    as_of: order.as_of,
                    frozen_at: night.frozen_at,
                    overlap_days: order.overlap_days,
                };
                pull.run(&mut client, &mut state, on_page)?;
            }
            state.pull = Some(Night {
                done: true,
                clock_skew_seconds: client.clock_skew_seconds,
                left_out: seen.left_out,
                known_ids: seen.known_ids,
                ..night
            });
            folder.save_state(&state)?;
        }
        Ok(())
    }

    /// What stands in the store, whoever pulled it and when; with the days that were asked for again from `from` on.
    pub fn stored(&self, from: Option<NaiveDate>) -> Result<Stored, VonageError> {
        let mut stored = Stored {
            sources: self.tables(),
            ..Stored::default()
        };
        let mut skew = None;
        for (source, account) in self.of_api() {
            let folder = self.folder(source, account)?;
            let state = folder.state()?;
            skew = skew.max(state.pull.as_ref().map(|pull| pull.clock_skew_seconds));
            stored.gates.extend(state.pull.as_ref().and_then(left_out));
            if source.table != TableName::Lines {
                let mut pulled = Pulled::of(&folder, &state);
                if let Some(again) = self.asked_again(&folder, from)? {
                    skew = skew.max(again.pulls.iter().map(|pull| pull.clock_skew_seconds).max());
                    pulled = pulled.overlaid_by(again);
                }
                stored.add_days(source, account, &pulled);
            }
        }
        stored.gates.extend(skew.map(clock));
        Ok(stored)
    }

    /// The job's sources of files, and the API's lines as files where they are or would be. Creates nothing.
    pub fn tables(&self) -> Vec<Source> {
        let lines = self
            .of_api()
            .filter(|(source, _)| source.table == TableName::Lines);
        let pulled = lines.map(|(source, account)| Source {
            files: vec![RawFolder::at(&self.raw, &account.account_id, &source.name).file(LINES_FILE)],
            account: Some(account.account_id.clone()),
            ..source.clone()
        });
        let given = self.sources.iter().filter(|source| source.from == Origin::Files);
        let mut tables: Vec<Source> = pulled.chain(given.cloned()).collect();
        // The API's inventory comes first: files add to it.
        tables.sort_by_key(|source| (source.table, source.from != Origin::Vonage));
        tables
    }
}

impl Stored {
    fn add_days(&mut self, source: &Source, account: &Account, pulled: &Pulled) {
        let unsettled = pulled
            .days
            .iter()
            .filter(|(day, (_, through))| !is_settled(account, **day, *through));
        let provisional = self.provisional.entry(account.account_id.clone()).or_default();
        provisional.extend(unsettled.map(|(day, _)| *day));
        for (day, (folder, _)) in &pulled.days {
            if !folder.day_file(*day).exists() {
                continue;
            }
            let name = day_file_name(*day);
            self.call_files.push(CallFile {
                path: folder.day_file(*day),
                source_id: source_id(&source.name, &name),
                name: format!("vonage/{name}"),
                account: account.clone(),
                source: Source {
                    shape: CallShape::Reports,
                    account: Some(account.account_id.clone()),
                    covers_from: Some(*day),
                    covers_to: Some(*day),
                    optional: true,
                    map: UNUSED_FIELDS
                        .map(|field| (field.to_owned(), String::new()))
                        .into(),
                    ..source.clone()
                },
            });
        }
    }
}

fn night_of(state: &State, order: &PullOrder<'_>) -> Night {
    let begun = state
        .pull
        .clone()
        .filter(|pull| pull.as_of == order.as_of && !(pull.done && order.again));
    begun.unwrap_or_else(|| Night {
        as_of: order.as_of,
        frozen_at: (Utc::now() - order.api.lag).trunc_subsecs(0),
        done: false,
        clock_skew_seconds: 0,
        left_out: None,
        known_ids: KnownIds::default(),
    })
}

/// G1, where a part of the inventory that no verdict rests on could not be had.
fn left_out(pull: &Night) -> Option<GateReport> {
    Some(GateReport {
        gate: Gate::G1Completeness,
        status: GateStatus::Warn,
        detail: format!(
            "Vonage's {}; they are left out, and lines keep the places of the night before",
            pull.left_out.as_ref()?
        ),
        accept: None,
    })
}

/// G6, for the clocks of the two machines.
fn clock(skew_seconds: i64) -> GateReport {
    let (status, apart) = match skew_seconds {
        SKEW_BLOCK_SECONDS.. => (GateStatus::Block, "a day or more"),
        SKEW_WARN_SECONDS.. => (GateStatus::Warn, "five minutes or more"),
        _ => (GateStatus::Ok, "less than five minutes"),
    };
    GateReport {
        gate: Gate::G6Clock,
        status,
        detail: format!("the clocks of this machine and of Vonage are {apart} apart"),
        accept: None,
    }
}

/// Held while pulling; the kernel frees it when the process ends, however it ends.
fn lock(raw: &Path) -> Result<File, VonageError> {
    use std::os::unix::fs::OpenOptionsExt;
    create_folder(raw)?;
    let path = raw.join("lock");
    let failed = |error| WriteError::new("lock", &path, error);
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false).mode(FILE_MODE);
    let file = options.open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(VonageError::Busy { path: raw.to_owned() }),
        Err(TryLockError::Error(error)) => Err(failed(error).into()),
    }
}
