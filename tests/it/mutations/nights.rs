//! A healthy life of thirty nights, kept as it stood before the first, the second and the thirtieth; then one of these nights again with
//! something broken.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Days, NaiveDate, Utc};
use quietline::domain::{GateStatus, Statement};
use quietline::night::{Options, World, night};

use super::handed::{Truth, job, write_files};
use super::table::{How, Mutation};
use crate::night::job_in;
use crate::vonage::company::world;
use crate::vonage::server::{ApiServer, Company, Manners};

/// The nights that are broken.
pub const NIGHTS: [u64; 3] = [1, 2, 30];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Medium {
    Files,
    Api,
}

/// How a broken night ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Ended {
    /// Gates that held or blocked it.
    Held(Vec<String>),
    /// It failed with this exit code and these words.
    Failed(u8, String),
    /// It passed, and these lines are waste that are none with whole data.
    Passed(Vec<String>),
}

impl Ended {
    /// As the table says it.
    pub fn words(&self) -> String {
        match self {
            Ended::Held(gates) => gates.join(" "),
            Ended::Failed(code, said) => {
                let named = said.split(['(', ')']).find(|part| {
                    part.strip_prefix('G')
                        .is_some_and(|digit| digit.len() == 1 && digit.parse::<u8>().is_ok())
                });
                named.map_or_else(|| format!("exit {code}"), |gate| format!("{gate}, exit {code}"))
            }
            Ended::Passed(lines) => format!("{} new", lines.len()),
        }
    }
}

pub struct Lived {
    truth: Truth,
    pub medium: Medium,
    home: tempfile::TempDir,
    /// The waste of the healthy nights, in the order of `NIGHTS`.
    healthy: Vec<BTreeSet<String>>,
}

impl Lived {
    /// Lives these nights, those of `NIGHTS` among them; each passes in silence.
    pub fn new(medium: Medium, nights: impl IntoIterator<Item = u64>) -> Lived {
        let mut lived = Lived {
            truth: Truth::new(11),
            medium,
            home: tempfile::Builder::new().prefix("mutations-").tempdir().unwrap(),
            healthy: Vec::new(),
        };
        let work = lived.home.path().join("healthy");
        fs::create_dir(&work).unwrap();
        let server =
            (medium == Medium::Api).then(|| ApiServer::start(Company::default(), Manners::default()));
        for count in nights {
            if NIGHTS.contains(&count) {
                copy(&work, &lived.before(count));
            }
            let handed = lived.truth.handed(count);
            lived.truth.write_tables(&work.join("in"), count);
            match &server {
                None => write_files(&work.join("in"), &handed),
                Some(server) => server.change(|company, _| *company = handed.of_api()),
            }
            let statement = healthy(&work, handed.as_of, server.as_ref());
            if NIGHTS.contains(&count) {
                lived.healthy.push(waste(&statement));
            }
        }
        lived
    }

    fn before(&self, night: u64) -> PathBuf {
        self.home.path().join(format!("before-{night}"))
    }

    /// One night with something broken; none where this cannot be broken.
    pub fn broken(&self, mutation: &Mutation, at: usize) -> Option<Ended> {
        let count = NIGHTS[at];
        let folder = tempfile::Builder::new().prefix("mutated-").tempdir().unwrap();
        let work = folder.path();
        copy(&self.before(count), work);
        let mut handed = self.truth.handed(count);
        self.truth.write_tables(&work.join("in"), count);
        if let How::Rows(change) = mutation.how {
            change(&mut handed);
        }
        let server = match (self.medium, mutation.how) {
            (Medium::Files, How::Api(_) | How::Behaves(_)) | (Medium::Api, How::Files(_)) => return None,
            (Medium::Files, how) => {
                write_files(&work.join("in"), &handed);
                if let How::Files(change) | How::Each(change, _) = how {
                    change(&work.join("in"));
                }
                None
            }
            (Medium::Api, how) => {
                let mut manners = Manners::default();
                if let How::Behaves(change) = how {
                    change(&mut manners);
                }
                let server = ApiServer::start(handed.of_api(), manners);
                if let How::Api(change) | How::Each(_, change) = how {
                    change(&server);
                }
                Some(server)
            }
        };
        let sent = mails(work);
        let ran = run(work, handed.as_of, server.as_ref());
        // Its threads live on; its rows need not.
        server.inspect(|server| server.change(|company, _| *company = Company::default()));
        let ended = match ran {
            Err(failure) => Ended::Failed(failure.exit_code(), failure.to_string()),
            Ok(statement) if statement.exit_code == 0 => {
                let new = waste(&statement).difference(&self.healthy[at]).cloned().collect();
                return Some(Ended::Passed(new));
            }
            Ok(statement) => {
                let fired = statement
                    .gates
                    .iter()
                    .filter(|gate| gate.status >= GateStatus::Hold);
                let mut fired: Vec<String> = fired.map(|gate| gate.gate.to_string()).collect();
                fired.dedup();
                Ended::Held(fired)
            }
        };
        let list = mails(work)
            .difference(&sent)
            .find(|name| name.ends_with("-admin.eml"))
            .cloned();
        assert_eq!(
            list, None,
            "{}, night {count}: no figure, but a list was mailed",
            mutation.name
        );
        Some(ended)
    }
}

fn run(
    work: &Path,
    as_of: NaiveDate,
    server: Option<&ApiServer>,
) -> Result<Statement, quietline::failure::Failure> {
    fs::write(work.join("job.toml"), job(server.map(|server| server.address))).unwrap();
    let morning = (as_of + Days::new(1)).and_hms_opt(9, 0, 0).unwrap();
    let world = World {
        now: DateTime::<Utc>::from_naive_utc_and_offset(morning, Utc),
        ..world()
    };
    let job = job_in(work, "job.toml", &[("job.as_of", &as_of.to_string())]);
    let outcome = night(&job, &Options::default(), &world)?;
    Ok(outcome.statement.unwrap())
}

/// A night with nothing broken says nothing but its report.
#[track_caller]
fn healthy(work: &Path, as_of: NaiveDate, server: Option<&ApiServer>) -> Statement {
    let statement = run(work, as_of, server).unwrap();
    let loud: Vec<_> = statement
        .gates
        .iter()
        .filter(|gate| gate.status > GateStatus::Ok)
        .collect();
    assert!(loud.is_empty() && statement.exit_code == 0, "{as_of}: {loud:?}");
    statement
}

fn waste(statement: &Statement) -> BTreeSet<String> {
    let lines = statement.accounts.iter().flat_map(|account| &account.lines);
    let waste = lines.filter(|line| line.verdict.is_waste());
    waste.map(|line| line.line.extension.clone()).collect()
}

fn mails(work: &Path) -> BTreeSet<String> {
    let files = fs::read_dir(work.join("outbox")).into_iter().flatten();
    files
        .map(|file| file.unwrap().file_name().to_string_lossy().into_owned())
        .collect()
}

pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (kind, target) = (entry.file_type().unwrap(), to.join(entry.file_name()));
        if kind.is_dir() {
            copy(&entry.path(), &target);
        } else if kind.is_symlink() {
            std::os::unix::fs::symlink(fs::read_link(entry.path()).unwrap(), target).unwrap();
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
