//! The dead-man ping: an outside service that is told "begun" and "ended with this exit code", and raises the alarm
//! when it hears nothing. It carries no figure and no name; when it fails, that is a warning and nothing more.

use super::Secret;
use crate::http;
use reqwest::redirect::Policy;
use reqwest::{Client, Url};
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_secs(10);

/// What is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// `GET <url>/start`
    Start,
    /// `GET <url>/<exit code>`; only once the outbox is drained.
    Exit(u8),
}

/// A ping that was not heard. The address is a secret (who knows it can silence the alarm) and never in here.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not an address that may be used.
    #[error("the ping address is not a usable URL ({0}); use https, or http to this machine only")]
    Address(&'static str),
    /// No connection, no answer in 10 seconds, TLS.
    #[error("the ping was not heard: {0}")]
    Unheard(String),
    /// An answer that is not 2xx; redirects are not followed.
    #[error("the ping service answered {status}{}; check its address", .leads_to.as_ref().map_or_else(String::new, |host| format!(", and leads to {host}, where nobody follows")))]
    Status {
        status: u16,
        /// The host of a redirect.
        leads_to: Option<String>,
    },
}

/// Sends one ping and waits for its answer, 10 seconds at most.
///
/// # Errors
/// [`Error`], to be shown as a warning: it never changes the outcome of a night.
pub fn ping(address: &Secret, signal: Signal) -> Result<(), Error> {
    let url = target(address, signal)?;
    http::use_ring();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| Error::Unheard(e.to_string()))?;
    let heard = runtime.block_on(get(url));
    // A name lookup that hangs sits on a thread of its own; it must not keep the night from ending.
    runtime.shutdown_background();
    match heard? {
        (status, _) if (200..300).contains(&status) => Ok(()),
        (status, leads_to) => Err(Error::Status { status, leads_to }),
    }
}

/// Looks at an address and calls nobody; its host, the only part that may be told.
///
/// # Errors
/// [`Error::Address`]
pub fn host(address: &Secret) -> Result<String, Error> {
    let url = target(address, Signal::Start)?;
    Ok(url.host_str().unwrap_or_default().to_owned())
}

async fn get(url: Url) -> Result<(u16, Option<String>), Error> {
    let unheard = |error: reqwest::Error| Error::Unheard(http::chain(&error.without_url()));
    let client = Client::builder()
        .redirect(Policy::none())
        .timeout(TIMEOUT)
        .no_proxy()
        .build()
        .map_err(unheard)?;
    let response = client.get(url).send().await.map_err(unheard)?;
    Ok((response.status().as_u16(), http::leads_to(&response)))
}

fn target(address: &Secret, signal: Signal) -> Result<Url, Error> {
    let mut url = Url::parse(address.expose().trim()).map_err(|_| Error::Address("it does not parse"))?;
    match url.scheme() {
        "https" => {}
        "http" if http::is_here(&url) => {}
        "http" => return Err(Error::Address("http leaves this machine")),
        _ => return Err(Error::Address("neither https nor http")),
    }
    let step = match signal {
        Signal::Start => "start".to_owned(),
        Signal::Exit(code) => code.to_string(),
    };
    url.path_segments_mut()
        .map_err(|()| Error::Address("it has no path"))?
        .pop_if_empty()
        .push(&step);
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(address: &str, signal: Signal) -> Result<String, Error> {
        target(&Secret::new(address), signal).map(String::from)
    }

    #[test]
    fn the_step_is_added_to_the_path_and_the_query_stays() {
        assert_eq!(
            url("https://hc.example/uuid", Signal::Start).unwrap(),
            "https://hc.example/uuid/start"
        );
        assert_eq!(
            url("https://hc.example/uuid/", Signal::Exit(75)).unwrap(),
            "https://hc.example/uuid/75"
        );
        assert_eq!(
            url("https://hc.example/u?rid=1", Signal::Exit(0)).unwrap(),
            "https://hc.example/u/0?rid=1"
        );
    }

    #[test]
    fn clear_text_goes_to_this_machine_only_and_no_error_bears_the_address() {
        for here in ["http://localhost:1/x", "http://127.0.0.1/x", "http://[::1]/x"] {
            assert!(url(here, Signal::Start).is_ok(), "{here}");
        }
        for away in [
            "http://canary.example/x",
            "ftp://canary.example/x",
            "canary",
            "mailto:canary@example.com",
        ] {
            let error = url(away, Signal::Start).unwrap_err().to_string();
            assert!(!error.contains("canary"), "{error}");
        }
    }
}
