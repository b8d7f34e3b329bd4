//! Seeded random numbers: SplitMix64, whole numbers only.
//!
//! Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (OOPSLA 2014), in the form of
//! Sebastiano Vigna's public-domain `splitmix64.c`. Floats are left out on purpose: `exp` and `ln` differ between
//! platforms in the last bit, and one bit moves every later draw.

const GOLDEN_GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

/// What a stream of draws is for. Each line and day has streams of its own, so that another day or line added to an
/// account leaves the draws of all the others as they were.
#[derive(Debug, Clone, Copy)]
pub(super) enum Topic {
    Kinds = 1,
    Person,
    Life,
    Vacation,
    Use,
    Calls,
    Demand,
    Queues,
    Billing,
}

#[derive(Debug, Clone)]
pub(super) struct Rng(u64);

impl Rng {
    pub(super) fn new(seed: u64) -> Rng {
        Rng(seed)
    }

    /// The stream of one topic for one pair of numbers, such as a line and a day.
    pub(super) fn stream(seed: u64, topic: Topic, first: u64, second: u64) -> Rng {
        let keyed = [topic as u64, first, second]
            .into_iter()
            .fold(seed, |state, key| {
                mix(state ^ key.wrapping_add(1).wrapping_mul(GOLDEN_GAMMA))
            });
        Rng::new(keyed)
    }

    pub(super) fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN_GAMMA);
        mix(self.0)
    }

    /// A number under `bound`; 0 for a bound of 0. The bias of the multiplication is under 2^-32.
    pub(super) fn below(&mut self, bound: u32) -> u32 {
        ((u128::from(self.next_u64()) * u128::from(bound)) >> 64) as u32
    }

    /// A number from `low` to `high`, both included; `low` when they are the wrong way round.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = u32::try_from(high - low + 1).unwrap_or(0);
        low + i64::from(self.below(span))
    }

    pub(super) fn per_mille(&mut self, chance: u32) -> bool {
        self.below(1000) < chance
    }

    /// An index, drawn by weight; 0 where all weights are 0.
    pub(super) fn weighted(&mut self, weights: &[u32]) -> usize {
        let mut draw = self.below(weights.iter().sum());
        for (index, weight) in weights.iter().enumerate() {
            if draw < *weight {
                return index;
            }
            draw -= weight;
        }
        0
    }

    /// One of a list that is not empty.
    pub(super) fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len() as u32) as usize]
    }

    /// Fisher and Yates.
    pub(super) fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            list.swap(last, self.below(last as u32 + 1) as usize);
        }
    }
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_are_those_of_the_reference_implementation() {
        let mut rng = Rng::new(1_234_567);
        let draws = [rng.next_u64(), rng.next_u64(), rng.next_u64()];
        assert_eq!(
            draws,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423
            ]
        );
    }

    #[test]
    fn draws_stay_in_their_range_and_reach_its_ends() {
        let mut rng = Rng::new(7);
        let draws: Vec<i64> = (0..1000).map(|_| rng.between(-2, 2)).collect();
        assert_eq!(draws.iter().min(), Some(&-2));
        assert_eq!(draws.iter().max(), Some(&2));
    }

    #[test]
    fn a_weight_of_nothing_is_never_drawn() {
        let mut rng = Rng::new(7);
        let mut hits = [0; 3];
        for _ in 0..3000 {
            hits[rng.weighted(&[1, 0, 2])] += 1;
        }
        assert_eq!(hits[1], 0);
        assert!(
            (800..1200).contains(&hits[0]),
            "a weight of a third drew {} of 3000",
            hits[0]
        );
    }

    #[test]
    fn streams_of_neighbours_differ() {
        let first = Rng::stream(1, Topic::Use, 1, 2).next_u64();
        let swapped = Rng::stream(1, Topic::Use, 2, 1).next_u64();
        let other_topic = Rng::stream(1, Topic::Calls, 1, 2).next_u64();
        assert!(first != swapped && first != other_topic);
    }
}
