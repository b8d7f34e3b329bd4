//! The commands from outside: help, `config show`, streams and exit codes.

use std::process::{Command, Output, Stdio};

const JOB: &str = r#"
[accounts."913874"]
name = "Example Ltd"
time_zone = "America/New_York"
[sources.lines]
files = "lines.csv"
[sources.calls]
files = ["calls/*.csv"]
[scoring]
window_days = 120
"#;

fn quietline(words: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_quietline"));
    command.args(words.split_whitespace()).env_clear();
    command
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn with_job(words: &str) -> (tempfile::TempDir, Command) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("quietline.toml"), JOB).unwrap();
    let mut command = quietline(words);
    command.current_dir(folder.path());
    (folder, command)
}

#[test]
fn help_is_in_plain_words_and_fits_a_terminal() {
    let commands = [
        "--help",
        "init -h",
        "run -h",
        "check -h",
        "explain -h",
        "backtest -h",
        "odds -h",
        "preview -h",
        "send -h",
        "status -h",
        "completions -h",
        "man -h",
        "export focus -h",
        "config show -h",
        "config default -h",
    ];
    let mut all = String::new();
    for words in commands {
        let output = quietline(words).output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        all += &format!("$ quietline {words}\n{}\n", stdout(&output));
    }
    let widest = all.lines().map(|line| line.chars().count()).max().unwrap();
    assert!(widest <= 120, "a line of {widest} characters");
    insta::assert_snapshot!(all);
}

#[test]
fn words_that_mean_nothing_exit_with_2() {
    for words in [
        "",
        "rnu",
        "run --set x",
        "run --as-of tomorrow",
        "explain",
        "odds",
        "odds 01x1",
        "odds 0101 --account 5",
        "export",
        "export focus --version 1.1",
        "preview --as-of 2026-10-16",
        "send",
        "send --to me",
        "send --to me@example.com --audience operators",
        "completions tcsh",
    ] {
        let (_folder, mut command) = with_job(words);
        let output = command.output().unwrap();
        assert_eq!(
            (output.status.code(), stdout(&output)),
            (Some(2), String::new()),
            "{words}"
        );
    }
}

#[test]
fn config_show_prints_every_setting_with_its_source() {
    let (_folder, mut command) = with_job("config show --set gates.mass_flag_lines=3");
    let output = command
        .env("QUIETLINE__RETENTION__RAW_DAYS", "30")
        .output()
        .unwrap();
    assert_eq!((output.status.code(), stderr(&output)), (Some(0), String::new()));
    insta::assert_snapshot!(stdout(&output));
}

#[test]
fn config_show_as_json_can_be_read_by_machines() {
    let (_folder, mut command) = with_job("config show --json");
    let settings: Vec<serde_json::Value> = serde_json::from_slice(&command.output().unwrap().stdout).unwrap();
    let window = serde_json::json!({
        "key": "scoring.window_days", "value": "120", "source": "quietline.toml, line 10",
    });
    assert!(settings.contains(&window), "{settings:?}");
}

#[test]
fn shells_and_man_get_their_pages_of_every_command() {
    let bash = stdout(&quietline("completions bash").output().unwrap());
    assert!(
        bash.contains("preview") && bash.contains("--accept-change"),
        "{bash}"
    );
    assert!(stdout(&quietline("man").output().unwrap()).contains(".TH quietline 1"));
    let folder = tempfile::tempdir().unwrap();
    let mut man = quietline("man --out pages");
    let output = man.current_dir(folder.path()).output().unwrap();
    assert_eq!((output.status.code(), stderr(&output)), (Some(0), String::new()));
    for page in ["quietline.1", "quietline-run.1", "quietline-export-focus.1"] {
        assert!(folder.path().join("pages").join(page).is_file(), "{page}");
    }
}

