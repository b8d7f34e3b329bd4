//! Delivery by SMTP: one recipient per transaction, over a connection whose every stage is known.

use super::session::Session;
use super::{Delivery, Fate, Halted, Parcel, Secret, TokenOrder, outbox};
use std::net::{IpAddr, Ipv4Addr, UdpSocket};
use std::path::PathBuf;
use std::time::Duration;

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// TLS from the first byte (port 465).
    Implicit,
    /// Plain greeting, then STARTTLS, without which nothing is said (port 587).
    Starttls,
    /// No protection: to loopback, or where the job allows it in so many words.
    None,
}

/// The mail server, as the job describes it.
#[derive(Debug, Clone)]
pub struct SmtpSettings {
    pub host: String,
    pub port: u16,
    pub tls: Tls,
    /// A user has a password or a way to get tokens; neither comes without one.
    pub user: Option<String>,
    pub password: Option<Secret>,
    pub tokens: Option<TokenOrder>,
    /// PEM file of a root to trust beside the system's.
    pub ca_file: Option<PathBuf>,
    pub allow_plaintext: bool,
    /// The name we give in EHLO: a host name or an IP address.
    pub ehlo_name: String,
    /// Wait for the answer after the message: 10 minutes by RFC 5321; giving up early makes twins.
    pub final_reply_timeout: Duration,
    /// Wait for any other step: 30 seconds.
    pub command_timeout: Duration,
}

/// No mail can be sent now; nothing was sent.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Settings that contradict themselves or are not allowed.
    #[error("mail server settings: {0}")]
    Settings(String),
    /// No connection, or one that broke before anything was sent.
    #[error("mail server {server} is unavailable: {cause}. Unsent mail stays in the outbox; run again later")]
    Unavailable {
        /// host:port
        server: String,
        /// What was seen.
        cause: String,
    },
    /// TLS could not be agreed on or the certificate is not trusted.
    #[error(
        "no safe connection to mail server {server}: {cause}. Nothing was sent. If the server's certificate is from a private authority, name its root in `ca_file`"
    )]
    Tls {
        /// host:port
        server: String,
        /// What was seen.
        cause: String,
    },
    /// The server refused the user or password, or wants one.
    #[error(
        "mail server {server} refused the credential of {user}: {reply}. Nothing was sent. {advice}, then run again"
    )]
    Credential {
        /// host:port
        server: String,
        /// The user name, or "nobody (no user is set)".
        user: String,
        /// The server's words, without the password.
        reply: String,
        /// What to do about it.
        advice: &'static str,
    },
    /// The token address refused the application.
    #[error(
        "{host} gives no token for the mail server to the application {client}: {reply}. Nothing was sent. Look at mail.smtp.token_url (the tenant), client_id and scope, and whether the client secret has ended: renew it in the tenant's app registration and put its value, not its id, where mail.smtp.client_secret is looked for; then run again"
    )]
    Token {
        /// The token address's host.
        host: String,
        /// The application's id.
        client: String,
        /// The refusal's words, without the secret.
        reply: String,
    },
    /// No answer of the token address that could be a token.
    #[error(
        "no token for the mail server from {host}: {cause}. Unsent mail stays in the outbox; run again later"
    )]
    NoToken {
        /// The token address's host.
        host: String,
        /// What was seen.
        cause: String,
    },
}

impl Error {
    /// The exit code (README.md): 69 unavailable, 77 credential refused, 78 settings.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Settings(_) => 78,
            Self::Unavailable { .. } | Self::Tls { .. } | Self::NoToken { .. } => 69,
            Self::Credential { .. } | Self::Token { .. } => 77,
        }
    }
}

