//! Tables as read -> the account's lines as they are judged: kinds told, directory joined, decisions settled.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::NaiveDate;

use crate::domain::same as is_same;
use crate::domain::{Decision, DecisionKind, DirectoryEntry, Holiday, LapsedKeep, Line, Scoring, login_name};
use crate::steps::coverage::Place;
use crate::steps::roster::in_force::{lapsed_keep, settle_decisions, standing};
use crate::steps::roster::kinds::KindRules;
use crate::steps::roster::people::People;
use crate::steps::usage::line_keys::users_of;

/// One account's lines, in the order of their line ids, and who stands behind them.
#[derive(Debug, Clone, Default)]
pub struct Roster {
    /// Every line that ever held an extension, former holders included.
    pub lines: Vec<Line>,
    /// Users without an extension: no line, no cost.
    pub seatless_users: u32,
    /// By what they sign in with, as call rows name them.
    pub seatless_names: BTreeSet<String>,
    /// By line id.
    directory: HashMap<String, DirectoryEntry>,
    /// The newest valid decision, by line id.
    decisions: HashMap<String, Decision>,
    /// Lines that a standing rule of the job keeps, and no decision.
    pub kept_by_rule: BTreeSet<String>,
    /// Keeps that were the last word and have lapsed, by line id.
    lapsed_keeps: HashMap<String, LapsedKeep>,
    /// Logins, addresses and names of whoever stands in the directory, and of users without an extension.
    pub people: BTreeSet<String>,
    /// What the reader of the list should know: lapsed and refused decisions, directory entries that fit nobody.
    pub notices: Vec<String>,
}

impl Roster {
    /// What the directory says of the line's holder.
    pub fn directory_of(&self, line: &Line) -> Option<&DirectoryEntry> {
        self.directory.get(&line.line_id)
    }

    /// The newest valid decision of any kind on the line.
    pub fn decision_of(&self, line: &Line) -> Option<&Decision> {
        self.decisions.get(&line.line_id)
    }

    /// A keep that is valid tonight.
    pub fn keep_of(&self, line: &Line) -> Option<&Decision> {
        self.decision_of(line)
            .filter(|made| made.decision == DecisionKind::Keep)
    }

    /// A keep that was the last word on the line, and has lapsed.
    pub fn lapsed_keep_of(&self, line: &Line) -> Option<&LapsedKeep> {
        self.lapsed_keeps.get(&line.line_id)
    }

    /// Ids and extensions of all its lines: a line that was known by its extension and now has an id of its own is still there.
    pub fn names(&self) -> HashSet<&str> {
        self.lines
            .iter()
            .flat_map(|line| [line.line_id.as_str(), line.extension.as_str()])
            .collect()
    }
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
    let people = People::of(directory);
    let mut entries = HashMap::new();
    for line in &mut lines {
        let entry = people.behind(line);
        line.kind = kinds.kind_of(line);
        if let Some(entry) = entry {
            line.department = line.department.take().or_else(|| entry.department.clone());
            line.cost_center = line.cost_center.take().or_else(|| entry.cost_center.clone());
            line.manager_email = line.manager_email.take().or_else(|| entry.manager_email.clone());
            entries.insert(line.line_id.clone(), entry);
        }
    }
    let mut notices = Vec::new();
    let settled = settle_decisions(&lines, decisions, &scoring.keep_rules, as_of, &mut notices);
    let is_by_rule = |line: &&Line| {
        let standing = standing(line, &scoring.keep_rules, as_of);
        standing.is_some() && standing.as_ref() == settled.get(line)
    };
    let by_rule = lines.iter().filter(is_by_rule);
    let kept_by_rule = by_rule.map(|line| line.line_id.clone()).collect();
    let settled = settled
        .into_ids()
        .map(|(line_id, made)| (line_id.to_owned(), made))
        .collect();
    let lapsed_keep = |line: &Line| lapsed_keep(line, decisions, &scoring.keep_rules, as_of);
    let lapsed_keeps = lines
        .iter()
        .filter_map(|line| Some((line.line_id.clone(), lapsed_keep(line)?)))
        .collect();
    Ok(Roster {
        lines,
        seatless_users: seatless.len() as u32,
        seatless_names: seatless
            .iter()
            .flat_map(users_of)
            .map(|user| login_name(&user))
            .collect(),
        directory: entries,
        decisions: settled,
        kept_by_rule,
        lapsed_keeps,
        people: names_of(directory, &seatless),
        notices,
    })
}

fn names_of(directory: &[DirectoryEntry], seatless: &[Line]) -> BTreeSet<String> {
    let listed = directory.iter().flat_map(|entry| {
        let others = [&entry.login, &entry.manager_email];
        std::iter::once(&entry.email).chain(others.into_iter().flatten())
    });
    let users = seatless
        .iter()
        .flat_map(|line| [&line.login_name, &line.email].into_iter().flatten());
    let names = seatless.iter().map(Line::user_name);
    listed
        .chain(users)
        .cloned()
        .chain(names)
        .filter(|name| !name.is_empty())
        .collect()
}

pub(in crate::steps) fn in_range(extension: &str, range: Option<(u64, u64)>) -> bool {
    range.is_none_or(|(first, last)| {
        extension
            .parse::<u64>()
            .is_ok_and(|number| (first..=last).contains(&number))
    })
}

pub(in crate::steps) fn same(wanted: &Option<String>, found: &Option<String>) -> bool {
    wanted
        .as_ref()
        .is_none_or(|wanted| found.as_ref().is_some_and(|found| is_same(found, wanted)))
}

/// A location with its holidays, those without a location included.
pub fn place_at(holidays: &[Holiday], account_id: &str, location: Option<&str>) -> Place {
    let here = |holiday: &&Holiday| {
        holiday.account_id.as_deref().is_none_or(|id| id == account_id)
            && holiday
                .location
                .as_deref()
                .is_none_or(|name| location.is_some_and(|here| is_same(here, name)))
    };
    let mut days: Vec<NaiveDate> = holidays.iter().filter(here).map(|holiday| holiday.day).collect();
    days.sort_unstable();
    days.dedup();
    Place {
        location: location.map(str::to_owned),
        holidays: days,
    }
}
