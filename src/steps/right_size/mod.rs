//! Lines in use that pay for a tier they are not seen to need, as one problem for each account.
//! A move that rests on something the data cannot show is a question to the holder and saves nothing yet.

mod need;
pub mod plan;
mod seats;
mod told;
mod ways;

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

pub use self::need::{Need, Shows};
use self::plan::{Choice, Plan, best_plan, shares};
pub use self::seats::Seat;
pub(in crate::steps) use self::seats::{Seats, covering_addon_row};
use self::ways::Way;
use crate::domain::{
    Action, Addon, Cents, Contract, Currency, DecisionKind, Finding, InForce, Line, PriceBook, Recoverable,
    ScoredLine, Tier, Verdict,
};
use crate::steps::bill::contract_lines::lines_of_row;
use crate::steps::bill::cost::LineCounts;
use crate::steps::savings::recover::{Recovery, recovery};

/// What an account's lines are held against.
pub struct RightSizing<'a> {
    pub currency: Currency,
    pub shows: Shows<'a>,
    pub contracts: InForce<'a>,
    /// In the account's currency.
    pub book: &'a PriceBook,
    pub counts: &'a LineCounts,
    /// The add-on that covers a tier's feature is on the newest invoice.
    pub addon_is_billed: bool,
    pub invoice_id: Option<&'a str>,
    pub as_of: NaiveDate,
    pub next_period: NaiveDate,
}

/// What came of it beside the lines.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct RightSized {
    /// One for each line that can move or be asked about.
    pub findings: Vec<Finding>,
    /// Of them, the ids of those that need the account's add-on, which is billed already.
    pub rest_on_addon: HashSet<String>,
    /// The booked differences as billed on the newest invoice: out of `in_use`, into `right_size`.
    pub billed_difference: Cents,
    /// The arithmetic of the add-on, and decisions that could not be followed.
    pub notices: Vec<String>,
}

/// A line that may move, and how.
struct Candidate<'a> {
    line: &'a ScoredLine,
    seat: Seat,
    pays: Cents,
    is_decided: bool,
    recovery: Recovery,
    room: Option<usize>,
    /// As the account is.
    without: Option<Way>,
    /// Once the add-on is bought.
    with: Option<Way>,
}

/// What becomes of a line.
struct Proposal<'c, 'a> {
    candidate: &'c Candidate<'a>,
    way: &'c Way,
    /// Its part of the add-on that is to be bought.
    addon_share: Cents,
    takes_addon: bool,
    is_booked: bool,
}

impl Proposal<'_, '_> {
    /// Of a month, the add-on's share taken off.
    fn net(&self) -> Cents {
        self.way.saving - self.addon_share
    }
}

/// Proposes the set of moves with the greatest net saving and writes it into the lines.
pub fn right_size(
    lines: &mut [ScoredLine],
    seat_of: impl Fn(&Line) -> Seat,
    account: &RightSizing<'_>,
) -> RightSized {
    let mut done = RightSized::default();
    let mut outcomes: HashMap<String, Outcome> = HashMap::new();
    let candidates = account.candidates(lines, seat_of);
    let (booked, asked) = account.plans(lines, &candidates);
    done.notices.extend(told::unfollowed(&candidates));
    done.notices
        .extend(account.addon_notice(&candidates, &booked, &asked));
    for (planned, is_booked) in [(&booked, true), (&asked, false)] {
        for proposal in planned.proposals(is_booked) {
            let Candidate { line, seat, .. } = proposal.candidate;
            let difference = match is_booked {
                true => seat.billed_part(proposal.net(), line.cost.tier_price),
                false => Cents::ZERO,
            };
            done.billed_difference += difference;
            let to_date = match is_booked {
                true => seat.billed_to_date(proposal.net(), line.cost.tier_price),
                false => Cents::ZERO,
            };
            let finding = account.finding(&proposal, to_date);
            if account.addon_is_billed && proposal.way.by_addon.is_some() {
                done.rest_on_addon.insert(finding.finding_id.clone());
            }
            done.findings.push(finding);
            let outcome = Outcome::of(&proposal, account.evidence(&proposal));
            outcomes.insert(line.line.line_id.clone(), outcome);
        }
    }
    for line in lines {
        if let Some(outcome) = outcomes.remove(&line.line.line_id) {
            outcome.write_into(line);
        }
    }
    done
}

