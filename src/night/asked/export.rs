//! `quietline export focus`: the charges of every invoice at hand. Reads files; asks no API, and leaves the store as it is.

use std::collections::BTreeSet;

use crate::domain::{DirectoryEntry, FocusVersion, Origin, Source, TableName};
use crate::failure::{ExitKind, Failure};
use crate::job::Job;
use crate::night::read::api;
use crate::night::{World, plan};
use crate::pull::read_tables;
use crate::render::focus_csv;
use crate::steps::bill::cost::LineCounts;
use crate::steps::bill::focus::focus_charges;
use crate::steps::bill::rates::Agreed;
use crate::steps::input::StepError;
use crate::steps::roster::named_elsewhere::named_elsewhere;
use crate::steps::roster::normalise::roster;

/// The file of one version, for all accounts of the job, in the job's order.
///
/// Errors: no charges, lines that were never pulled, or tables that would stop a night.
pub fn focus(job: &Job, version: FocusVersion, world: &World) -> Result<Vec<u8>, Failure> {
    if job
        .sources
        .iter()
        .all(|source| source.table != TableName::Charges)
    {
        let what = "the job has no charges to export";
        return Err(Failure::msg(ExitKind::JobFile, what)
            .advise("name the invoices' files as [sources.charges]; docs/tables.md tells their columns"));
    }
    let sources = api::sources(job).tables();
    // Without the lines nobody would know which names to leave out.
    let unpulled =
        |source: &&Source| source.from == Origin::Vonage && source.files.iter().any(|file| !file.exists());
    if let Some(source) = sources.iter().find(unpulled) {
        let what = format!("sources.{} has not been pulled from Vonage yet", source.name);
        return Err(Failure::msg(ExitKind::BadData, what)
            .advise(format!("quietline run {} --dry-run", world.job_words)));
    }
    let as_of = plan::night_of(job, world.now)?;
    let tables = read_tables(&sources, &job.accounts, job.max_quarantined_rows)?;
    let charges_aside = tables
        .quarantine
        .iter()
        .filter(|row| row.table == TableName::Charges.as_str());
    for row in charges_aside {
        tracing::warn!("the export is short by a row: {}", row.place_and_reason());
    }
    let book = job.price_book.with_prices(&tables.prices);
    let mut rows = Vec::new();
    let mut others = BTreeSet::new();
    for account in &job.accounts {
        let id = &account.account_id;
        let lines = tables
            .lines
            .iter()
            .filter(|line| line.account_id == *id)
            .cloned()
            .collect();
        let here = |entry: &&DirectoryEntry| entry.account_id.as_ref().is_none_or(|other| other == id);
        let directory: Vec<DirectoryEntry> = tables.directory.iter().filter(here).cloned().collect();
        let roster = roster(lines, &directory, &[], &job.scoring, as_of).map_err(StepError::from)?;
        let decisions: Vec<_> = tables
            .decisions
            .iter()
            .filter(|made| made.account_id == *id)
            .cloned()
            .collect();
        others.extend(named_elsewhere(&roster, &decisions, &[]));
        let charges: Vec<_> = tables
            .charges
            .iter()
            .filter(|charge| charge.account_id == *id)
            .cloned()
            .collect();
        let contracts: Vec<_> = tables
            .contracts
            .iter()
            .filter(|contract| contract.account_id == *id)
            .cloned()
            .collect();
        let agreed = Agreed {
            contracts: &contracts,
            unread_contracts: &tables.unread_contracts_of(id),
            book: &book.in_currency(account.currency),
            counts: &LineCounts::on(as_of, &roster.lines, &contracts),
        };
        rows.extend(
            focus_charges(account, &charges, &roster.lines, &agreed, as_of).map_err(StepError::from)?,
        );
    }
    Ok(focus_csv(version, &rows, &tables.lines, &others)?)
}
