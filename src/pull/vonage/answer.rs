//! One HTTP answer: what it says when it is an error, and how long it asks to wait.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use serde_json::Value;

use super::super::files::shorten;
use super::body::shown;
use crate::domain::mask;
use crate::secret::hidden::{Hidden, without_tokens};

/// Characters of a body that an error shows.
const SHOWN_BODY: usize = 200;
/// Characters of it that are looked over before: some are blanks, or secrets.
const READ_BODY: usize = 16 << 10;

/// Status, headers that matter, and the whole body.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub endpoint: String,
    pub status: u16,
    /// The service's own clock.
    pub date: Option<DateTime<Utc>>,
    pub retry_after: Option<String>,
    pub request_id: Option<String>,
    /// Where a redirect leads.
    pub location: Option<String>,
    pub body: Vec<u8>,
    /// It answers a login or a refresh: tokens may stand anywhere in it.
    pub is_of_grant: bool,
}

impl Answer {
    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Whether it is an error for all that its status says success. Only a short body is looked at: a page of calls is large.
    pub(super) fn is_error_inside(&self) -> bool {
        const LONGEST: usize = 16 << 10;
        let is_looked_at = self.is_success() && !self.is_of_grant && self.body.len() <= LONGEST;
        let Some(Value::Object(json)) = is_looked_at
            .then(|| serde_json::from_slice(&self.body).ok())
            .flatten()
        else {
            return false;
        };
        let has = |key: &str| json.get(key).is_some_and(|value| !value.is_null());
        let is_resource = ["_embedded", "_links", "id", "total_items"].into_iter().any(has);
        let is_told = ["message", "msg", "title", "description"].into_iter().any(has);
        !is_resource && (has("fault") || has("error") || (is_told && (has("code") || has("status"))))
    }

    /// Such an error that asks to come later.
    pub(super) fn is_throttle_inside(&self) -> bool {
        let words = || {
            let words = self
                .json()
                .map(|json| told(&json))
                .unwrap_or_default()
                .to_lowercase();
            ["throttl", "too many requests", "rate limit", "quota exceeded"]
                .iter()
                .any(|word| words.contains(word))
        };
        // The gateway's own codes for throttling.
        let code = || self.field("code").is_some_and(|code| code.starts_with("9008"));
        let next = || self.field("nextAccessTime").is_some();
        self.is_error_inside() && (code() || next() || words())
    }

    /// `GET /accounts/1/call-logs answered 429 (request 12ab): Message throttled out: ...`
    pub(super) fn said(&self, hidden: &Hidden) -> String {
        // A grant's answer is told by its words alone: what else it says may be a token.
        let request = || self.request_id.clone().or_else(|| self.field("instance"));
        let request = (!self.is_of_grant).then(request).flatten();
        let request = request.map_or_else(String::new, |id| {
            format!(" (request {})", shorten(&hidden.taken_from(&id), 80))
        });
        let words = self.words(hidden);
        let words = if words.is_empty() {
            "no word".to_owned()
        } else {
            words
        };
        format!("{} answered {}{request}: {words}", self.endpoint, self.status)
    }

    fn may_hold_tokens(&self) -> bool {
        self.is_of_grant && self.is_success()
    }

    /// The body of any of the known error shapes in words, else its first characters; of a grant's answer only the former,
    /// and of one that succeeded neither.
    fn words(&self, hidden: &Hidden) -> String {
        let told = self
            .json()
            .map(|json| told(&json))
            .filter(|told| !told.is_empty() && !self.may_hold_tokens());
        let text = match (told, shown(&self.body)) {
            (Some(told), _) => told.into(),
            (None, _) if self.is_of_grant && !self.body.is_empty() => {
                return format!(
                    "{} bytes, which are not shown, since tokens may be among them",
                    self.body.len()
                );
            }
            (None, None) => return format!("{} bytes that are no text", self.body.len()),
            (None, Some(text)) => text,
        };
        // Before anything else changes the text: half a secret would no longer be found.
        let text: String = text.chars().take(READ_BODY).collect();
        let text = hidden.taken_from(&text);
        let letters = text.split(|letter: char| letter.is_whitespace() || letter.is_control());
        let one_line = letters
            .filter(|word| !word.is_empty())
            .collect::<Vec<_>>()
            .join(" ");
        let one_line = match self.is_of_grant {
            true => without_tokens(&one_line),
            false => one_line,
        };
        mask(&shorten(&one_line, SHOWN_BODY)).into_owned()
    }

    fn json(&self) -> Option<Value> {
        let json: Value = serde_json::from_slice(&self.body).ok()?;
        // The gateway sometimes wraps its error.
        Some(json.get("fault").cloned().unwrap_or(json))
    }

