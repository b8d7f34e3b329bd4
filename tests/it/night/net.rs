//! The net under the night: whatever ends it is recorded, mailed once, and shown.

use std::ffi::OsString;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output};

use chrono::{DateTime, NaiveDate, Utc};
use quietline::failure::{ExitKind, Failure};
use quietline::night::{Options, World, explain, night, outbox, standing, without_a_clock};
use quietline::record::Store;

use super::Company;
use super::company::world;

const OPERATORS: (&str, &str) = ("mail.operators.to", "ops@example.test");

fn operators_mails(company: &Company) -> Vec<String> {
    let Ok(files) = fs::read_dir(company.path("outbox")) else {
        return Vec::new();
    };
    let mut mails: Vec<String> = files
        .map(|file| file.unwrap().path())
        .filter(|path| path.to_string_lossy().contains("-operator."))
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    mails.sort();
    mails
}

fn status_of(company: &Company) -> String {
    standing(&company.job(&[])).unwrap().shown()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The night looks up where its post goes while it renders.
fn faulty(name: &str) -> Option<OsString> {
    assert_ne!(name, "WEBHOOK_URL", "a fault in the middle of the night");
    std::env::var_os(name)
}

#[test]
fn a_fault_of_the_program_is_recorded_and_mailed_once() {
    let company = Company::new();
    let variable = ("webhook.url_env", "WEBHOOK_URL");
    for _ in 0..2 {
        let world = World {
            environment: faulty,
            ..world()
        };
        let job = company.job(&[OPERATORS, variable]);
        let failure = night(&job, &Options::default(), &world).err().unwrap();
        assert_eq!(failure.exit_code(), 101, "{failure}");
    }
    let mails = operators_mails(&company);
    assert_eq!(mails.len(), 1);
    assert!(
        mails[0].contains("a fault in the middle of the night"),
        "{}",
        mails[0]
    );
    let last = &standing(&company.job(&[])).unwrap().nights[0];
    assert_eq!((last.status, last.exit_code), ("failed", Some(101)));
    assert!(
        last.reason.as_ref().unwrap().contains("in the middle"),
        "{last:?}"
    );
    let good = company.run(&[OPERATORS], &Options::default()).unwrap();
    assert_eq!(good.exit_code, 0);
    assert_eq!(operators_mails(&company).len(), 1);
}

#[test]
fn a_store_that_cannot_be_opened_is_mailed_past_it_once() {
    let company = Company::new();
    company.good(&[("job.as_of", "2026-10-09")]);
    let database = company.path("store/state.sqlite");
    let whole = fs::read(&database).unwrap();
    fs::write(&database, "no database at all, ".repeat(60)).unwrap();
    let by_finance = company.mails();
    for _ in 0..2 {
        let failure = company.run(&[OPERATORS], &Options::default()).err().unwrap();
        assert_eq!(failure.exit_code(), 74, "{failure}");
    }
    let mails = operators_mails(&company);
    assert_eq!(mails.len(), 1);
    assert!(mails[0].contains("file is damaged"), "{}", mails[0]);
    company
        .run(&[OPERATORS, ("job.as_of", "2026-10-15")], &Options::default())
        .err()
        .unwrap();
    assert_eq!(operators_mails(&company).len(), 2, "another night");
    assert_eq!(
        company.mails(),
        by_finance + 2,
        "finance has nothing to do with it"
    );

    // Restored, the record has what could not be written there.
    fs::write(&database, whole).unwrap();
    let told = |shown: &str| {
        for night in ["2026-10-15", "2026-10-16"] {
            let row = format!("{night}  failed (exit 74): the state store ");
            assert_eq!(shown.matches(&row).count(), 1, "{shown}");
        }
    };
    told(&status_of(&company));
    company.good(&[OPERATORS]);
    told(&status_of(&company));
    assert!(!company.path("store/unrecorded.json").exists());
    assert_eq!(operators_mails(&company).len(), 2, "told before");
}

/// Each command that only looks.
fn told_of_the_store(company: &Company) -> Vec<String> {
    let job = company.job(&[]);
    let dry = Options {
        dry_run: true,
        ..Options::default()
    };
    let failures = [
        standing(&job).err(),
        outbox::list(&job, false).err(),
        explain(&job, "101", &world()).err(),
        night(&job, &dry, &world()).err(),
    ];
    let told = failures.map(|failure| {
        let failure = failure.unwrap();
        assert_eq!(failure.exit_code(), 74, "{failure}");
        failure.to_string()
    });
    told.to_vec()
}

#[test]
fn whoever_looks_into_a_store_that_is_none_is_told_so() {
    let company = Company::new();
    company.good(&[("job.as_of", "2026-10-09")]);
    let database = company.path("store/state.sqlite");
    for (bytes, says) in [("", "is empty"), (&"no database ".repeat(100), "is damaged")] {
        fs::write(&database, bytes).unwrap();
        for told in told_of_the_store(&company) {
            let named = format!("the state store {}", database.display());
            assert!(told.contains(&named) && told.contains(says), "{told}");
        }
    }
}

#[test]
fn a_disk_that_refuses_is_told_with_its_reason_not_as_a_kill() {
    let company = Company::new();
    company.good(&[("job.as_of", "2026-10-09")]);
    let job = "[mail.operators]\nto = [\"ops@example.test\"]\n";
    company.edit("jobs/sample.toml", |text| format!("{text}\n{job}"));
    // The store cannot grow by what the night and the mail about it would add.
    let size = fs::metadata(company.path("store/state.sqlite")).unwrap().len();
    let limit = format!("ulimit -f {};", size / 512);
    let output = run(&company, &limit, "jobs/sample.toml --as-of 2026-10-15");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(74), "{said}");
    assert!(company.path("store/unrecorded.json").exists(), "{said}");
    let row = "2026-10-15  failed (exit 74): ";
    let told = |shown: &str| {
        assert_eq!(shown.matches(row).count(), 1, "{shown}");
        assert!(!shown.contains("killed") && !shown.contains("running"), "{shown}");
    };
    told(&status_of(&company));
    company.good(&[]);
    told(&status_of(&company));
    assert_eq!(operators_mails(&company).len(), 1);
}

