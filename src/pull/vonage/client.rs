//! Requests to the service: one at a time, within the quota, tried again only where that can help.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, DATE, HeaderMap, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Method, Request, Url};
use tokio::runtime::Runtime;

use super::answer::{Answer, http_date};
use super::body::readable;
use super::error::VonageError;
use super::quota::Quota;
use super::refusal::{denied, elsewhere_or_wrong, grant_error, place_of, refuses, suite_settings, waits};
use super::sent::{Sent, Transient};
use super::token::{Credentials, Token, keep, kept};
use super::trust::{authorities, distrust};
use crate::domain::{Suite, VonageApi};
use crate::http::{Callers, chain};
use crate::secret::Secret;
use crate::secret::hidden::Hidden;

/// Bytes of one answer; a page of 10,000 rows is some 8 MB.
const LARGEST_BODY: usize = 64 << 20;
/// What an answer without content says.
const NO_CONTENT: &[u8] = br#"{"total_items":0,"_embedded":{"data":[]}}"#;
/// Failed logins lock the user; the service says so with this code.
const LOCKED_OUT: &str = "17003";
const REQUEST_IDS: [&str; 4] = ["x-request-id", "x-correlation-id", "x-trace-id", "activityid"];

type Pairs<'a> = &'a [(&'a str, String)];
/// What one request came to.
type Tried = Result<Result<Answer, Transient>, VonageError>;

pub(super) struct Client {
    http: Callers,
    runtime: Runtime,
    pub api: VonageApi,
    credentials: Credentials,
    quota: Quota,
    pub(super) token: Option<Token>,
    logins: u32,
    /// A request succeeded with the newest token.
    token_has_served: bool,
    /// The newest token's own refresh was.
    refresh_was_refused: bool,
    hidden: Hidden,
    waited: Duration,
    /// The greatest difference between the service's clock and ours, in seconds.
    pub clock_skew_seconds: i64,
}

impl Client {
    pub(super) fn new(api: &VonageApi, credentials: Credentials) -> Result<Client, VonageError> {
        let setup = |error: &dyn std::error::Error| VonageError::Setup { what: chain(error) };
        let authorities = api.ca_file.as_deref().map(authorities).transpose()?;
        let http = Callers::new(|builder| {
            let builder = builder
                .redirect(Policy::none())
                .connect_timeout(api.timeout.min(Duration::from_secs(20)))
                .timeout(api.timeout)
                .user_agent(concat!("quietline/", env!("CARGO_PKG_VERSION")));
            match &authorities {
                Some(authorities) => builder.tls_certs_merge(authorities.clone()),
                None => builder,
            }
        });
        let quota = Quota::open(
            &api.quota_folder,
            &api.client_id,
            api.quota_per_minute,
            api.timeout,
        )?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let file = api.token_file.as_deref();
        let token = file.and_then(|path| kept(path, &credentials));
        let mut hidden = credentials.hidden();
        let kept_secrets = token.iter().flat_map(Token::secrets);
        kept_secrets.for_each(|secret| hidden.add(secret));
        Ok(Client {
            http: http.map_err(|error| setup(&error))?,
            runtime: runtime.map_err(|error| setup(&error))?,
            token,
            api: api.clone(),
            credentials,
            quota,
            logins: 0,
            token_has_served: false,
            refresh_was_refused: false,
            hidden,
            waited: Duration::ZERO,
            clock_skew_seconds: 0,
        })
    }

    /// A page of JSON from a suite. `path` follows the suite's address and begins with a slash.
    pub(super) fn get(&mut self, suite: Suite, path: &str, query: Pairs<'_>) -> Result<Answer, VonageError> {
        let place = format!("{}{path}", self.api.suites[&suite]);
        let mut url = parse_url(&place)?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let endpoint = format!("GET {}", url.path());
        let mut renewed = false;
        loop {
            let mut request = Request::new(Method::GET, url.clone());
            let bearer = format!("Bearer {}", self.token()?.expose());
            let bearer = bearer.parse().map_err(|_| VonageError::Setup {
                what: "the token holds characters that no header can".to_owned(),
            })?;
            request.headers_mut().insert(AUTHORIZATION, bearer);
            let answer = self.exchange(&endpoint, &request, Sent::Question)?;
            match answer.status {
                200..=299 => {
                    self.token_has_served = true;
                    return Ok(answer);
                }
                401 if !renewed => {
                    renewed = true;
                    self.renew(&answer, suite)?;
                }
                401 | 403 => return Err(denied(suite, answer.said(&self.hidden))),
                _ => return Err(self.no_use(&answer, suite_settings(suite))),
            }
        }
    }

    fn token(&mut self) -> Result<Secret, VonageError> {
        let due = |token: &Token| token.renew_at <= Utc::now();
        match &self.token {
            Some(token) if !due(token) => {}
            Some(Token {
                refresh: Some(refresh),
                ..
            }) => {
                let refresh = refresh.clone();
                if !self.refresh(&refresh)? {
                    self.login()?;
                }
            }
            _ => self.login()?,
        }
        let token = self.token.as_ref().ok_or_else(|| VonageError::Setup {
            what: "no login was made".to_owned(),
        })?;
        Ok(token.access.clone())
    }

    /// After a 401 in the middle of a run: another token, if one can be had without a forbidden login.
    fn renew(&mut self, answer: &Answer, suite: Suite) -> Result<(), VonageError> {
        let refresh = self.token.take().and_then(|token| token.refresh);
        if let Some(refresh) = refresh
            && self.refresh(&refresh)?
        {
            return Ok(());
        }
        match self.may_log_in() {
            true => self.login(),
            false => Err(denied(suite, answer.said(&self.hidden))),
        }
    }

    /// One login a run; a second only where the newest token worked, ended, and was refused its own refresh.
    fn may_log_in(&self) -> bool {
        self.logins == 0 || (self.logins == 1 && self.token_has_served && self.refresh_was_refused)
    }

    fn login(&mut self) -> Result<(), VonageError> {
        if !self.may_log_in() {
            return Err(VonageError::Unavailable {
                tries: self.logins,
                answer: "the token ended, and another login in this run is not made".to_owned(),
            });
        }
        self.logins += 1;
        let answer = self.grant(&self.credentials.password_grant(), Sent::Login)?;
        let token = answer
            .is_success()
            .then(|| Token::parse(&answer.body, Utc::now()))
            .flatten();
        match token {
            Some(token) => self.take_token(token),
            None if answer.is_success() && grant_error(&answer).is_some() => Err(VonageError::Refused {
                answer: format!(
                    "{} answered {}: {}",
                    answer.endpoint,
                    answer.status,
                    grant_error(&answer).unwrap_or_default()
                ),
            }),
            None if answer.is_success() => Err(VonageError::Schema {
                endpoint: answer.endpoint,
                what: "a login was taken, and its answer holds no access_token".to_owned(),
            }),
            None if refuses(&answer) => Err(VonageError::Refused {
                answer: answer.said(&self.hidden),
            }),
            None => Err(self.no_use(&answer, "vonage.token_url".to_owned())),
        }
    }

    fn no_use(&self, answer: &Answer, settings: String) -> VonageError {
        elsewhere_or_wrong(answer, answer.said(&self.hidden), settings)
    }

    /// Whether the refresh token was taken.
    fn refresh(&mut self, refresh: &Secret) -> Result<bool, VonageError> {
        let answer = self.grant(&self.credentials.refresh_grant(refresh), Sent::Refresh)?;
        match Token::parse(&answer.body, Utc::now()).filter(|_| answer.is_success()) {
            Some(mut token) => {
                token.refresh = token.refresh.or_else(|| Some(refresh.clone()));
                self.take_token(token)?;
                Ok(true)
            }
            None if answer.field("code").as_deref() == Some(LOCKED_OUT) => Err(VonageError::Refused {
                answer: answer.said(&self.hidden),
            }),
            None => {
                self.refresh_was_refused = refuses(&answer);
                self.token = None;
                Ok(false)
            }
        }
    }

    fn take_token(&mut self, token: Token) -> Result<(), VonageError> {
        if let Some(path) = &self.api.token_file {
            keep(path, &token, &self.credentials)?;
        }
        token.secrets().for_each(|secret| self.hidden.add(secret));
        self.token = Some(token);
        self.token_has_served = false;
        self.refresh_was_refused = false;
        Ok(())
    }

    fn grant(&mut self, form: Pairs<'_>, sent: Sent) -> Result<Answer, VonageError> {
        let url = parse_url(&self.api.token_url)?;
        let endpoint = format!("POST {}", url.path());
        // The form's encoding is that of a query.
        let mut encoder = url.clone();
        encoder.query_pairs_mut().clear().extend_pairs(form);
        let body = encoder.query().unwrap_or_default().to_owned();
        let mut request = Request::new(Method::POST, url);
        let form_type = reqwest::header::HeaderValue::from_static("application/x-www-form-urlencoded");
        request.headers_mut().insert(CONTENT_TYPE, form_type);
        *request.body_mut() = Some(body.into());
        self.exchange(&endpoint, &request, sent)
    }

    /// Sends until there is an answer that stands: success with a JSON body, or a refusal that is not in passing. A login is
    /// sent again only where it cannot have arrived.
    fn exchange(&mut self, endpoint: &str, request: &Request, sent: Sent) -> Result<Answer, VonageError> {
        let mut tried = 0;
        loop {
            let outcome = self.once(endpoint, request, sent)?;
            if let Ok(answer) = &outcome
                && let Some(asked) = waits(answer)
            {
                self.wait_as_asked(answer, asked, sent)?;
                continue;
            }
            let fault = match outcome {
                Ok(answer) if answer.is_success() && !is_json(&answer.body) => {
                    Transient::after_sending(format!(
                        "{endpoint} answered {} with what is not JSON: {}",
                        answer.status,
                        answer.said(&self.hidden)
                    ))
                }
                Ok(answer) if answer.status >= 500 || answer.status == 408 || answer.is_error_inside() => {
                    Transient::after_sending(answer.said(&self.hidden))
                }
                Ok(answer) => return Ok(answer),
                Err(fault) => Transient {
                    words: format!("{endpoint}: {}", fault.words),
                    ..fault
                },
            };
            tried += 1;
            let may_go_again = sent != Sent::Login || fault.is_unconnected;
            if tried >= self.api.tries || !may_go_again {
                return Err(VonageError::Unavailable {
                    tries: tried,
                    answer: fault.words,
                });
            }
            tracing::info!("trying again: {}", fault.words);
            std::thread::sleep(jittered(self.api.backoff * 2_u32.pow((tried - 1).min(10))));
        }
    }

    /// One request; the inner error is one in passing.
    fn once(&mut self, endpoint: &str, request: &Request, sent: Sent) -> Tried {
        let copy = request.try_clone().ok_or_else(|| VonageError::Setup {
            what: "a request cannot be sent twice".to_owned(),
        })?;
        let place = self.quota.take()?;
        let outcome = self.runtime.block_on(async { self.http.execute(copy).await });
        self.quota.arrived(&place)?;
        let mut response = match outcome {
            Ok(response) => response,
            Err(error) => {
                let error = error.without_url();
                return match distrust(&error, self.api.ca_file.as_deref()) {
                    Some(why) => Err(VonageError::Untrusted {
                        endpoint: endpoint.to_owned(),
                        host: request.url().host_str().unwrap_or_default().to_owned(),
                        why,
                    }),
                    None => Ok(Err(Transient {
                        words: chain(&error),
                        is_unconnected: error.is_connect(),
                    })),
                };
            }
        };
        let place = place_of(sent, &response);
        let header = |headers: &HeaderMap, name: &str| Some(headers.get(name)?.to_str().ok()?.to_owned());
        let mut answer = Answer {
            endpoint: endpoint.to_owned(),
            status: response.status().as_u16(),
            date: header(response.headers(), DATE.as_str()).and_then(|text| http_date(&text)),
            retry_after: header(response.headers(), RETRY_AFTER.as_str()),
            request_id: REQUEST_IDS
                .iter()
                .find_map(|name| header(response.headers(), name)),
            location: place.map(|place| self.hidden.taken_from(&place)),
            body: Vec::new(),
            is_of_grant: sent != Sent::Question,
        };
        self.note_clock(answer.date);
        loop {
            match self.runtime.block_on(response.chunk()) {
                Ok(Some(chunk)) if answer.body.len() + chunk.len() <= LARGEST_BODY => {
                    answer.body.extend(&chunk)
                }
                Ok(Some(_)) => {
                    return Ok(Err(Transient::after_sending(
                        "the answer is larger than 64 MB".to_owned(),
                    )));
                }
                Ok(None) => {
                    answer.body = match answer.status {
                        204 => NO_CONTENT.to_vec(),
                        _ => readable(answer.body, LARGEST_BODY),
                    };
                    return Ok(Ok(answer));
                }
                Err(error) => {
                    let why = chain(&error.without_url());
                    return Ok(Err(Transient::after_sending(format!(
                        "the answer was cut off: {why}"
                    ))));
                }
            }
        }
    }

    fn note_clock(&mut self, date: Option<DateTime<Utc>>) {
        let skew = date.map_or(0, |date| (Utc::now() - date).num_seconds().abs());
        self.clock_skew_seconds = self.clock_skew_seconds.max(skew);
    }

    fn wait_as_asked(&mut self, answer: &Answer, asked: Duration, sent: Sent) -> Result<(), VonageError> {
        // A hint that has passed already still gets a second, or a mistaken clock would make this a storm.
        let asked = asked.max(Duration::from_secs(1));
        let said = answer.said(&self.hidden);
        if sent == Sent::Login || self.waited + asked > self.api.patience {
            return Err(VonageError::Throttled {
                asked: asked.as_secs(),
                waited: self.waited.as_secs(),
                answer: said,
            });
        }
        tracing::info!("waiting {} s as asked: {said}", asked.as_secs());
        self.waited += asked;
        std::thread::sleep(asked);
        Ok(())
    }
}

fn is_json(body: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok()
}

fn parse_url(text: &str) -> Result<Url, VonageError> {
    Url::parse(text).map_err(|error| VonageError::Setup {
        what: format!("{text}: {error}"),
    })
}

/// Between half of the wait and all of it, so that jobs that failed together do not come back together.
fn jittered(wait: Duration) -> Duration {
    let random = RandomState::new().build_hasher().finish();
    wait.mul_f64(0.5 + (random >> 11) as f64 / (1_u64 << 54) as f64)
}
