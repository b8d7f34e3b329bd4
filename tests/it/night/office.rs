//! A made-up company whose tables change from night to night.

use std::collections::BTreeMap;
use std::path::PathBuf;

use quietline::domain::{AccountStatement, BridgePart, Cents, NightStatus, Statement};
use quietline::failure::Failure;
use quietline::job::Job;
use quietline::night::{Options, Outcome, night};
use quietline::synth::{CallShape, Mix, SynthOptions, generate};

use super::company::{job_in, world};
use crate::money::bridge_total;

pub type Row = BTreeMap<String, String>;

pub struct Office {
    folder: tempfile::TempDir,
    model: &'static str,
}

impl Office {
    /// Calls and bills up to 2026-10-16, by 130 days.
    pub fn new(lines: u32, model: &'static str) -> Office {
        let folder = tempfile::tempdir().unwrap();
        generate(&SynthOptions {
            lines,
            days: 130,
            seed: 5,
            last_day: "2026-10-16".parse().unwrap(),
            time_zone: quietline::zones::named("America/New_York").unwrap(),
            shape: CallShape::Reports,
            account_id: "913874".to_owned(),
            out: folder.path().join("office"),
            mix: Mix::Office,
            gzip: false,
            faults: false,
        })
        .unwrap();
        Office { folder, model }
    }

    fn path(&self, table: &str) -> PathBuf {
        self.folder.path().join(format!("office/{table}.csv"))
    }

    pub fn rows(&self, table: &str) -> Vec<Row> {
        super::csv_rows(&self.path(table))
    }

    /// Changes the rows of a table and leaves its columns.
    pub fn edit(&self, table: &str, change: impl FnOnce(&mut Vec<Row>)) {
        let path = self.path(table);
        let headings = csv::Reader::from_path(&path).unwrap().headers().unwrap().clone();
        let mut rows = self.rows(table);
        change(&mut rows);
        let mut writer = csv::Writer::from_path(path).unwrap();
        writer.write_record(&headings).unwrap();
        for row in &rows {
            let cells = headings
                .iter()
                .map(|heading| row.get(heading).map_or("", String::as_str));
            writer.write_record(cells).unwrap();
        }
        writer.flush().unwrap();
    }

    /// Changes the row of one extension in the list of lines.
    pub fn edit_line(&self, extension: &str, change: impl FnOnce(&mut Row)) {
        self.edit("lines", |rows| {
            change(rows.iter_mut().find(|row| row["extension"] == extension).unwrap());
        });
    }

    /// Takes the calls of some extensions out of every export.
    pub fn hide_calls(&self, extensions: &[String]) {
        self.hide_calls_from(extensions, "");
    }

    /// The same for the calls of a day and those after it.
    pub fn hide_calls_from(&self, extensions: &[String], first_day: &str) {
        let ends = ["source_extension", "destination_extension"];
        self.edit_calls(|rows| {
            let is_hidden = |row: &Row| {
                row["start"].as_str() >= first_day && ends.iter().any(|end| extensions.contains(&row[*end]))
            };
            rows.retain(|row| !is_hidden(row));
        });
    }

    /// Changes the rows of every export.
    pub fn edit_calls(&self, change: impl Fn(&mut Vec<Row>)) {
        for file in std::fs::read_dir(self.folder.path().join("office/calls")).unwrap() {
            let name = file.unwrap().file_name().into_string().unwrap();
            let table = format!("calls/{}", name.trim_end_matches(".csv"));
            self.edit(&table, &change);
        }
    }

    pub fn run_accepting(&self, as_of: &str, hash: &str) -> Statement {
        let options = Options {
            accepted: vec![hash.to_owned()],
            ..Options::default()
        };
        self.run_with(as_of, &options).unwrap().statement.unwrap()
    }

    pub fn run(&self, as_of: &str) -> Statement {
        let night = self.run_with(as_of, &Options::default());
        night.unwrap().statement.unwrap()
    }

    pub fn job(&self, as_of: &str) -> Job {
        let set = [
            ("job.as_of", as_of),
            ("scoring.model", self.model),
            ("mail.operators.to", "ops@example.test"),
        ];
        job_in(&self.folder.path().join("office"), "job.toml", &set)
    }

    pub fn run_with(&self, as_of: &str, options: &Options) -> Result<Outcome, Failure> {
        night(&self.job(as_of), options, &world())
    }

    /// How many mails the operators were sent so far.
    pub fn operators_mails(&self) -> usize {
        let outbox = std::fs::read_dir(self.folder.path().join("office/outbox"));
        let names = outbox.into_iter().flatten().map(|mail| mail.unwrap().file_name());
        names
            .filter(|name| name.to_string_lossy().contains("-operator."))
            .count()
    }

    pub fn change_store(&self, batch: &str) {
        let path = self.folder.path().join("office/store/state.sqlite");
        let store = rusqlite::Connection::open(path).unwrap();
        store.execute_batch(batch).unwrap();
    }

    /// A night that is reported, and whose sums hold.
    pub fn good(&self, as_of: &str) -> AccountStatement {
        let statement = self.run(as_of);
        assert!(
            statement.status <= NightStatus::Warned,
            "{as_of}: {:?}",
            statement.gates
        );
        let account = statement.accounts.into_iter().next().unwrap();
        assert_eq!(bridge_total(&account.bridge), account.billed_total, "{as_of}");
        assert_eq!(
            account.bridge.get(BridgePart::Unexplained),
            Cents::ZERO,
            "{as_of}"
        );
        account
    }
}
