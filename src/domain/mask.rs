//! Phone numbers in text from outside, hidden from those who need not know them.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

/// A day, or seven digits and more with what people put between the digits of a phone number.
static NUMBERS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\b(?:\d{4}-\d{2}-\d{2}|\d{1,2}/\d{1,2}/\d{4})(?:[T ]\d{1,2})?\b|\d(?:[ ().\-/]{0,2}\d){6,}")
        .expect("a constant pattern")
});

/// Masks what could be an outside number, but for its last two digits; days stay readable.
pub fn mask(text: &str) -> Cow<'_, str> {
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
