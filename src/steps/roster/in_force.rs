//! Which decisions hold tonight: those on lines, those on findings, and the job's standing rules.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;

use crate::domain::{ByLine, Decision, DecisionKind, FindingKind, KeepRule, LapsedKeep, Line};
use crate::steps::finding::waste_line_id;
use crate::steps::roster::line_ids::is_id_of;
use crate::steps::roster::normalise::{in_range, same};

/// The ids of the lines on which a keep was in force on a day in the past.
pub fn keeps_on(
    lines: &[Line],
    decisions: &[Decision],
    rules: &[KeepRule],
    day: NaiveDate,
) -> HashSet<String> {
    settle_decisions(lines, decisions, rules, day, &mut Vec::new())
        .into_ids()
        .filter(|(_, made)| made.decision == DecisionKind::Keep)
        .map(|(line_id, _)| line_id.to_owned())
        .collect()
}

/// The decision in force on each line, else a standing rule.
pub(in crate::steps) fn settle_decisions<'a>(
    lines: &'a [Line],
    decisions: &[Decision],
    rules: &[KeepRule],
    as_of: NaiveDate,
    notices: &mut Vec<String>,
) -> ByLine<'a, Decision> {
    let mut by_line: HashMap<&str, Vec<&Decision>> = HashMap::new();
    // A row of findings.csv names its line too, but decides on the finding; a cheaper tier is the line's wherever it is written.
    let of_lines =
        |decision: &&Decision| decision.finding_id.is_none() || decision.decision == DecisionKind::Downgrade;
    for decision in decisions.iter().filter(of_lines) {
        match decision.line_id.as_deref() {
            Some(line_id) if lines.iter().any(|line| line.line_id == line_id) => {
                by_line.entry(line_id).or_default().push(decision)
            }
            Some(line_id) => notices.push(format!(
                "The decision on line {line_id} ({}) fits no line; it was not used.",
                decision.origin
            )),
            None => {}
        }
    }
    let mut in_force = |line: &Line| {
        let made = by_line.remove(line.line_id.as_str()).unwrap_or_default();
        newest_in_force(made, notices, |decision, told| holds(decision, line, as_of, told))
            .cloned()
            .or_else(|| standing(line, rules, as_of))
    };
    lines
        .iter()
        .filter_map(|line| Some((line, in_force(line)?)))
        .collect()
}

#[derive(PartialEq)]
enum Holds {
    Tonight,
    /// It has lapsed, or is dated in the future.
    OnOtherDays,
    Never,
}

/// Of the decisions on one thing the newest that holds. Newer ones tell why they do not, older ones tell nothing. Against a newer
/// one that holds on other days only one holds that leaves things as they are: somebody has thought again since.
fn newest_in_force<'d>(
    mut made: Vec<&'d Decision>,
    notices: &mut Vec<String>,
    holds: impl Fn(&Decision, &mut Vec<String>) -> Holds,
) -> Option<&'d Decision> {
    made.sort_by_key(|decision| Reverse(decision.age()));
    let mut has_thought_again = false;
    for (at, decision) in made.iter().enumerate() {
        let mut told = Vec::new();
        let holds_tonight = holds(decision, &mut told);
        if !has_thought_again {
            notices.append(&mut told);
        }
        has_thought_again |= holds_tonight == Holds::OnOtherDays;
        if holds_tonight == Holds::Tonight && (decision.decision.sets_aside() || !has_thought_again) {
            let contradicts = |other: &&&Decision| {
                other.age() == decision.age()
                    && other.decision != decision.decision
                    && holds(other, &mut Vec::new()) == Holds::Tonight
            };
            notices.extend(made[at + 1..].iter().find(contradicts).map(|other| {
                format!(
                    "The decision to {} ({}) is as new as the one to {} ({}), which was used; write which of them holds.",
                    other.decision, other.origin, decision.decision, decision.origin
                )
            }));
            return Some(decision);
        }
    }
    None
}

