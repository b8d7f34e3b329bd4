//! `quietline init`: which file of a folder is which table, for a first job.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::domain::TableName;
use crate::failure::{ExitKind, Failure};
use crate::job::Lacking;
use crate::pull::{Sample, Seems, look_at, shown};
use crate::render;

/// Files that are looked at; a folder with more is no folder of exports.
const MOST_FILES: usize = 400;
/// Folders in which a job keeps what it makes.
const OUR_OWN: [&str; 3] = ["store", "reports", "outbox"];

/// What lies in a folder, or was named.
#[derive(Debug, Default)]
pub struct Exports {
    /// For each table its files, or patterns that take in the files to come.
    pub sources: Vec<(TableName, Vec<PathBuf>)>,
    /// What was seen of each file, a line each.
    pub told: Vec<String>,
    /// Tables of which only files were found that lack something, or whose headings may tell more.
    pub lacking: Vec<Lacking>,
}

impl Exports {
    pub fn has(&self, table: TableName) -> bool {
        self.sources.iter().any(|(of, _)| *of == table)
    }

    /// The files of a table, as they are shown.
    pub fn names(&self, table: TableName) -> Vec<String> {
        let of_table = self.sources.iter().filter(|(of, _)| *of == table);
        of_table
            .flat_map(|(_, files)| files)
            .map(|file| name_of(file))
            .collect()
    }
}

/// Looks at every file in a folder and in the folders in it.
///
/// # Errors
/// A folder that cannot be read.
pub fn exports_in(folder: &Path) -> Result<Exports, Failure> {
    let mut files = Vec::new();
    for path in entries(folder)? {
        let name = name_of(&path);
        if path.is_dir() {
            if !OUR_OWN.contains(&name.as_str()) {
                let below = entries(&path)?;
                files.extend(below.into_iter().filter(|path| path.is_file()));
            }
        } else if path.is_file() {
            files.push(path);
        }
    }
    let left_out = files.len().saturating_sub(MOST_FILES);
    files.truncate(MOST_FILES);
    let mut exports = Exports::of(folder, &files);
    if left_out > 0 {
        exports
            .told
            .push(format!("{left_out} more files were not looked at"));
    }
    Ok(exports)
}

/// The same of files that somebody names as those of bill and contracts.
///
/// # Errors
/// A file that is neither.
pub fn exports_named(files: &[PathBuf]) -> Result<Exports, Failure> {
    for file in files {
        let lacks = match look_at(file) {
            Seems::Table {
                table: TableName::Charges | TableName::Contracts,
                ..
            } => continue,
            Seems::Table { table, .. } => format!("its headings are those of the {table} table"),
            Seems::Lacking {
                table,
                missing,
                headings,
                ..
            } => {
                let missing = missing.join(", ");
                format!(
                    "of a {table} table it lacks {missing}; its headings: {}",
                    shown(&headings)
                )
            }
            Seems::Neither(why) => why,
        };
        return Err(Failure::msg(
            ExitKind::SchemaChanged,
            format!("{} is neither a bill nor a list of contracts: {lacks}", file.display()),
        )
        .advise("leave it out, and name its headings in the job afterwards: [sources.charges.map] \"heading in the file\" = \"column\""));
    }
    Ok(Exports::of(Path::new(""), files))
}

/// In one order on every machine; what is hidden, or belongs to an open spreadsheet, is nobody's export.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let unreadable = |error| Failure::unreadable(folder, error);
    let mut paths = Vec::new();
    for entry in folder.read_dir().map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let name = name_of(&path);
        if !name.starts_with(['.', '~']) && !name.ends_with(".toml") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

