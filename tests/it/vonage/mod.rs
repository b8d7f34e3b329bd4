//! Nights whose lines and calls come from Vonage's API: a server of our own that behaves, and one that does not.

mod backfill;
mod broken;
pub mod company;
mod counts;
mod forget;
mod login;
mod manners;
mod names;
mod pages;
mod proxy;
mod refetch;
pub mod server;
mod to_mail;
mod waiting;
mod wire;

use std::fs;

use company::{ApiCompany, world};
use proptest::prelude::*;
use quietline::domain::{FocusVersion, GateStatus};
use quietline::job::Job;
use quietline::night::focus;
use serde_json::json;
use server::Manners;

use crate::night::{checkout, csv_rows, job_in};

fn usage(company: &ApiCompany) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for account in fs::read_dir(company.path("store/usage")).unwrap() {
        for file in fs::read_dir(account.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            files.push((
                path.file_name().unwrap().to_string_lossy().into_owned(),
                fs::read(&path).unwrap(),
            ));
        }
    }
    files.sort();
    files
}

#[test]
fn a_night_from_the_api_says_what_the_same_night_from_files_says() {
    let from_files = ApiCompany::from_files();
    let wanted = csv_rows(&from_files.path().join("reports/api/latest/lines.csv"));
    for manners in [
        Manners::default(),
        Manners {
            live: true,
            texts: true,
            bare_last_page: false,
            ..Manners::default()
        },
    ] {
        let company = ApiCompany::new(manners);
        company.good(&[("vonage.page_size", "37")]);
        let found = csv_rows(&company.path("reports/api/latest/lines.csv"));
        assert_eq!(found.len(), wanted.len());
        for (found, wanted) in found.iter().zip(&wanted) {
            let differs: Vec<_> = wanted
                .iter()
                .filter(|(key, value)| found[*key] != **value)
                .collect();
            assert!(
                differs.is_empty(),
                "{} {differs:?} {:?}",
                wanted["line_id"],
                found["reason"]
            );
        }
        assert_eq!(company.server.logins(), 1);
    }
}

#[test]
fn a_finished_night_asks_nothing_again() {
    let company = ApiCompany::new(Manners::default());
    company.good(&[]);
    let asked = company.server.seen().len();
    let again = company.run(&[]).unwrap();
    assert!(again.statement.is_none() && again.exit_code == 0);
    assert_eq!(company.server.seen().len(), asked);
}

#[test]
fn an_export_takes_the_lines_that_were_pulled_and_asks_nothing() {
    let company = ApiCompany::new(Manners::default());
    let export = |job: &Job| String::from_utf8(focus(job, FocusVersion::V1_2, &world()).unwrap()).unwrap();
    company.good(&[]);
    let asked = company.server.seen().len();
    let of_files = export(&job_in(&checkout(), "jobs/sample.toml", &[]));
    assert_eq!(export(&company.job(&[])), of_files);
    assert_eq!(company.server.seen().len(), asked);
}

#[test]
fn the_next_night_asks_for_the_overlap_only_and_late_calls_are_found() {
    let company = ApiCompany::new(Manners::default());
    company.good(&[("job.as_of", "2026-10-15")]);
    let before = company.server.count("call-logs");
    // A call of the 12th that came in late, of a line that was silent for months.
    company.server.change(|server, _| {
        let line = server
            .calls
            .iter()
            .find(|call| call["source_extension"] == json!(101))
            .unwrap();
        let mut late = line.clone();
        late["id"] = json!("late");
        late["direction"] = json!("Outbound");
        late["start"] = json!("2026-10-12 15:00:00");
        late["end"] = json!("2026-10-12 15:01:00");
        late["source_extension"] = json!(132);
        for key in ["source_user", "source_sip_id", "from"] {
            late[key] = json!(null);
        }
        server.calls.push(late);
    });
    let statement = company.good(&[]);
    assert_eq!(
        company.server.count("call-logs") - before,
        7,
        "one page for each day of the overlap"
    );
    let line = statement.accounts[0]
        .lines
        .iter()
        .find(|line| line.line.extension == "132")
        .unwrap();
    assert_eq!(line.activity.last_used_on, "2026-10-12".parse().ok());
}

#[test]
fn rows_that_are_true_duplicates_are_counted_as_such() {
    let company = ApiCompany::new(Manners::default());
    company.server.change(|server, _| {
        let twice = server.calls[5].clone();
        server.calls.extend([twice.clone(), twice]);
    });
    let statement = company.good(&[("vonage.page_size", "7")]);
    let duplicates: u64 = statement.inputs.iter().map(|input| input.duplicates).sum();
    assert_eq!(duplicates, 2);
}

