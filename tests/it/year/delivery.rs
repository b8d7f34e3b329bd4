//! The call exports: which rows of a day have arrived, and the files that hold them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use chrono::{Datelike, Days, Months, NaiveDate};

use super::calls::{Call, Shape};
use super::company::{Company, months_before};
use super::dice::Dice;
use super::plan::Plan;

/// How much of a day is in the exports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrived {
    Whole,
    /// A twentieth of its rows.
    Thin,
    Nothing,
}

/// Which days share a file; the months before the first night have one each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Export {
    Daily,
    MonthToDate,
    /// Ten days each, so that neighbours overlap.
    Weekly,
}

pub struct Delivery {
    seed: u64,
    pub shape: Shape,
    export: Export,
    days: BTreeMap<NaiveDate, Arrived>,
    /// Days that are put right later: when, and which.
    mended: Vec<(NaiveDate, NaiveDate)>,
    changed: BTreeSet<NaiveDate>,
    /// Files that lie there for a night: the name, and until which day.
    passing: Vec<(String, NaiveDate)>,
    /// The day on which another company's calls lie there.
    pub foreign_on: Option<NaiveDate>,
    twice_on: Option<NaiveDate>,
}

impl Delivery {
    pub fn new(plan: &Plan) -> Delivery {
        Delivery {
            seed: plan.seed,
            shape: match plan.seed % 2 {
                0 => Shape::Reports,
                _ => Shape::Portal,
            },
            export: [Export::Daily, Export::MonthToDate, Export::Weekly][(plan.seed % 3) as usize],
            days: BTreeMap::new(),
            mended: Vec::new(),
            changed: BTreeSet::new(),
            passing: Vec::new(),
            foreign_on: None,
            twice_on: None,
        }
    }

    /// What becomes of a day's rows.
    pub fn plan(&mut self, day: NaiveDate, plan: &Plan, is_played: bool) {
        let due: Vec<NaiveDate> = self
            .mended
            .iter()
            .filter(|(on, _)| *on <= day)
            .map(|(_, day)| *day)
            .collect();
        self.mended.retain(|(on, _)| *on > day);
        for late in due {
            self.days.insert(late, Arrived::Whole);
            self.changed.insert(late);
        }
        let mut dice = Dice::of(
            self.seed,
            "delivery",
            day.num_days_from_ce().unsigned_abs().into(),
            0,
        );
        let event = match dice.between(1, 100) {
            1..=5 => "late export",
            6..=8 => "lost export",
            9..=11 => "thinned export",
            12..=14 => "foreign export",
            15..=18 => "export twice",
            _ => "",
        };
        let later = day + Days::new(dice.between(1, 4).unsigned_abs());
        let event = if is_played && plan.has(event) { event } else { "" };
        let how = match event {
            "late export" => {
                self.mended.push((later, day));
                Arrived::Nothing
            }
            "lost export" => Arrived::Nothing,
            "thinned export" => {
                self.mended.push((later, day));
                Arrived::Thin
            }
            _ => Arrived::Whole,
        };
        match event {
            "foreign export" => self.foreign_on = Some(day),
            "export twice" => self.twice_on = Some(day),
            _ => {}
        }
        self.days.insert(day, how);
        self.changed.insert(day);
    }

    /// Every day up to then has arrived whole.
    pub fn is_whole(&self, up_to: NaiveDate) -> bool {
        self.days.range(..=up_to).all(|(_, how)| *how == Arrived::Whole)
    }

    pub fn has_whole(&self, day: NaiveDate) -> bool {
        self.days.get(&day) == Some(&Arrived::Whole)
    }