fn name_of(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

impl Exports {
    fn of(folder: &Path, files: &[PathBuf]) -> Exports {
        let mut exports = Exports::default();
        let mut tables: BTreeMap<TableName, Vec<&PathBuf>> = BTreeMap::new();
        let mut lacking: BTreeMap<TableName, Vec<Lack>> = BTreeMap::new();
        for file in files {
            let name = file.strip_prefix(folder).unwrap_or(file).display().to_string();
            let told = match look_at(file) {
                Seems::Table {
                    table,
                    found,
                    absent,
                    unused,
                } => {
                    tables.entry(table).or_default().push(file);
                    match table {
                        TableName::Decisions | TableName::Holidays | TableName::PriceBook => {
                            format!("{}; a first job does without them", what_is(table))
                        }
                        _ => of_table(table, &found, &absent, &unused),
                    }
                }
                Seems::Lacking {
                    table,
                    missing,
                    to_map,
                    headings,
                } => {
                    let missing = missing.join(", ");
                    let says = format!("missing: {missing}; its headings: {}", shown(&headings));
                    lacking.entry(table).or_default().push(Lack {
                        file,
                        says: render::clean(&says),
                        to_map,
                    });
                    format!("most like {}, and cannot be used yet; {says}", what_is(table))
                }
                Seems::Neither(why) => format!("left alone: {why}"),
            };
            exports.told.push(render::clean(&format!("{name}: {told}")));
        }
        let mut extensions = BTreeSet::new();
        for table in [TableName::Lines, TableName::Calls] {
            let lacks = match tables.contains_key(&table) {
                true => Vec::new(),
                false => lacking.remove(&table).unwrap_or_default(),
            };
            let list = tables
                .get(&TableName::Lines)
                .and_then(|files| files.first().copied());
            let found = match (lacks.first(), list) {
                (Some(first), _) => Some((first.file, first.lacking(table, &extensions))),
                (None, Some(file)) if table == TableName::Lines => {
                    let calls = tables.get(&TableName::Calls).and_then(|files| files.first());
                    Some((file, may_tell_more(file, calls.copied())))
                }
                (None, _) => None,
            };
            if let Some((file, found)) = found.filter(|(_, found)| found.says_something()) {
                let told = found.summary(&name_of(file));
                exports.told.extend(told.iter().map(|told| render::clean(told)));
                exports.lacking.push(found);
            }
            if !lacks.is_empty() {
                tables.insert(table, lacks.iter().map(|lack| lack.file).collect());
            }
            let list = tables.get(&TableName::Lines).and_then(|files| files.first());
            extensions = list
                .and_then(|file| Sample::of(file, TableName::Lines))
                .map(|sample| sample.extensions())
                .unwrap_or_default();
        }
        let others = |of: &[&PathBuf]| -> Vec<PathBuf> {
            files.iter().filter(|file| !of.contains(file)).cloned().collect()
        };
        let first_job = |(table, _): &(&TableName, &Vec<&PathBuf>)| {
            !matches!(
                **table,
                TableName::Decisions | TableName::Holidays | TableName::PriceBook
            )
        };
        exports.sources = tables
            .iter()
            .filter(first_job)
            .map(|(table, of)| match table {
                // Exports to come add to these, or count alone where they list the same lines; of the others a new one takes the place
                // of the old.
                TableName::Calls | TableName::Charges | TableName::Lines => (*table, named(of, &others(of))),
                _ => (*table, of.iter().map(|file| (*file).clone()).collect()),
            })
            .collect();
        for (table, of) in tables
            .iter()
            .filter(|(table, of)| **table == TableName::Lines && of.len() > 1)
        {
            exports.told.push(format!(
                "{} files are {}: of those that list the same lines the newest by its name counts, and the job may name that one alone",
                of.len(),
                what_is(*table)
            ));
        }
        exports
    }
}

/// A file that lacks something of a table.
struct Lack<'a> {
    file: &'a PathBuf,
    says: String,
    to_map: Vec<&'static str>,
}

impl Lack<'_> {
    /// With what its headings may be by what stands below them.
    fn lacking(&self, table: TableName, extensions: &BTreeSet<String>) -> Lacking {
        self.lacking_in(Sample::of(self.file, table).as_ref(), table, extensions)
    }

    fn lacking_in(
        &self,
        sample: Option<&Sample>,
        table: TableName,
        extensions: &BTreeSet<String>,
    ) -> Lacking {
        let proposed = sample
            .map(|sample| sample.proposals(table, extensions))
            .unwrap_or_default();
        let is_proposed = |column: &str| proposed.iter().any(|(_, proposed)| *proposed == column);
        Lacking {
            table,
            says: self.says.clone(),
            to_find: self
                .to_map
                .iter()
                .copied()
                .filter(|column| !is_proposed(column))
                .collect(),
            date_orders: sample
                .map(|sample| sample.date_orders(&proposed))
                .unwrap_or_default(),
            proved: None,
            proposed,
        }
    }
}

