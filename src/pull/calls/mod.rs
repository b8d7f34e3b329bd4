//! Calls: files of legs, read row by row into the leg store.

pub(super) mod leg_store;
pub(super) mod leg_writer;
pub(super) mod staging;

mod direction;
mod ends_in_words;
mod leg;
mod times;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::hash::{BuildHasherDefault, Hasher};
use std::path::PathBuf;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::domain::{
    Account, InputRead, Origin, Quarantined, Source, TableName, UnreadCall, Zone, counted, hex, mask,
};

use self::leg_store::{DayRows, LegStore};
use self::leg_writer::LegWriter;
use crate::pull::PullError;
use crate::pull::cells::nothing;
use crate::pull::fault::CellFault;
use crate::pull::files::filled::{no_rows, open_filled};
use crate::pull::files::headings::Mapping;
use crate::pull::files::{Found, Page, Row, RowReader, Stamp, expand, file_digest};
use crate::pull::tables::row_counts::check_identity;
use direction::Direction;
pub(in crate::pull) use direction::direction;
use ends_in_words::ends_in_words;
use leg::LegShape;
pub(in crate::pull) use leg::{COLUMNS, Leg, missing_beside};
pub(in crate::pull) use times::{instant, seconds};

/// One file of a calls source. All its rows are of one account.
#[derive(Debug, Clone)]
pub struct CallFile {
    pub path: PathBuf,
    /// Below the folder that the job names: the same on every machine.
    pub name: String,
    /// 16 hex digits over source and file name: what the file brings replaces what it brought before.
    pub source_id: String,
    pub account: Account,
    pub source: Source,
}

/// What one file brought. Kept by the state store for files that did not change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallsRead {
    pub account_id: String,
    pub source_id: String,
    pub input: InputRead,
    pub quarantined: Vec<Quarantined>,
    /// Every account-local day with a row, in order; the digest does not depend on the order of the rows.
    pub days: Vec<DayRows>,
    /// The days for which the file is complete: as the job declares, else the first to the last with a row.
    pub window: Option<(NaiveDate, NaiveDate)>,
    pub newest_start: Option<DateTime<Utc>>,
    /// Rows for each result word, case folded; the blank word where the service gave none.
    pub results: BTreeMap<String, u64>,
    /// Whether rows were used of which no column tells the call.
    #[serde(default)]
    pub without_ids: bool,
    /// As in the file: the schema's fingerprint.
    pub headings: Vec<String>,
    /// Whom quarantined rows name: those lines are not silent. Kept with the store's days, and not with the file.
    #[serde(skip)]
    pub unread: Vec<UnreadCall>,
    /// What a saved answer says of its pages.
    #[serde(default)]
    pub pages: Vec<Page>,
}

/// The files of every calls source, in one order on every machine.
pub fn call_files(sources: &[Source], accounts: &[Account]) -> Result<Vec<CallFile>, PullError> {
    let mut files = Vec::new();
    let of_files = |source: &&Source| source.table == TableName::Calls && source.from == Origin::Files;
    for source in sources.iter().filter(of_files) {
        let account = account_of(source, accounts)?;
        for Found { path, name, .. } in expand(source)?.files {
            files.push(CallFile {
                path,
                source_id: source_id(&source.name, &name),
                name,
                account: account.clone(),
                source: source.clone(),
            });
        }
    }
    Ok(files)
}

/// An instant as the Reports API writes it.
pub(in crate::pull) fn utc_instant(text: &str) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_millis(times::instant(text, crate::domain::DateOrder::Iso, &Zone::UTC)?)
}

fn account_of<'a>(source: &Source, accounts: &'a [Account]) -> Result<&'a Account, PullError> {
    let refuse = |what: String| PullError::Job {
        key: format!("sources.{}.account", source.name),
        what,
    };
    match (&source.account, accounts) {
        (None, [only]) => Ok(only),
        (None, _) => Err(refuse(
            "is needed for calls, since the job has several accounts".into(),
        )),
        (Some(id), _) => accounts
            .iter()
            .find(|account| account.account_id == *id)
            .ok_or_else(|| refuse(format!("{id} is not an account of this job"))),
    }
}

pub(in crate::pull) fn source_id(source: &str, file: &str) -> String {
    let hash = Sha256::digest(format!("{source}\0{file}"));
    hex(&hash[..8])
}

