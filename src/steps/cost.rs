//! What each line costs for a month: the newest invoice, else the contract, else the price book; never a mixture.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;

use super::charges::{Invoice, MatchedCharge, is_queue_addon};
use crate::domain::{
    Cents, Charge, ChargeKind, Contract, CostSource, Line, LineCost, PriceBook, Term, Tier, add_months,
};

/// How many lines of each tier and term an account has: what volume bands look at.
#[derive(Debug, Clone, Default)]
pub struct LineCounts(BTreeMap<(Tier, Term), u32>);

impl LineCounts {
    /// The lines that have a seat on `day`, by the inventory; the term by the contract where it does not say.
    pub fn on<'a>(
        day: NaiveDate,
        lines: impl IntoIterator<Item = &'a Line>,
        contracts: &[Contract],
    ) -> LineCounts {
        let mut counts = LineCounts::default();
        let held = |line: &&Line| !line.ended_by(day) && line.seat_since.is_none_or(|since| since <= day);
        for line in lines.into_iter().filter(held) {
            let contract = covering_contract(line.contract_id.as_deref(), line.tier, contracts);
            let term = line.term.or(contract.map(|contract| contract.term));
            if let (Some(tier), Some(term)) = (line.tier, term) {
                *counts.0.entry((tier, term)).or_default() += 1;
            }
        }
        counts
    }

    pub fn get(&self, tier: Tier, term: Term) -> u32 {
        self.0.get(&(tier, term)).copied().unwrap_or(0)
    }
}

/// The cost of every line (by index), from the newest invoice's matched charges where there is one. `disputed[i]` tells
/// that charge `i` is no cost of its line but a billing error.
pub fn line_costs(
    lines: &[Line],
    invoice: Option<(&Invoice, &[MatchedCharge], &[bool])>,
    contracts: &[Contract],
    book: &PriceBook,
    as_of: NaiveDate,
) -> Vec<LineCost> {
    let billed = invoice.map(|(_, charges, disputed)| billed_costs(lines, charges, disputed));
    let counts = LineCounts::on(as_of, lines, contracts);
    let listed_cost = |line: &Line| listed_cost(line, contracts, book, &counts, as_of);
    let mut costs: Vec<LineCost> = lines
        .iter()
        .enumerate()
        .map(|(index, line)| match (invoice, &billed) {
            (Some((invoice, ..)), Some(billed)) => match &billed[index] {
                // Its seat may be among the rows that could not be read; that is not a seat for nothing.
                cost if is_set_aside(cost.as_ref(), invoice) => {
                    let listed = listed_cost(line);
                    cost.clone().filter(|_| listed.source.is_none()).unwrap_or(listed)
                }
                Some(cost) => cost.clone(),
                None if joined_after(line, invoice) => listed_cost(line),
                None => LineCost {
                    source: Some(CostSource::Invoice),
                    ..LineCost::nothing(line)
                },
            },
            _ => listed_cost(line),
        })
        .collect();
    for (cost, line) in costs.iter_mut().zip(lines) {
        let contract = covering_contract(line.contract_id.as_deref(), cost.tier, contracts);
        cost.term = cost.term.or(contract.map(|contract| contract.term));
    }
    if let Some((_, charges, _)) = invoice {
        share_fees(&mut costs, charges);
    }
    costs
}

impl LineCost {
    fn nothing(line: &Line) -> LineCost {
        LineCost {
            monthly_cost: Cents::ZERO,
            seat_cost: Cents::ZERO,
            overcharge: Cents::ZERO,
            tier_price: Cents::ZERO,
            fees_share: Cents::ZERO,
            source: None,
            tier: line.tier,
            term: line.term,
        }
    }
}

/// A line that was not there when the invoice was made is not unbilled: its next invoice will bear it.
fn joined_after(line: &Line, invoice: &Invoice) -> bool {
    line.seat_since
        .or(line.activated_on)
        .is_some_and(|since| since >= invoice.invoice_date)
}

