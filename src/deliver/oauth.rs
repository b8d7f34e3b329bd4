//! A token for the mail server, from the tenant's token address: the application's own login (client credentials), for servers
//! that take no passwords any more.

use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Method, Request, Response, Url};
use serde::Deserialize;

use super::Secret;
use super::session::one_line;
use super::smtp::Error;
use crate::http::{Callers, chain, leads_to, of_object};
use crate::secret::hidden::{Hidden, oauth_word, without_tokens};

const TIMEOUT: Duration = Duration::from_secs(30);
/// Tokens are some 2 KB.
const LARGEST_ANSWER: usize = 256 * 1024;

/// Who asks for a token, and where.
#[derive(Debug, Clone)]
pub struct TokenOrder {
    pub token_url: String,
    pub client_id: String,
    pub client_secret: Secret,
    pub scope: String,
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
    #[serde(default)]
    error_description: String,
}

impl TokenOrder {
    /// Asks once: a refusal is told, and only a later run asks again.
    ///
    /// # Errors
    /// [`Error::Token`] when it is refused, [`Error::NoToken`] when there is no answer that could be one.
    pub fn token(&self) -> Result<Secret, Error> {
        let url = Url::parse(&self.token_url)
            .map_err(|_| Error::Settings("mail.smtp.token_url is no address".to_owned()))?;
        let host = url.host_str().unwrap_or_default().to_owned();
        let none = |cause: String| Error::NoToken {
            host: host.clone(),
            cause,
        };
        let refused = |reply: String| Error::Token {
            host: host.clone(),
            client: self.client_id.clone(),
            reply,
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| none(error.to_string()))?;
        let answer = runtime.block_on(ask(self.request(url)));
        // A name lookup that hangs sits on a thread of its own; it must not keep the night from ending.
        runtime.shutdown_background();
        let (status, leads_to, body) = answer.map_err(|error| none(chain(&error.without_url())))?;
        match status {
            // What was granted is never quoted, whatever it looks like.
            200 => match of_object::<Granted>(&body) {
                Some(granted) if is_token(&granted.access_token) => Ok(Secret::new(granted.access_token)),
                _ => match of_object::<Refusal>(&body) {
                    Some(refusal) => Err(refused(
                        oauth_word(&refusal.error)
                            .unwrap_or("it answered 200 with an error, which is not shown, since a token may be in it")
                            .to_owned(),
                    )),
                    None => Err(none("it answered 200 with what is no token".to_owned())),
                },
            },
            300..400 if leads_to.is_some() => Err(none(format!(
                "it answered {status} and leads to {}; redirects are not followed",
                leads_to.unwrap_or_default()
            ))),
            408 | 429 | 500.. => Err(none(format!("it answered {status}"))),
            _ => Err(refused(self.reason(status, &body))),
        }
    }

    fn request(&self, url: Url) -> Request {
        // The form's encoding is that of a query.
        let mut form = url.clone();
        form.query_pairs_mut().clear().extend_pairs([
            ("grant_type", "client_credentials"),
            ("client_id", &self.client_id),
            ("client_secret", self.client_secret.expose()),
            ("scope", &self.scope),
        ]);
        let mut request = Request::new(Method::POST, url);
        let form_type = HeaderValue::from_static("application/x-www-form-urlencoded");
        request.headers_mut().insert(CONTENT_TYPE, form_type);
        *request.body_mut() = Some(form.query().unwrap_or_default().to_owned().into());
        request
    }

    /// A refusal's own words, in one short line without what was sent.
    fn reason(&self, status: u16, body: &[u8]) -> String {
        let Some(refusal) = of_object::<Refusal>(body) else {
            return format!("it answered {status}");
        };
        let said = format!("{}: {}", refusal.error, refusal.error_description);
        // First: of a secret of several words the next step may leave some.
        let hidden = Hidden::of([&self.client_secret]);
        one_line(&without_tokens(&hidden.taken_from(&said)), &hidden)
    }
}

/// Whether a text can stand in an answer to AUTH.
fn is_token(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|letter| letter.is_ascii_graphic())
}

/// The status, the host that a redirect leads to, and the body.
async fn ask(request: Request) -> Result<(u16, Option<String>, Vec<u8>), reqwest::Error> {
    let callers = Callers::new(|builder| builder.redirect(Policy::none()).timeout(TIMEOUT))?;
    let mut response: Response = callers.execute(request).await?;
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        body.extend(&chunk);
        if body.len() > LARGEST_ANSWER {
            break;
        }
    }
    Ok((response.status().as_u16(), leads_to(&response), body))
}
