//! Mails that wait, over nights: each night answers for its own, the job's readers are followed, and bytes leave.

use std::fs;

use quietline::night::{Options, Outcome, outbox, standing};

use super::Company;
use super::company::world;
use crate::deliver::fault_server::FaultServer;

pub(super) const FIRST: &str = "2026-10-01";
pub(super) const SECOND: &str = "2026-10-02";

/// A night that mails through a server: finance and administrators at these addresses.
pub(super) fn run(
    company: &Company,
    port: u16,
    night: &str,
    readers: [&str; 2],
    more: &[(&str, &str)],
) -> Outcome {
    run_with(company, port, night, readers, more, &Options::default())
}

pub(super) fn run_with(
    company: &Company,
    port: u16,
    night: &str,
    readers: [&str; 2],
    more: &[(&str, &str)],
    options: &Options,
) -> Outcome {
    let port = port.to_string();
    let mut set = vec![
        ("mail.transport", "smtp"),
        ("mail.smtp.host", "127.0.0.1"),
        ("mail.smtp.port", port.as_str()),
        ("mail.smtp.tls", "none"),
        ("mail.operators.to", "ops@x.test"),
        ("mail.finance.to", readers[0]),
        ("mail.admins.to", readers[1]),
        ("job.as_of", night),
    ];
    set.extend(more);
    company.run(&set, options).unwrap()
}

pub(super) fn job_with(company: &Company, server: &FaultServer, finance: &str) -> quietline::job::Job {
    let port = server.address.port().to_string();
    company.job(&[
        ("mail.transport", "smtp"),
        ("mail.smtp.host", "127.0.0.1"),
        ("mail.smtp.port", port.as_str()),
        ("mail.smtp.tls", "none"),
        ("mail.operators.to", "ops@x.test"),
        ("mail.finance.to", finance),
    ])
}

pub(super) fn ended(outcome: &Outcome) -> (u8, bool) {
    (outcome.exit_code, outcome.drained)
}

