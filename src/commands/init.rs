//! `quietline init`: a first job from five answers and the files that are there.

use std::io::{self, BufRead, Write as _};
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate};
use clap::Args;

use super::speech::say;
use super::surroundings::{Surroundings, print};
use super::words::{JobWords, address, zone};
use crate::domain::{Gate, GateStatus, NightStatus, Statement, TableName, Zone};
use crate::durable::write_absent;
use crate::failure::{ExitKind, Failure, OrFail};
use crate::job::Starter;
use crate::night::{self, Exports};
use crate::render::terminal_summary;

/// Ask five things, look into the files, write a first job, and check it
///
/// It writes the job file alone and never over one that is there. In a script, give --yes and an answer by flag.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct Init {
    /// Job file to write [default: quietline.toml]
    #[arg(value_name = "JOB")]
    pub job: Option<PathBuf>,
    /// The account number, as Vonage shows it; for exports a name of your own will do
    #[arg(long, value_name = "ID")]
    pub account: Option<String>,
    /// The zone in which its days are cut, such as America/New_York
    #[arg(long, value_name = "ZONE")]
    pub time_zone: Option<String>,
    /// The folder with the exports: list of users and calls
    #[arg(long, value_name = "FOLDER")]
    pub exports: Option<PathBuf>,
    /// A file with bill rows or contracts, or none (repeatable) [default: as found]
    #[arg(long, value_name = "FILE")]
    pub bills: Vec<String>,
    /// Finance's mail address
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub finance: Option<String>,
    /// The administrators' mail address; their list bears names
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub admins: Option<String>,
    /// Ask nothing: what no flag answers is as it would be proposed
    #[arg(long, short)]
    pub yes: bool,
}

const FLAGS: &str = "quietline init --yes --account 913874 --time-zone America/New_York [--exports FOLDER] [--bills FILE|none]... \
                     [--finance ADDRESS] [--admins ADDRESS]";

impl Init {
    pub fn work(self, at: &Surroundings) -> Result<u8, Failure> {
        let job = self
            .job
            .clone()
            .unwrap_or_else(|| PathBuf::from("quietline.toml"));
        let file = at.path(&job);
        if file.symlink_metadata().is_ok() {
            return Err(Failure::msg(
                ExitKind::CannotCreate,
                format!("{} is there already, and stays", job.display()),
            )
            .advise(
                "name another file: quietline init other.toml; or see whether that one runs: quietline check",
            ));
        }
        let folder = file.parent().unwrap_or(Path::new("/")).canonicalize();
        let folder = folder.or_fail(ExitKind::CannotCreate)?;
        let mut answers = Answers { asks: !self.yes };
        let account = answers.to(
            "Account id: the number that Vonage shows, or for exports a name of your own",
            self.account.clone(),
            None,
            account_id,
        )?;
        let zone = answers.to(
            "Its time zone, such as America/New_York",
            self.time_zone.clone(),
            None,
            zone,
        )?;
        let exports = self.exports(at, &mut answers)?;
        let bills = self.bills(at, &mut answers, &exports)?;
        let [finance, admins] = self.readers(&mut answers)?;
        let sources = sources(&exports, bills);
        let starter = Starter {
            folder: &folder,
            account_id: &account,
            time_zone: Zone::name(&zone),
            sources,
            lacking: &exports.lacking,
            finance: finance.as_deref(),
            admins: admins.as_deref(),
        };
        write_absent(&file, starter.text().as_bytes(), 0o644).or_fail(ExitKind::CannotCreate)?;
        print(&format!("\nwritten: {}\n\n", job.display()))?;
        self.look(at, &job).map_err(|failure| match failure.has_advice() {
            true => failure,
            false => failure.advise(format!(
                "mend the files or {0}, then: quietline check {0}",
                word(&job)
            )),
        })
    }

