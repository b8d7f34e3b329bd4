//! What the store remembers: whether tonight can rest on it, how a night's draft becomes its state.

pub(super) mod afresh;
pub(super) mod other_jobs;
pub(super) mod retention;

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::night::read::api;
use crate::night::usage::roll::DayRecord;
use crate::night::{Options, World};

use crate::deliver::folder;
use crate::failure::{ExitKind, Failure};
use crate::job::Job;
use crate::pull::LegStore;
use crate::record::{Store, UsageFiles, month_name};

/// The default day is yesterday: where that lies before the newest reported night, the clock has gone back.
pub(super) fn check_clock(job: &Job, as_of: NaiveDate, store: &Store) -> Result<(), Failure> {
    let newest = store.tables().newest_reported(&job.name)?;
    match newest.filter(|newest| job.as_of.is_none() && as_of < *newest) {
        None => Ok(()),
        Some(newest) => Err(Failure::of_the_clock(
            ExitKind::Usage,
            format!(
                "yesterday is {as_of} by this machine's clock, and the night of {newest} has been reported: the clock \
                 has gone back"
            ),
        )
        .advise("set the clock right, or name the night with --as-of if an older one is meant")),
    }
}

/// A store that knows no night beside reports or usage of earlier ones has lost its memory: begun anew in silence it would
/// call lines new that are not, and forget what was decided and saved.
pub(super) fn check_lost(
    job: &Job,
    as_of: NaiveDate,
    store: &Store,
    usage_files: &UsageFiles,
) -> Result<(), Failure> {
    if store.tables().newest_reported(&job.name)?.is_some() {
        return Ok(());
    }
    let nights = folder::nights(&job.reports, &job.name);
    let other: Vec<NaiveDate> = nights
        .into_iter()
        .map(|(night, _)| night)
        .filter(|night| *night != as_of)
        .collect();
    let mut witness = other.last().map(|newest| {
        let folder = job.reports.join(&job.name);
        format!("{} holds reports up to {newest}", folder.display())
    });
    for account in &job.accounts {
        let id = &account.account_id;
        let recorded = store.tables().usage_files(id)?;
        let days = store.tables().usage_days(id)?;
        if recorded.is_empty() && days.is_empty() && !usage_files.months(id)?.is_empty() {
            witness = Some(format!("usage of account {id} lies beside it"));
        }
    }
    match witness {
        None => Ok(()),
        Some(witness) => Err(Failure::msg(
            ExitKind::CannotWrite,
            format!(
                "the state store {} knows no night of job {}, and {witness}: its memory is lost",
                job.store.join("state.sqlite").display(),
                job.name
            ),
        )
        .advise(format!(
            "restore the store's folder from a backup; or run with {} to go on without what earlier nights knew: since when \
             lines are there, what was decided, what was saved",
            anew_words(job, as_of)
        ))),
    }
}

/// What to type for a new beginning: a report of this very night that stands already gets its next revision beside it.
pub(super) fn anew_words(job: &Job, as_of: NaiveDate) -> &'static str {
    match folder::highest_revision(&job.reports, &job.name, as_of) {
        0 => "--begin-anew",
        _ => "--begin-anew --redo",
    }
}

/// `--begin-anew`: usage and legs that the lost store knew of go.
pub(super) fn begin_anew(
    job: &Job,
    store: &Store,
    legs: &LegStore,
    usage_files: &UsageFiles,
) -> Result<(), Failure> {
    if let Some(newest) = store.tables().newest_reported(&job.name)? {
        return Err(Failure::usage(
            format!(
                "the state store is not lost: it knows the nights of job {} up to {newest}",
                job.name
            ),
            "run without --begin-anew",
        ));
    }
    for account in &job.accounts {
        let id = &account.account_id;
        // Another job that shares the store may know of them.
        if store.tables().usage_files(id)?.is_empty() {
            usage_files.clear(id)?;
            legs.prune_before(id, NaiveDate::MAX)?;
        }
    }
    Ok(())
}