fn is_set_aside(billed: Option<&LineCost>, invoice: &Invoice) -> bool {
    !invoice.set_aside.is_empty() && billed.is_none_or(|cost| cost.seat_cost.is_zero())
}

/// What is billed again each period, so that of two periods only the newer is a month's cost: a line's seat, a number,
/// an add-on by the length of its period (an annual one may stand beside monthly ones).
fn billed_thing(row: &MatchedCharge) -> (ChargeKind, Option<&str>, Option<Months>) {
    let charge = &row.charge;
    match row.kind {
        ChargeKind::LineMrc => (row.kind, None, None),
        kind => {
            let long = Some(Months::of(charge.period_start, charge.period_end))
                .filter(|months| matches!(months, Months::Whole(2..)));
            (kind, charge.phone_number.as_deref(), long)
        }
    }
}

/// Billed costs by line; none where the invoice has no recurring charge of the line.
fn billed_costs(lines: &[Line], charges: &[MatchedCharge], disputed: &[bool]) -> Vec<Option<LineCost>> {
    let rows = || {
        let recurring =
            |(row, disputed): &(&MatchedCharge, &bool)| row.kind.is_line_recurring() && !**disputed;
        charges.iter().zip(disputed).filter(recurring).map(|(row, _)| row)
    };
    let shares = |row: &'_ MatchedCharge| {
        let of_line = |(line, _): &(usize, Cents)| !is_queue_addon(row.kind, &lines[*line]);
        row.shares.iter().copied().filter(of_line).collect::<Vec<_>>()
    };
    let period = |row: &MatchedCharge| (row.charge.period_end, row.charge.period_start);
    let mut newest: HashMap<_, (NaiveDate, NaiveDate)> = HashMap::new();
    for row in rows() {
        for (line, _) in shares(row) {
            let seen = newest.entry((line, billed_thing(row))).or_insert(period(row));
            *seen = period(row).max(*seen);
        }
    }
    let mut sums: Vec<BTreeMap<(Months, bool), Cents>> = vec![BTreeMap::new(); lines.len()];
    let mut tier_sums: Vec<BTreeMap<Months, Cents>> = vec![BTreeMap::new(); lines.len()];
    let mut costs: Vec<Option<LineCost>> = vec![None; lines.len()];
    for row in rows() {
        let months = Months::of(row.charge.period_start, row.charge.period_end);
        let seat = matches!(row.kind, ChargeKind::LineMrc | ChargeKind::LineAddon);
        for (line, amount) in shares(row) {
            if newest.get(&(line, billed_thing(row))) != Some(&period(row)) {
                continue;
            }
            *sums[line].entry((months, seat)).or_default() += amount;
            let cost = costs[line].get_or_insert_with(|| LineCost::nothing(&lines[line]));
            cost.source = Some(CostSource::Invoice);
            if row.kind == ChargeKind::LineMrc {
                *tier_sums[line].entry(months).or_default() += amount;
                cost.tier = row.charge.tier.or(cost.tier);
                cost.term = row.charge.term.or(cost.term);
            }
        }
    }
    for ((cost, sums), tier_sums) in costs.iter_mut().zip(sums).zip(tier_sums) {
        let Some(cost) = cost else { continue };
        let of_tier = tier_sums
            .into_iter()
            .map(|(months, amount)| months.monthly(amount));
        cost.tier_price = of_tier.sum();
        for ((months, seat), amount) in sums {
            let monthly = months.monthly(amount);
            cost.monthly_cost += monthly;
            if seat {
                cost.seat_cost += monthly;
            }
        }
    }
    costs
}

/// The whole months that a charge is for; none where its period is not made of them.
pub fn whole_months(charge: &Charge) -> Option<i64> {
    match Months::of(charge.period_start, charge.period_end) {
        Months::Whole(months) => Some(i64::from(months)),
        Months::Days(_) => None,
    }
}

/// A recurring charge brought to one month of service.
pub fn one_month(charge: &Charge) -> Cents {
    Months::of(charge.period_start, charge.period_end).monthly(charge.amount)
}

