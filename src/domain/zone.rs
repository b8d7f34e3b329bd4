//! A time zone: how instants and wall clocks are told from each other.

use std::fmt;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Utc};
use jiff::Timestamp;
use jiff::civil;
use jiff::tz::{AmbiguousTimestamp, TimeZone};

/// A zone of the IANA database, with the rules that were read for it and their release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    rules: TimeZone,
    release: &'static str,
}

impl Zone {
    pub const UTC: Zone = Zone {
        rules: TimeZone::UTC,
        release: "",
    };

    pub fn new(rules: TimeZone, release: &'static str) -> Zone {
        Zone { rules, release }
    }

    /// The release of the database that days are cut by, such as `2026f`.
    pub fn release(&self) -> &'static str {
        self.release
    }

    /// As the database writes it, such as `America/New_York`.
    pub fn name(&self) -> &str {
        self.rules.iana_name().unwrap_or("UTC")
    }

    /// What a wall clock shows at an instant.
    pub fn wall(&self, at: DateTime<Utc>) -> NaiveDateTime {
        let offset =
            Timestamp::from_second(at.timestamp()).map_or(0, |at| self.rules.to_offset(at).seconds());
        let wall = at.naive_utc();
        wall.checked_add_signed(TimeDelta::seconds(offset.into()))
            .unwrap_or(wall)
    }

    /// The day of an instant.
    pub fn day_of(&self, at: DateTime<Utc>) -> NaiveDate {
        self.wall(at).date()
    }

    /// The instant of a wall clock's time: the earlier one where the clock shows it twice, and shifted forward by the
    /// gap where the clock never shows it (RFC 5545's rule). None outside the years that clocks are told for.
    pub fn instant_of(&self, wall: NaiveDateTime) -> Option<DateTime<Utc>> {
        utc_of(self.told_at(wall)?.compatible().ok()?)
    }

    /// The instant of a wall clock's time that comes once.
    pub fn only_instant_of(&self, wall: NaiveDateTime) -> Option<DateTime<Utc>> {
        utc_of(self.told_at(wall)?.unambiguous().ok()?)
    }

    fn told_at(&self, wall: NaiveDateTime) -> Option<AmbiguousTimestamp> {
        Some(self.rules.to_ambiguous_timestamp(civil_of(wall)?))
    }

    /// The instant at which a day begins; the first that exists where clocks jump over midnight.
    pub fn start_of(&self, day: NaiveDate) -> DateTime<Utc> {
        let midnight = day.and_time(NaiveTime::MIN);
        self.instant_of(midnight).unwrap_or_else(|| midnight.and_utc())
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

fn utc_of(at: Timestamp) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(at.as_second(), at.subsec_nanosecond().unsigned_abs())
}

fn civil_of(wall: NaiveDateTime) -> Option<civil::DateTime> {
    let small = |number: u32| i8::try_from(number).ok();
    civil::DateTime::new(
        i16::try_from(wall.year()).ok()?,
        small(wall.month())?,
        small(wall.day())?,
        small(wall.hour())?,
        small(wall.minute())?,
        small(wall.second())?,
        i32::try_from(wall.nanosecond())
            .ok()
            .filter(|nanos| *nanos < 1_000_000_000)?,
    )
    .ok()
}
