//! A company as the measurement needs it: lines, their days of use, and a span of known days.

use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::path::Path;

use chrono::{Datelike, NaiveDate, TimeDelta, Weekday};
use flate2::read::GzDecoder;
use quietline::domain::Cents;
use quietline::synth::{self, Mix, SynthOptions, public_holidays};

pub const WEEKDAYS: [Weekday; 5] = [
    Weekday::Mon,
    Weekday::Tue,
    Weekday::Wed,
    Weekday::Thu,
    Weekday::Fri,
];
/// Business days whose silence is predicted: 90 calendar days.
pub const AHEAD: usize = 63;
/// Business days that stand for a month.
pub const MONTH: usize = 21;

pub struct Line {
    pub line_id: String,
    pub is_person: bool,
    pub since: NaiveDate,
    pub until: Option<NaiveDate>,
    pub monthly_cost: Cents,
    pub used: Vec<NaiveDate>,
}

pub struct Company {
    pub first: NaiveDate,
    pub last: NaiveDate,
    pub holidays: Vec<NaiveDate>,
    pub lines: Vec<Line>,
}

impl Company {
    /// Lines used on a day, by which closed days are told.
    pub fn used_lines(&self) -> HashMap<NaiveDate, u32> {
        let mut counts = HashMap::new();
        for day in self.lines.iter().flat_map(|line| &line.used) {
            *counts.entry(*day).or_default() += 1;
        }
        counts
    }

    /// A month's cost of each line, by its id.
    pub fn costs(&self) -> HashMap<String, Cents> {
        let lines = self.lines.iter();
        lines
            .map(|line| (line.line_id.clone(), line.monthly_cost))
            .collect()
    }
}

/// The first day of a span that ends on `last` and holds so many business days.
fn first_day(
    last: NaiveDate,
    business_days: usize,
    holidays: &[NaiveDate],
) -> Result<NaiveDate, &'static str> {
    let is_business = |day: &NaiveDate| WEEKDAYS.contains(&day.weekday()) && !holidays.contains(day);
    let back = std::iter::successors(Some(last), NaiveDate::pred_opt);
    back.filter(is_business)
        .nth(business_days - 1)
        .ok_or("no such span")
}

/// How long a made-up company has existed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Age {
    /// A thousand days, whatever part of them its calls are known for: lines have died before the history begins, as they
    /// have in a real inventory.
    Old,
    /// As long as its history: no line has been silent for longer than that, and few have died in it.
    Young,
}

const OLD_DAYS: i64 = 1000;

/// A made-up company whose calls are known for `months`, and for the days after them in which the outcome shows.
#[derive(Clone, Copy)]
pub struct MadeUp {
    pub mix: Mix,
    pub lines: u32,
    pub months: usize,
    pub age: Age,
    pub seed: u64,
    pub last: NaiveDate,
}

impl MadeUp {
    pub fn company(self) -> Result<Company, Box<dyn Error>> {
        let holidays = public_holidays(self.last - TimeDelta::days(OLD_DAYS)..=self.last);
        let first = first_day(self.last, self.months * MONTH + AHEAD, &holidays)?;
        let days = match self.age {
            Age::Old => OLD_DAYS,
            Age::Young => (self.last - first).num_days() + 1,
        };
        let made = synth::company(&SynthOptions {
            lines: self.lines,
            days: u32::try_from(days)?,
            seed: self.seed,
            last_day: self.last,
            time_zone: quietline::zones::named("America/New_York").unwrap(),
            shape: synth::CallShape::Reports,
            account_id: "evidence".to_owned(),
            out: std::path::PathBuf::new(),
            mix: self.mix,
            gzip: false,
            faults: false,
        })?;
        let known = |line: synth::SynthHistory| Line {
            line_id: line.line_id,
            is_person: line.is_person,
            since: line.seat_since,
            until: line.seat_until,
            monthly_cost: line.monthly_cost,
            used: line.used.into_iter().filter(|day| *day >= first).collect(),
        };
        Ok(Company {
            first,
            last: self.last,
            holidays,
            lines: made.lines.into_iter().map(known).collect(),
        })
    }
}

/// Days of each person, sorted.
pub type People = BTreeMap<String, Vec<NaiveDate>>;

pub fn read_people(file: &Path) -> Result<People, Box<dyn Error>> {
    let mut people = People::new();
    let mut reader = csv::Reader::from_reader(GzDecoder::new(std::fs::File::open(file)?));
    for row in reader.deserialize() {
        let (person, day): (String, NaiveDate) = row?;
        people.entry(person).or_default().push(day);
    }
    for days in people.values_mut() {
        days.sort_unstable();
        days.dedup();
    }
    Ok(people)
}

/// A slice of the people's days as a company: a person is a line from the first day in the slice on, so that nothing of
/// what came later decides who belongs to it.
pub fn slice(people: &People, first: NaiveDate, last: NaiveDate) -> Company {
    let line = |(person, days): (&String, &Vec<NaiveDate>)| {
        let used: Vec<NaiveDate> = days
            .iter()
            .copied()
            .filter(|day| (first..=last).contains(day))
            .collect();
        Some(Line {
            line_id: person.clone(),
            is_person: true,
            since: *used.first()?,
            until: None,
            monthly_cost: Cents(2000),
            used,
        })
    };
    Company {
        first,
        last,
        holidays: Vec::new(),
        lines: people.iter().filter_map(line).collect(),
    }
}

/// The same with `months` of history before its last 63 business days; none where the data begins later.
pub fn slice_of_months(people: &People, months: usize, last: NaiveDate) -> Option<Company> {
    let first = first_day(last, months * MONTH + AHEAD, &[]).ok()?;
    let begin = people.values().filter_map(|days| days.first()).min()?;
    (first >= *begin).then(|| slice(people, first, last))
}
