//! Tables as read -> the account's lines as they are judged: kinds told, directory joined, decisions settled.

use std::collections::HashMap;

use chrono::NaiveDate;
use regex::Regex;

use super::line_keys::fold_user;
use crate::domain::{
    Decision, DecisionKind, DirectoryEntry, Holiday, KeepRule, Kind, KindRule, Line, Scoring,
};

/// One account's lines, in the order of their line ids, and who stands behind them.
#[derive(Debug, Clone, Default)]
pub struct Roster {
    /// Every line that ever held an extension, former holders included.
    pub lines: Vec<Line>,
    /// Users without an extension: no line, no cost.
    pub seatless_users: u32,
    /// By line index.
    pub directory: Vec<Option<DirectoryEntry>>,
    /// A keep that is valid on `as_of`, by line index.
    pub keeps: Vec<Option<Decision>>,
    /// The newest valid decision of any kind, by line index.
    pub decisions: Vec<Option<Decision>>,
    /// What the reader of the list should know: lapsed and refused decisions, directory entries that fit nobody.
    pub notices: Vec<String>,
}

/// Builds the roster of one account. Decisions and directory entries are those of the account.
pub fn roster(
    lines: Vec<Line>,
    directory: &[DirectoryEntry],
    decisions: &[Decision],
    scoring: &Scoring,
    as_of: NaiveDate,
) -> Result<Roster, regex::Error> {
    let kinds = KindRules::new(&scoring.kind_rules)?;
    let (mut lines, seatless): (Vec<Line>, Vec<Line>) =
        lines.into_iter().partition(|line| !line.extension.is_empty());
    lines.sort_by(|a, b| a.line_id.cmp(&b.line_id));
    let entries = join_directory(&lines, directory);
    for (line, entry) in lines.iter_mut().zip(&entries) {
        line.kind = line
            .kind
            .or_else(|| kinds.kind_of(line))
            .or(line.has_user().then_some(Kind::Person));
        if let Some(entry) = entry {
            line.department = line.department.take().or_else(|| entry.department.clone());
            line.cost_center = line.cost_center.take().or_else(|| entry.cost_center.clone());
            line.manager_email = line.manager_email.take().or_else(|| entry.manager_email.clone());
        }
    }
    let mut notices = Vec::new();
    let settled = settle_decisions(&lines, decisions, &scoring.keep_rules, as_of, &mut notices);
    let keeps = settled
        .iter()
        .map(|decision| decision.clone().filter(|d| d.decision == DecisionKind::Keep))
        .collect();
    Ok(Roster {
        lines,
        seatless_users: seatless.len() as u32,
        directory: entries,
        keeps,
        decisions: settled,
        notices,
    })
}

struct KindRules<'a>(Vec<(&'a KindRule, Option<Regex>)>);

