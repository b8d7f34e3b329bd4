//! Plays the days one after the other: people live, files arrive, the program runs, the judge looks.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use chrono::{Datelike, Days, NaiveDate};

use super::accidents::Accident;
use super::company::{ACCOUNT, Company};
use super::delivery::Delivery;
use super::judge::{Judge, Outbox, Truth};
use super::office::Office;
use super::people;
use super::plan::Plan;
use super::report::{Report, Stamp, contents, tree};
use super::vendor::Vendor;

pub const BINARY: &str = env!("CARGO_BIN_EXE_quietline");

/// How a run of the program ended.
pub struct Ended {
    /// None for a run that was killed.
    pub code: Option<i32>,
    pub printed: String,
    pub took: Duration,
}

pub struct Player {
    pub plan: Plan,
    pub work: PathBuf,
    pub company: Company,
    pub vendor: Vendor,
    pub office: Office,
    pub delivery: Delivery,
    pub judge: Judge,
    /// What happened on which day.
    pub told: Vec<(NaiveDate, String)>,
    /// A line of the job's `[scoring]`, beside the model.
    pub settings: &'static str,
    /// Those that the store knows.
    pub good_nights: Vec<NaiveDate>,
    /// How many of them the backup of the store knows.
    pub backed_up: usize,
    pub store_bytes: Vec<u64>,
}

impl Player {
    pub fn new(plan: Plan, work: &Path) -> Player {
        for folder in ["in/calls", "in/charges", "in/handed_back", "outbox"] {
            fs::create_dir_all(work.join(folder)).unwrap();
        }
        Player {
            company: Company::new(plan.seed, plan.lines, plan.first_night()),
            vendor: Vendor::default(),
            office: Office::default(),
            delivery: Delivery::new(&plan),
            judge: Judge::default(),
            told: Vec::new(),
            settings: "",
            good_nights: Vec::new(),
            backed_up: 0,
            store_bytes: Vec::new(),
            work: work.to_owned(),
            plan,
        }
    }

    /// All nights, and what holds of them together.
    pub fn play(&mut self) {
        let mut day = self.company.start;
        while day < self.company.first_night {
            self.live(day);
            day = day + Days::new(1);
        }
        for _ in 0..self.plan.nights {
            self.live(day);
            self.write_tables(day);
            self.night(day);
            day = day + Days::new(1);
        }
        self.after_all(day - Days::new(1));
    }

    pub fn note(&mut self, day: NaiveDate, what: impl Into<String>) {
        self.told.push((day, what.into()));
    }

    fn live(&mut self, day: NaiveDate) {
        if day >= self.company.first_night {
            if let Some(what) = people::step(&mut self.company, day, &self.plan) {
                self.note(day, what);
            }
            let told = self.office.work(
                &mut self.company,
                &mut self.vendor,
                &self.work.join("in/handed_back"),
                day,
                &self.plan,
            );
            for what in told {
                self.note(day, what);
            }
        }
        let first_night = self.company.first_night;
        if let Some(what) = self.company.contracts.live(day, first_night, &self.plan) {
            self.note(day, what);
        }
        if day.day() == 1 {
            self.vendor.bill(&self.company, day, &self.plan);
        }
        self.company.live(day);
        let is_played = day >= self.company.first_night;
        self.delivery.plan(day, &self.plan, is_played);
    }

    fn write_tables(&mut self, day: NaiveDate) {
        let into = self.work.join("in");
        let write = |name: &str, text: String| fs::write(into.join(name), text).unwrap();
        write("lines.csv", self.company.lines_csv(day));
        write("directory.csv", self.company.directory_csv(day));
        write("contracts.csv", self.company.contracts.csv());
        write("holidays.csv", Company::holidays_csv());
        for bill in self.vendor.arrived(day) {
            let file = into.join("charges").join(format!("{}.csv", bill.id));
            if !file.exists() {
                fs::write(file, bill.csv()).unwrap();
            }
        }
        self.write_job();
        for what in self.delivery.write(&into.join("calls"), &self.company, day) {
            self.note(day, what);
        }
    }

