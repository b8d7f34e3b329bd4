//! What a night left behind, read as its readers would.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use chrono::NaiveDate;
use serde_json::Value;

pub type Row = BTreeMap<String, String>;

pub struct Report {
    pub folder: PathBuf,
    pub account: Value,
    pub lines: Vec<Row>,
    pub findings: Vec<Row>,
    pub seats: Vec<Row>,
    pub actions: Vec<Row>,
}

impl Report {
    pub fn read(folder: &Path) -> Report {
        let rows = |name: &str| -> Vec<Row> {
            let mut reader = csv::Reader::from_path(folder.join(name)).unwrap();
            reader.deserialize().map(|row| row.unwrap()).collect()
        };
        let summary: Value = serde_json::from_slice(&fs::read(folder.join("summary.json")).unwrap()).unwrap();
        Report {
            folder: folder.to_owned(),
            account: summary["accounts"][0].clone(),
            lines: rows("lines.csv"),
            findings: rows("findings.csv"),
            seats: rows("idle_seats.csv"),
            actions: rows("portal_actions.csv"),
        }
    }

    pub fn line(&self, id: &str) -> Option<&Row> {
        self.lines.iter().find(|line| line["line_id"] == id)
    }

    pub fn invoice_date(&self) -> Option<NaiveDate> {
        self.account["invoice_date"].as_str()?.parse().ok()
    }

    pub fn text(&self, name: &str) -> String {
        String::from_utf8_lossy(&fs::read(self.folder.join(name)).unwrap_or_default()).into_owned()
    }
}

/// An amount as it is printed, in cents; a blank is nothing.
pub fn cents(text: &str) -> i64 {
    let digits: String = text.chars().filter(|letter| *letter != '.').collect();
    if digits.is_empty() {
        0
    } else {
        digits.parse().unwrap()
    }
}

pub fn cents_of(value: &Value) -> i64 {
    value.as_str().map(cents).unwrap_or_default()
}

pub fn is_waste(verdict: &str) -> bool {
    ["idle", "never_used", "unassigned", "leaver"].contains(&verdict)
}

/// The words of a page without its tags.
pub fn words(page: &str) -> String {
    let mut words = String::new();
    let mut in_tag = false;
    for letter in page.chars() {
        match letter {
            '<' => in_tag = true,
            '>' => in_tag = false,
            _ if !in_tag => words.push(letter),
            _ => {}
        }
    }
    words
}

/// Length and time of the last change: enough to see that a file is another now.
pub type Stamp = (u64, SystemTime);

/// Every file below a folder, by its path there.
pub fn tree(folder: &Path) -> BTreeMap<PathBuf, Stamp> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(at) = folders.pop() {
        let Ok(entries) = fs::read_dir(&at) else { continue };
        for entry in entries.map(|entry| entry.unwrap().path()) {
            let told = fs::symlink_metadata(&entry).unwrap();
            if told.is_dir() {
                folders.push(entry);
            } else if told.is_file() {
                let name = entry.strip_prefix(folder).unwrap().to_owned();
                files.insert(name, (told.len(), told.modified().unwrap()));
            }
        }
    }
    files
}

/// The bytes of a report's files. `run.json` has the clock in it.
pub fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let names = tree(folder)
        .into_keys()
        .filter(|name| !name.ends_with("run.json"));
    names
        .map(|name| (name.clone(), fs::read(folder.join(&name)).unwrap()))
        .collect()
}
