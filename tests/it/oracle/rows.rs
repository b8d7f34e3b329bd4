//! The same files as the program reads, into structs of the oracle's own. Amounts are whole cents.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use chrono::{Datelike, Months, NaiveDate};
use regex::Regex;

pub type Row = BTreeMap<String, String>;

pub fn rows(path: &Path) -> Vec<Row> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.deserialize().map(|row| row.unwrap()).collect()
}

/// Changes the rows of a table and leaves its columns.
pub fn rewrite(path: &Path, change: fn(&mut Vec<Row>)) {
    let headings = csv::Reader::from_path(path).unwrap().headers().unwrap().clone();
    let mut rows = rows(path);
    change(&mut rows);
    let mut writer = csv::Writer::from_path(path).unwrap();
    writer.write_record(&headings).unwrap();
    for row in &rows {
        writer
            .write_record(headings.iter().map(|heading| &row[heading]))
            .unwrap();
    }
    writer.flush().unwrap();
}

/// `-13.99` as -1399.
pub fn cents(text: &str) -> i64 {
    let (whole, hundredths) = text
        .split_once('.')
        .unwrap_or_else(|| panic!("{text:?} is no amount"));
    assert_eq!(hundredths.len(), 2, "{text:?} has not two decimals");
    format!("{whole}{hundredths}").parse().unwrap()
}

pub fn amount(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", cents.abs() / 100, cents.abs() % 100)
}

pub fn maybe_day(text: &str) -> Option<NaiveDate> {
    (!text.is_empty()).then(|| text.parse().unwrap())
}

pub fn months_on(day: NaiveDate, months: u32) -> NaiveDate {
    day + Months::new(months)
}

/// Calendar months from one first of a month (or any same day) to another.
pub fn months_between(from: NaiveDate, to: NaiveDate) -> u32 {
    let months = |day: NaiveDate| day.year() * 12 + day.month0() as i32;
    (months(to) - months(from)) as u32
}

#[derive(Debug, Clone)]
pub struct Charge {
    pub invoice_date: NaiveDate,
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub kind: String,
    pub amount: i64,
    pub description: String,
    pub extension: String,
    pub number: String,
    pub email: String,
    pub tier: String,
    pub term: String,
}

#[derive(Debug, Clone)]
pub struct Contract {
    pub contract_id: String,
    pub term: String,
    pub tier: String,
    pub start_on: NaiveDate,
    pub end_on: Option<NaiveDate>,
    pub committed: Option<i64>,
    pub unit_price: Option<i64>,
    pub list_price: Option<i64>,
    pub promo_ends_on: Option<NaiveDate>,
    pub auto_renew: Option<bool>,
    pub notice_days: Option<i64>,
    pub credit: String,
}

/// A holder's time on an extension, as the inventory has it.
#[derive(Debug, Clone)]
pub struct Seat {
    pub line_id: String,
    pub extension: String,
    pub person: String,
    pub email: String,
    pub is_queue: bool,
    pub tier: String,
    pub term: String,
    pub contract_id: String,
    pub since: Option<NaiveDate>,
    pub until: Option<NaiveDate>,
    pub dids: Vec<String>,
}

/// What is taken from the program: the verdict on a line, and what it says of tier and term.
#[derive(Debug, Clone)]
pub struct Scored {
    pub line_id: String,
    pub verdict: String,
    pub tier: String,
    pub term: String,
    pub last_used: Option<NaiveDate>,
}

#[derive(serde::Deserialize)]
struct Price {
    tier: String,
    term: String,
    price: String,
}

#[derive(serde::Deserialize)]
struct Rule {
    pattern: String,
    kind: String,
    #[serde(default)]
    tier: String,
    #[serde(default)]
    term: String,
}

/// Prices by tier and term, and patterns that tell a row's kind, tier and term.
pub struct Book {
    prices: Vec<Price>,
    rules: Vec<(Regex, Rule)>,
}

impl Book {
    pub fn read(path: &Path) -> Book {
        let file = config::File::from(path);
        let book = config::Config::builder().add_source(file).build().unwrap();
        let rules: Vec<Rule> = book.get("charge_rules").unwrap();
        Book {
            prices: book.get("prices").unwrap(),
            rules: rules
                .into_iter()
                .map(|rule| (Regex::new(&rule.pattern).unwrap(), rule))
                .collect(),
        }
    }

    /// The book has one price a tier and term, from one day on.
    pub fn price(&self, tier: &str, term: &str) -> Option<i64> {
        let mut prices = self.prices.iter();
        let price = prices.find(|price| price.tier == tier && price.term == term)?;
        Some(cents(&price.price))
    }
}

