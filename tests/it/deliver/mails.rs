//! The mails, stores and settings that the delivery tests share.

use chrono::{DateTime, Utc};
use quietline::deliver::message::{Attachment, Built, Identity, Mail, Party, build};
use quietline::deliver::outbox::{Drained, OnAmbiguous, Outbox, State};
use quietline::deliver::smtp::{SmtpDelivery, SmtpSettings};
use quietline::deliver::{Delivery, Tls};
use quietline::record::Store;
use std::net::SocketAddr;
use std::time::Duration;

pub const JOB: &str = "nightly";

pub fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_500_000, 0).unwrap()
}

pub fn identity() -> Identity {
    Identity {
        job: JOB.into(),
        as_of: "2026-11-23".parse().unwrap(),
        revision: 1,
        audience: "finance".into(),
    }
}

/// A mail with lines that begin with dots, names beyond ASCII, and an attachment of every byte value.
pub fn mail(recipients: &[&str]) -> Mail {
    let party = |name: &str, address: &str| Party {
        name: name.into(),
        address: address.into(),
    };
    Mail {
        identity: identity(),
        date: now(),
        from: party("quietline", "quietline@quietline.test"),
        to: recipients
            .iter()
            .map(|address| party("J\u{f6}rg \u{2603}", address))
            .collect(),
        reply_to: None,
        subject: "412.50 USD idle \u{2013} 3 lines".into(),
        text: ".\n..\nIdle: 3 lines\n".into(),
        html: "<p>Idle: 3 lines</p>\n.\n".into(),
        attachments: vec![Attachment {
            name: "report.xlsx".into(),
            content_type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet".into(),
            bytes: (0..=255).cycle().take(4_096).collect(),
        }],
    }
}

pub fn built(recipients: &[&str]) -> Built {
    build(&mail(recipients)).unwrap()
}

/// Plain SMTP to a server on this machine, with short patience.
pub fn settings(address: SocketAddr) -> SmtpSettings {
    SmtpSettings {
        host: address.ip().to_string(),
        port: address.port(),
        tls: Tls::None,
        user: None,
        password: None,
        tokens: None,
        ca_file: None,
        allow_plaintext: false,
        ehlo_name: "sender.test".into(),
        final_reply_timeout: Duration::from_secs(5),
        command_timeout: Duration::from_secs(5),
    }
}

/// A store with a mail frozen for `recipients`.
pub fn store_with(recipients: &[&str]) -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    Outbox::new(store.connection())
        .freeze(&built(recipients), now())
        .unwrap();
    (folder, store)
}

pub fn drain(store: &Store, delivery: &mut dyn Delivery, policy: OnAmbiguous) -> Drained {
    Outbox::new(store.connection())
        .drain(JOB, identity().as_of, delivery, policy, now())
        .unwrap()
}

pub fn drain_to(store: &Store, address: SocketAddr) -> Drained {
    drain(
        store,
        &mut SmtpDelivery::new(settings(address)),
        OnAmbiguous::Resend,
    )
}

/// Each recipient's state, in the order of freezing.
pub fn states(store: &Store) -> Vec<(String, State)> {
    let rows = Outbox::new(store.connection()).rows(JOB).unwrap();
    rows.into_iter().map(|row| (row.recipient, row.state)).collect()
}

/// The state of a store's only recipient, with the reason.
pub fn only(store: &Store) -> (State, String) {
    let mut rows = Outbox::new(store.connection()).rows(JOB).unwrap();
    assert_eq!(rows.len(), 1);
    let row = rows.remove(0);
    (row.state, row.reason.unwrap_or_default())
}
