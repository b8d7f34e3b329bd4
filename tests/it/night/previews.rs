//! A night looked at before its readers see it: nothing is sent, nothing is noted.

use std::fs;
use std::path::PathBuf;

use quietline::domain::Audience;
use quietline::night::{preview, send};

use super::Company;
use super::company::world;

fn names(files: &[PathBuf]) -> Vec<&str> {
    files
        .iter()
        .map(|file| file.file_name().unwrap().to_str().unwrap())
        .collect()
}

const ALL: [&str; 6] = [
    "report.html",
    "admin.html",
    "finance-mail.html",
    "finance-mail.txt",
    "admin-mail.html",
    "admin-mail.txt",
];

#[test]
fn the_last_report_is_shown_with_the_mails_that_were_sent() {
    let company = Company::new();
    let out = company.path("shown");
    let nothing = preview(&company.job(&[]), false, Some(&out), &world())
        .err()
        .unwrap();
    assert!(
        nothing.exit_code() == 2 && nothing.to_string().contains("--dry-run"),
        "{nothing}"
    );
    company.good(&[]);
    let shown = preview(&company.job(&[]), false, Some(&out), &world()).unwrap();
    assert_eq!(names(&shown.files), ALL);
    let again = preview(&company.job(&[]), false, Some(&out), &world())
        .err()
        .unwrap();
    assert!(
        again.exit_code() == 73 && again.to_string().contains("report.html is there already"),
        "{again}"
    );
    let own = company.path("own");
    fs::create_dir(&own).unwrap();
    fs::write(own.join("admin-mail.txt"), "mine").unwrap();
    std::os::unix::fs::symlink(company.path("nowhere"), own.join("admin.html")).unwrap();
    preview(&company.job(&[]), false, Some(&own), &world())
        .err()
        .unwrap();
    assert_eq!(fs::read(own.join("admin-mail.txt")).unwrap(), b"mine");
    assert_eq!(
        fs::read_dir(&own).unwrap().count(),
        2,
        "a part of a preview was written"
    );
    assert_eq!(
        fs::read(out.join("report.html")).unwrap(),
        company.report()["report.html"]
    );
    let text = fs::read_to_string(out.join("finance-mail.txt")).unwrap();
    assert!(text.contains("notice by 2026-11-01"), "{text}");
    let html = fs::read_to_string(out.join("admin-mail.html")).unwrap();
    assert!(
        html.trim_end().ends_with("</html>") && !html.contains("=3D"),
        "{html}"
    );

    let quiet = [
        ("mail.finance.cadence", "on_change"),
        ("mail.admins.cadence", "on_change"),
    ];
    let company = Company::new();
    for as_of in ["2026-10-01", "2026-10-02"] {
        company.good(&[quiet[0], quiet[1], ("job.as_of", as_of)]);
    }
    let shown = preview(&company.job(&[]), false, None, &world()).unwrap();
    assert_eq!(names(&shown.files), ["report.html", "admin.html"]);
    assert_eq!(
        shown.notes,
        [
            "finance: no mail was sent about this night",
            "admin: no mail was sent about this night"
        ]
    );
    let folder = shown.files[0].parent().unwrap();
    assert!(folder.starts_with(std::env::temp_dir()));
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_dry_run_shows_tonight_and_what_would_be_sent_and_leaves_no_trace() {
    let company = Company::new();
    let shown = preview(&company.job(&[]), true, Some(&company.path("shown")), &world()).unwrap();
    assert_eq!(names(&shown.files)[..6], ALL);
    assert_eq!(names(&shown.files)[6..], ["webhook.json"]);
    assert_eq!(
        shown.notes,
        [
            "finance: would be sent (first)",
            "admin: would be sent (first)",
            "webhook: nothing would be sent"
        ]
    );
    for trace in ["store", "reports", "outbox"] {
        assert!(!company.path(trace).exists(), "{trace}");
    }
    let dry = fs::read(company.path("shown/finance-mail.txt")).unwrap();
    company.good(&[]);
    preview(&company.job(&[]), false, Some(&company.path("sent")), &world()).unwrap();
    assert!(dry == fs::read(company.path("sent/finance-mail.txt")).unwrap());
    let again = preview(&company.job(&[]), true, Some(&company.path("again")), &world()).unwrap();
    assert_eq!(
        again.notes,
        ["the night of 2026-10-16 has been reported: a run would send nothing more"]
    );
}

#[test]
fn one_reader_gets_tonights_mail_and_names_go_to_no_stranger() {
    let company = Company::new();
    let job = company.job(&[]);
    let stranger = send(&job, Audience::Admin, "me@elsewhere.test", false, &world())
        .err()
        .unwrap();
    assert!(
        stranger.exit_code() == 2 && stranger.to_string().contains("--yes"),
        "{stranger}"
    );
    for (audience, to, is_sure) in [
        (Audience::Admin, "me@elsewhere.test", true),
        (Audience::Admin, "me@Example.test", false),
        (Audience::Finance, "me@elsewhere.test", false),
    ] {
        let said = send(&job, audience, to, is_sure, &world()).unwrap();
        assert!(said.contains(to), "{said}");
    }
    assert_eq!(company.mails(), 3);
    for file in fs::read_dir(company.path("outbox")).unwrap() {
        let mail = fs::read_to_string(file.unwrap().path()).unwrap();
        assert!(mail.contains("Subject: [preview] quietline 2026-10-16"), "{mail}");
        assert!(!mail.contains("To: finance@example.test") && !mail.contains("To: voice-admins"));
    }
    assert!(!company.path("store").exists() && !company.path("reports").exists());
    company.good(&[]);
    assert_eq!(company.mails(), 5, "the readers get theirs all the same");
}
