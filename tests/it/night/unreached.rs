//! Reports that did not reach everybody: recorded with their night, and told to operators once.

use quietline::night::{Options, outbox, standing};

use super::Company;
use super::company::world;
use super::outbox::{FIRST, SECOND, ended, job_with, run, run_with};
use crate::deliver::fault_server::{FaultServer, Received};

/// What the night's record says, and how many mails operators have had.
fn told(company: &Company, server: &FaultServer, night: &str) -> (Option<u8>, Option<String>, usize) {
    let standing = standing(&job_with(company, server, "ok@x.test")).unwrap();
    let night = standing.nights.iter().find(|run| run.as_of.to_string() == night);
    let night = night.unwrap();
    let to_operators = |mail: &&Received| mail.recipient == "ops@x.test";
    let mails = server.received().iter().filter(to_operators).count();
    (night.exit_code, night.reason.clone(), mails)
}

#[test]
fn a_report_that_does_not_reach_everybody_is_recorded_and_operators_hear_of_it_once() {
    let server = FaultServer::start(&[]);
    let port = server.address.port();
    let company = Company::new();
    let refused = ["rcpt550@x.test", "ok@x.test"];
    for night in [FIRST, SECOND] {
        assert_eq!(ended(&run(&company, port, night, refused, &[])), (69, true));
        let (code, reason, mails) = told(&company, &server, night);
        assert_eq!((code, mails), (Some(69), 1));
        assert!(reason.unwrap().contains("to rcpt550@x.test is refused"));
    }
    // Run again it sends nothing and is no good night either, until the refused mail is sent or given up.
    let sent = server.received().len();
    let again = run(&company, port, SECOND, refused, &[]);
    assert_eq!((ended(&again), server.received().len()), ((69, true), sent));
    let words = again.troubles.join("\n");
    assert!(words.contains("quietline outbox drop ID"), "{words}");
    assert_eq!(told(&company, &server, SECOND).0, Some(69));
    let job = job_with(&company, &server, "rcpt550@x.test");
    let of_the_first = &outbox::list(&job, false).unwrap()[0];
    outbox::drop(&job, of_the_first.id, "told her on the phone", &world()).unwrap();
    assert_eq!(ended(&run(&company, port, FIRST, refused, &[])), (0, true));
    assert_eq!(told(&company, &server, FIRST), (Some(0), None, 1));
    let corrected = ["ok@x.test", "ok@x.test"];
    assert_eq!(ended(&run(&company, port, SECOND, corrected, &[])), (0, true));
    assert_eq!(told(&company, &server, SECOND), (Some(0), None, 1));
    // After a night that reached everybody it is news again.
    assert_eq!(
        ended(&run(&company, port, "2026-10-05", refused, &[])),
        (69, true)
    );
    assert_eq!(told(&company, &server, "2026-10-05").2, 2);
}

#[test]
fn a_password_that_is_set_nowhere_is_a_trouble_of_its_nights_and_told_once_when_the_way_is_open() {
    let server = FaultServer::start(&[]);
    let port = server.address.port();
    let company = Company::new();
    let readers = ["ok@x.test", "ok@x.test"];
    let login = [
        ("mail.smtp.user", "reports"),
        ("mail.smtp.allow_plaintext", "true"),
        ("mail.smtp.password_env", "QUIETLINE_SET_NOWHERE"),
    ];
    for night in [FIRST, SECOND, SECOND] {
        assert_eq!(ended(&run(&company, port, night, readers, &login)), (77, false));
        let (code, reason, mails) = told(&company, &server, night);
        assert_eq!((code, mails), (Some(77), 0));
        assert!(reason.unwrap().contains("mail.smtp.user"));
    }
    let nights = standing(&job_with(&company, &server, "ok@x.test"))
        .unwrap()
        .nights;
    assert!(nights.iter().all(|night| night.status != "failed"), "{nights:?}");
    assert_eq!(run(&company, port, "2026-10-05", readers, &[]).exit_code, 0);
    assert_eq!(told(&company, &server, "2026-10-05"), (Some(0), None, 1));
}

#[test]
fn a_revision_that_reached_everybody_makes_up_for_one_that_did_not_and_later_nights_are_not_spoilt() {
    let server = FaultServer::start(&[]);
    let port = server.address.port();
    let company = Company::new();
    let readers = ["ok@x.test", "ok@x.test"];
    let refused = ["rcpt550@x.test", "ok@x.test"];
    assert_eq!(run(&company, port, FIRST, refused, &[]).exit_code, 69);
    let later = run(&company, port, SECOND, readers, &[]);
    assert_eq!((ended(&later), later.troubles), ((0, true), Vec::new()));
    assert_eq!(run(&company, port, FIRST, refused, &[]).exit_code, 69);

    let company = Company::new();
    assert_eq!(run(&company, port, FIRST, refused, &[]).exit_code, 69);
    let redo = Options {
        redo: true,
        ..Options::default()
    };
    let again = run_with(&company, port, FIRST, readers, &[], &redo);
    assert_eq!(ended(&again), (0, true));
    assert_eq!(ended(&run(&company, port, FIRST, readers, &[])), (0, true));
}