    pub fn write_job(&self) {
        fs::write(self.work.join("job.toml"), job(&self.plan, self.settings)).unwrap();
    }

    fn night(&mut self, day: NaiveDate) {
        let accident = self.accident(day);
        if accident == Accident::Missed {
            self.note(day, "this night does not run");
            return;
        }
        let twin = (accident == Accident::Killed).then(|| self.twin());
        let more = self.disturb(accident, day);
        let before = tree(&self.work.join("outbox"));
        let ended = run_in(&self.work, day, &[]);
        self.note(
            day,
            format!("exit {:?} {}", ended.code, first_lines(&ended.printed)),
        );
        self.store_bytes.push(
            tree(&self.work.join("store"))
                .values()
                .map(|(bytes, _)| bytes)
                .sum(),
        );
        let hashes = held_by(&ended);
        let mut accepted: Vec<String> = Vec::new();
        let ended = if !hashes.is_empty() && self.is_true_change(day, &ended) {
            self.note(day, format!("the change is real: accepted as {hashes:?}"));
            accepted.extend(
                hashes
                    .iter()
                    .flat_map(|hash| ["--accept-change".to_owned(), hash.to_string()]),
            );
            run_in(&self.work, day, &words_of(&accepted))
        } else {
            ended
        };
        if ended.code != Some(0) {
            self.held(day, &ended, &before);
            return;
        }
        if !ended.printed.is_empty() {
            self.judge.say(day, "not-silent", first_lines(&ended.printed));
        }
        let folder = self.work.join("reports/year").join(day.to_string());
        if !folder.is_dir() {
            self.judge.say(day, "no-report", "exit 0 without a report folder");
            return;
        }
        let outbox = Outbox {
            folder: self.work.join("outbox"),
            before,
            after: tree(&self.work.join("outbox")),
        };
        let report = Report::read(&folder);
        self.office.read(&self.company, &report, day, &self.plan);
        let nights = [&self.good_nights[..], &[day]].concat();
        let truth = Truth {
            plan: &self.plan,
            day,
            company: &self.company,
            vendor: &self.vendor,
            office: &self.office,
            delivery: &self.delivery,
            nights: &nights,
            window_days: self.window_days(),
        };
        self.judge.good_night(&truth, report, &outbox);
        self.judge.numbers(&truth, &self.work, &outbox);
        self.good_nights.push(day);
        if let Some(twin) = twin {
            self.compare(day, &twin, more, &words_of(&accepted));
        }
        if self.good_nights.len().is_multiple_of(9) {
            self.again(day, &folder);
        }
    }

    /// Nothing is wrong with the calls of the last weeks, so what has changed has truly changed; or lines are said to be silent, which
    /// they are whatever days are missing: the judge looks at each that is flagged then.
    fn is_true_change(&self, day: NaiveDate, ended: &Ended) -> bool {
        let is_of_lines =
            |gate: &str| gate.contains(" fell silent together ") || gate.contains(" newly flagged ");
        let mut held = ended.printed.lines().filter(|line| {
            let (gate, rest) = line.trim().split_once(' ').unwrap_or_default();
            gate.starts_with('G') && (rest.starts_with("held:") || rest.starts_with("blocked:"))
        });
        self.delivery.excuse(day).is_none()
            || (self.delivery.foreign_on != Some(day) && held.all(is_of_lines))
    }

    /// A night without a figure: something explains it, no list went out, and there is no report.
    fn held(&mut self, day: NaiveDate, ended: &Ended, before: &BTreeMap<PathBuf, Stamp>) {
        match (ended.code, self.delivery.excuse(day)) {
            (Some(65), Some(why)) => self.note(day, format!("held, since {why}")),
            (code, _) => self.judge.say(
                day,
                "exit-code",
                format!("{code:?}: {}", first_lines(&ended.printed)),
            ),
        }
        let after = tree(&self.work.join("outbox"));
        let mut new = after.keys().filter(|name| !before.contains_key(*name));
        if let Some(list) = new.find(|name| name.to_string_lossy().ends_with("-admin.eml")) {
            self.judge
                .say(day, "held-night-mails-list", list.display().to_string());
        }
        if self.work.join("reports/year").join(day.to_string()).exists() {
            self.judge.say(
                day,
                "held-night-has-report",
                "a report folder beside an exit code that is not 0",
            );
        }
    }

