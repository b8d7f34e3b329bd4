//! Files of any format as headings and rows of text. File handling stands here and in the leg store, nowhere else.

pub(super) mod filled;
pub(super) mod headings;
pub(super) mod pages;

mod bytes;
mod csv_rows;
mod csv_title;
mod digest;
mod expand;
mod joined;
mod json_page;
mod json_rows;
mod json_split;
mod parquet_rows;
mod row;
mod row_batches;
mod sheet_choice;
mod stamp;
mod text;
mod workbook;
mod workbook_rows;
mod xls_records;
mod xls_sheet;
mod xlsx_cells;
mod xlsx_markup;
mod xlsx_merged;
mod xlsx_package;
mod xlsx_sheet;

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::{self, Cursor, Read};
use std::path::Path;
use std::rc::Rc;

use crate::domain::{DecimalMark, Sheets, Source};

pub(super) use bytes::UnpackLimits;
use bytes::{Content, Progress};
use csv_rows::CsvRows;
pub use digest::file_digest;
pub(super) use expand::{Found, expand};
use joined::Joined;
pub use json_page::Page;
use json_rows::JsonRows;
use parquet_rows::ParquetRows;
pub(super) use row::{Row, shorten};
pub use stamp::Stamp;
use text::OddBytes;
use workbook_rows::WorkbookRows;

use self::headings::{Column, Wanted};
use crate::pull::PullError;

/// How a file is to be read, as far as the job says.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    pub delimiter: Option<u8>,
    pub encoding: Option<&'static encoding_rs::Encoding>,
    /// More line ends than this in one quoted cell mean that a quote was not closed.
    pub line_ends_in_cells: u64,
    pub limits: UnpackLimits,
    /// The sheet of a workbook; none: the first visible one.
    pub sheet: Option<String>,
    /// How a number that is no text is written out, so that it is read back as what it was.
    pub decimal: DecimalMark,
    /// By which the headings are told from a title above them.
    pub wanted: Wanted,
    /// The job's headings and their columns: some may be of several of the file's.
    pub map: BTreeMap<String, String>,
}

impl Default for Layout {
    fn default() -> Self {
        Layout {
            delimiter: None,
            encoding: None,
            line_ends_in_cells: 50,
            limits: UnpackLimits::default(),
            sheet: None,
            decimal: DecimalMark::Auto,
            wanted: Wanted::default(),
            map: BTreeMap::new(),
        }
    }
}

impl Layout {
    pub(super) fn of(source: &Source, columns: &[Column]) -> Result<Layout, PullError> {
        let encoding = match &source.encoding {
            None => None,
            Some(label) => Some(text::by_label(label).ok_or_else(|| PullError::Job {
                key: format!("sources.{}.encoding", source.name),
                what: format!(
                    "{label:?} is no encoding; use utf-8, utf-16le, windows-1252 or another label of the web"
                ),
            })?),
        };
        Ok(Layout {
            delimiter: source.delimiter,
            encoding,
            sheet: source.sheet.clone(),
            decimal: source.decimal,
            wanted: Wanted::of(columns, source),
            map: source.map.clone(),
            ..Layout::default()
        })
    }
}

/// Why a file stops being read.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReadError {
    #[error("is empty")]
    Empty,
    /// The system would not give the bytes.
    #[error("cannot be read: {0}")]
    Unreadable(io::Error),
    #[error("{what}")]
    Broken { row: Option<u64>, what: String },
    /// The job's sheet is not among the workbook's.
    #[error("{0}")]
    Sheet(String),
}

impl ReadError {
    fn refused(what: impl Into<String>) -> ReadError {
        ReadError::Broken {
            row: None,
            what: what.into(),
        }
    }

    fn broken(row: u64, what: impl Into<String>) -> ReadError {
        ReadError::Broken {
            row: Some(row),
            what: what.into(),
        }
    }

    /// As the person who runs the job should hear it.
    pub(super) fn of_file(self, source_name: &str, name: &str, path: &Path) -> PullError {
        match self {
            ReadError::Broken { row, what } => PullError::Data {
                file: name.to_string(),
                row,
                column: None,
                what,
            },
            ReadError::Sheet(what) => PullError::Job {
                key: format!("sources.{source_name}.sheet"),
                what: format!("{name}: {what}"),
            },
            other => PullError::Unavailable {
                source_name: source_name.to_string(),
                path: path.to_path_buf(),
                what: other.to_string(),
            },
        }
    }
}

/// A reason of ours, carried through `io::Error`.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Refused(String);

impl From<io::Error> for ReadError {
    fn from(error: io::Error) -> ReadError {
        if error.get_ref().is_some_and(|inner| inner.is::<Refused>()) {
            ReadError::refused(error.to_string())
        } else if error.raw_os_error().is_some() {
            ReadError::Unreadable(error)
        } else {
            // Not the system: gzip or zstd found its stream damaged or cut off.
            ReadError::refused(format!("cannot be unpacked ({error}); it is damaged or cut off"))
        }
    }
}

enum Format {
    Delimited(Box<CsvRows>),
    Json(JsonRows),
    Parquet(ParquetRows),
    Workbook(WorkbookRows),
}

