//! Who we are, shown to a mail server: a password, or a token.

use super::Secret;
use super::session::{unavailable, words};
use super::smtp::{Error, SmtpSettings};
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

pub(super) fn log_in(
    conn: &mut SmtpConnection,
    (user, secret): (&str, &Secret),
    way: Way,
    settings: &SmtpSettings,
) -> Result<(), Error> {
    let credentials = Credentials::new(user.to_owned(), secret.expose().to_owned());
    let refused = |reply: String| Error::Credential {
        server: settings.server(),
        user: user.to_owned(),
        reply,
        advice: way.advice(),
    };
    let done = match way {
        Way::Password => conn
            .auth(&[Mechanism::Plain, Mechanism::Login], &credentials)
            .map(drop),
        Way::Token if !conn.server_info().supports_auth_mechanism(Mechanism::Xoauth2) => {
            return Err(refused("it does not offer XOAUTH2 here".to_owned()));
        }
        Way::Token => show_token(conn, &credentials),
    };
    match done {
        Ok(()) => Ok(()),
        Err(error) if !error.is_permanent() && !error.is_client() => Err(unavailable(settings, &error)),
        Err(error) => Err(refused(without_secrets(words(&error), &credentials, secret))),
    }
}

/// A refused token is first answered with a challenge; an empty line gets the refusal itself.
fn show_token(conn: &mut SmtpConnection, credentials: &Credentials) -> Result<(), SmtpError> {
    let command = Auth::new(Mechanism::Xoauth2, credentials.clone(), None)?;
    match conn.command(command)?.has_code(334) {
        true => conn.command("\r\n").map(drop),
        false => Ok(()),
    }
}

/// A server may echo what it was given, in either of its encodings.
fn without_secrets(reply: String, credentials: &Credentials, password: &Secret) -> String {
    let forms = [
        (Mechanism::Plain, None),
        (Mechanism::Xoauth2, None),
        (Mechanism::Login, Some("Password".to_owned())),
    ];
    let encoded = forms.into_iter().filter_map(|(mechanism, challenge)| {
        let command = Auth::new(mechanism, credentials.clone(), challenge)
            .ok()?
            .to_string();
        command.split_whitespace().next_back().map(str::to_owned)
    });
    encoded
        .chain([password.expose().to_owned()])
        .fold(reply, |reply, secret| reply.replace(&secret, "***"))
}