/// A service period as a length: whole calendar months, or days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Months {
    Whole(i32),
    Days(i64),
}

impl Months {
    fn of(start: NaiveDate, end: NaiveDate) -> Months {
        let after = end.succ_opt().unwrap_or(end);
        match (1..=36).find(|months| add_months(start, *months) == after) {
            Some(months) => Months::Whole(months),
            None => Months::Days((after - start).num_days().max(1)),
        }
    }

    /// One month of service out of the whole (money.md): a year is 365 days.
    fn monthly(self, amount: Cents) -> Cents {
        match self {
            Months::Whole(months) => amount.ratio(1, i64::from(months)),
            Months::Days(days) => amount.ratio(365, 12 * days),
        }
    }
}

/// Contract price, then price book. A line with neither tier nor price costs nothing that we know of.
pub(super) fn listed_cost(
    line: &Line,
    contracts: &[Contract],
    book: &PriceBook,
    counts: &LineCounts,
    as_of: NaiveDate,
) -> LineCost {
    let contract = covering_contract(line.contract_id.as_deref(), line.tier, contracts);
    let term = line.term.or(contract.map(|contract| contract.term));
    let agreed = contract
        .and_then(|contract| contract.unit_price)
        .map(|price| (price, CostSource::Contract));
    let listed = || {
        let (tier, term) = (line.tier?, term?);
        let price = book.price_on(tier, term, as_of, counts.get(tier, term))?;
        Some((price, CostSource::PriceBook))
    };
    match agreed.filter(|_| line.tier.is_some()).or_else(listed) {
        Some((price, source)) => LineCost {
            monthly_cost: price,
            seat_cost: price,
            tier_price: price,
            source: Some(source),
            term,
            ..LineCost::nothing(line)
        },
        None => LineCost {
            term,
            ..LineCost::nothing(line)
        },
    }
}

/// The contract row of a line: its contract id, and the row of its tier before the one for all tiers.
pub fn covering_contract<'a>(
    contract_id: Option<&str>,
    tier: Option<Tier>,
    contracts: &'a [Contract],
) -> Option<&'a Contract> {
    let contract_id = contract_id?;
    let rows = || {
        contracts
            .iter()
            .filter(|contract| contract.contract_id == contract_id)
    };
    rows()
        .find(|contract| contract.tier.is_some() && contract.tier == tier)
        .or_else(|| rows().find(|contract| contract.tier.is_none()))
}

/// Fees and taxes charged for a line are its own; those of the account are shared by cost, rounded per line.
fn share_fees(costs: &mut [LineCost], charges: &[MatchedCharge]) {
    let total: Cents = costs
        .iter()
        .filter(|cost| cost.source == Some(CostSource::Invoice))
        .map(|cost| cost.monthly_cost)
        .sum();
    let mut common = Cents::ZERO;
    for row in charges.iter().filter(|row| row.kind.is_fee_or_tax()) {
        for (line, amount) in &row.shares {
            costs[*line].fees_share += *amount;
        }
        common += row.rest;
    }
    if total > Cents::ZERO {
        for cost in costs
            .iter_mut()
            .filter(|cost| cost.source == Some(CostSource::Invoice))
        {
            cost.fees_share += common.ratio(cost.monthly_cost.0, total.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::parse_day;

    fn monthly(start: &str, end: &str, amount: i64) -> Cents {
        Months::of(parse_day(start).unwrap(), parse_day(end).unwrap()).monthly(Cents(amount))
    }

    #[test]
    fn a_period_is_brought_to_one_month_of_service() {
        assert_eq!(monthly("2026-10-01", "2026-10-31", 1399), Cents(1399));
        assert_eq!(monthly("2026-01-31", "2026-02-27", 1399), Cents(1399));
        assert_eq!(monthly("2026-01-01", "2026-12-31", 16788), Cents(1399));
        assert_eq!(monthly("2026-10-01", "2026-10-30", 3000), Cents(3042));
    }
}
