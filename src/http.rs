//! What every HTTP client of ours needs, whomever it speaks to.

use std::net::IpAddr;

use reqwest::header::LOCATION;
use reqwest::{Client, ClientBuilder, Request, Response, Url};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Gives reqwest, which comes without a TLS provider here, the one that lettre uses.
pub fn use_ring() {
    // Set already when a client was made before: then the one that is there serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// Speaks to any address. What stays on this machine goes by no proxy: one that the environment names would read clear text
/// that was never to leave, tokens among it.
#[derive(Debug)]
pub struct Callers {
    here: Client,
    away: Client,
}

impl Callers {
    /// Both made alike by `settings`.
    ///
    /// # Errors
    /// TLS that cannot be set up.
    pub fn new(settings: impl Fn(ClientBuilder) -> ClientBuilder) -> Result<Callers, reqwest::Error> {
        use_ring();
        Ok(Callers {
            here: settings(Client::builder()).no_proxy().build()?,
            away: settings(Client::builder()).build()?,
        })
    }

    /// # Errors
    /// No connection, or no answer.
    pub async fn execute(&self, request: Request) -> Result<Response, reqwest::Error> {
        match is_here(request.url()) {
            true => self.here.execute(request).await,
            false => self.away.execute(request).await,
        }
    }
}

/// Whether an address is of this machine, where clear text is no risk.
pub fn is_here(url: &Url) -> bool {
    url.host_str().is_some_and(|host| {
        let bare = host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .trim_end_matches('.');
        bare == "localhost"
            || bare
                .parse::<IpAddr>()
                .is_ok_and(|ip| ip.to_canonical().is_loopback())
    })
}

/// The host that a redirect leads to: none is followed, and of an address nothing else may be told.
pub fn leads_to(response: &Response) -> Option<String> {
    let place = response.headers().get(LOCATION)?.to_str().ok()?;
    let place = response.url().join(place).ok()?;
    response
        .status()
        .is_redirection()
        .then(|| place.host_str().map(str::to_owned))
        .flatten()
}

/// What a JSON object says. A list says nothing: its items would be taken for the fields in their order.
pub fn of_object<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    let object: Map<String, Value> = serde_json::from_slice(body).ok()?;
    serde_json::from_value(Value::Object(object)).ok()
}

/// An error and what lies under it ("connection refused"). Take its URL off before: nothing under it knows the address.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        words = format!("{words}: {inner}");
        source = inner.source();
    }
    words
}
