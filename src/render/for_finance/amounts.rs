//! Amounts that may not be known: of a line that no invoice, contract or price tells the cost of.

use super::{FinanceFinding, FinanceLine};
use crate::domain::Cents;

impl FinanceLine {
    pub fn cost(&self) -> Option<Cents> {
        self.cost_source.map(|_| self.monthly_cost)
    }
}

impl FinanceFinding {
    /// What it is worth a month.
    pub fn amount(&self) -> Option<Cents> {
        self.is_priced.then_some(self.monthly_amount)
    }
}
