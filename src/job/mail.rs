//! `[mail]` and `[webhook]`: who is told, when, and how it leaves.

use chrono::Weekday;
use lettre::Address;

use super::load::Base;
use super::section::Section;
use super::vonage::address as address_of_api;
use super::{Mail, OnAmbiguous, Readers, Smtp, Tls, Tokens, Transport, Webhook, secrets};
use crate::domain::{Cadence, Rhythm, WebhookFormat, is_domain};

crate::domain::words! {
    /// How the user of a mail server shows who it is.
    Login { Password => "password", Xoauth2 => "xoauth2" }
}
crate::domain::words! {
    Way { File => "file", Smtp => "smtp", None => "none" }
}

pub(super) fn read(mut section: Section<'_>, base: &Base) -> Mail {
    let way = section.word("transport");
    let outbox = section.text("outbox");
    let from = section.parsed("from", address);
    let on_ambiguous = section.word("on_ambiguous").unwrap_or(OnAmbiguous::Resend);
    let [finance, admins] = ["finance", "admins"].map(|audience| readers(section.child(audience)));
    let mut of_operators = section.child("operators");
    let operators = of_operators.parsed_list("to", address);
    of_operators.finish();
    let by_smtp = way == Some(Way::Smtp);
    let smtp = smtp(section.child("smtp"), base, by_smtp);
    if by_smtp && finance.to.is_empty() && admins.to.is_empty() {
        section.fault_at(
            "finance.to",
            "is empty, and so is mail.admins.to: nobody would get the report",
        );
    }
    if by_smtp && operators.is_empty() {
        section.fault_at(
            "operators.to",
            "is empty: nobody would hear of a held or blocked night",
        );
    }
    if from.is_none() && section.lacks(&["from"]) {
        section.fault("from", "is missing; give the address that the mails come from");
    }
    if way == Some(Way::File) && outbox.is_none() {
        section.fault(
            "outbox",
            "is missing; name the folder that the mails are written to",
        );
    }
    section.finish();
    Mail {
        transport: match way {
            Some(Way::Smtp) => Transport::Smtp(Box::new(smtp)),
            Some(Way::None) => Transport::None,
            _ => Transport::File {
                outbox: base.join(&outbox.unwrap_or_default()),
            },
        },
        from: from.unwrap_or_default(),
        finance,
        admins,
        operators,
        on_ambiguous,
    }
}

fn readers(mut section: Section<'_>) -> Readers {
    let readers = Readers {
        to: section.parsed_list("to", address),
        rhythm: rhythm(&mut section),
        subject: section.text("subject"),
    };
    section.finish();
    readers
}

/// When an audience is written to.
fn rhythm(section: &mut Section<'_>) -> Rhythm {
    let weekday = section.parsed("weekday", |text| {
        text.parse::<Weekday>()
            .map_err(|_| "must be a day of the week such as monday")
    });
    Rhythm {
        cadence: section.word("cadence").unwrap_or(Cadence::Nightly),
        weekday: weekday.unwrap_or(Weekday::Mon),
        heartbeat_days: section.count("heartbeat_days", 1..=90),
    }
}

/// `[webhook]`: a chat room or a program that is told the figure.
pub(super) fn webhook(mut section: Section<'_>, base: &Base) -> Webhook {
    let webhook = Webhook {
        format: section.word("format").unwrap_or(WebhookFormat::Slack),
        url: secrets::read(&mut section, base, "url", ["url_file", "url_env"]),
        rhythm: rhythm(&mut section),
    };
    section.finish();
    webhook
}

/// Read whole even when mail goes elsewhere, so that a mistake does not wait for the day on which it is switched on.
fn smtp(mut section: Section<'_>, base: &Base, in_use: bool) -> Smtp {
    let host = section.text("host");
    match &host {
        None if in_use => section.fault("host", "is missing; name the mail server"),
        Some(host) if !is_host(host) => section.fault(
            "host",
            "must be a host name or an address alone, without scheme, user or port",
        ),
        _ => {}
    }
    let tls = section.word("tls").unwrap_or(Tls::Starttls);
    let port = section.count("port", 1..=65_535);
    let allow_plaintext = section.flag("allow_plaintext", false);
    let host = host.unwrap_or_default();
    if in_use && tls == Tls::None && !allow_plaintext && !is_loopback(&host) {
        section.fault(
            "tls",
            "would send mail and password in the clear; use starttls or implicit, or say allow_plaintext = true",
        );
    }
    let user = section.text("user");
    let tokens = tokens(&mut section, base, in_use && user.is_some(), allow_plaintext);
    if in_use && tokens.is_some() && user.is_none() {
        section.fault("user", "is missing; login = \"xoauth2\" sends as this mailbox");
    }
    let smtp = Smtp {
        host,
        port: u16::try_from(port).unwrap_or_default(),
        tls,
        user,
        password: secrets::read(&mut section, base, "password", ["password_file", "password_env"]),
        tokens,
        ca_file: section.text("ca_file").map(|path| base.join(&path)),
        allow_plaintext,
        hello: section.parsed("hello", hello),
    };
    section.finish();
    smtp
}

/// With `login = "xoauth2"`: where the application's tokens come from.
fn tokens(section: &mut Section<'_>, base: &Base, in_use: bool, allow_plaintext: bool) -> Option<Tokens> {
    let login = section.word("login").unwrap_or(Login::Password);
    let token_url = section.parsed("token_url", |text| address_of_api(text, allow_plaintext));
    let client_id = section.text("client_id");
    let tokens = Tokens {
        client_secret: secrets::read(
            section,
            base,
            "client_secret",
            ["client_secret_file", "client_secret_env"],
        ),
        scope: section.text("scope").unwrap_or_default(),
        token_url: token_url.unwrap_or_default(),
        client_id: client_id.unwrap_or_default(),
    };
    if login == Login::Password {
        return None;
    }
    for key in ["token_url", "client_id", "scope"] {
        if in_use && section.lacks(&[key]) {
            section.fault(key, "is missing; login = \"xoauth2\" asks for its tokens with it");
        }
    }
    Some(tokens)
}

/// What a mail server takes after EHLO; a name with anything else in it could be a command of its own.
fn hello(text: &str) -> Result<String, &'static str> {
    match is_domain(text) || text.parse::<std::net::IpAddr>().is_ok() {
        true => Ok(text.to_owned()),
        false => Err("must be a domain such as reports.example.com, or an IP address"),
    }
}

fn is_host(host: &str) -> bool {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || ".-_[]".contains(letter);
    host.chars().all(plain) || host.parse::<std::net::IpAddr>().is_ok()
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// An address alone, since that is what a mail is built from; a name before it would only fail when the night is over.
fn address(text: &str) -> Result<String, &'static str> {
    match text.parse::<Address>() {
        Ok(_) if !text.chars().any(char::is_control) => Ok(text.to_owned()),
        _ => Err("is not a mail address alone, such as finance@example.com"),
    }
}
