//! What each tier by term costs, and how much of it is idle.

use std::collections::BTreeMap;

use crate::domain::{KnownSum, ScoredLine, TierTerm};
use crate::steps::savings::expected_waste::expected_waste;

pub fn by_tier_term(lines: &[ScoredLine]) -> Vec<TierTerm> {
    let mut cells = BTreeMap::new();
    for line in lines {
        let key = (line.cost.tier, line.cost.term);
        let empty = || TierTerm {
            tier: key.0,
            term: key.1,
            lines: 0,
            idle_lines: 0,
            monthly_cost: KnownSum::default(),
            idle_cost: KnownSum::default(),
            expected_waste: expected_waste(
                lines
                    .iter()
                    .filter(|line| (line.cost.tier, line.cost.term) == key),
            ),
        };
        let cell = cells.entry(key).or_insert_with(empty);
        cell.lines += 1;
        cell.monthly_cost.add(line.cost.known());
        if line.verdict.is_waste() {
            cell.idle_lines += 1;
            cell.idle_cost.add(line.cost.known());
        }
    }
    cells.into_values().collect()
}