    /// A field of the error as text, numbers too.
    pub(super) fn field(&self, name: &str) -> Option<String> {
        match self.json()?.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// Seconds that the service asks to wait, by its own clock: `Retry-After` in either form, else `nextAccessTime`.
    pub(super) fn asked_to_wait(&self) -> Option<u64> {
        let now = self.date.unwrap_or_else(Utc::now);
        let until = |at: DateTime<Utc>| u64::try_from((at - now).num_seconds()).unwrap_or(0);
        if let Some(text) = self.retry_after.as_deref().map(str::trim) {
            let by_date = || {
                DateTime::parse_from_rfc2822(text)
                    .ok()
                    .map(|at| until(at.to_utc()))
            };
            if let Some(seconds) = text.parse().ok().or_else(by_date) {
                return Some(seconds);
            }
        }
        next_access(&self.field("nextAccessTime")?).map(until)
    }
}

/// `2026-May-23 00:00:00+0000 UTC`
fn next_access(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim().trim_end_matches("UTC").trim();
    let zoned = ["%Y-%b-%d %H:%M:%S%z", "%Y-%m-%d %H:%M:%S%z"];
    let found = zoned
        .iter()
        .find_map(|form| DateTime::parse_from_str(text, form).ok());
    found.map(|at| at.to_utc()).or_else(|| {
        Some(
            NaiveDateTime::parse_from_str(text, "%Y-%b-%d %H:%M:%S")
                .ok()?
                .and_utc(),
        )
    })
}

fn told(json: &Value) -> String {
    let text = |key: &str| match json.get(key) {
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Number(number)) => Some(format!("code {number}")),
        _ => None,
    };
    let keys = [
        "code",
        "error",
        "title",
        "msg",
        "message",
        "error_description",
        "description",
    ];
    let mut words: Vec<String> = keys.iter().filter_map(|key| text(key)).collect();
    if let Some(Value::Array(parameters)) = json.get("invalid_parameters") {
        let of = |parameter: &Value, key: &str| {
            parameter
                .get(key)
                .and_then(Value::as_str)
                .unwrap_or("?")
                .to_owned()
        };
        words.extend(
            parameters
                .iter()
                .map(|each| format!("{} {}", of(each, "name"), of(each, "reason"))),
        );
    }
    words.join(": ")
}

/// An HTTP date of the `Date` header.
pub(super) fn http_date(text: &str) -> Option<DateTime<Utc>> {
    let at = DateTime::parse_from_rfc2822(text).ok()?.to_utc();
    (at.date_naive() > NaiveDate::from_ymd_opt(2000, 1, 1)?).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(retry_after: Option<&str>, body: &str) -> Answer {
        Answer {
            endpoint: "GET /accounts/1/call-logs".to_owned(),
            status: 429,
            date: http_date("Fri, 22 May 2026 23:58:30 GMT"),
            retry_after: retry_after.map(str::to_owned),
            request_id: None,
            location: None,
            body: body.into(),
            is_of_grant: false,
        }
    }

    #[test]
    fn every_hint_is_read_by_the_services_own_clock() {
        let gateway = r#"{"fault":{"code":900804,"message":"Message throttled out","nextAccessTime":"2026-May-23 00:00:00+0000 UTC"}}"#;
        assert_eq!(answer(Some("7"), gateway).asked_to_wait(), Some(7));
        assert_eq!(
            answer(Some("Fri, 22 May 2026 23:59:00 GMT"), "").asked_to_wait(),
            Some(30)
        );
        assert_eq!(
            answer(Some("Fri, 22 May 2026 23:00:00 GMT"), "").asked_to_wait(),
            Some(0)
        );
        assert_eq!(answer(None, gateway).asked_to_wait(), Some(90));
        assert_eq!(answer(Some("soon"), gateway).asked_to_wait(), Some(90));
        assert_eq!(answer(None, "{}").asked_to_wait(), None);
    }

    #[test]
    fn every_error_shape_becomes_one_line() {
        let said = |body: &str| {
            answer(None, body)
                .said(&Hidden::default())
                .replace("GET /accounts/1/call-logs answered 429", "-")
        };
        assert_eq!(
            said(r#"{"msg":"no such account","status":404}"#),
            "-: no such account"
        );
        assert_eq!(
            said(
                r#"{"status":400,"title":"Bad","instance":"t-1","invalid_parameters":[{"name":"page","reason":"is 0"}]}"#
            ),
            "- (request t-1): Bad: page is 0"
        );
        assert_eq!(
            said(r#"{"code":"900804","message":"Message throttled out"}"#),
            "-: 900804: Message throttled out"
        );
        assert_eq!(said(""), "-: no word");
        assert_eq!(
            said("<html>\n <b>Bad\tGateway</b></html>"),
            "-: <html> <b>Bad Gateway</b></html>"
        );
        assert_eq!(
            said(r#"{"msg":"red\u001b[31m\u0007 alert"}"#),
            "-: red [31m alert"
        );
        assert_eq!(said("\u{1}\u{2}\0\0PK"), "-: 6 bytes that are no text");
        assert_eq!(said("call 17325550142"), "-: call *********42");
        let long = answer(None, &"x".repeat(5000)).said(&Hidden::default());
        assert!(long.chars().count() < 260);
    }

    #[test]
    fn of_a_grants_answer_only_the_words_of_an_error_are_told() {
        let said = |status: u16, body: &str| {
            let answer = Answer {
                status,
                is_of_grant: true,
                ..answer(None, body)
            };
            answer.said(&Hidden::default())
        };
        let error = r#"{"error":"invalid_grant","access_token":"canary"}"#;
        assert!(said(400, error).ends_with("answered 400: invalid_grant"));
        let echo = r#"{"error":"invalid_grant","error_description":"no grant for CANARY-11, 17003: user is locked"}"#;
        assert!(said(400, echo).ends_with("invalid_grant: no grant for *** 17003: user is locked"));
        for (status, body) in [
            (200, r#"{"message":"canary","instance":"canary"}"#),
            (200, "access_token=canary"),
            (400, "access_token=canary"),
            (400, r#"{"access_token":"canary"}"#),
            (503, r#"{"message":"canary""#),
        ] {
            let said = said(status, body);
            assert!(
                !said.contains("canary") && said.contains("bytes, which are not shown"),
                "{said}"
            );
        }
    }

    #[test]
    fn a_secret_is_taken_out_whole_where_digits_are_masked_and_the_end_is_cut() {
        let mut hidden = Hidden::default();
        hidden.add(&crate::secret::Secret::new("canary17325550142canary"));
        for before in [0, 180, 190] {
            let body = format!("{} canary17325550142canary", "x".repeat(before));
            assert!(!answer(None, &body).said(&hidden).contains("canary"));
        }
    }
}
