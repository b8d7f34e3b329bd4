//! What several outputs say in the same words: the action list, deadlines, cost centres. Pure sums over a statement.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;

use crate::domain::{
    AccountStatement, Action, Cents, Finding, FindingKind, GateReport, GateStatus, KnownSum, Recoverable,
    ScoredLine, Statement, Verdict,
};
use crate::render::Cell;
use crate::render::for_finance::{FinanceAccount, FinanceFinding, FinanceNight};
use crate::render::values::cell;

/// The buckets that hold money, in the order of the contract.
pub(crate) const BUCKETS: &[Recoverable] = &[
    Recoverable::Now,
    Recoverable::NextBill,
    Recoverable::AtRenewal,
    Recoverable::ReassignOnly,
    Recoverable::Undetermined,
];

pub(crate) fn gates_that_spoke(statement: &Statement) -> impl Iterator<Item = &GateReport> {
    statement.gates.iter().filter(|gate| gate.status > GateStatus::Ok)
}

/// The first day on which something has to be done for a line's money.
pub(crate) fn deadline(line: &ScoredLine) -> Option<NaiveDate> {
    line.notice_by.or(line.recoverable_on)
}

/// A deadline as people read it: the day of a notice still counts, the day of a bill is too late.
pub(crate) fn act_by(
    notice_by: Option<NaiveDate>,
    recoverable_on: Option<NaiveDate>,
    recoverable: Recoverable,
) -> Cell {
    match (notice_by, recoverable_on) {
        _ if recoverable == Recoverable::Now => Cell::Word("now"),
        (None, Some(day)) if recoverable == Recoverable::NextBill => Cell::Before(day),
        (notice_by, recoverable_on) => Cell::day(notice_by.or(recoverable_on)),
    }
}

/// Lines on which somebody has to act: by deadline, then money, then line id.
pub(crate) fn action_list(account: &AccountStatement) -> Vec<&ScoredLine> {
    let mut list: Vec<&ScoredLine> = account.lines.iter().filter(|line| is_listed(line)).collect();
    list.sort_by_key(|line| {
        (
            deadline(line).unwrap_or(NaiveDate::MAX),
            Reverse(line.monthly_saving),
            &line.line.line_id,
        )
    });
    list
}

/// A line of which nobody knows is listed where a decision on it waits to be put right.
fn is_listed(line: &ScoredLine) -> bool {
    let is_to_act_on = line.verdict.is_waste() || line.action != Action::Review || !line.cautions.is_empty();
    line.action != Action::Keep && is_to_act_on
}

/// Lines in use for which a cheaper tier may do, each with its finding; the most money first.
pub(crate) fn tier_questions(account: &AccountStatement) -> Vec<(&ScoredLine, &Finding)> {
    let asked = account
        .findings
        .iter()
        .filter(|finding| finding.kind == FindingKind::RightSize && finding.action == Action::AskHolder);
    let by_id: HashMap<&str, &ScoredLine> = account
        .lines
        .iter()
        .map(|line| (line.line.line_id.as_str(), line))
        .collect();
    let with_line = |finding: &'_ Finding| by_id.get(finding.line_id.as_deref()?).copied();
    let mut list: Vec<(&ScoredLine, &Finding)> = asked
        .filter_map(|finding| Some((with_line(finding)?, finding)))
        .collect();
    list.sort_by_key(|(line, finding)| (Reverse(finding.monthly_amount), &line.line.line_id));
    list
}

/// Lines that a person should look at before anything is said of them.
pub(crate) fn review_list(account: &AccountStatement) -> Vec<&ScoredLine> {
    account
        .lines
        .iter()
        .filter(|line| line.action == Action::Review && !is_listed(line))
        .collect()
}

/// Protected lines without a call placed or answered in 90 days: for review, never for reclaim.
pub(crate) fn silent_protected(account: &AccountStatement) -> Vec<&ScoredLine> {
    let silent = |line: &&ScoredLine| line.verdict == Verdict::Protected && line.activity.active_days_90 == 0;
    account.lines.iter().filter(silent).collect()
}

