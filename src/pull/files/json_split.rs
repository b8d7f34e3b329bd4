//! Cuts JSON text into the texts of its rows, streaming: lines, an array, or an object that holds an array.

use std::io::{self, Read};

use super::bytes::read_full;
use super::json_page::{Envelope, Page};

/// Longest row that is kept; longer ones are read past.
const LONGEST_ROW: usize = 1 << 20;

/// Keys under which an answer holds its rows, at its top or one level below (`_embedded`).
const ROW_KEYS: &[&str] = &[
    "data",
    "value",
    "values",
    "items",
    "rows",
    "results",
    "records",
    "entries",
    "calls",
    "call_logs",
    "calllogs",
    "logs",
    "cdrs",
    "users",
    "members",
    "lines",
    "extensions",
    "charges",
    "contracts",
    "prices",
    "price_book",
    "directory",
    "decisions",
    "holidays",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// Each line is a row.
    Lines,
    /// Rows are the elements of an array, or objects that follow each other over several lines.
    Nested,
}

/// What stands where a row should be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Row,
    TooLong,
    /// The text ends inside a row or an array.
    CutOff,
    End,
}

pub(super) struct JsonSplit {
    input: Box<dyn Read>,
    buffer: Vec<u8>,
    at: usize,
    filled: usize,
    ended: bool,
    shape: Shape,
    /// Inside the array of rows.
    in_rows: bool,
    /// Objects and arrays open around the rows.
    depth: usize,
    envelope: Envelope,
}

impl JsonSplit {
    pub(super) fn open(input: Box<dyn Read>) -> io::Result<JsonSplit> {
        let mut split = JsonSplit {
            input,
            buffer: vec![0; 1 << 18],
            at: 0,
            filled: 0,
            ended: false,
            shape: Shape::Nested,
            in_rows: false,
            depth: 0,
            envelope: Envelope::default(),
        };
        split.peek()?;
        split.shape = shape_of(&split.buffer[..split.filled]);
        Ok(split)
    }

    /// Puts the next row's text into `row`, which is meaningful for `Piece::Row` only.
    pub(super) fn next(&mut self, row: &mut Vec<u8>) -> io::Result<Piece> {
        row.clear();
        match self.shape {
            Shape::Lines => self.line(row),
            Shape::Nested => self.nested(row),
        }
    }

    /// What the answers read so far say of themselves; each counts once its end was read.
    pub(super) fn pages(&self) -> &[Page] {
        self.envelope.pages()
    }

    fn peek(&mut self) -> io::Result<Option<u8>> {
        if self.at == self.filled && !self.ended {
            self.at = 0;
            self.filled = read_full(self.input.as_mut(), &mut self.buffer)?;
            self.ended = self.filled < self.buffer.len();
        }
        Ok(self.buffer[self.at..self.filled].first().copied())
    }

    fn line(&mut self, row: &mut Vec<u8>) -> io::Result<Piece> {
        let mut too_long = false;
        while self.peek()?.is_some() {
            let rest = &self.buffer[self.at..self.filled];
            let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let part = &rest[..end.unwrap_or(rest.len())];
            too_long |= row.len() + part.len() > LONGEST_ROW;
            if !too_long {
                row.extend_from_slice(part);
            }
            self.at += end.map_or(part.len(), |end| end + 1);
            if end.is_some() && (too_long || !row.trim_ascii().is_empty()) {
                break;
            }
        }
        Ok(match (too_long, row.trim_ascii().is_empty()) {
            (true, _) => Piece::TooLong,
            (false, true) => Piece::End,
            (false, false) => Piece::Row,
        })
    }

    fn nested(&mut self, row: &mut Vec<u8>) -> io::Result<Piece> {
        loop {
            if !self.in_rows && !self.find_rows(row)? {
                return Ok(if self.depth == 0 {
                    Piece::End
                } else {
                    Piece::CutOff
                });
            }
            if !row.is_empty() {
                return Ok(if row.len() > LONGEST_ROW {
                    Piece::TooLong
                } else {
                    Piece::Row
                });
            }
            match self.peek()? {
                None => return Ok(Piece::CutOff),
                Some(b']') => {
                    self.at += 1;
                    self.in_rows = false;
                    self.envelope.byte(b']');
                    if self.depth == 0 {
                        self.envelope.end();
                    }
                }
                Some(byte) if byte.is_ascii_whitespace() || byte == b',' => self.at += 1,
                Some(_) => return self.value(row),
            }
        }
    }

