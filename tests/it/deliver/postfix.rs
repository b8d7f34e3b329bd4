//! The same against a real Postfix with Cyrus SASL; `.ci/postfix/start.sh` sets one up and switches these on.

use super::mails::{built, drain, drain_to, states, store_with};
use quietline::deliver::outbox::{OnAmbiguous, State};
use quietline::deliver::smtp::{Error, SmtpDelivery, SmtpSettings, check};
use quietline::deliver::{Secret, Tls};
use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

struct Postfix {
    submission: SmtpSettings,
    smtps: SmtpSettings,
    wrong_ca: PathBuf,
    domain: String,
    mail_dir: PathBuf,
}

/// `None`, said aloud, when no Postfix is set up.
fn postfix(test: &str) -> Option<Postfix> {
    if std::env::var_os("QUIETLINE_POSTFIX").is_none_or(|on| on != "1") {
        // Not eprintln: the test harness hides what a passing test prints.
        let note = format!("SKIPPED {test}: needs a Postfix; run eval \"$(.ci/postfix/start.sh)\" first\n");
        std::io::stderr().write_all(note.as_bytes()).unwrap();
        return None;
    }
    let var = |name: &str| std::env::var(format!("QUIETLINE_POSTFIX_{name}")).unwrap();
    let server = |tls, port: &str| SmtpSettings {
        host: var("HOST"),
        port: var(port).parse().unwrap(),
        tls,
        user: Some(var("USER")),
        password: Some(Secret::new(var("PASSWORD"))),
        tokens: None,
        ca_file: Some(var("CA_FILE").into()),
        allow_plaintext: false,
        ehlo_name: "sender.test".into(),
        final_reply_timeout: Duration::from_secs(30),
        command_timeout: Duration::from_secs(10),
    };
    Some(Postfix {
        submission: server(Tls::Starttls, "SUBMISSION_PORT"),
        smtps: server(Tls::Implicit, "SMTPS_PORT"),
        wrong_ca: var("WRONG_CA_FILE").into(),
        domain: var("DOMAIN"),
        mail_dir: var("MAIL_DIR").into(),
    })
}