/// Findings in the order in which they have to be decided.
pub(crate) fn by_deadline<'a>(findings: impl Iterator<Item = &'a FinanceFinding>) -> Vec<&'a FinanceFinding> {
    let mut list: Vec<&FinanceFinding> = findings.collect();
    list.sort_by_key(|finding| {
        let deadline = finding
            .notice_by
            .or(finding.recoverable_on)
            .unwrap_or(NaiveDate::MAX);
        (deadline, Reverse(finding.monthly_amount), &finding.finding_id)
    });
    list
}

/// Findings that an invoice is to be disputed for.
pub(crate) fn billing_errors<'f>(account: &'f FinanceAccount<'_>) -> Vec<&'f FinanceFinding> {
    by_deadline(
        account
            .findings
            .iter()
            .filter(|finding| finding.recoverable == Recoverable::Now),
    )
}

/// Money that has one notice deadline: what is lost when that day passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Deadline {
    pub notice_by: NaiveDate,
    /// None where none of it has a price.
    pub amount: Option<Cents>,
    pub findings: u32,
    /// How many of the findings are lines.
    pub lines: u32,
}

impl Deadline {
    /// `4 lines`, or findings where not all of them are lines.
    pub(crate) fn counted(&self) -> String {
        if self.lines == self.findings {
            cell::counted(self.lines, "line", "lines")
        } else {
            cell::counted(self.findings, "finding", "findings")
        }
    }
}

/// Whether it stays for another term unless notice is given: for sure, or as far as anybody knows.
fn hangs_on_notice(finding: &FinanceFinding) -> bool {
    matches!(
        finding.recoverable,
        Recoverable::AtRenewal | Recoverable::Undetermined
    )
}

/// The first notice deadline after `as_of` and all the money that hangs on it.
pub(crate) fn next_deadline(account: &FinanceAccount<'_>, as_of: NaiveDate) -> Option<Deadline> {
    let ahead = || {
        account
            .findings
            .iter()
            .filter(|finding| finding.is_open() && hangs_on_notice(finding))
            .filter(|finding| finding.notice_by.is_some_and(|day| day > as_of))
    };
    let notice_by = ahead().filter_map(|finding| finding.notice_by).min()?;
    let hanging: Vec<&FinanceFinding> = ahead()
        .filter(|finding| finding.notice_by == Some(notice_by))
        .collect();
    Some(Deadline {
        notice_by,
        amount: hanging
            .iter()
            .map(|finding| finding.amount())
            .collect::<KnownSum>()
            .known_total(),
        findings: hanging.len() as u32,
        lines: hanging.iter().filter(|finding| finding.is_of_line).count() as u32,
    })
}

/// The notice deadlines after `as_of` that have money at them, and how much a month; none where none of it has a price.
pub(crate) fn notice_deadlines(
    account: &FinanceAccount<'_>,
    as_of: NaiveDate,
) -> BTreeMap<NaiveDate, Option<Cents>> {
    let mut days: BTreeMap<NaiveDate, KnownSum> = BTreeMap::new();
    let open = account.findings.iter().filter(|finding| finding.is_open());
    for finding in open.filter(|finding| hangs_on_notice(finding)) {
        if let Some(day) = finding.notice_by.filter(|day| *day > as_of) {
            days.entry(day).or_default().add(finding.amount());
        }
    }
    let days = days.into_iter().map(|(day, sum)| (day, sum.known_total()));
    days.filter(|(_, amount)| *amount != Some(Cents::ZERO)).collect()
}

pub(crate) fn waste_lines(account: &FinanceAccount<'_>) -> u32 {
    account.lines.iter().filter(|line| line.is_idle).count() as u32
}

/// Lines of which nobody can say whether they are idle.
pub(crate) fn unjudged_lines(account: &FinanceAccount<'_>) -> u32 {
    account.lines.iter().filter(|line| !line.is_judged).count() as u32
}

/// The same of all accounts that are printed.
pub(crate) fn all_unjudged(night: &FinanceNight<'_>) -> u32 {
    night.accounts.iter().map(unjudged_lines).sum()
}

/// Rows that were read and could not be used, over all inputs.
pub(crate) fn quarantined_rows(statement: &Statement) -> u64 {
    statement.quarantine.len() as u64
}
