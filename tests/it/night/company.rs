//! The sample company in a folder of its own.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use quietline::domain::Statement;
use quietline::failure::Failure;
use quietline::job::{Given, Job, load};
use quietline::night::{Options, Outcome, World, night};
use quietline::progress::Progress;

/// A copy of the sample company in a folder of its own, with a store, reports and an outbox beside it.
pub struct Company {
    folder: tempfile::TempDir,
}

pub fn checkout() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

impl Company {
    pub fn new() -> Company {
        let folder = tempfile::tempdir().unwrap();
        let company = Company { folder };
        fs::create_dir_all(company.path("sample_data/calls")).unwrap();
        fs::create_dir_all(company.path("jobs")).unwrap();
        fs::copy(
            checkout().join("jobs/sample.toml"),
            company.path("jobs/sample.toml"),
        )
        .unwrap();
        for table in [
            "lines",
            "charges",
            "contracts",
            "directory",
            "decisions",
            "holidays",
        ] {
            let file = format!("sample_data/{table}.csv");
            fs::copy(checkout().join(&file), company.path(&file)).unwrap();
        }
        for file in fs::read_dir(checkout().join("sample_data/calls")).unwrap() {
            let file = file.unwrap();
            fs::copy(
                file.path(),
                company.path("sample_data/calls").join(file.file_name()),
            )
            .unwrap();
        }
        company
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    pub fn job(&self, set: &[(&str, &str)]) -> Job {
        job_in(self.folder.path(), "jobs/sample.toml", set)
    }

    pub fn run(&self, set: &[(&str, &str)], options: &Options) -> Result<Outcome, Failure> {
        let outcome = night(&self.job(set), options, &world())?;
        outcome
            .statement
            .iter()
            .for_each(crate::grammar::assert_statement);
        Ok(outcome)
    }

    pub fn check(&self) -> Result<String, Failure> {
        let told = quietline::night::check(&self.job(&[]), &world())?;
        crate::grammar::assert_plain("check", &told);
        Ok(told)
    }

    pub fn good(&self, set: &[(&str, &str)]) -> Statement {
        self.run(set, &Options::default()).unwrap().statement.unwrap()
    }

    /// Rewrites a plain file of the company.
    pub fn edit(&self, file: &str, change: impl Fn(&str) -> String) {
        let path = self.path(file);
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, change(&text)).unwrap();
    }

    /// Rewrites every call file.
    pub fn edit_calls(&self, change: impl Fn(&str) -> String) {
        for file in fs::read_dir(self.path("sample_data/calls")).unwrap() {
            self.edit_call_file(file.unwrap().file_name().to_str().unwrap(), &change);
        }
    }

    pub fn edit_call_file(&self, name: &str, change: impl Fn(&str) -> String) {
        let path = self.path("sample_data/calls").join(name);
        let mut text = String::new();
        flate2::read::GzDecoder::new(fs::File::open(&path).unwrap())
            .read_to_string(&mut text)
            .unwrap();
        let mut writer =
            flate2::write::GzEncoder::new(fs::File::create(&path).unwrap(), flate2::Compression::fast());
        writer.write_all(change(&text).as_bytes()).unwrap();
        writer.finish().unwrap();
    }

    /// Every file of the newest report but the one that tells of the run.
    pub fn report(&self) -> BTreeMap<String, Vec<u8>> {
        files_of(&self.path("reports/sample/latest"))
    }

    pub fn mails(&self) -> usize {
        fs::read_dir(self.path("outbox")).map_or(0, Iterator::count)
    }
}

/// A job file below a folder, with settings laid over it.
pub fn job_in(folder: &Path, file: &str, set: &[(&str, &str)]) -> Job {
    let set: Vec<(String, String)> = set
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
        .collect();
    load(&Given {
        file: Some(Path::new(file)),
        folder,
        environment: &BTreeMap::new(),
        set: &set,
        as_of: None,
        accept_empty: &[],
    })
    .unwrap()
}

pub fn files_of(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let named = files.map(|file| {
        (
            file.file_name().to_string_lossy().into_owned(),
            fs::read(file.path()).unwrap(),
        )
    });
    named.filter(|(name, _)| name != "run.json").collect()
}

pub fn world() -> World {
    World {
        now: "2026-10-17T09:00:00Z".parse::<DateTime<Utc>>().unwrap(),
        progress: Progress::new(false),
        environment: |_| None,
        job_words: "jobs/sample.toml".to_owned(),
    }
}

pub fn csv_rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.deserialize().map(|row| row.unwrap()).collect()
}

pub fn text(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Null => String::new(),
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
