//! How many lines to commit to, by the tiers that are committed together.

mod waste;

use std::cmp::Reverse;
use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};

use crate::domain::{
    Account, Calendar, Cents, Commitment, Contract, InForce, PriceBook, ScoredLine, Term, Tier, add_months,
    counted,
};
use crate::steps::bill::contract_lines::lines_of_row;
use crate::steps::bill::cost::LineCounts;
use crate::steps::savings::commitment::best_commitment;
use crate::steps::savings::recover::at_renewal;

/// Full months that the demand is taken from, and the fewest that say anything.
const MONTHS: i32 = 12;
const FEWEST_MONTHS: usize = 3;
/// Share of a month's days that must be known, in percent.
const MIN_KNOWN_PERCENT: u32 = 80;
/// A monthly line that takes longer to drop is not dropped each month.
const MONTHLY_NOTICE_DAYS: u32 = 31;

/// What commitments are weighed by.
pub(in crate::steps) struct Committed<'a> {
    pub account: &'a Account,
    pub contracts: InForce<'a>,
    pub book: &'a PriceBook,
    pub counts: &'a LineCounts,
    pub lines: &'a [ScoredLine],
    /// The tier of each line that was ever used, with its days of use, sorted.
    pub used: &'a [(Option<Tier>, &'a [NaiveDate])],
    pub calendar: &'a Calendar,
    pub as_of: NaiveDate,
}

