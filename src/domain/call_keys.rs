//! What calls name a line by, as it is remembered when the line has left the list: logins and addresses are sealed.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Line, hex};

/// The names under which a line's calls stand, and the time for which it held them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallKeys {
    pub line_id: String,
    pub extension: String,
    pub sip_ids: Vec<String>,
    pub dids: Vec<String>,
    /// Logins and e-mail addresses, folded; sealed where they are remembered.
    pub users: Vec<String>,
    pub since: Option<NaiveDate>,
    pub until: Option<NaiveDate>,
    /// Where it had another phone before.
    #[serde(skip)]
    pub phone_since: Option<PhoneSince>,
}

/// The days from which a line's extension, and its SIP ids, are its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PhoneSince {
    pub extension: NaiveDate,
    /// The first night that saw it so: on the days before, it may still have been another line's.
    pub seen_on: NaiveDate,
    /// None where it had the same under its earlier extension.
    pub sip_ids: Option<NaiveDate>,
}

impl CallKeys {
    pub fn of(line: &Line, users: Vec<String>) -> CallKeys {
        CallKeys {
            line_id: line.line_id.clone(),
            extension: line.extension.clone(),
            sip_ids: line.sip_ids.clone(),
            dids: line.dids.clone(),
            users,
            since: line.seat_since,
            until: line.seat_until,
            phone_since: None,
        }
    }

    /// Whether both name somebody, and nobody together.
    pub fn is_of_other_users(&self, other: &CallKeys) -> bool {
        !self.users.is_empty()
            && !other.users.is_empty()
            && !self.users.iter().any(|user| other.users.contains(user))
    }
}

/// The keys of a line that earlier reported nights showed, with the first of them that no longer did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenKeys {
    pub keys: CallKeys,
    pub gone_on: Option<NaiveDate>,
}

/// Turns a login into what can be recognised and not read. The key is the store's own and leaves it with nothing.
#[derive(Debug, Clone, Default)]
pub struct Seal(String);

impl Seal {
    pub fn new(key: String) -> Seal {
        Seal(key)
    }

    pub fn seal(&self, user: &str) -> String {
        let mut hasher = Sha256::new();
        for part in [self.0.as_str(), user] {
            hasher.update((part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        hex(&hasher.finalize()[..16])
    }
}
