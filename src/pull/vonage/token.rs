//! The login: a password grant, refresh with rotation, renewal before the end. A refused credential is tried once.

use std::path::Path;

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::page::Text;
use crate::domain::{VonageApi, hex};
use crate::durable::{FILE_MODE, WriteError, write_file};
use crate::http::of_object;
use crate::secret::Secret;
use crate::secret::hidden::Hidden;

const SUFFIX: &str = "@vbc.prod";
/// Life of a token whose answer does not say it.
const USUAL_LIFE_SECONDS: i64 = 3_600;

/// Who logs in.
#[derive(Debug, Clone)]
pub struct Credentials {
    pub username: String,
    pub password: Secret,
    pub client_id: String,
    pub client_secret: Secret,
}

impl Credentials {
    pub fn new(api: &VonageApi, password: Secret, client_secret: Secret) -> Credentials {
        let name = &api.username;
        let username = match name.to_lowercase().ends_with(SUFFIX) {
            true => name.clone(),
            false => format!("{name}{SUFFIX}"),
        };
        Credentials {
            username,
            password,
            client_id: api.client_id.clone(),
            client_secret,
        }
    }

    /// The application and login, for the halt that a refusal leaves.
    pub fn key(&self) -> String {
        digest(&[&self.client_id, &self.username.to_lowercase()])
    }

    /// Changes when the password or the secret does. The client secret, long and random, keeps the password from being
    /// guessed from it.
    pub fn fingerprint(&self) -> String {
        digest(&[
            &self.username,
            self.client_secret.expose(),
            self.password.expose(),
        ])
    }

    pub(super) fn hidden(&self) -> Hidden {
        Hidden::of([&self.password, &self.client_secret])
    }

    /// The form of the password grant. Without the scope the Reports suite refuses the token.
    pub(super) fn password_grant(&self) -> Vec<(&'static str, String)> {
        self.with_application(vec![
            ("grant_type", "password".to_owned()),
            ("scope", "openid".to_owned()),
            ("username", self.username.clone()),
            ("password", self.password.expose().to_owned()),
        ])
    }

    pub(super) fn refresh_grant(&self, refresh: &Secret) -> Vec<(&'static str, String)> {
        self.with_application(vec![
            ("grant_type", "refresh_token".to_owned()),
            ("refresh_token", refresh.expose().to_owned()),
        ])
    }

    fn with_application(&self, mut form: Vec<(&'static str, String)>) -> Vec<(&'static str, String)> {
        form.push(("client_id", self.client_id.clone()));
        form.push(("client_secret", self.client_secret.expose().to_owned()));
        form
    }
}

fn digest(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    hex(&hasher.finalize()[..16])
}

/// What a login gave.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub access: Secret,
    /// Single use; each refresh gives the next.
    pub refresh: Option<Secret>,
    /// From here on it is renewed before it is used.
    pub renew_at: DateTime<Utc>,
}

#[derive(Deserialize)]
struct Granted {
    access_token: Option<String>,
    refresh_token: Option<String>,
    expires_in: Option<Text>,
}

impl Token {
    pub(super) fn secrets(&self) -> impl Iterator<Item = &Secret> {
        std::iter::once(&self.access).chain(&self.refresh)
    }

    /// None where the answer holds no token.
    pub(super) fn parse(body: &[u8], now: DateTime<Utc>) -> Option<Token> {
        let granted: Granted = of_object(body)?;
        let told = granted.expires_in.and_then(|text| text.0.parse::<f64>().ok());
        let life = told
            .map_or(USUAL_LIFE_SECONDS, |seconds| seconds as i64)
            .clamp(0, 30 * 86_400);
        // A tenth of its life early, so that a request that waits for the quota still finds it valid.
        let usable = life - (life / 10).clamp(1, 900);
        Some(Token {
            access: Secret::new(granted.access_token.filter(|token| !token.is_empty())?),
            refresh: granted
                .refresh_token
                .filter(|token| !token.is_empty())
                .map(Secret::new),
            renew_at: now + Duration::seconds(usable),
        })
    }
}

/// The token as it is kept in an owner-only file.
#[derive(Serialize, Deserialize)]
struct Kept {
    credential: String,
    access_token: String,
    refresh_token: Option<String>,
    renew_at: DateTime<Utc>,
}

/// The kept token, where it is of this credential. Whatever is wrong with the file, a login mends it.
pub(super) fn kept(path: &Path, credentials: &Credentials) -> Option<Token> {
    let text = Secret::from_file(path).ok()?;
    let kept: Kept = serde_json::from_str(text.expose()).ok()?;
    (kept.credential == credentials.fingerprint()).then(|| Token {
        access: Secret::new(kept.access_token),
        refresh: kept.refresh_token.map(Secret::new),
        renew_at: kept.renew_at,
    })
}

pub(super) fn keep(path: &Path, token: &Token, credentials: &Credentials) -> Result<(), WriteError> {
    let kept = Kept {
        credential: credentials.fingerprint(),
        access_token: token.access.expose().to_owned(),
        refresh_token: token.refresh.as_ref().map(|secret| secret.expose().to_owned()),
        renew_at: token.renew_at,
    };
    let bytes = serde_json::to_vec(&kept).map_err(|error| WriteError::new("write", path, error.into()))?;
    write_file(path, &bytes, FILE_MODE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answers_own_life_is_trusted_and_renewed_early() {
        let now = DateTime::UNIX_EPOCH;
        let usable =
            |body: &str| Token::parse(body.as_bytes(), now).map(|token| (token.renew_at - now).num_seconds());
        assert_eq!(usable(r#"{"access_token":"a","expires_in":86400}"#), Some(85_500));
        assert_eq!(
            usable(r#"{"access_token":"a","expires_in":"82566"}"#),
            Some(81_666)
        );
        assert_eq!(usable(r#"{"access_token":"a","expires_in":2}"#), Some(1));
        assert_eq!(usable(r#"{"access_token":"a"}"#), Some(3_240));
        assert_eq!(usable(r#"{"access_token":""}"#), None);
        assert_eq!(usable("<html>"), None);
        assert_eq!(usable(r#"["canary"]"#), None);
    }
}
