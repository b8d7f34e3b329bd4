//! Folders of the job that others can reach into: a run closes them, and whoever only looks is told.

use crate::deliver::file;
use crate::job::{Job, Transport};
use crate::record::Store;

/// A sentence for each, the store's first.
pub(in crate::night) fn notices(job: &Job) -> Vec<String> {
    let outbox = match &job.mail.transport {
        Transport::File { outbox } => file::open_outbox(outbox),
        _ => None,
    };
    Store::told_if_open(&job.store)
        .into_iter()
        .chain(outbox)
        .collect()
}
