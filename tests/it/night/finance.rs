//! What finance is sent of a whole night: nothing of what the list, the directory, decisions and calls say of people.

use std::collections::BTreeMap;

use mail_parser::{MessageParser, MimeHeaders};
use quietline::domain::FocusVersion;
use quietline::night::focus;
use regex::Regex;

use super::{Company, world};
use crate::render::finance::opened;

const FILES: [&str; 5] = [
    "report.html",
    "report.xlsx",
    "findings.csv",
    "deadlines.ics",
    "finance.eml",
];
const BY_RULE: [(&str, &str); 2] = [
    ("scoring.model", "rule"),
    ("sources.decisions.files", "../handed_back"),
];

/// Other people, places and words, who signed in and called on other days: the verdicts are the same.
fn other_lives(company: &Company) {
    let cells = |text: &str, change: &dyn Fn(&str, &str) -> Option<String>| {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let headings = reader.headers().unwrap().clone();
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(&headings).unwrap();
        for row in reader.records() {
            let row = row.unwrap();
            let changed = headings.iter().zip(&row).map(|(heading, cell)| {
                let other = change(heading, cell).filter(|_| !cell.is_empty());
                other.unwrap_or_else(|| cell.to_owned())
            });
            writer.write_record(changed).unwrap();
        }
        String::from_utf8(writer.into_inner().unwrap()).unwrap()
    };
    company.edit("sample_data/lines.csv", |text| {
        cells(text, &|heading, cell| match heading {
            "department" => Some("Canary department".to_owned()),
            "manager_email" => Some("canary.manager@harbour-pine.example".to_owned()),
            "role" => Some("Canary role".to_owned()),
            "handset_registered_at" => Some(cell.replace("2025-04-14", "2025-04-11")),
            _ => None,
        })
    });
    company.edit("sample_data/directory.csv", |text| {
        cells(text, &|heading, cell| match heading {
            "department" => Some("Canary department".to_owned()),
            "manager_email" => Some("canary.manager@harbour-pine.example".to_owned()),
            "last_sign_in_at" => Some(cell.replace("2026-10-15T14:12", "2026-10-14T08:03")),
            "departed_on" => Some(cell.replace("2026-08-31", "2026-08-30")),
            _ => None,
        })
    });
    company.edit("sample_data/decisions.csv", |text| {
        cells(text, &|heading, cell| match heading {
            "reason" => Some("A canary is ill, and back in January".to_owned()),
            "owner" => Some("Canary Owner".to_owned()),
            "decided_on" => Some(cell.replace("-06-30", "-07-02").replace("-02-27", "-03-01")),
            _ => None,
        })
    });
    let moved = |text: &str, extension: &str, from: &str, to: &str| {
        let of_line = format!(",{extension},");
        let line = |line: &str| match line.contains(&of_line) {
            true => line.replace(from, to) + "\n",
            false => line.to_owned() + "\n",
        };
        text.lines().map(line).collect::<String>()
    };
    company.edit_call_file("2026-10.csv.gz", |text| {
        moved(text, "127", "2026-10-06 ", "2026-10-07 ")
    });
    company.edit_call_file("2026-05.csv.gz", |text| {
        moved(text, "131", "2026-05-15 ", "2026-05-14 ")
    });
}