impl<'a> KindRules<'a> {
    fn new(rules: &'a [KindRule]) -> Result<KindRules<'a>, regex::Error> {
        let compiled = rules.iter().map(|rule| {
            let pattern = rule.name_pattern.as_deref().map(Regex::new).transpose()?;
            Ok((rule, pattern))
        });
        Ok(KindRules(compiled.collect::<Result<_, _>>()?))
    }

    fn kind_of(&self, line: &Line) -> Option<Kind> {
        let name = line.user_name();
        let fits = |(rule, pattern): &&(&KindRule, Option<Regex>)| {
            let conditions =
                rule.name_pattern.is_some() || rule.extensions.is_some() || rule.location.is_some();
            conditions
                && pattern.as_ref().is_none_or(|pattern| pattern.is_match(&name))
                && in_range(&line.extension, rule.extensions)
                && same(&rule.location, &line.location)
        };
        self.0.iter().find(fits).map(|(rule, _)| rule.kind)
    }
}

fn in_range(extension: &str, range: Option<(u64, u64)>) -> bool {
    range.is_none_or(|(first, last)| {
        extension
            .parse::<u64>()
            .is_ok_and(|number| (first..=last).contains(&number))
    })
}

fn same(wanted: &Option<String>, found: &Option<String>) -> bool {
    wanted.as_ref().is_none_or(|wanted| {
        found
            .as_ref()
            .is_some_and(|found| found.eq_ignore_ascii_case(wanted))
    })
}

/// By folded e-mail, then login; never guessed. A former holder's entry is not the present holder's.
fn join_directory(lines: &[Line], directory: &[DirectoryEntry]) -> Vec<Option<DirectoryEntry>> {
    let by_email: HashMap<String, &DirectoryEntry> = directory
        .iter()
        .map(|entry| (fold_user(&entry.email), entry))
        .collect();
    let find = |key: &Option<String>| {
        key.as_ref()
            .and_then(|key| by_email.get(&fold_user(key)).copied())
    };
    lines
        .iter()
        .map(|line| find(&line.email).or_else(|| find(&line.login_name)).cloned())
        .collect()
}

/// Whether a keep was in force on each line on a day in the past.
pub fn keeps_on(lines: &[Line], decisions: &[Decision], rules: &[KeepRule], day: NaiveDate) -> Vec<bool> {
    let settled = settle_decisions(lines, decisions, rules, day, &mut Vec::new());
    let is_keep = |decision: Option<Decision>| decision.is_some_and(|d| d.decision == DecisionKind::Keep);
    settled.into_iter().map(is_keep).collect()
}

/// The decision in force on each line: the newest of those on the line that have not expired, else a standing rule.
fn settle_decisions(
    lines: &[Line],
    decisions: &[Decision],
    rules: &[KeepRule],
    as_of: NaiveDate,
    notices: &mut Vec<String>,
) -> Vec<Option<Decision>> {
    let mut by_line: HashMap<&str, Vec<&Decision>> = HashMap::new();
    for decision in decisions {
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
    let settle = |line: &Line| {
        let mut valid: Vec<&Decision> = by_line
            .get(line.line_id.as_str())
            .into_iter()
            .flatten()
            .copied()
            .filter(|d| holds(d, line, as_of, notices))
            .collect();
        valid.sort_by_key(|decision| decision.decided_on);
        valid
            .last()
            .map(|decision| (*decision).clone())
            .or_else(|| standing(line, rules, as_of))
    };
    lines.iter().map(settle).collect()
}

/// Whether a decision is in force on the line; what is not is told.
fn holds(decision: &Decision, line: &Line, as_of: NaiveDate, notices: &mut Vec<String>) -> bool {
    let what = format!(
        "The decision to {} line {} ({})",
        decision.decision, line.line_id, decision.origin
    );
    let printed = decision
        .holder
        .as_deref()
        .map(|holder| holder.trim().to_lowercase())
        .filter(|holder| !holder.is_empty());
    let own = [
        Some(line.user_name()),
        line.email.clone(),
        line.login_name.clone(),
    ];
    let is_holder = |holder: &String| own.iter().flatten().any(|name| name.to_lowercase() == *holder);
    if printed.as_ref().is_some_and(|holder| !is_holder(holder)) {
        notices.push(format!(
            "{what} names another holder than the line has now; it was not used. Has the sheet shifted?"
        ));
        return false;
    }
    let since = line
        .seat_since
        .filter(|since| decision.decided_on.is_some_and(|decided| decided < *since));
    if let Some(since) = since {
        notices.push(format!(
            "{what} is older than the line's holder (since {since}) and has lapsed."
        ));
        return false;
    }
    match decision.expires_on {
        Some(day) if day < as_of => {
            notices.push(format!(
                "{what} lapsed on {day}: decide again, or the line is judged by its calls."
            ));
            false
        }
        None if decision.decision == DecisionKind::Keep => {
            notices.push(format!(
                "{what} has no expires_on; a keep needs one, so it was not used."
            ));
            false
        }
        _ => decision.decided_on.is_none_or(|day| day <= as_of),
    }
}

fn standing(line: &Line, rules: &[KeepRule], as_of: NaiveDate) -> Option<Decision> {
    let fits = |rule: &&KeepRule| {
        rule.expires_on >= as_of
            && same(&rule.department, &line.department)
            && same(&rule.role, &line.role)
            && in_range(&line.extension, rule.extensions)
            && same(&rule.location, &line.location)
    };
    rules.iter().find(fits).map(|rule| Decision {
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

/// The holidays of a location, those without a location included.
pub fn holidays_at(holidays: &[Holiday], account_id: &str, location: Option<&str>) -> Vec<NaiveDate> {
    let here = |holiday: &&Holiday| {
        holiday.account_id.as_deref().is_none_or(|id| id == account_id)
            && holiday
                .location
                .as_deref()
                .is_none_or(|name| location.is_some_and(|here| here.eq_ignore_ascii_case(name)))
    };
    let mut days: Vec<NaiveDate> = holidays.iter().filter(here).map(|holiday| holiday.day).collect();
    days.sort_unstable();
    days.dedup();
    days
}
