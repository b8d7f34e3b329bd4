//! A workbook's package, looked over before a cell is read: what it is, and that it unpacks to what memory can hold.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};

use zip::ZipArchive;
use zip::result::ZipError;

use super::ReadError;
use super::bytes::{UnpackLimits, read_full};
use super::xlsx_markup::Markup;

/// A large workbook has some hundred parts.
const MOST_PARTS: usize = 10_000;
const LONGEST_DIRECTORY: u64 = 8 << 20;
/// A sheet of a million rows and twenty columns is about a fourth of it.
const LARGEST: u64 = 4 << 30;
/// What is read whole is smaller; a sheet is read cell by cell.
const LARGEST_WHOLE: u64 = 128 << 20;
/// Parts that the parser finds by name, whatever they say that they are.
const KEPT_WHOLE: [&str; 3] = ["sharedstrings.xml", "styles.xml", "theme1.xml"];
const ADVICE: &str = "open it in Excel, copy the sheet into a new workbook, and save that";

/// What the package says of the workbook as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Package {
    /// Its formulas were left for Excel to compute: a cached 0 may be no value at all.
    pub recalculates: bool,
    pub has_merged: bool,
}

/// Reads the package through once, under a bound, and keeps nothing of it.
pub(super) fn check(file: &File, limits: UnpackLimits) -> Result<Package, ReadError> {
    let mut file = file.try_clone()?;
    let packed = file.metadata()?.len();
    check_directory(&mut file, packed)?;
    file.rewind()?;
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|error| damaged(&error))?;
    if archive.len() > MOST_PARTS {
        return Err(too_many_parts());
    }
    check_kind(&mut archive)?;
    let mut look = Look {
        packed,
        limits,
        unpacked: 0,
        recalculates: false,
        has_merged: false,
    };
    for index in 0..archive.len() {
        let part = archive.by_index_raw(index).map_err(|error| damaged(&error))?;
        if part.encrypted() {
            return Err(ReadError::refused(
                "is a workbook with locked parts; save it without a password",
            ));
        }
        let name = match part.name() {
            Ok(name) => name.to_lowercase(),
            Err(_) => String::from_utf8_lossy(part.name_raw()).to_lowercase(),
        };
        drop(part);
        let mut part = archive.by_index(index).map_err(|error| damaged(&error))?;
        look.through(&name, &mut part)?;
    }
    Ok(Package {
        recalculates: look.recalculates,
        has_merged: look.has_merged,
    })
}

struct Look {
    packed: u64,
    limits: UnpackLimits,
    unpacked: u64,
    recalculates: bool,
    has_merged: bool,
}

impl Look {
    fn through(&mut self, name: &str, part: &mut impl Read) -> Result<(), ReadError> {
        let refuse = |what: &str| ReadError::refused(format!("its part {name:?} {what}; {ADVICE}"));
        let mut buffer = vec![0; 1 << 16];
        let (mut size, mut markup, mut streamed) = (0, None, false);
        // Small enough to be kept whole: the book's own settings stand in it.
        let mut settings: Vec<u8> = Vec::new();
        loop {
            let length = match read_full(part, &mut buffer) {
                Ok(0) => break,
                Ok(length) => length,
                Err(error) => return Err(broken_part(name, &error)),
            };
            let bytes = &buffer[..length];
            self.count(length as u64)?;
            if size == 0 {
                let text = bytes
                    .strip_prefix(b"\xEF\xBB\xBF")
                    .unwrap_or(bytes)
                    .trim_ascii_start();
                markup = text.starts_with(b"<").then(Markup::default);
                streamed = is_sheet(text) && !KEPT_WHOLE.iter().any(|kept| name.ends_with(kept));
            }
            size += length as u64;
            if !streamed && size > LARGEST_WHOLE {
                return Err(refuse("is larger than 128 MB"));
            }
            if let Some(markup) = &mut markup {
                markup.feed(bytes).map_err(|what| refuse(&what))?;
                if streamed && !markup.is_sheet() {
                    return Err(refuse("is a sheet and holds what no sheet holds"));
                }
            }
            if name.ends_with("workbook.xml") {
                settings.extend_from_slice(bytes);
            }
        }
        self.has_merged |= markup.is_some_and(|markup| markup.has_merged());
        let settings = String::from_utf8_lossy(&settings);
        let asks = |value: &str| settings.contains(&format!("fullCalcOnLoad={value}"));
        self.recalculates |= ["\"1\"", "\"true\"", "'1'", "'true'"]
            .iter()
            .any(|value| asks(value));
        Ok(())
    }

