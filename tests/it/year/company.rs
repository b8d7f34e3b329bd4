//! The company that is played: its lines with their holders, and the tables that its administrators would export.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Days, NaiveDate, Weekday};

use super::calls::{Call, calls_of};
use super::contracts::Contracts;
use super::dice::Dice;

pub const ACCOUNT: &str = "913874";
/// The months of calls and bills before the first night.
const MONTHS_BEFORE: u32 = 7;
pub const DEPARTMENTS: [(&str, &str); 4] = [
    ("Sales", "CC-1"),
    ("Service", "CC-2"),
    ("Ledger", "CC-3"),
    ("Yard", "CC-4"),
];
const FIRST_NAMES: [&str; 12] = [
    "Alba", "Bruno", "Carla", "Dario", "Edda", "Fabio", "Greta", "Hugo", "Irma", "Jonas", "Karin", "Levin",
];
const LAST_NAMES: [&str; 13] = [
    "Ahornbach",
    "Buchenfels",
    "Distelkamp",
    "Erlenbrook",
    "Fichtenau",
    "Ginsterweg",
    "Holunder",
    "Ilexmoor",
    "Kiefernstein",
    "Lindenhorst",
    "Moosgrund",
    "Nesselbach",
    "Pappelried",
];

/// A stretch in which a line is used on so many of a hundred business days.
#[derive(Debug, Clone, Copy)]
pub struct Habit {
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub percent: i64,
}

/// What becomes of a line's use, as it was drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Temper {
    Nightly,
    Desk,
    Steady,
    Light,
    /// Silent from some day on.
    Fading,
    NeverUsed,
    Joiner,
}

/// One holder's seat: two holders of one extension are two of these.
#[derive(Debug, Clone)]
pub struct Line {
    pub uid: usize,
    /// What the vendor bills: an heir's is the former holder's, and it stays when the extension changes.
    pub seat: usize,
    pub extension: String,
    /// Ids that it bore, each with the first day of the next.
    pub former_ids: Vec<(NaiveDate, String)>,
    pub former_extensions: Vec<String>,
    pub external_id: String,
    pub login: String,
    pub email: String,
    pub first: String,
    pub last: String,
    pub kind: &'static str,
    pub tier: &'static str,
    pub contract: &'static str,
    pub seat_since: NaiveDate,
    /// Its last day, when somebody else holds it now.
    pub seat_until: Option<NaiveDate>,
    /// The first day on which the list lacks it.
    pub removed: Option<NaiveDate>,
    pub departed: Option<NaiveDate>,
    pub leave_until: Option<NaiveDate>,
    pub numbers: Vec<String>,
    pub department: usize,
    pub temper: Temper,
    pub habits: Vec<Habit>,
    /// Rung in vain on so many of a hundred business days.
    pub rung: i64,
}

impl Line {
    pub fn id(&self) -> String {
        let own = match self.external_id.is_empty() {
            true => &self.extension,
            false => &self.external_id,
        };
        match self.seat_until {
            Some(_) => format!("{own}@{}", self.seat_since),
            None => own.clone(),
        }
    }

    pub fn name(&self) -> String {
        format!("{} {}", self.first, self.last)
    }

    pub fn is_person(&self) -> bool {
        self.kind == "person"
    }

    /// On the list of lines of that day.
    pub fn is_listed(&self, day: NaiveDate) -> bool {
        self.seat_since <= day && self.removed.is_none_or(|gone| day < gone)
    }

    /// Somebody's seat on that day.
    pub fn is_held(&self, day: NaiveDate) -> bool {
        self.is_listed(day) && self.seat_until.is_none_or(|until| day <= until)
    }

    /// No use from a day on.
    pub fn fall_silent(&mut self, from: NaiveDate) {
        self.habits.retain(|habit| habit.from < from);
        for habit in &mut self.habits {
            habit.to = habit.to.min(from - Days::new(1));
        }
    }

    /// No use from one day to another, both included.
    pub fn pause(&mut self, from: NaiveDate, to: NaiveDate) {
        let later = self.habits.iter().filter(|habit| habit.to > to);
        let later: Vec<Habit> = later
            .map(|habit| Habit {
                from: habit.from.max(to + Days::new(1)),
                ..*habit
            })
            .collect();
        self.fall_silent(from);
        self.habits.extend(later);
    }
}

