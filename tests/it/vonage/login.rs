//! One login a run, renewed early, refreshed in the middle, and a refusal that is remembered.

use std::process::Command;
use std::time::Duration;

use quietline::night::{Options, World, check, clear_halt, night};

use super::company::{ApiCompany, world};
use super::server::{Fault, Manners};
use crate::canaries::assert_no_file_holds_one;

fn unauthorised() -> Fault {
    Fault::Answer(401, Vec::new(), String::new())
}

#[test]
fn a_token_that_ends_in_the_middle_is_refreshed_and_the_request_repeated() {
    let company = ApiCompany::new(Manners::default());
    company.server.fault("call-logs", unauthorised());
    company.good(&[]);
    assert_eq!((company.server.logins(), company.server.count("/token")), (1, 2));
}

#[test]
fn a_refused_refresh_allows_one_more_login() {
    let company = ApiCompany::new(Manners {
        refuse_refresh: true,
        ..Manners::default()
    });
    company.server.fault("call-logs", unauthorised());
    company.good(&[]);
    assert_eq!((company.server.logins(), company.server.count("/token")), (2, 3));
}

#[test]
fn a_short_lived_token_is_renewed_before_it_ends() {
    let company = ApiCompany::new(Manners {
        token_life: 1,
        slow_ms: 20,
        ..Manners::default()
    });
    company.good(&[]);
    assert_eq!(company.server.logins(), 1);
    assert!(company.server.count("/token") > 2);
}

#[test]
fn two_refusals_of_one_request_are_77_and_no_halt() {
    let company = ApiCompany::new(Manners::default());
    company.server.fault("call-logs", unauthorised());
    company.server.fault("call-logs", unauthorised());
    company.stopped(&[], 77, "subscribed to the reports suite");
    company.good(&[]);
}

#[test]
fn a_suite_that_is_missing_is_77() {
    let company = ApiCompany::new(Manners::default());
    company.server.fault(
        "call-logs",
        Fault::Answer(
            403,
            Vec::new(),
            r#"{"code":"900908","message":"Resource forbidden"}"#.into(),
        ),
    );
    company.stopped(&[], 77, "900908: Resource forbidden");
}

#[test]
fn a_refused_login_is_tried_once_and_never_again_until_something_changes() {
    let company = ApiCompany::new(Manners::default());
    company.server.set_password("another");
    company.stopped(&[], 77, "17003: user is locked. It is halted");
    company.stopped(&[], 77, "is not tried again");
    let failure = check(&company.job(&[]), &world()).unwrap_err();
    assert!(failure.to_string().contains("quietline halt clear"), "{failure}");
    let rehearsed = night(
        &company.job(&[]),
        &Options {
            dry_run: true,
            ..Options::default()
        },
        &world(),
    );
    assert_eq!(rehearsed.err().map(|failure| failure.exit_code()), Some(77));
    assert_eq!(company.server.count("/token"), 1, "the login was tried again");

    assert!(clear_halt(&company.job(&[]), &world()).unwrap());
    company.stopped(&[], 77, "17003");
    assert_eq!(company.server.count("/token"), 2);

    // A changed password clears the halt by itself.
    company.server.set_password("changed");
    let changed = World {
        environment: |name| match name {
            "VONAGE_PASSWORD" => Some("changed".into()),
            "VONAGE_CLIENT_SECRET" => Some("canary-secret".into()),
            _ => None,
        },
        ..world()
    };
    night(&company.job(&[]), &Options::default(), &changed).unwrap();
}

#[test]
fn the_first_word_of_a_refusal_says_what_it_leads_to() {
    let company = ApiCompany::new(Manners::default());
    company.server.set_password("another");
    company.stopped(&[], 77, "a few failed logins lock the user for 30 minutes");
    assert!(clear_halt(&company.job(&[]), &world()).unwrap());
    company.stopped(&[], 77, "or run `quietline halt clear`");
}

