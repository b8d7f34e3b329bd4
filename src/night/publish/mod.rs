//! From the statement to the world: files in place, mails frozen, run closed, mails sent, the watchdog told. In this
//! order, so that a kill between any two steps is finished by the next run with the same bytes.

pub(super) mod parquet;

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::deliver::folder;
use crate::deliver::outbox::Outbox;
use crate::domain::{Baseline, CallKeys, GateReport, InputRead, Line, NightStatus, Statement, hex};
use crate::failure::Failure;
use crate::job::Job;
use crate::night::mail::delivery::send;
use crate::night::mail::incident::Incident;
use crate::night::mail::mails::date_of;
use crate::night::mail::{mails, occasions};
use crate::night::{Outcome, Timings, World};
use crate::record::{Ending, RunStatus, Store, Tables};
use crate::render;
use crate::steps::usage::former_lines::sealed_keys;
use crate::steps::usage::moved_lines::new_moves;

/// Writes, freezes, closes and sends.
pub(super) fn publish(
    job: &Job,
    statement: Statement,
    baseline: Baseline,
    run: i64,
    store: &mut Store,
    world: &World,
    mut timings: Timings,
) -> Result<Outcome, Failure> {
    let mut files: BTreeMap<String, Vec<u8>> = render::artifacts(&statement)?
        .into_iter()
        .map(|artifact| (artifact.name.to_owned(), artifact.bytes))
        .collect();
    files.insert(
        "lines.parquet".to_owned(),
        crate::night::publish::parquet::lines(&statement)?,
    );
    let date = date_of(job, statement.as_of, world);
    let incident = Incident::of(job, statement.as_of, store)?;
    let due = occasions::due(job, &statement, &incident, store, world)?;
    let wanted = mails::wanted(job, &world.job_words, &statement, &incident, &due)?;
    let mails = mails::build_all(job, statement.as_of, statement.revision, wanted, date, &files)?;
    for mail in &mails {
        files.insert(format!("{}.eml", mail.identity.list()), mail.bytes.clone());
    }
    let post = occasions::post(job, &statement, &due)?;
    if let Some(post) = &post {
        files.insert("webhook.json".to_owned(), post.bytes.clone());
    }
    let report_digest = digest_of(&files);
    timings.passed("render");
    files.insert(
        folder::ABOUT_THE_RUN.to_owned(),
        about_the_run(job, &statement, &report_digest, &timings, world)?,
    );

    let files: Vec<(String, Vec<u8>)> = files.into_iter().collect();
    let figures = matches!(statement.status, NightStatus::Ok | NightStatus::Warned);
    let made_late = match figures {
        true => occasions::made_late(job, statement.as_of, &incident, world),
        false => None,
    };
    let (folder, latest) = match figures {
        true => {
            let published = folder::publish(
                &job.reports,
                &job.name,
                statement.as_of,
                statement.revision,
                &files,
                store
                    .tables()
                    .killed_unsent(&job.name, statement.as_of, statement.revision)?,
            )?;
            (published.place, published.latest)
        }
        false => {
            let folder = folder::publish_withheld(&job.reports, &job.name, statement.as_of, &files)?;
            (folder, None)
        }
    };
    if !figures {
        // Only a night that is reported may leave anything of its data.
        store.forget_draft()?;
    }
    store.transaction(|tables| {
        let outbox = Outbox::new(tables.connection());
        for mail in &mails {
            outbox.freeze(mail, world.now)?;
        }
        if let Some(post) = &post {
            outbox.freeze(post, world.now)?;
            outbox.supersede(&post.identity, world.now)?;
        }
        for due in &due {
            let night = (statement.as_of, statement.revision);
            tables.put_told(&job.name, due.audience, night, &due.occasion, &due.told)?;
        }
        remember(&statement, tables)?;
        tables.close_run(run, &ending(&statement, baseline, report_digest, world))?;
        tables.end_night(&job.name)?;
        Ok::<(), Failure>(())
    })?;
    store.keep_draft()?;
    let sent = send(job, statement.as_of, store, world)?;
    Ok(Outcome {
        as_of: statement.as_of,
        exit_code: match statement.exit_code {
            0 => sent.exit_code,
            code => code,
        },
        undelivered: sent.undelivered(),
        statement: Some(statement),
        // Told after everybody has their mail: nobody's report waits for a link.
        troubles: sent
            .troubles
            .into_iter()
            .chain(latest.map(|error| error.to_string()))
            .chain(made_late)
            .collect(),
        drained: sent.drained,
        folder: Some(folder),
    })
}

