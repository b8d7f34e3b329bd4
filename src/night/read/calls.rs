//! Reads the call files that are new or changed into the leg store; an unchanged file is not read again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::domain::{Account, InputRead, Origin, Quarantined, Zone, counted};
use crate::failure::Failure;
use crate::job::Job;
use crate::progress::Progress;
use crate::pull::{
    CallFile, CallsRead, LegStore, Page, PagedFile, READING_RULE, Stamp, call_files, check_pages,
    check_quarantine, file_digest, read_calls,
};
use crate::record::{LegWindow, ReadInput, Store};
use crate::steps::coverage::RowsByDay;

use crate::night::read::unread_names::{Reading, drop_mended};

/// What all call files together gave, read tonight or remembered.
#[derive(Debug, Default)]
pub(crate) struct CallsTaken {
    pub inputs: Vec<InputRead>,
    pub quarantine: Vec<Quarantined>,
    /// How often each result word stands in the files.
    pub results: BTreeMap<String, u64>,
    pub files_read: usize,
    /// By account.
    pub accounts: BTreeMap<String, AccountCalls>,
}

/// What the call files say of one account beside its legs.
#[derive(Debug, Default)]
pub(crate) struct AccountCalls {
    /// Rows of each calls source of the job by day: of the file that has most, since exports overlap.
    pub rows_by_source: BTreeMap<String, RowsByDay>,
    /// Rows of each file of a source, by its content.
    pub rows_by_file: BTreeMap<String, BTreeMap<String, u64>>,
    /// Rows of each file by day, by the file's name.
    pub days_of_file: BTreeMap<String, RowsByDay>,
    /// What administrators are told: of each file that changed while it was read, of each source without call ids.
    pub told: Vec<String>,
}

impl CallsTaken {
    /// Counts a row that several files bring as used once, and as a duplicate in the files that bring it later.
    pub(crate) fn count_once(&mut self, repeated: &BTreeMap<String, BTreeMap<NaiveDate, u64>>) {
        for (account_id, calls) in &self.accounts {
            let mut further: BTreeMap<&str, u64> = BTreeMap::new();
            for (day, rows) in repeated.get(account_id).into_iter().flatten() {
                let of_day = |input: &InputRead| {
                    let rows = calls.days_of_file.get(&input.name)?.get(day).copied()?;
                    Some(rows).filter(|rows| *rows > 0)
                };
                let files = self
                    .inputs
                    .iter()
                    .filter_map(|input| Some((&*input.name, of_day(input)?)));
                let mut left = *rows;
                for (name, rows) in files.skip(1) {
                    let taken = rows.min(left);
                    *further.entry(name).or_default() += taken;
                    left -= taken;
                }
            }
            let further: BTreeMap<String, u64> = further
                .into_iter()
                .map(|(name, rows)| (name.to_owned(), rows))
                .collect();
            for input in &mut self.inputs {
                let rows = further
                    .get(&input.name)
                    .copied()
                    .unwrap_or_default()
                    .min(input.used);
                input.used -= rows;
                input.duplicates += rows;
            }
        }
    }
}

/// What is remembered of a call file, and what it was read with: another zone or mapping reads it again.
#[derive(Serialize, Deserialize)]
struct Remembered {
    reader: String,
    read: CallsRead,
}

