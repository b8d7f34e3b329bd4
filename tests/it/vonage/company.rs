//! The sample company behind an API server: the months that its calls stand in the Reports API's shape, and its lines with
//! what the API knows of them.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use quietline::domain::Statement;
use quietline::failure::Failure;
use quietline::job::Job;
use quietline::night::{Options, Outcome, World, night};
use quietline::progress::Progress;
use serde_json::{Map, Value, json};

use super::server::{ApiServer, Company, Manners};
use crate::night::{checkout, csv_rows, job_in};

/// From 1 July to the night of 16 October 2026: enough business days for verdicts, and few enough for a test.
const BACKFILL_DAYS: &str = "108";
const FIRST_MONTH: &str = "2026-07";

/// A job folder that reads from a server of its own.
pub struct ApiCompany {
    folder: tempfile::TempDir,
    pub server: ApiServer,
}

/// What the API knows of the sample company.
pub fn sample() -> Company {
    Company {
        calls: call_files().iter().flat_map(|path| calls_of(path)).collect(),
        ..of_lines(&csv_rows(&checkout().join("sample_data/lines.csv")))
    }
}

/// A list of lines as the API has it, without calls.
pub fn of_lines(lines: &[BTreeMap<String, String>]) -> Company {
    let text = |row: &BTreeMap<String, String>, key: &str| row.get(key).cloned().unwrap_or_default();
    let some = |text: String| if text.is_empty() { Value::Null } else { json!(text) };
    let list = |text: String, key: &str| -> Vec<Value> {
        let parts = text
            .split([';', ' ', '|'])
            .filter(|part| !part.is_empty())
            .map(str::to_owned);
        parts.map(|part| json!({ key: part })).collect()
    };
    let places: Vec<String> = {
        let mut places: Vec<String> = lines
            .iter()
            .map(|row| text(row, "location"))
            .filter(|x| !x.is_empty())
            .collect();
        places.sort();
        places.dedup();
        places
    };
    let place_id = |name: &str| places.iter().position(|place| place == name).map(|at| at + 7000);
    let (mut users, mut extensions) = (Vec::new(), Vec::new());
    for row in lines.iter().filter(|row| text(row, "seat_until").is_empty()) {
        let has_user = ["user_id", "login_name", "email"]
            .iter()
            .any(|key| !text(row, key).is_empty());
        let user = json!({
            "id": some(text(row, "user_id")), "login_name": some(text(row, "login_name")), "email": some(text(row, "email")),
            "first_name": some(text(row, "first_name")), "last_name": some(text(row, "last_name")),
        });
        let number = text(row, "extension");
        let dids = list(text(row, "dids"), "phone_number");
        if has_user {
            let mut own = user.clone();
            own["extensions"] = match number.is_empty() {
                true => json!([]),
                false => json!([{"extension_number": number, "dids": dids}]),
            };
            users.push(own);
        }
        if !number.is_empty() {
            extensions.push(json!({
                "extension_number": number.parse::<u64>().map_or(json!(number), |number| json!(number)),
                "external_id": some(text(row, "external_id")),
                "user": if has_user { user } else { Value::Null },
                "location_id": place_id(&text(row, "location")), "dids": dids,
                "extension_handsets": list(text(row, "sip_ids"), "sip_id"),
            }));
        }
    }
    let zone = |name: &str| {
        if name.contains("Denver") {
            "America/Denver"
        } else {
            "America/New York"
        }
    };
    Company {
        account: "913874".to_owned(),
        locations: places
            .iter()
            .enumerate()
            .map(|(at, name)| json!({"id": at + 7000, "name": name, "address": {"time_zone": zone(name)}}))
            .collect(),
        users,
        extensions,
        calls: Vec::new(),
    }
}

/// The sample's call files in the Reports API's shape.
pub fn call_files() -> Vec<PathBuf> {
    let files = fs::read_dir(checkout().join("sample_data/calls")).unwrap();
    let mut files: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    files.retain(|path| path.file_name().unwrap().to_str().unwrap() >= FIRST_MONTH);
    files.sort();
    files
}

fn calls_of(path: &Path) -> Vec<Value> {
    let mut text = String::new();
    flate2::read::GzDecoder::new(fs::File::open(path).unwrap())
        .read_to_string(&mut text)
        .unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows = reader
        .deserialize::<BTreeMap<String, String>>()
        .map(Result::unwrap);
    rows.map(|row| call_of(&row)).collect()
}

/// A row of the Reports API's CSV as the API itself has it.
pub fn call_of(row: &BTreeMap<String, String>) -> Value {
    let numbers = [
        "length",
        "source_extension",
        "destination_extension",
        "charge",
        "rate",
    ];
    let flags = ["in_network", "international", "recorded"];
    let value = |key: &str, text: &str| match text {
        "" => Value::Null,
        _ if numbers.contains(&key) => text.parse::<u64>().map_or(json!(text), |number| json!(number)),
        _ if flags.contains(&key) => json!(text == "true"),
        _ => json!(text),
    };
    let cells = row.iter().map(|(key, text)| (key.clone(), value(key, text)));
    Value::Object(cells.collect::<Map<_, _>>())
}