/// A night that was reported before: only mail that had not left goes out.
pub(super) fn finish_earlier(
    job: &Job,
    as_of: NaiveDate,
    store: &mut Store,
    world: &World,
) -> Result<Outcome, Failure> {
    let reported = store.tables().find_finished(&job.name, as_of)?;
    let sent = send(job, as_of, store, world)?;
    Ok(Outcome {
        statement: None,
        as_of,
        exit_code: sent.exit_code,
        undelivered: sent.undelivered(),
        troubles: sent.troubles,
        drained: sent.drained,
        folder: reported.map(|run| {
            let name = folder::folder_name(run.as_of, run.revision);
            job.reports.join(&job.name).join(name)
        }),
    })
}

/// Only a night that is reported adds to what later nights know: findings, flags, lines. With the mails and the end of the
/// run, so that a run after a kill reads what the first one read.
fn remember(statement: &Statement, tables: Tables<'_>) -> Result<(), Failure> {
    if !matches!(statement.status, NightStatus::Ok | NightStatus::Warned) {
        return Ok(());
    }
    let seal = tables.seal()?;
    for account in &statement.accounts {
        let lines: Vec<&Line> = account.lines.iter().map(|line| &line.line).collect();
        let keys: Vec<CallKeys> = lines.iter().map(|line| sealed_keys(line, &seal)).collect();
        let ids: Vec<&str> = lines.iter().map(|line| line.line_id.as_str()).collect();
        let (id, job, as_of) = (&account.account_id, &statement.job, statement.as_of);
        tables.remembering(job, id, as_of, |tables| {
            let seen = (tables.seen_keys(id)?, tables.known_lines(id)?);
            let moves = new_moves(&seen.0, &seen.1, lines.iter().copied(), &seal, as_of);
            tables.put_moved_lines(id, &moves, as_of)?;
            tables.put_seen_keys(id, &keys, as_of)?;
            tables.put_findings(job, &account.ledger)?;
            tables.put_flags(job, &account.flags)?;
            tables.see_lines(id, &ids, as_of)?;
            tables.put_known_lines(id, &lines, as_of)
        })?;
    }
    Ok(())
}

fn ending(statement: &Statement, baseline: Baseline, report_digest: String, world: &World) -> Ending {
    let status = match statement.status {
        NightStatus::Ok => RunStatus::Ok,
        NightStatus::Warned => RunStatus::Warned,
        NightStatus::Held => RunStatus::Held,
        NightStatus::Blocked => RunStatus::Blocked,
    };
    Ending {
        status,
        exit_code: statement.exit_code,
        ended_at: world.now,
        report_digest: Some(report_digest),
        change_hash: statement.gates.iter().find_map(|gate| gate.accept.clone()),
        summary: Some(baseline),
    }
}

fn digest_of(files: &BTreeMap<String, Vec<u8>>) -> String {
    let mut hasher = Sha256::new();
    for (name, bytes) in files {
        hasher.update((name.len() as u64).to_le_bytes());
        hasher.update(name);
        hasher.update((bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    }
    hex(&hasher.finalize())
}

/// `run.json`: what the night was made of.
#[derive(Serialize)]
struct AboutTheRun<'a> {
    quietline: &'static str,
    /// The releases that the accounts' days were cut by.
    time_zone_database: String,
    job: &'a str,
    as_of: NaiveDate,
    revision: u32,
    status: NightStatus,
    exit_code: u8,
    inputs_digest: &'a str,
    settings_digest: &'a str,
    report_digest: &'a str,
    inputs: &'a [InputRead],
    settings: &'a [(String, String)],
    gates: &'a [GateReport],
    started_at: chrono::DateTime<chrono::Utc>,
    milliseconds: BTreeMap<&'static str, u64>,
}

fn about_the_run(
    job: &Job,
    statement: &Statement,
    report_digest: &str,
    timings: &Timings,
    world: &World,
) -> Result<Vec<u8>, Failure> {
    let releases: BTreeSet<&str> = job
        .accounts
        .iter()
        .map(|account| account.time_zone.release())
        .collect();
    let about = AboutTheRun {
        quietline: env!("CARGO_PKG_VERSION"),
        time_zone_database: releases.into_iter().collect::<Vec<_>>().join(", "),
        job: &statement.job,
        as_of: statement.as_of,
        revision: statement.revision,
        status: statement.status,
        exit_code: statement.exit_code,
        inputs_digest: &statement.inputs_digest,
        settings_digest: &statement.settings_digest,
        report_digest,
        inputs: &statement.inputs,
        settings: &statement.method,
        gates: &statement.gates,
        started_at: world.now,
        milliseconds: timings.parts.iter().copied().collect(),
    };
    let mut bytes = serde_json::to_vec_pretty(&about)?;
    bytes.push(b'\n');
    Ok(bytes)
}
