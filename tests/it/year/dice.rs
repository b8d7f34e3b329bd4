//! Seeded draws: each line, day and purpose has a stream of its own, so that one more accident leaves all other draws as they were.

/// Vigna's SplitMix64, whole numbers only.
pub struct Dice(u64);

impl Dice {
    pub fn of(seed: u64, purpose: &str, first: u64, second: u64) -> Dice {
        let letters = purpose.bytes().map(u64::from);
        let keys = [seed, first, second].into_iter().chain(letters);
        Dice(keys.fold(0, |state, key| {
            mixed(state ^ key.wrapping_add(0x9e37_79b9_7f4a_7c15))
        }))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed(self.0)
    }

    /// From `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + (self.next() % (high - low + 1).unsigned_abs()) as i64
    }

    pub fn percent(&mut self, chance: i64) -> bool {
        self.between(1, 100) <= chance
    }

    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        match list.len() {
            0 => None,
            length => list.get(self.between(0, length as i64 - 1) as usize),
        }
    }
}

fn mixed(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
