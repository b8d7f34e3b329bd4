//! What each line costs for a month: the newest invoice, else the contract, else the price book; never a mixture.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::domain::{
    ByLine, Cents, Charge, ChargeKind, Contract, CostSource, InForce, Line, LineCost, PriceBook, Term, Tier,
    add_months,
};
use crate::steps::bill::charges::{Invoice, MatchedCharge, is_queue_addon};
use crate::steps::bill::renamed_seats::of_unknown_cost;

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
        let contracts = InForce::on(day, contracts);
        let held = |line: &&Line| !line.ended_by(day) && line.seat_since.is_none_or(|since| since <= day);
        for line in lines.into_iter().filter(held) {
            let contract = contracts.covering(line.contract_id.as_deref(), line.tier);
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

/// The cost of each of these lines, from the newest invoice's charges where there is one. The charges may be of other lines
/// too: an earlier invoice bills lines that have left the list since.
pub fn line_costs<'a>(
    lines: impl IntoIterator<Item = &'a Line>,
    invoice: Option<(&Invoice, &[MatchedCharge<'_>])>,
    contracts: &[Contract],
    book: &PriceBook,
    as_of: NaiveDate,
) -> ByLine<'a, LineCost> {
    let lines: Vec<&Line> = lines.into_iter().collect();
    let billed = invoice.map(|(invoice, charges)| (invoice, billed_costs(charges)));
    let unknown = invoice
        .map(|(_, charges)| of_unknown_cost(charges))
        .unwrap_or_default();
    let counts = LineCounts::on(as_of, lines.iter().copied(), contracts);
    let contracts = InForce::on(as_of, contracts);
    let listed_cost = |line: &Line| listed_cost(line, &contracts, book, &counts, as_of);
    let cost_of = |line: &Line| match &billed {
        Some((invoice, costs)) => match costs.get(line) {
            // Its seat may be among the rows that could not be read; that is not a seat for nothing.
            cost if is_set_aside(cost, invoice) => {
                let listed = listed_cost(line);
                cost.filter(|_| listed.source.is_none())
                    .cloned()
                    .unwrap_or(listed)
            }
            _ if unknown.contains(line.line_id.as_str()) => LineCost::nothing(line),
            Some(cost) => cost.clone(),
            None if joined_after(line, invoice) => listed_cost(line),
            None => LineCost {
                source: Some(CostSource::Invoice),
                ..LineCost::nothing(line)
            },
        },
        None => listed_cost(line),
    };
    let with_term = |line: &'a Line| {
        let cost = cost_of(line);
        let contract = contracts.covering(line.contract_id.as_deref(), cost.tier);
        let term = cost.term.or(contract.map(|contract| contract.term));
        (line, LineCost { term, ..cost })
    };
    let mut costs: ByLine<LineCost> = lines.iter().copied().map(with_term).collect();
    if let Some((_, charges)) = invoice {
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
            promotion: Cents::ZERO,
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
fn billed_thing<'x>(row: &'x MatchedCharge<'_>) -> (ChargeKind, Option<&'x str>, Option<Months>) {
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

/// What one line is billed, as it is added up.
struct BilledCost<'a> {
    line: &'a Line,
    tier: Option<Tier>,
    term: Option<Term>,
    /// By the length of the period, and whether it is of the seat.
    sums: BTreeMap<(Months, bool), Cents>,
    tier_sums: BTreeMap<Months, Cents>,
}

/// Billed costs; none of a line that the invoice has no recurring charge of.
fn billed_costs<'a>(charges: &[MatchedCharge<'a>]) -> ByLine<'a, LineCost> {
    let rows = || {
        let recurring =
            |row: &&MatchedCharge<'a>| row.kind.is_line_recurring() && row.disputed_whole().is_none();
        charges.iter().filter(recurring)
    };
    let shares = |row: &MatchedCharge<'a>| {
        let of_line = |(line, _): &(&Line, Cents)| !is_queue_addon(row.kind, line);
        row.shares.iter().copied().filter(of_line).collect::<Vec<_>>()
    };
    let period = |row: &MatchedCharge| (row.charge.period_end, row.charge.period_start);
    let mut newest: ByLine<BTreeMap<_, (NaiveDate, NaiveDate)>> = ByLine::default();
    for row in rows() {
        for (line, _) in shares(row) {
            let things = newest.get_or(line, BTreeMap::new);
            let seen = things.entry(billed_thing(row)).or_insert(period(row));
            *seen = period(row).max(*seen);
        }
    }
    let mut billed: ByLine<BilledCost> = ByLine::default();
    for row in rows() {
        let months = Months::of(row.charge.period_start, row.charge.period_end);
        let seat = matches!(row.kind, ChargeKind::LineMrc | ChargeKind::LineAddon);
        for (line, amount) in shares(row) {
            let newest = newest.get(line).and_then(|things| things.get(&billed_thing(row)));
            if newest != Some(&period(row)) {
                continue;
            }
            let billed = billed.get_or(line, || BilledCost::none_of(line));
            *billed.sums.entry((months, seat)).or_default() += amount;
            if row.kind == ChargeKind::LineMrc {
                *billed.tier_sums.entry(months).or_default() += amount;
                billed.tier = row.charge.tier.or(billed.tier);
                billed.term = row.charge.term.or(billed.term);
            }
        }
    }
    billed
        .values()
        .map(|billed| (billed.line, billed.of_a_month()))
        .collect()
}