/// Every holder by another name, in every table, in which they come in another order.
fn other_names(company: &Company) {
    let lines = std::fs::read_to_string(company.path("sample_data/lines.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(lines.as_bytes());
    let people: Vec<(String, String)> = reader
        .records()
        .map(|row| row.unwrap())
        .filter(|row| !row[6].is_empty())
        .map(|row| (row[7].to_lowercase(), row[8].to_lowercase()))
        .collect();
    let told = people.iter().map(|(first, last)| format!("{first}[., ]{last}"));
    let told = Regex::new(&format!("(?i){}", told.collect::<Vec<_>>().join("|"))).unwrap();
    let other = |text: &str| {
        let named = |found: &regex::Captures| {
            let was = found[0].to_lowercase();
            let is = |(first, last): &(String, String)| was.starts_with(first) && was.ends_with(last);
            let at = people.len() - people.iter().position(is).unwrap();
            let letters = |at: usize| char::from(b'a' + (at % 26) as u8);
            let mut first = format!("b{}{}el", ["i", "o", "u", "e"][at / 26], letters(at));
            let mut last = format!("w{}{}sk", ["o", "e", "u", "i"][at / 26], letters(at + 7));
            if found[0].starts_with(char::is_uppercase) {
                (first, last) = (first.replacen('b', "B", 1), last.replacen('w', "W", 1));
            }
            format!(
                "{first}{}{last}",
                &found[0][was.find(['.', ',', ' ']).unwrap()..][..1]
            )
        };
        told.replace_all(text, named).into_owned()
    };
    for table in ["lines", "directory", "decisions", "charges"] {
        company.edit(&format!("sample_data/{table}.csv"), other);
    }
    company.edit_calls(other);
}

fn same_for_finance(one: &BTreeMap<String, Vec<u8>>, other: &BTreeMap<String, Vec<u8>>) {
    for file in FILES {
        if one[file] == other[file] {
            continue;
        }
        let rows = |report: &BTreeMap<String, Vec<u8>>| -> Vec<String> {
            let text = opened(&(file.to_owned(), report[file].clone()));
            text.split(['\n', '\r'])
                .flat_map(|line| line.split("<row").map(str::to_owned))
                .collect()
        };
        let (one, other) = (rows(one), rows(other));
        let differs = one.iter().zip(&other).find(|(one, other)| one != other);
        panic!("{file} tells the two apart: {differs:#?}");
    }
}

fn reported(company: &Company, list: &str) -> BTreeMap<String, Vec<u8>> {
    std::fs::create_dir_all(company.path("handed_back")).unwrap();
    let from = company.path("sample_data/decisions.csv");
    std::fs::copy(from, company.path("handed_back").join(list)).unwrap();
    company.good(&BY_RULE);
    company.report()
}

#[test]
fn two_companies_of_other_people_who_called_on_other_days_give_finance_the_same_bytes() {
    let (one, other) = (Company::new(), Company::new());
    other_lives(&other);
    other_names(&other);
    let (was, is) = (reported(&one, "list.csv"), reported(&other, "canary.csv"));
    for file in ["admin.html", "lines.csv", "idle_seats.csv", "admin_findings.csv"] {
        assert!(was[file] != is[file], "{file} is the administrators'");
    }
    same_for_finance(&was, &is);
    let export = |company: &Company| focus(&company.job(&BY_RULE), FocusVersion::V1_2, &world()).unwrap();
    let charges = export(&other);
    assert!(export(&one) == charges, "the FOCUS file tells the two apart");

    let mail = MessageParser::default().parse(&is["finance.eml"]).unwrap();
    let parts = mail.parts.iter().map(|part| {
        let name = part.attachment_name().unwrap_or("the mail's text");
        (name.to_owned(), part.contents().to_vec())
    });
    let files = FILES.map(|file| (file.to_owned(), is[file].clone()));
    for (name, bytes) in parts.chain(files).chain([("FOCUS".to_owned(), charges)]) {
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        assert!(!text.contains("canary"), "{name} holds a canary");
    }
}

#[test]
fn a_cost_centre_is_not_called_by_whom_only_directory_decisions_or_calls_name() {
    let centre = |company: &Company, name: &str| {
        let renamed = |text: String| text.replace("CC-20", name).replace("CC-30", name);
        for table in ["lines", "directory"] {
            company.edit(&format!("sample_data/{table}.csv"), |text| {
                renamed(text.to_owned())
            });
        }
    };
    let named = |name: &str, add: &dyn Fn(&Company)| {
        let company = Company::new();
        centre(&company, name);
        add(&company);
        let statement = company.good(&[("scoring.model", "rule")]);
        let shown = quietline::render::FinanceNight::of(&statement);
        let centres = shown.accounts[0].cost_centres.iter();
        let centres: Vec<String> = centres.map(|group| group.name.clone()).collect();
        let text = opened(&("report.html".to_owned(), company.report()["report.html"].clone()));
        let export = focus(&company.job(&[]), FocusVersion::V1_2, &world()).unwrap();
        let in_file = |name: &str| text.contains(name) || String::from_utf8_lossy(&export).contains(name);
        (centres.contains(&name.to_owned()), in_file(name))
    };
    assert_eq!(named("Wren Canary", &|_| ()), (true, true));
    let in_directory = |company: &Company| {
        company.edit("sample_data/directory.csv", |text| {
            format!("{text}913874,wren.canary@harbour-pine.example,active,,,,,,\n")
        })
    };
    assert_eq!(named("Wren Canary", &in_directory), (false, false));
    let in_decisions = |company: &Company| {
        company.edit("sample_data/decisions.csv", |text| {
            format!("{text}913874,101,,keep,,Wren Canary,2026-10-01,2026-12-31,\n")
        })
    };
    assert_eq!(named("Team Wren Canary", &in_decisions), (false, false));
    let in_calls = |company: &Company| {
        company.edit_call_file("2026-10.csv.gz", |text| {
            text.replace("Stefan.Ito,,VH10127,127", "wren.canary,,,")
        })
    };
    let shown = named("Wren-Canary", &in_calls);
    assert!(!shown.0, "{shown:?}");
}
