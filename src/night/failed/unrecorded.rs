//! Nights whose end the store could not take: its disk was full or failed, or the store itself is damaged. They are noted in a
//! small file beside it, or among the reports, and the next night that opens the store reads them into the record.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::durable::{FILE_MODE, write_file};
use crate::failure::Failure;
use crate::job::Job;
use crate::night::World;

pub(crate) const FILE: &str = "unrecorded.json";

/// So many are kept, the newest.
const MOST: usize = 400;

/// A night as it ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Unrecorded {
    job: String,
    pub as_of: NaiveDate,
    pub exit_code: u8,
    pub reason: String,
    pub at: DateTime<Utc>,
    /// Operators were mailed past the store.
    pub told: bool,
}

/// Those of a job, in order.
pub(crate) fn nights(job: &Job) -> Vec<Unrecorded> {
    let mut nights: Vec<Unrecorded> = places(job).iter().flat_map(|file| noted(file)).collect();
    nights.retain(|night| night.job == job.name);
    nights.sort_by_key(|night| (night.as_of, night.at));
    nights
}

/// Notes how a night ended, in the first place that takes it.
pub(crate) fn note(job: &Job, as_of: NaiveDate, failure: &Failure, told: bool, world: &World) {
    let night = Unrecorded {
        job: job.name.clone(),
        as_of,
        exit_code: failure.exit_code(),
        reason: failure.to_string(),
        at: world.now,
        told,
    };
    let [first, second] = places(job);
    let with_it = |file: &PathBuf| {
        let mut nights = noted(file);
        nights.retain(|other| (&other.job, other.as_of) != (&night.job, night.as_of));
        nights.push(night.clone());
        let older = nights.len().saturating_sub(MOST);
        write(file, &nights[older..])
    };
    if let Err(error) = with_it(&first).or_else(|_| with_it(&second)) {
        tracing::warn!("why this night failed is kept nowhere: {error}");
    }
}

/// Once they are in the record.
pub(crate) fn forget(job: &Job) {
    for file in places(job) {
        let mut nights = noted(&file);
        if !nights.iter().any(|night| night.job == job.name) {
            continue;
        }
        nights.retain(|night| night.job != job.name);
        let done = match nights.is_empty() {
            true => fs::remove_file(&file).map_err(|error| error.to_string()),
            false => write(&file, &nights),
        };
        if let Err(error) = done {
            tracing::warn!("{} names nights that are recorded now: {error}", file.display());
        }
    }
}

fn places(job: &Job) -> [PathBuf; 2] {
    [&job.store, &job.reports].map(|folder| folder.join(FILE))
}

fn noted(file: &Path) -> Vec<Unrecorded> {
    let bytes = fs::read(file).ok();
    bytes
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default()
}

fn write(file: &Path, nights: &[Unrecorded]) -> Result<(), String> {
    let bytes = serde_json::to_vec(nights).map_err(|error| error.to_string())?;
    write_file(file, &bytes, FILE_MODE).map_err(|error| error.to_string())
}