#[test]
fn a_doubtful_mail_is_told_by_its_own_night_and_has_a_way_out() {
    let server = FaultServer::start(&[]);
    let port = server.address.port();
    let company = Company::new();
    let readers = ["lose_first_reply@x.test", "rcpt550@x.test"];
    let hold = [("mail.on_ambiguous", "hold")];
    let first = run(&company, port, FIRST, readers, &hold);
    assert_eq!(ended(&first), (75, false));
    let told = first.troubles.join("\n");
    for words in [
        "the finance mail of 2026-10-01 to lose_first_reply@x.test is ambiguous",
        "quietline outbox list jobs/sample.toml",
        "quietline outbox drop ID jobs/sample.toml --reason TEXT",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
    let standing_after = standing(&job_with(&company, &server, readers[0])).unwrap();
    let night = &standing_after.nights[0];
    assert_eq!(night.exit_code, Some(75));
    assert!(
        night.reason.as_ref().unwrap().contains("is ambiguous"),
        "{night:?}"
    );
    let second = run(
        &company,
        port,
        SECOND,
        ["ok@x.test,lose_first_reply@x.test", "ok@x.test"],
        &hold,
    );
    assert_eq!(ended(&second), (0, true), "{:?}", second.troubles);
    assert_eq!(second.troubles, [""; 0]);
    assert_eq!(
        run(&company, port, FIRST, readers, &hold).exit_code,
        75,
        "its own night is not done"
    );

    let job = job_with(&company, &server, "lose_first_reply@x.test");
    let waiting = outbox::list(&job, false).unwrap();
    let states: Vec<_> = waiting
        .iter()
        .map(|entry| (entry.state, entry.as_of.to_string()))
        .collect();
    assert_eq!(
        states,
        [("ambiguous", FIRST.to_owned()), ("refused", FIRST.to_owned())]
    );
    assert!(standing(&job).unwrap().shown().contains("quietline outbox"));
    let [in_doubt, refused] = [waiting[0].id, waiting[1].id];
    let before = server.received().len();
    let said = outbox::send(&job, in_doubt, &world()).unwrap();
    assert!(said.contains("lose_first_reply@x.test went out"), "{said}");
    let received = server.received();
    let twins: Vec<_> = received
        .iter()
        .filter(|mail| mail.recipient == "lose_first_reply@x.test")
        .collect();
    assert_eq!(received.len(), before + 1);
    assert_eq!(twins[0].bytes, twins[2].bytes, "the identical bytes");

    let stranger = outbox::send(&job, refused, &world()).err().unwrap();
    assert!(stranger.to_string().contains("no longer names"), "{stranger}");
    outbox::drop(&job, refused, "she has left", &world()).unwrap();
    assert_eq!(
        outbox::drop(&job, refused, "again", &world())
            .err()
            .unwrap()
            .exit_code(),
        2
    );
    assert_eq!(outbox::list(&job, false).unwrap().len(), 0);
    let all = outbox::list(&job, true).unwrap();
    let given_up = all.iter().find(|entry| entry.id == refused).unwrap();
    assert_eq!(
        (given_up.state, given_up.reason.as_deref()),
        ("dropped", Some("she has left"))
    );
    assert_eq!(
        outbox::drop(&job, 99, "typo", &world())
            .err()
            .unwrap()
            .exit_code(),
        2
    );
}

#[test]
fn a_mail_that_waits_from_another_night_is_news_once() {
    let server = FaultServer::start(&[]);
    let port = server.address.port();
    let company = Company::new();
    let waits = [("mail.admins.cadence", "on_change")];
    let first = run(&company, port, FIRST, ["ok@x.test", "rcpt450@x.test"], &waits);
    assert_eq!(ended(&first), (75, false));
    // Nothing is new to administrators, so this night has no mail of its own to that address.
    let second = run(&company, port, SECOND, ["ok@x.test", "rcpt450@x.test"], &waits);
    assert_eq!(ended(&second), (0, true), "{:?}", second.troubles);
    let job = job_with(&company, &server, "ok@x.test");
    assert_eq!(outbox::list(&job, false).unwrap()[0].as_of.to_string(), FIRST);
}

#[test]
fn frozen_mail_follows_the_readers_of_the_job() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let server = FaultServer::start(&[]);
    let port = server.address.port();
    let company = Company::new();
    let down = run(
        &company,
        closed.port(),
        FIRST,
        ["ok@x.test", "wrong@elsewhere.test"],
        &[],
    );
    assert_eq!(down.exit_code, 69);
    let corrected = ["ok@x.test,new@x.test", "right@x.test"];
    let up = run(&company, port, FIRST, corrected, &[]);
    assert_eq!(ended(&up), (0, true));
    assert_eq!(
        up.troubles,
        [
            "the admin mail of 2026-10-01 to wrong@elsewhere.test is dropped: the job no longer names this recipient"
        ]
    );
    let received = server.received();
    let to: Vec<&str> = received.iter().map(|mail| mail.recipient.as_str()).collect();
    // Operators hear that the night had not reached anybody.
    assert_eq!(to, ["ok@x.test", "ops@x.test", "new@x.test", "right@x.test"]);
    let header = |index: usize| {
        let text = String::from_utf8_lossy(&received[index].bytes).into_owned();
        let line = text
            .lines()
            .find(|line| line.starts_with("To: "))
            .map(str::to_owned);
        (line.unwrap(), text)
    };
    assert_eq!(header(2).0, "To: ok@x.test, new@x.test");
    let (line, text) = header(3);
    assert!(
        line == "To: right@x.test" && !text.contains("elsewhere"),
        "{line}"
    );

    let later = run(
        &company,
        port,
        FIRST,
        ["ok@x.test,new@x.test,third@x.test", "right@x.test"],
        &[],
    );
    assert_eq!(
        (ended(&later), server.received().len()),
        ((0, true), 4),
        "sent is sent"
    );
}

