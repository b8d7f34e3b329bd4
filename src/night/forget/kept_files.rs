//! A file that is kept, without a person: texts are written anew, and what is packed goes whole.

use std::fs;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use mail_parser::{MessageParser, MimeHeaders};
use polars::prelude::DataType;
use polars_io::SerReader;
use polars_io::parquet::read::ParquetReader;

use super::spellings::{Kinds, NEUTRAL, Spellings};
use crate::durable::{FILE_MODE, write_file};
use crate::failure::Failure;

/// A file that holds the person, and what is to become of it.
#[derive(Debug)]
pub(super) struct Naming {
    pub path: PathBuf,
    /// Without the person; none where the file goes.
    without: Option<Vec<u8>>,
}

impl Naming {
    pub(super) fn of(path: &Path, spellings: &Spellings) -> Result<Option<Naming>, Failure> {
        let bytes = fs::read(path).map_err(|error| Failure::unreadable_store(path, error))?;
        let named = |without| Naming {
            path: path.to_owned(),
            without,
        };
        let text = std::str::from_utf8(&bytes).ok();
        let Some((text, kind)) = text.and_then(|text| Some((text, written_as(ending(path))?))) else {
            return Ok(stand_in(path, &bytes, spellings).then(|| named(None)));
        };
        let without = match ending(path) {
            "csv" => csv_without(text, spellings)?,
            _ => spellings.blanked(text, kind).map(String::into_bytes),
        };
        let holds_more = ending(path) == "ics" && {
            let rest = without.as_deref().unwrap_or(&bytes);
            spellings.stand_in(&unfolded(&String::from_utf8_lossy(rest)), kind)
        };
        Ok(match (without, holds_more) {
            (_, true) => Some(named(None)),
            (None, false) => None,
            (without, false) => Some(named(without)),
        })
    }

    pub(super) fn is_rewritten(&self) -> bool {
        self.without.is_some()
    }

    pub(super) fn apply(&self) -> Result<(), Failure> {
        match &self.without {
            Some(bytes) => Ok(write_file(&self.path, bytes, FILE_MODE)?),
            None => fs::remove_file(&self.path).map_err(|error| Failure::cannot_write(&self.path, error)),
        }
    }
}

/// Whether a file holds the person, packed or plain.
pub(super) fn holds(path: &Path, spellings: &Spellings) -> Result<bool, Failure> {
    let bytes = fs::read(path).map_err(|error| Failure::unreadable_store(path, error))?;
    Ok(stand_in(path, &bytes, spellings))
}

/// Whether a mail, or a message of another kind, holds the person.
pub(super) fn mail_holds(bytes: &[u8], spellings: &Spellings) -> bool {
    stand_in(Path::new("mail.eml"), bytes, spellings)
}

/// Every file below a folder; links are not followed.
pub(super) fn files_below(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let (mut files, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        let entries = match fs::read_dir(&folder) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            entries => entries.map_err(|error| Failure::unreadable_store(&folder, error))?,
        };
        for entry in entries {
            let entry = entry.map_err(|error| Failure::unreadable_store(&folder, error))?;
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                Ok(kind) if kind.is_file() => files.push(entry.path()),
                _ => {}
            }
        }
    }
    files.sort();
    Ok(files)
}

fn ending(path: &Path) -> &str {
    path.extension()
        .and_then(|ending| ending.to_str())
        .unwrap_or_default()
}

/// Files that are plain text.
fn written_as(ending: &str) -> Option<Kinds> {
    match ending {
        "csv" | "txt" | "md" | "ics" => Some(Kinds::Prose),
        "json" | "jsonl" => Some(Kinds::Json),
        "html" => Some(Kinds::Html),
        _ => None,
    }
}