/// A night that is made again knows what it knew the first time, not what it has itself added.
pub(super) fn go_back(job: &Job, as_of: NaiveDate, store: &Store) -> Result<(), Failure> {
    for account in &job.accounts {
        store.tables().go_back(&job.name, &account.account_id, as_of)?;
    }
    Ok(())
}

/// Days that were cut in one zone mean nothing in another: a changed zone is refused until the usage is rebuilt.
pub(super) fn check_zones(job: &Job, store: &Store) -> Result<(), Failure> {
    for account in &job.accounts {
        let (id, zone) = (&account.account_id, account.time_zone.to_string());
        if let Some(before) = store.tables().zone(id)?.filter(|before| *before != zone) {
            let what =
                format!("the days of account {id} were cut in {before} so far, and the job now says {zone}");
            let advice =
                "set accounts.<id>.time_zone back, or run with --rebuild to read every call file again";
            return Err(Failure::msg(ExitKind::JobFile, what).advise(advice));
        }
    }
    Ok(())
}

/// The zones that tonight's days are cut in.
pub(super) fn put_zones(job: &Job, store: &Store) -> Result<(), Failure> {
    for account in &job.accounts {
        let zone = account.time_zone.to_string();
        store.tables().put_zone(&account.account_id, &zone)?;
    }
    Ok(())
}

/// Usage that was rolled up and lost or damaged since would read as silence: its legs have left the store.
pub(super) fn check_usage(job: &Job, store: &Store, usage_files: &UsageFiles) -> Result<(), Failure> {
    for account in &job.accounts {
        let id = &account.account_id;
        // A record that cannot be read is one of another version: its day is rolled up again.
        let used =
            |json: &str| serde_json::from_str::<DayRecord>(json).is_ok_and(|record| record.join.legs > 0);
        let days = store.tables().usage_days(id)?;
        let used = days.iter().filter(|(_, json)| used(json));
        let needed: BTreeSet<String> = used.map(|(day, _)| month_name(*day)).collect();
        let mut recorded = store.tables().usage_files(id)?;
        if recorded.is_empty() {
            // Written before digests were kept: what lies there now is what was written.
            for month in usage_files.months(id)? {
                if let Some(digest) = usage_files.digest(id, &month)? {
                    store.tables().put_usage_file(id, &month, &digest)?;
                    recorded.insert(month, digest);
                }
            }
        }
        usage_files.check(id, &recorded, &needed)?;
    }
    Ok(())
}

/// Those that the job names, and those that it or another named before, as long as anything of them is kept.
pub(super) fn accounts(
    job: &Job,
    store: &Store,
    legs: &LegStore,
    usage_files: &UsageFiles,
) -> Result<BTreeSet<String>, Failure> {
    let mut accounts: BTreeSet<String> = job.accounts.iter().map(|of| of.account_id.clone()).collect();
    accounts.extend(legs.accounts()?);
    accounts.extend(usage_files.accounts()?);
    accounts.extend(store.tables().accounts()?);
    Ok(accounts)
}

/// Finishes or throws away what a night left beside the store: legs and usage belong to its draft, and that was kept or not.
pub(super) fn apply_draft(
    job: &Job,
    store: &Store,
    legs: &LegStore,
    usage_files: &UsageFiles,
) -> Result<(), Failure> {
    legs.apply_draft(store.tables().kept_draft()?)?;
    for id in accounts(job, store, legs, usage_files)? {
        usage_files.apply_draft(&id, &store.tables().usage_files(&id)?)?;
    }
    Ok(())
}

/// After each night, however it ended: what it did not keep goes, and what is kept for a time leaves.
pub(super) fn clear_up(
    job: &Job,
    options: &Options,
    as_of: NaiveDate,
    store: &mut Store,
    world: &World,
) -> Result<(), Failure> {
    store.forget_draft()?;
    let legs = LegStore::open(&job.store)?;
    apply_draft(job, store, &legs, &UsageFiles::in_copy(&job.store, &job.store))?;
    api::settle_refetch(job, options, as_of, store)?;
    retention::carry_out(job, as_of, store, &legs, world)
}
