//! `[vonage]`: how the API is reached. Read whole even where no source uses it, so that a mistake does not wait.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use super::load::Base;
use super::section::Section;
use super::{SecretSource, secrets};
use crate::domain::{Suite, Tier, VonageApi};
use crate::http::is_here;

/// The API and where its secrets are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vonage {
    pub api: VonageApi,
    pub password: SecretSource,
    pub client_secret: SecretSource,
}

/// None where no source is read from the API.
pub(super) fn read(
    mut section: Section<'_>,
    base: &Base,
    environment: &BTreeMap<String, String>,
    in_use: bool,
) -> Option<Vonage> {
    let [username, client_id] = ["username", "client_id"].map(|key| {
        if in_use {
            section
                .required(key, "the API is not reached without it")
                .unwrap_or_default()
        } else {
            section.text(key).unwrap_or_default()
        }
    });
    let allow_plaintext = section.flag("allow_plaintext", false);
    let address = |text: &str| address(text, allow_plaintext);
    let token_url = section.parsed("token_url", address).unwrap_or_default();
    let base_url = section.parsed("base_url", address).unwrap_or_default();
    let version = section.text("version").unwrap_or_default();
    let mut suites = BTreeMap::new();
    for (suite, key, folder) in [
        (Suite::Provisioning, "provisioning_url", "provisioning"),
        (Suite::Reports, "reports_url", "reports"),
        (Suite::Recording, "recording_url", "call_recording"),
    ] {
        let own = section.parsed(key, address);
        let parts = [base_url.as_str(), folder, version.as_str()];
        let usual = || {
            parts
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join("/")
        };
        suites.insert(suite, own.unwrap_or_else(usual));
    }
    let seconds = |count: u32| Duration::from_secs(count.into());
    let api = VonageApi {
        username,
        client_id,
        token_url,
        suites,
        quota_per_minute: section.count("quota_per_minute", 1..=100_000),
        quota_folder: match section.text("quota_folder") {
            Some(folder) => base.join(&folder),
            None => usual_quota_folder(environment),
        },
        page_size: section.count("page_size", 1..=10_000),
        backfill_days: section.count("backfill_days", 1..=730),
        lag: seconds(60 * section.count("lag_minutes", 0..=1440)),
        timeout: seconds(section.count("timeout_seconds", 1..=900)),
        tries: section.count("tries", 1..=20),
        backoff: Duration::from_millis(section.count("backoff_milliseconds", 1..=60_000).into()),
        patience: seconds(60 * section.count("patience_minutes", 0..=600)),
        token_file: section.text("token_file").map(|path| base.join(&path)),
        ca_file: section.text("ca_file").map(|path| base.join(&path)),
        detail_days: positive(section.count("extension_detail_days", 0..=365)),
        recording_days: positive(section.count("recording_days", 0..=365)),
        tiers: tiers(&mut section),
    };
    let password = secrets::read(&mut section, base, "password", ["password_file", "password_env"]);
    let client_secret = secrets::read(
        &mut section,
        base,
        "client_secret",
        ["client_secret_file", "client_secret_env"],
    );
    section.finish();
    in_use.then_some(Vonage {
        api,
        password,
        client_secret,
    })
}

fn positive(days: u32) -> Option<u32> {
    (days > 0).then_some(days)
}

fn tiers(section: &mut Section<'_>) -> BTreeMap<String, Tier> {
    let section = section.child("tiers");
    let mut tiers = BTreeMap::new();
    for (name, word) in section.every_text() {
        match word.parse() {
            Ok(tier) => _ = tiers.insert(name, tier),
            Err(error) => section.fault(&name, error),
        }
    }
    tiers
}

/// One folder for all jobs of a user: the service manager's, else the desktop's.
fn usual_quota_folder(environment: &BTreeMap<String, String>) -> PathBuf {
    let set = |name: &str| {
        environment
            .get(name)
            .filter(|text| text.starts_with('/'))
            .map(PathBuf::from)
    };
    // systemd may name several folders, parted by colons.
    let service =
        set("STATE_DIRECTORY").and_then(|folders| Some(PathBuf::from(folders.to_str()?.split(':').next()?)));
    service
        .or_else(|| Some(set("XDG_STATE_HOME")?.join("quietline")))
        .or_else(|| Some(set("HOME")?.join(".local/state/quietline")))
        .unwrap_or_else(|| std::env::temp_dir().join("quietline"))
}

/// Without a slash at its end. Clear text goes to this machine only, unless the job says otherwise.
pub(super) fn address(text: &str, allow_plaintext: bool) -> Result<String, &'static str> {
    let url =
        reqwest::Url::parse(text).map_err(|_| "is not an address such as https://api.vonage.com/token")?;
    if !url.username().is_empty() || url.password().is_some() || url.query().is_some() {
        return Err("must hold no user, password or query");
    }
    match url.scheme() {
        "https" => {}
        "http" if is_here(&url) || allow_plaintext => {}
        "http" => {
            return Err(
                "would send password and token in the clear; use https, or say allow_plaintext = true",
            );
        }
        _ => return Err("must begin with https://"),
    }
    Ok(text.trim_end_matches('/').to_owned())
}
