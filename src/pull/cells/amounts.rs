//! Amounts as people and spreadsheets write them, to exact hundredths. What could be read both ways is refused.

use crate::domain::{Cents, Currency, DecimalMark, MoneyError};

const DOLLARS: [&str; 20] = [
    "ARS", "AUD", "BBD", "BMD", "BSD", "BZD", "CAD", "CLP", "COP", "FJD", "HKD", "JMD", "KYD", "MXN", "NZD",
    "SGD", "TTD", "TWD", "USD", "XCD",
];

/// Stands for the currency, whichever it is.
const ANY_SIGN: char = '¤';
const SIGNS: [char; 5] = ['$', '€', '£', '¥', ANY_SIGN];

/// Whether every currency sign in an amount may stand for the currency; `$` is the sign of many.
pub(in crate::pull) fn sign_fits(text: &str, currency: Currency) -> bool {
    let code = currency.as_str();
    text.chars().all(|c| match c {
        '$' => DOLLARS.contains(&code),
        '€' => code == "EUR",
        '£' => matches!(code, "GBP" | "GIP" | "FKP" | "SHP" | "EGP"),
        '¥' => matches!(code, "JPY" | "CNY"),
        _ => true,
    })
}

/// An amount beside its currency, as bills write it: `CHF 29.99`, `29.99 USD`, `US$ 5`, `Fr. 29.99`, `5.00 CR`, and the
/// ` $ -   ` that a spreadsheet shows for zero.
pub(in crate::pull) fn parse_amount_in(
    text: &str,
    mark: DecimalMark,
    currency: Currency,
) -> Result<Cents, MoneyError> {
    let signed = with_sign(text.trim(), currency);
    let (is_credit, body) = match (without_end(&signed, "CR"), without_end(&signed, "DR")) {
        (Some(body), _) => (true, body),
        (_, Some(body)) => (false, body),
        _ => (false, signed.as_str()),
    };
    if body.contains(SIGNS) && matches!(bare(body), "-" | "–" | "—") {
        return Ok(Cents::ZERO);
    }
    match (is_credit, parse_amount(body, mark)?) {
        // A minus and a word that contradict or repeat each other.
        (true, amount) if amount < Cents::ZERO => Err(MoneyError::NotAnAmount),
        (true, amount) => Ok(-amount),
        (false, amount) => Ok(amount),
    }
}

/// The text with a sign for the currency's own code, `US$` or `Fr.`; another one's stays, and is no amount.
fn with_sign(text: &str, currency: Currency) -> String {
    let code = currency.as_str();
    let (upper, sign) = (text.to_ascii_uppercase(), ANY_SIGN.to_string());
    let letters = |from: usize| {
        upper[..from]
            .chars()
            .rev()
            .take_while(char::is_ascii_alphabetic)
            .count()
    };
    let written = upper.find('$').map(|dollar| (dollar, letters(dollar)));
    if let Some((dollar, before @ 1..)) = written {
        return match code.starts_with(&upper[dollar - before..dollar]) {
            true => format!("{}{}", &text[..dollar - before], &text[dollar..]),
            false => text.to_owned(),
        };
    }
    let francs: &[&str] = match code {
        "CHF" => &["SFR.", "FR."],
        _ => &[],
    };
    let found = francs
        .iter()
        .chain([&code])
        .find_map(|word| Some((upper.find(*word)?, word.len())));
    match found {
        Some((at, length)) => format!("{}{sign}{}", &text[..at], &text[at + length..]),
        None => text.to_owned(),
    }
}

fn without_end<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let (rest, end) = text.split_at_checked(text.len().checked_sub(word.len())?)?;
    end.eq_ignore_ascii_case(word).then(|| rest.trim_end())
}

/// Reads an amount: a currency sign, thousands marks, `(12.00)`, `12.00-` and a lone decimal mark are understood.
pub(in crate::pull) fn parse_amount(text: &str, mark: DecimalMark) -> Result<Cents, MoneyError> {
    let (negative, body) = sign(text);
    let body: String = body.chars().map(|c| if is_blank(c) { ' ' } else { c }).collect();
    if !body.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(MoneyError::NotAnAmount);
    }
    let (whole, fraction) = split(&body, mark)?;
    let canonical = match fraction {
        Some(fraction) => format!("{whole}.{fraction}"),
        None => whole,
    };
    let amount: Cents = canonical.parse()?;
    Ok(if negative { -amount } else { amount })
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || c == '\u{202f}' || c == '\'' || c == '’'
}