/// Headings of a whole list of lines that may tell prices, since when, and what the calls name people by.
fn may_tell_more(file: &PathBuf, calls: Option<&PathBuf>) -> Lacking {
    let lack = Lack {
        file,
        says: "headings that may tell more".to_owned(),
        to_map: Vec::new(),
    };
    let lines = Sample::of(file, TableName::Lines);
    let mut found = lack.lacking_in(lines.as_ref(), TableName::Lines, &BTreeSet::new());
    found
        .proposed
        .retain(|(_, column)| matches!(*column, "tier" | "term" | "seat_since"));
    let calls = calls.and_then(|file| Sample::of(file, TableName::Calls));
    found.proved = lines.zip(calls).and_then(|(lines, calls)| lines.names_in(&calls));
    found
}

fn what_is(table: TableName) -> &'static str {
    match table {
        TableName::Lines => "the list of lines",
        TableName::Calls => "calls",
        TableName::Charges => "a bill",
        TableName::Contracts => "contracts",
        TableName::Directory => "a directory of people",
        TableName::PriceBook => "prices",
        TableName::Decisions => "decisions",
        TableName::Holidays => "holidays",
    }
}

/// Columns whose absence a newcomer should hear of, with what is lost without them.
fn wanted(table: TableName) -> &'static [(&'static str, &'static str)] {
    match table {
        TableName::Lines => &[
            ("login_name", "the portal's calls name people by it"),
            ("tier", "prices"),
            ("term", "prices"),
            ("contract_id", "from when money comes back"),
        ],
        TableName::Calls => &[
            (
                "id",
                "each row counts as a call of its own, so that calls passed on count twice",
            ),
            ("recorded", "who needs recording"),
        ],
        TableName::Charges => &[("extension", "which line a row bills")],
        TableName::Contracts => &[
            ("contract_id", "which lines it covers"),
            ("end_on", "when it ends"),
            ("unit_price", "its price"),
            ("notice_days", "by when to give notice"),
        ],
        _ => &[],
    }
}

fn of_table(table: TableName, found: &[&str], absent: &[&str], unused: &[String]) -> String {
    let mut told = format!("{}; found {}", what_is(table), found.join(", "));
    let lost: Vec<String> = wanted(table)
        .iter()
        .filter(|(column, _)| absent.contains(column) && !(*column == "tier" && found.contains(&"license")))
        .map(|(column, what)| format!("{column} ({what})"))
        .collect();
    if !lost.is_empty() {
        told.push_str(&format!("; not there: {}", lost.join(", ")));
    }
    if !unused.is_empty() {
        told.push_str(&format!("; headings that are not used: {}", shown(unused)));
    }
    told
}

/// Files as a job names them: as a pattern that takes in the exports to come, those that begin and end alike, where it takes in no
/// other file.
fn named(files: &[&PathBuf], others: &[PathBuf]) -> Vec<PathBuf> {
    let mut names: Vec<PathBuf> = Vec::new();
    for file in files {
        let as_pattern = pattern(file).filter(|(folder, head, tail)| {
            let takes_in = |other: &&PathBuf| {
                let name = name_of(other);
                other.parent() == Some(folder.as_path()) && name.starts_with(head) && name.ends_with(tail)
            };
            !others.iter().any(|other| takes_in(&other))
        });
        let name = match as_pattern {
            Some((folder, head, tail)) => folder.join(format!("{head}*{tail}")),
            None => (*file).clone(),
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// `calls-2026-10.csv.gz` as its folder, `calls-` and `.csv.gz`, and `Users.csv` as `Users` and `.csv`, beside which `Users (1).csv`
/// may lie tomorrow; none where nothing stands before the number, or where a letter of the name means something in a pattern.
fn pattern(file: &Path) -> Option<(PathBuf, String, String)> {
    let name = name_of(file);
    let end = name.find('.')?;
    let number = name.find(|letter: char| letter.is_ascii_digit());
    let (head, tail) = (name.get(..number.unwrap_or(end).min(end))?, name.get(end..)?);
    let is_plain =
        !head.is_empty() && number.is_none_or(|number| number < end) && !name.contains(['*', '?', '[', ']']);
    is_plain.then(|| {
        let folder = file.parent().map(Path::to_path_buf).unwrap_or_default();
        (folder, head.to_owned(), tail.to_owned())
    })
}