pub struct Company {
    pub seed: u64,
    /// The first day with calls.
    pub start: NaiveDate,
    pub first_night: NaiveDate,
    pub lines: Vec<Line>,
    pub contracts: Contracts,
    pub calls: BTreeMap<NaiveDate, Vec<Call>>,
    next_extension: u32,
}

pub fn months_before(day: NaiveDate, months: u32) -> NaiveDate {
    let first = day.with_day(1).unwrap();
    first - chrono::Months::new(months)
}

pub fn is_business_day(day: NaiveDate) -> bool {
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !holidays().contains(&day)
}

pub fn holidays() -> BTreeSet<NaiveDate> {
    let days = [
        "2025-05-26",
        "2025-07-04",
        "2025-09-01",
        "2025-11-27",
        "2025-12-25",
        "2026-01-01",
        "2026-05-25",
        "2026-07-03",
        "2026-09-07",
    ];
    days.iter().map(|day| day.parse().unwrap()).collect()
}

impl Company {
    pub fn new(seed: u64, lines: usize, first_night: NaiveDate) -> Company {
        let mut company = Company {
            seed,
            start: months_before(first_night, MONTHS_BEFORE),
            first_night,
            lines: Vec::new(),
            contracts: Contracts::new(first_night),
            calls: BTreeMap::new(),
            next_extension: 300,
        };
        while company.lines.len() < lines {
            company.settle_one();
        }
        company
    }

    /// A line of the first day: two in twelve are silent by the first night, two fall silent after it.
    fn settle_one(&mut self) {
        let mut dice = Dice::of(self.seed, "settle", self.lines.len() as u64, 0);
        let (first, start) = (self.first_night, self.start);
        let long_ago = NaiveDate::from_ymd_opt(2024, 3, 4).unwrap();
        let before = |days: i64| first - Days::new(days.unsigned_abs());
        let always = |percent| Habit {
            from: start,
            to: NaiveDate::MAX,
            percent,
        };
        let until = |to, percent| Habit {
            from: start,
            to,
            percent,
        };
        match self.lines.len() {
            0 => {
                let alarm = self.join(long_ago, Temper::Nightly);
                (alarm.kind, alarm.first, alarm.last) = ("alarm", "Alarm".to_owned(), "Panel".to_owned());
                alarm.email.clear();
            }
            1 => {
                let desk = self.join(long_ago, Temper::Desk);
                (desk.kind, desk.first, desk.last) = ("reception", "Reception".to_owned(), "Desk".to_owned());
                desk.email.clear();
                desk.habits = vec![always(100)];
            }
            count => match count % 12 {
                2 => {
                    let silent_since = before(dice.between(110, 150));
                    self.join(long_ago, Temper::Fading).habits = vec![until(silent_since, 90)];
                }
                3 => {
                    let joined = before(dice.between(100, 180));
                    self.join(joined, Temper::NeverUsed);
                }
                4 => {
                    let silent_since = before(dice.between(20, 60));
                    self.join(long_ago, Temper::Fading).habits = vec![until(silent_since, 85)];
                }
                5 => {
                    let silent_from = first + Days::new(dice.between(5, 40).unsigned_abs());
                    let fading = self.join(long_ago, Temper::Fading);
                    fading.habits = vec![until(silent_from, 90)];
                    fading.rung = 10;
                }
                6 => self.join(long_ago, Temper::Light).habits = vec![always(40)],
                _ => self.join(long_ago, Temper::Steady).habits = vec![always(90)],
            },
        }
    }

    /// An extension that nobody has had.
    pub fn fresh_extension(&mut self) -> String {
        self.next_extension += 1;
        self.next_extension.to_string()
    }