impl SmtpSettings {
    /// `host:port`, for messages.
    pub fn server(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// Refuses what must never be tried: a password or a report in clear text beyond this machine.
    pub(super) fn checked(&self) -> Result<(), Error> {
        let wrong = |text: &str| Err(Error::Settings(text.to_owned()));
        if self.host.is_empty() {
            return wrong("`host` is blank; name the mail server");
        }
        if self.tls == Tls::None && !self.allow_plaintext && !is_loopback(&self.host) {
            return wrong(
                "`tls = \"none\"` sends reports in clear text; use starttls or implicit, or set `allow_plaintext`",
            );
        }
        if self.user.is_some() != (self.password.is_some() || self.tokens.is_some()) {
            return wrong("`user` and its password, or its tokens, belong together; set both or neither");
        }
        let plain_word = |c: char| c.is_ascii_graphic();
        if self.ehlo_name.is_empty() || !self.ehlo_name.chars().all(plain_word) {
            return wrong("`ehlo_name` must be this machine's host name or IP address, without blanks");
        }
        Ok(())
    }
}

/// The address under which this machine speaks to a server; that of the loopback where there is no way to it. Nothing is sent.
pub fn own_address(host: &str, port: u16) -> IpAddr {
    let seen = |any: &str| {
        let socket = UdpSocket::bind((any, 0))?;
        socket.connect((host, port))?;
        Ok::<IpAddr, std::io::Error>(socket.local_addr()?.ip())
    };
    let address = seen("0.0.0.0").or_else(|_| seen("::"));
    address.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST))
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Connects, protects the connection, logs in and quits. Sends nothing.
///
/// # Errors
/// What would stop a night: see [`Error`].
pub fn check(settings: &SmtpSettings) -> Result<(), Error> {
    Session::open(settings)?.quit();
    Ok(())
}

/// Delivers through a mail server. Connects with the first parcel, and again only after a connection broke.
#[derive(Debug)]
pub struct SmtpDelivery {
    settings: SmtpSettings,
    session: Option<Session>,
}

impl SmtpDelivery {
    /// Delivery by these settings; connects when there is something to send.
    pub fn new(settings: SmtpSettings) -> Self {
        Self {
            settings,
            session: None,
        }
    }
}

impl Delivery for SmtpDelivery {
    fn offer(
        &mut self,
        parcel: &Parcel<'_>,
        commit: &mut dyn FnMut() -> Result<(), outbox::Error>,
    ) -> Result<Fate, Halted> {
        // Taken out and only put back healthy: a broken connection is never used for the next recipient.
        let mut session = match self.session.take() {
            Some(session) => session,
            None => Session::open(&self.settings)?,
        };
        let fate = session.transact(parcel, commit)?;
        self.session = session.is_usable().then_some(session);
        Ok(fate)
    }
}

impl Drop for SmtpDelivery {
    fn drop(&mut self) {
        if let Some(session) = self.session.take() {
            session.quit();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> SmtpSettings {
        SmtpSettings {
            host: "mail.example.com".into(),
            port: 587,
            tls: Tls::Starttls,
            user: None,
            password: None,
            tokens: None,
            ca_file: None,
            allow_plaintext: false,
            ehlo_name: "host.example.com".into(),
            final_reply_timeout: Duration::from_secs(600),
            command_timeout: Duration::from_secs(30),
        }
    }

    #[test]
    fn clear_text_goes_to_loopback_or_where_the_job_says_so() {
        let allowed = |host: &str, tls, allow_plaintext| {
            SmtpSettings {
                host: host.into(),
                tls,
                allow_plaintext,
                ..settings()
            }
            .checked()
            .is_ok()
        };
        assert!(allowed("mail.example.com", Tls::Starttls, false));
        assert!(allowed("mail.example.com", Tls::None, true));
        for loopback in ["localhost", "127.0.0.1", "127.8.9.1", "::1"] {
            assert!(allowed(loopback, Tls::None, false), "{loopback}");
        }
        for away in [
            "mail.example.com",
            "10.0.0.1",
            "localhost.example.com",
            "127.0.0.1.example.com",
        ] {
            assert!(!allowed(away, Tls::None, false), "{away}");
        }
    }

    #[test]
    fn half_a_credential_and_a_forged_greeting_are_settings_errors() {
        let half = SmtpSettings {
            user: Some("u".into()),
            ..settings()
        };
        let forged = SmtpSettings {
            ehlo_name: "x\r\nMAIL FROM:<a@b>".into(),
            ..settings()
        };
        for wrong in [half, forged] {
            assert_eq!(wrong.checked().unwrap_err().exit_code(), 78);
        }
    }

    #[test]
    fn settings_never_print_the_password() {
        let settings = SmtpSettings {
            password: Some(Secret::new("canary")),
            ..settings()
        };
        assert!(!format!("{settings:?}").contains("canary"));
    }
}
