//! Other jobs that share the store: a name that was changed, and mails that wait under another.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};

use crate::deliver::outbox::{Outbox, Row};
use crate::failure::{ExitKind, Failure};
use crate::job::Job;
use crate::night::{World, memory};
use crate::record::Store;

/// A job is known by its name. One that has no night of its own, beside nights of another with one of its accounts, was
/// renamed or is a second one: the memory would begin anew in silence.
pub(crate) fn check_renamed(
    job: &Job,
    as_of: NaiveDate,
    store: &Store,
    world: &World,
) -> Result<(), Failure> {
    let Some(mut what) = renamed(job, store)? else {
        return Ok(());
    };
    let words = &world.job_words;
    for (other, rows) in waiting(job, store)? {
        what = format!("{what}; {} there under the name {other}", wait(&rows));
    }
    Err(Failure::msg(ExitKind::JobFile, what).advise(format!(
        "set job.name back; or, where this is a job of its own or the new name is worth a new beginning, run it once with \
         {anew}: it begins without what the other's nights knew (the ledger, what was told, what was good last). \
         `quietline outbox list {words}` shows the mails that wait under every name, `quietline outbox send ID {words}` \
         sends one, `quietline outbox drop ID {words} --reason TEXT` gives one up",
        anew = memory::anew_words(job, as_of)
    )))
}

/// In words, whose nights this job would leave behind.
pub(crate) fn renamed(job: &Job, store: &Store) -> Result<Option<String>, Failure> {
    if store.tables().newest_reported(&job.name)?.is_some() {
        return Ok(None);
    }
    let others = store.tables().reported_by_others(&job.name)?;
    let left_behind = others.into_iter().find_map(|run| {
        let accounts = run.summary?.accounts;
        let shared = job
            .accounts
            .iter()
            .find(|account| accounts.contains_key(&account.account_id))?;
        Some(format!(
            "no night of job {} has been reported, and the store {} has nights of account {} under the name {}, up to {}",
            job.name,
            job.store.display(),
            shared.account_id,
            run.job,
            run.as_of
        ))
    });
    Ok(left_behind)
}

/// What waits under names whose own nights do not tell of it any more, a line for each name.
pub(crate) fn waiting_unseen(
    job: &Job,
    as_of: NaiveDate,
    store: &Store,
    world: &World,
) -> Result<Vec<String>, Failure> {
    let mut told = Vec::new();
    for (other, rows) in waiting(job, store)? {
        if runs(&other, as_of, store)? {
            continue;
        }
        let newest = store.tables().newest_night(&other)?;
        let since = newest.map_or_else(String::new, |newest| format!(" since {newest}"));
        let words = &world.job_words;
        told.push(format!(
            "{} in this store under the name {other}, and no job of that name has run{since}: `quietline outbox list {words}` \
             shows what waits, `quietline outbox send ID {words}` sends one, and `quietline outbox drop ID {words} --reason \
             TEXT` gives one up",
            wait(&rows)
        ));
    }
    Ok(told)
}

/// Whether a job of that name has run on the night before, or since: it tells itself what becomes of its mails.
pub(crate) fn runs(name: &str, as_of: NaiveDate, store: &Store) -> Result<bool, Failure> {
    let newest = store.tables().newest_night(name)?;
    Ok(newest.is_some_and(|newest| newest + Days::new(1) >= as_of))
}

/// What has no end yet, by the names of other jobs.
fn waiting(job: &Job, store: &Store) -> Result<BTreeMap<String, Vec<Row>>, Failure> {
    let mut waiting: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for row in Outbox::new(store.connection()).all_rows()? {
        if row.identity.job != job.name && !row.state.is_settled() {
            waiting.entry(row.identity.job.clone()).or_default().push(row);
        }
    }
    Ok(waiting)
}

fn wait(rows: &[Row]) -> String {
    let nights = rows.iter().map(|row| row.identity.as_of);
    let first = nights
        .min()
        .map_or_else(String::new, |first| format!(" since {first}"));
    match rows.len() {
        1 => format!("1 mail waits{first}"),
        some => format!("{some} mails wait{first}"),
    }
}
