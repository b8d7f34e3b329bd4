//! Who we are, shown to a mail server: a password, or a token.

use super::Secret;
use super::session::{unavailable, words};
use super::smtp::{Error, SmtpSettings};
use crate::secret::hidden::Hidden;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::SmtpConnection;
use lettre::transport::smtp::commands::Auth;

/// How a user shows who it is.
#[derive(Clone, Copy)]
pub(super) enum Way {
    Password,
    Token,
}

impl Way {
    pub(super) fn advice(self) -> &'static str {
        match self {
            Way::Password => "Correct the user or password",
            Way::Token => {
                "See that the application has the permission SMTP.SendAsApp with an administrator's consent, that it is known to \
                 Exchange (New-ServicePrincipal) and may use this mailbox (Add-MailboxPermission), and that the mailbox has SMTP \
                 AUTH switched on (Set-CASMailbox -SmtpClientAuthenticationDisabled $false)"
            }
        }
    }
}

/// Who logs in, and how.
pub(super) struct Login {
    pub user: String,
    secret: Secret,
    pub way: Way,
}

impl Login {
    /// None where the settings have no user.
    pub(super) fn of(settings: &SmtpSettings, token: Option<Secret>) -> Option<Login> {
        let (secret, way) = match token {
            Some(token) => (token, Way::Token),
            None => (settings.password.clone()?, Way::Password),
        };
        Some(Login {
            user: settings.user.clone()?,
            secret,
            way,
        })
    }

    /// What the server will know, as it is and as it is sent: it may echo any of it at any time.
    pub(super) fn hidden(&self) -> Hidden {
        let forms = [
            (Mechanism::Plain, None),
            (Mechanism::Xoauth2, None),
            (Mechanism::Login, Some("Password".to_owned())),
        ];
        let mut hidden = Hidden::of([&self.secret]);
        for (mechanism, challenge) in forms {
            let sent = Auth::new(mechanism, self.credentials(), challenge).map(|command| command.to_string());
            if let Some(encoded) = sent.iter().flat_map(|line| line.split_whitespace()).next_back() {
                hidden.add(&Secret::new(encoded));
            }
        }
        hidden
    }

    fn credentials(&self) -> Credentials {
        Credentials::new(self.user.clone(), self.secret.expose().to_owned())
    }

    pub(super) fn show(
        &self,
        conn: &mut SmtpConnection,
        settings: &SmtpSettings,
        hidden: &Hidden,
    ) -> Result<(), Error> {
        let refused = |reply: String| Error::Credential {
            server: settings.server(),
            user: self.user.clone(),
            reply,
            advice: self.way.advice(),
        };
        let done = match self.way {
            Way::Password => conn
                .auth(&[Mechanism::Plain, Mechanism::Login], &self.credentials())
                .map(drop),
            Way::Token if !conn.server_info().supports_auth_mechanism(Mechanism::Xoauth2) => {
                return Err(refused("it does not offer XOAUTH2 here".to_owned()));
            }
            Way::Token => show_token(conn, self.credentials()),
        };
        match done {
            Ok(()) => Ok(()),
            Err(error) if !error.is_permanent() && !error.is_client() => {
                Err(unavailable(settings, &error, hidden))
            }
            Err(error) => Err(refused(words(&error, hidden))),
        }
    }
}

/// A refused token is first answered with a challenge; an empty line gets the refusal itself.
fn show_token(conn: &mut SmtpConnection, credentials: Credentials) -> Result<(), SmtpError> {
    let command = Auth::new(Mechanism::Xoauth2, credentials, None)?;
    match conn.command(command)?.has_code(334) {
        true => conn.command("\r\n").map(drop),
        false => Ok(()),
    }
}
