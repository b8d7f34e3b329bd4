//! How many lines to commit to, by the tiers that are committed together; and what today's commitments cost beyond it.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};

use super::audit::finding_id;
use super::commitment::best_commitment;
use super::contract_lines::lines_of_row;
use super::cost::LineCounts;
use super::fault_findings::blank;
use super::ledger::{BilledSeat, Proof};
use super::recover::at_renewal;
use crate::domain::{
    Account, Calendar, Cents, Commitment, CommitmentCost, Contract, Finding, FindingKind, InForce, PriceBook,
    Recoverable, ScoredLine, Term, Tier, add_months, counted,
};

/// Full months that the demand is taken from, and the fewest that say anything.
const MONTHS: i32 = 12;
const FEWEST_MONTHS: usize = 3;
/// Share of a month's days that must be known, in percent.
const MIN_KNOWN_PERCENT: u32 = 80;
/// A monthly line that takes longer to drop is not dropped each month.
const MONTHLY_NOTICE_DAYS: u32 = 31;

/// What commitments are weighed by.
pub(super) struct Committed<'a> {
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
    pub(super) fn commitments(&self) -> Vec<Commitment> {
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

    /// Lines paid for and not billed to anybody, and lines committed above the best number that no other finding names. `bills`
    /// are the invoices, newest first, as far as they are whole.
    pub(super) fn findings(&self, commitments: &[Commitment], bills: &[Proof]) -> Vec<Finding> {
        let mut findings = Vec::new();
        for contract in self.contracts.rows() {
            let Some(committed) = contract.committed_lines else {
                continue;
            };
            findings.extend(self.shortfall(contract, committed, bills));
        }
        let Some(newest) = bills.first() else {
            return findings;
        };
        let billed = |line: &ScoredLine| newest.seats.contains_key(&line.line.line_id);
        for commitment in commitments {
            let tiers: BTreeSet<Tier> = commitment.tiers.iter().copied().collect();
            let rows: Vec<&Contract> = self
                .annual()
                .filter(|row| row.committed_lines.is_some() && self.is_of(row, &tiers))
                .collect();
            findings.extend(self.excess(commitment, &rows, bills, billed));
        }
        findings
    }

    /// The lines that a bill bears under the contract, those that have left the list since among them. What it bills on
    /// another term pays for another contract.
    fn lines_on<'b>(&self, contract: &Contract, bill: &'b Proof) -> BTreeSet<&'b str> {
        let is_its = |seat: &&BilledSeat| {
            let covering = self.contracts.covering(seat.contract_id.as_deref(), seat.tier);
            covering.is_some_and(|covering| std::ptr::eq(covering, contract))
                && seat.term.is_none_or(|term| term == contract.term)
        };
        let seats = bill.billed.iter().filter(is_its);
        seats.map(|seat| seat.line_id.as_str()).collect()
    }

    /// How many seats a bill bears under the contract.
    fn billed_under(&self, contract: &Contract, bill: &Proof) -> u32 {
        let lines = self.lines_on(contract, bill);
        let left_out = bill.left_out.iter().map(|(sharing, left_out)| {
            let own = lines.iter().filter(|line_id| sharing.contains(**line_id));
            own.count().min(*left_out)
        });
        // Whose row could not be used may be any of the contract's.
        let may_be_its = |(tier, term): &&(Option<Tier>, Option<Term>)| {
            term.is_none_or(|term| term == contract.term)
                && tier.is_none_or(|tier| contract.covers_tier(Some(tier)))
        };
        let of_unread = bill.of_unread.iter().filter(may_be_its).count();
        (lines.len() + of_unread).saturating_sub(left_out.sum()) as u32
    }

    fn shortfall(&self, contract: &Contract, committed: u32, bills: &[Proof]) -> Option<Finding> {
        let missing_on = |bill: &Proof| {
            let missing = committed.checked_sub(self.billed_under(contract, bill))?;
            Some(missing).filter(|missing| *missing > 0 && contract.start_on <= bill.period_start)
        };
        let newest = bills.first()?;
        let billed = self.billed_under(contract, newest);
        let missing = committed.checked_sub(billed).filter(|missing| *missing > 0)?;
        let earlier: u32 = bills[1..].iter().map_while(missing_on).sum();
        let here = self.covered(contract).map(|line| line.line.line_id.as_str());
        let all = here
            .chain(self.lines_on(contract, newest))
            .collect::<BTreeSet<_>>()
            .len();
        let price = contract.unit_price.or_else(|| {
            let tier = contract.tier?;
            let lines = self.counts.get(tier, contract.term);
            self.book.price_on(tier, contract.term, self.as_of, lines)
        })?;
        let tier = contract.tier.map_or("", Tier::as_str);
        let renewal = at_renewal(contract, self.as_of);
        let amount = price.times(i64::from(missing));
        let currency = self.account.currency;
        Some(Finding {
            finding_id: finding_id(
                FindingKind::CommitmentShortfall,
                &[&self.account.account_id, &contract.contract_id, tier],
            ),
            contract_id: Some(contract.contract_id.clone()),
            subject: format!(
                "contract {}: {} not used",
                contract.contract_id,
                counted(missing, "committed line is", "committed lines are")
            ),
            evidence: format!(
                "Contract {} commits to {}, and {billed} of its {all} {} billed under it: {missing} at {currency} \
                 {price} are {currency} {amount} a month, due whether they are there or not. Fill them before a line is bought \
                 elsewhere, or commit to fewer at renewal.",
                contract.contract_id,
                lines_of(tier, committed),
                if billed == 1 { "is" } else { "are" },
            ),
            monthly_amount: amount,
            amount_to_date: amount + price.times(i64::from(earlier)),
            recoverable: Recoverable::AtRenewal,
            recoverable_on: renewal.recoverable_on,
            notice_by: renewal.notice_by,
            ..blank(FindingKind::CommitmentShortfall, self.account, self.as_of)
        })
    }

    /// Only what is committed beyond the best number and beyond lines that stand in the list already: one line, one bucket.
    fn excess(
        &self,
        commitment: &Commitment,
        rows: &[&Contract],
        bills: &[Proof],
        billed: impl Fn(&ScoredLine) -> bool,
    ) -> Option<Finding> {
        // The first that can be changed.
        let renewals = rows
            .iter()
            .map(|row| (at_renewal(row, self.as_of), &row.contract_id));
        let (renewal, contract_id) = renewals.min_by_key(|(renewal, _)| {
            let day = renewal.notice_by.or(renewal.recoverable_on);
            (day.is_none(), day, renewal.recoverable_on)
        })?;
        let today = commitment.today?;
        let lines = || {
            rows.iter()
                .flat_map(|row| self.covered(row))
                .filter(|line| billed(line))
        };
        let wasted = lines().filter(|line| line.verdict.is_waste()).count() as u32;
        let counted = today.lines.min(lines().count() as u32).saturating_sub(wasted);
        let cost_of = |lines: u32| {
            commitment
                .curve
                .get(lines as usize)
                .map(|point: &CommitmentCost| point.cost)
        };
        let excess = cost_of(counted.max(commitment.best.lines))? - commitment.best.cost;
        let monthly = excess.ratio(1, commitment.demand.len() as i64);
        if today.lines <= commitment.best.lines || monthly <= Cents::ZERO {
            return None;
        }
        // The months that it was reckoned from, as far as today's contracts go back.
        let began = rows.iter().map(|row| row.start_on).max();
        let reckoned = commitment.demand.first().map(|(month, _)| *month);
        let since = began.max(reckoned);
        let months_billed = bills
            .iter()
            .take_while(|bill| since.is_none_or(|since| bill.period_start >= since))
            .count();
        let tiers: Vec<&str> = commitment.tiers.iter().map(|tier| tier.as_str()).collect();
        let tiers = tiers.join(" and ");
        let currency = self.account.currency;
        let committed = lines_of(&format!("committed {tiers}"), today.lines);
        Some(Finding {
            finding_id: finding_id(FindingKind::CommitmentExcess, &[&self.account.account_id, &tiers]),
            contract_id: Some(contract_id.clone()),
            subject: format!(
                "{tiers}: {} committed, {} would be best",
                crate::domain::counted(today.lines, "line", "lines"),
                commitment.best.lines
            ),
            evidence: format!(
                "Over {}, {} cost {currency} {}, and {} would have cost {currency} {} (between \
                 {} and {} by resampling the months). What other findings name of it taken off, {currency} {monthly} a month is \
                 left.",
                crate::domain::counted(commitment.demand.len() as u32, "full month", "full months"),
                committed,
                today.cost,
                commitment.best.lines,
                commitment.best.cost,
                commitment.low,
                commitment.high,
            ),
            monthly_amount: monthly,
            amount_to_date: monthly.times(months_billed.max(1) as i64),
            recoverable: Recoverable::AtRenewal,
            recoverable_on: renewal.recoverable_on,
            notice_by: renewal.notice_by,
            confidence: if today.lines > commitment.high {
                "high"
            } else {
                "low"
            }
            .to_owned(),
            ..blank(FindingKind::CommitmentExcess, self.account, self.as_of)
        })
    }
}

/// `12 premium lines`.
fn lines_of(what: &str, count: u32) -> String {
    let told = counted(count, &format!("{what} line"), &format!("{what} lines"));
    told.replace("  ", " ")
}