/// What a line's row says of its move.
struct Outcome {
    target: Tier,
    saving: Cents,
    /// Bucket and dates, with the reason for the action list; none for a question.
    booked: Option<(Recovery, String)>,
}

impl Outcome {
    fn of(proposal: &Proposal<'_, '_>, evidence: String) -> Outcome {
        Outcome {
            target: proposal.way.target,
            saving: proposal.net(),
            booked: proposal
                .is_booked
                .then(|| (proposal.candidate.recovery.clone(), evidence)),
        }
    }

    /// A question leaves the line's own action alone: it is asked in the findings, not in the list of lines to act on.
    fn write_into(self, line: &mut ScoredLine) {
        line.target_tier = Some(self.target);
        if let Some((recovery, evidence)) = self.booked {
            line.action = Action::Downgrade;
            line.monthly_saving = self.saving;
            line.reason = format!("{} {evidence}", line.reason);
            line.recoverable = recovery.bucket;
            line.recoverable_on = recovery.recoverable_on;
            line.notice_by = recovery.notice_by;
        }
    }
}

/// A plan, with the candidates that its choices stand for, and what it pays for the add-on if it takes it.
struct Planned<'c, 'l> {
    plan: Plan,
    of: Vec<&'c Candidate<'l>>,
    addon_price: Option<Cents>,
}

impl<'c, 'l> Planned<'c, 'l> {
    /// The best plan of these candidates, by the ways that `count`.
    fn of(
        candidates: impl Iterator<Item = &'c Candidate<'l>>,
        counts: impl Fn(&Candidate<'_>, &Way) -> bool,
        rooms: &[u32],
        addon_price: Option<Cents>,
    ) -> Planned<'c, 'l> {
        let of: Vec<&Candidate> = candidates.collect();
        let choice = |candidate: &&Candidate<'l>| {
            let saving = |way: &Option<Way>| {
                let way = way.as_ref().filter(|way| counts(candidate, way));
                way.map(|way| way.saving)
            };
            Choice {
                line_id: candidate.line.line.line_id.clone(),
                without: saving(&candidate.without),
                with: saving(&candidate.with),
                room: candidate.room,
            }
        };
        let choices: Vec<Choice> = of.iter().map(choice).collect();
        Planned {
            plan: best_plan(&choices, rooms, addon_price),
            of,
            addon_price,
        }
    }

    fn moving(&self) -> impl Iterator<Item = &'c Candidate<'l>> {
        let moves = self.plan.moves.iter();
        moves.filter_map(|line| self.of.get(line.choice).copied())
    }

    fn proposals(&self, is_booked: bool) -> Vec<Proposal<'c, 'l>> {
        let takers = self.plan.moves.iter().filter(|line| line.takes_addon);
        let savings: Vec<Cents> = takers.map(|line| line.saving).collect();
        let mut parts = shares(self.addon_price.unwrap_or_default(), &savings).into_iter();
        let proposal = |line: &plan::Move| {
            let candidate = *self.of.get(line.choice)?;
            let (way, addon_share) = match line.takes_addon {
                true => (candidate.with.as_ref()?, parts.next()?),
                false => (candidate.without.as_ref()?, Cents::ZERO),
            };
            Some(Proposal {
                candidate,
                way,
                addon_share,
                takes_addon: line.takes_addon,
                is_booked,
            })
        };
        self.plan.moves.iter().filter_map(proposal).collect()
    }
}

impl Candidate<'_> {
    fn line_id(&self) -> &str {
        &self.line.line.line_id
    }

    /// Nothing that the data cannot show stands in the way, or somebody has decided all the same.
    fn is_proven(&self, way: &Way) -> bool {
        self.is_decided || way.unknown.is_empty()
    }
}