    /// A new line with a holder of its own.
    pub fn join(&mut self, seat_since: NaiveDate, temper: Temper) -> &mut Line {
        let uid = self.lines.len();
        let mut dice = Dice::of(self.seed, "join", uid as u64, 0);
        let extension = self.fresh_extension();
        let first = FIRST_NAMES[uid % FIRST_NAMES.len()].to_owned();
        let last = format!(
            "{}{}",
            LAST_NAMES[(uid * 5) % LAST_NAMES.len()],
            ["", "er", "mann"][uid / 13 % 3]
        );
        let login = format!("{first}.{last}{uid}").to_lowercase();
        let tier = *dice
            .pick(&["mobile", "mobile", "mobile", "premium", "premium", "advanced"])
            .unwrap();
        let contract = *dice
            .pick(&["FLEX", "FLEX", "CREDIT", "TERM", "ROLL", "PROMO"])
            .unwrap();
        self.lines.push(Line {
            uid,
            seat: uid,
            former_ids: Vec::new(),
            former_extensions: Vec::new(),
            extension,
            external_id: if dice.percent(60) {
                format!("66{uid:05}")
            } else {
                String::new()
            },
            email: format!("{login}@mill.example"),
            login,
            first,
            last,
            kind: "person",
            tier,
            contract,
            seat_since,
            seat_until: None,
            removed: None,
            departed: None,
            leave_until: None,
            numbers: if dice.percent(40) {
                vec![format!("1212555{uid:04}")]
            } else {
                Vec::new()
            },
            department: dice.between(0, 3) as usize,
            temper,
            habits: Vec::new(),
            rung: 0,
        });
        &mut self.lines[uid]
    }

    /// The calls of a day, made when the day is lived: nothing that happens later changes them.
    pub fn live(&mut self, day: NaiveDate) {
        let mut calls: Vec<Call> = self
            .lines
            .iter()
            .flat_map(|line| calls_of(self.seed, self.start, line, day))
            .collect();
        calls.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
        self.calls.insert(day, calls);
    }

    /// The days on which a holder used the line, oldest first.
    pub fn used_days(&self, uid: usize) -> impl DoubleEndedIterator<Item = NaiveDate> + '_ {
        let used = move |calls: &[Call]| calls.iter().any(|call| call.uid == uid && call.is_use);
        self.calls
            .iter()
            .filter(move |(_, calls)| used(calls))
            .map(|(day, _)| *day)
    }

    pub fn lines_csv(&self, day: NaiveDate) -> String {
        let mut text = "account_id,extension,external_id,sip_ids,user_id,login_name,email,first_name,last_name,status,kind,\
                        tier,term,contract_id,seat_since,seat_until,department,cost_center,manager_email,location,time_zone,dids\n"
            .to_owned();
        let has_gone = |line: &&Line| line.seat_until.is_some() && !self.heir_is_listed(line, day);
        for line in self
            .lines
            .iter()
            .filter(|line| line.is_listed(day))
            .filter(|line| !has_gone(line))
        {
            let (department, cost_center) = DEPARTMENTS[line.department];
            let until = line.seat_until.map(|day| day.to_string()).unwrap_or_default();
            text += &format!(
                "{ACCOUNT},{e},{},VH{e},{l},{l},{},{},{},active,{},{},{},{},{},{until},{department},{cost_center},chief@mill.example,\
                 New York,America/New_York,{}\n",
                line.external_id,
                line.email,
                line.first,
                line.last,
                line.kind,
                line.tier,
                self.contracts.term_of(line.contract),
                line.contract,
                line.seat_since,
                line.numbers.join(";"),
                e = line.extension,
                l = line.login,
            );
        }
        text
    }

    /// A former holder stands in the list as long as the line does.
    fn heir_is_listed(&self, former: &Line, day: NaiveDate) -> bool {
        let is_heir = |line: &&Line| line.seat == former.seat && line.seat_since > former.seat_since;
        self.lines.iter().filter(is_heir).any(|heir| heir.is_listed(day))
    }

    pub fn directory_csv(&self, day: NaiveDate) -> String {
        let mut text =
            "account_id,email,status,departed_on,on_leave_until,department,cost_center,manager_email\n"
                .to_owned();
        let known = self
            .lines
            .iter()
            .filter(|line| !line.email.is_empty() && line.seat_since <= day);
        for line in known {
            let departed = line.departed.filter(|gone| *gone <= day);
            let leave = line.leave_until.filter(|until| *until >= day);
            let (department, cost_center) = DEPARTMENTS[line.department];
            text += &format!(
                "{ACCOUNT},{},{},{},{},{department},{cost_center},chief@mill.example\n",
                line.email,
                if departed.is_some() { "departed" } else { "active" },
                departed.map(|day| day.to_string()).unwrap_or_default(),
                leave.map(|day| day.to_string()).unwrap_or_default(),
            );
        }
        text
    }

    pub fn holidays_csv() -> String {
        let days = holidays();
        let rows = days.iter().map(|day| format!("{ACCOUNT},,{day},closed\n"));
        rows.fold("account_id,location,day,name\n".to_owned(), |text, row| {
            text + &row
        })
    }
}
