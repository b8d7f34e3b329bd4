//! Whole accounts, read back from the files as an outsider would.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::Path;

use super::*;
use crate::domain::Cents;

type Row = BTreeMap<String, String>;

fn options(out: &Path, lines: u32, days: u32, shape: CallShape) -> SynthOptions {
    SynthOptions {
        lines,
        days,
        seed: 42,
        last_day: "2026-10-16".parse().unwrap(),
        time_zone: crate::zones::named("America/New_York").unwrap(),
        shape,
        account_id: "913874".to_owned(),
        out: out.to_owned(),
        mix: Mix::Office,
        gzip: false,
        faults: false,
    }
}

fn rows(path: &Path) -> Vec<Row> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.deserialize().map(|row| row.unwrap()).collect()
}

/// Names, relative to the folder, and contents of all files.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in [folder.to_owned(), folder.join("calls")]
        .iter()
        .flat_map(|f| std::fs::read_dir(f).unwrap())
    {
        let path = entry.unwrap().path();
        if path.is_file() {
            let name = path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
            files.insert(name, std::fs::read(&path).unwrap());
        }
    }
    files
}

fn call_rows(folder: &Path) -> Vec<Row> {
    let files = contents(folder)
        .into_keys()
        .filter(|name| name.starts_with("calls"));
    files.flat_map(|name| rows(&folder.join(name))).collect()
}

#[test]
fn the_same_options_give_the_same_bytes_and_another_seed_gives_others() {
    let folders: Vec<_> = (0..3).map(|_| tempfile::tempdir().unwrap()).collect();
    for (folder, seed) in folders.iter().zip([42, 42, 43]) {
        let made = SynthOptions {
            seed,
            gzip: true,
            ..options(folder.path(), 30, 70, CallShape::Both)
        };
        let summary = generate(&made).unwrap();
        assert_eq!(summary.files, contents(folder.path()).len() as u64);
    }
    let [first, again, other] = [0, 1, 2].map(|index: usize| contents(folders[index].path()));
    assert!(first == again, "two runs differ");
    assert!(first["calls/2026-09.csv.gz"] != other["calls/2026-09.csv.gz"]);
}

#[test]
fn gzip_holds_the_same_text() {
    let (plain, packed) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let made = options(plain.path(), 14, 20, CallShape::Reports);
    generate(&made).unwrap();
    generate(&SynthOptions {
        gzip: true,
        out: packed.path().to_owned(),
        ..made
    })
    .unwrap();
    let mut text = Vec::new();
    let bytes = &contents(packed.path())["calls/2026-10.csv.gz"];
    flate2::read::GzDecoder::new(bytes.as_slice())
        .read_to_end(&mut text)
        .unwrap();
    assert!(text == contents(plain.path())["calls/2026-10.csv"]);
}

#[test]
fn an_account_of_120_lines_has_every_kind_and_the_calls_keep_to_the_truth() {
    let folder = tempfile::tempdir().unwrap();
    let summary = generate(&options(folder.path(), 120, 130, CallShape::Reports)).unwrap();
    let truth = rows(&folder.path().join("truth.csv"));
    let present: BTreeSet<&str> = truth.iter().map(|row| row["kind"].as_str()).collect();
    assert_eq!(present, TruthKind::ALL.iter().map(|kind| kind.as_str()).collect());
    assert_eq!(truth.len() as u64, summary.lines);

    let legs = call_rows(folder.path());
    let calls: BTreeSet<&str> = legs.iter().map(|leg| leg["id"].as_str()).collect();
    assert_eq!(
        (legs.len() as u64, calls.len() as u64),
        (summary.legs, summary.calls)
    );
    let used = used_days(&legs);
    for row in &truth {
        let line = (
            row["extension"].as_str(),
            row["seat_since"].as_str(),
            row["seat_until"].as_str(),
        );
        let days: Vec<&str> = days_of(&used, line);
        let wrong = days.iter().find(|day| {
            let dead = !row["dead_since"].is_empty() && **day >= row["dead_since"].as_str();
            let away = **day >= row["away_from"].as_str() && **day <= row["away_to"].as_str();
            dead || away || matches!(row["kind"].as_str(), "never_used" | "unassigned")
        });
        assert_eq!(wrong, None, "{row:?} is used on a day on which it cannot be");
        let lively = ["heavy", "weekly", "reception", "part_time"].contains(&row["kind"].as_str());
        assert!(!lively || days.len() > 10, "{row:?} has {} used days", days.len());
    }
}