/// An open file: headings, then rows.
pub(super) struct RowReader {
    format: Format,
    joined: Joined,
    progress: Progress,
    odd_bytes: OddBytes,
}

impl Format {
    fn headings(&self) -> &[String] {
        match self {
            Format::Delimited(rows) => rows.headings(),
            Format::Json(rows) => rows.headings(),
            Format::Parquet(rows) => rows.headings(),
            Format::Workbook(rows) => rows.headings(),
        }
    }
}

impl RowReader {
    pub(super) fn open(path: &Path, layout: &Layout) -> Result<RowReader, ReadError> {
        let progress = Progress::default();
        let odd_bytes: OddBytes = Rc::new(Cell::new(0));
        let format = match bytes::open(path, layout.limits, &progress)? {
            Content::Parquet(file) => Format::Parquet(ParquetRows::open(file)?),
            Content::Workbook(book) => Format::Workbook(WorkbookRows::open(book, layout)?),
            Content::Text(raw) => {
                let text = text::decode(raw, layout.encoding, &odd_bytes)?;
                open_text(text, layout)?
            }
        };
        let joined = match &format {
            // Its keys come with its rows.
            Format::Json(_) => Joined::default(),
            _ => Joined::of(format.headings(), &layout.map),
        };
        Ok(RowReader {
            format,
            joined,
            progress,
            odd_bytes,
        })
    }

    /// May grow while JSON rows bring new keys.
    pub(super) fn headings(&self) -> &[String] {
        self.joined.headings(self.format.headings())
    }

    pub(super) fn next(&mut self, row: &mut Row) -> Result<bool, ReadError> {
        let more = match &mut self.format {
            Format::Delimited(rows) => rows.next(row),
            Format::Json(rows) => rows.next(row),
            Format::Parquet(rows) => rows.next(row),
            Format::Workbook(rows) => rows.next(row),
        };
        row.tidy();
        self.joined.fill(row);
        more
    }

    /// The file's name, and the sheet's where it has one: where headings stand.
    pub(super) fn place(&self, name: &str) -> String {
        match &self.format {
            Format::Workbook(rows) => format!("{name}, {}", rows.place()),
            _ => name.to_string(),
        }
    }

    /// What a saved answer says of its pages; complete once its rows are.
    pub(super) fn pages(&self) -> &[Page] {
        match &self.format {
            Format::Json(rows) => rows.pages(),
            _ => &[],
        }
    }

    /// Of a workbook of which more than one sheet holds something.
    pub(super) fn sheets(&self) -> Option<Sheets> {
        match &self.format {
            Format::Workbook(rows) => rows.sheets(),
            _ => None,
        }
    }

    /// Bytes of the file on disk read so far; a Parquet file and a workbook are not counted.
    pub(super) fn bytes_read(&self) -> u64 {
        self.progress.get()
    }

    /// What a person should know of how the file was read; complete once its rows are.
    pub(super) fn notes(&self) -> Vec<String> {
        let mut notes = match &self.format {
            Format::Delimited(rows) => rows.notes(),
            Format::Parquet(rows) => rows.notes(),
            Format::Workbook(rows) => rows.notes(),
            _ => Vec::new(),
        };
        if self.odd_bytes.get() > 0 {
            notes.push(format!(
                "{} bytes were not UTF-8 and were read as Windows-1252; set encoding if that is wrong",
                self.odd_bytes.get()
            ));
        }
        notes
    }
}

/// JSON begins with a bracket and markup with a tag; everything else is delimited text.
fn open_text(mut text: Box<dyn Read>, layout: &Layout) -> Result<Format, ReadError> {
    let mut head = vec![0_u8; 4096];
    let length = bytes::read_full(text.as_mut(), &mut head)?;
    head.truncate(length);
    let first = head.iter().find(|byte| !byte.is_ascii_whitespace()).copied();
    if first == Some(b'<')
        && let Some(what) = markup(&head)
    {
        return Err(ReadError::refused(format!(
            "is {what}, whatever its name says: open it in a spreadsheet and save it as .xlsx, or export it again as CSV"
        )));
    }
    let whole: Box<dyn Read> = Box::new(Cursor::new(head).chain(text));
    Ok(match first {
        Some(b'{' | b'[') => Format::Json(JsonRows::open(whole)?),
        _ => Format::Delimited(Box::new(CsvRows::open(whole, layout)?)),
    })
}

/// What a portal saves as `.xls`, and what a share or a portal answers to whoever is not logged in.
fn markup(head: &[u8]) -> Option<&'static str> {
    let text = String::from_utf8_lossy(head).trim_start().to_ascii_lowercase();
    match text.get(1..2)? {
        "?" if !text.contains("<html") => Some("XML"),
        "!" | "?" => Some("a web page"),
        tag if tag.starts_with(|c: char| c.is_ascii_lowercase()) && text.contains('>') => {
            Some(if text.contains("xmlns") && !text.contains("<html") {
                "XML"
            } else {
                "a web page"
            })
        }
        _ => None,
    }
}