impl<'a> RightSizing<'a> {
    fn addon(&self) -> Option<(&'a Addon, &'a str)> {
        self.book.covering_addon(self.as_of)
    }

    /// Lines in use or on watch that are paid for, and that nobody has decided to keep or to take back.
    fn candidates<'l>(&self, lines: &'l [ScoredLine], seat_of: impl Fn(&Line) -> Seat) -> Vec<Candidate<'l>> {
        let candidate = |line: &'l ScoredLine| {
            let seat = seat_of(&line.line);
            let in_use = matches!(line.verdict, Verdict::InUse | Verdict::Watch);
            let is_decided = match line.decision {
                None | Some(DecisionKind::Dispute) => false,
                Some(DecisionKind::Downgrade) => true,
                Some(_) => return None,
            };
            let (tier, term) = (line.cost.tier?, line.cost.term?);
            if !in_use || seat.in_dispute || line.cost.tier_price <= Cents::ZERO {
                return None;
            }
            let contract = self
                .contracts
                .covering(line.line.contract_id.as_deref(), Some(tier));
            let recovery = recovery(
                &line.line,
                Some(tier),
                &self.contracts,
                self.as_of,
                self.next_period,
            );
            let pays = self.pays(line, &seat, tier, term);
            let without = self.way(line, pays, (tier, term), self.addon_is_billed);
            let with = (!self.addon_is_billed && self.addon().is_some())
                .then(|| self.way(line, pays, (tier, term), true))
                .flatten();
            Some(Candidate {
                line,
                seat,
                pays,
                is_decided,
                room: self.room_of(contract, &recovery),
                recovery,
                without,
                with,
            })
        };
        lines.iter().filter_map(candidate).collect()
    }

    /// A tier's own commitment is paid for until it ends, however its lines move.
    fn room_of(&self, contract: Option<&Contract>, recovery: &Recovery) -> Option<usize> {
        let contract = contract.filter(|row| row.tier.is_some() && row.committed_lines.is_some())?;
        let leaves_now = recovery.bucket == Recoverable::NextBill;
        let at = self
            .contracts
            .rows()
            .iter()
            .position(|row| std::ptr::eq(*row, contract))?;
        leaves_now.then_some(at)
    }

    /// For each contract row, how many lines may leave it beside the wasted ones that leave with the next bill.
    fn rooms(&self, lines: &[ScoredLine]) -> Vec<u32> {
        let room = |row: &Contract| {
            let stay = lines_of_row(row, &self.contracts, lines)
                .filter(|line| line.recoverable != Recoverable::NextBill)
                .count() as u32;
            stay.saturating_sub(row.committed_lines.unwrap_or(0))
        };
        self.contracts.rows().iter().copied().map(room).collect()
    }

    /// First what is proven, then what is left to ask, each for its greatest net saving.
    fn plans<'c, 'l>(
        &self,
        lines: &[ScoredLine],
        candidates: &'c [Candidate<'l>],
    ) -> (Planned<'c, 'l>, Planned<'c, 'l>) {
        let mut rooms = self.rooms(lines);
        let records =
            |candidate: &Candidate<'_>| candidate.with.as_ref().is_some_and(|way| way.by_addon.is_some());
        // Nobody is sold an add-on whose feature nobody is seen to use.
        let offered = candidates.iter().any(records).then(|| self.addon()).flatten();
        let price = offered.map(|(addon, _)| addon.price);
        let booked = Planned::of(
            candidates.iter(),
            |candidate, way| candidate.is_proven(way),
            &rooms,
            price,
        );
        let moved: Vec<&Candidate> = booked.moving().collect();
        for room in moved.iter().filter_map(|candidate| candidate.room) {
            rooms[room] -= 1;
        }
        let moved: HashSet<&str> = moved.iter().map(|candidate| candidate.line_id()).collect();
        let left = candidates
            .iter()
            .filter(|candidate| !moved.contains(candidate.line_id()));
        let price = match booked.plan.buys_addon {
            true => Some(Cents::ZERO),
            false => price,
        };
        let asked = Planned::of(left, |_, _| true, &rooms, price);
        (booked, asked)
    }
}
