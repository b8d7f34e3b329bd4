//! Nights that ended with "try later" (75), one after the other. Where another run holds the store nothing can be written
//! there, so they are counted in a small file beside it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::durable::{FILE_MODE, write_file};
use crate::failure::ExitKind;
use crate::job::{Contacts, Job};
use crate::night::World;
use crate::night::failed::alarm;
use crate::render;

const FILE: &str = "turned_away.json";

/// So many nights in a row are told.
const TOLD_FROM: usize = 3;

#[derive(Debug, Default, Serialize, Deserialize)]
struct TurnedAway {
    job: String,
    nights: BTreeSet<NaiveDate>,
}

/// The nights of a job, since its last one that came to another end.
pub(crate) fn nights(job: &Job) -> BTreeSet<NaiveDate> {
    let file = fs::read(job.store.join(FILE)).ok();
    let known = file.and_then(|bytes| serde_json::from_slice::<TurnedAway>(&bytes).ok());
    known
        .filter(|known| known.job == job.name)
        .unwrap_or_default()
        .nights
}

/// Counts a night that was turned away, and mails operators of the third in a row; any other end begins anew.
pub(crate) fn count(job: &Job, as_of: NaiveDate, exit_code: u8, why: &str, world: &World) {
    let file = job.store.join(FILE);
    if exit_code != ExitKind::TryLater.code() {
        forget(&file);
        return;
    }
    let mut nights = nights(job);
    nights.insert(as_of);
    let first = nights.first().copied().unwrap_or(as_of);
    if nights.len() == TOLD_FROM {
        let body = render::turned_away_mail(&job.name, (first, as_of), why, &world.job_words);
        alarm::send_once(&Contacts::of(job), as_of, "turned_away", body, world);
    }
    let counted = TurnedAway {
        job: job.name.clone(),
        nights,
    };
    let written = serde_json::to_vec(&counted)
        .map_err(|error| error.to_string())
        .and_then(|bytes| write_file(&file, &bytes, FILE_MODE).map_err(|error| error.to_string()));
    if let Err(error) = written {
        tracing::warn!("that this night was turned away could not be noted: {error}");
    }
}

fn forget(file: &Path) {
    match fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            tracing::warn!("{} cannot be removed: {error}", file.display());
        }
        _ => {}
    }
}