/// Takes in every call file of the job, and `more`: the days that the API gave.
pub(crate) fn take_in(
    job: &Job,
    more: &[CallFile],
    reading: &Reading<'_>,
    store: &mut Store,
    legs: &LegStore,
    progress: &Progress,
) -> Result<CallsTaken, Failure> {
    let mut taken = CallsTaken::default();
    let mut answers: BTreeMap<&str, Vec<(InputRead, Vec<Page>)>> = BTreeMap::new();
    let mut without_ids: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let files = call_files(&job.sources, &job.accounts)?;
    for file in files.iter().chain(more) {
        let account = taken.accounts.entry(file.account.account_id.clone()).or_default();
        let read = match remembered(file, store)? {
            Some(read) => read,
            None => {
                taken.files_read += 1;
                match read_anew(file, reading, store, legs, progress)? {
                    Some(read) => read,
                    None => {
                        let earlier = read_earlier(file, store)?;
                        account.told.push(told_waiting(file, earlier.as_ref()));
                        earlier.unwrap_or_else(|| CallsRead::of_nothing(file))
                    }
                }
            }
        };
        let rows = account
            .rows_by_source
            .entry(file.source.name.clone())
            .or_default();
        for day in days_of(read.window) {
            rows.entry(day).or_default();
        }
        for day in &read.days {
            let most = rows.entry(day.day).or_default();
            *most = day.rows.max(*most);
        }
        let days = read.days.iter().map(|day| (day.day, day.rows)).collect();
        account.days_of_file.insert(read.input.name.clone(), days);
        // The API's own answers were counted when they were pulled.
        if file.source.from == Origin::Files {
            let sizes = account.rows_by_file.entry(file.source.name.clone());
            sizes
                .or_default()
                .insert(read.input.digest.clone(), read.input.rows_read);
            let answers = answers.entry(&file.source.name).or_default();
            answers.push((read.input.clone(), read.pages));
        }
        if read.without_ids {
            let key = (file.account.account_id.as_str(), file.source.name.as_str());
            *without_ids.entry(key).or_default() += 1;
        }
        for (word, count) in &read.results {
            *taken.results.entry(word.clone()).or_default() += count;
        }
        taken.inputs.push(read.input);
        taken.quarantine.extend(read.quarantined);
    }
    for ((account_id, source), files) in without_ids {
        let account = taken.accounts.entry(account_id.to_owned()).or_default();
        account.told.push(told_without_ids(source, files));
    }
    for (source, answers) in answers {
        let files = answers.iter().map(|(input, pages)| PagedFile::of(input, pages));
        check_pages(source, &files.collect::<Vec<_>>())?;
    }
    for account in &job.accounts {
        drop_mended(&account.account_id, legs, store)?;
    }
    let rows = taken.inputs.iter().map(|input| input.rows_read).sum();
    let quarantined = taken.inputs.iter().map(|input| input.quarantined).sum();
    check_quarantine(
        "calls",
        rows,
        quarantined,
        &taken.quarantine,
        job.max_quarantined_rows,
    )?;
    Ok(taken)
}

fn days_of(window: Option<(NaiveDate, NaiveDate)>) -> impl Iterator<Item = NaiveDate> {
    let days = |(first, last): (NaiveDate, NaiveDate)| first.iter_days().take_while(move |day| *day <= last);
    window.into_iter().flat_map(days)
}

/// Reads again the files that hold any of these days, whatever is remembered of them; whether there was one. For days whose
/// legs have left the store and whose lines have changed since.
pub(crate) fn read_again(
    job: &Job,
    account: &Account,
    days: &BTreeSet<NaiveDate>,
    reading: &Reading<'_>,
    store: &mut Store,
    legs: &LegStore,
    progress: &Progress,
) -> Result<bool, Failure> {
    if days.is_empty() {
        return Ok(false);
    }
    let mut any = false;
    for file in call_files(&job.sources, &job.accounts)? {
        let holds = |read: CallsRead| days_of(read.window).any(|day| days.contains(&day));
        if file.account.account_id == account.account_id && remembered(&file, store)?.is_some_and(holds) {
            // Its legs have left the store, and those that were read tonight are in this night's draft.
            read_anew(&file, reading, store, legs, progress)?.ok_or_else(|| {
                let what =
                    std::io::Error::other("it changed while it was read; run again once it is all there");
                Failure::unreadable(&file.path, what)
            })?;
            any = true;
        }
    }
    drop_mended(&account.account_id, legs, store)?;
    Ok(any)
}

/// What was read of a file when it was last whole, where the same rows would be read the same today.
fn read_earlier(file: &CallFile, store: &Store) -> Result<Option<CallsRead>, Failure> {
    let key = key_of(&file.source_id, &file.account.account_id);
    let alike = read_before(&key, store)?.filter(|remembered| remembered.reader == reader_of(file));
    Ok(alike.map(|remembered| remembered.read))
}

/// What a night has kept of a file, by whatever rules it read it.
fn read_before(key: &str, store: &Store) -> Result<Option<Remembered>, Failure> {
    let input = store.tables().input(key)?;
    Ok(input.and_then(|input| serde_json::from_value(input.result).ok()))
}

fn told_waiting(file: &CallFile, earlier: Option<&CallsRead>) -> String {
    let until = match earlier {
        Some(_) => "until then what an earlier night read of it holds, and its newer days are not known",
        None => "until then its days are not known, but for those that another file holds",
    };
    let name = &file.name;
    format!(
        "{name} changed while it was read, so it is still being written: it waits for the next night, and {until}."
    )
}

fn told_without_ids(source: &str, files: usize) -> String {
    format!(
        "In {} of sources.{source} no column tells the call's id, so that each row counts as a call of its own: a call that rang a \
         line twice counts twice, and one that a line passes on to an outside phone or a voicemail box may look missed there, or \
         placed by it. Before you take a line, ask whether its calls are passed on.",
        counted(files, "file", "files")
    )
}

