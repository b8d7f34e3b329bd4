//! `quietline init`: from files to a first job and what it would say.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use quietline::synth::{CallShape, Mix, SynthOptions, generate};

use super::phones::{CALLS, Phones, Row, written};

/// What a portal tells of its users.
const USERS: [&str; 6] = [
    "extension",
    "login_name",
    "email",
    "first_name",
    "last_name",
    "kind",
];

const ACCOUNT: &str = "--yes --account 700100 --time-zone America/New_York";

/// In the folder, with these words and these lines on standard input.
fn init(folder: &Path, words: &[&str], answers: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_quietline"));
    let child = command
        .arg("init")
        .args(words)
        .env_clear()
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = child.unwrap();
    // It may have ended before it reads.
    let _ = child.stdin.take().unwrap().write_all(answers.as_bytes());
    child.wait_with_output().unwrap()
}

pub fn quietline(folder: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_quietline"))
        .args(words)
        .env_clear()
        .current_dir(folder)
        .output()
        .unwrap()
}

pub fn by_flags(folder: &Path, more: &[&str]) -> Output {
    let words: Vec<&str> = ACCOUNT.split(' ').chain(more.iter().copied()).collect();
    init(folder, &words, "")
}

pub fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

pub fn job(folder: &Path) -> String {
    fs::read_to_string(folder.join("quietline.toml")).unwrap()
}

pub fn all_fine(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{}{}", out(output), err(output));
    out(output)
}

/// Users and calls of sixteen phones, in these files.
pub fn phones_in(folder: &Path, users: &str, calls: &str) {
    let phones = Phones::named_by(&["user"]);
    for (name, headings, rows) in [
        (users, &USERS[..], &phones.lines),
        (calls, &CALLS[..], &phones.calls),
    ] {
        let file = folder.join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, written(headings, rows)).unwrap();
    }
}