/// The sign, and the text without sign, brackets and currency signs.
fn sign(text: &str) -> (bool, &str) {
    let is_minus = |c: char| c == '-' || c == '\u{2212}';
    let outer = bare(text);
    let inner = outer
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
        .or_else(|| outer.strip_prefix(is_minus))
        .or_else(|| outer.strip_suffix(is_minus));
    match inner {
        Some(inner) => (true, bare(inner)),
        None => (false, outer),
    }
}

fn bare(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || SIGNS.contains(&c))
}

/// Digits before and after the decimal mark.
fn split(body: &str, mark: DecimalMark) -> Result<(String, Option<&str>), MoneyError> {
    let decimal = match mark {
        DecimalMark::Point => Some('.'),
        DecimalMark::Comma => Some(','),
        DecimalMark::Auto => guess(body)?,
    };
    let (whole, fraction) = match decimal.and_then(|decimal| body.split_once(decimal)) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (body, None),
    };
    let thousands = if decimal == Some('.') {
        ','
    } else if decimal == Some(',') {
        '.'
    } else {
        lone_mark(body)
    };
    Ok((without_thousands(whole, thousands)?, fraction))
}

fn lone_mark(body: &str) -> char {
    if body.contains(',') { ',' } else { '.' }
}

/// Which mark is the decimal one, where the text itself shows it.
fn guess(body: &str) -> Result<Option<char>, MoneyError> {
    let marks: Vec<(usize, char)> = body
        .char_indices()
        .filter(|(_, c)| matches!(c, '.' | ','))
        .collect();
    let Some((at, last)) = marks.last().copied() else {
        return Ok(None);
    };
    let of_last = marks.iter().filter(|(_, mark)| *mark == last).count();
    if of_last > 1 {
        // A decimal mark stands once: these are thousands marks, and the other mark may not come before them.
        return if of_last == marks.len() {
            Ok(None)
        } else {
            Err(MoneyError::NotAnAmount)
        };
    }
    let (whole, fraction) = (&body[..at], &body[at + 1..]);
    let could_be_thousands = fraction.len() == 3 && whole.len() <= 3 && whole != "0";
    if marks.len() == 1 && could_be_thousands {
        return Err(MoneyError::Ambiguous);
    }
    Ok(Some(last))
}

/// Drops thousands marks that stand where they belong: between groups of three.
fn without_thousands(whole: &str, mark: char) -> Result<String, MoneyError> {
    let mark = if whole.contains(' ') { ' ' } else { mark };
    let mut groups = whole.split(mark);
    let first = groups.next().unwrap_or_default();
    let rest: Vec<&str> = groups.collect();
    let grouped =
        rest.is_empty() || (1..=3).contains(&first.len()) && rest.iter().all(|group| is_group(group));
    match grouped {
        true => Ok(format!("{first}{}", rest.concat())),
        false => Err(MoneyError::NotAnAmount),
    }
}