/// The delivered mail for `recipient`; local delivery takes a moment, 10 seconds at most.
fn delivered(postfix: &Postfix, recipient: &str) -> Vec<u8> {
    let to = format!("Delivered-To: {recipient}\n");
    for _ in 0..100 {
        let files = std::fs::read_dir(&postfix.mail_dir)
            .into_iter()
            .flatten()
            .flatten();
        let mails = files.filter_map(|file| std::fs::read(file.path()).ok());
        if let Some(mail) = mails
            .into_iter()
            .find(|mail| String::from_utf8_lossy(mail).contains(&to))
        {
            return mail;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("no mail for {recipient} in {}", postfix.mail_dir.display());
}

/// A recipient that no earlier run of this test has used.
fn fresh(name: &str, postfix: &Postfix) -> String {
    format!("{name}-{}@{}", std::process::id(), postfix.domain)
}

fn is_carried_unchanged(postfix: &Postfix, settings: &SmtpSettings, name: &str) {
    let recipient = fresh(name, postfix);
    let (_folder, store) = store_with(&[&recipient]);
    let drained = drain(
        &store,
        &mut SmtpDelivery::new(settings.clone()),
        OnAmbiguous::Resend,
    );
    assert_eq!(
        (drained.accepted, drained.exit_code()),
        (1, 0),
        "{:?}",
        drained.halted
    );
    let mail = String::from_utf8(delivered(postfix, &recipient)).unwrap();
    assert!(
        mail.contains("ESMTPSA id "),
        "authenticated over TLS, says the server:\n{mail}"
    );
    // A Maildir file has LF line ends, and the server's own headers on top.
    let sent = String::from_utf8(built(&[&recipient]).bytes)
        .unwrap()
        .replace("\r\n", "\n");
    let body = sent.split_once("\n\n").unwrap().1;
    assert!(
        mail.trim_end().ends_with(body.trim_end()),
        "the body and attachments, byte for byte"
    );
    for header in sent
        .split_once("\n\n")
        .unwrap()
        .0
        .lines()
        .filter(|line| !line.starts_with(' '))
    {
        assert!(mail.contains(header), "{header} is missing in\n{mail}");
    }
    for header in [
        "Auto-Submitted: auto-generated\n",
        "X-Auto-Response-Suppress: All\n",
        "List-Id: <",
        "Message-ID: <",
    ] {
        assert_eq!(mail.matches(header).count(), 1, "{header}");
    }
    assert!(mail.contains("filename=\"report.xlsx\"") && mail.contains("Content-Transfer-Encoding: base64"));
}

#[test]
fn starttls_with_a_login_carries_the_mail() {
    let Some(postfix) = postfix("starttls_with_a_login_carries_the_mail") else {
        return;
    };
    check(&postfix.submission).unwrap();
    is_carried_unchanged(&postfix, &postfix.submission, "starttls");
}

#[test]
fn implicit_tls_with_the_old_login_mechanism_carries_the_mail() {
    let Some(postfix) = postfix("implicit_tls_with_the_old_login_mechanism_carries_the_mail") else {
        return;
    };
    check(&postfix.smtps).unwrap();
    is_carried_unchanged(&postfix, &postfix.smtps, "smtps");
}

#[test]
fn a_wrong_password_is_77_and_sends_nothing() {
    let Some(postfix) = postfix("a_wrong_password_is_77_and_sends_nothing") else {
        return;
    };
    for right in [&postfix.submission, &postfix.smtps] {
        let wrong = SmtpSettings {
            password: Some(Secret::new("canary-wrong")),
            ..right.clone()
        };
        let error = check(&wrong).unwrap_err();
        assert_eq!(error.exit_code(), 77, "{error}");
        assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
    }
}

#[test]
fn a_certificate_of_an_unknown_authority_or_for_another_name_is_refused() {
    let Some(postfix) = postfix("a_certificate_of_an_unknown_authority_or_for_another_name_is_refused")
    else {
        return;
    };
    for right in [&postfix.submission, &postfix.smtps] {
        let wrong_ca = SmtpSettings {
            ca_file: Some(postfix.wrong_ca.clone()),
            ..right.clone()
        };
        let no_ca = SmtpSettings {
            ca_file: None,
            ..right.clone()
        };
        let other_name = SmtpSettings {
            host: "127.0.0.1".into(),
            ..right.clone()
        };
        for wrong in [wrong_ca, no_ca] {
            let error = check(&wrong).unwrap_err();
            assert!(matches!(error, Error::Tls { .. }), "{error}");
            assert!(
                error.exit_code() == 69 && error.to_string().contains("UnknownIssuer"),
                "{error}"
            );
        }
        let error = check(&other_name).unwrap_err();
        assert!(
            matches!(error, Error::Tls { .. }) && error.to_string().contains("not valid for"),
            "{error}"
        );
    }
}

#[test]
fn a_session_without_login_or_tls_is_turned_away_and_the_mail_waits() {
    let Some(postfix) = postfix("a_session_without_login_or_tls_is_turned_away_and_the_mail_waits") else {
        return;
    };
    let recipient = fresh("plain", &postfix);
    let (_folder, store) = store_with(&[&recipient]);
    let address = ([127, 0, 0, 1], postfix.submission.port).into();
    let drained = drain_to(&store, address);
    assert_eq!(drained.exit_code(), 77, "530 Must issue a STARTTLS command first");
    assert_eq!(states(&store), [(recipient, State::Pending)]);
}

#[test]
fn one_connection_carries_several_recipients_and_a_foreign_one_is_refused() {
    let Some(postfix) = postfix("one_connection_carries_several_recipients_and_a_foreign_one_is_refused")
    else {
        return;
    };
    let (first, last) = (fresh("first", &postfix), fresh("last", &postfix));
    let (_folder, store) = store_with(&[&first, "away@elsewhere.test", &last]);
    drain(
        &store,
        &mut SmtpDelivery::new(postfix.submission.clone()),
        OnAmbiguous::Resend,
    );
    let found: Vec<_> = states(&store).into_iter().map(|(_, state)| state).collect();
    assert_eq!(found, [State::Accepted, State::Refused, State::Accepted]);
    let parts = |mail: Vec<u8>| {
        String::from_utf8(mail)
            .unwrap()
            .split_once("\n\n")
            .unwrap()
            .1
            .to_owned()
    };
    assert_eq!(
        parts(delivered(&postfix, &first)),
        parts(delivered(&postfix, &last))
    );
}
