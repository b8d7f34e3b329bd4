//! `quietline preview` and `quietline send`: what a night gives its readers, looked at before they are.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use mail_parser::MessageParser;

use crate::deliver::Fate;
use crate::deliver::message::Identity;
use crate::domain::{Audience, NightStatus, Occasion, Statement, Told};
use crate::durable::{FILE_MODE, create_folder, write_absent};
use crate::failure::{ExitKind, Failure};
use crate::job::Job;
use crate::night::mail::incident::Incident;
use crate::night::mail::occasions::{self, Due};
use crate::night::mail::{delivery, mails};
use crate::night::{World, plan, rehearsed};
use crate::record::Store;
use crate::render;

/// The files to look at, in the order in which they are best read.
pub struct Preview {
    pub files: Vec<PathBuf>,
    /// What the files cannot say: which mails would go out tonight, and why.
    pub notes: Vec<String>,
}

/// Writes pages, mails and the webhook's message of the newest report, or of a dry run, to `out` or to a new folder that
/// only its owner can read: admins' files bear names. Nothing that stands in `out` is written over.
///
/// # Errors
/// No report yet, a night that fails, a folder that cannot be written, or one that holds a file of such a name.
pub fn preview(job: &Job, dry_run: bool, out: Option<&Path>, world: &World) -> Result<Preview, Failure> {
    let (files, notes) = if dry_run {
        tonight(job, world)?
    } else {
        newest(job)?
    };
    let folder = match out {
        Some(folder) => {
            create_folder(folder)?;
            folder.to_owned()
        }
        None => tempfile::Builder::new()
            .prefix("quietline-preview-")
            .tempdir()
            .map_err(|error| Failure::cannot_write(&std::env::temp_dir(), error))?
            .keep(),
    };
    // Looked at before the first is written, so that a folder holds all of a preview or nothing of it.
    let is_there = |(name, _): &&(String, Vec<u8>)| fs::symlink_metadata(folder.join(name)).is_ok();
    if let Some((name, _)) = files.iter().find(is_there) {
        return Err(Failure::msg(
            ExitKind::CannotCreate,
            format!(
                "{} is there already, and a preview writes over nothing",
                folder.join(name).display()
            ),
        )
        .advise("name a new folder with --out, or leave it out for one among the temporary files"));
    }
    let mut written = Vec::new();
    for (name, bytes) in files {
        let path = folder.join(name);
        write_absent(&path, &bytes, FILE_MODE)?;
        written.push(path);
    }
    Ok(Preview {
        files: written,
        notes,
    })
}

type Files = Vec<(String, Vec<u8>)>;

const PAGES: [&str; 2] = ["report.html", "admin.html"];
const WEBHOOK: &str = "webhook.json";

/// What stands in the folder of the last report: its mails are those that were sent.
fn newest(job: &Job) -> Result<(Files, Vec<String>), Failure> {
    let folder = job.reports.join(&job.name).join("latest");
    let withheld = newest_withheld(job);
    if !folder.exists() {
        let what = format!("there is no report in {}", job.reports.join(&job.name).display());
        return Err(match withheld {
            None => Failure::usage(
                what,
                "run the night first, or look at it as it would come out with --dry-run",
            ),
            Some(night) => Failure::usage(
                format!("{what}: {night}"),
                "`quietline status` tells why; --dry-run shows the night as it would come out now",
            ),
        });
    }
    let read = |name: &str| match fs::read(folder.join(name)) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::unreadable_store(&folder.join(name), error)),
    };
    let (mut files, mut notes) = (Files::new(), Vec::from_iter(withheld));
    for page in PAGES {
        files.extend(read(page)?.map(|bytes| (page.to_owned(), bytes)));
    }
    for audience in [Audience::Finance, Audience::Admin] {
        match read(&format!("{audience}.eml"))? {
            Some(bytes) => files.extend(parts(audience, &bytes)),
            None => notes.push(format!("{audience}: no mail was sent about this night")),
        }
    }
    files.extend(read(WEBHOOK)?.map(|bytes| (WEBHOOK.to_owned(), bytes)));
    Ok((files, notes))
}

/// The last night where it made no report, in words. A store that is not there or cannot be read costs nobody a look at the
/// report.
fn newest_withheld(job: &Job) -> Option<String> {
    let store = Store::open_to_read(&job.store).ok()?;
    let runs = store.tables().recent_runs(&job.name, 1).ok()?;
    let last = runs.into_iter().find(|run| !run.status.is_reported())?;
    Some(format!(
        "the last night, {}, made no report ({})",
        last.as_of,
        last.status.as_str()
    ))
}

/// A frozen mail's text and HTML.
fn parts(audience: Audience, mail: &[u8]) -> Files {
    let Some(mail) = MessageParser::default().parse(mail) else {
        return Files::new();
    };
    let html = mail
        .body_html(0)
        .map(|html| (format!("{audience}-mail.html"), html));
    let text = mail
        .body_text(0)
        .map(|text| (format!("{audience}-mail.txt"), text));
    // Lines of a mail end in CR LF; these files are looked at as other files are.
    let lines = |part: std::borrow::Cow<'_, str>| part.replace("\r\n", "\n").into_bytes();
    let parts = html.into_iter().chain(text);
    parts.map(|(name, part)| (name, lines(part))).collect()
}

