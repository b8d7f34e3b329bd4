//! A sum of amounts of which some may not be known: not known is not 0.00.

use std::ops::AddAssign;

use super::Cents;

/// What is known of a sum, and of how many parts nothing is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct KnownSum {
    /// Of the parts that are known.
    pub amount: Cents,
    known: u32,
    pub unknown: u32,
}

impl KnownSum {
    pub fn add(&mut self, part: Option<Cents>) {
        match part {
            Some(amount) => {
                self.amount += amount;
                self.known += 1;
            }
            None => self.unknown += 1,
        }
    }

    /// The sum of what is known; none where there are parts and not one of them is.
    pub fn known_total(&self) -> Option<Cents> {
        (self.unknown == 0 || self.known > 0).then_some(self.amount)
    }

    pub fn known(&self) -> u32 {
        self.known
    }

    pub fn parts(&self) -> u32 {
        self.known + self.unknown
    }
}

impl AddAssign for KnownSum {
    fn add_assign(&mut self, other: KnownSum) {
        self.amount += other.amount;
        self.known += other.known;
        self.unknown += other.unknown;
    }
}

impl FromIterator<Option<Cents>> for KnownSum {
    fn from_iter<I: IntoIterator<Item = Option<Cents>>>(parts: I) -> KnownSum {
        let mut sum = KnownSum::default();
        for part in parts {
            sum.add(part);
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_of_what_nobody_knows_is_not_zero() {
        let told = |parts: &[Option<i64>]| {
            let sum: KnownSum = parts.iter().map(|part| part.map(Cents)).collect();
            sum.known_total()
        };
        assert_eq!(told(&[]), Some(Cents::ZERO));
        assert_eq!(told(&[None, None]), None);
        assert_eq!(told(&[None, Some(2_099)]), Some(Cents(2_099)));
        assert_eq!(told(&[Some(0)]), Some(Cents::ZERO));
    }
}