impl BilledCost<'_> {
    fn none_of(line: &Line) -> BilledCost<'_> {
        BilledCost {
            line,
            tier: line.tier,
            term: line.term,
            sums: BTreeMap::new(),
            tier_sums: BTreeMap::new(),
        }
    }

    fn of_a_month(&self) -> LineCost {
        let monthly = |of_seat_alone: bool| {
            self.sums
                .iter()
                .filter(|((_, of_seat), _)| *of_seat || !of_seat_alone)
                .map(|((months, _), amount)| months.monthly(*amount))
                .sum()
        };
        LineCost {
            monthly_cost: monthly(false),
            seat_cost: monthly(true),
            tier_price: self
                .tier_sums
                .iter()
                .map(|(months, amount)| months.monthly(*amount))
                .sum(),
            source: Some(CostSource::Invoice),
            tier: self.tier,
            term: self.term,
            ..LineCost::nothing(self.line)
        }
    }
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

    /// One month of service out of the whole (docs/rules.md): a year is 365 days.
    fn monthly(self, amount: Cents) -> Cents {
        match self {
            Months::Whole(months) => amount.ratio(1, i64::from(months)),
            Months::Days(days) => amount.ratio(365, 12 * days),
        }
    }
}

/// Contract price, then price book, then the book's for what the job takes such a line of somebody's for. A line with neither tier
/// nor price costs nothing that we know of.
pub(in crate::steps) fn listed_cost(
    line: &Line,
    contracts: &InForce<'_>,
    book: &PriceBook,
    counts: &LineCounts,
    as_of: NaiveDate,
) -> LineCost {
    let contract = contracts.covering(line.contract_id.as_deref(), line.tier);
    let term = line.term.or(contract.map(|contract| contract.term));
    let agreed = contract
        .and_then(|contract| contract.unit_price)
        .map(|price| (price, CostSource::Contract));
    let of = |tier: Option<Tier>, term: Option<Term>, source| {
        let (tier, term) = (tier?, term?);
        Some((book.price_on(tier, term, as_of, counts.get(tier, term))?, source))
    };
    let assumed = || {
        let taken_for = book.assumed.filter(|_| line.has_user() || line.is_named())?;
        of(
            line.tier.or(Some(taken_for.tier)),
            term.or(Some(taken_for.term)),
            CostSource::Assumed,
        )
    };
    let is_of_somebody = line.has_user() || line.is_named();
    match agreed
        .filter(|_| line.tier.is_some() || is_of_somebody)
        .or_else(|| of(line.tier, term, CostSource::PriceBook))
        .or_else(assumed)
    {
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

/// Fees and taxes charged for a line are its own; those of the account are shared by cost, rounded per line.
fn share_fees(costs: &mut ByLine<'_, LineCost>, charges: &[MatchedCharge<'_>]) {
    let is_billed = |cost: &LineCost| cost.source == Some(CostSource::Invoice);
    let total: Cents = costs
        .values()
        .filter(|cost| is_billed(cost))
        .map(|cost| cost.monthly_cost)
        .sum();
    let mut common = Cents::ZERO;
    for row in charges.iter().filter(|row| row.kind.is_fee_or_tax()) {
        for (line, amount) in &row.shares {
            if let Some(cost) = costs.get_mut(line) {
                cost.fees_share += *amount;
            }
        }
        common += row.rest;
    }
    if total > Cents::ZERO {
        for cost in costs.values_mut().filter(|cost| is_billed(cost)) {
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