/// Tonight as it would come out with what has been pulled so far; every audience's mail, also one that is not due.
fn tonight(job: &Job, world: &World) -> Result<(Files, Vec<String>), Failure> {
    let statement = rehearsed(job, world)?;
    let Tonight {
        due,
        incident,
        is_reported,
    } = due_tonight(job, &statement, world)?;
    let mut notes = Vec::new();
    let mut shown = Vec::new();
    for audience in Audience::ALL.iter().copied() {
        let found = due.iter().find(|due| due.audience == audience);
        notes.push(match found {
            Some(due) => format!("{audience}: would be sent ({})", due.occasion.as_str()),
            None => format!("{audience}: nothing would be sent"),
        });
        shown.push(Due {
            audience,
            occasion: found.map_or(Occasion::Nightly, |due| due.occasion),
            told: Told {
                digest: String::new(),
                deadlines: Default::default(),
            },
        });
    }
    let mut files: Files = render::artifacts(&statement)?
        .into_iter()
        .filter(|artifact| PAGES.contains(&artifact.name))
        .map(|artifact| (artifact.name.to_owned(), artifact.bytes))
        .collect();
    for (audience, _, body) in mails::wanted(job, &world.job_words, &statement, &incident, &shown)? {
        let name = audience.split('.').next().unwrap_or(&audience);
        files.push((format!("{name}-mail.html"), body.html.into_bytes()));
        files.push((format!("{name}-mail.txt"), body.text.into_bytes()));
    }
    if has_figure(&statement) {
        files.extend(occasions::post(job, &statement, &shown)?.map(|post| (WEBHOOK.to_owned(), post.bytes)));
    } else {
        notes = vec![format!(
            "the night is {}: only operators would hear of it",
            statement.status
        )];
    }
    if is_reported {
        notes = vec![format!(
            "the night of {} has been reported: a run would send nothing more",
            statement.as_of
        )];
    }
    Ok((files, notes))
}

/// Against a copy of the store as it is now; a job that never ran has been told nothing.
fn due_tonight(job: &Job, statement: &Statement, world: &World) -> Result<Tonight, Failure> {
    let rehearsal = plan::Rehearsal::of(&job.store)?;
    let store = Store::open(rehearsal.folder())?;
    let incident = Incident::of(job, statement.as_of, &store)?;
    Ok(Tonight {
        due: occasions::due(job, statement, &incident, &store, world)?,
        is_reported: plan::is_reported(job, statement.as_of, &store)?,
        incident,
    })
}

struct Tonight {
    due: Vec<Due>,
    incident: Incident,
    is_reported: bool,
}

fn has_figure(statement: &Statement) -> bool {
    matches!(statement.status, NightStatus::Ok | NightStatus::Warned)
}

/// Sends tonight's mail of one audience, as a dry run has it, to one reader. It is not noted as the night's: the readers
/// of the job get theirs all the same.
///
/// # Errors
/// Admins' mail to a stranger without `is_sure`; the mail server's refusal.
pub fn send(
    job: &Job,
    audience: Audience,
    to: &str,
    is_sure: bool,
    world: &World,
) -> Result<String, Failure> {
    if audience == Audience::Admin && !is_sure && !is_of_a_reader(job, to) {
        return Err(Failure::usage(
            format!("{to} is at no address of this job's readers, and the admins' mail bears names"),
            "add --yes if that person may see them, or send --audience finance",
        ));
    }
    let Some(mut delivery) = delivery::way(&job.mail, world)? else {
        return Err(Failure::usage(
            "this job sends no mail (mail.transport is none)",
            "quietline preview --dry-run writes the mails to a folder",
        ));
    };
    let statement = rehearsed(job, world)?;
    let files: BTreeMap<String, Vec<u8>> = render::artifacts(&statement)?
        .into_iter()
        .map(|artifact| (artifact.name.to_owned(), artifact.bytes))
        .collect();
    let readers = mails::readers(job, audience);
    let fixed = readers.and_then(|readers| readers.subject.as_deref());
    let mut body = render::mail_for(&statement, audience, &Occasion::Nightly, fixed)?;
    body.subject = format!("[preview] {}", body.subject);
    let identity = Identity {
        job: job.name.clone(),
        as_of: statement.as_of,
        revision: statement.revision,
        audience: preview_of(audience, to, world.now),
    };
    let mail = mails::build_one(
        &job.mail.from,
        identity,
        world.now,
        &[to.to_owned()],
        body,
        &files,
    )?;
    match delivery::offer(delivery.as_mut(), &mail, to)? {
        Fate::Accepted(said) => Ok(format!(
            "the {audience} mail of {} went to {to}: {said}\n",
            statement.as_of
        )),
        Fate::Refused(said) => Err(Failure::msg(
            ExitKind::Unavailable,
            format!("the mail to {to} was refused: {said}"),
        )),
        Fate::Deferred(said) => Err(Failure::msg(
            ExitKind::TryLater,
            format!("the mail to {to} was not taken now: {said}"),
        )),
        Fate::Ambiguous(said) => Err(Failure::msg(
            ExitKind::TryLater,
            format!("nobody knows whether the mail to {to} was taken: {said}"),
        )),
    }
}

/// Of its own for each time, or a mail program would show the second preview as the first.
fn preview_of(audience: Audience, to: &str, now: DateTime<Utc>) -> String {
    format!("preview.{audience}.{to}.{}", now.format("%Y%m%dT%H%M%SZ"))
}

/// Whether an address is at the domain of somebody whom the job writes to.
fn is_of_a_reader(job: &Job, to: &str) -> bool {
    let domain = |address: &str| {
        let (_, domain) = address.rsplit_once('@')?;
        Some(domain.to_lowercase())
    };
    let readers = [&job.mail.finance.to, &job.mail.admins.to, &job.mail.operators];
    let mut known = readers.into_iter().flatten().map(|address| domain(address));
    domain(to).is_some_and(|own| known.any(|known| known.as_deref() == Some(own.as_str())))
}
