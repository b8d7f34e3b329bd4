//! Delimited text, row by row, in bounded memory whatever the file holds.
//!
//! The csv crate's reader keeps a whole record however long it is; its parser (csv-core) writes into a buffer of ours,
//! so a 10 MB cell costs no more than the longest row that is allowed.

use std::io::Read;

use csv_core::ReadRecordResult;

use super::bytes::read_full;
use super::csv_title::title;
use super::row::Row;
use super::{Layout, ReadError};
use crate::domain::counted;

/// Longest row that is kept; longer ones are read past.
const LONGEST_ROW: usize = 1 << 20;
const MOST_CELLS: usize = 4096;
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

pub(super) struct CsvRows {
    input: Box<dyn Read>,
    buffer: Vec<u8>,
    at: usize,
    filled: usize,
    ended: bool,
    parser: csv_core::Reader,
    text: Vec<u8>,
    ends: Vec<usize>,
    headings: Vec<String>,
    /// Rows, blank lines included, that were read past.
    number: u64,
    after_return: bool,
    line_ends_in_cells: u64,
    title_lines: u64,
}

/// What the parser made of one record.
struct Record {
    text: usize,
    cells: usize,
    overlong: bool,
    line_ends: u64,
    quotes: u64,
}

impl CsvRows {
    pub(super) fn open(input: Box<dyn Read>, layout: &Layout) -> Result<CsvRows, ReadError> {
        let mut rows = CsvRows {
            input,
            buffer: vec![0; 1 << 18],
            at: 0,
            filled: 0,
            ended: false,
            parser: csv_core::Reader::new(),
            text: vec![0; 1 << 12],
            ends: vec![0; 64],
            headings: Vec::new(),
            number: 0,
            after_return: false,
            line_ends_in_cells: layout.line_ends_in_cells,
            title_lines: 0,
        };
        rows.fill()?;
        rows.skip_line_ends()?;
        let named = rows.take_sep_line()?;
        let declared = layout.delimiter.or(named);
        let (bytes, lines) = title(&rows.buffer[rows.at..rows.filled], &layout.wanted, declared);
        rows.at += bytes;
        rows.number += lines;
        rows.title_lines = lines;
        let delimiter = declared.unwrap_or_else(|| sniff(&rows.buffer[rows.at..rows.filled]));
        rows.parser = csv_core::ReaderBuilder::new().delimiter(delimiter).build();
        rows.read_headings()?;
        Ok(rows)
    }

    pub(super) fn headings(&self) -> &[String] {
        &self.headings
    }

    pub(super) fn notes(&self) -> Vec<String> {
        match self.title_lines {
            0 => Vec::new(),
            lines => vec![format!(
                "{} above the headings and {} not read",
                counted(lines, "line of a title stands", "lines of a title stand"),
                if lines == 1 { "is" } else { "are" }
            )],
        }
    }

    fn read_headings(&mut self) -> Result<(), ReadError> {
        let Some(record) = self.record()? else {
            return Err(ReadError::Empty);
        };
        if record.overlong {
            return Err(ReadError::refused(
                "the first line is too long to be a heading line",
            ));
        }
        let mut row = Row::default();
        self.keep(&record, &mut row);
        if row.text.contains(&0) {
            return Err(ReadError::refused(
                "the heading line holds NUL characters; if the file is UTF-16 without a byte order mark, set encoding = \"utf-16le\"",
            ));
        }
        let heading = |cell| row.get(cell).unwrap_or_default().to_string();
        self.headings = (0..row.spans.len()).map(heading).collect();
        while self.headings.last().is_some_and(String::is_empty) {
            self.headings.pop();
        }
        Ok(())
    }

    /// The next row with anything in it; false at the end of the file.
    pub(super) fn next(&mut self, row: &mut Row) -> Result<bool, ReadError> {
        loop {
            let Some(record) = self.record()? else {
                return Ok(false);
            };
            self.keep(&record, row);
            if record.line_ends > self.line_ends_in_cells {
                return Err(ReadError::broken(
                    row.number,
                    format!(
                        "a quoted cell runs over {} lines; a quote is not closed",
                        record.line_ends
                    ),
                ));
            }
            row.fault = self.fault(&record, row);
            if !row.is_blank() {
                return Ok(true);
            }
        }
    }

