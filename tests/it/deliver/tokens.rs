//! Logins by token: what the token address answers, and what the mail server makes of it; the last against a real Dovecot, which
//! `.ci/dovecot/start.sh` sets up and switches on.

use super::fault_server::FaultServer;
use super::mails::{drain, only, settings, store_with};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use quietline::deliver::outbox::OnAmbiguous;
use quietline::deliver::smtp::{SmtpDelivery, SmtpSettings, check};
use quietline::deliver::{Secret, Tls, TokenOrder};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A token address that always answers so, and what it was asked.
fn token_address(status: u16, body: &str) -> (TokenOrder, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (body, asked) = (body.to_owned(), Arc::new(Mutex::new(Vec::new())));
    let seen = Arc::clone(&asked);
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let (mut request, mut buffer) = (String::new(), [0; 4096]);
            while !request.contains("scope=") {
                let read = stream.read(&mut buffer).unwrap_or(0);
                if read == 0 {
                    break;
                }
                request += &String::from_utf8_lossy(&buffer[..read]);
            }
            seen.lock().unwrap().push(request);
            let _ = write!(
                stream,
                "HTTP/1.1 {status} x\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
        }
    });
    let order = TokenOrder {
        token_url: format!("http://{address}/tenant/oauth2/v2.0/token"),
        client_id: "application-1".to_owned(),
        client_secret: Secret::new("canary~secret/+"),
        scope: "https://outlook.office365.com/.default".to_owned(),
    };
    (order, asked)
}

fn by_token(server: &FaultServer, tokens: TokenOrder) -> SmtpSettings {
    SmtpSettings {
        user: Some("nightly@x.test".into()),
        tokens: Some(tokens),
        ..settings(server.address)
    }
}

/// The words and the exit code of a login that fails. Neither the secret nor a token stands in them.
#[track_caller]
fn refused(settings: &SmtpSettings) -> (u8, String) {
    let error = check(settings).unwrap_err();
    let shown = format!("{error} {error:?} {settings:?}");
    assert!(!shown.contains("canary"), "{shown}");
    (error.exit_code(), error.to_string())
}

