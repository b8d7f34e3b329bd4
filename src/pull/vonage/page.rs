//! The envelope around every answer, in all the shapes in which it has been seen, and its rows as they were sent.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde_json::value::RawValue;

use super::error::VonageError;

/// A text that may have been sent as a number. Null is no text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Text(pub String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Text, D::Error> {
        struct TextVisitor;
        impl Visitor<'_> for TextVisitor {
            type Value = Text;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a text or a number")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Text, E> {
                Ok(Text(text.to_owned()))
            }
            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Text, E> {
                Ok(Text(number.to_string()))
            }
            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Text, E> {
                Ok(Text(number.to_string()))
            }
            fn visit_f64<E: de::Error>(self, number: f64) -> Result<Text, E> {
                Ok(Text(number.to_string()))
            }
        }
        deserializer.deserialize_any(TextVisitor)
    }
}

#[derive(serde::Deserialize)]
struct Envelope<'a> {
    total_pages: Option<Text>,
    total_page: Option<Text>,
    total_items: Option<Text>,
    page_size: Option<Text>,
    #[serde(borrow, rename = "_embedded")]
    embedded: Option<BTreeMap<Cow<'a, str>, &'a RawValue>>,
}

/// One page of rows.
#[derive(Debug)]
pub(super) struct Page<'a> {
    pub rows: Vec<&'a RawValue>,
    pub total_items: Option<u64>,
    pub total_pages: Option<u64>,
    /// Rows of a full page, as the service has it.
    page_size: Option<u64>,
}

/// Keys under which rows are looked for: the documentation says one of them, and the service another.
const ROWS: [&str; 6] = [
    "call_logs",
    "data",
    "users",
    "extensions",
    "extension",
    "locations",
];

impl<'a> Page<'a> {
    /// Reads page `number` (from 1). Rows may be absent only where there are none, or past the end.
    pub(super) fn parse(endpoint: &str, body: &'a [u8], number: u64) -> Result<Page<'a>, VonageError> {
        Page::parse_rows(endpoint, body, number, &ROWS)
    }

    /// The same, with the keys under which rows may stand.
    pub(super) fn parse_rows(
        endpoint: &str,
        body: &'a [u8],
        number: u64,
        keys: &[&str],
    ) -> Result<Page<'a>, VonageError> {
        let refuse = |what: String| VonageError::Schema {
            endpoint: endpoint.to_owned(),
            what,
        };
        let envelope: Envelope =
            serde_json::from_slice(body).map_err(|error| refuse(format!("its envelope: {error}")))?;
        let count = |text: &Option<Text>| text.as_ref().and_then(|text| text.0.parse::<u64>().ok());
        let total_items = count(&envelope.total_items);
        let total_pages = count(&envelope.total_pages).or_else(|| count(&envelope.total_page));
        let rows = match envelope.embedded {
            Some(embedded) => {
                let found = keys.iter().find_map(|key| embedded.get(*key));
                let given = || {
                    embedded
                        .keys()
                        .map(|key| key.as_ref())
                        .collect::<Vec<_>>()
                        .join(", ")
                };
                elements(found.ok_or_else(|| refuse(format!("_embedded holds no rows, but: {}", given())))?)
                    .map_err(|error| refuse(format!("its rows: {error}")))?
            }
            None if total_items == Some(0)
                || (number > 1 && total_pages.is_some_and(|pages| number > pages)) =>
            {
                Vec::new()
            }
            None => {
                return Err(refuse(
                    "_embedded is missing, and the page is neither empty nor past the end".to_owned(),
                ));
            }
        };
        Ok(Page {
            rows,
            total_items,
            total_pages,
            page_size: count(&envelope.page_size),
        })
    }

    /// Whether another page may follow this one, whatever `total_items` says. `asked`: the page size.
    pub(super) fn may_be_followed(&self, number: u64, asked: Option<u32>) -> bool {
        let rows = self.rows.len() as u64;
        let is_full = |size: u64| size > 0 && rows >= size;
        asked.map(u64::from).is_some_and(is_full)
            || self.page_size.is_some_and(is_full)
            || self.total_pages.is_some_and(|pages| pages > number)
    }
}

/// An array's elements, or the one object that stands for them.
fn elements(rows: &RawValue) -> Result<Vec<&RawValue>, serde_json::Error> {
    match rows.get().trim_start().as_bytes().first() {
        Some(b'[') => serde_json::from_str(rows.get()),
        Some(b'n') => Ok(Vec::new()),
        _ => Ok(vec![rows]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(number: u64, body: &str) -> Result<(Vec<String>, Option<u64>), String> {
        let page = Page::parse("GET /x", body.as_bytes(), number).map_err(|error| error.to_string())?;
        Ok((
            page.rows.iter().map(|row| row.get().to_owned()).collect(),
            page.total_items,
        ))
    }

    #[test]
    fn both_envelopes_and_both_spellings_of_every_number() {
        let one = (vec![r#"{"id":1}"#.to_owned()], Some(1));
        for body in [
            r#"{"total_items":1,"total_pages":1,"_embedded":{"data":{"id":1}}}"#,
            r#"{"total_items":"1","total_page":"1","_embedded":{"extensions":[{"id":1}]}}"#,
            r#"{"total_items":1.0,"_embedded":{"users":[{"id":1}],"more":3}}"#,
        ] {
            assert_eq!(rows(1, body).map(|(rows, _)| rows), Ok(one.0.clone()), "{body}");
        }
        assert_eq!(
            rows(1, r#"{"total_items":"1","_embedded":{"call_logs":[{"id":1}]}}"#),
            Ok(one)
        );
    }

    #[test]
    fn rows_may_be_absent_only_where_there_are_none() {
        assert_eq!(rows(1, r#"{"total_items":0}"#), Ok((Vec::new(), Some(0))));
        assert_eq!(
            rows(3, r#"{"total_items":20,"total_pages":2}"#),
            Ok((Vec::new(), Some(20)))
        );
        assert_eq!(
            rows(1, r#"{"total_items":0,"_embedded":{"data":null}}"#),
            Ok((Vec::new(), Some(0)))
        );
        for body in [
            r#"{"total_items":20,"total_pages":2}"#,
            r#"{"total_items":20,"total_pages":0}"#,
            r#"{"total_pages":0}"#,
            "{}",
            "null",
            "[]",
            r#"{"total_items":1,"_embedded":{"rows":[]}}"#,
            r#"{"total_items":1,"_embedded":{"data":[{"id":1}"#,
        ] {
            assert!(rows(1, body).unwrap_err().contains("(G9)"), "{body}");
        }
    }
}