    fn fault(&self, record: &Record, row: &Row) -> Option<String> {
        let wanted = self.headings.len();
        let surplus = (wanted..row.spans.len()).any(|cell| row.get(cell).is_some());
        if record.overlong {
            Some(format!(
                "is longer than {} KB or has more than {MOST_CELLS} cells",
                LONGEST_ROW >> 10
            ))
        } else if row.text.contains(&0) {
            Some("holds a NUL character".into())
        } else if row.spans.len() < wanted && !row.is_blank() || surplus {
            Some(format!(
                "has {} cells where the heading line has {wanted}",
                row.spans.len()
            ))
        } else {
            None
        }
    }

    fn keep(&self, record: &Record, row: &mut Row) {
        row.clear(self.number);
        row.text.extend_from_slice(&self.text[..record.text]);
        let mut start = 0;
        for end in &self.ends[..record.cells] {
            let end = (*end).clamp(start, record.text);
            row.spans.push((start, end));
            start = end;
        }
    }

    fn record(&mut self) -> Result<Option<Record>, ReadError> {
        self.skip_line_ends()?;
        let mut record = Record {
            text: 0,
            cells: 0,
            overlong: false,
            line_ends: 0,
            quotes: 0,
        };
        loop {
            if self.at == self.filled && !self.ended {
                self.fill()?;
            }
            let at_end = self.ended && self.at == self.filled;
            let (result, read, written, cells) = self.parser.read_record(
                &self.buffer[self.at..self.filled],
                &mut self.text[record.text..],
                &mut self.ends[record.cells..],
            );
            let seen = &self.buffer[self.at..self.at + read];
            record.line_ends += count(seen, b'\n');
            record.quotes += count(seen, b'"');
            let last = seen.last().copied();
            self.at += read;
            record.text += written;
            record.cells += cells;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => self.make_room_for_text(&mut record),
                ReadRecordResult::OutputEndsFull => self.make_room_for_cells(&mut record),
                ReadRecordResult::End => return Ok(None),
                ReadRecordResult::Record => {
                    self.after_return = last == Some(b'\r');
                    record.line_ends -= u64::from(last == Some(b'\n')).min(record.line_ends);
                    self.number += 1;
                    if at_end && record.quotes % 2 == 1 && record.line_ends > 0 {
                        return Err(ReadError::broken(
                            self.number,
                            "a quote is opened and never closed",
                        ));
                    }
                    return Ok(Some(record));
                }
            }
        }
    }

    fn make_room_for_text(&mut self, record: &mut Record) {
        if self.text.len() < LONGEST_ROW {
            self.text.resize(self.text.len() * 2, 0);
        } else {
            record.overlong = true;
            record.text = LONGEST_ROW / 2;
        }
    }

    fn make_room_for_cells(&mut self, record: &mut Record) {
        if self.ends.len() < MOST_CELLS {
            self.ends.resize(self.ends.len() * 2, 0);
        } else {
            record.overlong = true;
            record.cells = MOST_CELLS / 2;
        }
    }

    fn fill(&mut self) -> Result<(), ReadError> {
        self.at = 0;
        self.filled = read_full(self.input.as_mut(), &mut self.buffer)?;
        self.ended = self.filled < self.buffer.len();
        Ok(())
    }

    fn peek(&mut self) -> Result<Option<u8>, ReadError> {
        if self.at == self.filled && !self.ended {
            self.fill()?;
        }
        Ok(self.buffer[self.at..self.filled].first().copied())
    }

    /// Reads past blank lines and counts them, so that row numbers are those of a spreadsheet.
    fn skip_line_ends(&mut self) -> Result<(), ReadError> {
        while let Some(byte @ (b'\n' | b'\r')) = self.peek()? {
            self.at += 1;
            if byte == b'\r' || !self.after_return {
                self.number += 1;
            }
            if byte == b'\n' && self.after_return {
                self.after_return = false;
                continue;
            }
            self.after_return = byte == b'\r';
        }
        self.after_return = false;
        Ok(())
    }

    /// Excel's first line `sep=;` names the delimiter.
    fn take_sep_line(&mut self) -> Result<Option<u8>, ReadError> {
        let head = &self.buffer[self.at..self.filled];
        let named = match head {
            [s, e, p, b'=', delimiter, b'\r' | b'\n', ..]
                if [*s, *e, *p].eq_ignore_ascii_case(b"sep") && DELIMITERS.contains(delimiter) =>
            {
                Some(*delimiter)
            }
            _ => None,
        };
        if named.is_some() {
            self.at += 5;
            self.skip_line_ends()?;
        }
        Ok(named)
    }
}

