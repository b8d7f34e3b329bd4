//! Outside numbers leave on time, and names stay out of finance's files.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::{Days, NaiveDate};
use regex::bytes::Regex;

use super::{Outbox, Truth};
use crate::year::calls::OUTSIDE;
use crate::year::report::{Report, tree};

/// Overlap and `retention.raw_days` together, as they are by default.
const RAW_DAYS: u64 = 14 + 7;

pub fn names_stay_where_they_belong(
    truth: &Truth<'_>,
    report: &Report,
    say: &mut impl FnMut(&'static str, String),
) {
    let files = [
        "report.html",
        "findings.csv",
        "finance.eml",
        "deadlines.ics",
        "summary.json",
    ];
    for name in files {
        let text = report.text(name);
        let people = truth.company.lines.iter().filter(|line| line.is_person());
        if let Some(told) = people.map(|line| &line.last).find(|last| text.contains(*last)) {
            say("name-in-finance", format!("{told} in {name}"));
        }
    }
}

/// Files of the store, of tonight's report and of tonight's mails that hold an outside number that should be gone, or never
/// should have come there.
pub fn too_old(truth: &Truth<'_>, work: &Path, outbox: &Outbox) -> Vec<String> {
    let oldest = truth.day - Days::new(RAW_DAYS);
    let number = Regex::new(&format!(
        r"(?-u)(?:^|[^0-9.]){OUTSIDE}(\d{{3}})\d{{4}}(?:[^0-9]|$)"
    ))
    .unwrap();
    let mut told = Vec::new();
    let mut search = |file: PathBuf, allowed_from: Option<NaiveDate>| {
        let bytes = fs::read(&file).unwrap();
        let ages = number
            .captures_iter(&bytes)
            .filter(|found| {
                found
                    .get(1)
                    .is_some_and(|age| !is_in_a_digest(&bytes, age.start()))
            })
            .map(|found| String::from_utf8_lossy(&found[1]).into_owned());
        let days = ages.map(|age| truth.company.start + Days::new(age.parse().unwrap()));
        if let Some(day) = days
            .min()
            .filter(|day| allowed_from.is_none_or(|from| *day < from))
        {
            told.push(format!("{} holds an outside number of {day}", file.display()));
        }
    };
    let store = work.join("store");
    let (raw, other): (Vec<PathBuf>, Vec<PathBuf>) = tree(&store)
        .into_keys()
        .partition(|name| name.starts_with("legs"));
    other
        .into_iter()
        .for_each(|name| search(store.join(name), Some(oldest)));
    let report = work.join("reports/year").join(truth.day.to_string());
    tree(&report)
        .into_keys()
        .for_each(|name| search(report.join(name), None));
    outbox
        .new_mails()
        .for_each(|name| search(outbox.folder.join(name), None));
    // Raw days are packed: their folder's name tells their age.
    let day_of = |name: &PathBuf| {
        name.iter()
            .filter_map(|part| part.to_str()?.parse::<NaiveDate>().ok())
            .next()
    };
    let late = raw
        .iter()
        .find(|name| day_of(name).is_some_and(|day| day < oldest));
    told.extend(late.map(|name| format!("{} is still there", name.display())));
    told.truncate(3);
    told
}

/// Among millions of hex digits some read like a number.
fn is_in_a_digest(bytes: &[u8], at: usize) -> bool {
    const SHORTEST: usize = 32;
    let is_hex = |byte: &&u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let before = bytes[..at].iter().rev().take_while(is_hex).count();
    let after = bytes[at..].iter().take_while(is_hex).count();
    let run = &bytes[at - before..at + after];
    run.len() >= SHORTEST && run.iter().any(u8::is_ascii_lowercase)
}
