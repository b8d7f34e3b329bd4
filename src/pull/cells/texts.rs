//! Single texts as values: bounded words, extensions, phone numbers, flags.

use std::borrow::Cow;

use crate::domain::{Tier, bare_extension, narrow, same, visible, with_country};
use crate::pull::cells::fault;
use crate::pull::fault::CellFault;

/// Longest text of a cell, in characters.
pub(in crate::pull) const LONGEST_TEXT: usize = 256;
const LONGEST_EXTENSION: usize = 20;

/// A text of at most 256 characters, as it is seen: letters in one piece, without control characters and invisible marks.
pub(in crate::pull) fn bounded(column: &str, text: &str) -> Result<String, CellFault> {
    if text.len() <= LONGEST_TEXT
        && text
            .bytes()
            .all(|byte| byte.is_ascii() && !byte.is_ascii_control())
    {
        return Ok(text.trim().to_owned());
    }
    if text.chars().nth(LONGEST_TEXT).is_some() {
        return Err(fault(
            column,
            text,
            &format!("is longer than {LONGEST_TEXT} characters"),
        ));
    }
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    let clean: String = visible(text).chars().map(plain).collect();
    Ok(clean.trim().to_string())
}

/// Up to 20 letters and digits. A spreadsheet's `1001.0` is 1001.
pub(in crate::pull) fn extension(column: &str, text: &str) -> Result<String, CellFault> {
    // Wide digits are digits.
    let text = narrow(text);
    let text = bare_extension(text.trim());
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

/// Whatever in a cell could be an extension, where the whole is none: its row still protects what it names.
pub(in crate::pull) fn extensions_in(text: &str) -> Vec<String> {
    narrow(text)
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|part| part.contains(|c: char| c.is_ascii_digit()))
        .map(|part| bare_extension(part).to_owned())
        .collect()
}

pub(in crate::pull) fn flag(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "y" | "t" | "1" => Some(true),
        "false" | "no" | "n" | "f" | "0" => Some(false),
        _ => None,
    }
}

/// A phone number for comparison: its digits, with the country where the text tells it.
/// None for what is no number, such as `anonymous`.
pub(in crate::pull) fn phone_digits(text: &str) -> Option<String> {
    let narrow = narrow(text);
    let text = narrow
        .strip_prefix("sip:")
        .or_else(|| narrow.strip_prefix("tel:"))
        .unwrap_or(&narrow);
    let text = text.split('@').next().unwrap_or(text);
    let text = text.strip_suffix(".0").unwrap_or(text);
    let text = without_extension(text);
    if !text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || b"+-.()/ *#".contains(&byte))
        || text.len() > 64
    {
        return None;
    }
    let is_whole = text.starts_with('+');
    // `+44 (0)20`: the zero is dialled at home only.
    let text = match is_whole {
        true => Cow::Owned(text.replacen("(0)", "", 1)),
        false => Cow::Borrowed(text),
    };
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    (!digits.is_empty()).then(|| with_country(&digits, is_whole))
}

/// `+1 (212) 555-0112 ext 5` is the number that it begins with.
fn without_extension(text: &str) -> &str {
    let Some(at) = text.find(|c: char| c.is_ascii_alphabetic()) else {
        return text;
    };
    let (number, suffix) = text.split_at(at);
    let word = suffix.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, ' ' | '.' | ':'));
    let is_word = ["x", "ext", "extn", "extension"]
        .iter()
        .any(|known| word.eq_ignore_ascii_case(known));
    match is_word {
        true => number.trim_end_matches([' ', ',', ';']),
        false => text,
    }
}

/// A tier among what people have licences for, where the vendor's words alone stand beside it: `Business Premium` is Microsoft's.
pub(in crate::pull) fn product_tier(text: &str) -> Option<Tier> {
    const BESIDE: [&str; 11] = [
        "vonage",
        "vbc",
        "plan",
        "license",
        "licence",
        "line",
        "phone",
        "user",
        "seat",
        "extension",
        "unlimited",
    ];
    let words = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty() && !BESIDE.iter().any(|beside| same(beside, word)));
    words.collect::<Vec<_>>().join(" ").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_compared_by_digits() {
        assert_eq!(phone_digits("+1 (732) 555-0142").as_deref(), Some("17325550142"));
        assert_eq!(phone_digits("7325550142").as_deref(), Some("17325550142"));
        assert_eq!(phone_digits("+4930123456").as_deref(), Some("4930123456"));
        assert_eq!(
            phone_digits("+44 (0)20 7946 0123").as_deref(),
            Some("442079460123")
        );
        assert_eq!(phone_digits("sip:1001@host").as_deref(), Some("1001"));
        assert_eq!(phone_digits("anonymous"), None);
        assert_eq!(
            phone_digits("+1 (732) 555-0142 ext. 5").as_deref(),
            Some("17325550142")
        );
        assert_eq!(phone_digits("7325550142x5").as_deref(), Some("17325550142"));
        assert_eq!(phone_digits("555 0142 exit"), None);
    }

    #[test]
    fn extensions_are_bounded() {
        assert_eq!(extension("extension", "1001.0"), Ok("1001".into()));
        assert_eq!(extension("extension", "0042"), Ok("0042".into()));
        assert!(extension("extension", &"9".repeat(64)).is_err());
        assert!(extension("extension", "10 01").is_err());
        for text in [
            "x1001",
            "X 1001",
            "Ext. 1001",
            "extension 1001",
            "1001 ext",
            "#1001",
        ] {
            assert_eq!(extension("extension", text), Ok("1001".into()), "{text}");
        }
        for text in ["lobby-2", "A12", "12b", "*72"] {
            assert_eq!(extension("extension", text), Ok(text.into()));
        }
    }
}
