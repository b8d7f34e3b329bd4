//! The administrators: they read the list, hand rows back, and remove what was decided.

use std::fs;
use std::path::Path;

use chrono::{Datelike, Days, NaiveDate};

use super::company::Company;
use super::dice::Dice;
use super::plan::Plan;
use super::report::Row;

/// A row that is handed back.
#[derive(Debug, Clone)]
pub struct Decided {
    pub uid: usize,
    pub line_id: String,
    pub holder: String,
    pub word: &'static str,
    pub handed_back: NaiveDate,
    pub expires_on: Option<NaiveDate>,
    /// The bucket and day that the list named.
    recoverable: String,
    recoverable_on: Option<NaiveDate>,
    row: Row,
}

#[derive(Default)]
pub struct Office {
    asked: Vec<(String, String)>,
    waiting: Vec<Decided>,
    pub decided: Vec<Decided>,
    /// Lines that leave on a day.
    leaving: Vec<(NaiveDate, usize)>,
}

impl Office {
    /// Reads the list of a good night: one row in eight is picked and handed back some days later.
    pub fn read(&mut self, company: &Company, seats: &[Row], day: NaiveDate, plan: &Plan) {
        for row in seats {
            let key = (row["line_id"].clone(), row["holder"].clone());
            let line = company
                .lines
                .iter()
                .find(|line| line.id() == key.0 && line.is_listed(day));
            let Some(line) = line.filter(|_| !self.asked.contains(&key)) else {
                continue;
            };
            let mut dice = Dice::of(
                company.seed,
                "list",
                line.uid as u64,
                day.num_days_from_ce().unsigned_abs().into(),
            );
            if !dice.percent(12) {
                continue;
            }
            self.asked.push(key.clone());
            let word = match dice.between(1, 100) {
                1..=30 => "keep",
                31..=38 => "reassign",
                39..=46 => "dismiss",
                _ => "reclaim",
            };
            let handed_back = day
                + Days::new(
                    dice.between(2, if plan.has("late decision") { 16 } else { 4 })
                        .unsigned_abs(),
                );
            let expires_on = handed_back + Days::new(dice.between(10, 45).unsigned_abs());
            self.waiting.push(Decided {
                uid: line.uid,
                line_id: key.0,
                holder: key.1,
                word,
                handed_back,
                expires_on: (word == "keep").then_some(expires_on),
                recoverable: row["recoverable"].clone(),
                recoverable_on: row["recoverable_on"].parse().ok(),
                row: row.clone(),
            });
        }
    }

    /// What is due on a day: rows go into the folder, lines leave the list.
    pub fn work(&mut self, company: &mut Company, folder: &Path, day: NaiveDate, plan: &Plan) -> Vec<String> {
        let mut told = Vec::new();
        let (due, waiting): (Vec<Decided>, Vec<Decided>) =
            self.waiting.drain(..).partition(|made| made.handed_back <= day);
        self.waiting = waiting;
        for made in due {
            hand_back(&made, folder);
            told.push(format!("{} line {} handed back", made.word, made.line_id));
            if made.word == "reclaim" && plan.has("removal") {
                let mut dice = Dice::of(company.seed, "remove", made.uid as u64, 0);
                let soon = day + Days::new(dice.between(3, 7).unsigned_abs());
                let on = match (made.recoverable.as_str(), made.recoverable_on) {
                    ("now" | "next_bill", _) => Some(soon),
                    // The term's last day at the earliest: until then it is paid for.
                    (_, on) => on.map(|on| soon.max(on - Days::new(1))),
                };
                self.leaving.extend(on.map(|on| (on, made.uid)));
            }
            self.decided.push(made);
        }
        // The vendor counts on the first: who leaves then stands on neither side.
        let (due, later): (Vec<_>, Vec<_>) = self
            .leaving
            .drain(..)
            .partition(|(on, _)| *on <= day && day.day() != 1);
        self.leaving = later;
        for (_, uid) in due {
            // A line that was used again is not taken: the list says so.
            let is_used = company.used_days(uid).any(|used| used + Days::new(8) > day);
            let line = &mut company.lines[uid];
            if !is_used && line.is_held(day) {
                line.removed = Some(day);
                told.push(format!("line {} removed", line.id()));
            }
        }
        told
    }

    /// The newest decision on each line that bears on a day.
    pub fn in_force<'a>(&'a self, company: &Company, day: NaiveDate) -> Vec<&'a Decided> {
        let newest = |made: &&Decided| {
            let mut later = self.decided.iter().filter(|other| other.uid == made.uid);
            later.all(|other| other.handed_back <= made.handed_back)
        };
        let bears = |made: &&Decided| {
            let line = &company.lines[made.uid];
            line.is_held(day) && line.id() == made.line_id && line.name() == made.holder
        };
        self.decided.iter().filter(newest).filter(bears).collect()
    }
}

fn hand_back(made: &Decided, folder: &Path) {
    let mut row = made.row.clone();
    let day = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    for (column, cell) in [
        ("decision", made.word.to_owned()),
        ("decision_reason", "as agreed".to_owned()),
        ("owner", "Greta Holunder".to_owned()),
        ("decided_on", day(Some(made.handed_back))),
        ("expires_on", day(made.expires_on)),
    ] {
        row.insert(column.to_owned(), cell);
    }
    let file = folder.join(format!("{}-{}.csv", made.handed_back, made.row["extension"]));
    let mut writer = csv::Writer::from_path(&file).unwrap();
    writer.write_record(row.keys()).unwrap();
    writer.write_record(row.values()).unwrap();
    writer.flush().unwrap();
    assert!(fs::metadata(&file).unwrap().len() > 0);
}
