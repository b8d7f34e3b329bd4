//! What an answer that is no success means: wait, log in, look elsewhere, or stop.

use std::time::Duration;

use reqwest::header::LOCATION;
use reqwest::{Response, Url};

use super::answer::Answer;
use super::error::VonageError;
use super::sent::Sent;
use crate::domain::Suite;
use crate::http::leads_to;

/// How long a throttled answer asks to wait; a minute, the quota's own window, where it does not say.
pub(super) fn waits(answer: &Answer) -> Option<Duration> {
    match answer.status {
        429 => Some(Duration::from_secs(answer.asked_to_wait().unwrap_or(60))),
        200..=299 if answer.is_throttle_inside() => {
            Some(Duration::from_secs(answer.asked_to_wait().unwrap_or(60)))
        }
        503 => answer.asked_to_wait().map(Duration::from_secs),
        _ => None,
    }
}

pub(super) fn denied(suite: Suite, said: String) -> VonageError {
    VonageError::Denied {
        suite: suite.to_string(),
        answer: said,
    }
}

/// Whether an answer to a login or a refresh speaks of the credential or the token; a wrong address must not leave a halt.
pub(super) fn refuses(answer: &Answer) -> bool {
    matches!(answer.status, 400 | 401 | 403)
}

/// A login's refusal under a status of success: one of OAuth's own words, and nothing else of such an answer.
pub(super) fn grant_error(answer: &Answer) -> Option<&'static str> {
    const WORDS: [&str; 6] = [
        "invalid_grant",
        "invalid_client",
        "invalid_request",
        "invalid_scope",
        "unauthorized_client",
        "unsupported_grant_type",
    ];
    let said = answer.field("error")?;
    WORDS.into_iter().find(|word| *word == said)
}

/// An answer that trying again would not change, in words without secrets. Where the address may be the fault, with the
/// settings that it is made of.
pub(super) fn elsewhere_or_wrong(answer: &Answer, said: String, settings: String) -> VonageError {
    match answer.status {
        300..=399 => VonageError::Moved {
            place: answer.location.clone().unwrap_or_else(|| "nowhere".to_owned()),
            settings,
            answer: said,
        },
        404 | 410 => VonageError::NotThere {
            settings,
            answer: said,
        },
        _ => VonageError::Rejected { answer: said },
    }
}

/// The job keys that a suite's address is made of.
pub(super) fn suite_settings(suite: Suite) -> String {
    format!(
        "the account's number, vonage.version (some accounts have paths without its segment: \"\"), vonage.base_url or \
         vonage.{suite}_url"
    )
}

/// Where a redirect leads: of a login's the host alone; of a question's all but a query and a user, which may repeat what was asked.
pub(super) fn place_of(sent: Sent, response: &Response) -> Option<String> {
    if sent != Sent::Question {
        return leads_to(response);
    }
    let location = response.headers().get(LOCATION)?.to_str().ok()?;
    let mut place: Url = response.url().join(location).ok()?;
    place.set_query(None);
    place.set_fragment(None);
    place.set_username("").ok()?;
    place.set_password(None).ok()?;
    Some(place.to_string())
}
