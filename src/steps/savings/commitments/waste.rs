//! What commitments cost beyond what is used: lines paid for that nobody has, and more lines committed than are best.

use std::collections::BTreeSet;

use super::Committed;
use crate::domain::{
    Cents, Commitment, CommitmentCost, Contract, Finding, FindingKind, Recoverable, ScoredLine, Term, Tier,
    counted,
};
use crate::steps::bill::proof::{BilledSeat, Proof};
use crate::steps::finding::blank;
use crate::steps::finding::finding_id;
use crate::steps::savings::recover::at_renewal;

impl Committed<'_> {
    /// Lines paid for and not billed to anybody, and lines committed above the best number that no other finding names. `bills`
    /// are the invoices, newest first, as far as they are whole.
    pub(in crate::steps) fn findings(&self, commitments: &[Commitment], bills: &[Proof]) -> Vec<Finding> {
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
        let held = today.lines.min(lines().count() as u32).saturating_sub(wasted);
        let cost_of = |lines: u32| {
            commitment
                .curve
                .get(lines as usize)
                .map(|point: &CommitmentCost| point.cost)
        };
        let excess = cost_of(held.max(commitment.best.lines))? - commitment.best.cost;
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
                counted(today.lines, "line", "lines"),
                commitment.best.lines
            ),
            evidence: format!(
                "Over {}, {} cost {currency} {}, and {} would have cost {currency} {} (between \
                 {} and {} by resampling the months). What other findings name of it taken off, {currency} {monthly} a month is \
                 left.",
                counted(commitment.demand.len() as u32, "full month", "full months"),
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
