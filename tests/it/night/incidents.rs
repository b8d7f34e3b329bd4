//! Nights without a figure: who hears of them, how often, and what is kept.

use std::fs;

use quietline::domain::{NightStatus, Verdict};
use quietline::night::{Options, explain, standing};

use super::Company;
use super::company::world;

const OPERATORS: (&str, &str) = ("mail.operators.to", "ops@example.test");
const FIRST: [(&str, &str); 2] = [OPERATORS, ("job.as_of", "2026-10-09")];

fn rebuild() -> Options {
    Options {
        rebuild: true,
        ..Options::default()
    }
}

fn redo() -> Options {
    Options {
        redo: true,
        ..Options::default()
    }
}

/// How many mails an audience was sent; the mark of an incident makes another audience of it.
fn mails_to(company: &Company, audience: &str) -> usize {
    let files = fs::read_dir(company.path("outbox")).unwrap();
    files
        .filter(|file| {
            let name = file.as_ref().unwrap().file_name();
            name.to_string_lossy().contains(audience)
        })
        .count()
}

fn everybody_leaves(company: &Company) {
    company.edit("sample_data/directory.csv", |text| {
        text.replace(",active,", ",departed,")
    });
}

/// The oldest day of which raw legs are in the store.
fn oldest_legs(company: &Company) -> String {
    let days = fs::read_dir(company.path("store/legs/913874")).unwrap();
    let names = days.map(|day| day.unwrap().file_name().to_string_lossy().into_owned());
    names.filter(|name| !name.starts_with('.')).min().unwrap()
}

#[test]
fn a_blocked_night_tells_operators_each_time_and_finance_once() {
    let company = Company::new();
    company.good(&FIRST);
    company.edit_calls(|text| text.replace("Answered", "Quantum").replace("answered", "quantum"));
    for as_of in ["2026-10-15", "2026-10-16", "2026-10-16"] {
        let blocked = company.good(&[OPERATORS, ("job.as_of", as_of)]);
        assert_eq!(blocked.status, NightStatus::Blocked);
    }
    assert_eq!(mails_to(&company, "-operator."), 2);
    assert_eq!(mails_to(&company, "-finance.incident"), 1);
    let mail = company.path("outbox/sample-2026-10-15-r1-finance.incident.eml");
    let mail = fs::read_to_string(mail).unwrap();
    for words in [
        "no figure tonight",
        "that of 2026-10-09 (USD ",
        " a month idle)",
        "changed their shape",
    ] {
        assert!(mail.contains(words), "{words} is not in {mail}");
    }
    assert!(mail.contains("List-Id: <finance.sample."), "{mail}");
    assert_eq!(mails_to(&company, "-admin"), 1, "only the good night's");
}

#[test]
fn another_incident_of_the_same_night_is_mailed_and_the_same_one_is_not() {
    let company = Company::new();
    company.good(&FIRST);
    everybody_leaves(&company);
    for _ in 0..2 {
        assert_eq!(company.good(&[OPERATORS]).status, NightStatus::Held);
        assert_eq!(mails_to(&company, "-operator."), 1);
        assert_eq!(mails_to(&company, "-finance.incident"), 0, "a held night waits");
    }
    company.edit_calls(|text| text.replace("Answered", "Quantum").replace("answered", "quantum"));
    assert_eq!(company.good(&[OPERATORS]).status, NightStatus::Blocked);
    assert_eq!(mails_to(&company, "-operator."), 2);
    assert_eq!(mails_to(&company, "-finance.incident"), 1);
}

#[test]
fn a_night_that_cannot_read_is_recorded_and_mailed_once() {
    let company = Company::new();
    company.good(&FIRST);
    let lines = fs::read_to_string(company.path("sample_data/lines.csv")).unwrap();
    company.edit("sample_data/lines.csv", |text| {
        text.replacen("extension", "colour", 1)
    });
    for _ in 0..2 {
        let failure = company.run(&[OPERATORS], &Options::default()).err().unwrap();
        assert_eq!(failure.exit_code(), 76);
    }
    assert_eq!(mails_to(&company, "-operator."), 1);
    assert_eq!(mails_to(&company, "-finance.incident"), 1);
    let night = &standing(&company.job(&[])).unwrap().nights[0];
    assert_eq!((night.status, night.exit_code), ("failed", Some(76)));
    assert!(night.reason.as_ref().unwrap().contains("extension"), "{night:?}");

    let reported = company.run(&FIRST, &Options::default()).err().unwrap();
    assert_eq!(reported.exit_code(), 76);
    assert_eq!(
        mails_to(&company, "-finance"),
        2,
        "its figure is with finance already"
    );

    company.edit("sample_data/lines.csv", |_| lines.clone());
    fs::remove_file(company.path("sample_data/charges.csv")).unwrap();
    let failure = company.run(&[OPERATORS], &Options::default()).err().unwrap();
    assert_eq!(failure.exit_code(), 69);
    assert_eq!(mails_to(&company, "-operator."), 3);
    assert_eq!(mails_to(&company, "-finance.incident"), 1, "one incident");
}

