//! The lines of a contract, counted here and nowhere else: every sentence about it says the same number.

use crate::domain::{Contract, InForce, ScoredLine};

/// The lines that a contract row covers, by the tier that they are billed.
pub(in crate::steps) fn lines_of_row<'l>(
    row: &'l Contract,
    contracts: &'l InForce<'_>,
    lines: &'l [ScoredLine],
) -> impl Iterator<Item = &'l ScoredLine> {
    lines.iter().filter(move |line| {
        let covering = contracts.covering(line.line.contract_id.as_deref(), line.cost.tier);
        covering.is_some_and(|covering| std::ptr::eq(covering, row))
    })
}

/// The lines of all rows of a contract.
pub(in crate::steps) fn lines_of_contract<'l>(
    contract_id: &'l str,
    contracts: &'l InForce<'_>,
    lines: &'l [ScoredLine],
) -> impl Iterator<Item = &'l ScoredLine> {
    let rows = contracts.rows().iter().copied();
    rows.filter(move |row| row.contract_id == contract_id)
        .flat_map(move |row| lines_of_row(row, contracts, lines))
}
