//! One row of any format: cells of text under the file's headings.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

/// Reused from row to row, so that millions of rows cost no allocation each.
#[derive(Debug, Default)]
pub(crate) struct Row {
    /// In a delimited file and a workbook the row as a spreadsheet shows it (the heading line is row 1), else 1 for the first.
    pub number: u64,
    /// Why the row cannot be used, whatever its cells say.
    pub fault: Option<String>,
    /// Cells that say why they cannot be used. They cost the row only where the table reads their column.
    pub bad_cells: Vec<(usize, String)>,
    pub(super) text: Vec<u8>,
    pub(super) spans: Vec<(usize, usize)>,
}

impl Row {
    pub(super) fn clear(&mut self, number: u64) {
        self.number = number;
        self.fault = None;
        self.bad_cells.clear();
        self.text.clear();
        self.spans.clear();
    }

    /// Sets the text of a cell; the cells before it are blank until set.
    pub(super) fn set(&mut self, cell: usize, text: &str) {
        let start = self.text.len();
        self.text.extend_from_slice(text.as_bytes());
        self.set_span(cell, start);
    }

    pub(super) fn set_span(&mut self, cell: usize, start: usize) {
        if self.spans.len() <= cell {
            self.spans.resize(cell + 1, (0, 0));
        }
        self.spans[cell] = (start, self.text.len());
    }

    /// The cell without blanks around it; none where nothing is left.
    pub fn get(&self, cell: usize) -> Option<&str> {
        let (start, end) = *self.spans.get(cell)?;
        let text = std::str::from_utf8(self.text.get(start..end)?).ok()?.trim();
        (!text.is_empty()).then_some(text)
    }

    pub fn is_blank(&self) -> bool {
        self.fault.is_none()
            && self.bad_cells.is_empty()
            && (0..self.spans.len()).all(|cell| self.get(cell).is_none())
    }

    /// The row for a person: bounded, control characters dropped, outside numbers masked but for the last two digits.
    pub fn as_read(&self) -> String {
        const SHOWN: usize = 400;
        let cells = self.spans.iter().map(|(start, end)| {
            let end = (*end).min(start + SHOWN);
            String::from_utf8_lossy(self.text.get(*start..end).unwrap_or_default())
        });
        let joined = cells.take(100).collect::<Vec<Cow<str>>>().join(" | ");
        mask(&shorten(&joined, SHOWN)).into_owned()
    }
}

/// At most `limit` characters, without control characters.
pub(crate) fn shorten(text: &str, limit: usize) -> String {
    let clean = |c: char| if c.is_control() { ' ' } else { c };
    let mut short: String = text.chars().take(limit).map(clean).collect();
    if short.len() < text.len() && text.chars().count() > limit {
        short.push('…');
    }
    short
}

/// A day, or seven digits and more with what people put between the digits of a phone number.
static NUMBERS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\b(?:\d{4}-\d{2}-\d{2}|\d{1,2}/\d{1,2}/\d{4})(?:[T ]\d{1,2})?\b|\d(?:[ ().\-/]{0,2}\d){6,}")
        .expect("a constant pattern")
});

/// Masks what could be an outside number, but for its last two digits; days stay readable.
pub(crate) fn mask(text: &str) -> Cow<'_, str> {
    NUMBERS.replace_all(text, |found: &regex::Captures| {
        let number = &found[0];
        if looks_like_day(number) {
            return number.to_string();
        }
        let mut left = number.bytes().filter(u8::is_ascii_digit).count();
        let hide = |c: char| {
            if c.is_ascii_digit() {
                left -= 1;
                if left >= 2 { '*' } else { c }
            } else {
                c
            }
        };
        number.chars().map(hide).collect()
    })
}

fn looks_like_day(text: &str) -> bool {
    let day = text.split(['T', ' ']).next().unwrap_or(text);
    ["%Y-%m-%d", "%m/%d/%Y", "%d/%m/%Y"]
        .iter()
        .any(|format| chrono::NaiveDate::parse_from_str(day, format).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outside_numbers_are_masked_and_days_are_not() {
        assert_eq!(mask("17325550142"), "*********42");
        assert_eq!(mask("+1 (732) 555-0142"), "+* (***) ***-**42");
        assert_eq!(
            mask("1001 | 2026-10-05 12:00:00 | 60"),
            "1001 | 2026-10-05 12:00:00 | 60"
        );
        assert_eq!(mask("10/05/2026 1:02:03 PM"), "10/05/2026 1:02:03 PM");
        assert_eq!(mask("9999-99-99"), "****-**-99");
    }
}