fn count(bytes: &[u8], wanted: u8) -> u64 {
    bytes.iter().filter(|byte| **byte == wanted).count() as u64
}

/// The delimiter that stands most often in the heading line, outside quotes; the comma where none does.
pub(super) fn sniff(head: &[u8]) -> u8 {
    let mut counts = [0_usize; DELIMITERS.len()];
    let mut quoted = false;
    for byte in head {
        match byte {
            b'"' => quoted = !quoted,
            b'\r' | b'\n' if !quoted => break,
            _ if quoted => {}
            _ => {
                if let Some(which) = DELIMITERS.iter().position(|delimiter| delimiter == byte) {
                    counts[which] += 1;
                }
            }
        }
    }
    let most = counts.iter().max().copied().unwrap_or(0);
    let which = counts.iter().position(|count| *count == most).unwrap_or(0);
    DELIMITERS[which]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn rows(text: &str) -> Vec<(u64, Vec<Option<String>>, Option<String>)> {
        let mut rows = CsvRows::open(Box::new(Cursor::new(text.to_string())), &Layout::default()).unwrap();
        let (mut row, mut all) = (Row::default(), Vec::new());
        while rows.next(&mut row).unwrap() {
            let cells = (0..row.spans.len()).map(|cell| row.get(cell).map(str::to_string));
            all.push((row.number, cells.collect(), row.fault.clone()));
        }
        all
    }

    fn cells(words: &[&str]) -> Vec<Option<String>> {
        words
            .iter()
            .map(|word| (!word.is_empty()).then(|| word.to_string()))
            .collect()
    }

    #[test]
    fn rows_keep_the_numbers_that_a_spreadsheet_shows() {
        let mixed = "a,b\r\n1,x\n\n2,\"y\nz\"\r3,w\r\n\r\n4,\r\n";
        let found = rows(mixed);
        let numbers: Vec<u64> = found.iter().map(|row| row.0).collect();
        assert_eq!(numbers, [2, 4, 5, 7]);
        assert_eq!(found[1].1, cells(&["2", "y\nz"]));
        assert_eq!(found[3].1, cells(&["4", ""]));
    }

    #[test]
    fn the_delimiter_is_sniffed_outside_quotes() {
        assert_eq!(sniff(b"a;\"b,c,d\";e\n1,2,3"), b';');
        assert_eq!(sniff(b"a\tb\n"), b'\t');
        assert_eq!(sniff(b"only\n"), b',');
        assert_eq!(rows("sep=|\na|b\n1|2\n")[0].1, cells(&["1", "2"]));
    }

    #[test]
    fn ragged_rows_have_a_fault_and_surplus_blank_cells_do_not() {
        let found = rows("a,b\n1\n1,2,3\n1,2,,\n , \n");
        assert_eq!(found.len(), 3);
        assert!(found[0].2.is_some() && found[1].2.is_some());
        assert_eq!(found[2].2, None);
    }

    #[test]
    fn an_unclosed_quote_stops_the_file() {
        let text = "a,b\n1,\"x\n2,y\n";
        let mut rows = CsvRows::open(Box::new(Cursor::new(text)), &Layout::default()).unwrap();
        let error = rows.next(&mut Row::default()).unwrap_err();
        assert!(error.to_string().contains("never closed"), "{error}");
    }
}
