//! Days of a made-up account: its public holidays, its closed week, and its wall clock against UTC.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, Weekday};

use crate::domain::Zone;

/// How busy a day is by the calendar alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DayKind {
    Business,
    Weekend,
    /// A public holiday, or the week in which the company is closed.
    Closed,
}

/// The first to the last day of the account's history, both included, in its time zone.
#[derive(Debug, Clone)]
pub(super) struct Span {
    pub(super) first: NaiveDate,
    pub(super) last: NaiveDate,
    /// Public holidays from the year before the span to the year after it, oldest first.
    pub(super) holidays: Vec<(NaiveDate, &'static str)>,
}

impl Span {
    pub(super) fn new(first: NaiveDate, last: NaiveDate) -> Span {
        let holidays = (first.year() - 1..=last.year() + 1)
            .flat_map(us_public_holidays)
            .collect();
        Span {
            first,
            last,
            holidays,
        }
    }

    pub(super) fn days(&self) -> i64 {
        (self.last - self.first).num_days() + 1
    }

    pub(super) fn kind(&self, day: NaiveDate) -> DayKind {
        let closed_week = (day.month() == 12 && day.day() >= 25) || (day.month() == 1 && day.day() == 1);
        if closed_week || self.holidays.iter().any(|(holiday, _)| *holiday == day) {
            DayKind::Closed
        } else if matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
            DayKind::Weekend
        } else {
            DayKind::Business
        }
    }
}

/// `day` moved by whole days; stays where a calendar ends.
pub(super) fn shift(day: NaiveDate, days: i64) -> NaiveDate {
    let step = Days::new(days.unsigned_abs());
    let moved = if days < 0 {
        day.checked_sub_days(step)
    } else {
        day.checked_add_days(step)
    };
    moved.unwrap_or(day)
}

/// Day 0 is 1 January of the year 1, a Monday.
pub(super) fn day_number(day: NaiveDate) -> u64 {
    u64::from(day.num_days_from_ce().unsigned_abs().saturating_sub(1))
}

