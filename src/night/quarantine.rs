//! `quietline quarantine`: the rows that a night set aside, from the file that stands in its folder.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::deliver::folder;
use crate::failure::{ExitKind, Failure};
use crate::job::Job;
use crate::record::{Run, RunStatus, Store};
use crate::render;

const FILE: &str = "quarantine.csv";

/// What one night set aside.
#[derive(Debug, Serialize)]
pub struct SetAside {
    pub job: String,
    pub as_of: NaiveDate,
    /// How the night ended.
    pub status: &'static str,
    pub rows: Vec<Row>,
}

/// One row of an input, masked as in the file.
#[derive(Debug, Serialize, Deserialize)]
pub struct Row {
    pub table: String,
    pub file: String,
    pub row: u64,
    pub column: String,
    pub reason: String,
    pub as_read: String,
}

/// What the newest night that came so far, or the one of that day, set aside.
///
/// # Errors
/// No such night, or a file that cannot be read.
pub fn quarantine(job: &Job, as_of: Option<NaiveDate>) -> Result<SetAside, Failure> {
    let store = Store::open_to_read(&job.store)?;
    let runs = store.tables().recent_runs(&job.name, u32::MAX)?;
    let mut wanted = runs.iter().filter(|run| as_of.is_none_or(|day| day == run.as_of));
    let found = wanted.find_map(|run| Some((run, kept(job, run)?)));
    let Some((run, path)) = found else {
        let which = as_of.map_or_else(String::new, |day| format!(" of {day}"));
        let what = format!("no night{which} has kept what it set aside");
        let advice = "`quietline status` shows the nights, and why one failed; `quietline run` makes one";
        return Err(Failure::usage(what, advice));
    };
    let rows = csv::Reader::from_path(&path).map(csv::Reader::into_deserialize);
    let damaged = |error: csv::Error| {
        Failure::msg(
            ExitKind::BadData,
            format!("cannot read {}: {error}", path.display()),
        )
    };
    let rows = rows.map_err(damaged)?.collect::<Result<_, csv::Error>>();
    Ok(SetAside {
        job: job.name.clone(),
        as_of: run.as_of,
        status: run.status.as_str(),
        rows: rows.map_err(damaged)?,
    })
}

/// Where a run has left its file; a run that was stopped by an error leaves one only where the rows were the error.
fn kept(job: &Job, run: &Run) -> Option<std::path::PathBuf> {
    let name = match run.status {
        RunStatus::Ok | RunStatus::Warned => folder::folder_name(run.as_of, run.revision),
        RunStatus::Held | RunStatus::Blocked => folder::withheld_name(run.as_of),
        RunStatus::Failed if run.exit_code == Some(ExitKind::BadData.code()) => {
            folder::withheld_name(run.as_of)
        }
        RunStatus::Failed | RunStatus::Running => return None,
    };
    let path = job.reports.join(&job.name).join(name).join(FILE);
    path.is_file().then_some(path)
}

/// Keeps the rows for which a night was stopped, as a withheld night keeps its own.
pub(super) fn keep(job: &Job, as_of: NaiveDate, failure: &Failure) -> Result<(), Failure> {
    if failure.set_aside().is_empty() {
        return Ok(());
    }
    let file = (FILE.to_owned(), render::quarantine_csv(failure.set_aside())?);
    folder::publish_withheld(&job.reports, &job.name, as_of, &[file])?;
    Ok(())
}

impl SetAside {
    /// For people: by source, with the reason first.
    pub fn shown(&self) -> String {
        let SetAside {
            job,
            as_of,
            status,
            rows,
        } = self;
        let night = format!("{job}, night of {as_of} ({status})");
        if rows.is_empty() {
            return format!("{night}: nothing was set aside, every row was used or stood there twice\n");
        }
        let counted = match rows.len() {
            1 => "1 row was set aside".to_owned(),
            many => format!("{many} rows were set aside"),
        };
        let mut lines = vec![format!("{night}: {counted}")];
        let mut sources: BTreeMap<(&str, &str), Vec<&Row>> = BTreeMap::new();
        for row in rows {
            sources.entry((&row.table, &row.file)).or_default().push(row);
        }
        for ((table, file), rows) in sources {
            let name = Path::new(file).display();
            lines.push(format!("{table}: {name}, {} set aside", rows.len()));
            let width = rows
                .iter()
                .map(|row| row.column.chars().count())
                .max()
                .unwrap_or(0);
            for row in rows {
                lines.push(format!(
                    "  row {:<6} {:<width$}  {}",
                    row.row, row.column, row.reason
                ));
                if !row.as_read.is_empty() {
                    lines.push(format!("             {}", row.as_read));
                }
            }
        }
        lines.iter().map(|line| render::clean(line) + "\n").collect()
    }
}
