//! Each stage of a delivery and what its failure leaves in the outbox.

use super::fault_server::FaultServer;
use super::mails::{JOB, built, drain, drain_to, identity, mail, now, only, settings, states, store_with};
use quietline::deliver::file::FolderDelivery;
use quietline::deliver::message::build;
use quietline::deliver::outbox::{self, OnAmbiguous, OperatorsWord, Outbox, State};
use quietline::deliver::smtp::{SmtpDelivery, SmtpSettings, check};
use quietline::deliver::{Delivery, Fate, Halted, Parcel, Secret, Tls};
use quietline::record::Store;
use std::net::TcpListener;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

#[test]
fn each_recipient_gets_a_transaction_and_each_answer_its_state() {
    let server = FaultServer::start(&[]);
    let (_folder, store) = store_with(&[
        "rcpt450@x.test",
        "rcpt550@x.test",
        "ok@x.test",
        "data421@x.test",
        "dot451@x.test",
        "dot552@x.test",
        "lose_reply@x.test",
        "fine@x.test",
    ]);
    let drained = drain_to(&store, server.address);
    let expected = [
        ("rcpt450@x.test", State::Pending),
        ("rcpt550@x.test", State::Refused),
        ("ok@x.test", State::Accepted),
        ("data421@x.test", State::Pending),
        ("dot451@x.test", State::Pending),
        ("dot552@x.test", State::Refused),
        ("lose_reply@x.test", State::Ambiguous),
        ("fine@x.test", State::Accepted),
    ];
    assert_eq!(
        states(&store),
        expected.map(|(recipient, state)| (recipient.to_owned(), state))
    );
    assert_eq!(
        (drained.accepted, drained.troubles.len(), drained.left),
        (2, 6, 4)
    );
    assert_eq!(drained.exit_code(), 75);
    let reasons: Vec<_> = drained
        .troubles
        .iter()
        .filter_map(|row| row.reason.clone())
        .collect();
    assert!(
        reasons[1].contains("RCPT TO") && reasons[1].contains("no such user"),
        "{reasons:?}"
    );
    assert!(
        reasons[4].contains("after DATA") && reasons[4].contains("mailbox full"),
        "{reasons:?}"
    );
    let transactions = server
        .commands()
        .iter()
        .filter(|line| line.starts_with("MAIL"))
        .count();
    assert_eq!(transactions, 8, "one recipient per transaction");
}

#[test]
fn what_arrives_is_what_was_frozen() {
    let server = FaultServer::start(&[]);
    let (_folder, store) = store_with(&["ok@x.test"]);
    drain_to(&store, server.address);
    let frozen = Outbox::new(store.connection())
        .bytes(&identity())
        .unwrap()
        .unwrap();
    assert_eq!(frozen, built(&["ok@x.test"]).bytes);
    let arrived = &server.received()[0].bytes;
    // The protocol's final dot stands on a line of its own, after a line end that is not the message's.
    assert_eq!(arrived.strip_suffix(b"\r\n"), Some(frozen.as_slice()));
}

#[test]
fn a_finished_night_sends_nothing_and_the_rest_goes_once() {
    let server = FaultServer::start(&[]);
    let (_folder, store) = store_with(&["ok@x.test", "rcpt550@x.test"]);
    let first = drain_to(&store, server.address);
    assert_eq!(
        (first.exit_code(), first.is_empty()),
        (69, true),
        "the refusal is reported by the run that met it"
    );
    let said = server.commands().len();
    for _ in 0..3 {
        let frozen = Outbox::new(store.connection())
            .freeze(&built(&["ok@x.test", "rcpt550@x.test"]), now())
            .unwrap();
        assert_eq!((frozen.added, frozen.differs), (0, false));
        let again = drain_to(&store, server.address);
        assert_eq!((again.accepted, again.exit_code()), (0, 0));
    }
    assert_eq!(server.commands().len(), said, "not even a connection");
    assert_eq!(server.received().len(), 1);
}

#[test]
fn bytes_frozen_first_stand_even_when_the_night_is_told_anew() {
    let (_folder, store) = store_with(&["ok@x.test"]);
    let mut other = mail(&["ok@x.test", "new@x.test"]);
    other.subject = "another figure".into();
    let outbox = Outbox::new(store.connection());
    let frozen = outbox.freeze(&build(&other).unwrap(), now()).unwrap();
    assert_eq!((frozen.added, frozen.differs), (1, true));
    assert_eq!(
        outbox.bytes(&identity()).unwrap().unwrap(),
        built(&["ok@x.test"]).bytes
    );
}

