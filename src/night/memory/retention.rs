//! What leaves the store on time: raw calls, which hold outside numbers, and the bytes of mails. Of each job that shares the
//! store by its own settings, also when no job has the account, or the name, any more.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};

use crate::deliver::outbox::Outbox;
use crate::domain::counted;
use crate::failure::Failure;
use crate::job::Job;
use crate::night::World;
use crate::night::memory::other_jobs;
use crate::night::read::{api, unread_names};
use crate::pull::LegStore;
use crate::record::{Retention, Store};

/// Where jobs share an account, those that have run within so many days of its last night count.
const RUNS_WITHIN: Days = Days::new(40);

/// Keeps what the job says of its accounts, for the time when it is gone.
pub(crate) fn note(job: &Job, as_of: NaiveDate, store: &Store) -> Result<(), Failure> {
    for account in &job.accounts {
        store.tables().put_retention(&Retention {
            job: job.name.clone(),
            account: account.account_id.clone(),
            raw_days: job.raw_days + job.overlap_days,
            mail_days: job.mail_days,
            last_night: as_of,
        })?;
    }
    Ok(())
}

pub(crate) fn carry_out(
    job: &Job,
    as_of: NaiveDate,
    store: &Store,
    legs: &LegStore,
    world: &World,
) -> Result<(), Failure> {
    let settings = store.tables().retentions()?;
    prune(job, as_of, &settings, store, legs)?;
    forget_mails(job, as_of, &settings, store, world)
}

/// Outside numbers stay for the overlap and `retention.raw_days`, no longer.
fn prune(
    job: &Job,
    as_of: NaiveDate,
    settings: &[Retention],
    store: &Store,
    legs: &LegStore,
) -> Result<(), Failure> {
    let own: BTreeSet<&str> = job
        .accounts
        .iter()
        .map(|account| account.account_id.as_str())
        .collect();
    let kept_from = |account: &str| {
        let days = raw_days(account, settings).unwrap_or(job.raw_days + job.overlap_days);
        as_of - Days::new(u64::from(days))
    };
    let stored = legs.accounts()?;
    let accounts: BTreeSet<&str> = own
        .iter()
        .copied()
        .chain(settings.iter().map(|of| of.account.as_str()))
        .chain(stored.iter().map(String::as_str))
        .collect();
    for id in &accounts {
        // The mark comes first: a day that is marked and still there is only rolled up with more care than needed.
        store.tables().mark_pruned(id, kept_from(id))?;
        legs.prune_before(id, kept_from(id))?;
    }
    let mut known = BTreeSet::new();
    for account in &job.accounts {
        unread_names::prune(job, account, as_of, store)?;
        let windows = store.tables().leg_windows(&account.account_id)?.into_iter();
        known.extend(windows.map(|window| (window.source, window.day)));
    }
    let is_known = |source: &str, day: NaiveDate| known.contains(&(source.to_owned(), day));
    let sources = api::sources(job);
    sources.prune_before(&kept_from, &is_known)?;
    let is_anothers = |account: &str| {
        let others = settings
            .iter()
            .filter(|of| of.account == account && of.job != job.name);
        others
            .map(|of| of.last_night + RUNS_WITHIN)
            .any(|until| until >= as_of)
    };
    for id in accounts.into_iter().filter(|id| !is_anothers(id)) {
        sources.prune_left(id, kept_from(id))?;
    }
    Ok(())
}

/// The longest that a job with the account asks for: what one keeps for its nights is no other's to remove.
fn raw_days(account: &str, settings: &[Retention]) -> Option<u32> {
    let of_account = || settings.iter().filter(|of| of.account == account);
    let newest = of_account().map(|of| of.last_night).max()?;
    let running = of_account().filter(|of| of.last_night + RUNS_WITHIN >= newest);
    running.map(|of| of.raw_days).max()
}

/// Mails of names of which no job runs any more; a job that runs does it itself.
fn forget_mails(
    job: &Job,
    as_of: NaiveDate,
    settings: &[Retention],
    store: &Store,
    world: &World,
) -> Result<(), Failure> {
    let outbox = Outbox::new(store.connection());
    let names: BTreeSet<String> = outbox.kept_mails()?.into_iter().map(|mail| mail.job).collect();
    for name in names.iter().filter(|name| **name != job.name) {
        if other_jobs::runs(name, as_of, store)? {
            continue;
        }
        let known = settings.iter().find(|of| of.job == *name);
        let days = known.map_or(job.mail_days, |of| of.mail_days);
        let before = as_of - Days::new(u64::from(days));
        for row in outbox.give_up(name, before, world.now)? {
            let mail = row.named();
            tracing::warn!(
                "{mail}, of job {name}, is given up: not settled for {}",
                counted(days, "day", "days")
            );
        }
        outbox.forget_bytes(name, before)?;
    }
    Ok(())
}
