//! Decisions brought to findings and their money: what is dismissed, approved, or came to nothing.

use std::collections::{BTreeSet, HashMap};

use crate::domain::{
    ByLine, Cents, CostSource, Decision, Finding, FindingKind, FindingState, LedgerEntry, Line, LineCost,
    ScoredLine,
};
use crate::steps::bill::audit::ChargeFault;
use crate::steps::bill::audited::Audited;
use crate::steps::bill::proof::Proof;
use crate::steps::findings::ledger::{Tonight, ledger};
use crate::steps::input::AccountInput;
use crate::steps::right_size::Seats;
use crate::steps::roster::in_force::{Named, on_findings};

/// What is asked back as a price too high is no longer saved by leaving: each cent of a line stands in one place.
pub(in crate::steps) fn take_off_overcharges(
    costs: &mut ByLine<'_, LineCost>,
    newest: Option<&Audited<'_>>,
    input: &AccountInput<'_>,
) {
    let named = |id: &str| {
        let (row, fault) = newest?
            .charges
            .iter()
            .filter_map(|row| Some((row, row.fault.as_ref()?)))
            .find(|(_, fault)| fault.finding_id == id)?;
        let line_id = row.line().map(|line| line.line_id.as_str());
        Some(Named {
            kind: fault.kind,
            line_id: line_id.filter(|_| fault.kind != FindingKind::PromotionEnded),
        })
    };
    let decisions = on_findings(input.decisions, named, input.as_of, &mut Vec::new());
    let is_dismissed = |fault: &ChargeFault<'_>| {
        let made = decisions.get(fault.finding_id.as_str());
        made.is_some_and(|made| made.decision.sets_aside())
    };
    for fault in newest
        .into_iter()
        .flat_map(Audited::faults)
        .filter(|fault| !fault.kind.is_whole_charge() && fault.kind != FindingKind::ProrationError)
        .filter(|fault| !is_dismissed(fault))
    {
        for (line, monthly) in &fault.of_lines {
            if let Some(cost) = costs.get_mut(line) {
                cost.overcharge += *monthly;
            }
        }
    }
}

/// What a promotion takes off a line that it names is not saved by leaving.
pub(in crate::steps) fn take_off_promotions(
    costs: &mut ByLine<'_, LineCost>,
    lines: &[&Line],
    seats: &Seats<'_>,
) {
    for line in lines {
        if let Some(cost) = costs
            .get_mut(line)
            .filter(|cost| cost.source == Some(CostSource::Invoice) && cost.seat_cost > Cents::ZERO)
        {
            cost.promotion = seats
                .of_line(line)
                .promotion
                .max(-cost.seat_cost)
                .min(Cents::ZERO);
        }
    }
}

/// Decisions on findings and lines, and the ledger that follows from them.
pub(in crate::steps) fn update_ledger(
    input: &AccountInput<'_>,
    scored: &[ScoredLine],
    proof: Option<&Proof>,
    findings: &mut [Finding],
    notices: &mut Vec<String>,
) -> Vec<LedgerEntry> {
    let known: HashMap<&str, Named> = input
        .ledger
        .iter()
        .map(|entry| (entry.finding_id.as_str(), entry.kind, entry.line_id.as_deref()))
        .chain(
            findings
                .iter()
                .map(|f| (f.finding_id.as_str(), f.kind, f.line_id.as_deref())),
        )
        .map(|(id, kind, line_id)| (id, Named { kind, line_id }))
        .collect();
    let named = |id: &str| known.get(id).copied();
    let by_finding = on_findings(input.decisions, named, input.as_of, notices);
    let by_line: HashMap<&str, &Decision> = input
        .roster
        .lines
        .iter()
        .filter_map(|line| Some((line.line_id.as_str(), input.roster.decision_of(line)?)))
        .collect();
    let tonight = Tonight {
        lines: scored
            .iter()
            .map(|line| (line.line.line_id.as_str(), line))
            .collect(),
        on_findings: &by_finding,
        on_lines: &by_line,
        proof,
        as_of: input.as_of,
    };
    let settled = ledger(input.ledger, findings, &tonight);
    notices.extend(unsettled(input.ledger, &settled, findings, &by_line));
    settled
}

/// Decisions that came to nothing: lines that are used again before the step was taken, and words that do not fit.
fn unsettled(
    before: &[LedgerEntry],
    after: &[LedgerEntry],
    findings: &[Finding],
    by_line: &HashMap<&str, &Decision>,
) -> Vec<String> {
    let approved: BTreeSet<&str> = before
        .iter()
        .filter(|entry| entry.state == FindingState::Approved)
        .map(|entry| entry.finding_id.as_str())
        .collect();
    let lapsed = after
        .iter()
        .filter(|entry| entry.state == FindingState::Expired && approved.contains(entry.finding_id.as_str()));
    let mut notices: Vec<String> = lapsed
        .map(|entry| {
            format!(
                "What was decided on line {} is off: it is no longer found idle. Nothing is taken.",
                entry.line_id.as_deref().unwrap_or_default()
            )
        })
        .collect();
    for finding in findings.iter().filter(|finding| finding.kind.is_waste_line()) {
        let made = finding
            .line_id
            .as_deref()
            .and_then(|line_id| by_line.get(line_id));
        if let Some(made) = made.filter(|made| !finding.kind.is_settled_by(made.decision)) {
            notices.push(format!(
                "The decision to {} line {} ({}) was not used: nobody uses the line, so it is reclaimed, reassigned or kept.",
                made.decision,
                finding.line_id.as_deref().unwrap_or_default(),
                made.origin
            ));
        }
    }
    notices
}
