//! What is kept for a time leaves on time, of every job that shares the store.

use std::fs;

use chrono::NaiveDate;
use quietline::job::Job;
use quietline::night::{Options, night};

use super::Company;
use super::company::{job_in, world};

/// The job by a name, for an account, on a night, with raw calls and mails kept for so many days.
fn job(company: &Company, [name, account, as_of]: [&str; 3], raw_days: u32, mail_days: u32) -> Job {
    let own = format!("jobs/{name}.toml");
    let sample = fs::read_to_string(company.path("jobs/sample.toml")).unwrap();
    fs::write(company.path(&own), sample.replace("913874", account)).unwrap();
    let (raw_days, mail_days) = (raw_days.to_string(), mail_days.to_string());
    let set = [
        ("job.name", name),
        ("job.as_of", as_of),
        ("retention.raw_days", raw_days.as_str()),
        ("retention.mail_days", mail_days.as_str()),
    ];
    job_in(company.folder(), &own, &set)
}

fn run(job: &Job) {
    let anew = Options {
        begin_anew: true,
        ..Options::default()
    };
    let first = night(job, &anew, &world());
    if first.is_err() {
        night(job, &Options::default(), &world()).unwrap();
    }
}

/// The oldest day with raw calls.
fn oldest_legs(company: &Company, account: &str) -> Option<NaiveDate> {
    let days = fs::read_dir(company.path("store/legs").join(account)).unwrap();
    let days = days.filter_map(|day| day.unwrap().file_name().to_str()?.parse().ok());
    days.min()
}

fn on(day: &str) -> NaiveDate {
    day.parse().unwrap()
}

/// How many mails of a job still have their bytes.
fn mails_kept(company: &Company, job: &str) -> u32 {
    let store = rusqlite::Connection::open(company.path("store/state.sqlite")).unwrap();
    let sql = "SELECT count(*) FROM outbox_messages WHERE job = ?1 AND length(bytes) > 0";
    store.query_row(sql, [job], |row| row.get(0)).unwrap()
}

#[test]
fn what_a_job_left_behind_leaves_by_its_own_settings() {
    let company = Company::new();
    run(&job(&company, ["old", "913874", "2026-08-20"], 30, 40));
    assert!(oldest_legs(&company, "913874").unwrap() >= on("2026-07-14"));
    let mails = mails_kept(&company, "old");
    assert!(mails > 0);

    for table in [
        "lines",
        "charges",
        "contracts",
        "directory",
        "decisions",
        "holidays",
    ] {
        let moved = |text: &str| text.replace("913874", "913875");
        company.edit(&format!("sample_data/{table}.csv"), moved);
    }
    run(&job(&company, ["new", "913875", "2026-09-20"], 14, 30));
    let oldest = oldest_legs(&company, "913874");
    assert!(
        oldest.is_some_and(|day| day >= on("2026-08-14") && day < on("2026-08-30")),
        "{oldest:?}"
    );
    assert!(oldest_legs(&company, "913875").unwrap() >= on("2026-08-30"));
    assert_eq!(mails_kept(&company, "old"), mails, "its mails stay for 40 days");

    run(&job(&company, ["new", "913875", "2026-10-05"], 14, 30));
    assert!(oldest_legs(&company, "913874").unwrap() >= on("2026-08-29"));
    assert_eq!(mails_kept(&company, "old"), 0);
}

#[test]
fn of_jobs_that_share_an_account_the_longest_retention_counts_while_its_job_runs() {
    let company = Company::new();
    run(&job(&company, ["long", "913874", "2026-08-20"], 60, 30));
    run(&job(&company, ["short", "913874", "2026-08-21"], 5, 30));
    let oldest = oldest_legs(&company, "913874").unwrap();
    assert!(oldest < on("2026-06-20"), "{oldest}");
    run(&job(&company, ["short", "913874", "2026-10-05"], 5, 30));
    let oldest = oldest_legs(&company, "913874").unwrap();
    assert!(oldest >= on("2026-09-23"), "{oldest}");
}