/// The keep that was the last word on a line, where it has lapsed: somebody once had a reason. Decisions on what was found of
/// its use count too, and after them the job's standing rules.
pub(in crate::steps) fn lapsed_keep(
    line: &Line,
    decisions: &[Decision],
    rules: &[KeepRule],
    as_of: NaiveDate,
) -> Option<LapsedKeep> {
    let found = waste_line_id(line);
    let is_on_its_use = |made: &&Decision| match made.finding_id.as_deref() {
        Some(finding_id) => finding_id == found,
        None => made.line_id.as_deref() == Some(line.line_id.as_str()),
    };
    let has_lapsed = |made: &Decision| {
        made.decision == DecisionKind::Keep && made.expires_on.is_some_and(|until| until < as_of)
    };
    let mut unsaid = Vec::new();
    let mut of_holder: Vec<&Decision> = decisions
        .iter()
        .filter(is_on_its_use)
        .filter(|made| another_holder(made, line).is_none())
        .filter(|made| has_lapsed(made) || stands(made, "", as_of, &mut unsaid) == Holds::Tonight)
        .collect();
    of_holder.sort_by_key(|made| (made.age(), &made.owner));
    let is_kept = |made: &&Decision| made.decision == DecisionKind::Keep && !has_lapsed(made);
    if of_holder.iter().any(is_kept) {
        return None;
    }
    if let Some(newest) = of_holder.last() {
        return has_lapsed(newest).then_some(LapsedKeep {
            until: newest.expires_on?,
            owner: newest.owner.clone(),
        });
    }
    let of_line = rules.iter().filter(|rule| covers(rule, line));
    let until = of_line.map(|rule| rule.expires_on).max()?;
    (until < as_of).then_some(LapsedKeep { until, owner: None })
}

/// Why a decision is on somebody who had the line before its holder; none where it is on the holder.
fn another_holder(decision: &Decision, line: &Line) -> Option<String> {
    let printed = decision
        .holder
        .as_deref()
        .filter(|holder| !holder.trim().is_empty());
    // Wrongly kept costs money, wrongly removed a phone.
    let may_be_its = |holder: &str| decision.decision.sets_aside() && line.may_be_held_by(holder);
    if printed.is_some_and(|holder| !line.is_held_by(holder) && !may_be_its(holder)) {
        return Some(
            " names another holder than the line has now; it was not used. Has the sheet shifted?".to_owned(),
        );
    }
    let since = line.seat_since?;
    let is_older = decision.decided_on.is_some_and(|decided| decided < since);
    is_older.then(|| format!(" is older than the line's holder (since {since}) and has lapsed."))
}

/// Whether a decision is in force on the line; what is not is told.
fn holds(decision: &Decision, line: &Line, as_of: NaiveDate, notices: &mut Vec<String>) -> Holds {
    let what = format!(
        "The decision to {} line {} ({})",
        decision.decision, line.line_id, decision.origin
    );
    if let Some(why) = another_holder(decision, line) {
        notices.push(format!("{what}{why}"));
        return Holds::Never;
    }
    if decision.decision == DecisionKind::Dispute {
        notices.push(format!(
            "{what} was not used: what is wrong with a charge is decided by its own id, in findings.csv."
        ));
        return Holds::Never;
    }
    stands(decision, &what, as_of, notices)
}

/// Whether a decision says all that it must, has begun and has not lapsed; what does not stand is told.
fn stands(decision: &Decision, what: &str, as_of: NaiveDate, notices: &mut Vec<String>) -> Holds {
    let keeps = decision.decision == DecisionKind::Keep;
    let missing = match decision {
        // Nothing is taken from anybody by a keep, so it holds without a name under it.
        Decision { expires_on: None, .. } if keeps => Some("has no expires_on; a keep needs one"),
        Decision { owner: None, .. } if !keeps => Some("does not say who decided (owner)"),
        Decision { decided_on: None, .. } if !keeps => Some("does not say when it was decided (decided_on)"),
        Decision { reason: None, .. } if decision.decision == DecisionKind::Dismiss => {
            Some("gives no reason")
        }
        _ => None,
    };
    if let Some(missing) = missing {
        notices.push(format!("{what} {missing}; it was not used."));
        return Holds::Never;
    }
    if let Some(day) = decision.expires_on.filter(|day| *day < as_of) {
        notices.push(format!(
            "{what} lapsed on {day}: decide again, or it is judged as if nobody had decided."
        ));
        return Holds::OnOtherDays;
    }
    if let Some(day) = decision.decided_on.filter(|day| *day > as_of) {
        notices.push(format!(
            "{what} is dated {day}, which is still to come; it holds from then on."
        ));
        return Holds::OnOtherDays;
    }
    Holds::Tonight
}