/// The federal holidays of a year, those on a weekend moved to the day on which they are kept.
fn us_public_holidays(year: i32) -> Vec<(NaiveDate, &'static str)> {
    let fixed = |month, day, name| NaiveDate::from_ymd_opt(year, month, day).map(|day| (observed(day), name));
    let nth = |month, weekday, n, name| {
        NaiveDate::from_weekday_of_month_opt(year, month, weekday, n).map(|day| (day, name))
    };
    let last_monday_of_may = NaiveDate::from_ymd_opt(year, 5, 31).map(|day| {
        (
            shift(day, -i64::from(day.weekday().num_days_from_monday())),
            "Memorial Day",
        )
    });
    [
        fixed(1, 1, "New Year's Day"),
        nth(1, Weekday::Mon, 3, "Martin Luther King Jr. Day"),
        nth(2, Weekday::Mon, 3, "Presidents' Day"),
        last_monday_of_may,
        fixed(6, 19, "Juneteenth"),
        fixed(7, 4, "Independence Day"),
        nth(9, Weekday::Mon, 1, "Labor Day"),
        nth(10, Weekday::Mon, 2, "Columbus Day"),
        fixed(11, 11, "Veterans Day"),
        nth(11, Weekday::Thu, 4, "Thanksgiving Day"),
        fixed(12, 25, "Christmas Day"),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn observed(day: NaiveDate) -> NaiveDate {
    match day.weekday() {
        Weekday::Sat => shift(day, -1),
        Weekday::Sun => shift(day, 1),
        _ => day,
    }
}

/// One day's wall clock. Most days have one offset from UTC; only on the others is the zone asked for every call.
#[derive(Debug, Clone)]
pub(super) struct DayClock {
    day: NaiveDate,
    zone: Zone,
    /// Seconds to add to UTC, where it is the same all day and the day after.
    steady: Option<i64>,
}

impl DayClock {
    pub(super) fn new(day: NaiveDate, zone: &Zone) -> DayClock {
        let offset = |day: NaiveDate| {
            let midnight = NaiveDateTime::from(day);
            let at = zone.only_instant_of(midnight);
            at.map(|at| (midnight.and_utc() - at).num_seconds())
        };
        let today = offset(day);
        let steady = today.filter(|_| offset(shift(day, 1)) == today && offset(shift(day, 2)) == today);
        DayClock {
            day,
            zone: zone.clone(),
            steady,
        }
    }

    /// The UTC second at which the wall clock shows `seconds` after midnight. An hour that does not exist or comes
    /// twice is stepped over, so that both call shapes name one instant.
    pub(super) fn utc(&self, seconds: i64) -> i64 {
        let mut local = NaiveDateTime::from(self.day) + chrono::Duration::seconds(seconds);
        if let Some(offset) = self.steady {
            return local.and_utc().timestamp() - offset;
        }
        for _ in 0..4 {
            if let Some(instant) = self.zone.only_instant_of(local) {
                return instant.timestamp();
            }
            local += chrono::Duration::hours(1);
        }
        local.and_utc().timestamp()
    }

    /// What the wall clock shows at a UTC second of this day or the next.
    pub(super) fn local(&self, utc: i64) -> NaiveDateTime {
        let instant = DateTime::from_timestamp(utc, 0).unwrap_or_default();
        match self.steady {
            Some(offset) => instant.naive_utc() + chrono::Duration::seconds(offset),
            None => self.zone.wall(instant),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zones;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn holidays_stand_on_the_days_on_which_they_are_kept() {
        let span = Span::new(day("2026-01-01"), day("2026-12-31"));
        let of = |name: &str| {
            let found = span
                .holidays
                .iter()
                .filter(|(day, holiday)| *holiday == name && day.year() == 2026);
            found.map(|(day, _)| day.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(of("Thanksgiving Day"), ["2026-11-26"]);
        assert_eq!(of("Memorial Day"), ["2026-05-25"]);
        assert_eq!(
            of("Independence Day"),
            ["2026-07-03"],
            "4 July 2026 is a Saturday"
        );
        assert_eq!(span.kind(day("2026-12-29")), DayKind::Closed);
        assert_eq!(span.kind(day("2026-10-17")), DayKind::Weekend);
        assert_eq!(span.kind(day("2026-10-16")), DayKind::Business);
    }

    #[test]
    fn the_wall_clock_and_utc_agree_on_the_days_on_which_clocks_change() {
        let zone = zones::named("America/New_York").unwrap();
        for text in [
            "2026-03-07",
            "2026-03-08",
            "2026-03-09",
            "2026-10-31",
            "2026-11-01",
            "2026-11-02",
        ] {
            let clock = DayClock::new(day(text), &zone);
            for seconds in (0..86_400).step_by(599) {
                let utc = clock.utc(seconds);
                let asked = zone.wall(DateTime::from_timestamp(utc, 0).unwrap());
                assert_eq!(clock.local(utc), asked, "{text} at {seconds} s");
                let shown = (asked - NaiveDateTime::from(day(text))).num_seconds();
                assert!(
                    [0, 3600].contains(&(shown - seconds)),
                    "{text} at {seconds} s shows {shown} s"
                );
                let back = zone.only_instant_of(asked).map(|instant| instant.timestamp());
                assert_eq!(
                    back,
                    Some(utc),
                    "{text} at {seconds} s can be read in one way only"
                );
            }
        }
    }

    #[test]
    fn nine_in_the_morning_moves_with_daylight_saving() {
        let zone = zones::named("America/New_York").unwrap();
        let before = DayClock::new(day("2026-03-06"), &zone).utc(9 * 3600);
        let after = DayClock::new(day("2026-03-09"), &zone).utc(9 * 3600);
        assert_eq!(after - before, 3 * 86_400 - 3600);
    }
}