/// Quarantined rows that are listed; a file with more is not one that a night can use.
const MOST_QUARANTINED: usize = 50_000;
/// Result words that are counted apart; an export with more of them has another column under that heading.
const MOST_RESULTS: usize = 500;
const ROWS_BETWEEN_REPORTS: u64 = 20_000;

/// Raised whenever the same rows would be read as other legs than before: stored files are then read again.
pub const READING_RULE: u16 = 7;

/// Reads a file into the store, which then holds this file's legs in place of those it held from it before, in the
/// days from the file's first to its last. `on_bytes` hears how many bytes of the file have been read.
///
/// The quarantine's limit is the table's: see [`crate::pull::check_quarantine`], over all files.
///
/// None: the file changed while it was read, and is as if it had not come yet. What the store holds of it stays.
pub fn read_calls(
    file: &CallFile,
    store: &LegStore,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<Option<CallsRead>, PullError> {
    let Some(staged) = Stamp::unless_it_changes(&file.path, || stage(file, store, on_bytes)) else {
        return Ok(None);
    };
    let (mut read, writer) = staged?;
    let declared = (file.source.covers_from, file.source.covers_to);
    read.days = writer.commit(declared)?;
    read.window = window(declared, &read.days);
    Ok(Some(read))
}

fn stage(
    file: &CallFile,
    store: &LegStore,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(CallsRead, LegWriter), PullError> {
    let found = Found {
        path: file.path.clone(),
        name: file.name.clone(),
        is_handed_in: false,
    };
    let opened = open_filled(&file.source, &found, leg::COLUMNS)?;
    let mut read = CallsRead::begin(file, file_digest(&file.path)?);
    let mut writer = store.begin(&file.account.account_id, &file.source_id)?;
    let declared = (file.source.covers_from, file.source.covers_to);
    let Some(mut reader) = opened else {
        read.input
            .notes
            .push("is empty, and the source is optional".into());
        return Ok((read, writer));
    };
    let mut tally = Tally::default();
    let mut row = Row::default();
    let mut shape = shape_of(file, &reader, &mut tally)?;
    let fail =
        |error: crate::pull::files::ReadError| error.of_file(&file.source.name, &file.name, &file.path);
    while reader.next(&mut row).map_err(fail)? {
        if reader.headings().len() != tally.width {
            shape = shape_of(file, &reader, &mut tally)?;
        }
        read.input.rows_read += 1;
        if nothing::repeats_headings(&row, reader.headings()) {
            read.input.duplicates += 1;
            tally.repeated_headings += 1;
            continue;
        }
        let leg = match &row.fault {
            Some(fault) => Err(CellFault::new("", fault)),
            None => match shape.bad_cell(&row) {
                Some(fault) => Err(fault),
                None => shape.leg(&row, &file.source, &file.account),
            },
        };
        match leg {
            Err(_) if nothing::is_foot(&row) => {
                read.quarantine(&row, CellFault::new("", "is a totals line, not a call"))?;
            }
            Err(fault) => {
                read.unread.push(shape.unread(&row, &file.source, &file.account));
                read.quarantine(&row, fault)?;
            }
            Ok(leg) => {
                tally.left_out += u64::from(leg.left_out);
                let hash = leg.hash(&mut tally.scratch);
                if tally.seen.insert(hash) {
                    let day = leg.day;
                    for name in ends_in_words(&leg, shape.words_for_numbers(&row, &leg)) {
                        if tally.in_words.insert((day, name.clone())) {
                            read.unread.push(UnreadCall {
                                day: Some(day),
                                call_id: None,
                                names: vec![name],
                            });
                        }
                    }
                    read.count(&leg);
                    tally.newest_ms = tally.newest_ms.max(Some(leg.start_ms));
                    writer.push(&leg, hash)?;
                } else {
                    read.input.duplicates += 1;
                }
            }
        }
        if read.input.rows_read.is_multiple_of(ROWS_BETWEEN_REPORTS) {
            on_bytes(reader.bytes_read());
        }
    }
    on_bytes(reader.bytes_read());
    let silent = read.input.rows_read == 0 && !matches!(declared, (Some(_), Some(_)));
    if silent && !file.source.optional {
        return Err(no_rows(&file.source, &found));
    }
    read.headings = reader.headings().to_vec();
    read.pages = reader.pages().to_vec();
    read.input.notes = [tally.notes, reader.notes()].concat();
    read.input.sheets = reader.sheets();
    if tally.repeated_headings > 0 {
        let rows = tally.repeated_headings;
        read.input.notes.push(match rows {
            1 => "1 row repeats the headings and is left out".to_owned(),
            rows => format!(
                "{} the headings and are left out",
                counted(rows, "row repeats", "rows repeat")
            ),
        });
    }
    if tally.left_out > 0 {
        read.input.notes.push(format!(
            "the end or the length cannot be read in {}; the other of the two tells it",
            counted(tally.left_out, "row", "rows")
        ));
    }
    read.newest_start = tally.newest_ms.and_then(DateTime::from_timestamp_millis);
    check_identity(&read.input)?;
    Ok((read, writer))
}

#[derive(Default)]
struct Tally {
    seen: HashSet<u128, BuildHasherDefault<AlreadyHashed>>,
    scratch: Vec<u8>,
    newest_ms: Option<i64>,
    /// Days with whom their rows name in words where a number should stand.
    in_words: BTreeSet<(NaiveDate, String)>,
    width: usize,
    notes: Vec<String>,
    repeated_headings: u64,
    left_out: u64,
}

/// The rows' hashes are hashes already; hashing them again costs more than the set itself.
#[derive(Default)]
struct AlreadyHashed(u64);

impl Hasher for AlreadyHashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes
            .iter()
            .for_each(|byte| self.0 = self.0.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u128(&mut self, hash: u128) {
        self.0 = hash as u64;
    }
}

fn shape_of(file: &CallFile, reader: &RowReader, tally: &mut Tally) -> Result<LegShape, PullError> {
    let place = reader.place(&file.name);
    let mapping = Mapping::find(leg::COLUMNS, reader.headings(), &file.source, &place)?;
    tally.width = mapping.width;
    tally.notes = mapping.notes.clone();
    let shape = LegShape::find(mapping, &file.source, &file.account, reader.headings(), &place)?;
    Ok(shape)
}

fn window(
    (from, to): (Option<NaiveDate>, Option<NaiveDate>),
    days: &[DayRows],
) -> Option<(NaiveDate, NaiveDate)> {
    let first = from.or(days.first().map(|day| day.day))?;
    let last = to.or(days.last().map(|day| day.day))?;
    (first <= last).then_some((first, last))
}

impl CallsRead {
    /// Of a file that waits for the next night.
    pub fn of_nothing(file: &CallFile) -> CallsRead {
        CallsRead::begin(file, String::new())
    }

    fn begin(file: &CallFile, digest: String) -> CallsRead {
        CallsRead {
            account_id: file.account.account_id.clone(),
            source_id: file.source_id.clone(),
            input: InputRead {
                table: TableName::Calls.to_string(),
                name: file.name.clone(),
                digest,
                rows_read: 0,
                used: 0,
                duplicates: 0,
                quarantined: 0,
                notes: Vec::new(),
                sheets: None,
            },
            quarantined: Vec::new(),
            days: Vec::new(),
            window: None,
            newest_start: None,
            results: BTreeMap::new(),
            without_ids: false,
            headings: Vec::new(),
            unread: Vec::new(),
            pages: Vec::new(),
        }
    }

    fn count(&mut self, leg: &Leg) {
        self.input.used += 1;
        self.without_ids |= leg.call_id.is_none();
        let word = leg.result.as_deref().unwrap_or_default();
        if let Some(count) = self.results.get_mut(word) {
            *count += 1;
            return;
        }
        // A word is printed in reports; what looks like an outside number must not get there.
        let word = mask(word);
        let word = word.as_ref();
        if let Some(count) = self.results.get_mut(word) {
            *count += 1;
        } else if self.results.len() < MOST_RESULTS {
            self.results.insert(word.to_string(), 1);
        } else {
            *self.results.entry("(further words)".into()).or_default() += 1;
        }
    }

    fn quarantine(&mut self, row: &Row, fault: CellFault) -> Result<(), PullError> {
        self.input.quarantined += 1;
        self.quarantined.push(Quarantined {
            table: self.input.table.clone(),
            file: self.input.name.clone(),
            row: row.number,
            column: fault.column,
            reason: fault.reason,
            as_read: row.as_read(),
        });
        if self.quarantined.len() > MOST_QUARANTINED {
            let rows = self.input.rows_read;
            return crate::pull::tables::row_counts::check_quarantine(
                "calls",
                rows,
                u64::MAX,
                &self.quarantined,
                0,
            );
        }
        Ok(())
    }
}