#[test]
fn a_refused_address_that_is_corrected_gets_the_night_and_a_name_that_comes_back_too() {
    let server = FaultServer::start(&[]);
    let port = server.address.port();
    let company = Company::new();
    let refused = run(&company, port, FIRST, ["ok@x.test", "rcpt550@x.test"], &[]);
    assert_eq!(ended(&refused), (69, true));
    assert_eq!(
        ended(&run(&company, port, FIRST, ["ok@x.test", "rcpt450@x.test"], &[])),
        (75, false)
    );
    let back = run(&company, port, FIRST, ["ok@x.test", "ok@x.test"], &[]);
    assert_eq!(ended(&back), (0, true), "{:?}", back.troubles);
    let received = server.received();
    let to: Vec<&str> = received.iter().map(|mail| mail.recipient.as_str()).collect();
    assert_eq!(to, ["ok@x.test", "ops@x.test", "ok@x.test"]);
}

#[test]
fn bytes_of_mails_leave_with_the_retention_and_what_was_never_sent_is_given_up() {
    let server = FaultServer::start(&[]);
    let port = server.address.port();
    let company = Company::new();
    let short = [("retention.mail_days", "1")];
    run(&company, port, FIRST, ["ok@x.test", "rcpt450@x.test"], &short);
    let last = run(
        &company,
        port,
        "2026-10-03",
        ["ok@x.test", "ok2@x.test,rcpt450@x.test"],
        &short,
    );
    let told = last.troubles.join("\n");
    assert!(
        told.contains("the admin mail of 2026-10-01 to rcpt450@x.test is given up: not settled for 1 day"),
        "{told}"
    );
    let store = rusqlite::Connection::open(company.path("store/state.sqlite")).unwrap();
    let kept = |night: &str| -> Vec<(bool, bool)> {
        let sql = "SELECT length(bytes) > 0, length(digest) = 64 FROM outbox_messages WHERE as_of = ?1";
        let mut rows = store.prepare(sql).unwrap();
        let kept = rows
            .query_map([night], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap();
        kept.map(Result::unwrap).collect()
    };
    assert_eq!(kept(FIRST), [(false, true); 2]);
    assert_eq!(kept("2026-10-03"), [(true, true); 2]);
    let sent = server.received().len();
    let again = run(
        &company,
        port,
        FIRST,
        ["ok@x.test", "ok2@x.test,rcpt450@x.test"],
        &short,
    );
    assert_eq!(ended(&again), (0, true), "{:?}", again.troubles);
    assert_eq!(
        server.received().len(),
        sent,
        "the rows still say that it was sent"
    );
}

#[test]
fn the_greeting_bears_this_machines_name_or_the_jobs() {
    let server = FaultServer::start(&[]);
    let company = Company::new();
    let hello = [("mail.smtp.hello", "reports.example.com")];
    run(
        &company,
        server.address.port(),
        FIRST,
        ["ok@x.test", "ok@x.test"],
        &hello,
    );
    run(
        &company,
        server.address.port(),
        SECOND,
        ["ok@x.test", "ok@x.test"],
        &[],
    );
    let greetings = server
        .commands()
        .into_iter()
        .filter(|line| line.starts_with("EHLO"));
    let greetings: Vec<String> = greetings.collect();
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let named = match quietline::domain::is_domain(name.trim()) {
        true => format!("EHLO {}", name.trim()),
        false => "EHLO [127.0.0.1]".to_owned(),
    };
    assert_eq!(greetings, ["EHLO reports.example.com".to_owned(), named]);
}

#[test]
fn store_and_outbox_are_closed_to_others_or_refused() {
    use std::os::unix::fs::PermissionsExt;
    let company = Company::new();
    let open =
        |name: &str| fs::set_permissions(company.path(name), fs::Permissions::from_mode(0o777)).unwrap();
    let mode = |name: &str| fs::metadata(company.path(name)).unwrap().permissions().mode() & 0o777;
    for name in ["store", "outbox"] {
        fs::create_dir(company.path(name)).unwrap();
        open(name);
    }
    company.good(&[("job.as_of", "2026-10-15")]);
    assert_eq!((mode("store"), mode("outbox")), (0o700, 0o700));
    fs::write(company.path("store/holiday plans.txt"), "").unwrap();
    open("store");
    let failure = company.run(&[], &Options::default()).err().unwrap();
    let said = failure.to_string();
    assert!(
        failure.exit_code() == 73 && said.contains("chmod 700") && mode("store") == 0o777,
        "{said}"
    );
}
