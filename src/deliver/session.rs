//! One SMTP connection, command by command. lettre's own `send` cannot say whether a failure came before or after the
//! message was out; here each answer is met at its stage.

use super::login::Login;
use super::smtp::{Error, SmtpSettings, Tls};
use super::{Fate, Halted, Parcel, TokenOrder, outbox};
use crate::secret::hidden::Hidden;
use lettre::Address;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::client::{Certificate, SmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Quit, Rcpt, Rset};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use lettre::transport::smtp::response::Response;
use std::error::Error as StdError;
use std::fmt::Display;
use std::net::IpAddr;
use std::time::Duration;

/// Bytes of the message written at a time.
const CHUNK: usize = 64 * 1024;
/// Longest piece of a server's answer that is kept.
const MAX_REPLY: usize = 300;

pub(super) struct Session {
    conn: SmtpConnection,
    server: String,
    login: Option<Login>,
    /// What no reply may show.
    hidden: Hidden,
    final_reply_timeout: Duration,
    command_timeout: Duration,
    usable: bool,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("server", &self.server)
            .field("usable", &self.usable)
            .finish_non_exhaustive()
    }
}

impl Session {
    /// Connects, greets, protects and logs in.
    pub(super) fn open(settings: &SmtpSettings) -> Result<Self, Error> {
        settings.checked()?;
        let hello = client_id(&settings.ehlo_name);
        let tls = match settings.tls {
            Tls::None => None,
            Tls::Implicit | Tls::Starttls => Some(tls_parameters(settings)?),
        };
        // Before the server is called: it would hang up on who is silent while a token is asked for.
        let token = settings.tokens.as_ref().map(TokenOrder::token).transpose()?;
        let login = Login::of(settings, token);
        let hidden = login.as_ref().map(Login::hidden).unwrap_or_default();
        let from_start = tls.as_ref().filter(|_| settings.tls == Tls::Implicit);
        let address = (settings.host.as_str(), settings.port);
        let timeout = Some(settings.command_timeout);
        let mut conn = SmtpConnection::connect(address, timeout, &hello, from_start, None)
            .map_err(|e| unavailable(settings, &e, &hidden))?;
        if let Some(tls) = tls.as_ref().filter(|_| settings.tls == Tls::Starttls) {
            start_tls(&mut conn, tls, &hello, settings, &hidden)?;
        }
        if let Some(login) = &login {
            login.show(&mut conn, settings, &hidden)?;
        }
        Ok(Self {
            conn,
            server: settings.server(),
            login,
            hidden,
            final_reply_timeout: settings.final_reply_timeout,
            command_timeout: settings.command_timeout,
            usable: true,
        })
    }

    /// Whether the next recipient can go over this connection.
    pub(super) fn is_usable(&self) -> bool {
        self.usable
    }

    /// Says goodbye; nothing depends on the answer.
    pub(super) fn quit(mut self) {
        let _ = self.conn.command(Quit);
    }

    /// One recipient's transaction. `commit` runs between RCPT and DATA.
    pub(super) fn transact(
        &mut self,
        parcel: &Parcel<'_>,
        commit: &mut dyn FnMut() -> Result<(), outbox::Error>,
    ) -> Result<Fate, Halted> {
        let (sender, recipient) = match (
            parcel.sender.parse::<Address>(),
            parcel.recipient.parse::<Address>(),
        ) {
            (Ok(sender), Ok(recipient)) => (sender, recipient),
            _ => {
                return Ok(Fate::Refused(
                    "the sender or the recipient is not a mail address".into(),
                ));
            }
        };
        let parameters = match self.parameters(parcel) {
            Ok(parameters) => parameters,
            Err(reason) => return Ok(Fate::Refused(reason)),
        };
        if let Some(fate) = self.ask(Mail::new(Some(sender), parameters), "MAIL FROM", "25")? {
            return Ok(fate);
        }
        if let Some(fate) = self.ask(Rcpt::new(recipient, Vec::new()), "RCPT TO", "25")? {
            return Ok(fate);
        }
        commit()?;
        if let Some(fate) = self.ask(Data, "DATA", "354")? {
            return Ok(fate);
        }
        Ok(self.hand_over(parcel.bytes))
    }

