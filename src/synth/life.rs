//! The dates in a line's life: when the seat began and ended, when its holder was away, since when it is silent.

use chrono::{Datelike, NaiveDate};

use super::days::{Span, shift};
use super::kinds::TruthKind;
use super::prng::Rng;
use crate::domain::add_months;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Life {
    pub(super) seat_since: NaiveDate,
    /// The first day on which the holder has the line no more.
    pub(super) seat_until: Option<NaiveDate>,
    /// No use before this day.
    pub(super) used_from: NaiveDate,
    /// No use from this day on.
    pub(super) dead_since: Option<NaiveDate>,
    /// First and last days away, oldest first.
    pub(super) away: Vec<(NaiveDate, NaiveDate)>,
    pub(super) departed_on: Option<NaiveDate>,
    /// As the directory has it: not every leave is in there.
    pub(super) on_leave_until: Option<NaiveDate>,
}

impl Life {
    pub(super) fn draw(rng: &mut Rng, truth: TruthKind, span: &Span) -> Life {
        let days = span.days();
        let mut life = Life::settled(rng, span);
        match truth {
            TruthKind::Dead => {
                let silent = rng.between(15, (days * 2 / 3).max(16));
                life.dead_since = Some(shift(span.last, 1 - silent));
            }
            TruthKind::Leaver => life.leave(shift(span.last, -rng.between(5, (days / 2).max(6)))),
            TruthKind::NeverUsed if rng.per_mille(500) => {
                life.seat_since = shift(span.last, -rng.between(70, days.max(71)));
            }
            TruthKind::Joiner => life.join(rng, span),
            TruthKind::OnLeave => life.take_leave(rng, span),
            TruthKind::Seasonal => life.away = seasons(rng, span),
            _ => {}
        }
        life
    }

    /// A seat from before the span, with nothing special about it.
    fn settled(rng: &mut Rng, span: &Span) -> Life {
        let seat_since = shift(span.first, -rng.between(30, 1500));
        Life {
            seat_since,
            seat_until: None,
            used_from: seat_since,
            dead_since: None,
            away: Vec::new(),
            departed_on: None,
            on_leave_until: None,
        }
    }

    fn leave(&mut self, last_day: NaiveDate) {
        self.departed_on = Some(last_day);
        self.dead_since = Some(shift(last_day, 1));
    }

    /// One joiner in five has a seat already and has not begun.
    fn join(&mut self, rng: &mut Rng, span: &Span) {
        if rng.per_mille(200) {
            self.seat_since = shift(span.last, -rng.between(1, 15));
            self.used_from = shift(span.last, 1);
        } else {
            self.seat_since = shift(span.last, -rng.between(12, (span.days() * 2 / 3).clamp(13, 150)));
            self.used_from = shift(self.seat_since, rng.between(0, 10));
        }
    }

    /// Half of the leaves last beyond the span's end; the directory knows seven in ten of those.
    fn take_leave(&mut self, rng: &mut Rng, span: &Span) {
        let length = rng.between(28, 140);
        let still_away = length >= span.days() || rng.per_mille(500);
        let from = if still_away {
            shift(span.last, -rng.between(5, length - 7))
        } else {
            shift(span.first, rng.between(0, span.days() - length - 1))
        };
        let to = shift(from, length - 1);
        self.away = vec![(from, to)];
        self.on_leave_until = Some(to).filter(|_| still_away && rng.per_mille(700));
    }

    /// A former holder of an extension and the one who has it now. None where the span is too short for both.
    pub(super) fn handover(rng: &mut Rng, span: &Span) -> Option<(Life, Life)> {
        let days = span.days();
        let until = (days >= 60).then(|| shift(span.first, days / 4 + rng.between(0, days / 2)))?;
        let former = Life::settled(rng, span).ended(rng, until);
        let mut successor = Life::settled(rng, span);
        successor.seat_since = shift(until, rng.between(3, 14));
        successor.used_from = shift(successor.seat_since, rng.between(0, 5));
        Some((former, successor))
    }

