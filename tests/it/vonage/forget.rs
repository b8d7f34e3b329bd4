//! A person of an account that the API feeds is forgotten: what Vonage sent goes too, whole or after a kill, and no count moves.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use quietline::domain::{ScoredLine, Statement, Verdict};
use quietline::night::forget;
use serde_json::{Value, json};

use super::company::{ApiCompany, world};
use super::server::Manners;
use crate::mutations::copy;
use crate::night::forget::{files_below, is_named_in};

const LOGIN: &str = "stefan.ito";
const BINARY: &str = env!("CARGO_BIN_EXE_quietline");

/// Files of store, reports and outbox in which the person stands, packed pages and days included.
fn naming(folder: &Path) -> Vec<PathBuf> {
    let kept = ["store", "reports", "outbox"].map(|name| folder.join(name));
    let mut files: Vec<PathBuf> = kept.iter().flat_map(|folder| files_below(folder)).collect();
    files.retain(|path| {
        let bytes = fs::read(path).unwrap();
        let bytes = match path.extension().is_some_and(|ending| ending == "zst") {
            true => zstd::decode_all(bytes.as_slice()).unwrap(),
            false => bytes,
        };
        is_named_in(&bytes)
    });
    files
}

/// Who has left is nobody's user any more, there and in the administrators' own tables.
fn leaves(company: &ApiCompany) {
    company.server.change(|server, _| {
        server.users.retain(|user| user["login_name"] != LOGIN);
        for extension in &mut server.extensions {
            if extension["user"]["login_name"] == LOGIN {
                extension["user"] = Value::Null;
            }
        }
    });
    for (file, words, kept) in [
        (
            "lines.csv",
            "stefan.ito,stefan.ito,stefan.ito@harbour-pine.example,Stefan,Ito",
            ",,,,",
        ),
        (
            "directory.csv",
            "stefan.ito@harbour-pine.example",
            "nobody.now@harbour-pine.example",
        ),
    ] {
        let text = fs::read_to_string(company.path(file)).unwrap();
        assert!(text.contains(words), "{file}");
        fs::write(company.path(file), text.replace(words, kept)).unwrap();
    }
}

fn lived() -> ApiCompany {
    let company = ApiCompany::new(Manners::default());
    for as_of in ["2026-10-14", "2026-10-15"] {
        company.good(&[("job.as_of", as_of)]);
    }
    company
}

fn counts(statement: &Statement) -> Vec<(String, quietline::domain::Activity, Verdict)> {
    let lines = statement.accounts[0].lines.iter();
    lines
        .map(|line| (line.line.line_id.clone(), line.activity.clone(), line.verdict))
        .collect()
}

