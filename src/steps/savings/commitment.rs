//! How many lines to commit to for a year: the newsvendor's critical fractile (docs/rules.md).

use crate::domain::{Cents, CommitmentCost};

/// Resamples of the months behind the interval.
const RESAMPLES: usize = 1_000;
/// The plateau holds every commitment that costs at most this much more than the best one, in hundredths.
const PLATEAU_PERCENT: i64 = 1;

/// The best number of lines for some months' demand, and how sure it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BestCommitment {
    pub best: CommitmentCost,
    /// 95 of 100 resamples of the months have their best number in here.
    pub low: u32,
    pub high: u32,
    /// First and last number within 1 % of the best one's cost.
    pub plateau: (u32, u32),
    pub break_even_months: u32,
    /// Every number from 0 to the highest demand, or to `today` where that is more.
    pub curve: Vec<CommitmentCost>,
}

/// `demand` is the number of lines used in each month; `annual` and `monthly` are the prices of a line and month. None
/// without a month, or without prices above zero.
pub fn best_commitment(demand: &[u32], today: u32, annual: Cents, monthly: Cents) -> Option<BestCommitment> {
    let months = demand.len() as i64;
    if months == 0 || annual <= Cents::ZERO || monthly <= Cents::ZERO {
        return None;
    }
    let best = best_of(demand, annual, monthly);
    let most = demand.iter().copied().max().unwrap_or(0).max(today);
    let curve: Vec<CommitmentCost> = (0..=most)
        .map(|lines| CommitmentCost {
            lines,
            cost: cost_of(lines, demand, annual, monthly),
        })
        .collect();
    let cheap = |point: &&CommitmentCost| {
        (point.cost - curve[best as usize].cost).0 * 100 <= curve[best as usize].cost.0 * PLATEAU_PERCENT
    };
    let within: Vec<u32> = curve.iter().filter(cheap).map(|point| point.lines).collect();
    let mut resampled: Vec<u32> = resamples(demand)
        .map(|months| best_of(&months, annual, monthly))
        .collect();
    resampled.sort_unstable();
    Some(BestCommitment {
        best: curve[best as usize],
        low: resampled[RESAMPLES * 25 / 1_000],
        high: resampled[RESAMPLES * 975 / 1_000 - 1],
        plateau: (*within.first()?, *within.last()?),
        break_even_months: u32::try_from((annual.0 * months + monthly.0 - 1) / monthly.0).ok()?,
        curve,
    })
}

/// The largest k for which the share of months with a demand of k lines or more is at least annual over monthly.
fn best_of(demand: &[u32], annual: Cents, monthly: Cents) -> u32 {
    let mut falling: Vec<u32> = demand.to_vec();
    falling.sort_unstable_by(|a, b| b.cmp(a));
    let needed = (annual.0 * demand.len() as i64 + monthly.0 - 1) / monthly.0;
    // A demand of at least k in `needed` months: the largest such k is the demand of that rank.
    usize::try_from(needed - 1)
        .ok()
        .and_then(|rank| falling.get(rank))
        .copied()
        .unwrap_or(0)
}

fn cost_of(lines: u32, demand: &[u32], annual: Cents, monthly: Cents) -> Cents {
    let committed = annual.times(i64::from(lines) * demand.len() as i64);
    let beyond: i64 = demand
        .iter()
        .map(|month| i64::from(month.saturating_sub(lines)))
        .sum();
    committed + monthly.times(beyond)
}

/// Months drawn with replacement, by a fixed sequence (splitmix64), so that the same demand gives the same interval.
fn resamples(demand: &[u32]) -> impl Iterator<Item = Vec<u32>> + '_ {
    let mut state = 0_u64;
    let mut draw = move |below: usize| {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % below as u64) as usize
    };
    (0..RESAMPLES).map(move |_| demand.iter().map(|_| demand[draw(demand.len())]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const YEAR: [u32; 12] = [118, 120, 121, 119, 117, 115, 116, 118, 122, 125, 121, 119];

    #[test]
    fn the_year_of_the_specification() {
        let found = best_commitment(&YEAR, 0, Cents(1_399), Cents(1_999)).unwrap();
        assert_eq!(
            found.best,
            CommitmentCost {
                lines: 118,
                cost: Cents(2_022_963)
            }
        );
        assert_eq!(found.plateau, (114, 121));
        assert_eq!(found.break_even_months, 9);
        assert!(
            found.low <= 118 && 118 <= found.high && found.low < found.high,
            "{} {}",
            found.low,
            found.high
        );
        assert_eq!(
            best_commitment(&YEAR, 0, Cents(1_399), Cents(1_999)),
            Some(found),
            "the same interval each time"
        );
    }

    #[test]
    fn nothing_is_committed_where_a_monthly_line_is_as_cheap() {
        assert_eq!(
            best_commitment(&YEAR, 0, Cents(2_000), Cents(1_999))
                .unwrap()
                .best
                .lines,
            0
        );
        assert_eq!(
            best_commitment(&YEAR, 0, Cents(1_999), Cents(1_999))
                .unwrap()
                .best
                .lines,
            115,
            "as many as were always used"
        );
        assert_eq!(best_commitment(&[], 0, Cents(1_399), Cents(1_999)), None);
        assert_eq!(best_commitment(&YEAR, 0, Cents(0), Cents(1_999)), None);
    }

    proptest! {
        /// Every number of lines tried out is the oracle.
        #[test]
        fn no_other_number_is_cheaper(
            demand in prop::collection::vec(0_u32..40, 1..=14),
            annual in 1_i64..3_000,
            monthly in 1_i64..3_000,
        ) {
            let found = best_commitment(&demand, 0, Cents(annual), Cents(monthly)).unwrap();
            let cost = |lines: u32| -> i64 {
                demand.iter().map(|month| annual * i64::from(lines) + monthly * i64::from(month.saturating_sub(lines))).sum()
            };
            let cheapest = (0..=60).map(cost).min().unwrap();
            prop_assert_eq!(found.best.cost, Cents(cheapest));
            prop_assert!((found.best.lines + 1..=60).all(|lines| cost(lines) > cheapest), "the largest of equals");
            prop_assert!(found.plateau.0 <= found.best.lines && found.best.lines <= found.plateau.1);
        }
    }
}
