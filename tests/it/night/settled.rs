//! What is stored, and how it leaves again: only a reported night leaves anything of its data; days can be read afresh; a
//! store that cannot be trusted says so.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use chrono::{DateTime, Utc};
use quietline::domain::{NightStatus, Statement, Verdict};
use quietline::failure::Failure;
use quietline::night::{Options, World, night};

use super::Company;
use super::company::world;

const EARLIER: [(&str, &str); 1] = [("job.as_of", "2026-10-09")];
const STOPPED: [(&str, &str); 1] = [("job.as_of", "2026-10-15")];

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (path, name) = entry.map(|entry| (entry.path(), entry.file_name())).unwrap();
        match path.is_dir() && !path.is_symlink() {
            true => copy_folder(&path, &to.join(name)),
            false if path.is_symlink() => {
                std::os::unix::fs::symlink(fs::read_link(&path).unwrap(), to.join(name)).unwrap();
            }
            false => drop(fs::copy(&path, to.join(name)).unwrap()),
        }
    }
}

/// The same company, with all that its nights have left so far.
fn twin(company: &Company) -> Company {
    let twin = Company::new();
    for folder in ["sample_data", "store", "reports", "outbox"] {
        fs::remove_dir_all(twin.path(folder)).ok();
        copy_folder(&company.path(folder), &twin.path(folder));
    }
    twin
}

/// The newest report but for its mails, which say that there was none for a night.
fn figures(company: &Company) -> BTreeMap<String, Vec<u8>> {
    let mut files = company.report();
    files.retain(|name, _| !name.ends_with(".eml"));
    files
}

fn refused(outcome: Result<quietline::night::Outcome, Failure>, code: u8, words: &[&str]) {
    let failure = outcome.err().expect("the night was refused");
    let text = failure.to_string();
    assert_eq!(failure.exit_code(), code, "{text}");
    for words in words {
        assert!(text.contains(words), "no `{words}` in: {text}");
    }
}

fn rebuild() -> Options {
    Options {
        rebuild: true,
        ..Options::default()
    }
}

fn refetch(from: &str) -> Options {
    Options {
        refetch: Some(from.parse().unwrap()),
        ..Options::default()
    }
}

pub fn line<'a>(statement: &'a Statement, extension: &str) -> &'a quietline::domain::ScoredLine {
    let lines = || statement.accounts[0].lines.iter();
    lines().find(|line| line.line.extension == extension).unwrap()
}

/// Rows of an export with another company's extension in place of every inside end, eight times over.
pub fn foreign(text: &str) -> String {
    let head: Vec<&str> = text.lines().next().unwrap().split(',').collect();
    let row = |at: usize, row: &str| {
        let cells = row.split(',').zip(&head).map(|(cell, name)| match *name {
            "id" => format!("foreign-{at}"),
            "source_extension" | "destination_extension" => "7001".to_owned(),
            "from" | "to" => "13125550100".to_owned(),
            name if name.contains("user") || name.contains("sip") => String::new(),
            _ => cell.to_owned(),
        });
        cells.collect::<Vec<_>>().join(",") + "\n"
    };
    let rows: Vec<&str> = text.lines().skip(1).collect();
    let many = rows.iter().cycle().take(8 * rows.len()).enumerate();
    let rows: String = many.map(|(at, text)| row(at, text)).collect();
    format!("{}\n{rows}", head.join(","))
}

fn without_every_second_line(text: &str) -> String {
    let keep = |row: &&str| {
        !(1..60)
            .step_by(2)
            .any(|at| row.contains(&format!(",{},", 100 + at)))
    };
    text.lines().filter(keep).map(|row| format!("{row}\n")).collect()
}