#[test]
fn users_and_calls_alone_lead_to_a_report() {
    let folder = tempfile::tempdir().unwrap();
    phones_in(folder.path(), "exports/users.csv", "exports/calls-2026.csv");
    fs::write(
        folder.path().join("exports/Read me.txt"),
        "Ask Ines where the bill lies.\n",
    )
    .unwrap();
    let said = all_fine(&by_flags(folder.path(), &[]));
    for part in [
        "users.csv: the list of lines; found extension, login_name",
        "tier (prices)",
        "calls-2026.csv: calls; found id, direction, start",
        "Read me.txt: left alone: ",
        "written: quietline.toml",
        "mail: written to ",
        "2 idle",
        "2 idle lines without a price",
        "joined: ",
        "(100.00 %)",
        "days known",
        "next: quietline run quietline.toml --as-of 2026-10-16",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(job(folder.path()).contains("[sources.calls]\nfiles = [\"exports/calls-*.csv\"]\n"));
    // What it says comes next, does.
    let run = quietline(folder.path(), &["run", "quietline.toml", "--as-of", "2026-10-16"]);
    assert_eq!(run.status.code(), Some(0), "{}", err(&run));
    assert!(
        folder
            .path()
            .join("reports/quietline/2026-10-16/report.html")
            .is_file()
    );
}

#[test]
fn a_whole_company_in_either_shape_is_found_out() {
    for shape in [CallShape::Portal, CallShape::Reports] {
        let folder = tempfile::tempdir().unwrap();
        let exports = folder.path().join("exports");
        generate(&SynthOptions {
            lines: 24,
            days: 130,
            seed: 7,
            last_day: "2026-10-16".parse().unwrap(),
            time_zone: quietline::zones::named("America/New_York").unwrap(),
            shape,
            account_id: "700100".to_owned(),
            out: exports.clone(),
            mix: Mix::Office,
            gzip: shape == CallShape::Portal,
            faults: false,
        })
        .unwrap();
        for entry in fs::read_dir(&exports).unwrap() {
            let path = entry.unwrap().path();
            if path.file_name().unwrap().to_string_lossy().starts_with("truth") {
                fs::remove_file(path).unwrap();
            }
        }
        let said = all_fine(&by_flags(
            folder.path(),
            &["--finance", "cfo@example.test", "--admins", "it@example.test"],
        ));
        for part in [
            "the newest bill is",
            "joined: ",
            "idle money",
            "next: quietline run",
        ] {
            assert!(said.contains(part), "{part}: {said}");
        }
        let job = job(folder.path());
        for part in [
            "[sources.charges]",
            "[sources.contracts]",
            "to = [\"cfo@example.test\"]",
            "to = [\"it@example.test\"]",
        ] {
            assert!(job.contains(&format!("\n{part}")), "{part}: {job}");
        }
    }
}

#[test]
fn nothing_is_written_where_there_is_nothing_to_write_of() {
    let folder = tempfile::tempdir().unwrap();
    let output = by_flags(folder.path(), &[]);
    assert_eq!(output.status.code(), Some(69), "{}", err(&output));
    assert!(
        err(&output).contains("is a list of users or lines; nothing was written"),
        "{}",
        err(&output)
    );
    assert!(!folder.path().join("quietline.toml").exists());
    // Users alone are no report.
    phones_in(folder.path(), "users.csv", "calls.csv");
    fs::remove_file(folder.path().join("calls.csv")).unwrap();
    let output = by_flags(folder.path(), &[]);
    assert_eq!(output.status.code(), Some(69));
    assert!(
        err(&output).contains("is calls; nothing was written"),
        "{}",
        err(&output)
    );
    let output = by_flags(folder.path(), &["--exports", "not there"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(!folder.path().join("quietline.toml").exists());
}

#[test]
fn a_job_that_is_there_stays() {
    let folder = tempfile::tempdir().unwrap();
    phones_in(folder.path(), "users.csv", "calls.csv");
    fs::write(folder.path().join("quietline.toml"), "mine").unwrap();
    let output = by_flags(folder.path(), &[]);
    assert_eq!(output.status.code(), Some(73));
    assert!(
        err(&output).contains("quietline.toml is there already, and stays"),
        "{}",
        err(&output)
    );
    assert_eq!(job(folder.path()), "mine");
    all_fine(&by_flags(folder.path(), &["other.toml"]));
    assert!(folder.path().join("other.toml").is_file());
}

#[test]
fn folders_with_blanks_and_brackets_are_folders() {
    let folder = tempfile::tempdir().unwrap();
    phones_in(
        folder.path(),
        "My exports [Voice]/users (1).csv",
        "My exports [Voice]/calls [2026].csv",
    );
    let said = all_fine(&by_flags(
        folder.path(),
        &["--exports", "My exports [Voice]", "first job.toml"],
    ));
    assert!(
        said.contains("next: quietline run 'first job.toml' --as-of 2026-10-16"),
        "{said}"
    );
}

#[test]
fn headings_that_nobody_knows_are_told_and_can_be_mapped() {
    let folder = tempfile::tempdir().unwrap();
    phones_in(folder.path(), "users.csv", "calls.csv");
    let users = fs::read_to_string(folder.path().join("users.csv")).unwrap();
    fs::write(
        folder.path().join("users.csv"),
        users.replacen("extension,", "Nebenstelle,", 1),
    )
    .unwrap();
    let output = by_flags(folder.path(), &[]);
    assert_eq!(output.status.code(), Some(76), "{}", err(&output));
    let said = out(&output);
    assert!(said.contains("users.csv: most like the list of lines, and cannot be used yet; missing: extension; its headings: Nebenstelle"), "{said}");
    assert!(
        err(&output).contains("then: quietline check quietline.toml") || err(&output).contains("map"),
        "{}",
        err(&output)
    );
    let job = job(folder.path());
    let mapped = job.replace(
        "# map = { \"Nebenstelle\" = \"extension\" }",
        "map = { \"Nebenstelle\" = \"extension\" }",
    );
    assert_ne!(job, mapped);
    fs::write(folder.path().join("quietline.toml"), mapped).unwrap();
    let check = quietline(folder.path(), &["check", "quietline.toml"]);
    assert_eq!(check.status.code(), Some(0), "{}", err(&check));
}

#[test]
fn answers_may_come_by_standard_input() {
    let folder = tempfile::tempdir().unwrap();
    phones_in(folder.path(), "in/users.csv", "in/calls.csv");
    // A zone that is none is asked for again; the last but one takes what is proposed.
    let answers = "700100\nNew York\nAmerica/New_York\nin\n\ncfo@example.test, it@example.test\n";
    let output = init(folder.path(), &[], answers);
    all_fine(&output);
    let asked = err(&output);
    for part in [
        "Account id",
        "not an IANA time zone",
        "Folder with the exports [.]",
        "Bill and contracts",
        "Who gets the mail",
    ] {
        assert!(asked.contains(part), "{part}: {asked}");
    }
    let job = job(folder.path());
    assert!(job.contains("[mail.admins]\nto = [\"it@example.test\"]"), "{job}");
}

#[test]
fn without_answers_the_flags_are_named() {
    let folder = tempfile::tempdir().unwrap();
    phones_in(folder.path(), "users.csv", "calls.csv");
    for (words, answers) in [(&[][..], ""), (&["--yes"][..], ""), (&[][..], "700100\n")] {
        let output = init(folder.path(), words, answers);
        assert_eq!(output.status.code(), Some(2), "{words:?}: {}", err(&output));
        for flag in [
            "--yes",
            "--account",
            "--time-zone",
            "--exports",
            "--bills",
            "--finance",
            "--admins",
        ] {
            assert!(err(&output).contains(flag), "{flag}: {}", err(&output));
        }
        assert!(!folder.path().join("quietline.toml").exists());
    }
}

#[test]
fn a_bill_that_is_none_is_refused_before_anything_is_written() {
    let folder = tempfile::tempdir().unwrap();
    phones_in(folder.path(), "users.csv", "calls.csv");
    let output = by_flags(folder.path(), &["--bills", "users.csv"]);
    assert_eq!(output.status.code(), Some(76), "{}", err(&output));
    assert!(
        err(&output).contains("is neither a bill nor a list of contracts"),
        "{}",
        err(&output)
    );
    assert!(!folder.path().join("quietline.toml").exists());
}

#[test]
fn a_list_that_came_back_is_no_list_of_lines() {
    let folder = tempfile::tempdir().unwrap();
    phones_in(folder.path(), "users.csv", "calls.csv");
    let back: Row = super::phones::row([
        ("extension", "115"),
        ("email", "a@example.test"),
        ("tier", "premium"),
        ("decision", "keep"),
    ]);
    let headings = [
        "extension",
        "email",
        "tier",
        "term",
        "kind",
        "line_id",
        "decision",
        "owner",
    ];
    fs::write(folder.path().join("idle_seats.csv"), written(&headings, &[back])).unwrap();
    let said = all_fine(&by_flags(folder.path(), &[]));
    assert!(
        said.contains("idle_seats.csv: decisions; a first job does without them"),
        "{said}"
    );
    assert!(!job(folder.path()).contains("idle_seats"));
}

#[test]
fn a_night_that_would_be_held_names_what_would_release_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut phones = Phones::named_by(&["user"]);
    // Three more of sixteen fall silent on one day.
    let gone = ["ada.birch", "ben.cole", "cleo.dunn"];
    phones.calls.retain(|call| {
        call["start"].as_str() < "2026-06-01" || !gone.contains(&call["source_user"].as_str())
    });
    write_both(folder.path(), &phones);
    let said = all_fine(&by_flags(folder.path(), &[]));
    assert!(said.contains("such a night sends no figure"), "{said}");
    assert!(said.contains(" --as-of 2026-10-16 --accept-change "), "{said}");
}

#[test]
fn a_night_that_nothing_would_release_is_to_be_mended() {
    let folder = tempfile::tempdir().unwrap();
    let mut phones = Phones::named_by(&["user"]);
    // Another company's calls.
    for call in &mut phones.calls {
        let stranger = format!("other.{}", call["source_user"]);
        call.insert("source_user", stranger);
    }
    write_both(folder.path(), &phones);
    let said = all_fine(&by_flags(folder.path(), &[]));
    assert!(said.contains("next: quietline check quietline.toml"), "{said}");
    assert!(!said.contains("next: quietline run"), "{said}");
}

fn write_both(folder: &Path, phones: &Phones) {
    for (name, headings, rows) in [
        ("users.csv", &USERS[..], &phones.lines),
        ("calls.csv", &CALLS[..], &phones.calls),
    ] {
        fs::write(folder.join(name), written(headings, rows)).unwrap();
    }
}