#[test]
fn a_lost_reply_sends_the_identical_bytes_again_and_only_there() {
    let server = FaultServer::start(&[]);
    let (_folder, store) = store_with(&["ok@x.test", "lose_first_reply@x.test"]);
    drain_to(&store, server.address);
    let second = drain_to(&store, server.address);
    assert_eq!((second.accepted, second.resent, second.exit_code()), (1, 1, 0));
    drain_to(&store, server.address);
    let twins: Vec<_> = server
        .received()
        .into_iter()
        .filter(|mail| mail.recipient == "lose_first_reply@x.test")
        .collect();
    assert_eq!(twins.len(), 2);
    assert_eq!(twins[0].bytes, twins[1].bytes, "Message-ID and Date included");
    assert_eq!(
        server.received().len(),
        3,
        "the recipient whose answer came got one"
    );
}

#[test]
fn held_mail_waits_for_the_operators_word() {
    let server = FaultServer::start(&[]);
    let (_folder, store) = store_with(&["lose_first_reply@x.test"]);
    drain_to(&store, server.address);
    let outbox = Outbox::new(store.connection());
    let mut delivery = SmtpDelivery::new(settings(server.address));
    let held = drain(&store, &mut delivery, OnAmbiguous::Hold);
    assert_eq!((held.accepted, held.left, held.exit_code()), (0, 1, 75));
    assert_eq!(server.received().len(), 1);
    let id = held.troubles[0].id;
    assert!(matches!(
        outbox.override_state(id + 1, OperatorsWord::Drop, "typo", now()),
        Err(outbox::Error::NoSuchRow(_))
    ));
    outbox
        .override_state(id, OperatorsWord::SendAgain, "not in the inbox", now())
        .unwrap();
    assert_eq!(drain(&store, &mut delivery, OnAmbiguous::Hold).accepted, 1);
}

#[test]
fn a_server_that_never_answers_gets_five_copies_at_most() {
    let server = FaultServer::start(&[]);
    let (_folder, store) = store_with(&["lose_reply@x.test"]);
    for _ in 0..8 {
        drain_to(&store, server.address);
    }
    assert_eq!(server.received().len(), 5);
    assert_eq!(only(&store).0, State::Ambiguous);
}

#[test]
fn a_connection_dropped_before_the_final_dot_is_no_delivery() {
    let server = FaultServer::start(&[]);
    let mut big = mail(&["drop_before_dot@x.test"]);
    big.attachments[0].bytes = vec![7; 24 << 20];
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    Outbox::new(store.connection())
        .freeze(&build(&big).unwrap(), now())
        .unwrap();
    drain_to(&store, server.address);
    let (state, reason) = only(&store);
    assert_eq!(state, State::Pending, "{reason}");
    assert_eq!(server.received(), []);
}

#[test]
fn an_answer_later_than_our_patience_leaves_a_doubt_and_an_answer_in_time_none() {
    let server = FaultServer::start(&[]);
    let (_folder, store) = store_with(&["slow@x.test"]);
    let impatient = SmtpSettings {
        final_reply_timeout: Duration::from_millis(200),
        ..settings(server.address)
    };
    drain(&store, &mut SmtpDelivery::new(impatient), OnAmbiguous::Resend);
    assert_eq!(only(&store).0, State::Ambiguous);
    let patient = SmtpSettings {
        command_timeout: Duration::from_millis(200),
        ..settings(server.address)
    };
    drain(&store, &mut SmtpDelivery::new(patient), OnAmbiguous::Resend);
    assert_eq!(
        only(&store).0,
        State::Accepted,
        "the long wait is for the final reply alone"
    );
}

#[test]
fn a_server_out_of_step_is_not_believed() {
    let server = FaultServer::start(&[]);
    let (_folder, store) = store_with(&["out_of_step@x.test"]);
    drain_to(&store, server.address);
    let (state, reason) = only(&store);
    assert!(
        state == State::Pending && reason.contains("DATA: out of step"),
        "{state:?} {reason}"
    );
}

#[test]
fn a_server_that_is_down_stops_the_drain_with_69_and_loses_nothing() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (_folder, store) = store_with(&["a@x.test", "b@x.test"]);
    let drained = drain_to(&store, address);
    assert_eq!((drained.exit_code(), drained.left), (69, 2));
    assert_eq!(
        states(&store)
            .iter()
            .filter(|(_, state)| *state == State::Pending)
            .count(),
        2
    );
    assert_eq!(check(&settings(address)).unwrap_err().exit_code(), 69);
}

#[test]
fn a_server_that_wants_a_login_keeps_the_mail_pending_with_77() {
    let server = FaultServer::start(&[]);
    let (_folder, store) = store_with(&["rcpt530@x.test", "ok@x.test"]);
    let drained = drain_to(&store, server.address);
    assert_eq!((drained.exit_code(), drained.left), (77, 2));
    assert_eq!(only_states(&store), [State::Pending, State::Pending]);
}

fn only_states(store: &Store) -> Vec<State> {
    states(store).into_iter().map(|(_, state)| state).collect()
}