#[test]
fn a_night_without_a_report_leaves_the_next_as_if_it_had_never_been() {
    let base = Company::new();
    // The next nights find the older days of the base without their rows.
    base.good(&EARLIER);
    let undisturbed = twin(&base);
    assert!(undisturbed.good(&[]).status <= NightStatus::Warned);
    let wanted = figures(&undisturbed);
    let calls = "sample_data/calls";
    type Spoilt = (&'static str, fn(&Company));
    let spoil: [Spoilt; 4] = [
        ("a foreign file", |company| {
            for (month, name) in [("2026-10", "2026-98.csv.gz"), ("2026-09", "2026-99.csv.gz")] {
                let from = company.path(&format!("sample_data/calls/{month}.csv.gz"));
                fs::copy(from, company.path("sample_data/calls").join(name)).unwrap();
                company.edit_call_file(name, foreign);
            }
        }),
        ("thinned files", |company| {
            company.edit_calls(
                |text| match text.contains("2026-10-0") || text.contains("2026-09-1") {
                    true => without_every_second_line(text),
                    false => text.to_owned(),
                },
            );
        }),
        ("an empty file", |company| {
            fs::write(company.path("sample_data/calls/2026-99.csv"), "").unwrap();
            company.edit("jobs/sample.toml", |text| text.replace("*.csv.gz", "*.csv*"));
        }),
        ("another account's list", |company| {
            company.edit("sample_data/lines.csv", super::broken::foreign);
        }),
    ];
    for (what, spoil) in spoil {
        let company = twin(&base);
        let list = fs::read(company.path("sample_data/lines.csv")).unwrap();
        let job = fs::read(company.path("jobs/sample.toml")).unwrap();
        spoil(&company);
        // Twice: what the first such night stored must not make the second another.
        for as_of in ["2026-10-14", "2026-10-15"] {
            let stopped = company.run(&[("job.as_of", as_of)], &Options::default());
            let reported = stopped
                .ok()
                .and_then(|outcome| outcome.statement)
                .is_some_and(|statement| statement.status <= NightStatus::Warned);
            assert!(!reported, "{what} was reported from");
        }
        fs::remove_dir_all(company.path(calls)).unwrap();
        copy_folder(&base.path(calls), &company.path(calls));
        fs::write(company.path("sample_data/lines.csv"), list).unwrap();
        fs::write(company.path("jobs/sample.toml"), job).unwrap();
        assert!(company.good(&[]).status <= NightStatus::Warned, "after {what}");
        let found = figures(&company);
        let differ: Vec<_> = found
            .iter()
            .filter(|(name, bytes)| wanted[*name] != **bytes)
            .map(|(name, _)| name)
            .collect();
        assert!(differ.is_empty(), "after {what}: {differ:?}");
    }
}

#[test]
fn days_are_read_again_whole_or_not_at_all() {
    let company = Company::new();
    // A stray export gives an idle line a call, and a night is reported from it.
    let stray = company.path("sample_data/calls/2026-99.csv.gz");
    fs::copy(company.path("sample_data/calls/2026-10.csv.gz"), &stray).unwrap();
    company.edit_call_file("2026-99.csv.gz", |text| {
        let head: Vec<&str> = text.lines().next().unwrap().split(',').collect();
        let at = |name: &str| head.iter().position(|cell| *cell == name).unwrap();
        let placed = |row: &&str| row.to_lowercase().contains("outbound") && row.contains("2026-10-06");
        let row = text.lines().find(placed).unwrap();
        let mut cells: Vec<String> = row.split(',').map(str::to_owned).collect();
        for name in ["source_user", "source_sip_id", "from"] {
            cells[at(name)] = String::new();
        }
        cells[at("id")] = "stray".into();
        cells[at("source_extension")] = "134".into();
        format!("{}\n{}\n", head.join(","), cells.join(","))
    });
    let poisoned = company.good(&[]);
    assert_eq!(line(&poisoned, "134").verdict, Verdict::InUse);
    fs::remove_file(&stray).unwrap();
    let redo = Options {
        redo: true,
        ..Options::default()
    };
    let still = company.run(&[], &redo).unwrap().statement.unwrap();
    assert_eq!(
        line(&still, "134").verdict,
        Verdict::InUse,
        "a reported night rests on it"
    );

    // Older exports are tidied away: they are not asked for, and a rebuild would lose them.
    for file in fs::read_dir(company.path("sample_data/calls")).unwrap() {
        let path = file.unwrap().path();
        if path.file_name().unwrap().to_str().unwrap() < "2026-09" {
            fs::remove_file(path).unwrap();
        }
    }
    let redo_of = |options| Options {
        redo: true,
        ..options
    };
    let lost = [
        "known days of account 913874 cannot be read again (",
        " to ",
        "--forget-days",
    ];
    refused(company.run(&[], &redo_of(rebuild())), 2, &lost);
    refused(company.run(&[], &redo_of(refetch("2026-08-01"))), 2, &lost[..1]);
    refused(
        company.run(&[], &refetch("2026-10-17")),
        2,
        &["--refetch 2026-10-17"],
    );
    let unchanged = company.run(&[], &redo).unwrap().statement.unwrap();
    assert_eq!(unchanged.accounts[0].lines, still.accounts[0].lines);

    let mended = company
        .run(&[], &redo_of(refetch("2026-10-01")))
        .unwrap()
        .statement
        .unwrap();
    assert_ne!(line(&mended, "134").verdict, Verdict::InUse);
    assert!(
        line(&mended, "101").activity.active_days_all > 100,
        "older days stand"
    );
    let forgetting = Options {
        forget_days: true,
        ..redo_of(rebuild())
    };
    let short = company.run(&[], &forgetting).unwrap().statement.unwrap();
    assert!(short.coverage[0].known_days < mended.coverage[0].known_days);
}

#[test]
fn usage_files_are_those_that_were_written() {
    let company = Company::new();
    company.good(&EARLIER);
    let month = |name: &str| company.path(&format!("store/usage/913874/{name}.parquet"));
    let whole = fs::read(month("2026-09")).unwrap();
    let damage: [(&str, Vec<u8>, &str); 3] = [
        (
            "2026-09",
            whole[..whole.len() / 2].to_vec(),
            "not those that were written",
        ),
        ("2026-08", whole.clone(), "not those that were written"),
        ("2027-01", whole.clone(), "state.sqlite does not know it"),
    ];
    for (name, bytes, words) in damage {
        let before = fs::read(month(name)).ok();
        fs::write(month(name), bytes).unwrap();
        refused(
            company.run(&[], &Options::default()),
            74,
            &[words, &format!("{name}.parquet"), "backup", "--rebuild"],
        );
        match before {
            Some(before) => fs::write(month(name), before).unwrap(),
            None => fs::remove_file(month(name)).unwrap(),
        }
    }
    company.good(&[]);
}

#[test]
fn a_lost_store_is_told_and_begun_anew_only_when_asked() {
    let company = Company::new();
    company.good(&EARLIER);
    let database = company.path("store/state.sqlite");
    let kept = fs::read(&database).unwrap();
    fs::remove_file(&database).unwrap();
    let words = ["state.sqlite", "its memory is lost", "backup", "--begin-anew"];
    refused(company.run(&[], &Options::default()), 74, &words);
    fs::write(&database, "").unwrap();
    company.edit_call_file("2026-10.csv.gz", without_every_second_line);
    refused(company.run(&[], &Options::default()), 74, &words);
    // Without usage beside it, the reports are the witness.
    let other = twin(&company);
    fs::remove_dir_all(other.path("store")).unwrap();
    refused(
        other.run(&[], &Options::default()),
        74,
        &["reports up to 2026-10-09"],
    );
    let anew = Options {
        begin_anew: true,
        ..Options::default()
    };
    assert!(company.run(&[], &anew).unwrap().statement.is_some());
    // An older state.sqlite beside newer usage is told as well.
    fs::write(&database, kept).unwrap();
    refused(
        company.run(&[("job.as_of", "2026-10-15")], &Options::default()),
        74,
        &["backup"],
    );
}

#[test]
fn a_clock_that_went_back_sends_no_old_night_as_new() {
    let company = Company::new();
    company.edit("jobs/sample.toml", |text| {
        text.lines()
            .filter(|row| !row.starts_with("as_of"))
            .map(|row| format!("{row}\n"))
            .collect()
    });
    let at = |now: &str| World {
        now: now.parse::<DateTime<Utc>>().unwrap(),
        ..world()
    };
    night(
        &company.job(&[]),
        &Options::default(),
        &at("2026-10-16T09:00:00Z"),
    )
    .unwrap();
    let mails = company.mails();
    let back = night(
        &company.job(&[]),
        &Options::default(),
        &at("2026-10-13T09:00:00Z"),
    );
    refused(
        back,
        2,
        &["2026-10-12", "2026-10-15", "the clock has gone back", "--as-of"],
    );
    assert_eq!(company.mails(), mails);
    company.good(&[("job.as_of", "2026-10-12")]);
}

#[test]
fn raw_calls_leave_on_a_failed_night_and_on_one_that_was_done() {
    let company = Company::new();
    company.good(&EARLIER);
    let oldest = || {
        let days = fs::read_dir(company.path("store/legs/913874")).unwrap();
        let names = days.map(|day| day.unwrap().file_name().to_string_lossy().into_owned());
        names.filter(|name| !name.starts_with('.')).min().unwrap()
    };
    let first = oldest();
    let charges = company.path("sample_data/charges.csv");
    let kept = fs::read(&charges).unwrap();
    fs::remove_file(&charges).unwrap();
    refused(company.run(&STOPPED, &Options::default()), 69, &["charges"]);
    assert!(
        oldest() > first && oldest().as_str() >= "2026-09-24",
        "{}",
        oldest()
    );
    // As a kill before the clearing up leaves it.
    fs::write(&charges, kept).unwrap();
    company.good(&STOPPED);
    let old = company.path("store/legs/913874/2026-09-01");
    copy_folder(&company.path("store/legs/913874").join(oldest()), &old);
    company.run(&STOPPED, &Options::default()).unwrap();
    assert!(!old.exists());
}