    /// The same night once more: not a byte changes and nothing is sent.
    fn again(&mut self, day: NaiveDate, folder: &Path) {
        let (report, outbox) = (contents(folder), tree(&self.work.join("outbox")));
        let ended = run_in(&self.work, day, &[]);
        if ended.code != Some(0) || !ended.printed.is_empty() {
            self.judge.say(
                day,
                "rerun-exit",
                format!("{:?} {}", ended.code, first_lines(&ended.printed)),
            );
        }
        if contents(folder) != report {
            self.judge
                .say(day, "rerun-changes-report", folder.display().to_string());
        }
        if tree(&self.work.join("outbox")) != outbox {
            self.judge
                .say(day, "rerun-mails", "the outbox is another after a second run");
        }
    }

    fn after_all(&mut self, day: NaiveDate) {
        self.fresh_store(day);
        let (count, half) = (self.store_bytes.len(), self.store_bytes.len() / 2);
        let grown = |from: usize, to: usize| {
            (self.store_bytes[to] as i64 - self.store_bytes[from] as i64) / (to - from).max(1) as i64
        };
        if count >= 60 {
            let (first, second) = (grown(0, half), grown(half, count - 1));
            if second > first * 3 / 2 + 20_000 {
                self.judge.say(
                    day,
                    "store-grows",
                    format!("{first} bytes a night at first, {second} at last"),
                );
            }
        }
    }
}

/// The hashes by which what holds the night can be accepted; what a warning offers is not among them.
fn held_by(ended: &Ended) -> Vec<&str> {
    let offered = ended.printed.split("accept exactly this one (hash ").skip(1);
    let hashes = offered.filter_map(|offered| Some(offered.split_once(')')?.0));
    hashes.filter(|_| ended.code == Some(65)).collect()
}

pub fn night_command(work: &Path, day: NaiveDate, more: &[&str]) -> Command {
    let mut command = Command::new(BINARY);
    command
        .args(["run", "job.toml", "--as-of", &day.to_string()])
        .args(more)
        .current_dir(work)
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", work)
        .stdin(Stdio::null());
    command
}

pub fn run_in(work: &Path, day: NaiveDate, more: &[&str]) -> Ended {
    let since = Instant::now();
    let output = night_command(work, day, more).output().unwrap();
    let printed = [output.stdout, output.stderr].concat();
    Ended {
        code: output.status.code(),
        printed: String::from_utf8_lossy(&printed).into_owned(),
        took: since.elapsed(),
    }
}

pub fn first_lines(text: &str) -> String {
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .take(4)
        .collect();
    lines.join(" / ").chars().take(600).collect()
}

fn job(plan: &Plan, settings: &str) -> String {
    format!(
        r#"[job]
name = "year"
[accounts."{ACCOUNT}"]
name = "Mill and Weir"
time_zone = "America/New_York"
[sources.lines]
files = ["in/lines.csv"]
[sources.calls]
files = ["in/calls/*.csv"]
[sources.charges]
files = ["in/charges/*.csv"]
[sources.contracts]
files = ["in/contracts.csv"]
[sources.directory]
files = ["in/directory.csv"]
[sources.decisions]
files = ["in/handed_back"]
optional = true
[sources.holidays]
files = ["in/holidays.csv"]
[scoring]
model = "{}"
{settings}
[mail]
transport = "file"
outbox = "outbox"
from = "quietline@mill.example"
[mail.finance]
to = ["finance@mill.example"]
[mail.admins]
to = ["admins@mill.example"]
[mail.operators]
to = ["operators@mill.example"]
"#,
        plan.model
    )
}

fn words_of(words: &[String]) -> Vec<&str> {
    words.iter().map(String::as_str).collect()
}
