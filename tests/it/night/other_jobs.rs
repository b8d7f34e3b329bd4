//! Several names on one store: a renamed job is told, and what waits under another name has a way out.

use quietline::job::Job;
use quietline::night::{Options, night, outbox, standing};

use super::Company;
use super::company::world;
use crate::deliver::fault_server::FaultServer;

/// The job by a name, on a night, with finance at an address that gives no answer the first time.
fn named(company: &Company, server: &FaultServer, name: &str, as_of: &str) -> Job {
    let port = server.address.port().to_string();
    company.job(&[
        ("job.name", name),
        ("job.as_of", as_of),
        ("mail.transport", "smtp"),
        ("mail.smtp.host", "127.0.0.1"),
        ("mail.smtp.port", &port),
        ("mail.smtp.tls", "none"),
        ("mail.on_ambiguous", "hold"),
        ("mail.operators.to", "ops@x.test"),
        ("mail.finance.to", "lose_first_reply@x.test"),
        ("mail.admins.to", "rcpt450@x.test"),
    ])
}

#[test]
fn a_renamed_job_is_told_and_what_waits_under_its_old_name_is_shown_sent_and_dropped() {
    let (company, server) = (Company::new(), FaultServer::start(&[]));
    let first = night(
        &named(&company, &server, "sample", "2026-10-01"),
        &Options::default(),
        &world(),
    );
    assert_eq!(first.unwrap().exit_code, 75);

    let renamed = named(&company, &server, "telephones", "2026-10-05");
    let refused = night(&renamed, &Options::default(), &world()).err().unwrap();
    let said = refused.to_string();
    for words in [
        "no night of job telephones",
        "account 913874 under the name sample, up to 2026-10-01",
        "2 mails wait since 2026-10-01 there under the name sample",
        "set job.name back",
        "--begin-anew",
        "quietline outbox list jobs/sample.toml",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert_eq!(refused.exit_code(), 78);
    let shown = standing(&renamed).unwrap().shown();
    for words in [
        "under the name sample",
        "mail 2026-10-01 finance of job sample to lose_first_reply@x.test: ambiguous",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }

    let anew = Options {
        begin_anew: true,
        ..Options::default()
    };
    let begun = night(&renamed, &anew, &world()).unwrap();
    let told = begun.troubles.join("\n");
    let words = "2 mails wait since 2026-10-01 in this store under the name sample, and no job of that name has run since \
                 2026-10-01: `quietline outbox list jobs/sample.toml`";
    assert!(told.contains(words), "{told}");
    let of_old: Vec<_> = outbox::list(&renamed, false)
        .unwrap()
        .into_iter()
        .filter(|entry| entry.job == "sample")
        .collect();
    let states: Vec<_> = of_old.iter().map(|entry| entry.state).collect();
    assert_eq!(states, ["ambiguous", "pending"]);
    let sent = outbox::send(&renamed, of_old[0].id, &world()).unwrap();
    assert!(sent.contains("the finance mail of 2026-10-01"), "{sent}");
    outbox::drop(&renamed, of_old[1].id, "of the old name", &world()).unwrap();

    let next = night(
        &named(&company, &server, "telephones", "2026-10-06"),
        &Options::default(),
        &world(),
    );
    let told = next.unwrap().troubles.join("\n");
    assert!(!told.contains("sample,"), "{told}");
    let waiting = standing(&renamed).unwrap().waiting_mails;
    assert!(waiting.iter().all(|mail| mail.job == "telephones"));
}

/// What the message says is typed, word by word, and the night is made.
fn obeyed(company: &Company, set: &[(&str, &str)], advice: &str) {
    let words = advice.split("--begin-anew").nth(1).unwrap();
    let options = Options {
        begin_anew: true,
        redo: words.starts_with(" --redo") || words.starts_with(" (and --redo"),
        ..Options::default()
    };
    let outcome = night(&company.job(set), &options, &world()).unwrap_or_else(|failure| panic!("{failure}"));
    assert_eq!(outcome.exit_code, 0);
}

#[test]
fn a_new_beginning_is_made_with_the_words_that_the_message_names() {
    let company = Company::new();
    let of = |as_of, company: &Company, set: &[(&str, &str)]| {
        let mut all = vec![("job.as_of", as_of)];
        all.extend(set);
        night(&company.job(&all), &Options::default(), &world())
    };
    of("2026-10-14", &company, &[]).unwrap();
    of("2026-10-15", &company, &[]).unwrap();
    let database = company.path("store/state.sqlite");

    // Lost on the morning after: the report of the last night stands, with what was told since the one before.
    std::fs::remove_file(&database).unwrap();
    let lost = of("2026-10-15", &company, &[]).err().unwrap().to_string();
    assert!(lost.contains("run with --begin-anew --redo to"), "{lost}");
    obeyed(&company, &[("job.as_of", "2026-10-15")], &lost);
    assert!(company.path("reports/sample/2026-10-15.r2").exists());

    // Damaged, and before the night was made.
    std::fs::write(&database, "no database ".repeat(100)).unwrap();
    let damaged = of("2026-10-16", &company, &[]).err().unwrap().to_string();
    assert!(
        damaged.contains("move it away and run with --begin-anew"),
        "{damaged}"
    );
    std::fs::rename(&database, company.path("away")).unwrap();
    let lost = of("2026-10-16", &company, &[]).err().unwrap().to_string();
    assert!(lost.contains("run with --begin-anew to"), "{lost}");
    obeyed(&company, &[], &damaged);

    // By another name, where a report of it stands already, of another making.
    let named = [("job.name", "telephones")];
    std::fs::create_dir_all(company.path("reports/telephones/2026-10-16")).unwrap();
    let renamed = of("2026-10-16", &company, &named).err().unwrap().to_string();
    assert!(
        renamed.contains("run it once with --begin-anew --redo: it begins"),
        "{renamed}"
    );
    let alone = Options {
        begin_anew: true,
        ..Options::default()
    };
    let stands = night(&company.job(&named), &alone, &world()).err().unwrap();
    assert_eq!(stands.exit_code(), 73);
    let words = "run again with the same words and --redo";
    assert!(stands.to_string().contains(words), "{stands}");
    obeyed(&company, &named, &renamed);
}
