//! The job: defaults < file < environment < flags, checked once. Nothing below validates settings again.

mod accounts;
mod contacts;
mod digest;
mod fault;
mod gates;
mod layers;
mod load;
mod mail;
mod prices;
mod scoring;
mod secrets;
mod section;
mod show;
mod sources;
mod starter;
#[cfg(test)]
mod tests;
mod vonage;

use std::path::PathBuf;

use chrono::NaiveDate;

use crate::domain::{Account, GatePolicy, PriceBook, Rhythm, Scoring, Source, WebhookFormat};

pub use crate::secret::SecretSource;
pub use contacts::{Contacts, contacts};
pub use fault::{Fault, JobError};
pub use load::{DEFAULTS, Given, load};
pub use starter::{Lacking, Starter};
pub use vonage::Vonage;

/// The origin of values that nobody set.
const DEFAULT: &str = "default";

/// One checked job: what a night needs to know, and nothing it must look up again.
#[derive(Debug, Clone)]
pub struct Job {
    /// A slug: names the report folder and the state.
    pub name: String,
    /// The last day looked at; none: yesterday in the account zone that is furthest behind.
    pub as_of: Option<NaiveDate>,
    pub store: PathBuf,
    pub reports: PathBuf,
    /// By account id.
    pub accounts: Vec<Account>,
    /// By table, in the order in which they are read, then by name.
    pub sources: Vec<Source>,
    /// How the API is reached, where a source is read from it.
    pub vonage: Option<Vonage>,
    pub price_book: PriceBook,
    pub scoring: Scoring,
    pub gates: GatePolicy,
    /// Days for which raw legs stay, beyond the overlap.
    pub raw_days: u32,
    pub overlap_days: u32,
    /// Days for which the store keeps the bytes of mails.
    pub mail_days: u32,
    pub max_quarantined_rows: u32,
    pub mail: Mail,
    pub webhook: Webhook,
    /// Dead-man ping; a secret, since whoever knows it can silence the alarm.
    pub ping: SecretSource,
    /// Every value with where it came from; what `config show` prints. No secret can stand in it.
    pub settings: Vec<Setting>,
    /// SHA-256 over the settings that bear on the figures (not paths, mail or secrets).
    pub settings_digest: String,
    /// SHA-256 over `scoring` alone: another one starts a new baseline for the mass flag gate. The gates' own limits are
    /// left out, so that nobody releases a held night by loosening them.
    pub scoring_digest: String,
}

/// One setting and where its value came from: `default`, file and line, the variable's name or the flag.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Setting {
    pub key: String,
    pub value: String,
    pub source: String,
}

/// Who gets what, and how it leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    pub transport: Transport,
    pub from: String,
    pub finance: Readers,
    pub admins: Readers,
    /// Told of held and blocked nights.
    pub operators: Vec<String>,
    pub on_ambiguous: OnAmbiguous,
}

/// One audience of the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readers {
    pub to: Vec<String>,
    pub rhythm: Rhythm,
    /// The same each night, so that threads hold; none: the subject bears the figure.
    pub subject: Option<String>,
}

/// Where the figure is posted, if its address is set anywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    pub format: WebhookFormat,
    /// Whoever knows the address can post there.
    pub url: SecretSource,
    pub rhythm: Rhythm,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transport {
    /// Mails are written here as `.eml` files instead of sent.
    File {
        outbox: PathBuf,
    },
    Smtp(Box<Smtp>),
    None,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Smtp {
    pub host: String,
    pub port: u16,
    pub tls: Tls,
    /// With a user there is a password, or there are tokens.
    pub user: Option<String>,
    pub password: SecretSource,
    /// How tokens are got, where the server takes no password.
    pub tokens: Option<Tokens>,
    pub ca_file: Option<PathBuf>,
    pub allow_plaintext: bool,
    /// The name given in EHLO; none: this machine's.
    pub hello: Option<String>,
}

/// Where an application asks for tokens for the mail server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokens {
    pub token_url: String,
    pub client_id: String,
    pub client_secret: SecretSource,
    pub scope: String,
}

crate::domain::words! {
    Tls { Implicit => "implicit", Starttls => "starttls", None => "none" }
}
crate::domain::words! {
    /// A mail that the server may or may not have taken: send the identical bytes again, or hold it for a person.
    OnAmbiguous { Resend => "resend", Hold => "hold" }
}
