//! What costs one request each, and is therefore off by default and kept for days: an extension's service type, and a
//! user's on-demand recordings.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::{NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::client::Client;
use super::error::VonageError;
use super::line_rows::{LineRow, User};
use super::page::{Page, Text};
use super::raw_store::RawFolder;
use crate::domain::{Account, Suite};
use crate::durable::{FILE_MODE, WriteError, write_file};

const TYPES_FILE: &str = "service_types.json";
pub(super) const RECORDINGS_FILE: &str = "recordings.json";
/// Answers after which a cache is written out, so that a kill loses few of them.
const KEPT_EVERY: usize = 10;

/// An answer and the day on which it was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Told<T> {
    on: NaiveDate,
    what: T,
}

/// Evidence that a user records calls on demand.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Recordings {
    total: Option<u64>,
    /// As the service writes it: ISO, with milliseconds.
    pub newest: Option<String>,
}

impl Recordings {
    /// None where the answer bears neither a recording nor their number.
    fn any(&self) -> Option<bool> {
        match (&self.newest, self.total) {
            (Some(_), _) | (_, Some(1..)) => Some(true),
            (None, Some(0)) => Some(false),
            (None, None) => None,
        }
    }
}

/// The `service_type_name` of each extension by external id; none where the job does not ask for details.
pub(super) fn service_types(
    client: &mut Client,
    account: &Account,
    folder: &RawFolder,
    rows: &[LineRow],
) -> Result<BTreeMap<String, String>, VonageError> {
    let Some(days) = client.api.detail_days else {
        return Ok(BTreeMap::new());
    };
    let ids = rows.iter().filter_map(|row| row.external_id.clone());
    let told = cached(folder.file(TYPES_FILE), days, ids, |id| {
        ask_service_type(client, &account.account_id, id)
    })?;
    Ok(told
        .into_iter()
        .filter_map(|(id, told)| Some((id, told.what?)))
        .collect())
}

pub(super) fn ask_service_type(
    client: &mut Client,
    account_id: &str,
    external_id: &str,
) -> Result<Option<String>, VonageError> {
    #[derive(Deserialize)]
    struct Detail {
        service_type_name: Option<Text>,
    }
    let path = format!("/api/accounts/{account_id}/extensions/{}", encoded(external_id));
    let answer = client.get(Suite::Provisioning, &path, &[])?;
    let page = Page::parse(&answer.endpoint, &answer.body, 1)?;
    let detail = page
        .rows
        .first()
        .and_then(|row| serde_json::from_str::<Detail>(row.get()).ok());
    Ok(detail
        .and_then(|detail| detail.service_type_name)
        .map(|name| name.0))
}

/// Whether each user has on-demand recordings, by user id, where the job wants that evidence and the answer tells.
pub(super) fn recordings(
    client: &mut Client,
    account: &Account,
    folder: &RawFolder,
    users: &[User],
) -> Result<BTreeMap<String, bool>, VonageError> {
    let Some(days) = client.api.recording_days else {
        return Ok(BTreeMap::new());
    };
    let ids = users.iter().filter_map(|user| Some(user.id.as_ref()?.0.clone()));
    let told = cached(folder.file(RECORDINGS_FILE), days, ids, |id| {
        ask_recordings(client, &account.account_id, id)
    })?;
    Ok(told
        .into_iter()
        .filter_map(|(id, told)| Some((id, told.what.any()?)))
        .collect())
}

pub(super) fn ask_recordings(
    client: &mut Client,
    account_id: &str,
    user_id: &str,
) -> Result<Recordings, VonageError> {
    #[derive(Deserialize)]
    struct Recording {
        start: Option<Text>,
    }
    let path = format!(
        "/api/accounts/{account_id}/users/{}/call_recordings",
        encoded(user_id)
    );
    let query = [("page", "1".to_owned()), ("page_size", "1".to_owned())];
    let answer = client.get(Suite::Recording, &path, &query)?;
    let page = Page::parse_rows(
        &answer.endpoint,
        &answer.body,
        1,
        &["recordings", "call_recordings", "data"],
    )?;
    let newest = page
        .rows
        .first()
        .and_then(|row| serde_json::from_str::<Recording>(row.get()).ok());
    Ok(Recordings {
        total: page.total_items,
        newest: newest.and_then(|recording| recording.start).map(|start| start.0),
    })
}

/// Answers for all ids: those younger than `days` from the file, the others asked for.
fn cached<T: Clone + Default + Serialize + for<'de> Deserialize<'de>>(
    path: PathBuf,
    days: u32,
    ids: impl Iterator<Item = String>,
    mut ask: impl FnMut(&str) -> Result<T, VonageError>,
) -> Result<BTreeMap<String, Told<T>>, VonageError> {
    // A cache that is not there or cannot be read is an empty one.
    let before: BTreeMap<String, Told<T>> = std::fs::read(&path)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default();
    let today = Utc::now().date_naive();
    let fresh = |told: &&Told<T>| (today - told.on).num_days() < i64::from(days);
    let (mut told, mut asked) = (BTreeMap::new(), 0);
    for id in ids {
        let answer = match before.get(&id).filter(fresh) {
            Some(known) => known.clone(),
            None => {
                asked += 1;
                let what = match ask(&id) {
                    // Removed since the list was read, or never recorded: nothing is known of it.
                    Err(VonageError::NotThere { .. }) => T::default(),
                    answer => answer?,
                };
                Told { on: today, what }
            }
        };
        told.insert(id, answer);
        if asked >= KEPT_EVERY {
            asked = 0;
            let all: BTreeMap<&String, &Told<T>> = before.iter().chain(&told).collect();
            keep(&path, &all)?;
        }
    }
    keep(&path, &told.iter().collect())?;
    Ok(told)
}

fn keep<T: Serialize>(path: &Path, told: &BTreeMap<&String, &Told<T>>) -> Result<(), VonageError> {
    let bytes = serde_json::to_vec(told).map_err(|error| WriteError::new("write", path, error.into()))?;
    Ok(write_file(path, &bytes, FILE_MODE)?)
}

/// An id as one segment of a path.
fn encoded(id: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    id.bytes()
        .map(|byte| {
            if plain(byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}