impl Committed<'_> {
    pub(in crate::steps) fn commitments(&self) -> Vec<Commitment> {
        self.groups()
            .iter()
            .filter_map(|tiers| self.commitment(tiers))
            .collect()
    }

    /// Tiers that an annual contract commits together stand together; every other tier stands alone.
    fn groups(&self) -> Vec<BTreeSet<Tier>> {
        let mut groups: Vec<BTreeSet<Tier>> = Tier::ALL.iter().map(|tier| BTreeSet::from([*tier])).collect();
        for contract in self.annual().filter(|contract| contract.tier.is_none()) {
            let tiers: BTreeSet<Tier> = self.covered(contract).filter_map(|line| line.cost.tier).collect();
            let (joined, apart): (Vec<_>, Vec<_>) =
                groups.into_iter().partition(|group| !group.is_disjoint(&tiers));
            groups = apart;
            groups.push(joined.into_iter().flatten().collect());
        }
        groups.retain(|group| !group.is_empty());
        groups.sort();
        groups
    }

    fn annual(&self) -> impl Iterator<Item = &Contract> {
        let rows = self.contracts.rows().iter().copied();
        rows.filter(|contract| contract.term == Term::Annual)
    }

    fn covered<'c>(&'c self, contract: &'c Contract) -> impl Iterator<Item = &'c ScoredLine> {
        lines_of_row(contract, &self.contracts, self.lines)
    }

    fn commitment(&self, tiers: &BTreeSet<Tier>) -> Option<Commitment> {
        let (annual, monthly) = (
            self.price(tiers, Term::Annual)?,
            self.price(tiers, Term::Monthly)?,
        );
        let demand = self.demand(tiers);
        if demand.len() < FEWEST_MONTHS {
            return None;
        }
        let counts: Vec<u32> = demand.iter().map(|(_, lines)| *lines).collect();
        let rows: Vec<&Contract> = self.annual().filter(|row| self.is_of(row, tiers)).collect();
        let stated = rows.iter().filter_map(|row| row.committed_lines);
        let stated = stated.reduce(|a, b| a.saturating_add(b));
        let best = best_commitment(&counts, stated.unwrap_or(0), annual, monthly)?;
        Some(Commitment {
            tiers: tiers.iter().copied().collect(),
            annual,
            monthly,
            today: stated.and_then(|lines| best.curve.get(lines as usize).copied()),
            assumptions: self.assumptions(&rows, tiers, &demand, monthly),
            demand,
            best: best.best,
            low: best.low,
            high: best.high,
            plateau: best.plateau,
            break_even_months: best.break_even_months,
            curve: best.curve,
        })
    }

    fn is_of(&self, contract: &Contract, tiers: &BTreeSet<Tier>) -> bool {
        match contract.tier {
            Some(tier) => tiers.contains(&tier),
            None => self
                .covered(contract)
                .any(|line| line.cost.tier.is_some_and(|tier| tiers.contains(&tier))),
        }
    }

    /// The price of a line for a month: of the contract that covers most lines, else of the book; of several tiers the mean by their lines today.
    fn price(&self, tiers: &BTreeSet<Tier>, term: Term) -> Option<Cents> {
        let of_tier = |tier: Tier| {
            let rows = self.contracts.rows().iter().filter(|row| row.term == term);
            let own =
                rows.filter(|row| row.tier == Some(tier) || row.tier.is_none() && self.is_of(row, tiers));
            let priced = own.filter_map(|row| Some((self.covered(row).count(), Reverse(row.unit_price?))));
            priced.max().map(|(_, price)| price.0).or_else(|| {
                self.book
                    .price_on(tier, term, self.as_of, self.counts.get(tier, term))
            })
        };
        let lines = |tier: Tier| {
            self.lines
                .iter()
                .filter(|line| line.cost.tier == Some(tier))
                .count() as i64
        };
        let mut sum = Cents::ZERO;
        let mut count = 0;
        for tier in tiers {
            let weight = if tiers.len() == 1 { 1 } else { lines(*tier) };
            sum += of_tier(*tier)?.times(weight);
            count += weight;
        }
        (count > 0).then(|| sum.ratio(1, count))
    }

    /// Lines used in each of the last full months of which enough days are known, oldest first.
    fn demand(&self, tiers: &BTreeSet<Tier>) -> Vec<(NaiveDate, u32)> {
        let after = self.as_of.succ_opt().unwrap_or(self.as_of);
        let this_month = after.with_day(1).unwrap_or(after);
        let months = (1..=MONTHS)
            .rev()
            .map(|back| (add_months(this_month, -back), add_months(this_month, 1 - back)));
        let known = |(first, next): &(NaiveDate, NaiveDate)| {
            let last = next.pred_opt().unwrap_or(*next);
            let days = (*next - *first).num_days();
            *first >= self.calendar.first()
                && i64::from(self.calendar.known_between(*first, last) * 100)
                    >= days * i64::from(MIN_KNOWN_PERCENT)
        };
        let lines = |(first, next): (NaiveDate, NaiveDate)| {
            let used = self.used.iter().filter(|(tier, days)| {
                let from = days.partition_point(|day| *day < first);
                tier.is_some_and(|tier| tiers.contains(&tier))
                    && days.get(from).is_some_and(|day| *day < next)
            });
            (first, used.count() as u32)
        };
        months.filter(known).map(lines).collect()
    }

    fn assumptions(
        &self,
        rows: &[&Contract],
        tiers: &BTreeSet<Tier>,
        demand: &[(NaiveDate, u32)],
        monthly: Cents,
    ) -> Vec<String> {
        let months = demand.len();
        let mut said = vec![match months as i32 == MONTHS {
            true => "The last 12 full months stand for the coming term; a line counts with the tier that it has today.".to_owned(),
            false => format!(
                "Only {months} of the last 12 full months are known; they stand for the coming term. A line counts with the tier \
                 that it has today."
            ),
        }];
        let monthly_rows = || {
            self.contracts
                .rows()
                .iter()
                .filter(|row| row.term == Term::Monthly && self.is_of(row, tiers))
        };
        let is_long = |row: &&&Contract| row.notice_days.is_some_and(|days| days > MONTHLY_NOTICE_DAYS);
        let bound = monthly_rows().filter(is_long).max_by_key(|row| row.notice_days);
        said.push(match bound {
            Some(row) => format!(
                "A monthly line cannot be dropped each month: contract {} asks for {} of notice. Fewer monthly lines are \
                 worth having than the figures say.",
                row.contract_id,
                counted(row.notice_days.unwrap_or_default(), "day", "days")
            ),
            None if monthly_rows().next().is_some() => "A monthly line can be dropped each month, by its contract.".to_owned(),
            None => "A monthly line is taken to be dropped each month; no monthly contract is at hand to check it.".to_owned(),
        });
        let counts: Vec<u32> = demand.iter().map(|(_, lines)| *lines).collect();
        for row in rows {
            let (Some(promo), Some(list), Some(end)) = (row.promo_ends_on, row.list_price, row.end_on) else {
                continue;
            };
            let next_end = at_renewal(row, self.as_of).term_end.unwrap_or(end);
            if promo > self.as_of && promo < add_months(next_end, MONTHS) {
                let at_list = best_commitment(&counts, 0, list, monthly).map_or(0, |best| best.best.lines);
                said.push(format!(
                    "The annual price of contract {} is a promotion until {promo}; at its list price, {} {list}, {} \
                     would be best.",
                    row.contract_id,
                    self.account.currency,
                    counted(at_list, "line", "lines")
                ));
            }
        }
        said
    }
}
