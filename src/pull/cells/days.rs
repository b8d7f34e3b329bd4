//! A cell as a day: what reads one way only is read, whoever wrote it.

use chrono::{Datelike, NaiveDate};

use crate::domain::{DateOrder, narrow, parse_day};
use crate::pull::cells::day_words::{after_weekday, is_filler, month_of, without_ordinal};

/// A day as ISO, with the year first, with the month's name, or in the declared order; a time after it is left off. A weekday beside
/// it must be its own.
pub(in crate::pull) fn day(text: &str, order: DateOrder) -> Result<NaiveDate, String> {
    let narrow = narrow(text);
    let marked = with_marks(&narrow);
    let (weekday, text) = after_weekday(&marked);
    let day = without_weekday(text, order)?;
    match weekday.is_none_or(|days| days.contains(&day.weekday().num_days_from_monday())) {
        true => Ok(day),
        false => Err(format!("tells another weekday than that of {day}")),
    }
}

/// `2027年1月31日` and `2027년 1월 31일` with marks between their numbers.
fn with_marks(text: &str) -> String {
    let marked = text
        .replace(['年', '月', '년', '월'], "-")
        .replace(['日', '일'], "");
    match marked.len() == text.len() {
        true => marked,
        false => marked.replace("- ", "-"),
    }
}

fn without_weekday(text: &str, order: DateOrder) -> Result<NaiveDate, String> {
    // `31. 1. 2027` is written in one.
    let joined = match text.starts_with(|c: char| c.is_ascii_digit()) {
        true => text.replace(". ", "."),
        false => text.to_owned(),
    };
    let date = joined.split(['T', ' ']).next().unwrap_or(text);
    if let Some(day) = parse_day(date).or_else(|| with_month_name(text)) {
        return Ok(day);
    }
    if let Some(day) = written_without_marks(text) {
        return Ok(day);
    }
    if is_excel_serial(text) {
        return Err("looks like a serial day number of Excel, which counts from 1900 or from 1904; save the column as dates (YYYY-MM-DD)".into());
    }
    let parts: Vec<&str> = date.split(['/', '-', '.']).collect();
    let numbers: Vec<u32> = parts.iter().filter_map(|part| part.parse().ok()).collect();
    let ([first, middle, last], [a, b, c]) = (numbers.as_slice(), parts.as_slice()) else {
        return Err(NO_DAY.into());
    };
    let (year_first, year_last) = (a.len() == 4, c.len() == 4 || c.len() == 2);
    let is_short = |part: &str| part.len() <= 2;
    // In `27-01-31` the year may come first; in `31-01-27` that year would be the farther off.
    let may_begin_with_year = date.contains('-') && parts.iter().all(|part| part.len() == 2) && first <= last;
    let (year, month, day) = match order {
        _ if year_first && is_short(b) && is_short(c) => (*first, *middle, *last),
        _ if !year_last || !is_short(a) || !is_short(b) => return Err(NO_DAY.into()),
        DateOrder::Mdy => (full_year(c, *last), *first, *middle),
        DateOrder::Dmy => (full_year(c, *last), *middle, *first),
        DateOrder::Iso if may_begin_with_year => return Err(ORDER.into()),
        DateOrder::Iso if *first > 12 => (full_year(c, *last), *middle, *first),
        DateOrder::Iso if *middle > 12 || first == middle => (full_year(c, *last), *first, *middle),
        DateOrder::Iso => return Err(ORDER.into()),
    };
    parse_day(&format!("{year:04}-{month:02}-{day:02}")).ok_or_else(|| match year_first {
        true => NO_DAY.into(),
        false => format!("is not a day in the order {order}"),
    })
}

/// `20270131`: with the year in front it reads one way only.
fn written_without_marks(text: &str) -> Option<NaiveDate> {
    let is_whole = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    is_whole.then(|| parse_day(&format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..])))?
}

const NO_DAY: &str = "is not a day between 1990 and 2199 as YYYY-MM-DD";
const ORDER: &str = "is not YYYY-MM-DD; set date_order = \"mdy\" or \"dmy\" for the source";

/// Of a year in two digits, the one that a spreadsheet means.
fn full_year(text: &str, year: u32) -> u32 {
    match text.len() {
        2 if year < 70 => 2000 + year,
        2 => 1900 + year,
        _ => year,
    }
}

