//! One POST of frozen bytes to an address that is a secret: no message of ours bears more of it than its host.
//!
//! HTTP has no way to take a message once: where no answer came, the identical bytes go again with the next run.

use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use reqwest::redirect::Policy;
use reqwest::{Client, Url};

use super::message::{Built, Identity};
use super::{Delivery, Fate, Halted, Parcel, Secret, outbox};
use crate::domain::Audience;
use crate::http;

const TIMEOUT: Duration = Duration::from_secs(30);

/// A webhook that cannot be used as it is set up. Never with the address.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not an address that may be used.
    #[error("the webhook's address is not a usable URL ({0}); use https, or http to this machine only")]
    Address(&'static str),
}

/// Posts to one address. No `Debug`: it would print the address.
pub struct WebhookDelivery {
    url: Url,
}

impl WebhookDelivery {
    /// # Errors
    /// [`Error`] when the address cannot be used; nothing is connected to yet.
    pub fn new(address: &Secret) -> Result<WebhookDelivery, Error> {
        Ok(WebhookDelivery {
            url: target(address)?,
        })
    }

    /// The only part of the address that may be told.
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    fn post(&self, bytes: &[u8]) -> Fate {
        http::use_ring();
        let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => return Fate::Deferred(format!("nothing can be posted from here: {error}")),
        };
        let answer = runtime.block_on(send(self.url.clone(), bytes.to_vec()));
        // A name lookup that hangs sits on a thread of its own; it must not keep the night from ending.
        runtime.shutdown_background();
        let host = self.host();
        match answer {
            Ok((status, leads_to)) => {
                let said = format!("{host} answered {status}");
                match status {
                    200..300 => Fate::Accepted(said),
                    408 | 425 | 429 | 500.. => Fate::Deferred(said),
                    300..400 => {
                        let to =
                            leads_to.map_or_else(String::new, |host| format!(" (this one leads to {host})"));
                        Fate::Refused(format!(
                            "{said}; redirects are not followed{to}, check the address"
                        ))
                    }
                    _ => Fate::Refused(format!("{said}; check the address and the format")),
                }
            }
            Err(error) => {
                let error = error.without_url();
                let (never_sent, why) = (error.is_connect() || error.is_builder(), http::chain(&error));
                match never_sent {
                    true => Fate::Deferred(format!("{host} was not reached: {why}")),
                    false => Fate::Ambiguous(format!("{host} gave no answer: {why}")),
                }
            }
        }
    }
}

/// The status, and the host that a redirect leads to.
async fn send(url: Url, bytes: Vec<u8>) -> Result<(u16, Option<String>), reqwest::Error> {
    let client = Client::builder()
        .redirect(Policy::none())
        .timeout(TIMEOUT)
        .no_proxy()
        .build()?;
    let request = client
        .post(url)
        .header(CONTENT_TYPE, "application/json")
        .body(bytes);
    let response = request.send().await?;
    Ok((response.status().as_u16(), http::leads_to(&response)))
}

impl Delivery for WebhookDelivery {
    fn offer(
        &mut self,
        parcel: &Parcel<'_>,
        commit: &mut dyn FnMut() -> Result<(), outbox::Error>,
    ) -> Result<Fate, Halted> {
        commit()?;
        Ok(self.post(parcel.bytes))
    }

    fn carries(&self, identity: &Identity) -> bool {
        identity.list() == Audience::Webhook.as_str()
    }
}

/// A message for the outbox. Its recipient is no address, since that is a secret and may change before it is sent.
pub fn frozen(job: &str, as_of: chrono::NaiveDate, revision: u32, bytes: Vec<u8>) -> Built {
    let audience = Audience::Webhook.as_str();
    let identity = Identity {
        job: job.to_owned(),
        as_of,
        revision,
        audience: audience.to_owned(),
    };
    Built {
        message_id: identity.file_name(),
        identity,
        sender: String::new(),
        recipients: vec![audience.to_owned()],
        bytes,
    }
}

fn target(address: &Secret) -> Result<Url, Error> {
    let url = Url::parse(address.expose().trim()).map_err(|_| Error::Address("it does not parse"))?;
    match url.scheme() {
        "https" => Ok(url),
        "http" if http::is_here(&url) => Ok(url),
        "http" => Err(Error::Address("http leaves this machine")),
        _ => Err(Error::Address("neither https nor http")),
    }
}