#[test]
fn what_vonage_sent_of_a_person_goes_and_the_next_night_counts_the_same() {
    let (company, undisturbed) = (lived(), lived());
    // A pull that was killed half way leaves its pages.
    let window = company.path("store/raw/913874/calls/window");
    fs::create_dir_all(&window).unwrap();
    let page = json!({"total_items": 1, "_embedded": {"call_logs": [{"id": "x", "source_user": LOGIN}]}})
        .to_string();
    fs::write(
        window.join("0-00001.json.zst"),
        zstd::encode_all(page.as_bytes(), 3).unwrap(),
    )
    .unwrap();
    // What an account sent that no job names any more.
    copy(
        &company.path("store/raw/913874"),
        &company.path("store/raw/913000"),
    );
    let named = naming(company.folder());
    for part in [
        "/raw/913000/calls/days/",
        "/raw/913874/lines/lines.jsonl",
        "/raw/913874/calls/days/",
        "/raw/913874/calls/window/",
        "/legs/913874/",
        "/reports/api/2026-10-15/",
    ] {
        let is_named = |path: &PathBuf| path.to_string_lossy().contains(part);
        assert!(named.iter().any(is_named), "{part}: {named:#?}");
    }
    leaves(&company);
    leaves(&undisturbed);
    let job = company.job(&[]);
    let shown = forget(&job, LOGIN, false, &world()).unwrap().shown();
    for words in [
        "raw calls of account 913874",
        "what Vonage sent",
        "lines.csv: written without the person",
        "Vonage's own records",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    assert_eq!(naming(company.folder()), named, "looking changes nothing");
    let done = forget(&job, LOGIN, true, &world()).unwrap();
    assert!(done.remains.is_empty(), "{}", done.shown());
    assert_eq!(
        naming(company.folder()),
        Vec::<PathBuf>::new(),
        "{}",
        done.shown()
    );
    let again = forget(&job, LOGIN, true, &world()).err().unwrap();
    assert_eq!(again.exit_code(), 2, "nothing names them any more: {again}");
    let (after, same) = (company.good(&[]), undisturbed.good(&[]));
    assert_eq!((counts(&after), after.exit_code), (counts(&same), same.exit_code));
    // Somebody whom the administrators' mails name.
    let mut lines = after.accounts[0].lines.iter();
    let is_listed = |line: &&ScoredLine| line.verdict.is_waste() && line.line.login_name.is_some();
    let idle = lines.find(is_listed).unwrap().line.login_name.clone().unwrap();
    let done = forget(&job, &idle, true, &world()).unwrap();
    assert!(done.shown().contains("mail of 2026-10-15"), "{}", done.shown());
    assert!(done.remains.is_empty(), "{}", done.shown());
}

/// Begins to forget, and is killed as `before` has it, a command that runs another, or after so many milliseconds; true where
/// it came to its end.
fn killed(company: &ApiCompany, before: &[&str], milliseconds: Option<u64>) -> bool {
    let words = [before, &[BINARY, "forget", LOGIN, "api.toml", "--yes"]].concat();
    let mut child = Command::new(words[0])
        .args(&words[1..])
        .current_dir(company.folder())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    if let Some(milliseconds) = milliseconds {
        sleep(Duration::from_millis(milliseconds));
        child.kill().unwrap();
    }
    child.wait().unwrap().success()
}

/// Where it is killed, nights go on as if nobody had been forgotten, and a second run finishes it.
#[test]
fn killed_in_the_middle_it_is_safe_and_a_second_run_finishes_it() {
    let company = lived();
    leaves(&company);
    let kept = tempfile::tempdir().unwrap();
    copy(company.folder(), kept.path());
    let same = counts(&company.good(&[]));
    let assert_finishes = |when: &str| {
        assert_eq!(counts(&company.good(&[])), same, "the night after a kill {when}");
        let done = forget(&company.job(&[]), LOGIN, true, &world()).unwrap();
        assert!(done.remains.is_empty(), "after a kill {when}: {}", done.shown());
        assert_eq!(
            naming(company.folder()),
            Vec::<PathBuf>::new(),
            "after a kill {when}"
        );
    };
    let again = || {
        for folder in ["store", "reports", "outbox"] {
            fs::remove_dir_all(company.path(folder)).unwrap();
            copy(&kept.path().join(folder), &company.path(folder));
        }
    };
    for milliseconds in [150, 500, 1_200] {
        again();
        killed(&company, &[], Some(milliseconds));
        assert_finishes(&format!("after {milliseconds} ms"));
    }
    // Switched on by `.ci/run`, which installs strace: ever further apart, up to the call that is no longer made.
    if std::env::var_os("QUIETLINE_STRACE").is_none() {
        return;
    }
    for call in ["rename", "unlink", "fsync"] {
        for at in (0..).map(|power| 1 << power) {
            again();
            let inject = format!("inject={call}:signal=KILL:when={at}");
            if killed(
                &company,
                &["strace", "-f", "-qq", "-o", "/dev/null", "-e", &inject],
                None,
            ) {
                break;
            }
            assert_finishes(&format!("at {call} {at}"));
        }
    }
}