    /// A line that was taken away in the last months. None where the span is too short.
    pub(super) fn removed(rng: &mut Rng, span: &Span) -> Option<Life> {
        let days = span.days();
        let until = (days >= 60).then(|| shift(span.last, -rng.between(5, (days / 2).min(150))))?;
        Some(Life::settled(rng, span).ended(rng, until))
    }

    fn ended(mut self, rng: &mut Rng, until: NaiveDate) -> Life {
        self.leave(shift(until, -rng.between(1, 20)));
        self.seat_until = Some(until);
        self
    }

    /// Whether the holder has the line on `day`.
    pub(super) fn holds(&self, day: NaiveDate) -> bool {
        self.seat_since <= day && self.seat_until.is_none_or(|until| day < until)
    }

    /// Whether the line can be used on `day` at all.
    pub(super) fn may_use(&self, day: NaiveDate) -> bool {
        self.holds(day)
            && self.used_from <= day
            && self.dead_since.is_none_or(|since| day < since)
            && !self.away.iter().any(|(from, to)| *from <= day && day <= *to)
    }

    /// The absence that is in force at the end of the span, or the last one before.
    pub(super) fn latest_away(&self, span: &Span) -> Option<(NaiveDate, NaiveDate)> {
        self.away
            .iter()
            .rev()
            .find(|(from, _)| *from <= span.last)
            .copied()
    }
}

/// Two to four whole months, the same every year, of which at least a part lies in the span.
fn seasons(rng: &mut Rng, span: &Span) -> Vec<(NaiveDate, NaiveDate)> {
    let inside = shift(span.last, -rng.between(0, span.days().min(365) - 1));
    let months = rng.between(2, 4) as i32;
    let newest = inside.with_day(1).unwrap_or(inside);
    let years = 2 + (span.days() / 365) as i32;
    (0..=years)
        .rev()
        .map(|years_back| {
            let from = add_months(newest, -12 * years_back);
            (from, shift(add_months(from, months), -1))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(days: i64) -> Span {
        let last = NaiveDate::from_ymd_opt(2026, 10, 16).unwrap();
        Span::new(shift(last, 1 - days), last)
    }

    fn lives(truth: TruthKind, days: i64) -> Vec<Life> {
        (0..200)
            .map(|seed| Life::draw(&mut Rng::new(seed), truth, &span(days)))
            .collect()
    }

    #[test]
    fn a_seasonal_line_is_quiet_in_the_same_months_of_every_year_and_at_least_once_in_the_span() {
        for life in lives(TruthKind::Seasonal, 540) {
            let first_month = life.away[0].0.month();
            assert!(
                life.away.iter().all(|(from, _)| from.month() == first_month),
                "{life:?}"
            );
            let (from, to) = life.latest_away(&span(540)).unwrap();
            assert!(to >= span(540).first && from <= span(540).last, "{life:?}");
            assert!((58..=123).contains(&((to - from).num_days() + 1)), "{life:?}");
        }
    }

    #[test]
    fn a_leave_lasts_4_to_20_weeks_and_is_in_the_directory_only_while_it_lasts() {
        let lives = lives(TruthKind::OnLeave, 540);
        for life in &lives {
            let (from, to) = life.away[0];
            assert!((28..=140).contains(&((to - from).num_days() + 1)), "{life:?}");
            assert!(
                life.on_leave_until
                    .is_none_or(|until| until == to && until >= span(540).last),
                "{life:?}"
            );
        }
        assert!(lives.iter().any(|life| life.on_leave_until.is_some()));
        assert!(lives.iter().any(|life| life.away[0].1 < span(540).last));
    }

    #[test]
    fn a_successor_begins_after_the_former_holder_has_ended() {
        for seed in 0..200 {
            let (former, successor) = Life::handover(&mut Rng::new(seed), &span(540)).unwrap();
            assert!(former.seat_until < Some(successor.seat_since));
            assert!(former.dead_since <= former.seat_until);
            assert!(successor.seat_since < span(540).last);
        }
        assert_eq!(Life::handover(&mut Rng::new(1), &span(59)), None);
    }

    #[test]
    fn short_spans_have_lives_too() {
        for truth in TruthKind::ALL {
            for days in [1, 2, 7, 30] {
                assert_eq!(lives(*truth, days).len(), 200);
            }
        }
    }
}