#[test]
fn a_night_that_cannot_write_its_report_is_failed_and_not_running() {
    let company = Company::new();
    fs::write(company.path("reports"), "a file in the way").unwrap();
    let failure = company.run(&[], &Options::default()).err().unwrap();
    let night = &standing(&company.job(&[])).unwrap().nights[0];
    assert_eq!(
        (night.status, night.exit_code),
        ("failed", Some(failure.exit_code()))
    );
    let typed = company
        .run(&[("job.as_of", "2026-10-30")], &Options::default())
        .err();
    assert_eq!(typed.unwrap().exit_code(), 2);
    assert_eq!(standing(&company.job(&[])).unwrap().nights.len(), 1);
}

#[test]
fn raw_legs_leave_on_a_held_night_and_after_a_rebuild() {
    let company = Company::new();
    company.good(&FIRST);
    company.run(&FIRST, &rebuild()).unwrap();
    let oldest = oldest_legs(&company);
    assert!(oldest.as_str() >= "2026-09-18", "{oldest} is left");
    assert!(company.path("store/usage/913874").exists());
    everybody_leaves(&company);
    assert_eq!(company.good(&[]).status, NightStatus::Held);
    let oldest = oldest_legs(&company);
    assert!(oldest.as_str() >= "2026-09-25", "{oldest} is left");
}

/// Without their legs, days that were joined with a stranger's lines would be known days without a call.
#[test]
fn a_night_with_strangers_lines_costs_no_calls() {
    let company = Company::new();
    let lines = fs::read_to_string(company.path("sample_data/lines.csv")).unwrap();
    company.edit("sample_data/lines.csv", super::broken::foreign);
    assert_eq!(company.good(&[]).status, NightStatus::Blocked);
    company.edit("sample_data/lines.csv", |_| lines.clone());
    let mended = company.good(&[]);
    let idle = |verdict| mended.accounts[0].count(verdict);
    assert_eq!(idle(Verdict::InUse), 31);
}

#[test]
fn lost_or_damaged_usage_is_an_error_and_not_silence() {
    let company = Company::new();
    company.good(&[]);
    let month = company.path("store/usage/913874/2026-10.parquet");
    fs::write(&month, "not Parquet").unwrap();
    let dry = Options {
        dry_run: true,
        ..Options::default()
    };
    let damaged = company.run(&[], &dry).err().unwrap();
    assert_eq!(damaged.exit_code(), 74, "{damaged}");
    let real = month.canonicalize().unwrap();
    assert!(damaged.to_string().contains(real.to_str().unwrap()), "{damaged}");

    fs::remove_dir_all(company.path("store/usage")).unwrap();
    let lost = company.run(&[], &redo()).err().unwrap();
    assert_eq!(lost.exit_code(), 74);
    assert!(lost.to_string().contains("--rebuild"), "{lost}");
    let rebuilt = company
        .run(
            &[],
            &Options {
                redo: true,
                ..rebuild()
            },
        )
        .unwrap();
    let statement = rebuilt.statement.unwrap();
    assert_eq!(statement.accounts[0].count(Verdict::InUse), 31);
}

#[test]
fn explain_says_first_that_the_night_is_held() {
    let company = Company::new();
    company.good(&FIRST);
    let released = explain(&company.job(&FIRST), "134", &world()).unwrap();
    assert!(released.starts_with("line "), "{released}");
    everybody_leaves(&company);
    let held = explain(&company.job(&[]), "134", &world()).unwrap();
    assert!(
        held.starts_with("the night of 2026-10-16 is held;") && held.contains("\n  G4 held: "),
        "{held}"
    );
}