    /// Non-ASCII addresses need a server that knows them; message bytes are ASCII by construction.
    fn parameters(&self, parcel: &Parcel<'_>) -> Result<Vec<MailParameter>, String> {
        if parcel.sender.is_ascii() && parcel.recipient.is_ascii() {
            return Ok(Vec::new());
        }
        if self.conn.server_info().supports_feature(Extension::SmtpUtfEight) {
            return Ok(vec![MailParameter::SmtpUtfEight]);
        }
        Err("the mail server does not take addresses beyond ASCII (no SMTPUTF8)".into())
    }

    /// A command before the message: `None` means go on. Whatever fails here, nothing was accepted. The code must be
    /// the stage's own: a positive answer to another command (a server out of step, or answers planted in clear
    /// text before TLS began) would otherwise pass for one to this.
    fn ask(
        &mut self,
        command: impl Display,
        stage: &'static str,
        expected: &'static str,
    ) -> Result<Option<Fate>, Halted> {
        let error = match self.conn.command(command) {
            Ok(response) if response.code().to_string().starts_with(expected) => return Ok(None),
            Ok(response) => {
                self.usable = false;
                return Ok(Some(Fate::Deferred(format!(
                    "{stage}: out of step, got {}",
                    reply_words(&response, &self.hidden)
                ))));
            }
            Err(error) => error,
        };
        let reply = format!("{stage}: {}", words(&error, &self.hidden));
        if wants_login(&error) {
            let (user, advice) = match &self.login {
                Some(login) => (login.user.clone(), login.way.advice()),
                None => (
                    "nobody (no user is set)".to_owned(),
                    "Set mail.smtp.user and its password, or its token",
                ),
            };
            return Err(Error::Credential {
                server: self.server.clone(),
                user,
                reply,
                advice,
            }
            .into());
        }
        self.start_over(&error);
        Ok(Some(if error.is_permanent() {
            Fate::Refused(reply)
        } else {
            Fate::Deferred(reply)
        }))
    }

    /// The message itself. Until the last byte of it is written the final dot cannot have been, so a break is no
    /// delivery; after that, only an answer from the server tells.
    fn hand_over(&mut self, bytes: &[u8]) -> Fate {
        if let Err(error) = self.conn.set_timeout(Some(self.final_reply_timeout)) {
            self.usable = false;
            return Fate::Deferred(format!("the connection broke before the message: {error}"));
        }
        let mut all_written = false;
        let mut chunks = bytes.chunks(CHUNK);
        let chunks = std::iter::from_fn(|| {
            let next = chunks.next();
            all_written = next.is_none();
            next
        });
        let fate = match self.conn.message_iter(chunks) {
            Ok(response) if response.code().to_string().starts_with("25") => {
                Fate::Accepted(reply_words(&response, &self.hidden))
            }
            Ok(response) => {
                self.usable = false;
                Fate::Ambiguous(format!(
                    "after DATA: out of step, got {}",
                    reply_words(&response, &self.hidden)
                ))
            }
            Err(error) => {
                self.start_over(&error);
                judge(&error, all_written, &self.hidden)
            }
        };
        self.usable &= self.conn.set_timeout(Some(self.command_timeout)).is_ok();
        fate
    }

    /// After a refusal the server still holds the transaction: RSET, unless the connection is gone. 421 says that
    /// the server hangs up.
    fn start_over(&mut self, error: &SmtpError) {
        let answered = error.status().is_some_and(|code| code.to_string() != "421");
        self.usable = answered && self.conn.command(Rset).is_ok();
    }
}

