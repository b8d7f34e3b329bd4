//! Sixteen phones, their holders and their calls as plain rows: 101 to 114 call on each business day, 115 and 116 are silent since
//! June.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use chrono::{Datelike, NaiveDate};
use quietline::domain::{AccountStatement, NightStatus, ScoredLine, Statement, Verdict};
use quietline::night::{Options, night};

use super::company::{job_in, world};

pub type Row = BTreeMap<&'static str, String>;

pub const LINES: [&str; 17] = [
    "extension",
    "external_id",
    "user_id",
    "login_name",
    "email",
    "first_name",
    "last_name",
    "user",
    "kind",
    "dids",
    "seat_since",
    "seat_until",
    "tier",
    "term",
    "contract_id",
    "handset_registered_at",
    "status",
];
pub const CALLS: [&str; 12] = [
    "id",
    "direction",
    "start",
    "length",
    "result",
    "from",
    "to",
    "source_extension",
    "source_user",
    "destination_extension",
    "destination_user",
    "user",
];
const HOLDERS: [&str; 16] = [
    "Ada Birch",
    "Ben Cole",
    "Cleo Dunn",
    "Dev Elm",
    "Eve Frost",
    "Finn Gray",
    "Gil Hart",
    "Hana Iles",
    "Ida Jung",
    "Jon Kerr",
    "Kim Lund",
    "Leo Marsh",
    "Mia North",
    "Ned Orr",
    "Oona Pike",
    "Paul Quist",
];
pub const LAST_DAY: &str = "2026-10-16";

pub struct Phones {
    pub lines: Vec<Row>,
    pub calls: Vec<Row>,
    /// Further tables, by name: a whole file.
    pub files: BTreeMap<&'static str, String>,
}

/// A row of these cells.
pub fn row<const N: usize>(cells: [(&'static str, &str); N]) -> Row {
    cells.map(|(column, text)| (column, text.to_owned())).into()
}

pub fn business_days() -> impl Iterator<Item = NaiveDate> {
    let first: NaiveDate = "2026-04-01".parse().unwrap();
    let last: NaiveDate = LAST_DAY.parse().unwrap();
    first
        .iter_days()
        .take_while(move |day| *day <= last)
        .filter(|day| day.weekday().number_from_monday() < 6)
}

impl Phones {
    /// `by`: which of `extension`, `user` the call rows bear.
    pub fn named_by(by: &[&str]) -> Phones {
        let mut phones = Phones {
            lines: Vec::new(),
            calls: Vec::new(),
            files: BTreeMap::new(),
        };
        for (at, holder) in HOLDERS.iter().enumerate() {
            let (extension, login) = ((101 + at).to_string(), holder.to_lowercase().replace(' ', "."));
            let (first, last) = holder.split_once(' ').unwrap();
            phones.lines.push(row([
                ("extension", &extension),
                ("login_name", &login),
                ("email", &format!("{login}@example.test")),
                ("first_name", first),
                ("last_name", last),
                ("kind", "person"),
            ]));
            let silent_from: NaiveDate = "2026-06-01".parse().unwrap();
            for (number, day) in business_days().enumerate() {
                if at >= 14 && day >= silent_from {
                    continue;
                }
                let mut call = row([
                    ("id", &format!("c{at}-{number}")),
                    ("direction", "Outbound"),
                    ("start", &format!("{day} {}:{:02}:05", 14 + at % 6, number % 60)),
                    ("length", "60"),
                    ("result", "Answered"),
                    ("from", "12125550000"),
                    ("to", &format!("1312555{:04}", at * 200 + number)),
                ]);
                for key in by {
                    match *key {
                        "extension" => call.insert("source_extension", extension.clone()),
                        _ => call.insert("source_user", login.clone()),
                    };
                }
                phones.calls.push(call);
            }
        }
        phones
    }

    pub fn line(&mut self, extension: &str) -> &mut Row {
        let mut lines = self.lines.iter_mut();
        lines.find(|line| line["extension"] == extension).unwrap()
    }

    pub fn run(&self) -> Statement {
        let folder = tempfile::tempdir().unwrap();
        self.night_in(folder.path(), "rule", 1)
    }

    /// The night in a folder that stays, by a model, each table in so many files.
    pub fn night_in(&self, folder: &Path, model: &str, parts: usize) -> Statement {
        self.write_in(folder, model, parts);
        let job = job_in(folder, "job.toml", &[]);
        night(&job, &Options::default(), &world())
            .unwrap()
            .statement
            .unwrap()
    }

    /// The job and its tables alone.
    pub fn write_in(&self, folder: &Path, model: &str, parts: usize) {
        let mut job = format!(
            "[job]\nname = \"phones\"\nas_of = \"{LAST_DAY}\"\nstore = \"store\"\nreports = \"reports\"\n\
             [accounts.\"700100\"]\nname = \"Example\"\ntime_zone = \"America/New_York\"\n\
             [scoring]\nmodel = \"{model}\"\n"
        );
        let text = |headings, rows| String::from_utf8(written(headings, rows)).unwrap();
        let own = [
            ("lines", text(&LINES, &self.lines)),
            ("calls", text(&CALLS, &self.calls)),
        ];
        let further = self.files.iter().map(|(table, text)| (*table, text.clone()));
        for (table, text) in own.into_iter().chain(further) {
            let (headings, rows) = text.split_once('\n').unwrap();
            let mut files = vec![format!("{headings}\n"); parts];
            for (at, row) in rows.lines().enumerate() {
                files[at % parts].push_str(&format!("{row}\n"));
            }
            // A source of its own, of the same rows as the directory.
            let of = if table == "leave" {
                "table = \"directory\"\n"
            } else {
                ""
            };
            job.push_str(&format!("[sources.{table}]\n{of}files = [\"{table}-*.csv\"]\n"));
            for (at, text) in files.iter().enumerate() {
                fs::write(folder.join(format!("{table}-{at}.csv")), text).unwrap();
            }
        }
        fs::write(folder.join("job.toml"), job).unwrap();
    }

    /// The only account of a night that is reported.
    pub fn judged(&self) -> AccountStatement {
        let statement = self.run();
        assert!(statement.status <= NightStatus::Warned, "{:?}", statement.gates);
        statement.accounts.into_iter().next().unwrap()
    }
}

pub fn line<'a>(account: &'a AccountStatement, extension: &str) -> &'a ScoredLine {
    let mut lines = account.lines.iter();
    lines.find(|line| line.line.extension == extension).unwrap()
}

pub fn verdict(account: &AccountStatement, extension: &str) -> Verdict {
    line(account, extension).verdict
}

pub fn written(headings: &[&'static str], rows: &[Row]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(headings).unwrap();
    for row in rows {
        let cells = headings
            .iter()
            .map(|heading| row.get(heading).map_or("", String::as_str));
        writer.write_record(cells).unwrap();
    }
    writer.into_inner().unwrap()
}
