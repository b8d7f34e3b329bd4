//! `[mail]`: who is told, and how the mail leaves.

use lettre::Address;

use super::load::Base;
use super::section::Section;
use super::{Mail, OnAmbiguous, Smtp, Tls, Transport, secrets};

crate::domain::words! {
    Way { File => "file", Smtp => "smtp", None => "none" }
}

pub(super) fn read(mut section: Section<'_>, base: &Base) -> Mail {
    let way = section.word("transport");
    let outbox = section.text("outbox");
    let from = section.parsed("from", address);
    let on_ambiguous = section.word("on_ambiguous").unwrap_or(OnAmbiguous::Resend);
    let [finance, admins, operators] = ["finance", "admins", "operators"].map(|audience| {
        let mut audience = section.child(audience);
        let to = audience.parsed_list("to", address);
        audience.finish();
        to
    });
    let by_smtp = way == Some(Way::Smtp);
    let smtp = smtp(section.child("smtp"), base, by_smtp);
    if by_smtp && finance.is_empty() && admins.is_empty() {
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
            Some(Way::Smtp) => Transport::Smtp(smtp),
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

/// Read whole even when mail goes elsewhere, so that a mistake does not wait for the day on which it is switched on.
fn smtp(mut section: Section<'_>, base: &Base, in_use: bool) -> Smtp {
    let host = section.text("host");
    match &host {
        None if in_use => section.fault("host", "is missing; name the mail server"),
        // Not repeated: "user:password@host" is a way to get here.
        Some(host) if !is_host(host) => section.fault_unseen(
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
    let smtp = Smtp {
        host,
        port: u16::try_from(port).unwrap_or_default(),
        tls,
        user: section.text("user"),
        password: secrets::read(&mut section, base, "password_file", "password_env"),
        ca_file: section.text("ca_file").map(|path| base.join(&path)),
        allow_plaintext,
    };
    section.finish();
    smtp
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
