//! Single texts as values: bounded words, days, extensions, phone numbers, flags.

use chrono::NaiveDate;

use crate::domain::{DateOrder, parse_day};

use super::cells::{Fault, fault};

/// Longest text of a cell, in characters.
pub(super) const LONGEST_TEXT: usize = 256;
const LONGEST_EXTENSION: usize = 20;

fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A text of at most 256 characters, without control characters and marks that turn the direction of text.
pub(super) fn bounded(column: &str, text: &str) -> Result<String, Fault> {
    if text.chars().nth(LONGEST_TEXT).is_some() {
        return Err(fault(
            column,
            text,
            &format!("is longer than {LONGEST_TEXT} characters"),
        ));
    }
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    let clean: String = text
        .chars()
        .filter(|c| !is_direction_mark(*c))
        .map(plain)
        .collect();
    Ok(clean.trim().to_string())
}

/// Up to 20 letters and digits. A spreadsheet's `1001.0` is 1001.
pub(super) fn extension(column: &str, text: &str) -> Result<String, Fault> {
    let text = match text.strip_suffix(".0") {
        Some(whole) if whole.bytes().all(|byte| byte.is_ascii_digit()) => whole,
        _ => text,
    };
    let fits = text.len() <= LONGEST_EXTENSION
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_*#".contains(&byte));
    match fits {
        true => Ok(text.to_string()),
        false => Err(fault(
            column,
            text,
            "is not an extension of up to 20 digits or letters",
        )),
    }
}

pub(super) fn flag(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "y" | "t" | "1" => Some(true),
        "false" | "no" | "n" | "f" | "0" => Some(false),
        _ => None,
    }
}

/// A phone number for comparison: its digits, with a leading 1 for the ten digits of a North American number.
/// None for what is no number, such as `anonymous`.
pub(super) fn phone_digits(text: &str) -> Option<String> {
    let text = text
        .strip_prefix("sip:")
        .or_else(|| text.strip_prefix("tel:"))
        .unwrap_or(text);
    let text = text.split('@').next().unwrap_or(text);
    let text = text.strip_suffix(".0").unwrap_or(text);
    if !text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || b"+-.()/ *#".contains(&byte))
        || text.len() > 64
    {
        return None;
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let bytes = digits.as_bytes();
    match bytes {
        [] => None,
        [b'2'..=b'9', _, _, b'2'..=b'9', ..] if bytes.len() == 10 && !text.starts_with('+') => {
            Some(format!("1{digits}"))
        }
        _ => Some(digits),
    }
}

/// A day as ISO, or in the declared order; a time after it is left off.
pub(super) fn day(text: &str, order: DateOrder) -> Result<NaiveDate, String> {
    let date = text.split(['T', ' ']).next().unwrap_or(text);
    if let Some(day) = parse_day(date) {
        return Ok(day);
    }
    if is_excel_serial(text) {
        return Err("looks like a serial day number of Excel, which counts from 1900 or from 1904; save the column as dates (YYYY-MM-DD)".into());
    }
    let parts: Vec<&str> = date.split(['/', '-', '.']).collect();
    let numbers: Vec<u32> = parts.iter().filter_map(|part| part.parse().ok()).collect();
    let shaped = matches!(parts.as_slice(), [a, b, year] if a.len() <= 2 && b.len() <= 2 && year.len() == 4);
    let (month, day, year) = match (order, numbers.as_slice()) {
        (DateOrder::Mdy, [month, day, year]) if shaped => (*month, *day, *year),
        (DateOrder::Dmy, [day, month, year]) if shaped => (*month, *day, *year),
        (DateOrder::Iso, [_, _, _]) if shaped => {
            return Err("is not YYYY-MM-DD; set date_order = \"mdy\" or \"dmy\" for the source".into());
        }
        _ => return Err("is not a day between 1990 and 2199 as YYYY-MM-DD".into()),
    };
    parse_day(&format!("{year:04}-{month:02}-{day:02}"))
        .ok_or_else(|| format!("is not a day in the order {order}"))
}

fn is_excel_serial(text: &str) -> bool {
    let whole = text.split('.').next().unwrap_or(text);
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    is_number
        && whole
            .parse::<u32>()
            .is_ok_and(|serial| (10_000..110_000).contains(&serial))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_iso_or_as_declared() {
        let wanted = NaiveDate::from_ymd_opt(2026, 10, 5).unwrap();
        assert_eq!(day("2026-10-05", DateOrder::Iso), Ok(wanted));
        assert_eq!(day("2026-10-05T23:00:00Z", DateOrder::Mdy), Ok(wanted));
        assert_eq!(day("10/5/2026", DateOrder::Mdy), Ok(wanted));
        assert_eq!(day("05.10.2026", DateOrder::Dmy), Ok(wanted));
        assert!(
            day("10/05/2026", DateOrder::Iso)
                .unwrap_err()
                .contains("date_order")
        );
        assert!(day("46300", DateOrder::Iso).unwrap_err().contains("Excel"));
        assert!(day("46300.5", DateOrder::Mdy).unwrap_err().contains("1904"));
        for text in [
            "",
            "2026-02-30",
            "0001-01-01",
            "13/13/2026",
            "10/05/26",
            "soon",
            "2200-01-01",
        ] {
            assert!(day(text, DateOrder::Mdy).is_err(), "{text:?} was taken as a day");
        }
    }

    #[test]
    fn numbers_are_compared_by_digits() {
        assert_eq!(phone_digits("+1 (732) 555-0142").as_deref(), Some("17325550142"));
        assert_eq!(phone_digits("7325550142").as_deref(), Some("17325550142"));
        assert_eq!(phone_digits("+4930123456").as_deref(), Some("4930123456"));
        assert_eq!(phone_digits("sip:1001@host").as_deref(), Some("1001"));
        assert_eq!(phone_digits("anonymous"), None);
    }

    #[test]
    fn extensions_are_bounded() {
        assert_eq!(extension("extension", "1001.0"), Ok("1001".into()));
        assert_eq!(extension("extension", "0042"), Ok("0042".into()));
        assert!(extension("extension", &"9".repeat(64)).is_err());
        assert!(extension("extension", "10 01").is_err());
    }
}