/// What is known of a finding that a decision names.
#[derive(Debug, Clone, Copy)]
pub struct Named<'a> {
    pub kind: FindingKind,
    pub line_id: Option<&'a str>,
}

/// The decision in force on each finding: by its id, the newest that stands. `named` tells of which kind and line a finding is;
/// a decision on no finding, on another line's, or in a word that settles nothing of its kind is told and not used.
pub fn on_findings<'d, 'n>(
    decisions: &'d [Decision],
    named: impl Fn(&str) -> Option<Named<'n>>,
    as_of: NaiveDate,
    notices: &mut Vec<String>,
) -> HashMap<&'d str, &'d Decision> {
    let mut by_finding: BTreeMap<&str, Vec<&Decision>> = BTreeMap::new();
    for decision in decisions {
        if let Some(finding_id) = decision.finding_id.as_deref() {
            by_finding.entry(finding_id).or_default().push(decision);
        }
    }
    by_finding
        .into_iter()
        .filter_map(|(finding_id, made)| {
            let finding = named(finding_id);
            let holds = |decision: &Decision, told: &mut Vec<String>| {
                holds_on_finding(decision, finding_id, finding, as_of, told)
            };
            Some((finding_id, newest_in_force(made, notices, holds)?))
        })
        .collect()
}

/// Whether a decision is in force on the finding; what is not is told.
fn holds_on_finding(
    decision: &Decision,
    finding_id: &str,
    finding: Option<Named<'_>>,
    as_of: NaiveDate,
    notices: &mut Vec<String>,
) -> Holds {
    let what = format!(
        "The decision to {} finding {finding_id} ({})",
        decision.decision, decision.origin
    );
    let Some(finding) = finding else {
        notices.push(format!("{what} fits no finding; it was not used."));
        return Holds::Never;
    };
    let other_line = decision
        .line_id
        .as_deref()
        .filter(|line_id| !finding.line_id.is_some_and(|own| is_id_of(line_id, own)));
    if let Some(line_id) = other_line {
        notices.push(format!(
            "{what} stands beside line {line_id}, which is not the finding's; it was not used. Has the sheet shifted?"
        ));
        return Holds::Never;
    }
    if !finding.kind.is_settled_by(decision.decision) {
        notices.push(format!(
            "{what} was not used: a finding of kind {} is not settled by {}.",
            finding.kind, decision.decision
        ));
        return Holds::Never;
    }
    stands(decision, &what, as_of, notices)
}

fn covers(rule: &KeepRule, line: &Line) -> bool {
    same(&rule.department, &line.department)
        && same(&rule.role, &line.role)
        && in_range(&line.extension, rule.extensions)
        && same(&rule.location, &line.location)
}

pub(in crate::steps) fn standing(line: &Line, rules: &[KeepRule], as_of: NaiveDate) -> Option<Decision> {
    let fits = |rule: &&KeepRule| rule.expires_on >= as_of && covers(rule, line);
    let longest = rules.iter().filter(fits).max_by_key(|rule| rule.expires_on);
    longest.map(|rule| Decision {
        account_id: line.account_id.clone(),
        line_id: Some(line.line_id.clone()),
        finding_id: None,
        decision: DecisionKind::Keep,
        reason: Some(rule.reason.clone()),
        owner: None,
        decided_on: None,
        expires_on: Some(rule.expires_on),
        holder: None,
        origin: format!("standing rule keep.{}", rule.name),
    })
}