/// Extension and local day of every placed or answered call, forwarded legs counted as the inbound call that they are.
fn used_days(legs: &[Row]) -> BTreeSet<(String, String)> {
    let zone = crate::zones::named("America/New_York").unwrap();
    let inbound: BTreeSet<(&str, &str)> = legs
        .iter()
        .filter(|leg| leg["direction"] == "Inbound")
        .map(|leg| (leg["id"].as_str(), leg["destination_extension"].as_str()))
        .collect();
    let mut used = BTreeSet::new();
    for leg in legs {
        let start = chrono::NaiveDateTime::parse_from_str(&leg["start"], "%Y-%m-%d %H:%M:%S").unwrap();
        let day = zone.day_of(start.and_utc()).to_string();
        let forwarded = inbound.contains(&(leg["id"].as_str(), leg["source_extension"].as_str()));
        if leg["direction"] != "Inbound" && (!forwarded || leg["result"] == "Answered") {
            used.insert((leg["source_extension"].clone(), day.clone()));
        }
        if leg["direction"] != "Outbound" && leg["result"] == "Answered" {
            used.insert((leg["destination_extension"].clone(), day));
        }
    }
    used
}

/// The used days of an extension that lie in one holder's time.
fn days_of<'a>(
    used: &'a BTreeSet<(String, String)>,
    (extension, since, until): (&str, &str, &str),
) -> Vec<&'a str> {
    let days = used
        .iter()
        .filter(|(used, _)| used == extension)
        .map(|(_, day)| day.as_str());
    days.filter(|day| *day >= since && (until.is_empty() || *day < until))
        .collect()
}

#[test]
fn a_company_without_files_is_used_on_the_days_that_its_files_show() {
    for mix in [Mix::Office, Mix::Seasonal, Mix::Sparse] {
        let folder = tempfile::tempdir().unwrap();
        let made = SynthOptions {
            mix,
            ..options(folder.path(), 80, 200, CallShape::Reports)
        };
        generate(&made).unwrap();
        let used = used_days(&call_rows(folder.path()));
        let truth = rows(&folder.path().join("truth.csv"));
        let company = company(&made).unwrap();
        assert_eq!(company.lines.len(), truth.len());
        for (line, row) in company.lines.iter().zip(&truth) {
            let days: Vec<String> = line.used.iter().map(|day| day.to_string()).collect();
            let told = (
                row["extension"].as_str(),
                row["seat_since"].as_str(),
                row["seat_until"].as_str(),
            );
            assert_eq!(days, days_of(&used, told), "{row:?}");
            assert_eq!(
                (line.line_id.as_str(), line.truth.as_str()),
                (row["line_id"].as_str(), row["kind"].as_str())
            );
        }
    }
}

#[test]
fn both_shapes_tell_of_the_same_instants_on_the_days_on_which_clocks_change() {
    for (last_day, days) in [("2026-03-10", 4), ("2026-11-03", 4)] {
        let (utc, local) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let made = SynthOptions {
            last_day: last_day.parse().unwrap(),
            ..options(utc.path(), 60, days, CallShape::Reports)
        };
        generate(&made).unwrap();
        let portal = SynthOptions {
            shape: CallShape::Portal,
            out: local.path().to_owned(),
            ..made
        };
        generate(&portal).unwrap();
        let utc_starts: Vec<_> = call_rows(utc.path()).iter().map(reports_start).collect();
        let local_starts: Vec<_> = call_rows(local.path()).iter().map(portal_start).collect();
        assert!(utc_starts.len() > 100);
        assert_eq!(utc_starts, local_starts);
    }
}

fn reports_start(leg: &Row) -> (String, chrono::NaiveDateTime) {
    let start = chrono::NaiveDateTime::parse_from_str(&leg["start"], "%Y-%m-%d %H:%M:%S");
    (leg["id"].clone(), start.unwrap())
}

fn portal_start(leg: &Row) -> (String, chrono::NaiveDateTime) {
    let local = chrono::NaiveDateTime::parse_from_str(&leg["Date/Time"], "%m/%d/%Y %I:%M:%S %p").unwrap();
    let new_york = crate::zones::named("America/New_York").unwrap();
    let start = new_york.instant_of(local).unwrap();
    (leg["Call ID"].clone(), start.naive_utc())
}

