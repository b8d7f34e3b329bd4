//! The findings of moves, and the sentences that a person can check. No names in them.

use super::{Candidate, Planned, Proposal, RightSizing};
use crate::domain::{Action, Cents, Finding, FindingKind, FindingState, Recoverable};
use crate::steps::finding::right_size_id;

/// Decisions that no cheaper tier can follow.
pub(super) fn unfollowed(candidates: &[Candidate<'_>]) -> Vec<String> {
    let stuck = candidates
        .iter()
        .filter(|candidate| candidate.is_decided && candidate.without.is_none());
    stuck
        .map(|candidate| {
            format!(
                "Extension {}: it was decided to downgrade it, but no cheaper tier covers what it is seen to use.",
                candidate.line.line.extension
            )
        })
        .collect()
}

impl RightSizing<'_> {
    /// `billed` is the difference on the invoices of the days that were looked at.
    pub(super) fn finding(&self, proposal: &Proposal<'_, '_>, billed: Cents) -> Finding {
        let line = &proposal.candidate.line.line;
        let recovery = Some(&proposal.candidate.recovery).filter(|_| proposal.is_booked);
        Finding {
            finding_id: right_size_id(line),
            kind: FindingKind::RightSize,
            account_id: line.account_id.clone(),
            line_id: Some(line.line_id.clone()),
            extension: Some(line.extension.clone()),
            invoice_id: self.invoice_id.map(str::to_owned),
            contract_id: None,
            subject: format!("extension {}: {} may do", line.extension, proposal.way.target),
            evidence: self.evidence(proposal),
            monthly_amount: proposal.net(),
            amount_to_date: billed,
            currency: self.currency,
            recoverable: recovery.map_or(Recoverable::None, |recovery| recovery.bucket),
            recoverable_on: recovery.and_then(|recovery| recovery.recoverable_on),
            notice_by: recovery.and_then(|recovery| recovery.notice_by),
            confidence: match (proposal.is_booked, proposal.way.not_seen.is_empty()) {
                (true, _) => "high",
                (false, false) => "medium",
                (false, true) => "low",
            }
            .to_owned(),
            action: match proposal.is_booked {
                true => Action::Downgrade,
                false => Action::AskHolder,
            },
            first_seen: self.as_of,
            state: FindingState::Identified,
            decided: None,
        }
    }

    /// "No handset registered. Mobile at USD 13.99 covers it: 20.99 - 13.99 = 7.00 a month."
    pub(super) fn evidence(&self, proposal: &Proposal<'_, '_>) -> String {
        let Proposal { candidate, way, .. } = proposal;
        let mut words = String::new();
        let mut say = |sentence: String| {
            if !words.is_empty() {
                words.push(' ');
            }
            words.push_str(&sentence);
        };
        if !way.not_seen.is_empty() {
            say(format!("{}.", capital(&way.not_seen.join("; "))));
        }
        if !way.kept.is_empty() {
            say(format!(
                "It needs what {} has: {}.",
                way.target,
                way.kept.join("; ")
            ));
        }
        let (target, price) = (capital(way.target.as_str()), self.money(way.price));
        say(format!(
            "{target} at {price} covers it: {} - {} = {} a month.",
            candidate.pays, way.price, way.saving
        ));
        if proposal.takes_addon || way.by_addon.is_some() {
            say(self.addon_words(proposal));
        }
        match (proposal.is_booked, candidate.is_decided) {
            (true, true) if !way.unknown.is_empty() => {
                say(format!(
                    "Decided, though nothing shows whether it needs {}.",
                    listed(&way.unknown)
                ));
            }
            (false, _) if way.unknown.is_empty() => {
                say("The proven moves alone do not pay for that.".to_owned())
            }
            (false, _) => say(format!(
                "Nothing shows whether it needs {}: ask its holder.",
                listed(&way.unknown)
            )),
            _ => {}
        }
        if let Some(question) = candidate
            .recovery
            .question
            .as_ref()
            .filter(|_| proposal.is_booked)
        {
            say(format!("From when it saves is open: {question}"));
        }
        words
    }

    /// What the line gives up to the add-on of the account.
    fn addon_words(&self, proposal: &Proposal<'_, '_>) -> String {
        let Some((addon, feature)) = self.addon() else {
            return String::new();
        };
        let (name, feature) = (capital(&addon.name.replace('_', " ")), feature.replace('_', " "));
        let shown = proposal.way.by_addon.as_ref();
        let shown = shown.map_or_else(String::new, |words| format!(" ({words})"));
        match proposal.addon_share.is_zero() {
            true => format!("{name} for the whole account covers {feature}{shown}."),
            false => format!(
                "{name} for the whole account, to be bought at {}, covers {feature}{shown}; this line's share of it is {}, which leaves {}.",
                self.money(addon.price),
                proposal.addon_share,
                proposal.net()
            ),
        }
    }

    /// The arithmetic of the add-on, where it could make a difference.
    pub(super) fn addon_notice(
        &self,
        candidates: &[Candidate<'_>],
        booked: &Planned,
        asked: &Planned,
    ) -> Option<String> {
        let (addon, feature) = self.addon()?;
        let (name, price) = (capital(&addon.name.replace('_', " ")), self.money(addon.price));
        let feature = feature.replace('_', " ");
        if self.addon_is_billed {
            let rely = |candidate: &&Candidate<'_>| {
                candidate
                    .without
                    .as_ref()
                    .is_some_and(|way| way.by_addon.is_some())
            };
            let rely = candidates.iter().filter(rely).count();
            return (rely > 0).then(|| {
                format!("{name} is billed already ({price}) and has to stay if lines move: {feature} is used by {rely} of them.")
            });
        }
        let (planned, condition) = match (booked.differs(), asked.differs()) {
            (true, _) => (booked, ""),
            (false, true) if !booked.plan.buys_addon => (asked, ", if the holders agree"),
            _ => return None,
        };
        let plan = &planned.plan;
        let verdict = match plan.buys_addon {
            true => "Buy it",
            false => "It is not worth it",
        };
        Some(format!(
            "{name} would let lines that use {feature} move to a cheaper tier{condition}: {} - {} = {} a month with it, {} without. \
             {verdict}{}.",
            plan.with,
            addon.price,
            plan.with - addon.price,
            plan.without,
            self.break_even(planned, addon.price).unwrap_or_default()
        ))
    }

    /// From how many lines on the add-on pays, where each saves as much.
    fn break_even(&self, planned: &Planned<'_, '_>, price: Cents) -> Option<String> {
        let gains = planned.of.iter().filter_map(|candidate| {
            let without = candidate.without.as_ref().map_or(Cents::ZERO, |way| way.saving);
            Some(candidate.with.as_ref()?.saving - without).filter(|gain| *gain > Cents::ZERO)
        });
        let gains: Vec<Cents> = gains.collect();
        let gain = *gains
            .first()
            .filter(|first| gains.iter().all(|gain| gain == *first))?;
        let from = price.0.checked_div(gain.0)? + 1;
        Some(format!(
            ": at {gain} a line it pays from {from} lines on, and {} can move",
            gains.len()
        ))
    }

    fn money(&self, amount: Cents) -> String {
        format!("{} {amount}", self.currency)
    }
}

impl Planned<'_, '_> {
    /// Whether the add-on was weighed and would change the moves.
    fn differs(&self) -> bool {
        self.addon_price.is_some_and(|price| price > Cents::ZERO) && self.plan.with != self.plan.without
    }
}

fn listed(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