#[test]
fn what_the_token_address_answers_is_told_without_secrets_and_the_server_is_not_called() {
    let refusal = r#"{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret canary~secret/+ provided.\r\nTrace 1"}"#;
    for (status, body, code, words) in [
        (
            401,
            refusal,
            77,
            "invalid_client: AADSTS7000215: Invalid client secret *** provided",
        ),
        (401, refusal, 77, "renew it in the tenant's app registration"),
        (400, "<html>canary</html>", 77, "it answered 400"),
        (404, "", 77, "mail.smtp.token_url (the tenant)"),
        (
            200,
            "access_token=canary",
            69,
            "answered 200 with what is no token",
        ),
        (200, r#"{"access_token":"canary token"}"#, 69, "what is no token"),
        (200, r#"{"error":"invalid_client"}"#, 77, "invalid_client"),
        (200, r#"["canary"]"#, 69, "what is no token"),
        (
            200,
            r#"{"error":"x","error_description":"got canary","access_token":"a b"}"#,
            77,
            "200 with an error, which is not shown",
        ),
        (
            400,
            r#"{"error":"unsupported_grant_type","error_description":"canaryabcdefghijklmn"}"#,
            77,
            "unsupported_grant_type: ***",
        ),
        (
            200,
            r#"{"access_token":"canary\r\nDATA"}"#,
            69,
            "what is no token",
        ),
        (302, "", 77, "it answered 302"),
        (503, "canary", 69, "it answered 503"),
    ] {
        let server = FaultServer::start(&["AUTH XOAUTH2"]);
        let (order, asked) = token_address(status, body);
        let (exit_code, said) = refused(&by_token(&server, order));
        assert!(
            exit_code == code && said.contains(words),
            "{status} {body}: {exit_code} {said}"
        );
        assert_eq!(asked.lock().unwrap().len(), 1, "{status} {body}: asked again");
        assert!(server.commands().is_empty(), "{:?}", server.commands());
    }
    let server = FaultServer::start(&["AUTH XOAUTH2"]);
    let (mut gone, _) = token_address(200, "");
    gone.token_url = "http://127.0.0.1:1/token".to_owned();
    assert_eq!(refused(&by_token(&server, gone)).0, 69);
}

#[test]
fn a_refused_token_is_shown_once_told_and_never_printed() {
    let (order, asked) = token_address(200, r#"{"token_type":"Bearer","access_token":"canary.token"}"#);
    let server = FaultServer::start(&["AUTH LOGIN XOAUTH2"]);
    let (exit_code, said) = refused(&by_token(&server, order.clone()));
    assert!(
        exit_code == 77 && said.contains("no such credential: ***") && said.contains("SMTP.SendAsApp"),
        "{said}"
    );
    let form = asked.lock().unwrap()[0].clone();
    let sent = "grant_type=client_credentials&client_id=application-1&client_secret=canary%7Esecret%2F%2B";
    assert!(form.contains(sent), "{form}");
    let auths = server
        .commands()
        .into_iter()
        .filter(|line| line.starts_with("AUTH"));
    assert_eq!(auths.count(), 1);
    let without = FaultServer::start(&["AUTH PLAIN LOGIN"]);
    assert!(
        refused(&by_token(&without, order))
            .1
            .contains("does not offer XOAUTH2")
    );
    assert!(!without.commands().iter().any(|line| line.starts_with("AUTH")));
}

/// Whether a text tells 8 letters in a row of the secret, or of a login with it in base64.
fn tells(text: &str, secret: &str) -> bool {
    let xoauth2 = format!("user=nightly@x.test\x01auth=Bearer {secret}\x01\x01");
    let plain = format!("\0nightly@x.test\0{secret}");
    [
        secret.to_owned(),
        STANDARD.encode(secret),
        STANDARD.encode(xoauth2),
        STANDARD.encode(plain),
    ]
    .iter()
    .any(|form| {
        form.as_bytes()
            .windows(8)
            .any(|piece| text.contains(&*String::from_utf8_lossy(piece)))
    })
}

#[test]
fn whatever_a_server_echoes_of_a_login_at_any_time_is_not_told() {
    let of_login: [(&[&str], u8); 6] = [
        (&["X-AUTH 454 4.7.0 later for {echo}"], 69),
        (&["X-AUTH 454 4.7.0 later for {decoded}"], 69),
        (&["X-AUTH 535-5.7.3 no|535 5.7.3 {echo}"], 77),
        (&["X-AUTH 535 5.7.3 no {decoded}"], 77),
        (&["X-AUTH 334 {echo}", "X- 535 5.7.3 no {decoded}"], 77),
        (&["X-AUTH 334 {echo}", "X- 454 4.7.3 later {echo}"], 69),
    ];
    let later: [(&[&str], &str); 4] = [
        (
            &["X-AUTH 235 ok", "X-MAIL 530 5.7.57 no login: {decoded}"],
            "SMTP.SendAsApp",
        ),
        (
            &[
                "X-AUTH 235 ok",
                "X-MAIL 250 ok",
                "X-RCPT 530 5.7.57 no login: {echo}",
            ],
            "SMTP.SendAsApp",
        ),
        (
            &["X-AUTH 235 ok", "X-RCPT 550 5.7.1 not for {decoded}"],
            "5.7.1 not for",
        ),
        (&["X-AUTH 235 ok", "X-DATA 451 4.3.0 {decoded}"], "4.3.0"),
    ];
    let short = "Sh0rt~pass/+";
    let long = (0..60).fold("eyJ0".to_owned(), |token, n| format!("{token}x{}", n * n * 7919));
    for (secret, is_token) in [
        (short, true),
        (long.as_str(), true),
        (short, false),
        (long.as_str(), false),
    ] {
        let mechanism = if is_token {
            "AUTH XOAUTH2"
        } else {
            "AUTH PLAIN LOGIN"
        };
        let with = |answers: &[&'static str]| {
            let extensions = [&[mechanism], answers].concat();
            let server = FaultServer::start(extensions.leak());
            let (order, _) = token_address(200, &format!(r#"{{"access_token":"{secret}"}}"#));
            SmtpSettings {
                password: (!is_token).then(|| Secret::new(secret)),
                tokens: is_token.then_some(order),
                user: Some("nightly@x.test".into()),
                ..settings(server.address)
            }
        };
        // A password is sent without a challenge.
        let fitting = |answers: &[&str]| is_token || !answers[0].contains("334");
        for (answers, code) in of_login.into_iter().filter(|(answers, _)| fitting(answers)) {
            let error = check(&with(answers)).unwrap_err();
            let said = format!("{error} {error:?}");
            assert!(!tells(&said, secret), "{answers:?}: {said}");
            assert!(
                error.exit_code() == code && said.contains("***"),
                "{answers:?}: {said}"
            );
        }
        for (answers, words) in later {
            let (_folder, store) = store_with(&["ok@x.test"]);
            let drained = drain(&store, &mut SmtpDelivery::new(with(answers)), OnAmbiguous::Resend);
            let said = format!(
                "{:?} {:?}",
                only(&store),
                drained.halted.map(|error| error.to_string())
            );
            assert!(!tells(&said, secret), "{answers:?}: {said}");
            let advice = words.replace(
                "SMTP.SendAsApp",
                if is_token { words } else { "the user or password" },
            );
            assert!(said.contains(&advice), "{answers:?}: {said}");
        }
    }
}

#[test]
fn dovecot_takes_the_mail_of_a_good_token_and_refuses_a_bad_one() {
    if std::env::var_os("QUIETLINE_DOVECOT").is_none_or(|on| on != "1") {
        let note = "SKIPPED dovecot_takes_the_mail_of_a_good_token: needs a Dovecot; run eval \"$(.ci/dovecot/start.sh)\" first\n";
        std::io::stderr().write_all(note.as_bytes()).unwrap();
        return;
    }
    let var = |name: &str| std::env::var(format!("QUIETLINE_DOVECOT_{name}")).unwrap();
    let relay = FaultServer::at(var("RELAY_PORT").parse().unwrap(), &[]);
    let with = |token: &str| {
        let (order, _) = token_address(200, &format!(r#"{{"access_token":"{token}"}}"#));
        SmtpSettings {
            host: "localhost".into(),
            port: var("PORT").parse().unwrap(),
            tls: Tls::Starttls,
            user: Some(var("USER")),
            tokens: Some(order),
            ca_file: Some(var("CA_FILE").into()),
            command_timeout: Duration::from_secs(10),
            ..settings(relay.address)
        }
    };
    let (exit_code, said) = refused(&with("canary.bad.token"));
    assert!(
        exit_code == 77 && said.contains("535") && said.contains("SMTP.SendAsApp"),
        "{said}"
    );
    let (_folder, store) = store_with(&["ok@x.test", "more@x.test"]);
    let token = var("TOKEN");
    let drained = drain(&store, &mut SmtpDelivery::new(with(&token)), OnAmbiguous::Resend);
    assert_eq!((drained.exit_code(), drained.accepted), (0, 2));
    assert_eq!(relay.received().len(), 2);
}