fn stand_in(path: &Path, bytes: &[u8], spellings: &Spellings) -> bool {
    let text = |bytes: &[u8], kind| spellings.stand_in(&String::from_utf8_lossy(bytes), kind);
    match ending(path) {
        "eml" => mail_parts(bytes)
            .iter()
            .any(|(name, part)| stand_in(name, part, spellings)),
        "xlsx" => sheets(bytes).iter().any(|sheet| text(sheet, Kinds::Html)),
        "parquet" => table_text(bytes).is_some_and(|table| spellings.stand_in(&table, Kinds::Json)),
        "zst" => zstd::decode_all(bytes).is_ok_and(|plain| text(&plain, Kinds::Json)),
        "ics" => spellings.stand_in(&unfolded(&String::from_utf8_lossy(bytes)), Kinds::Prose),
        "csv" => std::str::from_utf8(bytes)
            .ok()
            .and_then(|plain| csv_without(plain, spellings).ok())
            .map_or_else(|| text(bytes, Kinds::Prose), |without| without.is_some()),
        other => text(bytes, written_as(other).unwrap_or(Kinds::Prose)),
    }
}

/// The headers, and each part as a file.
fn mail_parts(bytes: &[u8]) -> Vec<(PathBuf, Vec<u8>)> {
    let mut parts = vec![(PathBuf::from("head.txt"), bytes.to_vec())];
    let Some(mail) = MessageParser::default().parse(bytes) else {
        return parts;
    };
    for part in &mail.parts {
        let usual = if part.is_text_html() {
            "body.html"
        } else {
            "body.txt"
        };
        let name = part.attachment_name().unwrap_or(usual);
        parts.push((PathBuf::from(name), part.contents().to_vec()));
    }
    parts
}

fn sheets(bytes: &[u8]) -> Vec<Vec<u8>> {
    let Ok(mut package) = zip::ZipArchive::new(Cursor::new(bytes)) else {
        return Vec::new();
    };
    let count = package.len();
    let read = |at| {
        let mut sheet = Vec::new();
        package.by_index(at).ok()?.read_to_end(&mut sheet).ok()?;
        Some(sheet)
    };
    (0..count).filter_map(read).collect()
}

/// The texts of a table as `"column":"cell"`.
fn table_text(bytes: &[u8]) -> Option<String> {
    let table = ParquetReader::new(Cursor::new(bytes)).finish().ok()?;
    let mut text = String::new();
    for column in table
        .columns()
        .iter()
        .filter(|column| *column.dtype() == DataType::String)
    {
        for cell in column.str().ok()?.iter().flatten() {
            text.push_str(&format!("\"{}\":\"{cell}\"\n", column.name()));
        }
    }
    Some(text)
}

/// Calendars cut their lines after 75 bytes, within a word too.
fn unfolded(calendar: &str) -> String {
    calendar.replace("\r\n ", "").replace("\n ", "")
}

/// A table without the person; none where it does not hold them.
fn csv_without(text: &str, spellings: &Spellings) -> Result<Option<Vec<u8>>, Failure> {
    const MARK: &str = "\u{feff}";
    let (mark, table) = text.strip_prefix(MARK).map_or(("", text), |table| (MARK, table));
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(table.as_bytes());
    let ends = if table.contains("\r\n") {
        csv::Terminator::CRLF
    } else {
        csv::Terminator::Any(b'\n')
    };
    let mut writer = csv::WriterBuilder::new()
        .flexible(true)
        .terminator(ends)
        .from_writer(mark.as_bytes().to_vec());
    let unreadable = |error: csv::Error| Failure::msg(crate::failure::ExitKind::Failed, error.to_string());
    let (mut headings, mut changed) = (None, false);
    for row in reader.records() {
        let row = row.map_err(unreadable)?;
        let Some(headings) = &headings else {
            writer.write_record(&row).map_err(unreadable)?;
            headings = Some(row);
            continue;
        };
        let cells = row.iter().enumerate().map(|(at, cell)| {
            let is_theirs = headings.get(at).is_some_and(Spellings::is_personal);
            let without = match is_theirs && spellings.is_cell(cell.trim_start_matches('\'')) {
                true => Some(NEUTRAL.to_owned()),
                false => spellings.blanked(cell, Kinds::Prose),
            };
            changed |= without.is_some();
            without.unwrap_or_else(|| cell.to_owned())
        });
        let cells: Vec<String> = cells.collect();
        writer.write_record(&cells).map_err(unreadable)?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|error| unreadable(error.into_error().into()))?;
    Ok(changed.then_some(bytes))
}
