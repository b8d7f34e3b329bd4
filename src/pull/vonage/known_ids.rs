//! What earlier nights said of each extension and its holder, for a night on which the service leaves it out: an external id
//! names a line, and a line must not change its name because a field was empty.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

use super::error::VonageError;
use super::line_rows::LineRow;
use super::raw_store::RawFolder;
use crate::durable::{FILE_MODE, WriteError, write_file};

const KNOWN_FILE: &str = "known_ids.json";

/// By a digest of extension and holder: no name stands in it. What was said once stays, so that a night that was blocked
/// cannot take it away.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct KnownIds(BTreeMap<String, Known>);

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    external_id: Option<String>,
    location: Option<String>,
    time_zone: Option<String>,
}

impl KnownIds {
    /// Nothing where there is no such file yet, or none that can be read.
    pub fn of(folder: &RawFolder) -> KnownIds {
        let bytes = std::fs::read(folder.file(KNOWN_FILE)).ok();
        bytes
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default()
    }

    /// Fills in what tonight leaves out, and remembers what it says. Places are filled in only where none could be had.
    pub fn keep(
        mut self,
        folder: &RawFolder,
        rows: &mut [LineRow],
        places_are_left_out: bool,
    ) -> Result<(), VonageError> {
        for row in rows {
            let Some(key) = key_of(row) else { continue };
            let known = self.0.entry(key).or_default();
            row.external_id = row.external_id.take().or_else(|| known.external_id.clone());
            if places_are_left_out {
                (row.location, row.time_zone) = (known.location.clone(), known.time_zone.clone());
            }
            *known = Known {
                external_id: row.external_id.clone(),
                location: row.location.clone(),
                time_zone: row.time_zone.clone(),
            };
        }
        let path = folder.file(KNOWN_FILE);
        let bytes =
            serde_json::to_vec(&self).map_err(|error| WriteError::new("write", &path, error.into()))?;
        Ok(write_file(&path, &bytes, FILE_MODE)?)
    }
}

/// Another holder of the extension is another line.
fn key_of(row: &LineRow) -> Option<String> {
    let holder = row
        .user_id
        .as_ref()
        .or(row.login_name.as_ref())
        .or(row.email.as_ref())
        .map_or_else(String::new, |holder| holder.to_lowercase());
    let key = format!("{}\0{holder}", row.extension.as_ref()?);
    Some(format!("{:032x}", xxh3_128(key.as_bytes())))
}