#[test]
fn days_that_may_still_change_are_no_silence_and_no_gap() {
    let yesterday = chrono::Utc::now().date_naive() - chrono::Days::new(2);
    let mut company = company::sample();
    let shift = yesterday - "2026-10-16".parse::<chrono::NaiveDate>().unwrap();
    for call in &mut company.calls {
        for key in ["start", "end"] {
            let at = call[key]
                .as_str()
                .unwrap()
                .parse::<chrono::DateTime<chrono::Utc>>()
                .ok()
                .map(|at| at.naive_utc());
            let text = call[key].as_str().unwrap();
            let at = at
                .or_else(|| chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").ok())
                .unwrap();
            call[key] = json!((at + shift).format("%Y-%m-%d %H:%M:%S").to_string());
        }
    }
    let company = ApiCompany::of(company, Manners::default());
    let job = company.job(&[
        ("job.as_of", &yesterday.to_string()),
        ("gates.invoice_block_days", "400"),
    ]);
    let world = quietline::night::World {
        now: chrono::Utc::now(),
        ..company::world()
    };
    let outcome = quietline::night::night(&job, &quietline::night::Options::default(), &world).unwrap();
    let coverage = &outcome.statement.as_ref().unwrap().coverage[0];
    assert_eq!(
        (coverage.known_days + coverage.partial_days, coverage.missing_days),
        (108, 0)
    );
    // Asked for less than 48 hours after its end.
    let database = rusqlite::Connection::open(company.path("store/state.sqlite")).unwrap();
    let sql = "SELECT state FROM coverage WHERE day = ?1";
    let state: String = database
        .query_row(sql, [yesterday.to_string()], |row| row.get(0))
        .unwrap();
    assert_eq!(state, "provisional");
    let gates = &outcome.statement.as_ref().unwrap().gates;
    assert!(
        gates.iter().all(|gate| gate.status < GateStatus::Hold),
        "{gates:?}"
    );
}

#[test]
fn details_and_recordings_are_asked_for_once_in_their_time() {
    let company = ApiCompany::new(Manners::default());
    let set = [
        ("vonage.extension_detail_days", "7"),
        ("vonage.recording_days", "7"),
        ("vonage.tiers.UX", "mobile"),
    ];
    company.good(&[&set[..], &[("job.as_of", "2026-10-15")]].concat());
    let asked = (
        company.server.count("/extensions/"),
        company.server.count("/call_recording/"),
    );
    assert!(asked.0 >= 2 && asked.1 > 50, "{asked:?}");
    company.good(&set);
    assert_eq!(
        (
            company.server.count("/extensions/"),
            company.server.count("/call_recording/")
        ),
        asked
    );
}

#[test]
fn check_says_what_it_saw_and_keeps_nothing() {
    let company = ApiCompany::new(Manners::default());
    let seen = quietline::night::check(&company.job(&[]), &company::world()).unwrap();
    assert!(
        seen.contains("lines from Vonage, account 913874: 2 locations, 62 users, 64 extensions"),
        "{seen}"
    );
    assert!(
        seen.contains("Vonage took the login of svc.quietline; 100000 requests a minute"),
        "{seen}"
    );
    assert!(!company.path("store/raw/913874/calls/days").exists());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, failure_persistence: None, ..ProptestConfig::default() })]

    /// Pages of any size, nights in any number, rows in any order: the same usage table.
    #[test]
    fn any_split_of_the_pulls_gives_the_same_usage(page_size in 3_u32..400, nights in 1_usize..4, rotated in 0_usize..5000) {
        let straight = ApiCompany::new(Manners::default());
        straight.good(&[]);
        let company = ApiCompany::new(Manners::default());
        company.server.change(|server, _| {
            let at = rotated % server.calls.len();
            server.calls.rotate_left(at);
        });
        let size = page_size.to_string();
        for night in (0..nights).rev() {
            let as_of = (chrono::NaiveDate::from_ymd_opt(2026, 10, 16).unwrap() - chrono::Days::new(night as u64)).to_string();
            let set = [("vonage.page_size", size.as_str()), ("job.as_of", as_of.as_str()), ("vonage.backfill_days", "108")];
            company.run(&set).unwrap();
        }
        let (one, other) = (usage(&straight), usage(&company));
        // The first nights began some days earlier.
        prop_assert_eq!(one.last(), other.last());
        prop_assert_eq!(&one[1..], &other[other.len() + 1 - one.len()..]);
    }
}
