//! The figure posted to a chat room: after the mails, the identical bytes until they are taken, and no word of where to.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use quietline::night::{Options, Outcome, check, standing};

use super::{Company, csv_rows, world};
use crate::deliver::webhook_server::{Answer, WebhookServer};

const FIRST: &str = "2026-10-01";

/// A company that posts to a server, whose address only its owner can read.
fn posting_to(url: &str) -> Company {
    let company = Company::new();
    let file = company.path("webhook_url");
    fs::write(&file, format!("{url}\n")).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    company
}

fn run(company: &Company, as_of: &str, format: &str) -> Outcome {
    let set = [
        ("webhook.url_file", "../webhook_url"),
        ("webhook.format", format),
        ("job.as_of", as_of),
    ];
    company.run(&set, &Options::default()).unwrap()
}

#[test]
fn the_figure_is_posted_once_and_bears_no_name_and_no_number() {
    let server = WebhookServer::start(&[]);
    let company = posting_to(&server.url());
    let outcome = run(&company, FIRST, "slack");
    assert_eq!((outcome.exit_code, outcome.troubles), (0, Vec::new()));
    assert_eq!(run(&company, FIRST, "slack").exit_code, 0);
    let posts = server.posts();
    assert_eq!(posts.len(), 1, "a finished night posts nothing again");
    assert_eq!(posts[0].line, "POST /canary HTTP/1.1");
    assert!(
        posts[0].head.contains("content-type: application/json"),
        "{}",
        posts[0].head
    );
    assert_eq!(company.report()["webhook.json"], posts[0].body.as_bytes());
    for words in [
        "USD 354.78 a month idle",
        "Give notice by 2026-11-01",
        "At renewal",
    ] {
        assert!(
            posts[0].body.to_lowercase().contains(&words.to_lowercase()),
            "{words}: {}",
            posts[0].body
        );
    }
    for line in csv_rows(&company.path("sample_data/lines.csv")) {
        for column in ["last_name", "email", "login_name", "dids"] {
            let value = &line[column];
            assert!(
                value.trim().len() < 4 || !posts[0].body.contains(value.as_str()),
                "{column} {value} is in the post"
            );
        }
    }
}

