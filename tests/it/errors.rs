//! The error directory: each folder of `tests/it/errors` holds a small bad input, and `said.snap` what is said of it and
//! the exit code. A folder may have `args` (the words typed; else `run job.toml`) and `env` (lines of NAME=value).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/errors");
    let mut cases: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    cases.sort();
    cases
}

/// Runs a copy, so that what a run writes does not stay in the checkout.
fn said_of(case: &Path) -> String {
    let place = tempfile::tempdir().unwrap();
    copy(case, place.path());
    let optional = |name: &str| fs::read_to_string(case.join(name)).ok();
    let args = optional("args").unwrap_or_else(|| "run job.toml".to_owned());
    let env = optional("env").unwrap_or_default();
    let output = Command::new(env!("CARGO_BIN_EXE_quietline"))
        .args(args.split_whitespace())
        .current_dir(place.path())
        .env_clear()
        .envs(env.lines().filter_map(|line| line.split_once('=')))
        .output()
        .unwrap();
    let text = |bytes: &[u8]| {
        let here = place.path().canonicalize().unwrap();
        String::from_utf8_lossy(bytes).replace(here.to_str().unwrap(), "[folder]")
    };
    format!(
        "$ quietline {}\n{}{}exit code: {}\n",
        args.trim(),
        text(&output.stdout),
        text(&output.stderr),
        output.status.code().unwrap()
    )
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir(&target).unwrap();
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn each_bad_input_has_its_words_and_its_exit_code() {
    let cases = cases();
    assert!(cases.len() >= 16, "the error directory has lost cases");
    for case in cases {
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(&case);
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        let said = said_of(&case);
        settings.bind(|| insta::assert_snapshot!("said", said));
    }
}
