//! Phone numbers in text from outside, hidden from those who need not know them.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

/// A day, or seven digits and more with what people put between the digits of a phone number.
static NUMBERS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\b(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4})(?:[T ]\d{1,2})?\b|\d(?:[ ().\-/]{0,2}\d){6,}")
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
    let parts: Vec<u32> = day
        .split(['-', '/', '.'])
        .map_while(|part| part.parse().ok())
        .collect();
    let (year, rest) = match parts.as_slice() {
        [year, rest @ ..] if *year > 31 => (*year, rest),
        [rest @ .., year] => (*year, rest),
        [] => return false,
    };
    (1900..2200).contains(&year) && rest.len() == 2 && rest.iter().all(|part| (1..=31).contains(part))
}

/// Whether a letter only turns the order in which its neighbours are read (Unicode's Bidi_Control).
pub fn turns_reading(letter: char) -> bool {
    matches!(letter, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
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
        // Also one that the calendar does not have: whoever wrote it must find it again.
        for day in ["2027/01/31", "31.01.2027", "31-1-2027", "2027.1.31", "2027-02-31"] {
            assert_eq!(mask(day), day);
        }
        assert_eq!(mask("1732-55-5014"), "****-**-**14");
        assert_eq!(mask("20.79.4612"), "**.**.**12");
        assert_eq!(mask("9999-99-99"), "****-**-99");
    }
}
