//! When each audience hears of a night, and that a night without a mail is a night all the same.

use std::fs;

use quietline::domain::NightStatus;
use quietline::night::Options;

use super::Company;

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

#[test]
fn probe() {
    let company = Company::new();
    for day in 1..=16 {
        let as_of = format!("2026-10-{day:02}");
        let mails = night(&company, &as_of, &[]);
        for mail in mails {
            eprintln!("{as_of} {mail} {}", subject(&company, &mail));
        }
    }
    let conn = rusqlite::Connection::open(company.path("store/state.sqlite")).unwrap();
    let mut st = conn
        .prepare("SELECT audience, as_of, occasion, report_on, deadlines FROM told")
        .unwrap();
    let mut rows = st.query([]).unwrap();
    while let Some(r) = rows.next().unwrap() {
        eprintln!(
            "{:?} {:?} {:?} {:?} {:?}",
            r.get::<_, String>(0),
            r.get::<_, String>(1),
            r.get::<_, String>(2),
            r.get::<_, String>(3),
            r.get::<_, String>(4)
        );
    }
    panic!();
}
