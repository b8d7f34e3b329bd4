//! JSON rows as cells of text: numbers and strings alike, nested keys as `outer.inner`, arrays joined by `;`.

use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::io::Read;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::ReadError;
use super::json_page::Page;
use super::json_split::{JsonSplit, Piece};
use super::row::Row;

/// Rows that are looked at before the headings are said: a key may be missing from some.
const ROWS_AHEAD: usize = 200;
const BYTES_AHEAD: usize = 4 << 20;
const MOST_KEYS: usize = 4096;
const DEEPEST: usize = 3;

pub(super) struct JsonRows {
    split: JsonSplit,
    keys: Keys,
    ahead: VecDeque<(Piece, Vec<u8>)>,
    number: u64,
    text: Vec<u8>,
}

/// Headings in the order in which they first appear.
#[derive(Default)]
struct Keys {
    names: Vec<String>,
    cells: HashMap<String, usize>,
}

impl Keys {
    fn cell(&mut self, key: &str) -> Option<usize> {
        if let Some(cell) = self.cells.get(key) {
            return Some(*cell);
        }
        if self.names.len() == MOST_KEYS {
            return None;
        }
        self.names.push(key.to_string());
        self.cells.insert(key.to_string(), self.names.len() - 1);
        Some(self.names.len() - 1)
    }
}

impl JsonRows {
    pub(super) fn open(input: Box<dyn Read>) -> Result<JsonRows, ReadError> {
        let mut rows = JsonRows {
            split: JsonSplit::open(input)?,
            keys: Keys::default(),
            ahead: VecDeque::new(),
            number: 0,
            text: Vec::new(),
        };
        let (mut bytes, mut scratch) = (0, Row::default());
        while rows.ahead.len() < ROWS_AHEAD && bytes < BYTES_AHEAD {
            let mut text = Vec::new();
            let piece = rows.split.next(&mut text)?;
            let ended = matches!(piece, Piece::End | Piece::CutOff);
            if piece == Piece::Row {
                scratch.clear(0);
                parse(&text, &mut scratch, &mut rows.keys);
            }
            bytes += text.len();
            rows.ahead.push_back((piece, text));
            if ended {
                break;
            }
        }
        Ok(rows)
    }

    /// Grows when a later row brings a new key.
    pub(super) fn headings(&self) -> &[String] {
        &self.keys.names
    }

    pub(super) fn pages(&self) -> &[Page] {
        self.split.pages()
    }

    pub(super) fn next(&mut self, row: &mut Row) -> Result<bool, ReadError> {
        loop {
            let piece = match self.ahead.pop_front() {
                Some((piece, text)) => {
                    self.text = text;
                    piece
                }
                None => self.split.next(&mut self.text)?,
            };
            self.number += 1;
            row.clear(self.number);
            match piece {
                Piece::End => return Ok(false),
                Piece::CutOff => {
                    return Err(ReadError::broken(
                        self.number,
                        "the file ends in the middle of a row or an array; it was cut off",
                    ));
                }
                Piece::TooLong => row.fault = Some("is longer than 1 MB".into()),
                Piece::Row => parse(&self.text, row, &mut self.keys),
            }
            if !row.is_blank() {
                return Ok(true);
            }
        }
    }
}

fn parse(text: &[u8], row: &mut Row, keys: &mut Keys) {
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let fields = Fields {
        row,
        keys,
        prefix: "",
        depth: 0,
    };
    let parsed = fields
        .deserialize(&mut deserializer)
        .and_then(|()| deserializer.end());
    if let Err(error) = parsed {
        row.fault = Some(format!("is not a JSON object of plain values ({error})"));
        if row.spans.is_empty() {
            row.set(0, &String::from_utf8_lossy(&text[..text.len().min(400)]));
        }
    } else if row.text.contains(&0) {
        row.fault = Some("holds a NUL character".into());
    }
}

struct Fields<'a> {
    row: &'a mut Row,
    keys: &'a mut Keys,
    prefix: &'a str,
    depth: usize,
}

impl<'de> DeserializeSeed<'de> for Fields<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Fields<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        while let Some(key) = map.next_key::<Cow<str>>()? {
            let key = match self.prefix {
                "" => key,
                prefix => Cow::Owned(format!("{prefix}.{key}")),
            };
            map.next_value_seed(CellValue {
                row: self.row,
                keys: self.keys,
                key: &key,
                depth: self.depth,
            })?;
        }
        Ok(())
    }
}

struct CellValue<'a> {
    row: &'a mut Row,
    keys: &'a mut Keys,
    key: &'a str,
    depth: usize,
}

impl CellValue<'_> {
    fn put<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        let start = self.row.text.len();
        self.row.text.extend_from_slice(text.as_bytes());
        self.close(start)
    }

    fn close<E: serde::de::Error>(self, start: usize) -> Result<(), E> {
        let Some(cell) = self.keys.cell(self.key) else {
            return Err(E::custom("more keys than a table can have"));
        };
        if self.row.spans.get(cell).is_some_and(|span| *span != (0, 0)) {
            return Err(E::custom(format!("the key {} stands twice", self.key)));
        }
        self.row.set_span(cell, start);
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for CellValue<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

/// A float that stands for one whole number or short decimal only; beyond that digits have been lost.
fn float_text<E: serde::de::Error>(value: f64) -> Result<String, E> {
    if value.abs() >= 9_007_199_254_740_992.0 {
        return Err(E::custom(
            "a number is too large to be read exactly; write it as text",
        ));
    }
    Ok(value.to_string())
}

impl<'de> Visitor<'de> for CellValue<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        self.put(text)
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<(), E> {
        self.put(if value { "true" } else { "false" })
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<(), E> {
        self.put(&value.to_string())
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<(), E> {
        self.put(&value.to_string())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<(), E> {
        let text = float_text(value)?;
        self.put(&text)
    }

    /// The heading is known all the same.
    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        self.keys.cell(self.key);
        Ok(())
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut elements: S) -> Result<(), S::Error> {
        let start = self.row.text.len();
        while let Some(element) = elements.next_element::<serde_json::Value>()? {
            let text = match element {
                serde_json::Value::Null => continue,
                serde_json::Value::String(text) => text,
                other => other.to_string(),
            };
            if self.row.text.len() > start {
                self.row.text.push(b';');
            }
            self.row.text.extend_from_slice(text.as_bytes());
        }
        self.close(start)
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        if self.depth == DEEPEST {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(());
        }
        let inner = Fields {
            row: self.row,
            keys: self.keys,
            prefix: self.key,
            depth: self.depth + 1,
        };
        inner.visit_map(map)
    }
}
