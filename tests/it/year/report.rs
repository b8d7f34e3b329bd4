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

    /// What another night's lines say otherwise. Fees are shared over the charges of removed lines too, which a fresh store does
    /// not know, and chances are fitted over the lines that it knows. Whose calls were that bear a name which only one of the two
    /// knows as somebody's, `is_unknown` to the other.
    pub fn differences(
        &self,
        folder: &Path,
        model: &str,
        is_compared: impl Fn(&str) -> bool,
        is_unknown: impl Fn(&Row) -> bool,
    ) -> Vec<String> {
        let columns = [
            "extension",
            "user_name",
            "tier",
            "term",
            "contract_id",
            "first_used_on",
            "last_used_on",
            "last_missed_on",
            "days_silent",
            "known_days",
            "active_days_90",
            "active_days_all",
            "calls_out_90",
            "calls_answered_90",
            "minutes_90",
            "monthly_cost",
            "cost_source",
            "decision",
        ];
        let mut judged = vec!["recoverable_on", "notice_by"];
        if model == "rule" {
            judged.extend(["verdict", "action", "monthly_saving", "recoverable"]);
        }
        let other = Report::read(folder);
        let mut told = Vec::new();
        for line in self.lines.iter().filter(|line| is_compared(&line["line_id"])) {
            let id = &line["line_id"];
            match other.line(id) {
                None => told.push(format!("{id} is not there")),
                Some(row) => {
                    let alike = model == "rule" || row["verdict"] == line["verdict"];
                    let is_told = alike && !is_unknown(row) && !is_unknown(line);
                    let judged = judged.iter().filter(|_| is_told);
                    let compared = columns.iter().chain(judged);
                    let unlike = compared.filter(|column| row[**column] != line[**column]);
                    let unlike: Vec<String> = unlike
                        .map(|column| format!("{column} lived {:?}, fresh {:?}", line[*column], row[*column]))
                        .collect();
                    told.extend((!unlike.is_empty()).then(|| format!("{id}: {}", unlike.join(", "))));
                }
            }
        }
        told.extend(
            other
                .lines
                .iter()
                .filter(|line| self.line(&line["line_id"]).is_none())
                .map(|line| format!("{} is there", line["line_id"])),
        );
        told
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
