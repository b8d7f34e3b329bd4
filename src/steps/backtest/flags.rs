//! Lines flagged and what became of them: by the decision, and by any order of the lines at equal flags or equal savings.

use crate::domain::{Cents, Flags, Prediction};

/// Wilson's 95 % interval of a share (E. B. Wilson 1927).
pub fn wilson(hits: f64, of: f64) -> (f64, f64) {
    const Z: f64 = 1.959_963_984_540_054;
    let share = hits / of;
    let middle = share + Z * Z / (2.0 * of);
    let half = Z * (share * (1.0 - share) / of + Z * Z / (4.0 * of * of)).sqrt();
    let whole = 1.0 + Z * Z / of;
    (
        ((middle - half) / whole).max(0.0),
        ((middle + half) / whole).min(1.0),
    )
}

/// Sums of flagged predictions, with parts of a line where a tie is cut.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    flagged: f64,
    came_back: f64,
    cents: f64,
    wrong_cents: f64,
}

impl Sum {
    fn of<'p>(predictions: impl IntoIterator<Item = &'p Prediction>) -> Sum {
        let mut sum = Sum::default();
        for prediction in predictions {
            let cents = prediction.monthly_cost.0 as f64;
            sum.flagged += 1.0;
            sum.cents += cents;
            if prediction.came_back {
                sum.came_back += 1.0;
                sum.wrong_cents += cents;
            }
        }
        sum
    }

    fn plus(self, other: Sum, part: f64) -> Sum {
        Sum {
            flagged: self.flagged + part * other.flagged,
            came_back: self.came_back + part * other.came_back,
            cents: self.cents + part * other.cents,
            wrong_cents: self.wrong_cents + part * other.wrong_cents,
        }
    }

    fn saved_cents(self) -> f64 {
        self.cents - self.wrong_cents
    }

    fn flags(self) -> Flags {
        let interval = (self.flagged > 0.0).then(|| wilson(self.came_back, self.flagged));
        Flags {
            flagged: self.flagged,
            came_back: self.came_back,
            came_back_share: (self.flagged > 0.0).then(|| self.came_back / self.flagged),
            came_back_low: interval.map(|(low, _)| low),
            came_back_high: interval.map(|(_, high)| high),
            monthly_flagged: Cents(self.cents.round() as i64),
            monthly_wrong: Cents(self.wrong_cents.round() as i64),
        }
    }
}

pub fn flags_of<'p>(flagged: impl IntoIterator<Item = &'p Prediction>) -> Flags {
    Sum::of(flagged).flags()
}

/// Predictions in groups of equal rank, the likeliest to be silent first. A group that is cut counts by its part, so that no
/// accident of order decides.
pub struct Ranked(Vec<Sum>);

impl Ranked {
    pub fn by<'p, K: Ord>(
        predictions: impl IntoIterator<Item = &'p Prediction>,
        rank: impl Fn(&Prediction) -> K,
    ) -> Ranked {
        let mut sorted: Vec<&Prediction> = predictions.into_iter().collect();
        sorted.sort_by_key(|prediction| std::cmp::Reverse(rank(prediction)));
        let ties = sorted.chunk_by(|a, b| rank(a) == rank(b));
        Ranked(ties.map(|tie| Sum::of(tie.iter().copied())).collect())
    }

    /// The first of them, as many as that.
    pub fn at_count(&self, count: f64) -> Flags {
        self.until(count, |sum| sum.flagged)
    }

    /// The first of them, until as much money that stayed silent is flagged.
    pub fn at_savings(&self, monthly: Cents) -> Flags {
        self.until(monthly.0 as f64, Sum::saved_cents)
    }

    fn until(&self, wanted: f64, measure: impl Fn(Sum) -> f64) -> Flags {
        let mut sum = Sum::default();
        for group in &self.0 {
            let missing = wanted - measure(sum);
            if missing <= 0.0 {
                break;
            }
            let part = if measure(*group) > missing {
                missing / measure(*group)
            } else {
                1.0
            };
            sum = sum.plus(*group, part);
        }
        sum.flags()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prediction(days_silent: u32, cents: i64, came_back: bool) -> Prediction {
        Prediction {
            p_silent_90: 0,
            days_silent,
            monthly_cost: Cents(cents),
            flagged: false,
            came_back,
        }
    }

    #[test]
    fn wilsons_interval_as_published() {
        // Newcombe (1998), table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
        for (hits, of, low, high) in [
            (81.0, 263.0, 0.2553, 0.3662),
            (15.0, 148.0, 0.0624, 0.1605),
            (0.0, 20.0, 0.0, 0.1611),
            (1.0, 29.0, 0.0061, 0.1718),
        ] {
            let found = wilson(hits, of);
            assert!(
                (found.0 - low).abs() < 5e-5 && (found.1 - high).abs() < 5e-5,
                "{hits} of {of}: {found:?}"
            );
        }
    }

    #[test]
    fn a_tie_is_cut_in_proportion() {
        let predictions = [
            prediction(90, 2000, false),
            prediction(40, 1000, true),
            prediction(40, 1000, false),
            prediction(10, 500, true),
        ];
        let ranked = Ranked::by(&predictions, |prediction| prediction.days_silent);
        let two = ranked.at_count(2.0);
        assert_eq!((two.flagged, two.came_back), (2.0, 0.5));
        assert_eq!(
            (two.monthly_flagged, two.monthly_wrong),
            (Cents(3000), Cents(500))
        );
        let saved = ranked.at_savings(Cents(2500));
        assert_eq!(
            (saved.flagged, saved.monthly_flagged - saved.monthly_wrong),
            (2.0, Cents(2500))
        );
        assert_eq!(ranked.at_count(9.0).flagged, 4.0, "there are no more");
        assert_eq!(ranked.at_count(0.0).came_back_share, None);
    }
}