    /// Walks to the array of rows. A bare object is a row itself: it is left in `row`.
    fn find_rows(&mut self, row: &mut Vec<u8>) -> io::Result<bool> {
        let mut word: Vec<u8> = Vec::new();
        while let Some(byte) = self.peek()? {
            if byte == b'{' && self.depth == 0 && !self.holds_rows() {
                return Ok(match self.value(row)? {
                    Piece::CutOff => {
                        self.depth = 1;
                        false
                    }
                    _ => true,
                });
            }
            self.at += 1;
            if byte != b'"' {
                self.envelope.byte(byte);
            }
            match byte {
                b'"' => {
                    self.string(&mut word)?;
                    self.envelope.string(&word);
                }
                b'{' => self.depth += 1,
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth == 0 {
                        self.envelope.end();
                    }
                }
                b'[' if self.depth == 0 || self.depth <= 2 && is_row_key(&word) => {
                    self.in_rows = true;
                    return Ok(true);
                }
                b'[' => self.depth += 1,
                _ => {}
            }
        }
        Ok(false)
    }

    fn holds_rows(&self) -> bool {
        let mut depth = 0_usize;
        let mut text = &self.buffer[self.at..self.filled];
        let mut word: &[u8] = &[];
        while let Some((byte, rest)) = text.split_first() {
            text = rest;
            match byte {
                b'"' => {
                    let end = string_end(text);
                    word = &text[..end];
                    text = text.get(end + 1..).unwrap_or_default();
                }
                b'[' if depth <= 2 && is_row_key(word) => return true,
                b'{' | b'[' => depth += 1,
                b'}' | b']' if depth <= 1 => return false,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
        }
        false
    }

    fn string(&mut self, word: &mut Vec<u8>) -> io::Result<()> {
        word.clear();
        let mut escaped = false;
        while let Some(byte) = self.peek()? {
            self.at += 1;
            match byte {
                b'"' if !escaped => break,
                _ => escaped = byte == b'\\' && !escaped,
            }
            if word.len() < 64 {
                word.push(byte);
            }
        }
        Ok(())
    }

    /// One value, by its brackets; a bare word ends before the next comma or bracket.
    fn value(&mut self, row: &mut Vec<u8>) -> io::Result<Piece> {
        let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
        while let Some(byte) = self.peek()? {
            let bare_end = depth == 0 && !quoted && !row.is_empty() && matches!(byte, b',' | b']' | b'}');
            if bare_end {
                break;
            }
            self.at += 1;
            if row.len() <= LONGEST_ROW {
                row.push(byte);
            }
            match byte {
                _ if quoted => {
                    quoted = byte != b'"' || escaped;
                    escaped = byte == b'\\' && !escaped;
                }
                b'"' => quoted = true,
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 && !quoted && matches!(byte, b'}' | b']' | b'"') {
                break;
            }
        }
        let cut = depth > 0 || quoted;
        Ok(match cut {
            true => Piece::CutOff,
            false if row.len() > LONGEST_ROW => Piece::TooLong,
            false => Piece::Row,
        })
    }
}

fn is_row_key(word: &[u8]) -> bool {
    ROW_KEYS
        .iter()
        .any(|key| key.as_bytes().eq_ignore_ascii_case(word))
}

fn string_end(text: &[u8]) -> usize {
    let mut escaped = false;
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'"' if !escaped => return at,
            _ => escaped = *byte == b'\\' && !escaped,
        }
    }
    text.len()
}

/// Lines, when the first object ends on the line on which it begins and holds no array of rows.
fn shape_of(head: &[u8]) -> Shape {
    let (mut depth, mut word, mut rest): (usize, &[u8], &[u8]) = (0, &[], head);
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'"' => {
                let end = string_end(rest);
                word = &rest[..end];
                rest = rest.get(end + 1..).unwrap_or_default();
            }
            b'\n' if depth > 0 => return Shape::Nested,
            b'[' if depth == 0 || depth <= 2 && is_row_key(word) => return Shape::Nested,
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth <= 1 => return Shape::Lines,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
    }
    Shape::Lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn pieces(text: &str) -> Vec<String> {
        let mut split = JsonSplit::open(Box::new(Cursor::new(text.to_string()))).unwrap();
        let (mut row, mut all) = (Vec::new(), Vec::new());
        loop {
            match split.next(&mut row).unwrap() {
                Piece::Row => all.push(String::from_utf8(row.clone()).unwrap()),
                Piece::TooLong => all.push("too long".into()),
                Piece::CutOff => return [all, vec!["cut off".into()]].concat(),
                Piece::End => return all,
            }
        }
    }

    #[test]
    fn rows_are_found_in_every_shape() {
        let wanted = [r#"{"a":1,"dids":["x]"]}"#, r#"{"a":"}\""}"#];
        let (one, two) = (wanted[0], wanted[1]);
        assert_eq!(pieces(&format!("{one}\r\n\r\n{two}")), wanted);
        assert_eq!(pieces(&format!(" [ {one} ,\n{two}]\n")), wanted);
        assert_eq!(
            pieces(&format!(
                r#"{{"page":1,"_embedded":{{"call_logs":[{one},{two}]}}}}"#
            )),
            wanted
        );
        let page = format!(r#"{{"value":[{one}],"next":null}}"#);
        let other = format!(r#"{{"value":[{two}]}}"#);
        assert_eq!(pieces(&format!("{page}\n{other}\n")), wanted);
        assert_eq!(
            pieces("{\n \"a\": 1\n}\n{\n \"a\": 2\n}"),
            ["{\n \"a\": 1\n}", "{\n \"a\": 2\n}"]
        );
    }

    #[test]
    fn an_end_in_the_middle_is_seen() {
        assert_eq!(pieces(r#"[{"a":1},{"a""#), [r#"{"a":1}"#, "cut off"]);
        assert_eq!(pieces(r#"{"data":[{"a":1}"#), [r#"{"a":1}"#, "cut off"]);
        assert_eq!(pieces(r#"[{"a":1}"#), [r#"{"a":1}"#, "cut off"]);
        assert_eq!(pieces("[]"), Vec::<String>::new());
    }

    #[test]
    fn a_row_beyond_the_bound_is_read_past() {
        let long = format!(r#"{{"a":"{}"}}"#, "x".repeat(LONGEST_ROW));
        assert_eq!(pieces(&format!("[{long},{{}}]")), ["too long", "{}"]);
        assert_eq!(pieces(&format!("{{}}\n{long}\n{{}}\n")), ["{}", "too long", "{}"]);
    }
}