#[test]
fn the_third_night_in_a_row_that_is_turned_away_is_told() {
    let company = Company::new();
    company.good(&[("job.as_of", "2026-10-09")]);
    let held = Store::open(&company.path("store")).unwrap();
    for (as_of, mails) in [
        ("2026-10-12", 0),
        ("2026-10-13", 0),
        ("2026-10-13", 0),
        ("2026-10-14", 1),
        ("2026-10-15", 1),
    ] {
        let set = [OPERATORS, ("job.as_of", as_of)];
        let failure = company.run(&set, &Options::default()).err().unwrap();
        assert_eq!(failure.exit_code(), 75);
        assert_eq!(operators_mails(&company).len(), mails, "{as_of}");
    }
    let told = "told to try later (exit 75): 4 in a row, 2026-10-12 to 2026-10-15";
    assert!(status_of(&company).contains(told), "{}", status_of(&company));
    drop(held);
    company.good(&[OPERATORS]);
    assert!(
        !status_of(&company).contains("try later"),
        "{}",
        status_of(&company)
    );
}

#[test]
fn a_run_that_ended_without_a_word_is_told_by_the_next() {
    let company = Company::new();
    company.good(&[("job.as_of", "2026-10-09")]);
    let leave_open = |as_of: &str| {
        let store = Store::open(&company.path("store")).unwrap();
        let tables = store.tables();
        tables
            .begin_night("sample", day(as_of), DateTime::UNIX_EPOCH)
            .unwrap();
    };
    leave_open("2026-10-15");
    company.good(&[OPERATORS, ("job.as_of", "2026-10-15")]);
    assert!(operators_mails(&company).is_empty(), "it was made up for");
    leave_open("2026-10-14");
    company.good(&[OPERATORS]);
    let mails = operators_mails(&company);
    assert_eq!(mails.len(), 1);
    assert!(mails[0].contains("ran out of memory"), "{}", mails[0]);
    let shown = status_of(&company);
    assert!(
        shown.contains("2026-10-14  failed: the run was killed"),
        "{shown}"
    );
    company.run(&[OPERATORS], &Options::default()).unwrap();
    assert_eq!(operators_mails(&company).len(), 1);
}