    fn exports(&self, at: &Surroundings, answers: &mut Answers) -> Result<Exports, Failure> {
        let usual = match at.path(Path::new("exports")).is_dir() {
            true => "exports",
            false => ".",
        };
        let given = self.exports.as_ref().map(|folder| folder.display().to_string());
        let is_folder = |text: &str| match at.path(Path::new(text)).canonicalize() {
            Ok(folder) if folder.is_dir() => Ok(folder),
            _ => Err(format!("{text:?} is no folder that can be read")),
        };
        let folder = answers.to("Folder with the exports", given, Some(usual), is_folder)?;
        let exports = night::exports_in(&folder)?;
        let told = exports.told.iter().map(|line| format!("  {line}\n"));
        print(&format!(
            "\nin {}:\n{}",
            folder.display(),
            told.collect::<String>()
        ))?;
        for (table, what) in [
            (TableName::Lines, "a list of users or lines"),
            (TableName::Calls, "calls"),
        ] {
            if !exports.has(table) {
                return Err(Failure::msg(
                    ExitKind::Unavailable,
                    format!("no file in {} is {what}; nothing was written", folder.display()),
                )
                .advise(
                    "export the users list and Reports > Call Logs from the portal into that folder: a list of lines needs an \
                     extension in each row, calls a day and time in one cell, a direction and a result; docs/tables.md names all columns",
                ));
            }
        }
        Ok(exports)
    }

    fn bills(&self, at: &Surroundings, answers: &mut Answers, exports: &Exports) -> Result<Exports, Failure> {
        const AS_FOUND: &str = "as found";
        const NONE: &str = "none";
        let found: Vec<String> = [TableName::Charges, TableName::Contracts]
            .iter()
            .flat_map(|table| exports.names(*table))
            .collect();
        let (usual, question) = match found.is_empty() {
            true => (NONE, "Bill and contracts: files with commas between".to_owned()),
            false => (
                AS_FOUND,
                format!(
                    "Bill and contracts: found {}; others with commas between, or none",
                    found.join(", ")
                ),
            ),
        };
        let file = |name: &str| match at.path(Path::new(name)).canonicalize() {
            Ok(file) if file.is_file() => Ok(file),
            _ => Err(format!("there is no file {name:?}")),
        };
        let read = |names: &mut dyn Iterator<Item = &str>| {
            let names = names
                .map(str::trim)
                .filter(|name| !name.is_empty() && *name != NONE);
            names
                .map(file)
                .collect::<Result<Vec<PathBuf>, String>>()
                .map(Some)
        };
        let named = |text: &str| match text {
            AS_FOUND => Ok(None),
            text => read(&mut text.split(',')),
        };
        let answer = match self.bills.is_empty() {
            true => answers.to(&question, None, Some(usual), named)?,
            false => read(&mut self.bills.iter().map(String::as_str))
                .map_err(|why| Failure::usage(format!("--bills: {why}"), FLAGS))?,
        };
        Ok(match answer {
            Some(files) => {
                let named = night::exports_named(&files)?;
                let told = named.told.iter().map(|line| format!("  {line}\n"));
                print(&told.collect::<String>())?;
                named
            }
            None => Exports {
                sources: exports
                    .sources
                    .iter()
                    .filter(|(table, _)| is_of_bills(*table))
                    .cloned()
                    .collect(),
                ..Exports::default()
            },
        })
    }

    /// Finance's address and the administrators', where there are any.
    fn readers(&self, answers: &mut Answers) -> Result<[Option<String>; 2], Failure> {
        if self.finance.is_some() || self.admins.is_some() {
            return Ok([self.finance.clone(), self.admins.clone()]);
        }
        let both = |text: &str| -> Result<[Option<String>; 2], String> {
            let named: Vec<&str> = text
                .split(',')
                .map(str::trim)
                .filter(|part| *part != "nobody")
                .collect();
            let one = |at: usize| {
                named
                    .get(at)
                    .filter(|part| !part.is_empty())
                    .map(|part| address(part))
                    .transpose()
            };
            match named.len() {
                0..=2 => Ok([one(0)?, one(1)?]),
                _ => Err("two addresses at most; more can be written into the job".to_owned()),
            }
        };
        answers.to(
            "Who gets the mail: finance's address, a comma, the administrators'",
            None,
            Some("nobody"),
            both,
        )
    }