#[test]
fn what_is_not_taken_goes_again_with_the_identical_bytes_and_no_message_tells_the_address() {
    let answers = [
        Answer::Status("503 Service Unavailable"),
        Answer::Status("429 Too Many Requests"),
        Answer::HangUp,
    ];
    let server = WebhookServer::start(&answers);
    let company = posting_to(&server.url());
    let mut said = String::new();
    for (exit_code, words) in [
        (75, "answered 503"),
        (75, "answered 429"),
        (75, "gave no answer"),
        (0, ""),
    ] {
        let outcome = run(&company, FIRST, "json");
        said += &format!("{:?}", outcome.troubles);
        assert_eq!(
            (outcome.exit_code, outcome.drained),
            (exit_code, exit_code == 0),
            "{said}"
        );
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(said.contains("127.0.0.1"), "the host is told: {said}");
    assert_eq!(company.mails(), 2, "the mails did not wait for it");
    let posts = server.posts();
    assert_eq!(posts.len(), 4);
    assert!(posts.iter().all(|post| post == &posts[0]));

    let job = company.job(&[("webhook.url_file", "../webhook_url")]);
    let store = fs::read(company.path("store/state.sqlite")).unwrap();
    let standing = standing(&job).unwrap();
    let mut everything = format!("{said}{job:?}{}{:?}", standing.shown(), job.settings);
    everything += &String::from_utf8_lossy(&store);
    for bytes in company.report().values() {
        everything += &String::from_utf8_lossy(bytes);
    }
    assert!(!everything.contains("canary"));
    let set = job
        .settings
        .iter()
        .find(|setting| setting.key == "webhook.url")
        .unwrap();
    assert_eq!(set.value, "(set)");
}

#[test]
fn a_refusal_is_told_once_and_a_redirect_is_one() {
    let redirect = "302 Found\r\nlocation: https://moved.example.test/canary?key=canary";
    for (status, leads_to) in [
        ("404 Not Found", ""),
        (redirect, "(this one leads to moved.example.test)"),
    ] {
        let server = WebhookServer::start(&[Answer::Status(status)]);
        let company = posting_to(&server.url());
        let outcome = run(&company, FIRST, "teams");
        assert_eq!((outcome.exit_code, outcome.drained), (69, true));
        assert!(
            outcome.troubles[0].contains(&status[..3]) && outcome.troubles[0].contains(leads_to),
            "{:?}",
            outcome.troubles
        );
        assert!(!outcome.troubles[0].contains("canary"), "{:?}", outcome.troubles);
        assert_eq!(run(&company, FIRST, "teams").exit_code, 0);
        assert_eq!(server.posts().len(), 1);
    }
}

#[test]
fn a_newer_night_takes_the_place_of_a_post_that_still_waits() {
    let server = WebhookServer::start(&[Answer::HangUp]);
    let company = posting_to(&server.url());
    assert_eq!(run(&company, FIRST, "json").exit_code, 75);
    let shown = || standing(&company.job(&[])).unwrap().shown();
    assert!(
        shown().contains("webhook post 2026-10-01: ambiguous (127.0.0.1"),
        "{}",
        shown()
    );
    assert_eq!(run(&company, "2026-10-02", "json").exit_code, 0);
    assert!(shown().contains("no mail waits"), "{}", shown());
    let posts = server.posts();
    assert_eq!(posts.len(), 2);
    assert!(
        posts[1].body.contains("\"as_of\": \"2026-10-02\""),
        "{}",
        posts[1].body
    );
}

#[test]
fn an_address_that_cannot_be_used_keeps_the_post_and_no_mail() {
    let company = posting_to("http://canary.example/x");
    let outcome = run(&company, FIRST, "json");
    assert_eq!(
        (outcome.exit_code, outcome.drained, company.mails()),
        (78, false, 2)
    );
    let said = outcome.troubles.join("\n");
    assert!(
        said.contains("http leaves this machine") && !said.contains("canary"),
        "{said}"
    );
    let server = WebhookServer::start(&[]);
    fs::write(company.path("webhook_url"), server.url()).unwrap();
    assert_eq!(run(&company, FIRST, "json").exit_code, 0);
    assert_eq!(server.posts().len(), 1);
}

#[test]
fn check_looks_at_the_ping_address_and_calls_nobody() {
    let company = Company::new();
    let (file, listener) = (
        company.path("ping_url"),
        std::net::TcpListener::bind("127.0.0.1:0").unwrap(),
    );
    listener.set_nonblocking(true).unwrap();
    let job = company.job(&[("ping.url_file", file.to_str().unwrap())]);
    let checked = |address: &str| {
        fs::write(&file, address).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        check(&job, &world())
    };
    let said = checked(&format!("http://{}/canary", listener.local_addr().unwrap())).unwrap();
    assert!(
        said.contains("ping: 127.0.0.1 is told") && !said.contains("canary"),
        "{said}"
    );
    assert!(listener.accept().is_err(), "a ping was sent");
    let failure = checked("http://canary.example/x").unwrap_err();
    assert!(
        failure.exit_code() == 78 && !failure.to_string().contains("canary"),
        "{failure}"
    );
}

/// Killed after the post was sent and before its answer was noted.
#[test]
fn a_post_that_was_cut_short_goes_again_as_it_was() {
    let server = WebhookServer::start(&[]);
    let company = posting_to(&server.url());
    run(&company, FIRST, "json");
    let killed = rusqlite::Connection::open(company.path("store/state.sqlite")).unwrap();
    killed
        .execute_batch("UPDATE outbox SET state = 'inflight' WHERE recipient = 'webhook'")
        .unwrap();
    drop(killed);
    assert_eq!(run(&company, FIRST, "json").exit_code, 0);
    let posts = server.posts();
    assert!(posts.len() == 2 && posts[0] == posts[1]);
    assert_eq!(company.mails(), 2);
}
