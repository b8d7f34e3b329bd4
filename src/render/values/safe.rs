//! Text from outside, made harmless: for spreadsheets and for the eye.

use crate::domain::turns_reading;

/// Blanks instead of control characters; characters that reorder their neighbours are left out.
pub fn clean(text: &str) -> String {
    text.chars()
        .filter(|c| !turns_reading(*c) && *c != '\u{FEFF}')
        .map(|c| {
            if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') {
                ' '
            } else {
                c
            }
        })
        .collect()
}

/// Text of ours for a terminal, whatever stands in it from outside: nothing in it moves the cursor, colours or rings, and it is
/// read in the order in which it was written.
pub fn for_terminal(text: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(clean).collect();
    lines.join("\n")
}

/// The same for JSON, where each such character is written as its number and so keeps its meaning.
pub fn json_for_terminal(json: &str) -> String {
    let mut shown = String::with_capacity(json.len());
    for letter in json.chars() {
        let itself = letter.to_string();
        match letter == '\n' || clean(&itself) == itself {
            true => shown.push(letter),
            false => shown.push_str(&format!("\\u{:04x}", u32::from(letter))),
        }
    }
    shown
}

/// Text for a spreadsheet: what a program could take for a formula gets a leading apostrophe, also behind a semicolon, at which
/// half of the world's spreadsheets part cells.
pub(crate) fn spreadsheet_text(text: &str) -> String {
    let shown = clean(text);
    let shown = match shown.contains(';') {
        true => shown.split(';').map(disarmed).collect::<Vec<_>>().join(";"),
        false => disarmed(&shown),
    };
    match text.starts_with(['\t', '\r', '\n']) && !shown.starts_with('\'') {
        true => format!("'{shown}"),
        false => shown,
    }
}

fn disarmed(cell: &str) -> String {
    let first = cell.trim_start().chars().next();
    match matches!(first, Some('=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠')) {
        true => format!("'{cell}"),
        false => cell.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_formula_gets_an_apostrophe() {
        for text in [
            "=1+1",
            "+49 30",
            "-2",
            "@SUM",
            "  =1",
            "\u{a0}=1",
            "＝1",
            "＋1",
            "－1",
            "＠1",
            "\tx",
            "\rx",
            "\u{202e}=1",
        ] {
            assert!(spreadsheet_text(text).starts_with('\''), "{text:?} went through");
        }
        for text in ["Anna", "x=1", "1001", "", "(none)", "Pike; Oona"] {
            assert_eq!(spreadsheet_text(text), text);
        }
        assert_eq!(spreadsheet_text("Pike;=1+1; @x"), "Pike;'=1+1;' @x");
    }

    #[test]
    fn names_cannot_reorder_or_break_a_row() {
        assert_eq!(clean("a\u{202e}b\r\nc\u{7}"), "ab  c ");
        assert_eq!(clean("a\u{61c}\u{200e}\u{200f}\u{202a}\u{2066}\u{2069}b"), "ab");
    }

    #[test]
    fn a_terminal_is_told_nothing_but_text() {
        assert_eq!(for_terminal("a\u{1b}[31m\r\u{9b}2J\nb\u{202e}"), "a [31m  2J\nb");
        let json = serde_json::to_string(&["\u{9b}2J\u{202e}\u{7f}\u{1b} ä"]).unwrap();
        let shown = json_for_terminal(&json);
        assert!(!shown.chars().any(char::is_control), "{shown}");
        assert_eq!(
            serde_json::from_str::<[String; 1]>(&shown).unwrap(),
            serde_json::from_str::<[String; 1]>(&json).unwrap()
        );
    }
}
