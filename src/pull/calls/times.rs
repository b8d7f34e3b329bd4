//! Times of calls: UTC instants as the Reports API writes them, account-local wall clocks as the portal does.

use chrono::{Datelike, Duration, NaiveDate, NaiveTime};

use super::super::cells::fault;
use super::super::fault::CellFault;
use crate::domain::{DateOrder, Zone};

/// Milliseconds of UTC. A zone in the text wins over the clock of those that have none.
pub(in crate::pull) fn instant(text: &str, order: DateOrder, clock: &Zone) -> Option<i64> {
    let (date, rest) = split_date(text)?;
    // The portal writes MM/DD/YYYY with AM or PM; with a clock of 24 hours nobody can tell which comes first.
    let is_portal = rest.to_ascii_uppercase().ends_with('M');
    let order = if order == DateOrder::Iso && is_portal {
        DateOrder::Mdy
    } else {
        order
    };
    let day = parse_date(date, order)?;
    let (time, offset_seconds) = parse_time(rest)?;
    let wall = day.and_time(time);
    let at = match offset_seconds {
        Some(offset) => wall.checked_sub_signed(Duration::seconds(offset))?.and_utc(),
        None => clock.instant_of(wall)?,
    };
    Some(at.timestamp_millis())
}

fn split_date(text: &str) -> Option<(&str, &str)> {
    let at = text.find([' ', 'T', ','])?;
    let rest = text[at..].trim_start_matches([' ', 'T', ',']);
    Some((&text[..at], rest))
}

fn parse_date(text: &str, order: DateOrder) -> Option<NaiveDate> {
    let mut parts = text.split(['-', '/', '.']);
    let (a, b, c) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let (year, month, day) = match (a.len(), c.len(), order) {
        (4, 1..=2, _) => (a, b, c),
        (1..=2, 4, DateOrder::Dmy) => (c, b, a),
        (1..=2, 4, DateOrder::Mdy) => (c, a, b),
        _ => return None,
    };
    let day = NaiveDate::from_ymd_opt(digits(year)? as i32, digits(month)?, digits(day)?)?;
    (1990..2200).contains(&day.year()).then_some(day)
}

/// `H:MM`, `H:MM:SS`, with a fraction, AM or PM, and a zone.
fn parse_time(text: &str) -> Option<(NaiveTime, Option<i64>)> {
    let clock_end = text
        .find(|c: char| !c.is_ascii_digit() && c != ':' && c != '.')
        .unwrap_or(text.len());
    let (clock, rest) = text.split_at(clock_end);
    let mut parts = clock.split(':');
    let (hour, minute) = (digits(parts.next()?)?, digits(parts.next()?)?);
    let second = parts.next().unwrap_or("0");
    let (second, fraction) = second.split_once('.').unwrap_or((second, ""));
    if parts.next().is_some() {
        return None;
    }
    let (hour, rest) = half_day(hour, rest.trim_start())?;
    let millis = millis(fraction)?;
    let time = NaiveTime::from_hms_milli_opt(hour, minute, digits(second)?, millis)?;
    Some((time, zone(rest.trim_start())?))
}

fn half_day(hour: u32, rest: &str) -> Option<(u32, &str)> {
    let word: String = rest.chars().take(2).collect::<String>().to_ascii_uppercase();
    match word.as_str() {
        "AM" | "PM" if !(1..=12).contains(&hour) => None,
        "AM" => Some((hour % 12, &rest[2..])),
        "PM" => Some((hour % 12 + 12, &rest[2..])),
        _ => Some((hour, rest)),
    }
}

