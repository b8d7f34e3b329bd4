//! The call log: what each habit leaves behind.

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, TimeZone, Utc, Weekday};
use chrono_tz::America::New_York;

use crate::company::{Habit, Seat, day};
use crate::tables::closed_days;
use crate::{AS_OF, FIRST};

/// An outage of the Reports API: no row at all, so nobody was silent on these days; they are not known (gate G2).
pub const OUTAGE: [&str; 6] = [
    "2026-09-22",
    "2026-09-23",
    "2026-09-24",
    "2026-10-06",
    "2026-10-07",
    "2026-10-08",
];
/// From here on, whoever is busy calls on every business day.
const EVERY_DAY_SINCE: &str = "2026-09-28";

/// Ten weeks or so of leave, long over: a silence of two months does come to an end in this company.
const AWAY: [(&str, &str, &str); 6] = [
    ("112", "2025-10-13", "2025-12-19"),
    ("105", "2025-11-03", "2026-01-16"),
    ("109", "2026-01-19", "2026-03-27"),
    ("204", "2026-02-02", "2026-04-17"),
    ("213", "2026-04-06", "2026-06-12"),
    ("216", "2026-05-18", "2026-07-31"),
];

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Direction {
    Inbound,
    Outbound,
    Internal,
}

#[derive(Clone)]
pub struct Leg {
    pub id: String,
    pub direction: Direction,
    pub start: DateTime<Utc>,
    pub seconds: i64,
    pub from: String,
    pub to: String,
    pub source: Option<End>,
    pub destination: Option<End>,
    pub result: &'static str,
}

/// One of our own ends. Logins come in another case than in `lines.csv`, as they do from the real service.
#[derive(Clone)]
pub struct End {
    pub extension: &'static str,
    pub login: String,
    pub sip_id: String,
    pub name: String,
    pub place: &'static str,
}

impl Leg {
    /// The account's day on which the leg started.
    pub fn day(&self) -> NaiveDate {
        self.start.with_timezone(&New_York).date_naive()
    }
}

/// A number that looks random and is the same on every machine (splitmix64).
fn chance(extension: &str, day: NaiveDate, salt: u64) -> u64 {
    let seed = extension.parse::<u64>().unwrap_or(0) << 32 | day.num_days_from_ce() as u64;
    let mut z = seed
        .wrapping_add(salt.wrapping_mul(0x9E37_79B9_7F4A_7C15))
        .wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (z ^ (z >> 31)) >> 11
}

pub fn is_business(day: NaiveDate, place: &str) -> bool {
    let weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
    !weekend && closed_days(place).iter().all(|(closed, _)| *closed != day)
}

pub fn days() -> impl Iterator<Item = NaiveDate> {
    day(FIRST).iter_days().take_while(|today| *today <= day(AS_OF))
}

pub fn is_outage(day: NaiveDate) -> bool {
    OUTAGE.contains(&day.to_string().as_str())
}

pub fn legs(seats: &[Seat]) -> Vec<Leg> {
    let mut legs = Vec::new();
    for today in days().filter(|day| !is_outage(*day)) {
        for seat in seats {
            legs.extend(Day { seat, seats, today }.calls());
        }
    }
    legs.sort_by(|a, b| (a.start, &a.id, a.direction as u8).cmp(&(b.start, &b.id, b.direction as u8)));
    legs
}

struct Day<'a> {
    seat: &'a Seat,
    seats: &'a [Seat],
    today: NaiveDate,
}

