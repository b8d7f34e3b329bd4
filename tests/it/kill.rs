//! Killed at any point and run again: the same report, and each mail once.

use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use crate::night::Company;

const BINARY: &str = env!("CARGO_BIN_EXE_quietline");

fn night_of(company: &Company, program: &str, before: &[String]) -> Command {
    let mut command = Command::new(program);
    command
        .args(before)
        .args(if program == BINARY { &[][..] } else { &[BINARY][..] })
        .args(["run", "jobs/sample.toml"])
        .current_dir(company.folder())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// Runs the night to its end and compares what it left with a night that nobody disturbed.
#[track_caller]
fn assert_whole(company: &Company, undisturbed: &Company, when: &str) {
    let status = night_of(company, BINARY, &[]).status().unwrap();
    assert!(status.success(), "the run after a kill {when} failed: {status}");
    assert!(
        company.report() == undisturbed.report(),
        "another report after a kill {when}"
    );
    assert_eq!(
        company.mails(),
        undisturbed.mails(),
        "another number of mails after a kill {when}"
    );
    let left = std::fs::read_dir(company.path("reports/sample")).unwrap();
    let hidden = left.filter(|entry| {
        entry
            .as_ref()
            .unwrap()
            .file_name()
            .to_string_lossy()
            .starts_with('.')
    });
    assert_eq!(hidden.count(), 0, "a half folder is left after a kill {when}");
}

#[test]
fn killed_again_and_again_the_night_still_ends_whole() {
    let undisturbed = Company::new();
    assert!(night_of(&undisturbed, BINARY, &[]).status().unwrap().success());
    let company = Company::new();
    for milliseconds in [40, 90, 160, 250, 400, 600, 900, 1400, 2000] {
        let mut child = night_of(&company, BINARY, &[]).spawn().unwrap();
        sleep(Duration::from_millis(milliseconds));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    assert_whole(&company, &undisturbed, "at nine moments");
}

#[test]
fn a_rebuild_that_is_killed_leaves_the_old_state_or_the_new() {
    let company = Company::new();
    assert!(night_of(&company, BINARY, &[]).status().unwrap().success());
    for milliseconds in [60, 150, 300, 500, 800, 1200] {
        let mut rebuild = night_of(&company, BINARY, &[]);
        let mut child = rebuild.arg("--rebuild").spawn().unwrap();
        sleep(Duration::from_millis(milliseconds));
        child.kill().unwrap();
        child.wait().unwrap();
        let plain = night_of(&company, BINARY, &[]).arg("--redo").status().unwrap();
        assert!(plain.success(), "a plain night after {milliseconds} ms: {plain}");
    }
    let lines = |folder: &str| std::fs::read(company.path("reports/sample").join(folder).join("lines.csv"));
    assert_eq!(lines("2026-10-16").unwrap(), lines("latest").unwrap());
}

/// Switched on by `.ci/run`, which installs strace: SIGKILL at the n-th of each system call that changes something.
#[test]
fn killed_at_any_system_call_that_changes_something_the_night_still_ends_whole() {
    if std::env::var_os("QUIETLINE_STRACE").is_none() {
        eprintln!("SKIPPED: set QUIETLINE_STRACE=1, with strace installed");
        return;
    }
    let undisturbed = Company::new();
    assert!(night_of(&undisturbed, BINARY, &[]).status().unwrap().success());
    for call in [
        "rename",
        "fsync",
        "mkdir",
        "unlink",
        "symlink",
        "ftruncate",
        "rmdir",
    ] {
        // Ever further apart, up to the call that the night no longer makes.
        let mut at = 1;
        loop {
            let company = Company::new();
            let inject = format!("inject={call}:signal=KILL:when={at}");
            let strace = ["-f", "-qq", "-o", "/dev/null", "-e", &inject].map(str::to_owned);
            let status = night_of(&company, "strace", &strace).status().unwrap();
            if status.success() {
                break;
            }
            assert_whole(&company, &undisturbed, &format!("at {call} {at}"));
            at = at * 2 + 1;
        }
    }
}

/// A share whose server gives no locks, of either sort: two runs could write at once there.
#[test]
fn a_store_where_nothing_can_be_locked_is_told() {
    if std::env::var_os("QUIETLINE_STRACE").is_none() {
        eprintln!("SKIPPED: set QUIETLINE_STRACE=1, with strace installed");
        return;
    }
    for call in ["flock", "fcntl"] {
        let company = Company::new();
        let inject = format!("inject={call}:error=ENOLCK");
        let strace = ["-f", "-qq", "-o", "/dev/null", "-e", &inject].map(str::to_owned);
        let mut night = night_of(&company, "strace", &strace);
        let said = night.stderr(Stdio::piped()).output().unwrap();
        let words = String::from_utf8_lossy(&said.stderr);
        assert_eq!(said.status.code(), Some(73), "{call}: {words}");
        assert!(
            words.contains("a share whose server gives no locks"),
            "{call}: {words}"
        );
        assert!(!words.contains("another"), "{call}: {words}");
    }
}

/// Killed between the report's rename and the run's end, and an export grows before the next run: nothing was mailed.
#[test]
fn a_report_that_was_never_mailed_is_replaced_when_its_inputs_change() {
    let company = Company::new();
    company.good(&[]);
    let before = company.report();
    let killed = rusqlite::Connection::open(company.path("store/state.sqlite")).unwrap();
    killed
        .execute_batch(
            "UPDATE runs SET status = 'running', ended_at = NULL, exit_code = NULL, report_digest = NULL;
             DELETE FROM outbox; DELETE FROM outbox_messages;",
        )
        .unwrap();
    drop(killed);
    company.edit("sample_data/directory.csv", |text| {
        text.replacen(",active,", ",departed,", 1)
    });
    company.good(&[]);
    assert!(company.report() != before);
    assert_eq!(company.mails(), 2);
}

#[test]
fn the_same_night_anywhere_gives_the_same_bytes() {
    let (here, there) = (Company::new(), Company::new());
    assert!(night_of(&here, BINARY, &[]).status().unwrap().success());
    let mut abroad = night_of(&there, BINARY, &[]);
    abroad
        .env("TZ", "Asia/Tokyo")
        .env("LANG", "de_DE.UTF-8")
        .env("LC_ALL", "de_DE.UTF-8")
        .env_remove("HOME");
    assert!(abroad.status().unwrap().success());
    assert!(here.report() == there.report());
}

#[test]
fn two_runs_never_overlap_and_success_is_silent() {
    let company = Company::new();
    let first = night_of(&company, BINARY, &[]).spawn().unwrap();
    let second = loop {
        let tried = Command::new(BINARY)
            .args(["run", "jobs/sample.toml"])
            .current_dir(company.folder())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        // The second may be the quicker one at the very start; then the first is the one that is told to wait.
        if Path::exists(&company.path("store/lock")) {
            break tried;
        }
    };
    let first = { first }.wait().unwrap();
    let codes = [first.code().unwrap(), second.status.code().unwrap()];
    assert!(
        codes == [0, 75] || codes == [75, 0] || codes == [0, 0],
        "{codes:?}"
    );
    if codes[1] == 0 {
        assert!(
            second.stdout.is_empty() && second.stderr.is_empty(),
            "success away from a terminal says nothing"
        );
    } else {
        assert!(String::from_utf8_lossy(&second.stderr).contains("another quietline run"));
    }
    assert_eq!(company.mails(), 2);
}