    /// What a check and a rehearsal of the night say, and what comes next.
    fn look(&self, at: &Surroundings, job: &Path) -> Result<u8, Failure> {
        let words = JobWords {
            job: Some(job.to_owned()),
            ..JobWords::default()
        };
        let world = at.world(&words)?;
        print(&night::check(&at.job(&words)?, &world)?)?;
        let mut statement = night::rehearsed(&at.job(&words)?, &world)?;
        let mut day = None;
        if let Some(last) = last_day(
            &statement,
            at.job(&words)?.accounts.first().map(|of| &of.time_zone),
        ) {
            // What was exported a while ago is a report of then.
            let of_then = at.job_with(&words, Some(last), &[])?;
            statement = night::rehearsed(&of_then, &world)?;
            day = Some(last);
        }
        let joined = statement.gates.iter().filter(|gate| gate.gate == Gate::G3Join);
        let joined: String = joined.map(|gate| format!("joined: {}\n", gate.detail)).collect();
        print(&format!("\n{}{joined}", terminal_summary(&statement)))?;
        let day = day.map_or_else(String::new, |day| format!(" --as-of {day}"));
        let holds = || {
            let gates = statement.gates.iter();
            gates.filter(|gate| gate.status >= GateStatus::Hold)
        };
        if holds().any(|gate| gate.accept.is_none()) {
            let name = word(job);
            let next = format!(
                "\nsuch a night sends no figure: mend what is said above\nnext: quietline check {name}\n"
            );
            print(&next)?;
            return Ok(0);
        }
        let accepted: String = holds()
            .filter_map(|gate| gate.accept.as_deref())
            .map(|hash| format!(" --accept-change {hash}"))
            .collect();
        let first = match statement.status {
            NightStatus::Held | NightStatus::Blocked => {
                "such a night sends no figure: mend what is said above, or, if it is real, accept it as below\n"
            }
            NightStatus::Ok | NightStatus::Warned => "",
        };
        print(&format!(
            "\n{first}next: quietline run {0}{day}{accepted}\n      writes the report beside {0}; then look at it: quietline preview {0} --open\n",
            word(job)
        ))?;
        Ok(0)
    }
}

/// The day of the newest call, where it lies before the last day that was looked at.
fn last_day(statement: &Statement, zone: Option<&Zone>) -> Option<NaiveDate> {
    let newest = statement
        .coverage
        .iter()
        .filter_map(|days| days.newest_event.as_deref());
    let newest = newest
        .filter_map(|at| DateTime::parse_from_rfc3339(at).ok())
        .max()?;
    let day = zone?.day_of(newest.to_utc());
    (day < statement.as_of).then_some(day)
}

fn is_of_bills(table: TableName) -> bool {
    matches!(table, TableName::Charges | TableName::Contracts)
}

/// Those of the exports, with bill and contracts as they were answered.
fn sources(exports: &Exports, bills: Exports) -> Vec<(TableName, Vec<PathBuf>)> {
    let others = exports.sources.iter().filter(|(table, _)| !is_of_bills(*table));
    others.cloned().chain(bills.sources).collect()
}

/// A path as a shell takes it.
fn word(path: &Path) -> String {
    let text = path.display().to_string();
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "/._-".contains(letter);
    match text.chars().all(is_plain) {
        true => text,
        false => format!("'{}'", text.replace('\'', "'\\''")),
    }
}

fn account_id(text: &str) -> Result<String, String> {
    match text
        .chars()
        .all(|letter| letter.is_ascii_alphanumeric() || "-_.".contains(letter))
    {
        true => Ok(text.to_owned()),
        false => Err("an account's id is made of letters, digits, -, _ and .".to_owned()),
    }
}

/// Where answers come from: flags, then questions.
struct Answers {
    asks: bool,
}

impl Answers {
    /// An answer that can be used.
    fn to<T>(
        &mut self,
        question: &str,
        given: Option<String>,
        usual: Option<&str>,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<T, Failure> {
        if let Some(given) = given {
            return read(given.trim()).map_err(|why| Failure::usage(format!("{question}: {why}"), FLAGS));
        }
        if !self.asks {
            let usual = usual.ok_or_else(|| Failure::usage(format!("no answer to: {question}"), FLAGS))?;
            return read(usual).map_err(|why| Failure::usage(format!("{question}: {why}"), FLAGS));
        }
        loop {
            say(&match usual {
                Some(usual) => format!("{question} [{usual}]: "),
                None => format!("{question}: "),
            });
            let _ = io::stderr().flush();
            let mut line = String::new();
            let read_bytes = io::stdin()
                .lock()
                .read_line(&mut line)
                .or_fail(ExitKind::Failed)?;
            if read_bytes == 0 {
                say("\n");
                return Err(Failure::usage(
                    format!("nobody answers (standard input has ended): {question}"),
                    FLAGS,
                ));
            }
            let answer = match line.trim() {
                "" => match usual {
                    Some(usual) => usual,
                    None => continue,
                },
                answer => answer,
            };
            match read(answer) {
                Ok(answer) => return Ok(answer),
                Err(why) => say(&format!("  {why}\n")),
            }
        }
    }
}