/// What a gateway, a portal or a proxy can make of an answer that holds tokens.
#[test]
fn tokens_are_quoted_nowhere_whatever_holds_them() {
    let json = r#"{"access_token":"canary-a1","refresh_token":"canary-r1","expires_in":86400,"token_type":"Bearer"}"#;
    let no_json = "with what is not JSON";
    for (status, body, exit_code, words) in [
        (200, format!("<html><pre>{json}</pre></html>"), 69, no_json),
        (200, json[..70].to_owned(), 69, no_json),
        (200, format!("{json}{json}"), 69, no_json),
        (
            200,
            "access_token=canary-a1&refresh_token=canary-r1".to_owned(),
            69,
            no_json,
        ),
        (200, format!("\u{feff}\u{feff}{json}"), 69, no_json),
        (
            200,
            json.replace("access_token", "accessToken"),
            76,
            "no access_token",
        ),
        (
            200,
            r#"{"message":"canary-a1","instance":"canary-a1"}"#.to_owned(),
            76,
            "no access_token",
        ),
        // Taken, and then good for nothing: the service knows no such token.
        (200, format!("\u{feff}{json}"), 77, "refuses this request"),
        (503, json.to_owned(), 69, "bytes, which are not shown"),
        (400, format!("<p>{json}"), 77, "bytes, which are not shown"),
        (418, json.to_owned(), 69, "bytes, which are not shown"),
        (200, r#"["canary-a1"]"#.to_owned(), 76, "no access_token"),
        (
            401,
            r#"{"error":"invalid_client","message":"for canaryabcdefghijklmn"}"#.to_owned(),
            77,
            "invalid_client: for ***",
        ),
        (
            503,
            r#"{"message":"later, canary.abcdefghijklmn"}"#.to_owned(),
            69,
            "answered 503: later, ***",
        ),
    ] {
        let company = ApiCompany::new(Manners::default());
        company.server.fault(
            "/token",
            Fault::Answer(
                status,
                vec![("x-request-id", "canary-a1".to_owned())],
                body.clone(),
            ),
        );
        let mut said = String::new();
        for (command, code) in [("run", exit_code), ("status", 0), ("outbox", 0)] {
            let output = Command::new(env!("CARGO_BIN_EXE_quietline"))
                .args(
                    [command]
                        .into_iter()
                        .chain((command == "outbox").then_some("list")),
                )
                .arg("api.toml")
                .current_dir(company.folder())
                .env("VONAGE_PASSWORD", "canary-password")
                .env("VONAGE_CLIENT_SECRET", "canary-secret")
                .output()
                .unwrap();
            said += &String::from_utf8_lossy(&[output.stdout, output.stderr].concat());
            if command == "run" {
                assert_eq!(output.status.code(), Some(code), "{body}: {said}");
            }
        }
        let one_line = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(one_line.contains(words), "{body}: {one_line}");
        assert!(!said.contains("canary"), "{body}: {said}");
        assert_no_file_holds_one(company.folder());
        assert_eq!(company.server.logins(), 1, "{body}");
    }
}

#[test]
fn of_where_a_login_is_sent_on_to_only_the_host_is_told() {
    let company = ApiCompany::new(Manners::default());
    let place = "http://u:canary-a1@elsewhere.test/cb/canary-r1?x=canary".to_owned();
    let moved = || Fault::Answer(302, vec![("location", place.clone())], String::new());
    company.server.fault("/token", moved());
    company.stopped(&[], 69, "sends requests on to elsewhere.test, and");
    let place = "http://u:canary-p@elsewhere.test/t/canary-access-1/x?x=canary".to_owned();
    let moved = Fault::Answer(302, vec![("location", place)], String::new());
    company.server.fault("call-logs", moved);
    company.stopped(&[], 69, "sends requests on to http://elsewhere.test/t/***/x, and");
}

#[test]
fn the_refusal_of_an_earlier_refresh_allows_no_second_login() {
    let company = ApiCompany::new(Manners {
        token_life: 1,
        ..Manners::default()
    });
    company.good(&[("job.as_of", "2026-10-15"), ("vonage.token_file", "token")]);
    let before = company.server.logins();
    std::thread::sleep(Duration::from_millis(1_100));
    let refused = r#"{"error":"invalid_grant"}"#.to_owned();
    company
        .server
        .fault("/token", Fault::Answer(400, Vec::new(), refused));
    let granted = r#"{"access_token":"canary-access-1","expires_in":3600}"#.to_owned();
    company
        .server
        .fault("/token", Fault::Answer(200, Vec::new(), granted));
    company.server.fault("call-logs", unauthorised());
    let failure = company.run(&[("vonage.token_file", "token")]).err().unwrap();
    assert!(
        failure.exit_code() == 77 && failure.to_string().contains("refuses this request"),
        "{failure}"
    );
    assert_eq!(company.server.logins(), before + 1);
}

#[test]
fn a_login_is_sent_again_only_where_no_connection_was_made() {
    let answer = |status, headers, body: &str| Fault::Answer(status, headers, body.to_owned());
    for (fault, exit_code, words) in [
        (answer(503, Vec::new(), "{}"), 69, "answered 503"),
        (
            answer(500, Vec::new(), r#"{"msg":"down"}"#),
            69,
            "answered 500: down",
        ),
        (answer(408, Vec::new(), ""), 69, "answered 408"),
        (answer(200, Vec::new(), ""), 69, "not JSON"),
        (Fault::CutOff, 69, "cut off"),
        (Fault::Closed, 69, "after 1 try:"),
        (Fault::Slow(Duration::from_secs(3)), 69, "timed out"),
        (
            answer(503, vec![("retry-after", "1".to_owned())], ""),
            75,
            "asks to wait 1 s",
        ),
        (answer(429, Vec::new(), ""), 75, "asks to wait 60 s"),
    ] {
        let company = ApiCompany::new(Manners::default());
        company.server.fault("/token", fault);
        company.stopped(&[("vonage.timeout_seconds", "1")], exit_code, words);
        assert_eq!(company.server.count("/token"), 1, "{words}");
    }
    let company = ApiCompany::new(Manners::default());
    let nobody = [
        ("vonage.token_url", "http://127.0.0.1:1/token"),
        ("vonage.tries", "3"),
    ];
    company.stopped(&nobody, 69, "after 3 tries");
}

#[test]
fn a_token_that_never_served_is_followed_by_no_other_login() {
    let company = ApiCompany::new(Manners {
        refuse_refresh: true,
        ..Manners::default()
    });
    company.server.fault("vbc.prod", unauthorised());
    company.stopped(&[], 77, "refuses this request");
    assert_eq!(company.server.logins(), 1);
}

#[test]
fn a_wrong_token_address_is_no_refusal() {
    let company = ApiCompany::new(Manners::default());
    company.server.fault(
        "/token",
        Fault::Answer(404, Vec::new(), r#"{"msg":"no such resource"}"#.into()),
    );
    company.stopped(&[], 69, "answered 404: no such resource");
    company.good(&[]);
}

#[test]
fn the_token_is_kept_only_where_the_job_says_so_and_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let company = ApiCompany::new(Manners::default());
    company.good(&[("job.as_of", "2026-10-15"), ("vonage.token_file", "token")]);
    let mode = std::fs::metadata(company.path("token"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    company.good(&[("vonage.token_file", "token")]);
    assert_eq!(company.server.logins(), 1, "the kept token was not used");
}

#[test]
fn a_missing_secret_says_where_it_is_looked_for() {
    let company = ApiCompany::new(Manners::default());
    let nothing = World {
        environment: |_| None,
        ..world()
    };
    let failure = night(&company.job(&[]), &Options::default(), &nothing)
        .err()
        .unwrap();
    assert_eq!(failure.exit_code(), 77);
    assert!(failure.to_string().contains("$VONAGE_PASSWORD"), "{failure}");
}
