//! A title above the headings of delimited text, as Numbers and portals write one.

use super::csv_rows::sniff;
use crate::pull::files::headings::Wanted;

/// Lines among which the headings are looked for.
const LINES_AHEAD: usize = 50;
/// Columns that a line must name before the first line is taken for a title.
const LEAST_NAMED: usize = 2;

/// What stands above the headings, in bytes and lines. The headings are the line that names most of the table's columns, the first
/// of them; where none names several, the first line.
pub(super) fn title(head: &[u8], wanted: &Wanted, delimiter: Option<u8>) -> (usize, u64) {
    let (mut start, mut quotes) = (0, 0);
    let mut best = (0, (0, 0));
    for number in 0..LINES_AHEAD {
        let rest = &head[start.min(head.len())..];
        // A line that goes on beyond what is at hand is not looked at.
        let Some(length) = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')) else {
            break;
        };
        let line = &rest[..length];
        let named = match quotes % 2 {
            0 => wanted.named(&cells(line, delimiter.unwrap_or_else(|| sniff(line)))),
            // Inside a cell that runs over several lines.
            _ => 0,
        };
        if named > best.0 && (number == 0 || named >= LEAST_NAMED) {
            best = (named, (start, number as u64));
        }
        quotes += line.iter().filter(|byte| **byte == b'"').count();
        start += length + if rest[length..].starts_with(b"\r\n") { 2 } else { 1 };
    }
    best.1
}

fn cells(line: &[u8], delimiter: u8) -> Vec<String> {
    let text = String::from_utf8_lossy(line);
    text.split(char::from(delimiter))
        .map(|cell| cell.trim().trim_matches('"').to_owned())
        .collect()
}
