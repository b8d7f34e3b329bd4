//! Puts the layers together and reads them into one checked [`Job`].

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use chrono::NaiveDate;
use config::{Value, ValueKind};

use super::fault::Faults;
use super::section::Section;
use super::{DEFAULT, Job, JobError, SecretSource, Transport, accounts, digest, gates, layers, mail, prices};
use super::{scoring, secrets, show, sources, vonage};
use crate::domain::Origin;

/// The embedded defaults, which are also the manual.
pub const DEFAULTS: &str = include_str!("../../jobs/nightly.toml");

/// What a person and their surroundings say about the job.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    /// None: the embedded defaults alone, with paths relative to `folder`.
    pub file: Option<&'a Path>,
    /// The current folder.
    pub folder: &'a Path,
    pub environment: &'a BTreeMap<String, String>,
    /// `--set KEY=VALUE`
    pub set: &'a [(String, String)],
    pub as_of: Option<NaiveDate>,
    /// Added to `gates.accept_empty`.
    pub accept_empty: &'a [NaiveDate],
}

/// The folder that relative paths of the job start from, without links.
pub(super) struct Base(PathBuf);

impl Base {
    /// A leading `..` is resolved by its words, which is right since the folder itself has no links in it.
    pub(super) fn join(&self, path: &str) -> PathBuf {
        let mut joined = self.0.clone();
        for part in Path::new(path).components() {
            match part {
                Component::CurDir => {}
                Component::ParentDir if self.0.starts_with(&joined) => {
                    joined.pop();
                }
                other => joined.push(other),
            }
        }
        joined
    }
}

/// Reads and checks the job.
///
/// # Errors
/// A file that cannot be read, text that is not TOML, or every setting that cannot be used, at once.
pub fn load(given: &Given<'_>) -> Result<Job, JobError> {
    let base = base(given)?;
    let root = merged(given)?;
    let faults = Faults::default();
    let job = read(given, &base, &root, &faults);
    faults.none_or_error(&shown_name(given), job)
}

fn shown_name(given: &Given<'_>) -> String {
    given.file.map_or_else(
        || "the embedded job".to_owned(),
        |file| file.display().to_string(),
    )
}

pub(super) fn base(given: &Given<'_>) -> Result<Base, JobError> {
    let Some(file) = given.file else {
        return Ok(Base(given.folder.to_owned()));
    };
    let file = given.folder.join(file);
    let folder = file.parent().unwrap_or(given.folder).canonicalize();
    folder.map(Base).map_err(|source| unreadable(given, source))
}

fn unreadable(given: &Given<'_>, source: std::io::Error) -> JobError {
    JobError::Read {
        what: "the job file",
        path: given.file.unwrap_or(given.folder).to_owned(),
        source,
    }
}

/// All layers as one tree; each value knows its origin.
fn merged(given: &Given<'_>) -> Result<Value, JobError> {
    let mut all = vec![layers::from_toml("the embedded defaults", DEFAULTS, &|_| {
        DEFAULT.to_owned()
    })?];
    if let Some(file) = given.file {
        let text =
            std::fs::read_to_string(given.folder.join(file)).map_err(|source| unreadable(given, source))?;
        let name = file.display().to_string();
        all.push(layers::from_toml(&name, &text, &|line| {
            format!("{name}, line {line}")
        })?);
    }
    let below = layers::merge(&all)?;
    all.push(layers::from_environment(given.environment, &below));
    let set = given
        .set
        .iter()
        .map(|(key, value)| (key.as_str(), value.as_str()));
    all.push(layers::from_flags(set, "--set"));
    if let Some(day) = given.as_of {
        all.push(layers::from_flags(
            [("job.as_of", day.to_string().as_str())],
            "--as-of",
        ));
    }
    let root = layers::merge(&all)?;
    if given.accept_empty.is_empty() {
        return Ok(root);
    }
    let days = with_accepted(&root, given.accept_empty);
    all.push(layers::from_flags(
        [("gates.accept_empty", days.as_str())],
        "--accept-empty",
    ));
    Ok(layers::merge(&all)?)
}