/// Seconds ahead of UTC; none where the text names no zone; fails on words that are no offset.
fn zone(text: &str) -> Option<Option<i64>> {
    if text.is_empty() {
        return Some(None);
    }
    if ["Z", "UTC", "GMT"]
        .iter()
        .any(|word| text.eq_ignore_ascii_case(word))
    {
        return Some(Some(0));
    }
    let sign = match text.as_bytes()[0] {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let figures: String = text[1..].chars().filter(|c| *c != ':').collect();
    let value = i64::from(digits(&figures)?);
    let (hours, minutes) = match figures.len() {
        2 => (value, 0),
        4 => (value / 100, value % 100),
        _ => return None,
    };
    (hours <= 15 && minutes < 60).then_some(Some(sign * (hours * 3600 + minutes * 60)))
}

fn digits(text: &str) -> Option<u32> {
    let plain = !text.is_empty() && text.len() <= 9 && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

fn millis(fraction: &str) -> Option<u32> {
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let first: String = fraction.chars().chain("000".chars()).take(3).collect();
    digits(&first)
}

/// Seconds, or `H:MM:SS` or `MM:SS`; a part of a second counts as a second.
pub(in crate::pull) fn seconds(text: &str) -> Option<i64> {
    const LONGEST: i64 = 31 * 86_400;
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let above = i64::from(fraction.bytes().any(|byte| byte != b'0'));
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let parts: Vec<i64> = whole
        .split(':')
        .map(|part| digits(part).map(i64::from))
        .collect::<Option<_>>()?;
    let total = match parts.as_slice() {
        [seconds] => *seconds,
        [minutes, seconds] if *seconds < 60 => minutes * 60 + seconds,
        [hours, minutes, seconds] if *minutes < 60 && *seconds < 60 => hours * 3600 + minutes * 60 + seconds,
        _ => return None,
    };
    (total <= LONGEST).then_some(total + above)
}

/// How long a call took.
pub(super) struct Span {
    pub end_ms: Option<i64>,
    /// In seconds; a part of one counts as one.
    pub length_seconds: Option<i64>,
    /// One of the two could not be read, and the other tells it.
    pub left_out: bool,
}

/// By its end and its length: each tells the other where that is not there, or cannot be read.
pub(super) fn span(
    start_ms: i64,
    end: Option<Result<i64, CellFault>>,
    length: Option<&str>,
) -> Result<Span, CellFault> {
    let length = length.map(|text| {
        seconds(text).ok_or_else(|| {
            fault(
                "length",
                text,
                "is neither seconds nor H:MM:SS, or is longer than a month",
            )
        })
    });
    let (end, length, left_out) = match (end.transpose(), length.transpose()) {
        (Err(_), Ok(Some(length))) => (None, Some(length), true),
        (Ok(Some(end)), Err(_)) if end >= start_ms => (Some(end), None, true),
        (end, length) => (end?, length?, false),
    };
    let by_end = end
        .filter(|end| *end >= start_ms)
        .map(|end| (end - start_ms + 999) / 1000);
    Ok(Span {
        end_ms: end.or(length.map(|seconds| start_ms + seconds * 1000)),
        length_seconds: length.or(by_end),
        left_out,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zones;
    use proptest::prelude::*;

    fn at(text: &str, clock: &Zone) -> Option<String> {
        let ms = instant(text, DateOrder::Iso, clock)?;
        Some(
            chrono::DateTime::from_timestamp_millis(ms)?
                .format("%FT%T%.3fZ")
                .to_string(),
        )
    }

    #[test]
    fn every_way_of_writing_an_instant() {
        let wanted = Some("2026-10-05T13:02:03.000Z".to_string());
        for text in [
            "2026-10-05 13:02:03",
            "2026-10-05T13:02:03Z",
            "2026-10-05 13:02:03.000 UTC",
            "2026-10-05T09:02:03-04:00",
            "10/05/2026 1:02:03 PM",
            "10/5/2026, 1:02:03 pm",
            "2026-10-05T14:02:03+0100",
        ] {
            assert_eq!(at(text, &Zone::UTC), wanted, "{text}");
        }
        assert_eq!(
            at("10/05/2026 12:00:00 AM", &Zone::UTC),
            Some("2026-10-05T00:00:00.000Z".into())
        );
        assert_eq!(
            at("2026-10-05 13:02", &Zone::UTC),
            Some("2026-10-05T13:02:00.000Z".into())
        );
        for text in [
            "",
            "2026-10-05",
            "46300.5",
            "2026-13-05 00:00:00",
            "10/05/2026 13:00:00 PM",
            "2026-10-05 25:00:00",
            "2026-10-05 1:2:3:4",
            // Nobody can tell the day from the month.
            "05/11/2026 13:05:00",
            "2026-10-05 01:00:00 EST",
        ] {
            assert_eq!(at(text, &Zone::UTC), None, "{text}");
        }
    }

    #[test]
    fn clocks_that_change_give_one_instant() {
        let here = zones::named("America/New_York").unwrap();
        // Shown twice on 1 November: the earlier instant, still in summer time.
        assert_eq!(
            at("11/01/2026 1:30:00 AM", &here),
            Some("2026-11-01T05:30:00.000Z".into())
        );
        // Never shown on 8 March: an hour on.
        assert_eq!(
            at("03/08/2026 2:30:00 AM", &here),
            Some("2026-03-08T07:30:00.000Z".into())
        );
        assert_eq!(
            at("03/08/2026 3:30:00 AM", &here),
            Some("2026-03-08T07:30:00.000Z".into())
        );
        let samoa = zones::named("Pacific/Apia").unwrap();
        assert_eq!(
            at("2011-12-30 12:00:00", &samoa),
            Some("2011-12-30T22:00:00.000Z".into())
        );
    }

    #[test]
    fn lengths_are_seconds_or_clock_times() {
        assert_eq!(seconds("75"), Some(75));
        assert_eq!(seconds("0:01:15"), Some(75));
        assert_eq!(seconds("1:15"), Some(75));
        assert_eq!(seconds("74.2"), Some(75));
        assert_eq!(seconds("60.0"), Some(60));
        for text in ["", "-1", "1:75", "abc", "99999999", "1:2:3:4"] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in any::<String>()) {
            let _ = instant(&text, DateOrder::Dmy, &zones::named("Europe/Berlin").unwrap());
            let _ = seconds(&text);
        }
    }
}
