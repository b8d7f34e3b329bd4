//! The whole way: from the API server to mail in a real Postfix. Switched on by `.ci/run`.

use std::ffi::OsString;
use std::fs;
use std::time::Duration;

use quietline::night::{Options, World, night};

use super::company::{ApiCompany, world};
use super::server::Manners;

fn var(name: &str) -> String {
    std::env::var(format!("QUIETLINE_POSTFIX_{name}")).unwrap()
}

fn secrets(name: &str) -> Option<OsString> {
    match name {
        "SMTP_PASSWORD" => Some(var("PASSWORD").into()),
        other => (world().environment)(other),
    }
}

#[test]
fn a_night_goes_from_the_api_to_the_readers_mailboxes() {
    if std::env::var_os("QUIETLINE_POSTFIX").is_none_or(|on| on != "1") {
        eprintln!("SKIPPED: needs a Postfix; run eval \"$(.ci/postfix/start.sh)\" first");
        return;
    }
    let company = ApiCompany::new(Manners {
        live: true,
        ..Manners::default()
    });
    let to = |name: &str| format!("{name}@{}", var("DOMAIN"));
    let (finance, admins) = (to("api-finance"), to("api-admins"));
    let (host, port, user, ca_file) = (var("HOST"), var("SUBMISSION_PORT"), var("USER"), var("CA_FILE"));
    let job = company.job(&[
        ("mail.transport", "smtp"),
        ("mail.from", &to("quietline")),
        ("mail.finance.to", &finance),
        ("mail.admins.to", &admins),
        ("mail.operators.to", &to("api-operators")),
        ("mail.smtp.host", &host),
        ("mail.smtp.port", &port),
        ("mail.smtp.user", &user),
        ("mail.smtp.ca_file", &ca_file),
    ]);
    let world = World {
        environment: secrets,
        ..world()
    };
    let outcome = night(&job, &Options::default(), &world).unwrap();
    assert!(
        outcome.drained && outcome.exit_code == 0,
        "{:?}",
        outcome.troubles
    );
    for recipient in [finance, admins] {
        let line = format!("Delivered-To: {recipient}\n");
        let arrived = (0..100).any(|_| {
            std::thread::sleep(Duration::from_millis(100));
            let files = fs::read_dir(var("MAIL_DIR")).into_iter().flatten().flatten();
            files
                .filter_map(|file| fs::read(file.path()).ok())
                .any(|mail| String::from_utf8_lossy(&mail).contains(&line))
        });
        assert!(arrived, "no mail for {recipient}");
    }
}