#[test]
fn a_wrong_clock_is_recorded_each_night_and_mailed_once_until_a_night_is_reported() {
    let company = Company::new();
    company.edit("jobs/sample.toml", |text| {
        let kept = text.lines().filter(|row| !row.starts_with("as_of"));
        kept.map(|row| format!("{row}\n")).collect()
    });
    let job = company.job(&[OPERATORS]);
    let at = |now: &str| World {
        now: now.parse::<DateTime<Utc>>().unwrap(),
        ..world()
    };
    let unattended = |now: &str| night(&job, &Options::default(), &at(now));
    unattended("2026-10-16T09:00:00Z").unwrap();
    for (now, yesterday) in [
        ("2026-10-13T09:00:00Z", "2026-10-12"),
        ("2026-10-14T09:00:00Z", "2026-10-13"),
    ] {
        let failure = unattended(now).err().unwrap();
        assert_eq!(failure.exit_code(), 2, "{failure}");
        let shown = status_of(&company);
        let row = format!("{yesterday}  failed (exit 2): yesterday is {yesterday} by this machine's clock");
        assert!(shown.contains(&row), "{shown}");
        let mails = operators_mails(&company);
        assert_eq!(mails.len(), 1);
        assert!(mails[0].contains("clock is wrong"), "{}", mails[0]);
    }
    let none = Failure::of_the_clock(ExitKind::Failed, "the clock of this machine stands before 1970");
    without_a_clock(&job, &none, &at("1970-01-01T00:00:00Z"));
    assert!(status_of(&company).contains("failed (exit 1): the clock of this machine stands before 1970"));
    assert_eq!(operators_mails(&company).len(), 1, "the same incident");
    // Words typed are seen by who typed them.
    let before = status_of(&company);
    let typed = company.job(&[OPERATORS, ("job.as_of", "2026-10-20")]);
    let failure = night(&typed, &Options::default(), &at("2026-10-16T09:00:00Z")).err();
    assert_eq!(failure.unwrap().exit_code(), 2);
    assert_eq!(
        (status_of(&company), operators_mails(&company).len()),
        (before, 1)
    );

    assert_eq!(unattended("2026-10-17T09:00:00Z").unwrap().exit_code, 0);
    unattended("2026-10-14T09:00:00Z").err().unwrap();
    assert_eq!(operators_mails(&company).len(), 2, "another incident");
}

fn run(company: &Company, before: &str, job: &str) -> Output {
    let binary = env!("CARGO_BIN_EXE_quietline");
    Command::new("sh")
        .args(["-c", &format!("{before} exec {binary} run {job}")])
        .current_dir(company.folder())
        .output()
        .unwrap()
}

#[test]
fn a_job_that_cannot_be_used_is_mailed_to_those_it_names() {
    let company = Company::new();
    let job = fs::read_to_string(company.path("jobs/sample.toml")).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let ping = format!("QUIETLINE_PING_URL=http://{}/x", listener.local_addr().unwrap());
    let heard = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 1_024];
        let read = stream.read(&mut request).unwrap();
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            .unwrap();
        String::from_utf8_lossy(&request[..read]).into_owned()
    });
    let job = format!("{job}\n[mail.operators]\nto = [\"ops@example.test\"]\n");
    let (no_toml, unknown_key) = ("window_days = ninety", "window_dayz = 90");
    for (slip, says, before) in [
        (no_toml, "line ", format!("export {ping};")),
        (unknown_key, "window_dayz", String::new()),
    ] {
        let faulty = format!("{job}\n[scoring]\n{slip}\n");
        fs::write(company.path("jobs/faulty.toml"), faulty).unwrap();
        let output = run(&company, &before, "jobs/faulty.toml");
        assert_eq!(output.status.code(), Some(78));
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains(says), "{said}");
    }
    let mails = operators_mails(&company);
    assert_eq!(mails.len(), 1, "once a night, however it is mended");
    assert!(mails[0].contains("exit code 78"), "{}", mails[0]);
    assert!(heard.join().unwrap().starts_with("GET /x/78 "));
}

#[test]
fn a_limit_on_the_size_of_files_ends_in_words() {
    let company = Company::new();
    let output = run(&company, "ulimit -f 40;", "jobs/sample.toml");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        matches!(output.status.code(), Some(73 | 74)),
        "{:?}: {said}",
        output.status
    );
    assert!(
        said.starts_with("quietline: ") || said.contains("\nquietline: "),
        "{said}"
    );
    let store = fs::metadata(company.path("store")).unwrap();
    assert_eq!(store.permissions().mode() & 0o077, 0);
}

#[test]
fn a_night_that_was_reported_prints_its_stored_summary() {
    let company = Company::new();
    company.good(&[]);
    let job = company.path("jobs/sample.toml");
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_quietline"))
        .args(["run", "--json"])
        .arg(&job)
        .env_clear()
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{said}");
    let stored = std::fs::read_to_string(company.path("reports/sample/latest/summary.json")).unwrap();
    let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    assert_eq!(json(&said), json(&stored));
}