#[test]
fn a_refused_password_is_77_tried_once_and_never_shown() {
    let server = FaultServer::start(&["AUTH PLAIN LOGIN"]);
    let with_user = SmtpSettings {
        user: Some("nightly".into()),
        password: Some(Secret::new("canary-pass")),
        ..settings(server.address)
    };
    let error = check(&with_user).unwrap_err();
    assert_eq!(error.exit_code(), 77);
    let tries: Vec<_> = server
        .commands()
        .into_iter()
        .filter(|line| line.starts_with("AUTH"))
        .collect();
    assert_eq!(tries.len(), 1, "a second try could lock the user out");
    let encoded = tries[0].rsplit(' ').next().unwrap();
    let shown = format!("{error} {error:?}");
    assert!(
        shown.contains("nightly") && shown.contains("no such credential: ***"),
        "{shown}"
    );
    assert!(!shown.contains("canary") && !shown.contains(encoded), "{shown}");
}

#[test]
fn without_starttls_nothing_is_said() {
    let server = FaultServer::start(&["AUTH PLAIN LOGIN"]);
    let (_folder, store) = store_with(&["ok@x.test"]);
    let protected = SmtpSettings {
        tls: Tls::Starttls,
        user: Some("nightly".into()),
        password: Some(Secret::new("canary-pass")),
        ..settings(server.address)
    };
    let drained = drain(&store, &mut SmtpDelivery::new(protected), OnAmbiguous::Resend);
    assert_eq!((drained.exit_code(), drained.left), (69, 1));
    assert!(
        server
            .commands()
            .iter()
            .all(|line| line.starts_with("EHLO") || line.starts_with("QUIT"))
    );
}

/// Dies between committing `inflight` and sending, as a kill would.
struct Dying;

impl Delivery for Dying {
    fn offer(
        &mut self,
        _: &Parcel<'_>,
        commit: &mut dyn FnMut() -> Result<(), outbox::Error>,
    ) -> Result<Fate, Halted> {
        commit()?;
        panic!("killed");
    }
}

#[test]
fn a_row_found_inflight_is_in_doubt_and_goes_by_the_policy() {
    let server = FaultServer::start(&[]);
    let (_folder, store) = store_with(&["ok@x.test"]);
    let died = catch_unwind(AssertUnwindSafe(|| {
        drain(&store, &mut Dying, OnAmbiguous::Resend)
    }));
    assert!(died.is_err());
    assert_eq!(only(&store).0, State::Inflight);
    let mut delivery = SmtpDelivery::new(settings(server.address));
    drain(&store, &mut delivery, OnAmbiguous::Hold);
    assert_eq!((only(&store).0, server.received().len()), (State::Ambiguous, 0));
    let resent = drain(&store, &mut delivery, OnAmbiguous::Resend);
    assert_eq!((resent.resent, resent.accepted), (1, 1));
}

#[test]
fn the_folder_delivery_writes_each_message_once_and_doubts_nothing() {
    let (folder, store) = store_with(&["a@x.test", "b@x.test"]);
    assert!(catch_unwind(AssertUnwindSafe(|| drain(&store, &mut Dying, OnAmbiguous::Hold))).is_err());
    let out = folder.path().join("outbox");
    let drained = drain(&store, &mut FolderDelivery::new(&out), OnAmbiguous::Hold);
    assert_eq!((drained.accepted, drained.resent, drained.exit_code()), (2, 0, 0));
    let written: Vec<_> = std::fs::read_dir(&out)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(written, ["nightly-2026-11-23-r1-finance.eml"]);
    assert_eq!(
        std::fs::read(out.join(&written[0])).unwrap(),
        built(&["a@x.test", "b@x.test"]).bytes
    );
}

#[test]
fn an_outbox_folder_that_cannot_be_written_stops_with_73_and_keeps_the_mail() {
    let (folder, store) = store_with(&["a@x.test"]);
    let blocked = folder.path().join("a file");
    std::fs::write(&blocked, "").unwrap();
    let drained = drain(&store, &mut FolderDelivery::new(&blocked), OnAmbiguous::Hold);
    assert_eq!((drained.exit_code(), only(&store).0), (73, State::Pending));
}

#[test]
fn forgotten_bytes_leave_the_night_sent() {
    let server = FaultServer::start(&[]);
    let (_folder, store) = store_with(&["ok@x.test"]);
    let outbox = Outbox::new(store.connection());
    let later = "2027-01-01".parse().unwrap();
    assert_eq!(outbox.forget_bytes(JOB, later).unwrap(), 0, "unsent bytes stay");
    drain_to(&store, server.address);
    assert_eq!(outbox.forget_bytes(JOB, later).unwrap(), 1);
    outbox.freeze(&built(&["ok@x.test"]), now()).unwrap();
    assert_eq!(drain_to(&store, server.address).accepted, 0);
    let id = outbox.rows("nightly").unwrap()[0].id;
    assert!(matches!(
        outbox.override_state(id, OperatorsWord::SendAgain, "", now()),
        Err(outbox::Error::Forgotten(_))
    ));
}