/// `31-Jan-27`, `31st January 2027`, `Jan 31, 2027`, `31 de enero de 2027`, `2027-Jan-31`.
fn with_month_name(text: &str) -> Option<NaiveDate> {
    let mut parts = text
        .split([' ', '-', '/', '.', ','])
        .filter(|part| !part.is_empty() && !is_filler(part));
    let (a, b, c) = (parts.next()?, parts.next()?, parts.next()?);
    let (month, day, year) = match (month_of(a), month_of(b)) {
        (Some(month), None) => (month, b, c),
        (None, Some(month)) if a.len() == 4 && without_ordinal(a) == a => (month, c, a),
        (None, Some(month)) => (month, a, c),
        _ => return None,
    };
    let number = |text: &str| text.parse::<u32>().ok();
    let is_year = year.len() == 4 || year.len() == 2;
    let year = full_year(year, number(year).filter(|_| is_year)?);
    parse_day(&format!(
        "{year:04}-{month:02}-{:02}",
        number(without_ordinal(day))?
    ))
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
        assert_eq!(day("20261005", DateOrder::Dmy), Ok(wanted));
        assert!(day("20262005", DateOrder::Dmy).is_err());
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
            "10/05",
            "soon",
            "2200-01-01",
        ] {
            assert!(day(text, DateOrder::Mdy).is_err(), "{text:?} was taken as a day");
        }
    }

    #[test]
    fn days_that_read_one_way_only_are_read() {
        let wanted = NaiveDate::from_ymd_opt(2027, 1, 31).unwrap();
        for (text, order) in [
            ("2027/01/31", DateOrder::Iso),
            ("2027/1/31", DateOrder::Mdy),
            ("2027.01.31", DateOrder::Dmy),
            ("31-Jan-27", DateOrder::Iso),
            ("31 Jan 2027", DateOrder::Mdy),
            ("Jan 31, 2027", DateOrder::Dmy),
            ("January 31, 2027 00:00:00", DateOrder::Iso),
            ("31. January 2027", DateOrder::Iso),
            ("2027-Jan-31", DateOrder::Iso),
            ("1/31/27", DateOrder::Mdy),
            ("31.01.27", DateOrder::Dmy),
            ("31/01/2027 00:00:00", DateOrder::Iso),
            ("1/31/2027", DateOrder::Iso),
            ("1/31/27", DateOrder::Iso),
            ("31.1.27", DateOrder::Iso),
            ("31-01-27", DateOrder::Iso),
            ("31. 1. 2027", DateOrder::Iso),
            ("31st January 2027", DateOrder::Iso),
            ("January 31st, 2027", DateOrder::Mdy),
            ("31st of January, 2027", DateOrder::Iso),
            ("Sunday, January 31, 2027", DateOrder::Iso),
            ("Sun 1/31/2027", DateOrder::Mdy),
            ("So., 31.01.2027", DateOrder::Iso),
            ("dom. 31 gen 2027", DateOrder::Iso),
            ("31 janv. 2027", DateOrder::Iso),
            ("dimanche 31 janvier 2027", DateOrder::Mdy),
            ("31 gennaio 2027", DateOrder::Iso),
            ("31. Jänner 2027", DateOrder::Iso),
            ("31 de enero de 2027", DateOrder::Iso),
            ("31 de janeiro de 2027", DateOrder::Iso),
            ("31 januari 2027", DateOrder::Iso),
            ("2027年1月31日", DateOrder::Iso),
            ("2027年01月31日 00:00", DateOrder::Mdy),
            ("2027년 1월 31일", DateOrder::Iso),
            ("２０２７年１月３１日", DateOrder::Iso),
        ] {
            assert_eq!(day(text, order), Ok(wanted), "{text} {order}");
        }
        for text in [
            "1/2/2027",
            "1/2/27",
            "27-01-31",
            "Jan-27",
            "1 jui 2027",
            "Monday, January 31, 2027",
            "Foo, 31.01.2027",
            "32nd January 2027",
            "31 Foo 2027",
            "2027/31/01",
            "Never",
        ] {
            assert!(day(text, DateOrder::Iso).is_err(), "{text:?} was taken as a day");
        }
    }

    #[test]
    fn each_month_is_read_in_each_language() {
        for (name, month) in [
            ("févr.", 2),
            ("märz", 3),
            ("mars", 3),
            ("mrt", 3),
            ("avr.", 4),
            ("mai", 5),
            ("maggio", 5),
            ("juin", 6),
            ("giu", 6),
            ("juil.", 7),
            ("lug", 7),
            ("août", 8),
            ("ago", 8),
            ("sept.", 9),
            ("set", 9),
            ("Okt.", 10),
            ("ott", 10),
            ("out", 10),
            ("nov", 11),
            ("déc.", 12),
            ("Dez.", 12),
            ("diciembre", 12),
        ] {
            let wanted = NaiveDate::from_ymd_opt(2027, month, 1);
            for text in [format!("1 {name} 2027"), format!("1er {name} 2027")] {
                assert_eq!(day(&text, DateOrder::Iso).ok(), wanted, "{text}");
            }
        }
        // `mar.` is March, and Tuesday where a month follows.
        let tuesday = NaiveDate::from_ymd_opt(2027, 3, 2);
        for text in ["mar. 2 mars 2027", "2 mar 2027", "mardi 2 mars 2027"] {
            assert_eq!(day(text, DateOrder::Iso).ok(), tuesday, "{text}");
        }
    }
}