impl ApiCompany {
    pub fn new(manners: Manners) -> ApiCompany {
        ApiCompany::of(sample(), manners)
    }

    pub fn of(company: Company, manners: Manners) -> ApiCompany {
        let folder = tempfile::tempdir().unwrap();
        let server = ApiServer::start(company, manners);
        for table in [
            "lines",
            "charges",
            "contracts",
            "directory",
            "decisions",
            "holidays",
        ] {
            let file = format!("{table}.csv");
            fs::copy(
                checkout().join("sample_data").join(&file),
                folder.path().join(&file),
            )
            .unwrap();
        }
        let company = ApiCompany { folder, server };
        let lines = "[sources.lines]\nfrom = \"vonage\"\n[sources.details]\ntable = \"lines\"\nfiles = [\"lines.csv\"]\n\
                     [sources.calls]\nfrom = \"vonage\"\n";
        fs::write(company.path("api.toml"), company.job_text(lines)).unwrap();
        company
    }

    /// The same company from files alone, over the same days.
    pub fn from_files() -> tempfile::TempDir {
        let company = ApiCompany::of(Company::default(), Manners::default());
        fs::create_dir(company.path("calls")).unwrap();
        for file in call_files() {
            fs::copy(&file, company.path("calls").join(file.file_name().unwrap())).unwrap();
        }
        let sources = "[sources.lines]\nfiles = [\"lines.csv\"]\n[sources.calls]\nfiles = [\"calls/*.csv.gz\"]\ncovers_from = \"2026-07-01\"\ncovers_to = \"2026-10-16\"\n";
        fs::write(company.path("api.toml"), company.job_text(sources)).unwrap();
        company.good(&[]);
        company.folder
    }

    fn job_text(&self, sources: &str) -> String {
        let mut text = format!(
            "[job]\nname = \"api\"\nas_of = \"2026-10-16\"\n\
             [accounts.\"913874\"]\nname = \"Harbour & Pine\"\ntime_zone = \"America/New_York\"\n{sources}\
             [vonage]\nusername = \"svc.quietline\"\nclient_id = \"app\"\ntoken_url = \"http://{0}/token\"\n\
             base_url = \"http://{0}/t/vbc.prod\"\nquota_folder = \"quota\"\nquota_per_minute = 100000\n\
             backfill_days = {BACKFILL_DAYS}\nbackoff_milliseconds = 1\ntimeout_seconds = 2\n\
             [mail]\nfrom = \"quietline@example.test\"\n\
             [mail.finance]\nto = [\"finance@example.test\"]\n[mail.admins]\nto = [\"admins@example.test\"]\n",
            self.server.address
        );
        for table in ["charges", "contracts", "directory", "decisions", "holidays"] {
            text += &format!("[sources.{table}]\nfiles = [\"{table}.csv\"]\n");
        }
        text
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    pub fn job(&self, set: &[(&str, &str)]) -> Job {
        job_in(self.folder.path(), "api.toml", set)
    }

    pub fn run(&self, set: &[(&str, &str)]) -> Result<Outcome, Failure> {
        night(&self.job(set), &Options::default(), &world())
    }

    pub fn good(&self, set: &[(&str, &str)]) -> Statement {
        self.run(set).unwrap().statement.unwrap()
    }

    /// The error that stopped the night; nothing was scored and nobody was told.
    #[track_caller]
    pub fn stopped(&self, set: &[(&str, &str)], exit_code: u8, words: &str) {
        let failure = match self.run(set) {
            Err(failure) => failure,
            Ok(outcome) => panic!(
                "nothing stopped the night: {:?}",
                outcome.statement.map(|it| it.gates)
            ),
        };
        let said = failure.to_string();
        assert_eq!(failure.exit_code(), exit_code, "{said}");
        assert!(said.contains(words), "{words:?} is not in: {said}");
        assert!(!said.contains("canary"), "a secret is in: {said}");
        assert!(
            !said.contains("start:gte") && !said.contains("page_size"),
            "a query string is in: {said}"
        );
        assert!(!self.path("reports/api").exists(), "something was reported");
        for mail in fs::read_dir(self.path("outbox")).into_iter().flatten() {
            let text = fs::read_to_string(mail.unwrap().path()).unwrap();
            assert!(
                !text.contains("report.xlsx") && !text.contains("idle_seats"),
                "a figure left: {text}"
            );
        }
    }
}

pub fn world() -> World {
    World {
        now: "2026-10-17T09:00:00Z".parse::<DateTime<Utc>>().unwrap(),
        progress: Progress::new(false),
        environment: secrets,
        job_words: "api.toml".to_owned(),
    }
}

fn secrets(name: &str) -> Option<OsString> {
    match name {
        "VONAGE_PASSWORD" => Some("canary-password".into()),
        "VONAGE_CLIENT_SECRET" => Some("canary-secret".into()),
        _ => None,
    }
}