/// What is remembered of a file that has not changed since: same size and time, else the same content.
fn remembered(file: &CallFile, store: &Store) -> Result<Option<CallsRead>, Failure> {
    let Some(input) = store
        .tables()
        .input(&key_of(&file.source_id, &file.account.account_id))?
    else {
        return Ok(None);
    };
    let Stamp { size, mtime_ns, .. } = stamp(&file.path)?;
    let Ok(remembered) = serde_json::from_value::<Remembered>(input.result.clone()) else {
        return Ok(None);
    };
    if remembered.reader != reader_of(file) {
        return Ok(None);
    }
    if (input.size, input.mtime_ns) == (size, mtime_ns) {
        return Ok(Some(remembered.read));
    }
    if input.digest != file_digest(&file.path)? {
        return Ok(None);
    }
    store.tables().put_input(&ReadInput {
        size,
        mtime_ns,
        ..input
    })?;
    Ok(Some(remembered.read))
}

fn read_anew(
    file: &CallFile,
    reading: &Reading<'_>,
    store: &mut Store,
    legs: &LegStore,
    progress: &Progress,
) -> Result<Option<CallsRead>, Failure> {
    let Stamp { size, mtime_ns, .. } = stamp(&file.path)?;
    let bar = progress.bytes(&format!("reading {}", name_of(&file.path)), size);
    let read = read_calls(file, legs, &mut |bytes| bar.set(bytes))?;
    bar.finish();
    let Some(read) = read else {
        return Ok(None);
    };
    let windows = windows_of(file, &read);
    let input = ReadInput {
        path: key_of(&file.source_id, &file.account.account_id),
        size,
        mtime_ns,
        digest: read.input.digest.clone(),
        table_name: read.input.table.clone(),
        account: Some(file.account.account_id.clone()),
        first_day: read.window.map(|(first, _)| first),
        last_day: read.window.map(|(_, last)| last),
        rows_read: read.input.rows_read,
        used: read.input.used,
        duplicates: read.input.duplicates,
        quarantined: read.input.quarantined,
        result: serde_json::to_value(Remembered {
            reader: reader_of(file),
            read: read.clone(),
        })?,
    };
    let unread = reading.rows(file, &read, &store.tables().seal()?);
    store.transaction(|tables| {
        tables.put_leg_windows(&windows)?;
        if let Some(window) = read.window {
            tables.cut_unread_names(&file.account.account_id, Some(&file.source_id), window)?;
        }
        tables.put_unread_names(&unread)?;
        tables.put_input(&input)
    })?;
    Ok(Some(read))
}

/// A window for each day that the file covers, also for those without a row: an empty day is a statement too.
fn windows_of(file: &CallFile, read: &CallsRead) -> Vec<LegWindow> {
    let Some((first, last)) = read.window else {
        return Vec::new();
    };
    let rows: BTreeMap<NaiveDate, (&str, u64)> = read
        .days
        .iter()
        .map(|day| (day.day, (day.digest.as_str(), day.rows)))
        .collect();
    let window = |day: NaiveDate| {
        let (digest, rows) = rows.get(&day).copied().unwrap_or_default();
        LegWindow {
            account: file.account.account_id.clone(),
            source: file.source_id.clone(),
            day,
            digest: digest.to_owned(),
            rows,
            pruned: false,
        }
    };
    // Days of the API were cut by the zone's rules of their night; by newer ones some of their calls are a neighbour's.
    let beyond = rows
        .keys()
        .copied()
        .filter(|day| file.source.from == Origin::Vonage && (*day < first || *day > last));
    first
        .iter_days()
        .take_while(|day| *day <= last)
        .chain(beyond)
        .map(window)
        .collect()
}

/// What a file is called that was last read by other rules of its zone, by what it is remembered by.
pub(crate) fn name_by_other_rules(key: &str, zone: &Zone, store: &Store) -> Result<Option<String>, Failure> {
    let is_other = |remembered: &Remembered| !remembered.reader.contains(&rules_of(zone));
    Ok(read_before(key, store)?
        .filter(is_other)
        .map(|remembered| remembered.read.input.name))
}

/// By what a file that was read is remembered.
pub(crate) fn key_of(source_id: &str, account_id: &str) -> String {
    format!("{source_id}:{account_id}")
}

/// Everything besides the bytes that bears on how a file is read.
fn reader_of(file: &CallFile) -> String {
    format!(
        "{} {READING_RULE}{}{:?}",
        env!("CARGO_PKG_VERSION"),
        rules_of(&file.account.time_zone),
        file.source
    )
}

fn rules_of(zone: &Zone) -> String {
    format!(" {} {zone} ", zone.release())
}

fn stamp(path: &Path) -> Result<Stamp, Failure> {
    Stamp::of(path).map_err(|error| Failure::unreadable(path, error))
}

fn name_of(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}
