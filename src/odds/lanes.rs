//! One number for each class, worked on together: the compiler turns these loops into vector instructions.

use std::ops::{Add, Mul};

use super::CLASSES;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Lanes(pub(super) [f64; CLASSES]);

impl Lanes {
    pub(super) const ZERO: Lanes = Lanes([0.0; CLASSES]);
    pub(super) const ONE: Lanes = Lanes([1.0; CLASSES]);

    pub(super) fn map(self, f: impl Fn(f64) -> f64) -> Lanes {
        Lanes(self.0.map(f))
    }

    /// The classes together, always added in their order.
    pub(super) fn sum(self) -> f64 {
        self.0.iter().sum()
    }

    /// `1 / x`.
    pub(super) fn inverse(self) -> Lanes {
        self.map(|lane| 1.0 / lane)
    }
}

impl Add for Lanes {
    type Output = Lanes;
    fn add(self, other: Lanes) -> Lanes {
        Lanes(std::array::from_fn(|class| self.0[class] + other.0[class]))
    }
}

impl Mul for Lanes {
    type Output = Lanes;
    fn mul(self, other: Lanes) -> Lanes {
        Lanes(std::array::from_fn(|class| self.0[class] * other.0[class]))
    }
}

impl Mul<f64> for Lanes {
    type Output = Lanes;
    fn mul(self, factor: f64) -> Lanes {
        self.map(|lane| lane * factor)
    }
}