    /// Why a night of that day may be held for its calls.
    pub fn excuse(&self, day: NaiveDate) -> Option<&'static str> {
        let lately = self.days.range(day - Days::new(35)..=day);
        if self.foreign_on == Some(day) {
            return Some("another company's calls lie there");
        }
        lately
            .map(|(_, how)| how)
            .any(|how| *how != Arrived::Whole)
            .then_some("days are missing")
    }

    fn files_of(&self, day: NaiveDate, company: &Company) -> Vec<(String, Vec<NaiveDate>)> {
        let played_from = months_before(company.first_night, 0);
        let span = |from: NaiveDate, days: u64| (0..days).map(|n| from + Days::new(n)).collect::<Vec<_>>();
        if day < played_from || self.export == Export::MonthToDate {
            let first = months_before(day, 0);
            let days = (first + Months::new(1) - first).num_days().unsigned_abs();
            return vec![(format!("calls-{}.csv", first.format("%Y-%m")), span(first, days))];
        }
        if self.export == Export::Daily {
            return vec![(format!("calls-{day}.csv"), vec![day])];
        }
        // A week begins on Monday and has the three days before it.
        let monday = |day: NaiveDate| day - Days::new(day.weekday().num_days_from_monday().into());
        let weeks: BTreeSet<NaiveDate> = [monday(day), monday(day + Days::new(3))].into();
        let days = |monday: NaiveDate| {
            let days = span(monday - Days::new(3), 10).into_iter();
            days.filter(|day| *day >= played_from).collect()
        };
        weeks
            .into_iter()
            .map(|monday| (format!("calls-week-{monday}.csv"), days(monday)))
            .collect()
    }

    fn rows<'a>(&self, day: NaiveDate, company: &'a Company) -> Vec<&'a Call> {
        let calls = &company.calls[&day];
        match self.days.get(&day) {
            Some(Arrived::Whole) => calls.iter().collect(),
            Some(Arrived::Thin) => calls.iter().step_by(20).collect(),
            _ => Vec::new(),
        }
    }

    /// Writes the files whose days have changed, and what lies there by accident; says what.
    pub fn write(&mut self, folder: &Path, company: &Company, today: NaiveDate) -> Vec<String> {
        let mut told = Vec::new();
        for (name, _) in self.passing.iter().filter(|(_, until)| *until < today) {
            fs::remove_file(folder.join(name)).unwrap();
            told.push(format!("{name} is taken away"));
        }
        self.passing.retain(|(_, until)| *until >= today);
        let changed = std::mem::take(&mut self.changed);
        let files: BTreeMap<String, Vec<NaiveDate>> = changed
            .iter()
            .flat_map(|day| self.files_of(*day, company))
            .collect();
        for (name, days) in &files {
            let calls = days
                .iter()
                .filter(|day| **day <= today)
                .flat_map(|day| self.rows(*day, company));
            let rows: String = calls.map(|call| self.shape.row(call)).collect();
            if !rows.is_empty() {
                fs::write(folder.join(name), self.shape.headings().to_owned() + &rows).unwrap();
            }
        }
        let not_whole = changed.iter().filter(|day| !self.has_whole(**day));
        told.extend(not_whole.map(|day| format!("of the calls of {day} there is: {:?}", self.days[day])));
        if self.twice_on == Some(today) {
            let newest = files.keys().next_back().filter(|name| folder.join(name).exists());
            if let Some(newest) = newest {
                fs::copy(folder.join(newest), folder.join("calls-copy.csv")).unwrap();
                self.passing.push(("calls-copy.csv".to_owned(), today));
                told.push(format!("{newest} lies there twice"));
            }
        }
        if self.foreign_on == Some(today) {
            let rows = (0..90).flat_map(|back| (0..50).map(move |n| (today - Days::new(back), n)));
            let rows: String = rows.map(|(day, n)| self.shape.foreign_row(day, n)).collect();
            fs::write(
                folder.join("calls-other.csv"),
                self.shape.headings().to_owned() + &rows,
            )
            .unwrap();
            self.passing.push(("calls-other.csv".to_owned(), today));
            told.push("another company's calls lie there".to_owned());
        }
        told
    }
}