#[test]
fn the_job_can_be_named_by_a_variable() {
    let (folder, mut command) = with_job("config show");
    std::fs::rename(
        folder.path().join("quietline.toml"),
        folder.path().join("other.toml"),
    )
    .unwrap();
    let output = command.env("QUIETLINE_JOB", "other.toml").output().unwrap();
    assert!(
        stdout(&output).contains("# other.toml, line 10"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn json_logs_say_a_failure_as_one_line() {
    let (_folder, mut command) = with_job("config show --log-format json --set scoring.window_days=0");
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(78));
    let lines: Vec<serde_json::Value> = stderr(&output)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["fields"]["exit_code"], 78);
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let (_folder, mut command) = with_job("config show");
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), stderr(&output)), (Some(0), String::new()));
}

#[test]
fn synth_makes_a_job_that_can_be_read() {
    let (folder, mut command) = with_job("synth --out made --lines 5 --days 40 --plain");
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let shown = quietline("config show made/job.toml")
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert_eq!((shown.status.code(), stderr(&shown)), (Some(0), String::new()));
    let again = quietline("synth --out made")
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert_eq!(again.status.code(), Some(73), "{}", stderr(&again));
}

#[test]
fn check_tells_all_that_is_missing_at_once() {
    let (folder, mut check) = with_job("check");
    let job = format!(
        "{JOB}[sources.charges]\nfiles = [\"bill-*.csv\"]\n[sources.contracts]\nfiles = [\"contracts.csv\"]\n\
         [webhook]\nurl_env = \"QUIETLINE_TEST_HOOK\"\n"
    );
    std::fs::write(folder.path().join("quietline.toml"), job).unwrap();
    std::fs::write(folder.path().join("contracts.csv"), "a,b\n1,2\n").unwrap();
    let output = check.env("QUIETLINE_TEST_HOOK", "no address").output().unwrap();
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(69), "that of the first: {said}");
    let items: Vec<&str> = said.lines().filter(|line| line.starts_with("- ")).collect();
    assert!(
        said.contains(&format!("{} things stand in the way", items.len())),
        "{said}"
    );
    for named in ["lines.csv", "bill-*.csv", "contracts.csv", "calls", "webhook"] {
        assert_eq!(
            items.iter().filter(|item| item.contains(named)).count(),
            1,
            "{named}: {said}"
        );
    }
}

#[test]
fn the_manual_of_all_settings_needs_no_checkout() {
    let output = quietline("config default").output().unwrap();
    let manual = include_str!("../../jobs/nightly.toml");
    assert_eq!(
        (output.status.code(), stdout(&output).as_str()),
        (Some(0), manual)
    );
}

/// Names of files, cells that could not be used, names and what was typed: none of it may speak to the terminal.
#[test]
fn nothing_from_outside_reaches_a_terminal_but_text() {
    let (folder, _) = with_job("");
    let path = |name: &str| folder.path().join(name);
    std::fs::create_dir(path("calls")).unwrap();
    let calls = "call_id,start_time,direction,extension,from,to,result,duration_seconds\n\
                 c1,2026-10-01 10:00:00,outbound,1001,1001,+12125550100,Answered,60\n\
                 c2,2026-10-02 10:00:00,\u{1b}[2Joutbound,1001,1001,+12125550100,Answered,60\n";
    std::fs::write(path("calls/a\u{1b}[31m\nmail: forged.csv"), calls).unwrap();
    std::fs::write(
        path("lines.csv"),
        "extension,first_name,last_name,status\n1001,A\u{1b}]0;x\u{7}nn,\u{202e}Able\u{9b}2J,active\n1002,Bo,Able,active\n",
    )
    .unwrap();
    for words in [
        "check",
        "run --dry-run",
        "run --dry-run --json",
        "explain 1001",
        "explain able",
        "explain x\u{1b}[31my",
        "quarantine",
        "preview --dry-run",
        "status",
        "config show",
    ] {
        let output = quietline(words).current_dir(folder.path()).output().unwrap();
        let said = stdout(&output) + &stderr(&output);
        let raw = |letter: char| (letter.is_control() && letter != '\n') || letter == '\u{202e}';
        assert!(!said.contains(raw), "{words}: {said:?}");
        assert!(!said.contains("\nmail: forged"), "{words}: {said}");
        if ["check", "explain able"].contains(&words) {
            assert!(
                said.contains("forged") || said.contains("fits 2 lines"),
                "{words}: {said}"
            );
        }
    }
}
