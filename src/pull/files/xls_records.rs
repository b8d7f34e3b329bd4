//! The records of a workbook of the old kind (BIFF, [MS-XLS]), looked over before the parser takes them into memory: it keeps
//! every sheet as a full rectangle, and each text once for each cell that names it.

use super::ReadError;

/// A sheet of the old kind has 65,536 rows and 256 columns at most.
const MOST_ROWS: u32 = 65_536;
const MOST_COLUMNS: u32 = 256;
/// Places in the rectangles of all sheets together; a full sheet of 120 columns has so many.
const MOST_PLACES: u64 = 8 << 20;
const MOST_TEXT: u64 = 256 << 20;
/// Formulas are written out as text, which a few bytes can make long.
const MOST_FORMULA: u64 = 8 << 20;
const MOST_RECORDS: u64 = 16 << 20;

const BOF: u16 = 0x0809;
const EOF: u16 = 0x000A;
const FILEPASS: u16 = 0x002F;
const BOUNDSHEET: u16 = 0x0085;
const SST: u16 = 0x00FC;
const CONTINUE: u16 = 0x003C;
const DIMENSIONS: u16 = 0x0200;
const FORMULA: u16 = 0x0006;
const LABEL_SST: u16 = 0x00FD;
const MULTIPLE_RK: u16 = 0x00BD;
/// Number, label, rich text, truth or error, RK number: cells that say their one place first.
const CELLS: [u16; 5] = [0x0203, 0x0204, 0x00D6, 0x0205, 0x027E];

/// Refuses what would not fit into memory, and what no sheet can say.
pub(super) fn check(stream: &[u8]) -> Result<(), ReadError> {
    let mut look = Look::default();
    let mut sheets = Vec::new();
    let mut texts = Vec::new();
    let mut globals = Records { stream, at: 0 };
    while let Some(record) = globals.next() {
        look.count()?;
        match record.kind {
            EOF => break,
            FILEPASS => {
                return Err(ReadError::refused(
                    "is locked with a password; save it without one",
                ));
            }
            BOUNDSHEET => sheets.extend(number(record.data, 0, 4)),
            SST => texts = text_lengths(&globals.with_continued(record.data)),
            _ => {}
        }
    }
    for at in sheets {
        look.through_sheet(
            Records {
                stream,
                at: at as usize,
            },
            &texts,
        )?;
    }
    Ok(())
}

#[derive(Default)]
struct Look {
    records: u64,
    places: u64,
    text: u64,
    formula: u64,
}

/// The smallest rectangle that holds the cells seen.
#[derive(Default)]
struct Rectangle(Option<[u32; 4]>);

impl Rectangle {
    fn hold(&mut self, row: u32, column: u32) {
        let [top, left, bottom, right] = self.0.unwrap_or([row, column, row, column]);
        self.0 = Some([top.min(row), left.min(column), bottom.max(row), right.max(column)]);
    }

    fn places(&self) -> u64 {
        self.0.map_or(0, |[top, left, bottom, right]| {
            u64::from(bottom - top + 1) * u64::from(right - left + 1)
        })
    }
}

impl Look {
    fn count(&mut self) -> Result<(), ReadError> {
        self.records += 1;
        within(self.records, MOST_RECORDS)
    }

    fn through_sheet(&mut self, records: Records, texts: &[u64]) -> Result<(), ReadError> {
        let (mut cells, mut formulas) = (Rectangle::default(), Rectangle::default());
        // A chart in the sheet has records of its own, between a BOF and an EOF.
        let mut depth = 0_u32;
        for Record { kind, data } in records {
            self.count()?;
            match kind {
                BOF => depth += 1,
                EOF if depth <= 1 => break,
                EOF => depth -= 1,
                _ if depth > 1 => {}
                DIMENSIONS => check_dimensions(data)?,
                FORMULA => {
                    self.formula += data.len() as u64;
                    hold(&mut formulas, data, None)?;
                    hold(&mut cells, data, None)?;
                }
                LABEL_SST => {
                    let named = number(data, 6, 4).and_then(|text| texts.get(text as usize));
                    self.text += named.copied().unwrap_or(0);
                    hold(&mut cells, data, None)?;
                }
                MULTIPLE_RK => hold(&mut cells, data, number(data, data.len().saturating_sub(2), 2))?,
                _ if CELLS.contains(&kind) => hold(&mut cells, data, None)?,
                _ => {}
            }
        }
        self.places += cells.places() + formulas.places();
        within(self.places, MOST_PLACES)?;
        within(self.text, MOST_TEXT)?;
        within(self.formula, MOST_FORMULA)
    }
}