    fn count(&mut self, length: u64) -> Result<(), ReadError> {
        self.unpacked += length;
        let too_dense =
            self.unpacked > self.limits.ratio_from && self.unpacked / self.packed.max(1) > self.limits.ratio;
        if self.unpacked > self.limits.bytes.min(LARGEST) || too_dense {
            return Err(ReadError::refused(format!(
                "unpacks to more than a workbook can hold (a packing bomb?): stopped at {} MB; {ADVICE}",
                self.unpacked >> 20
            )));
        }
        Ok(())
    }
}

/// By the first tag that is no instruction or remark.
fn is_sheet(text: &[u8]) -> bool {
    let head = String::from_utf8_lossy(&text[..text.len().min(1 << 14)]);
    let mut tags = head.split('<').skip(1).map(|tag| {
        let end = tag.find(|c: char| !(c.is_alphanumeric() || ":?!_-".contains(c)));
        &tag[..end.unwrap_or(tag.len())]
    });
    let root = tags.find(|tag| !tag.starts_with(['?', '!'])).unwrap_or_default();
    root.rsplit(':').next() == Some("worksheet")
}

/// The directory stands at the end, and says how many parts there are: asked before anything makes room for them.
fn check_directory(file: &mut File, packed: u64) -> Result<(), ReadError> {
    const END: &[u8] = b"PK\x05\x06";
    let tail = packed.min(22 + u64::from(u16::MAX));
    file.seek(SeekFrom::Start(packed - tail))?;
    let mut bytes = vec![0; tail as usize];
    let length = read_full(file, &mut bytes)?;
    let mut found = false;
    for at in (0..length.saturating_sub(21)).filter(|at| bytes[*at..].starts_with(END)) {
        let number = |from: usize, width: usize| {
            let digits = bytes[at + from..at + from + width].iter().rev();
            digits.fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte))
        };
        found = true;
        if number(10, 2) > MOST_PARTS as u64 || number(12, 4) > LONGEST_DIRECTORY {
            return Err(too_many_parts());
        }
    }
    match found {
        true => Ok(()),
        false => Err(ReadError::refused(
            "begins like a workbook and has no end; it was cut off. Export or copy it again",
        )),
    }
}

fn too_many_parts() -> ReadError {
    ReadError::refused(format!(
        "has more than {MOST_PARTS} parts (a packing bomb?); {ADVICE}"
    ))
}

fn check_kind(archive: &mut ZipArchive<BufReader<File>>) -> Result<(), ReadError> {
    let names: Vec<String> = archive
        .file_names_raw()
        .map(|name| String::from_utf8_lossy(name).to_lowercase().replace('\\', "/"))
        .collect();
    let has = |wanted: &str| names.iter().any(|name| name == wanted);
    let what = if has("xl/workbook.xml") {
        return Ok(());
    } else if has("xl/workbook.bin") {
        "is a binary workbook (.xlsb); save it as .xlsx"
    } else if has("content.xml") && has("mimetype") {
        "is an OpenDocument file (.ods); save the sheet as .xlsx or CSV"
    } else if names
        .iter()
        .any(|name| name.starts_with("word/") || name.starts_with("ppt/"))
    {
        "is a document or presentation, not a workbook; save its table as .xlsx or CSV"
    } else {
        "is a ZIP archive and no workbook; unpack it, and name the files in it"
    };
    Err(ReadError::refused(what))
}

fn damaged(error: &ZipError) -> ReadError {
    ReadError::refused(format!(
        "is a damaged or cut off workbook ({error}); export or copy it again"
    ))
}

fn broken_part(name: &str, error: &std::io::Error) -> ReadError {
    ReadError::refused(format!(
        "its part {name:?} cannot be unpacked ({error}); it is damaged, export or copy it again"
    ))
}