impl Day<'_> {
    fn calls(&self) -> Vec<Leg> {
        let mut legs = match self.seat.habit {
            Habit::Busy(from, to) if self.is_busy(from, to) => self.busy_day(),
            Habit::Once(only) if only == self.today => vec![self.placed("10:15", 1)],
            Habit::Forwarded if self.is_active() => self.forwarded("11:20", "Answered", 140),
            Habit::Weekends => self.weekend(),
            Habit::Evenings if self.is_active() => vec![self.placed(self.evening(), 1)],
            Habit::Alarm => vec![Leg {
                seconds: 12,
                result: "Answered",
                ..self.placed("03:00", 1)
            }],
            Habit::Queue if is_business(self.today, "New York") => self.queue_calls(),
            _ => Vec::new(),
        };
        legs.extend(self.demand());
        legs
    }

    fn chance(&self, salt: u64) -> u64 {
        chance(self.seat.extension, self.today, salt)
    }

    fn is_busy(&self, from: NaiveDate, to: NaiveDate) -> bool {
        (from..=to).contains(&self.today) && (self.today == from || self.today == to || self.is_active())
    }

    /// Three or four days a week, and every day of late.
    fn is_active(&self) -> bool {
        let rate = 60 + chance(self.seat.extension, day(FIRST), 7) % 25;
        let often = self.today >= day(EVERY_DAY_SINCE) || self.chance(0) % 100 < rate;
        is_business(self.today, self.seat.place) && often && !self.is_away()
    }

    fn is_away(&self) -> bool {
        let was = |(extension, from, to): &(&str, &str, &str)| {
            *extension == self.seat.extension && (day(from)..=day(to)).contains(&self.today)
        };
        AWAY.iter().any(was)
    }

    fn busy_day(&self) -> Vec<Leg> {
        match (self.seat.extension, self.today.to_string().as_str()) {
            // 20:40 in New York is the next day in UTC: her last use is still 15 May.
            ("131", "2026-05-15") => return vec![self.placed("20:40", 1)],
            // 22:30 in Denver is half past midnight in New York, the account's zone: 20 June.
            ("203", "2026-06-19") => return vec![self.placed("10:30", 1), self.placed("22:30", 2)],
            _ => {}
        }
        let answers_for = if self.seat.place == "Denver" { "201" } else { "100" };
        let mut legs = vec![match self.chance(1) % 20 {
            0..=9 => self.placed(&self.hour(2), 1),
            17..=19 if self.seat.extension != answers_for => self.internal(answers_for),
            _ => self.received(&self.hour(2), 1, "Answered", 30 + (self.chance(3) % 500) as i64),
        }];
        if self.chance(4) % 100 < 30 {
            legs.push(self.received(&self.hour(5), 2, "Answered", 30 + (self.chance(6) % 300) as i64));
        }
        match self.chance(7) % 100 {
            0..=5 => legs.push(self.received(&self.hour(8), 3, "Missed", 0)),
            6..=9 => legs.push(self.received(&self.hour(8), 3, "Voicemail", 18)),
            _ => {}
        }
        legs
    }

    fn weekend(&self) -> Vec<Leg> {
        match self.today.to_string().as_str() {
            // Clocks go back: 01:30 comes twice. Clocks go forward: the day has 23 hours.
            "2025-11-02" => vec![self.placed("01:30", 1)],
            "2026-03-08" => vec![self.placed("23:30", 1)],
            "2026-03-09" => vec![self.placed("00:30", 1)],
            _ if !matches!(self.today.weekday(), Weekday::Sat | Weekday::Sun) => Vec::new(),
            _ if self.today >= day(EVERY_DAY_SINCE) || self.chance(0) % 100 < 80 => {
                vec![self.placed(&self.hour(2), 1)]
            }
            _ => Vec::new(),
        }
    }

    /// The log ends with the last day: no call of it may start on the next one, in any zone.
    fn evening(&self) -> &'static str {
        if self.today == day(AS_OF) {
            "16:10"
        } else {
            "21:30"
        }
    }

    /// Somebody rings a line that nobody answers any more.
    fn demand(&self) -> Vec<Leg> {
        match (self.seat.extension, self.today.to_string().as_str()) {
            ("134", "2026-09-29" | "2026-10-02") => vec![self.received("10:05", 1, "Voicemail", 22)],
            ("134", "2026-10-13") => self.forwarded("14:40", "No Answer", 0),
            ("140", "2026-09-10" | "2026-09-18" | "2026-10-09") => {
                vec![self.received("15:25", 1, "Missed", 0)]
            }
            _ => Vec::new(),
        }
    }

    fn queue_calls(&self) -> Vec<Leg> {
        let (first, second) = (self.end_of("115"), self.end_of("116"));
        let mut legs = Vec::new();
        if self.chance(0) % 100 < 55 {
            // Rings one agent, who misses it, then the next, who answers: one call in three rows.
            let queue = self.received(&self.hour(2), 1, "Answered", 15 + (self.chance(3) % 400) as i64);
            let missed = Leg {
                destination: Some(first.clone()),
                result: "Missed",
                seconds: 0,
                ..queue.clone()
            };
            let answered = Leg {
                destination: Some(second),
                seconds: queue.seconds - 10,
                ..queue.clone()
            };
            legs.extend([queue, later(missed, 4, "115"), later(answered, 12, "116")]);
        }
        if self.chance(4) % 100 < 15 {
            let queue = self.received(&self.hour(5), 2, "Abandoned", 0);
            let missed = Leg {
                destination: Some(first),
                result: "Missed",
                ..queue.clone()
            };
            legs.extend([queue, later(missed, 4, "115")]);
        }
        legs
    }

    fn id(&self, number: u32) -> String {
        format!("{}-{}-{number}", self.today.format("%Y%m%d"), self.seat.extension)
    }

    /// Between 9:00 and 16:00 on the line's own clock.
    fn hour(&self, salt: u64) -> String {
        let minutes = 9 * 60 + self.chance(salt) % 420;
        format!("{:02}:{:02}", minutes / 60, minutes % 60)
    }

    fn at(&self, time: &str) -> DateTime<Utc> {
        let zone = self.seat.time_zone();
        let local = self
            .today
            .and_time(time.parse().expect("hours are written as HH:MM"));
        zone.from_local_datetime(&local)
            .earliest()
            .expect("no call in the hour that spring skips")
            .to_utc()
    }

    fn end(&self) -> End {
        End::of(self.seat)
    }

    fn end_of(&self, extension: &str) -> End {
        End::of(
            self.seats
                .iter()
                .find(|seat| seat.extension == extension)
                .expect("a line of the table"),
        )
    }

    fn placed(&self, time: &str, number: u32) -> Leg {
        let result = if self.chance(11).is_multiple_of(6) {
            "No Answer"
        } else {
            "Answered"
        };
        Leg {
            id: self.id(number),
            direction: Direction::Outbound,
            start: self.at(time),
            seconds: if result == "Answered" {
                20 + (self.chance(12) % 600) as i64
            } else {
                0
            },
            from: self.seat.extension.into(),
            to: outside(self.chance(13)),
            source: Some(self.end()),
            destination: None,
            result,
        }
    }

    fn received(&self, time: &str, number: u32, result: &'static str, seconds: i64) -> Leg {
        let own = if self.seat.did.is_empty() {
            self.seat.extension
        } else {
            self.seat.did
        };
        Leg {
            id: self.id(number),
            direction: Direction::Inbound,
            start: self.at(time),
            seconds,
            from: outside(self.chance(14)),
            to: own.into(),
            source: None,
            destination: Some(self.end()),
            result,
        }
    }

    fn internal(&self, callee: &str) -> Leg {
        let callee = self.end_of(callee);
        Leg {
            direction: Direction::Internal,
            to: callee.extension.into(),
            destination: Some(callee),
            seconds: 25,
            result: "Answered",
            ..self.placed(&self.hour(2), 1)
        }
    }

    /// An inbound leg that rings out, and the outbound leg to a mobile phone that the system places for it.
    fn forwarded(&self, time: &str, result: &'static str, seconds: i64) -> Vec<Leg> {
        let inbound = self.received(time, 1, "Missed", 0);
        let onward = Leg {
            result,
            seconds,
            ..self.placed(time, 1)
        };
        let later = onward.start + TimeDelta::seconds(18);
        vec![
            inbound,
            Leg {
                start: later,
                ..onward
            },
        ]
    }
}

impl End {
    fn of(seat: &Seat) -> End {
        let login = match seat.has_user() {
            true => format!("{}.{}", seat.first_name, seat.last_name),
            false => String::new(),
        };
        let name = format!("{} {}", seat.first_name, seat.last_name)
            .trim()
            .to_owned();
        End {
            extension: seat.extension,
            login,
            sip_id: seat.sip_id(),
            name,
            place: seat.place,
        }
    }
}

fn later(leg: Leg, seconds: i64, to: &str) -> Leg {
    Leg {
        start: leg.start + TimeDelta::seconds(seconds),
        to: to.into(),
        ..leg
    }
}

fn outside(chance: u64) -> String {
    const AREAS: [&str; 5] = ["1202", "1305", "1415", "1617", "1720"];
    format!("{}55501{:02}", AREAS[(chance % 5) as usize], chance / 5 % 100)
}
