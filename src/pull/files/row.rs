//! One row of any format: cells of text under the file's headings.

use std::borrow::Cow;

use crate::domain::{mask, visible};

/// Reused from row to row, so that millions of rows cost no allocation each.
#[derive(Debug, Default)]
pub(crate) struct Row {
    /// In a delimited file and a workbook the row as a spreadsheet shows it (the heading line is row 1), else 1 for the first.
    pub number: u64,
    /// Why the row cannot be used, whatever its cells say.
    pub fault: Option<String>,
    /// Cells that say why they cannot be used. They cost the row only where the table reads their column.
    pub bad_cells: Vec<(usize, String)>,
    /// Cells that show what the first cell of a merged range holds, each with its range.
    pub merged: Vec<(usize, String)>,
    pub(super) text: Vec<u8>,
    pub(super) spans: Vec<(usize, usize)>,
}

impl Row {
    pub(super) fn clear(&mut self, number: u64) {
        self.number = number;
        self.fault = None;
        self.bad_cells.clear();
        self.merged.clear();
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

    /// Takes the marks out of the cells that no reader sees: they came in by a paste and make no difference.
    pub(super) fn tidy(&mut self) {
        if self.text.is_ascii() {
            return;
        }
        let mut text: Vec<u8> = Vec::with_capacity(self.text.len());
        for span in &mut self.spans {
            let cell = self.text.get(span.0..span.1).unwrap_or_default();
            let start = text.len();
            match std::str::from_utf8(cell) {
                Ok(cell) => text.extend_from_slice(visible(cell).as_bytes()),
                Err(_) => text.extend_from_slice(cell),
            }
            *span = (start, text.len());
        }
        self.text = text;
    }

    /// The cell without blanks around it; none where nothing is left.
    pub(crate) fn get(&self, cell: usize) -> Option<&str> {
        let (start, end) = *self.spans.get(cell)?;
        let text = std::str::from_utf8(self.text.get(start..end)?).ok()?.trim();
        let text = unquoted(text);
        (!text.is_empty()).then_some(text)
    }

    /// How many cells the row has, blank ones included.
    pub(crate) fn width(&self) -> usize {
        self.spans.len()
    }

    pub(crate) fn is_blank(&self) -> bool {
        self.fault.is_none()
            && self.bad_cells.is_empty()
            && (0..self.spans.len()).all(|cell| self.get(cell).is_none())
    }

    /// The row for a person: bounded, control characters dropped, outside numbers masked but for the last two digits.
    pub(crate) fn as_read(&self) -> String {
        const SHOWN: usize = 400;
        let cells = self.spans.iter().map(|(start, end)| {
            let end = (*end).min(start + SHOWN);
            String::from_utf8_lossy(self.text.get(*start..end).unwrap_or_default())
        });
        let joined = cells.take(100).collect::<Vec<Cow<str>>>().join(" | ");
        mask(&shorten(&joined, SHOWN)).into_owned()
    }
}

/// `="101"` and `'101` are how exports keep a spreadsheet from changing 101; our own lists write the second before what would be
/// a formula. A name such as `'t Hooft` keeps its apostrophe.
fn unquoted(text: &str) -> &str {
    const BEGINS_FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
    let formula = text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    if let Some(inner) = formula.filter(|inner| !inner.contains('"')) {
        return inner.trim();
    }
    let protected = |rest: &&str| {
        let inner = rest.trim_start();
        inner.len() < rest.len()
            || inner.starts_with(|c: char| c.is_ascii_digit() || BEGINS_FORMULA.contains(&c))
    };
    text.strip_prefix('\'').filter(protected).map_or(text, str::trim)
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