pub fn charges(path: &Path, book: &Book) -> Vec<Charge> {
    let number_in_text = Regex::new(r"\b1\d{10}\b").unwrap();
    let charge = |row: Row| {
        let in_text = number_in_text.find(&row["description"]);
        let number = in_text.map_or("", |found| found.as_str()).to_owned();
        let mut rules = book.rules.iter();
        let rule = rules.find(|(pattern, _)| pattern.is_match(&row["description"]));
        let (kind, tier, term) = rule.map_or(("other", "", ""), |(_, rule)| {
            (&rule.kind, &rule.tier, &rule.term)
        });
        let filled = |column: &str, told: &str| match row[column].as_str() {
            "" => told.to_owned(),
            given => given.to_owned(),
        };
        Charge {
            kind: filled("charge_kind", kind),
            tier: filled("tier", tier),
            term: filled("term", term),
            invoice_date: row["invoice_date"].parse().unwrap(),
            from: row["period_start"].parse().unwrap(),
            to: row["period_end"].parse().unwrap(),
            amount: cents(&row["amount"]),
            description: row["description"].clone(),
            extension: row["extension"].clone(),
            number: filled("phone_number", &number),
            email: row["email"].clone(),
        }
    };
    rows(path).into_iter().map(charge).collect()
}

pub fn contracts(path: &Path) -> Vec<Contract> {
    let contract = |row: Row| Contract {
        contract_id: row["contract_id"].clone(),
        term: row["term"].clone(),
        tier: row["tier"].clone(),
        start_on: row["start_on"].parse().unwrap(),
        end_on: maybe_day(&row["end_on"]),
        committed: row["committed_lines"].parse().ok(),
        unit_price: Some(&row["unit_price"])
            .filter(|cell| !cell.is_empty())
            .map(|cell| cents(cell)),
        list_price: Some(&row["list_price"])
            .filter(|cell| !cell.is_empty())
            .map(|cell| cents(cell)),
        promo_ends_on: maybe_day(&row["promo_ends_on"]),
        auto_renew: row["auto_renew"].parse().ok(),
        notice_days: row["notice_days"].parse().ok(),
        credit: row["mid_term_credit"].clone(),
    };
    rows(path).into_iter().map(contract).collect()
}

/// Seats only; of several holders of one extension, all but the last are named after their first day.
pub fn seats(path: &Path) -> Vec<Seat> {
    let rows = rows(path);
    let last_of = |extension: &str| {
        let holders = rows.iter().filter(|row| row["extension"] == extension);
        holders
            .map(|row| row["seat_since"].clone())
            .max()
            .unwrap_or_default()
    };
    let seat = |row: &Row| {
        let id = match row["external_id"].as_str() {
            "" => row["extension"].clone(),
            id => id.to_owned(),
        };
        let is_former = row["seat_since"] != last_of(&row["extension"]);
        Seat {
            line_id: if is_former {
                format!("{id}@{}", row["seat_since"])
            } else {
                id
            },
            extension: row["extension"].clone(),
            person: row["user_id"].clone(),
            email: row["email"].clone(),
            is_queue: row["kind"] == "queue",
            tier: row["tier"].clone(),
            term: row["term"].clone(),
            contract_id: row["contract_id"].clone(),
            since: maybe_day(&row["seat_since"]),
            until: maybe_day(&row["seat_until"]),
            dids: row["dids"]
                .split(';')
                .filter(|did| !did.is_empty())
                .map(str::to_owned)
                .collect(),
        }
    };
    rows.iter()
        .filter(|row| !row["extension"].is_empty())
        .map(seat)
        .collect()
}

pub fn scored(path: &Path) -> Vec<Scored> {
    let line = |row: Row| Scored {
        line_id: row["line_id"].clone(),
        verdict: row["verdict"].clone(),
        tier: row["tier"].clone(),
        term: row["term"].clone(),
        last_used: maybe_day(&row["last_used_on"]),
    };
    rows(path).into_iter().map(line).collect()
}

/// Extensions that a call has reached since `first`, a local day; where the portal's rows tell only a number, that. Call starts
/// may be UTC: a day more is taken, none less.
pub fn called_since(folder: &Path, first: NaiveDate) -> Vec<String> {
    let mut called = std::collections::BTreeSet::new();
    for file in fs::read_dir(folder).unwrap() {
        let mut reader = csv::Reader::from_path(file.unwrap().path()).unwrap();
        let headings = reader.headers().unwrap().clone();
        let place = |names: [&str; 2]| {
            let found = headings.iter().position(|heading| names.contains(&heading));
            found.unwrap()
        };
        let (reached, start) = (
            place(["destination_extension", "To"]),
            place(["start", "Date/Time"]),
        );
        for record in reader.records() {
            let record = record.unwrap();
            let day = &record[start][..10];
            let day = match NaiveDate::parse_from_str(day, "%m/%d/%Y") {
                Ok(local) => local,
                Err(_) => day.parse().unwrap(),
            };
            if day >= first {
                called.insert(record[reached].trim_start_matches('+').to_owned());
            }
        }
    }
    called.into_iter().collect()
}
