//! Ids, times and durations as the two call shapes write them.

use std::fmt::Write as _;

use chrono::{DateTime, Datelike, Timelike};

use super::days::DayClock;

/// In the form of a random UUID (version 4).
pub(super) fn uuid_text(call: u128) -> String {
    let bits = call & !(0xf << 76) & !(0b11 << 62) | 4 << 76 | 0b10 << 62;
    let hex = format!("{bits:032x}");
    format!(
        "{}-{}-{}-{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..]
    )
}

/// UTC as the Reports API writes it: `yyyy-MM-dd HH:mm:ss`.
pub(super) fn utc_text(seconds: i64) -> String {
    let utc = DateTime::from_timestamp(seconds, 0).unwrap_or_default();
    let mut text = String::with_capacity(19);
    push_padded(
        &mut text,
        &[
            ("", utc.year().unsigned_abs(), 4),
            ("-", utc.month(), 2),
            ("-", utc.day(), 2),
        ],
    );
    push_padded(
        &mut text,
        &[
            (" ", utc.hour(), 2),
            (":", utc.minute(), 2),
            (":", utc.second(), 2),
        ],
    );
    text
}

/// The account's wall clock as the portal writes it: `MM/DD/YYYY H:MM:SS AM/PM`.
pub(super) fn portal_time(seconds: i64, clock: &DayClock) -> String {
    let local = clock.local(seconds);
    let (afternoon, hour) = local.hour12();
    let mut text = String::with_capacity(22);
    push_padded(
        &mut text,
        &[
            ("", local.month(), 2),
            ("/", local.day(), 2),
            ("/", local.year().unsigned_abs(), 4),
        ],
    );
    push_padded(
        &mut text,
        &[(" ", hour, 1), (":", local.minute(), 2), (":", local.second(), 2)],
    );
    text.push_str(if afternoon { " PM" } else { " AM" });
    text
}

/// `H:MM:SS`.
pub(super) fn portal_duration(seconds: u32) -> String {
    let mut text = String::with_capacity(8);
    push_padded(
        &mut text,
        &[
            ("", seconds / 3600, 1),
            (":", seconds / 60 % 60, 2),
            (":", seconds % 60, 2),
        ],
    );
    text
}

/// Each number after its mark, with zeros before it up to its width.
fn push_padded(text: &mut String, parts: &[(&str, u32, usize)]) {
    for (mark, number, width) in parts {
        // Writing to a String cannot fail.
        let _ = write!(text, "{mark}{number:0width$}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_shapes_write_the_same_instant() {
        let new_york = crate::zones::named("America/New_York").unwrap();
        let day = |text: &str| DayClock::new(text.parse().unwrap(), &new_york);
        let winter = day("2026-01-15").utc(13 * 3600 + 5 * 60 + 9);
        assert_eq!(utc_text(winter), "2026-01-15 18:05:09");
        assert_eq!(portal_time(winter, &day("2026-01-15")), "01/15/2026 1:05:09 PM");
        let summer = day("2026-07-15").utc(12);
        assert_eq!(utc_text(summer), "2026-07-15 04:00:12");
        assert_eq!(portal_time(summer, &day("2026-07-15")), "07/15/2026 12:00:12 AM");
    }

    #[test]
    fn durations_and_ids_have_their_form() {
        assert_eq!(portal_duration(3_661), "1:01:01");
        assert_eq!(portal_duration(0), "0:00:00");
        assert_eq!(uuid_text(0), "00000000-0000-4000-8000-000000000000");
        assert_eq!(uuid_text(u128::MAX), "ffffffff-ffff-4fff-bfff-ffffffffffff");
    }
}
