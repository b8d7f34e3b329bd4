//! How often a line is used, and for what.

use chrono::{Datelike, NaiveDate};

use super::days::{DayKind, Span, day_number};
use super::kinds::TruthKind;
use super::life::Life;
use super::prng::{Rng, Topic};

/// Days over which a fading line falls from its old habit to nothing.
const FADING_DAYS: i64 = 240;
const EVERY_WEEKDAY: u8 = 0b001_1111;

#[derive(Debug, Clone)]
pub(super) struct Habit {
    /// Chance of use on a business day on which the line can be used.
    pub(super) used_per_mille: u32,
    /// Calls on a day with use, on average.
    pub(super) calls: u32,
    /// Bit 0 is Monday; only part-timers leave days out.
    pub(super) weekdays: u8,
    /// Outbound, inbound to the line itself, internal, through the team's queue or ring group.
    pub(super) weights: [u32; 4],
    /// Chance of an inbound call that nobody takes, on a business day without use.
    pub(super) demand_per_mille: u32,
    pub(super) takes_vacations: bool,
}

impl Habit {
    pub(super) fn draw(rng: &mut Rng, truth: TruthKind) -> Habit {
        let steady = Habit {
            used_per_mille: rng.between(880, 985) as u32,
            calls: rng.between(8, 38) as u32,
            weekdays: EVERY_WEEKDAY,
            weights: [420, 300, 160, 120],
            demand_per_mille: 350,
            takes_vacations: true,
        };
        match truth {
            TruthKind::Weekly => Habit {
                used_per_mille: rng.between(150, 300) as u32,
                calls: rng.between(2, 4) as u32,
                demand_per_mille: 40,
                ..steady
            },
            TruthKind::Monthly => Habit {
                used_per_mille: rng.between(40, 80) as u32,
                calls: rng.between(1, 3) as u32,
                demand_per_mille: 15,
                ..steady
            },
            TruthKind::PartTime => Habit {
                weekdays: part_time(rng),
                ..steady
            },
            TruthKind::Reception => Habit {
                used_per_mille: 1000,
                calls: rng.between(70, 130) as u32,
                weights: [150, 700, 150, 0],
                takes_vacations: false,
                ..steady
            },
            TruthKind::NeverUsed | TruthKind::Unassigned => Habit {
                used_per_mille: 0,
                demand_per_mille: rng.pick(&[0, 0, 5, 20]),
                ..steady
            },
            TruthKind::Device => Habit {
                used_per_mille: rng.pick(&[0, 10, 60, 300]),
                calls: rng.between(1, 4) as u32,
                weights: [700, 300, 0, 0],
                demand_per_mille: 10,
                takes_vacations: false,
                ..steady
            },
            TruthKind::Dead | TruthKind::Leaver => Habit {
                demand_per_mille: rng.pick(&[0, 0, 3, 80]),
                ..steady
            },
            _ => steady,
        }
    }

    /// Calls on `day`, 0 on a day without use.
    pub(super) fn calls_on(&self, seed: u64, line: usize, life: &Life, day: Day) -> u32 {
        if !life.may_use(day.date) {
            return 0;
        }
        let mut rng = Rng::stream(seed, Topic::Use, line as u64, day_number(day.date));
        if !rng.per_mille(self.chance(day)) || (self.takes_vacations && on_vacation(seed, line, day.date)) {
            return 0;
        }
        let busyness = match day.kind {
            DayKind::Business => rng.between(60, 140),
            DayKind::Weekend | DayKind::Closed => rng.between(5, 25),
        };
        (i64::from(self.calls) * busyness / 100).max(1) as u32
    }

    fn chance(&self, day: Day) -> u32 {
        match day.kind {
            DayKind::Business if self.weekdays >> day.date.weekday().num_days_from_monday() & 1 == 0 => 0,
            DayKind::Business => self.used_per_mille,
            DayKind::Weekend if self.weekdays != EVERY_WEEKDAY => 0,
            DayKind::Weekend => self.used_per_mille * 25 / 1000,
            DayKind::Closed => self.used_per_mille * 8 / 1000,
        }
    }

    /// The habit of a fading line on `day`: nothing is left of it on the span's last day.
    pub(super) fn faded(&self, span: &Span, day: NaiveDate) -> Habit {
        let window = FADING_DAYS.min(span.days() * 2 / 3).max(1);
        let left = (span.last - day).num_days().clamp(0, window) as u64;
        // Falling with the square: long rare use at the end, as people do who move to another tool.
        let share = left * left * 1000 / (window * window).unsigned_abs();
        let scaled = |value: u32| (u64::from(value) * share / 1000) as u32;
        Habit {
            used_per_mille: scaled(self.used_per_mille),
            calls: scaled(self.calls).max(1),
            ..self.clone()
        }
    }
}

/// One day as all lines see it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Day {
    pub(super) date: NaiveDate,
    pub(super) kind: DayKind,
}

/// Two or three weekdays, the same every week.
fn part_time(rng: &mut Rng) -> u8 {
    let mut weekdays = [0, 1, 2, 3, 4];
    rng.shuffle(&mut weekdays);
    let count = rng.between(2, 3) as usize;
    weekdays
        .iter()
        .take(count)
        .fold(0, |mask, weekday| mask | 1 << weekday)
}

/// Four weeks a year, from Monday to Sunday.
fn on_vacation(seed: u64, line: usize, day: NaiveDate) -> bool {
    let week = day_number(day) / 7;
    Rng::stream(seed, Topic::Vacation, line as u64, week).per_mille(77)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synth::days::shift;

    #[test]
    fn part_timers_work_on_two_or_three_weekdays() {
        for seed in 0..50 {
            let weekdays = part_time(&mut Rng::new(seed));
            assert!(
                (2..=3).contains(&weekdays.count_ones()) && weekdays < 32,
                "{weekdays:b}"
            );
        }
    }

    #[test]
    fn a_fading_habit_falls_to_nothing() {
        let last = NaiveDate::from_ymd_opt(2026, 10, 16).unwrap();
        let span = Span::new(shift(last, -539), last);
        let habit = Habit::draw(&mut Rng::new(1), TruthKind::Fading);
        let chances: Vec<u32> = [539, 240, 120, 30, 0]
            .map(|back| habit.faded(&span, shift(last, -back)).used_per_mille)
            .to_vec();
        assert_eq!(chances[0], habit.used_per_mille);
        assert!(
            chances.windows(2).skip(1).all(|pair| pair[0] > pair[1]),
            "{chances:?}"
        );
        assert_eq!(chances[4], 0);
    }

    #[test]
    fn closed_days_are_nearly_silent() {
        let last = NaiveDate::from_ymd_opt(2026, 12, 31).unwrap();
        let span = Span::new(shift(last, -364), last);
        let used = |kind| {
            let day = Day {
                date: span.last,
                kind,
            };
            let life = Life::draw(&mut Rng::new(1), TruthKind::Heavy, &span);
            let habit = Habit::draw(&mut Rng::new(1), TruthKind::Heavy);
            (0..1000)
                .filter(|line| habit.calls_on(9, *line, &life, day) > 0)
                .count()
        };
        assert!(used(DayKind::Closed) < 20 && used(DayKind::Business) > 750);
    }
}
