//! Phone numbers as they are compared: digits with their country code where the text tells it. North America's ten digits are
//! one rule, here; what else is written without its country (`020 7946 0123` for `+44 20 7946 0123`) is told by its end.

/// The digits at the end by which numbers that may be the same are found.
const END: usize = 7;
/// A country code has one to three digits.
const LONGEST_COUNTRY_CODE: usize = 3;
/// Fewest digits of a number without its country, with and without the zero that is dialled before it.
const FEWEST_AFTER_ZERO: usize = 7;
const FEWEST_OF_COUNTRY: usize = 8;
/// Its zero belongs to the number.
const ITALY: &str = "39";
/// Digits at the end that no two numbers of one company share by chance.
const SAME_END: usize = 9;
/// What is dialled before the country code from North America, and the fewest digits of such a number: `0113 496 0123` is of
/// Leeds.
const NORTH_AMERICAN_PREFIX: &str = "011";
const FEWEST_WITH_PREFIX: usize = 13;

/// The digits with the country code, of the digits as written; `is_whole` where a plus stood before them.
pub fn with_country(digits: &str, is_whole: bool) -> String {
    let long = |rest: &&str| digits.len() >= FEWEST_WITH_PREFIX && !rest.starts_with('0');
    let dialled = digits
        .strip_prefix("00")
        .filter(|rest| rest.len() > FEWEST_OF_COUNTRY)
        .or_else(|| digits.strip_prefix(NORTH_AMERICAN_PREFIX).filter(long));
    match (dialled, digits.as_bytes()) {
        _ if is_whole => digits.to_owned(),
        (Some(whole), _) => whole.to_owned(),
        (None, [b'2'..=b'9', _, _, b'2'..=b'9', rest @ ..]) if rest.len() == 6 => format!("1{digits}"),
        _ => digits.to_owned(),
    }
}

/// The end by which a number and its national form are found together.
pub fn number_end(digits: &str) -> &str {
    digits.get(digits.len().saturating_sub(END)..).unwrap_or(digits)
}

/// Whether both are one number, one of them perhaps without its country.
pub fn is_same_number(one: &str, other: &str) -> bool {
    let (long, short) = match one.len() >= other.len() {
        true => (one, other),
        false => (other, one),
    };
    let national = short.trim_start_matches('0');
    let fewest = match national.len() == short.len() {
        true => FEWEST_OF_COUNTRY,
        false => FEWEST_AFTER_ZERO,
    };
    let is_end = || {
        let country = long.strip_suffix(national).map(str::len);
        country.is_some_and(|digits| (1..=LONGEST_COUNTRY_CODE).contains(&digits))
    };
    let is_italian = || long.strip_suffix(short) == Some(ITALY);
    long == short || national.len() >= fewest && !long.starts_with('0') && (is_end() || is_italian())
}

/// Whether both may be one number: nobody proposes to release one of them while the other is in use.
pub fn ends_alike(one: &str, other: &str) -> bool {
    let (one, other) = (one.trim_start_matches('0'), other.trim_start_matches('0'));
    let end = one.len().checked_sub(SAME_END).and_then(|at| one.get(at..));
    let short = one.len().min(other.len());
    one == other
        || end.is_some_and(|end| other.ends_with(end))
        || short >= FEWEST_AFTER_ZERO && (one.ends_with(other) || other.ends_with(one))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_compared_with_its_country() {
        assert_eq!(with_country("7325550142", false), "17325550142");
        assert_eq!(with_country("7325550142", true), "7325550142");
        assert_eq!(with_country("00442079460123", false), "442079460123");
        assert_eq!(with_country("011442079460123", false), "442079460123");
        assert_eq!(with_country("01134960123", false), "01134960123");
        assert_eq!(with_country("02079460123", false), "02079460123");
        assert_eq!(with_country("1001", false), "1001");
    }

    #[test]
    fn a_national_form_is_the_same_number() {
        for (whole, national) in [
            ("442079460123", "02079460123"),
            ("442079460123", "2079460123"),
            ("4930123456", "030123456"),
            ("390612345678", "0612345678"),
            ("34912345678", "912345678"),
            ("6561234567", "61234567"),
            ("17325550142", "7325550142"),
        ] {
            assert!(is_same_number(whole, national), "{whole} {national}");
            assert!(is_same_number(national, whole), "{national} {whole}");
            assert!(ends_alike(national, whole), "{national} {whole}");
            assert_eq!(number_end(whole), number_end(national));
        }
    }

    #[test]
    fn another_number_is_not_the_same() {
        for (one, other) in [
            ("442079460123", "02079460124"),
            ("494030123456", "030123456"),
            ("17325550142", "5550142"),
            ("17325550142", "12125550142"),
            ("1001", "01001"),
            ("02079460123", "002079460123"),
        ] {
            assert!(!is_same_number(one, other), "{one} {other}");
        }
        assert!(!ends_alike("17325550142", "12125550142"));
        assert!(!ends_alike("1001", "21001"));
    }

    #[test]
    fn what_may_be_one_number_ends_alike() {
        assert!(ends_alike("17325550142", "5550142"));
        assert!(ends_alike("442079460123", "12079460123"));
    }
}