/// The days that the job already accepts as empty, and those of the flags.
fn with_accepted(root: &Value, more: &[NaiveDate]) -> String {
    let inner = |value: &Value, key: &str| match &value.kind {
        ValueKind::Table(table) => table.get(key).cloned(),
        _ => None,
    };
    let listed = inner(root, "gates").and_then(|gates| inner(&gates, "accept_empty"));
    let mut days: Vec<String> = match listed.map(|value| value.kind) {
        Some(ValueKind::Array(items)) => items.iter().filter_map(show::scalar).collect(),
        Some(ValueKind::String(text)) => vec![text],
        _ => Vec::new(),
    };
    days.extend(more.iter().map(NaiveDate::to_string));
    days.join(",")
}

pub(super) fn read(given: &Given<'_>, base: &Base, root: &Value, faults: &Faults) -> Job {
    let mut sections = Section::new(String::new(), Some(root), faults);
    let mut job = sections.child("job");
    let name = job_name(given, &mut job);
    let as_of = job.day("as_of");
    let store = folder(&mut job, base, "store");
    let reports = folder(&mut job, base, "reports");
    job.finish();

    let accounts = accounts::read(sections.child("accounts"));
    let ids: Vec<&str> = accounts
        .iter()
        .map(|account| account.account_id.as_str())
        .collect();
    let sources = sources::read(sections.child("sources"), base, &ids);
    let from_api = sources.iter().any(|source| source.from == Origin::Vonage);
    let vonage = vonage::read(sections.child("vonage"), base, given.environment, from_api);
    let scoring = scoring::read(
        sections.child("scoring"),
        sections.child("kinds"),
        sections.child("keep"),
    );
    let (gates, max_quarantined_rows) = gates::read(sections.child("gates"));
    let (raw_days, overlap_days, mail_days) = retention(sections.child("retention"));
    let price_book = prices::read(sections.child("prices"), base);
    let mail = mail::read(sections.child("mail"), base);
    let webhook = mail::webhook(sections.child("webhook"), base);
    let ping = ping(sections.child("ping"), base);
    sections.finish();

    let mut settings = show::settings(root, base);
    let of_vonage = vonage
        .iter()
        .flat_map(|vonage| [&vonage.password, &vonage.client_secret]);
    let of_mail = match &mail.transport {
        Transport::Smtp(smtp) => Some(match &smtp.tokens {
            Some(tokens) => &tokens.client_secret,
            None => &smtp.password,
        }),
        _ => None,
    };
    let secrets = [&ping, &webhook.url].into_iter().chain(of_vonage).chain(of_mail);
    settings.extend(secrets.map(|secret| secrets::setting(secret, given.environment)));
    show::add_implied(&mut settings, &name, &accounts);
    let settings_digest = digest::of_figures(&scoring, &gates, &price_book, &accounts);
    let scoring_digest = digest::of_scoring(&scoring);
    Job {
        name,
        as_of,
        store,
        reports,
        accounts,
        sources,
        vonage,
        price_book,
        scoring,
        gates,
        raw_days,
        overlap_days,
        mail_days,
        max_quarantined_rows,
        mail,
        webhook,
        ping,
        settings,
        settings_digest,
        scoring_digest,
    }
}

fn job_name(given: &Given<'_>, job: &mut Section<'_>) -> String {
    let slug = |letter: char| {
        letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-' || letter == '_'
    };
    let own = job.parsed("name", |text| {
        let fits = text.len() <= 64 && text.chars().all(slug) && !text.starts_with('-');
        if fits {
            Ok(text.to_owned())
        } else {
            Err("must be made of a-z, 0-9, - and _ (at most 64), since it names the report folder")
        }
    });
    own.unwrap_or_else(|| {
        let stem = given.file.and_then(Path::file_stem).unwrap_or_default();
        let stem = stem.to_string_lossy().to_ascii_lowercase();
        let name: String = stem
            .chars()
            .map(|letter| if slug(letter) { letter } else { '-' })
            .take(64)
            .collect();
        let name = name.trim_matches('-');
        if name.is_empty() { "nightly" } else { name }.to_owned()
    })
}

fn folder(job: &mut Section<'_>, base: &Base, key: &'static str) -> PathBuf {
    let path = job.required(key, "name a folder");
    base.join(&path.unwrap_or_default())
}

fn retention(mut section: Section<'_>) -> (u32, u32, u32) {
    let raw = section.count("raw_days", 1..=3650);
    let overlap = section.count("overlap_days", 2..=60);
    let mails = section.count("mail_days", 1..=3650);
    section.finish();
    (raw, overlap, mails)
}

fn ping(mut section: Section<'_>, base: &Base) -> SecretSource {
    let place = secrets::read(&mut section, base, "url", ["url_file", "url_env"]);
    section.finish();
    place
}