/// What a failure while handing the message over means.
fn judge(error: &SmtpError, all_written: bool, hidden: &Hidden) -> Fate {
    let reply = format!("after DATA: {}", words(error, hidden));
    if error.is_permanent() {
        Fate::Refused(reply)
    } else if error.is_transient() || !all_written {
        Fate::Deferred(reply)
    } else {
        Fate::Ambiguous(reply)
    }
}

fn start_tls(
    conn: &mut SmtpConnection,
    tls: &TlsParameters,
    hello: &ClientId,
    settings: &SmtpSettings,
    hidden: &Hidden,
) -> Result<(), Error> {
    if !conn.can_starttls() {
        let cause = "it does not offer STARTTLS, and nothing is said in clear text".to_owned();
        return Err(Error::Tls {
            server: settings.server(),
            cause,
        });
    }
    conn.starttls(tls, hello)
        .map_err(|e| unavailable(settings, &e, hidden))
}

fn tls_parameters(settings: &SmtpSettings) -> Result<TlsParameters, Error> {
    let mut builder = TlsParameters::builder(settings.host.clone());
    if let Some(path) = &settings.ca_file {
        let wrong = |what: &dyn Display| Error::Settings(format!("`ca_file` {}: {what}", path.display()));
        // Without the path: what is pasted where it belongs may be a key.
        let unread = |e| {
            Error::Settings(format!(
                "the file that mail.smtp.ca_file names cannot be read: {e}"
            ))
        };
        let pem = std::fs::read(path).map_err(unread)?;
        if !pem
            .windows(BEGIN_CERTIFICATE.len())
            .any(|window| window == BEGIN_CERTIFICATE)
        {
            return Err(wrong(&"no PEM certificate in it"));
        }
        builder = builder.add_root_certificate(Certificate::from_pem(&pem).map_err(|e| wrong(&e))?);
    }
    builder
        .build()
        .map_err(|e| Error::Settings(format!("TLS cannot be set up: {e}")))
}

const BEGIN_CERTIFICATE: &[u8] = b"-----BEGIN CERTIFICATE-----";

fn client_id(name: &str) -> ClientId {
    match name.parse::<IpAddr>() {
        Ok(IpAddr::V4(ip)) => ClientId::Ipv4(ip),
        Ok(IpAddr::V6(ip)) => ClientId::Ipv6(ip),
        Err(_) => ClientId::Domain(name.to_owned()),
    }
}

pub(super) fn unavailable(settings: &SmtpSettings, error: &SmtpError, hidden: &Hidden) -> Error {
    let (server, cause) = (settings.server(), words(error, hidden));
    if is_tls_fault(error) {
        Error::Tls { server, cause }
    } else {
        Error::Unavailable { server, cause }
    }
}

/// rustls reports its faults as I/O errors of the connection; only the inner error tells them apart.
fn is_tls_fault(error: &SmtpError) -> bool {
    let mut source: Option<&(dyn StdError + 'static)> = error.source();
    while let Some(inner) = source {
        let wrapped = inner
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref);
        if inner.is::<rustls::Error>() || wrapped.is_some_and(|wrapped| wrapped.is::<rustls::Error>()) {
            return true;
        }
        source = inner.source();
    }
    error.is_tls()
}

fn wants_login(error: &SmtpError) -> bool {
    error
        .status()
        .is_some_and(|code| matches!(code.to_string().as_str(), "530" | "534" | "535" | "538"))
}

/// The error in one short line; the library says the server's own words in it.
pub(super) fn words(error: &SmtpError, hidden: &Hidden) -> String {
    one_line(&error.to_string(), hidden)
}

fn reply_words(response: &Response, hidden: &Hidden) -> String {
    let message = response.message().collect::<Vec<_>>().join(" ");
    one_line(&format!("{} {message}", response.code()), hidden)
}

/// What a server said, as it is told: the one way by which its words come in, so that none holds a secret.
pub(super) fn one_line(text: &str, hidden: &Hidden) -> String {
    let clean: String = hidden
        .taken_from(text)
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(MAX_REPLY)
        .collect();
    clean.trim().to_owned()
}