fn is_group(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use DecimalMark::{Auto, Comma, Point};
    use proptest::prelude::*;

    #[test]
    fn amounts_as_people_write_them() {
        for (text, mark, cents) in [
            ("13.99", Auto, 1399),
            ("13,99", Auto, 1399),
            ("1,234.56", Auto, 123_456),
            ("1.234,56", Auto, 123_456),
            ("1 234,56", Auto, 123_456),
            ("1'234.50", Auto, 123_450),
            ("$1,234.50", Auto, 123_450),
            ("-$5.00", Auto, -500),
            ("$-5.00", Auto, -500),
            ("(12.00)", Auto, -1200),
            ("($12.00)", Auto, -1200),
            ("12.00-", Auto, -1200),
            ("\u{2212}12.00", Auto, -1200),
            ("12,00 €", Auto, 1200),
            ("7", Auto, 700),
            ("1,234,567", Auto, 123_456_700),
            ("0.500", Auto, 50),
            ("1234.5", Auto, 123_450),
            ("1,234", Point, 123_400),
            ("1.234", Comma, 123_400),
            ("1.230", Point, 123),
            ("12,5", Comma, 1250),
        ] {
            assert_eq!(parse_amount(text, mark), Ok(Cents(cents)), "{text}");
        }
    }

    #[test]
    fn amounts_beside_their_currency() {
        for (text, code, cents) in [
            ("CHF 29.99", "CHF", 2999),
            ("29.99 CHF", "CHF", 2999),
            ("chf29.99", "CHF", 2999),
            ("Fr. 29.99", "CHF", 2999),
            ("-CHF 5.00", "CHF", -500),
            ("CHF -5.00", "CHF", -500),
            ("5.00- CHF", "CHF", -500),
            ("(USD 5.00)", "USD", -500),
            ("US$ 5.00", "USD", 500),
            ("CA$5.00", "CAD", 500),
            ("USD 1,234.50", "USD", 123_450),
            (" $ -   ", "USD", 0),
            ("$-", "USD", 0),
            ("- €", "EUR", 0),
            ("USD -", "USD", 0),
            ("5.00 CR", "USD", -500),
            ("5.00CR", "USD", -500),
            ("$5.00 cr", "USD", -500),
            ("5.00 DR", "USD", 500),
            ("13.99", "USD", 1399),
        ] {
            let read = parse_amount_in(text, Auto, code.parse().unwrap());
            assert_eq!(read, Ok(Cents(cents)), "{text}");
        }
        for text in [
            "29.99 EUR",
            "Fr. 29.99",
            "-5.00 CR",
            "CR",
            "-",
            "USD",
            "$",
            "USD USD 5",
            "5.00 CR CR",
        ] {
            let read = parse_amount_in(text, Auto, "USD".parse().unwrap());
            assert!(read.is_err(), "{text:?} was taken as {read:?}");
        }
    }

    #[test]
    fn what_could_be_read_both_ways_is_refused() {
        for text in ["1.234", "1,234", "12,345", "-999.000"] {
            assert_eq!(parse_amount(text, Auto), Err(MoneyError::Ambiguous), "{text}");
        }
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for text in [
            "",
            "-",
            "()",
            "abc",
            "1,23,456",
            "1.2.3",
            "1,2.3,4",
            "12.00.00",
            "--1",
            "1e3",
            "12 USD",
            "0x1F",
            "٣",
            "29 99",
            "1 2345",
            "1'23",
            "1 234,567.00",
            "12. 50",
            "1 2.3",
        ] {
            assert!(parse_amount(text, Auto).is_err(), "{text:?} was taken as money");
        }
    }

    #[test]
    fn a_sign_fits_the_currency_it_stands_for() {
        let fits = |text, code: &str| sign_fits(text, code.parse().unwrap());
        assert!(fits("$29.99", "USD") && fits("$29.99", "CAD") && fits("29,99 €", "EUR") && fits("5", "SEK"));
        assert!(!fits("€29.99", "USD") && !fits("$29.99", "EUR") && !fits("£1", "USD"));
    }

    proptest! {
        #[test]
        fn every_way_of_writing_gives_the_same(cents in -1_000_000_000_i64..1_000_000_000) {
            let plain = Cents(cents).to_string();
            let (sign, digits) = plain.strip_prefix('-').map_or(("", plain.as_str()), |rest| ("-", rest));
            let (whole, fraction) = digits.split_once('.').unwrap();
            let mut grouped = String::new();
            for (at, digit) in whole.chars().enumerate() {
                if at > 0 && (whole.len() - at) % 3 == 0 {
                    grouped.push(',');
                }
                grouped.push(digit);
            }
            let english = format!("{sign}{grouped}.{fraction}");
            let german = format!("{sign}{},{fraction}", grouped.replace(',', "."));
            for text in [&plain, &english, &german] {
                prop_assert_eq!(parse_amount(text, Auto), Ok(Cents(cents)));
            }
        }

        #[test]
        fn no_text_panics(text in any::<String>()) {
            for mark in [Auto, Point, Comma] {
                let _ = parse_amount(&text, mark);
            }
        }
    }
}
