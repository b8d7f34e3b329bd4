//! Amounts that may not be known: of a line that no invoice, contract or price tells the cost of.

use super::{FinanceFinding, FinanceLine};
use crate::domain::Cents;

impl FinanceLine {
    pub fn cost(&self) -> Option<Cents> {
        self.cost_source.map(|_| self.monthly_cost)
    }

    /// What it still costs until its term ends; none without a price, or where nobody knows that end.
    pub fn exposure(&self) -> Option<Cents> {
        self.cost_source.and(self.exposure_to_term_end)
    }
}

impl FinanceFinding {
    /// What it is worth a month.
    pub fn amount(&self) -> Option<Cents> {
        self.is_priced.then_some(self.monthly_amount)
    }
}