#[test]
fn legs_of_a_call_share_its_id_and_its_caller() {
    let folder = tempfile::tempdir().unwrap();
    generate(&options(folder.path(), 120, 30, CallShape::Reports)).unwrap();
    let legs = call_rows(folder.path());
    let mut calls: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for leg in &legs {
        calls.entry(&leg["id"]).or_default().push(leg);
    }
    let shape_of = |legs: &[&Row]| -> Vec<String> {
        legs.iter()
            .map(|leg| format!("{} {}", leg["direction"], leg["result"]))
            .collect()
    };
    let shapes: BTreeSet<Vec<String>> = calls.values().map(|legs| shape_of(legs)).collect();
    for expected in [
        vec!["Inbound Missed", "Inbound Missed", "Inbound Answered"],
        vec!["Inbound Answered", "Inbound Answered"],
        vec!["Inbound Missed", "Outbound Answered"],
        vec!["Inbound Missed", "Outbound No Answer"],
        vec!["Extension Answered"],
    ] {
        let expected: Vec<String> = expected.into_iter().map(str::to_owned).collect();
        assert!(shapes.contains(&expected), "no call has the legs {expected:?}");
    }
    for (id, legs) in calls.iter().filter(|(_, legs)| legs.len() > 1) {
        let inbound: BTreeSet<&str> = legs
            .iter()
            .filter(|leg| leg["direction"] == "Inbound")
            .map(|leg| leg["from"].as_str())
            .collect();
        assert_eq!(inbound.len(), 1, "call {id} has several callers");
        let identities: BTreeSet<_> = legs
            .iter()
            .map(|leg| (&leg["direction"], &leg["destination_extension"], &leg["start"]))
            .collect();
        assert_eq!(
            identities.len(),
            legs.len(),
            "two legs of call {id} cannot be told apart"
        );
    }
}

#[test]
fn charges_add_up_to_the_invoices() {
    for faults in [false, true] {
        add_up(faults);
    }
}

fn add_up(faults: bool) {
    let folder = tempfile::tempdir().unwrap();
    let made = SynthOptions {
        faults,
        ..options(folder.path(), 150, 90, CallShape::Portal)
    };
    let summary = generate(&made).unwrap();
    assert_eq!(folder.path().join("truth_findings.csv").exists(), faults);
    let charges = rows(&folder.path().join("charges.csv"));
    assert_eq!(charges.len() as u64, summary.charges);
    let mut totals: BTreeMap<&str, (u64, Cents)> = BTreeMap::new();
    for charge in &charges {
        let total = totals.entry(&charge["invoice_id"]).or_default();
        total.0 += 1;
        total.1 += charge["amount"].parse().unwrap();
        assert_eq!(&charge["invoice_date"][8..], "01");
        let parts = charge["unit_price"]
            .parse::<Cents>()
            .unwrap()
            .times(charge["quantity"].parse().unwrap());
        assert_eq!(parts.to_string(), charge["amount"], "{charge:?}");
    }
    let truth = rows(&folder.path().join("truth_invoices.csv"));
    let told: BTreeMap<&str, (u64, Cents)> = truth
        .iter()
        .map(|row| {
            (
                row["invoice_id"].as_str(),
                (row["rows"].parse().unwrap(), row["total"].parse().unwrap()),
            )
        })
        .collect();
    assert_eq!(told.len(), 6);
    assert_eq!(totals, told);
    let blank = charges
        .iter()
        .filter(|charge| charge["charge_kind"].is_empty())
        .count();
    assert!(
        (400..600).contains(&(blank * 1000 / charges.len())),
        "{blank} of {} are blank",
        charges.len()
    );
    let proration = charges
        .iter()
        .find(|charge| charge["charge_kind"] == "proration")
        .unwrap();
    assert!(
        proration["period_end"] < proration["invoice_date"],
        "{proration:?}"
    );
}

#[test]
fn a_folder_with_something_in_it_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("2026-09.csv"), "id\n").unwrap();
    let error = generate(&options(folder.path(), 14, 10, CallShape::Reports)).unwrap_err();
    assert!(
        matches!(&error, SynthError::FolderNotEmpty { path } if path == folder.path()),
        "{error}"
    );
}

#[test]
fn options_that_make_no_account_are_refused_with_what_would() {
    let folder = tempfile::tempdir().unwrap();
    let good = options(&folder.path().join("new"), 14, 10, CallShape::Reports);
    for (wrong, message) in [
        (
            SynthOptions {
                lines: 0,
                ..good.clone()
            },
            "lines = 0 cannot be made: from 1 to 20000 lines",
        ),
        (
            SynthOptions {
                days: 0,
                ..good.clone()
            },
            "days = 0 cannot be made: from 1 to 3660 days",
        ),
        (
            SynthOptions {
                account_id: "a\"b".to_owned(),
                ..good.clone()
            },
            "account_id = a\"b cannot be made: letters, digits, - and _ only",
        ),
        (
            SynthOptions {
                faults: true,
                ..good.clone()
            },
            "faults = true cannot be made: from 60 lines and 90 days on",
        ),
    ] {
        assert_eq!(generate(&wrong).unwrap_err().to_string(), message);
    }
    assert!(!good.out.exists(), "a refused account leaves nothing behind");
}

#[test]
fn the_smallest_accounts_are_made() {
    for (lines, days) in [(1, 1), (2, 3), (13, 45)] {
        let folder = tempfile::tempdir().unwrap();
        let summary = generate(&options(folder.path(), lines, days, CallShape::Both)).unwrap();
        assert!(summary.lines >= u64::from(lines) && summary.legs > 0 && summary.charges > 0);
    }
}
