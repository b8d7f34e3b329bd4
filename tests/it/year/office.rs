//! The administrators: they read the list, hand rows back, and remove what was decided.

use std::path::Path;

use chrono::{Datelike, Days, NaiveDate};

use super::company::Company;
use super::dice::Dice;
use super::plan::Plan;
use super::report::{Report, Row, cents};
use super::vendor::Vendor;

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

/// A row of `findings.csv` that is handed back.
#[derive(Debug, Clone)]
pub struct Disputed {
    pub finding_id: String,
    pub handed_back: NaiveDate,
    row: Row,
}

#[derive(Default)]
pub struct Office {
    asked: Vec<(String, String)>,
    waiting: Vec<Decided>,
    pub decided: Vec<Decided>,
    pub disputed: Vec<Disputed>,
    /// Lines that leave on a day.
    leaving: Vec<(NaiveDate, usize)>,
}

impl Office {
    /// Reads the list of a good night: one row in eight is picked and handed back some days later.
    pub fn read(&mut self, company: &Company, report: &Report, day: NaiveDate, plan: &Plan) {
        self.read_bill(company, &report.findings, day, plan);
        for row in &report.seats {
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

    /// Finance disputes some of what is wrong with the bill.
    fn read_bill(&mut self, company: &Company, findings: &[Row], day: NaiveDate, plan: &Plan) {
        let kinds = [
            "duplicate_charge",
            "rate_above_contract",
            "billed_after_removal",
            "promotion_ended",
        ];
        let of_bill = |row: &&Row| plan.has("dispute") && kinds.contains(&row["kind"].as_str());
        for row in findings.iter().filter(of_bill) {
            let finding_id = &row["finding_id"];
            if self.disputed.iter().any(|made| made.finding_id == *finding_id) {
                continue;
            }
            let mut dice = Dice::of(
                company.seed,
                finding_id,
                day.num_days_from_ce().unsigned_abs().into(),
                0,
            );
            if dice.percent(15) {
                self.disputed.push(Disputed {
                    finding_id: finding_id.clone(),
                    handed_back: day + Days::new(dice.between(1, 6).unsigned_abs()),
                    row: row.clone(),
                });
            }
        }
    }

    /// What is due on a day: rows go into the folder, lines leave the list.
    pub fn work(
        &mut self,
        company: &mut Company,
        vendor: &mut Vendor,
        folder: &Path,
        day: NaiveDate,
        plan: &Plan,
    ) -> Vec<String> {
        let mut told = Vec::new();
        for made in self.disputed.iter().filter(|made| made.handed_back == day) {
            let name = format!("{day}-{}.csv", made.finding_id);
            hand_back(&made.row, "dispute", day, None, &folder.join(name));
            told.push(format!(
                "{} of {} is disputed",
                made.row["kind"], made.row["subject"]
            ));
            // Every second dispute is granted.
            if Dice::of(company.seed, &made.finding_id, 0, 1).percent(50) {
                vendor.grant(day, &made.row["extension"], cents(&made.row["monthly_amount"]));
            }
        }
        let (due, waiting): (Vec<Decided>, Vec<Decided>) =
            self.waiting.drain(..).partition(|made| made.handed_back <= day);
        self.waiting = waiting;
        for made in due {
            let name = format!("{}-{}.csv", made.handed_back, made.row["extension"]);
            hand_back(
                &made.row,
                made.word,
                made.handed_back,
                made.expires_on,
                &folder.join(name),
            );
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
            line.is_held(day) && line.name() == made.holder
        };
        self.decided.iter().filter(newest).filter(bears).collect()
    }
}

/// A file with the one row that is filled in.
fn hand_back(row: &Row, word: &str, on: NaiveDate, expires_on: Option<NaiveDate>, file: &Path) {
    let mut row = row.clone();
    for (column, cell) in [
        ("decision", word.to_owned()),
        ("decision_reason", "as agreed".to_owned()),
        ("owner", "Greta Holunder".to_owned()),
        ("decided_on", on.to_string()),
        (
            "expires_on",
            expires_on.map(|day| day.to_string()).unwrap_or_default(),
        ),
    ] {
        row.insert(column.to_owned(), cell);
    }
    let mut writer = csv::Writer::from_path(file).unwrap();
    writer.write_record(row.keys()).unwrap();
    writer.write_record(row.values()).unwrap();
    writer.flush().unwrap();
}