fn hold(rectangle: &mut Rectangle, data: &[u8], last_column: Option<u32>) -> Result<(), ReadError> {
    let (Some(row), Some(column)) = (number(data, 0, 2), number(data, 2, 2)) else {
        return Err(damaged());
    };
    for column in std::iter::once(column).chain(last_column) {
        if column >= MOST_COLUMNS {
            return Err(damaged());
        }
        rectangle.hold(row, column);
    }
    Ok(())
}

/// Room is made for as many cells as a sheet says that it has.
fn check_dimensions(data: &[u8]) -> Result<(), ReadError> {
    let wide = if data.len() == 10 { 2 } else { 4 };
    let (first_row, end_row) = (number(data, 0, wide), number(data, wide, wide));
    let end_column = number(data, 2 * wide + 2, 2);
    match (first_row, end_row, end_column) {
        (Some(first), Some(end), Some(column))
            if end <= MOST_ROWS && column <= MOST_COLUMNS && (first < end || end == 0 && first == 0) =>
        {
            Ok(())
        }
        // A sheet without a cell may say anything of where they end.
        (Some(first), Some(end), _) if first == end && end <= MOST_ROWS => Ok(()),
        _ => Err(damaged()),
    }
}

fn within(counted: u64, most: u64) -> Result<(), ReadError> {
    match counted <= most {
        true => Ok(()),
        false => Err(ReadError::refused(
            "holds more than an export can hold (a packing bomb?); open it in Excel and save the sheet as .xlsx",
        )),
    }
}

fn damaged() -> ReadError {
    ReadError::refused("is a damaged workbook; open it in Excel and save the sheet as .xlsx")
}

struct Record<'a> {
    kind: u16,
    data: &'a [u8],
}

struct Records<'a> {
    stream: &'a [u8],
    at: usize,
}

impl<'a> Records<'a> {
    /// The pieces of a long record: what came first, and what continues it.
    fn with_continued(&mut self, first: &'a [u8]) -> Vec<&'a [u8]> {
        let mut pieces = vec![first];
        while number(self.stream, self.at, 2) == Some(u32::from(CONTINUE)) {
            let Some(record) = self.next() else {
                break;
            };
            pieces.push(record.data);
        }
        pieces
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        let kind = number(self.stream, self.at, 2)? as u16;
        let length = number(self.stream, self.at + 2, 2)? as usize;
        let data = self.stream.get(self.at + 4..self.at + 4 + length)?;
        self.at += 4 + length;
        Some(Record { kind, data })
    }
}

/// A number of two or four bytes, the lowest first.
fn number(data: &[u8], at: usize, bytes: usize) -> Option<u32> {
    let bytes = data.get(at..at.checked_add(bytes)?)?;
    Some(
        bytes
            .iter()
            .rev()
            .fold(0, |sum, byte| sum << 8 | u32::from(*byte)),
    )
}

/// Characters of each text that cells share ([MS-XLS] 2.5.293); a text goes on in the next piece behind a byte that says how.
fn text_lengths(pieces: &[&[u8]]) -> Vec<u64> {
    /// The counts before the first text.
    const COUNTS: usize = 8;
    let mut walk = Walk { pieces, at: COUNTS };
    let mut lengths = Vec::new();
    while let Some(length) = walk.text() {
        lengths.push(length);
    }
    lengths
}

struct Walk<'a> {
    pieces: &'a [&'a [u8]],
    at: usize,
}

impl Walk<'_> {
    fn text(&mut self) -> Option<u64> {
        while self.at >= self.pieces.first()?.len() {
            self.next_piece()?;
        }
        let characters = self.number(2)?;
        let flags = self.number(1)?;
        let runs = if flags & 8 != 0 { self.number(2)? } else { 0 };
        let more = if flags & 4 != 0 { self.number(4)? } else { 0 };
        let (mut left, mut wide) = (characters as usize, flags & 1 != 0);
        while left > 0 {
            let here = self.pieces.first()?.len().saturating_sub(self.at) >> u32::from(wide);
            let taken = here.min(left);
            self.at += taken << u32::from(wide);
            left -= taken;
            if left > 0 {
                self.next_piece()?;
                wide = self.number(1)? & 1 != 0;
            }
        }
        self.skip(runs as usize * 4)?;
        self.skip(more as usize)?;
        Some(u64::from(characters))
    }

    fn next_piece(&mut self) -> Option<()> {
        self.pieces = self.pieces.get(1..).filter(|rest| !rest.is_empty())?;
        self.at = 0;
        Some(())
    }

    fn number(&mut self, bytes: usize) -> Option<u32> {
        let number = number(self.pieces.first()?, self.at, bytes)?;
        self.at += bytes;
        Some(number)
    }

    fn skip(&mut self, mut bytes: usize) -> Option<()> {
        loop {
            let here = self.pieces.first()?.len().saturating_sub(self.at).min(bytes);
            self.at += here;
            bytes -= here;
            if bytes == 0 {
                return Some(());
            }
            self.next_piece()?;
        }
    }
}
