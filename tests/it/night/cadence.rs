//! When each audience hears of a night, and that a night without a mail is a night all the same.

use std::fs;

use quietline::domain::Audience;
use quietline::night::{Options, send};

use super::Company;
use super::company::world;

const ON_CHANGE: [(&str, &str); 2] = [
    ("mail.finance.cadence", "on_change"),
    ("mail.admins.cadence", "on_change"),
];

/// Runs one night by change, and the names of the mails that it added.
fn night(company: &Company, as_of: &str, set: &[(&str, &str)]) -> Vec<String> {
    let before = outbox(company);
    let mut all = ON_CHANGE.to_vec();
    all.extend(set);
    all.push(("job.as_of", as_of));
    let outcome = company.run(&all, &Options::default()).unwrap();
    assert_eq!(outcome.exit_code, 0, "{:?}", outcome.troubles);
    let mut after = outbox(company);
    after.retain(|name| !before.contains(name));
    after
}

fn outbox(company: &Company) -> Vec<String> {
    let files = fs::read_dir(company.path("outbox"));
    let mut names: Vec<String> = files
        .into_iter()
        .flatten()
        .map(|file| file.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

fn subject(company: &Company, name: &str) -> String {
    let mail = fs::read_to_string(company.path("outbox").join(name)).unwrap();
    let line = mail.lines().find(|line| line.starts_with("Subject: ")).unwrap();
    line.to_owned()
}

fn names(mails: &[String]) -> Vec<&str> {
    mails
        .iter()
        .map(|name| name.rsplit('-').next().unwrap())
        .collect()
}

#[test]
fn by_change_a_night_like_the_last_sends_nothing_and_is_reported_all_the_same() {
    let company = Company::new();
    asked_about_to_the_end(&company);
    assert_eq!(
        names(&night(&company, "2026-10-01", &[])),
        ["admin.eml", "finance.eml"]
    );
    assert_eq!(night(&company, "2026-10-02", &[]), [""; 0]);
    let report = company.report();
    assert!(report.contains_key("report.html") && !report.keys().any(|name| name.ends_with(".eml")));
    assert_eq!(
        night(&company, "2026-10-02", &[]),
        [""; 0],
        "the finished night again"
    );
    assert_eq!(company.report(), report);
    let redo = Options {
        redo: true,
        ..Options::default()
    };
    let mut set = ON_CHANGE.to_vec();
    set.push(("job.as_of", "2026-10-02"));
    company.run(&set, &redo).unwrap();
    assert!(company.path("reports/sample/2026-10-02.r2/report.html").exists());
    assert_eq!(
        outbox(&company).len(),
        2,
        "a redo that changes nothing tells nothing"
    );

    company.edit("sample_data/directory.csv", |text| {
        text.replacen(",active,", ",departed,", 1)
    });
    assert_eq!(
        names(&night(&company, "2026-10-03", &[])),
        ["admin.eml", "finance.eml"]
    );

    let heartbeat = [
        ("mail.finance.heartbeat_days", "2"),
        ("mail.finance.subject", "Idle phone lines"),
    ];
    let sent = night(&company, "2026-10-05", &heartbeat);
    assert_eq!(names(&sent), ["finance.eml"]);
    assert_eq!(subject(&company, &sent[0]), "Subject: Idle phone lines");
    let mail = fs::read_to_string(company.path("outbox").join(&sent[0])).unwrap();
    assert!(
        mail.contains("since the report of 2026-10-03") && mail.contains("Give notice by"),
        "{mail}"
    );
    assert!(!mail.contains("filename="), "a heartbeat carries no files");
    assert_eq!(night(&company, "2026-10-05", &heartbeat), [""; 0]);
}

/// Line 214 is asked about on each of these nights: by its silence alone its seat would be offered from the 5th on, which is news.
fn asked_about_to_the_end(company: &Company) {
    company.edit("sample_data/directory.csv", |text| {
        text.replace(
            "yann.morel@harbour-pine.example,active,,,2026-03-18",
            "yann.morel@harbour-pine.example,active,,,2026-09-28",
        )
    });
}

/// Contract HP-2026-A then wants its notice by 2026-10-18: 14 days after the mail of the night of the 3rd arrives.
fn notice_by_the_18th(company: &Company) {
    company.edit("sample_data/contracts.csv", |text| {
        text.replace(",true,60,", ",true,74,")
    });
}

#[test]
fn a_deadline_is_told_whatever_the_cadence_and_caught_up_when_its_night_was_missed() {
    let company = Company::new();
    notice_by_the_18th(&company);
    asked_about_to_the_end(&company);
    let set = [
        ("mail.finance.cadence", "weekly"),
        ("mail.finance.weekday", "sunday"),
        ("mail.admins.subject", "Phone lines"),
    ];
    assert_eq!(night(&company, "2026-10-01", &set).len(), 2);
    assert_eq!(night(&company, "2026-10-02", &set), [""; 0]);
    let sent = night(&company, "2026-10-04", &set);
    assert_eq!(names(&sent), ["admin.eml", "finance.eml"]);
    let [admin, finance] = [&sent[0], &sent[1]].map(|name| subject(&company, name));
    assert!(
        admin.starts_with("Subject: Phone lines: notice due in 13 days (2026-10-18), USD"),
        "{admin}"
    );
    assert!(
        finance.starts_with("Subject: quietline 2026-10-04: notice due in 13 days (2026-10-18)"),
        "{finance}"
    );
    assert_eq!(night(&company, "2026-10-05", &set), [""; 0], "told once");
}

#[test]
fn after_a_night_without_a_figure_finance_gets_the_next_one_though_nothing_changed() {
    let company = Company::new();
    night(&company, "2026-10-01", &[]);
    let lines = fs::read_to_string(company.path("sample_data/lines.csv")).unwrap();
    company.edit("sample_data/lines.csv", |text| {
        text.replacen("extension", "colour", 1)
    });
    let mut broken = ON_CHANGE.to_vec();
    broken.push(("job.as_of", "2026-10-02"));
    assert_eq!(
        company
            .run(&broken, &Options::default())
            .err()
            .unwrap()
            .exit_code(),
        76
    );
    company.edit("sample_data/lines.csv", |_| lines.clone());
    assert_eq!(names(&night(&company, "2026-10-02", &[])), ["finance.eml"]);
    assert_eq!(night(&company, "2026-10-03", &[]), [""; 0]);
}

/// Killed after the report's rename and before the transaction: the next run comes to the same mails.
#[test]
fn a_run_after_a_kill_comes_to_the_same_decision() {
    let company = Company::new();
    night(&company, "2026-10-01", &[]);
    let before = fs::read(company.path("store/state.sqlite")).unwrap();
    company.edit("sample_data/directory.csv", |text| {
        text.replacen(",active,", ",departed,", 1)
    });
    let sent = night(&company, "2026-10-02", &[]);
    let report = company.report();
    for mail in &sent {
        fs::remove_file(company.path("outbox").join(mail)).unwrap();
    }
    fs::write(company.path("store/state.sqlite"), before).unwrap();
    assert_eq!(night(&company, "2026-10-02", &[]), sent);
    assert_eq!(company.report(), report);
}

/// By hand, for the first time, when a newer one has been mailed.
#[test]
fn a_night_that_is_made_late_is_written_and_mailed_to_nobody() {
    let company = Company::new();
    let operators = ("mail.operators.to", "ops@example.test");
    company.good(&[("job.as_of", "2026-10-15")]);
    let (before, newest) = (outbox(&company), company.report());
    let late = [("job.as_of", "2026-10-14"), operators];
    let outcome = company.run(&late, &Options::default()).unwrap();
    assert_eq!((outcome.exit_code, outbox(&company)), (0, before.clone()));
    let told = outcome.troubles.join("\n");
    let words = "the report of 2026-10-14 is written and mailed to nobody: that of 2026-10-15 is newer. One reader gets it with \
                 `quietline send jobs/sample.toml --as-of 2026-10-14 --to ADDRESS`";
    assert_eq!(told, words);
    assert!(company.path("reports/sample/2026-10-14/report.html").exists());
    assert_eq!(company.report(), newest);

    let sent = send(
        &company.job(&late),
        Audience::Finance,
        "cfo@example.test",
        false,
        &world(),
    )
    .unwrap();
    assert!(
        sent.contains("the finance mail of 2026-10-14 went to cfo@example.test"),
        "{sent}"
    );

    // Without a figure, finance hears nothing of it either, and keeps the one it has.
    company.edit("sample_data/lines.csv", |text| text.replace("extension", "phone"));
    let before = outbox(&company);
    let stopped = company.run(&[("job.as_of", "2026-10-13"), operators], &Options::default());
    assert_eq!(stopped.err().unwrap().exit_code(), 76);
    let mut after = outbox(&company);
    after.retain(|name| !before.contains(name));
    assert!(after.iter().all(|name| name.contains("-operator.")), "{after:?}");
    assert_eq!(after.len(), 1);
    // The next night is one like every other.
    let stopped = company.run(&[operators], &Options::default());
    assert_eq!(stopped.err().unwrap().exit_code(), 76);
    assert_eq!(outbox(&company).len(), before.len() + 3);
}
