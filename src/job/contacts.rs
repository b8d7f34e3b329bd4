//! Whom a job names, as far as it can be read: those who must hear that it cannot be used.

use std::path::PathBuf;

use super::load::{Base, Given, base, read};
use super::{DEFAULT, DEFAULTS, Job, Mail, SecretSource, Transport, fault::Faults, layers};

/// Who hears of a night that has no store, or no job, to be noted in.
#[derive(Debug, Clone)]
pub struct Contacts {
    pub job: String,
    pub store: PathBuf,
    pub reports: PathBuf,
    pub mail: Mail,
    /// None where the job does not say it in a way that can be used.
    pub ping: Option<SecretSource>,
}

impl Contacts {
    pub fn of(job: &Job) -> Contacts {
        Contacts {
            job: job.name.clone(),
            store: job.store.clone(),
            reports: job.reports.clone(),
            mail: job.mail.clone(),
            ping: Some(job.ping.clone()),
        }
    }
}

/// What a mail to operators cannot do without.
const ON_THE_WAY: [&str; 5] = [
    "mail.transport",
    "mail.outbox",
    "mail.from",
    "mail.operators",
    "mail.smtp",
];

/// Reads `[job]`, `[mail]` and `[ping]` of a job that cannot be used. A section with a fault of its own is left out, and so
/// is what stands in a section that is not TOML. None where the file cannot be read at all.
pub fn contacts(given: &Given<'_>) -> Option<Contacts> {
    let base: Base = base(given).ok()?;
    let text = std::fs::read_to_string(given.folder.join(given.file?)).ok()?;
    let origin = |_: usize| DEFAULT.to_owned();
    let mut all = vec![layers::from_toml("the embedded defaults", DEFAULTS, &origin).ok()?];
    all.extend(
        sections(&text)
            .iter()
            .filter_map(|part| layers::from_toml("the job", part, &origin).ok()),
    );
    let below = layers::merge(&all).ok()?;
    all.push(layers::from_environment(given.environment, &below));
    let root = layers::merge(&all).ok()?;
    let faults = Faults::default();
    let mut contacts = Contacts::of(&read(given, &base, &root, &faults));
    if ON_THE_WAY.iter().any(|section| faults.any_in(section)) {
        contacts.mail.transport = Transport::None;
    }
    if faults.any_in("ping") {
        contacts.ping = None;
    }
    Some(contacts)
}

/// The text cut before each heading, so that a slip in one section leaves the others readable.
fn sections(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    for line in text.lines() {
        if line.trim_start().starts_with('[') {
            parts.push(String::new());
        }
        if let Some(part) = parts.last_mut() {
            part.push_str(line);
            part.push('\n');
        }
    }
    parts
}
