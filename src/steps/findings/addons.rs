//! Add-ons of the account that nothing uses.

use crate::domain::{
    Account, Action, Cents, ChargeKind, Finding, FindingKind, Kind, Line, PriceBook, Recoverable, ScoredLine,
};
use crate::steps::bill::audit::{cite, priced_as};
use crate::steps::bill::audited::Audited;
use crate::steps::bill::charges::MatchedCharge;
use crate::steps::bill::cost::one_month;
use crate::steps::finding::blank;
use crate::steps::finding::finding_id;
use crate::steps::right_size::{Need, Shows, covering_addon_row};
use std::collections::{BTreeMap, HashSet};

use chrono::NaiveDate;

/// Share of the last 60 days that must be known before a queue without calls is called unused, in percent.
const MIN_KNOWN_PERCENT: u32 = 80;
/// Young lines are told apart where they are at most one in so many.
const YOUNG_PART: usize = 4;
/// Days on which recordings are looked for.
const SEEN_DAYS: u64 = 90;
/// Known days without a call to it that make a queue unused.
const UNUSED_AFTER_DAYS: u32 = 90;

/// Queue add-ons whose queue had no call, answered or not, on its last 90 known days and more. A queue whose calls cannot be
/// told is never called unused.
pub(in crate::steps) fn unused(
    audited: &[Audited<'_>],
    lines: &[&Line],
    scored: &[ScoredLine],
    is_tellable: impl Fn(&Line) -> bool,
    account: &Account,
    as_of: NaiveDate,
    next_period: NaiveDate,
) -> Vec<Finding> {
    let Some(newest) = audited.first() else {
        return Vec::new();
    };
    // A queue may be billed in several rows: it is one thing all the same.
    let mut found: BTreeMap<&str, (Vec<&MatchedCharge>, &Line, u32)> = BTreeMap::new();
    for row in &newest.charges {
        let Some(queue) = queue_of(row, lines).filter(|queue| is_tellable(queue)) else {
            continue;
        };
        let judged = scored.iter().find(|line| line.line.line_id == queue.line_id);
        let Some(quiet) = judged.and_then(|judged| quiet_days(judged, as_of)) else {
            continue;
        };
        let rows = found.entry(&queue.line_id).or_insert((Vec::new(), queue, quiet));
        rows.0.push(row);
    }
    let told = |(rows, queue, quiet): (Vec<&MatchedCharge<'_>>, &Line, u32)| {
        let row = *rows.first()?;
        let to_date = audited
            .iter()
            .flat_map(|audited| &audited.charges)
            .filter(|other| queue_of(other, lines).is_some_and(|line| line.line_id == queue.line_id))
            .filter(|other| other.charge.period_start > as_of - chrono::Days::new(u64::from(quiet)))
            .map(|other| other.charge.amount)
            .sum();
        let monthly = rows.iter().map(|row| one_month(&row.charge)).sum();
        let billed: Vec<String> = rows
            .iter()
            .map(|row| {
                format!(
                    "{} bills {} a month",
                    cite(row),
                    priced_as(row, one_month(&row.charge))
                )
            })
            .collect();
        Some(Finding {
            finding_id: finding_id(FindingKind::AddonUnused, &[&account.account_id, &queue.line_id]),
            extension: Some(queue.extension.clone()),
            invoice_id: Some(row.charge.invoice_id.clone()),
            subject: format!("queue {} has no calls", queue.extension),
            evidence: format!(
                "{} for queue {}, and no call came to it on its last {quiet} known days. Cancel it, unless \
                 calls reach it in a way that the call log does not show.",
                billed.join("; "),
                queue.extension,
            ),
            monthly_amount: monthly,
            amount_to_date: to_date,
            recoverable: Recoverable::NextBill,
            recoverable_on: Some(next_period),
            confidence: "medium".to_owned(),
            action: Action::Review,
            ..blank(FindingKind::AddonUnused, account, as_of)
        })
    };
    found.into_values().filter_map(told).collect()
}

/// Whether an add-on of the account does what the lines that need it have in their tier already; where the data cannot show
/// it, that is said.
#[derive(Default)]
pub(in crate::steps) struct Redundant {
    pub(in crate::steps) finding: Option<Finding>,
    pub(in crate::steps) unknown: Option<String>,
}

/// `row` bills the add-on that covers a feature of a tier (company recording, by the shipped book).
pub(in crate::steps) fn redundant(
    row: &MatchedCharge<'_>,
    audited: &[Audited<'_>],
    shows: &Shows<'_>,
    book: &PriceBook,
    lines: &[ScoredLine],
    account: &Account,
    (as_of, next_period): (NaiveDate, NaiveDate),
) -> Redundant {
    let covered = book.covering_addon(as_of).and_then(|(_, name)| {
        let mut features = book.features.iter();
        features.find(|feature| feature.feature == name)
    });
    let Some(feature) = covered else {
        return Redundant::default();
    };
    let what = feature.feature.replace('_', " ");
    let name = &row.charge.description;
    let (mut has_it, mut unknown) = (0_u32, 0_u32);
    let mut young: Vec<&str> = Vec::new();
    for line in lines {
        let moves = line.target_tier.is_some() && line.action == Action::Downgrade;
        match shows.need(line, feature) {
            // One that lies below the tier, or shall, lives by the add-on.
            Need::Needed(_) if line.cost.tier < Some(feature.tier) || moves => return Redundant::default(),
            Need::Needed(_) => has_it += 1,
            Need::NotSeen(_) => {}
            Need::Unknown if shows.is_young(line, feature) => young.push(&line.line.extension),
            Need::Unknown => unknown += 1,
        }
    }
    // Some young lines are named; where most are, nothing is seen of anybody.
    unknown += match young.len() * YOUNG_PART > lines.len() {
        true => u32::try_from(young.len()).unwrap_or(u32::MAX),
        false => 0,
    };
    if unknown > 0 {
        return Redundant {
            unknown: Some(format!(
                "Whether {name} is needed cannot be told: the data does not show {what} of {unknown} of the lines."
            )),
            ..Redundant::default()
        };
    }
    let monthly = one_month(&row.charge);
    let since = as_of - chrono::Days::new(SEEN_DAYS);
    let to_date = audited
        .iter()
        .filter_map(|bill| covering_addon_row(bill, book, as_of))
        .filter(|other| std::ptr::eq(*other, row) || other.charge.period_start > since)
        .map(|other| other.charge.amount);
    let who = match has_it {
        0 => format!("no line is seen to use {what}"),
        1 => format!(
            "the only line that uses {what} has it in its tier, {}",
            feature.tier
        ),
        _ => format!(
            "all {has_it} lines that use {what} have it in their tier, {}",
            feature.tier
        ),
    };
    let but_for = match &young[..] {
        [] => String::new(),
        [only] => format!(" Extension {only} has not been there for long enough to tell: ask first."),
        some => format!(
            " Extensions {} have not been there for long enough to tell: ask first.",
            some.join(", ")
        ),
    };
    Redundant {
        finding: Some(Finding {
            finding_id: finding_id(
                FindingKind::AddonRedundant,
                &[&account.account_id, &feature.feature],
            ),
            invoice_id: Some(row.charge.invoice_id.clone()),
            subject: format!("{name} is not needed"),
            evidence: format!(
                "{} bills {} a month for {name}, and {who}. Cancel it, unless calls must be recorded by law or contract.{but_for}",
                cite(row),
                priced_as(row, monthly),
            ),
            monthly_amount: monthly,
            amount_to_date: to_date.sum(),
            recoverable: Recoverable::NextBill,
            recoverable_on: Some(next_period),
            confidence: if young.is_empty() { "medium" } else { "low" }.to_owned(),
            ..blank(FindingKind::AddonRedundant, account, as_of)
        }),
        ..Redundant::default()
    }
}

/// Moves to a tier that needs the add-on, and the add-on's end, exclude each other: each says so.
pub(in crate::steps) fn one_or_the_other(
    mut moves: Vec<Finding>,
    rest_on_it: &HashSet<String>,
    redundant: Option<Finding>,
) -> Vec<Finding> {
    let Some(mut redundant) = redundant else {
        return moves;
    };
    if rest_on_it.is_empty() {
        moves.push(redundant);
        return moves;
    }
    let mut extensions: Vec<&str> = Vec::new();
    for finding in moves
        .iter_mut()
        .filter(|finding| rest_on_it.contains(&finding.finding_id))
    {
        finding
            .evidence
            .push_str(" That add-on is found not to be needed as well: it is one or the other.");
        extensions.extend(finding.extension.as_deref());
    }
    let of = format!(
        " Or it stays and lines move to a cheaper tier that needs it ({}): it is one or the other.",
        extensions.join(", ")
    );
    redundant.evidence.push_str(&of);
    moves.push(redundant);
    moves
}

/// The queue that an add-on row names; where it names none, the only one there is.
fn queue_of<'a>(row: &MatchedCharge<'a>, lines: &[&'a Line]) -> Option<&'a Line> {
    let is_addon = matches!(row.kind, ChargeKind::LineAddon | ChargeKind::AccountAddon);
    let is_queue = |line: &&'a Line| line.kind == Some(Kind::Queue);
    let of_queues = row.names_nobody() && row.charge.description.to_lowercase().contains("queue");
    let only = || {
        let mut queues = lines.iter().copied().filter(is_queue);
        queues.next().filter(|_| of_queues && queues.next().is_none())
    };
    row.line()
        .filter(is_queue)
        .or_else(only)
        .filter(|_| is_addon && row.charge.amount > Cents::ZERO)
}

/// The known days since a call last came to the queue, where they are many and the latest of them are known.
fn quiet_days(queue: &ScoredLine, as_of: NaiveDate) -> Option<u32> {
    let activity = &queue.activity;
    let (known, of) = activity.recent_known;
    let last_call = activity.last_used_on.max(activity.last_missed_on);
    let quiet = match last_call {
        None => activity.known_days,
        // Days unknown since then are not silence: the count is that of known days since the last use, or fewer.
        Some(day) => activity
            .days_silent
            .min(u32::try_from((as_of - day).num_days()).unwrap_or(0)),
    };
    (quiet >= UNUSED_AFTER_DAYS && known * 100 >= of * MIN_KNOWN_PERCENT).then_some(quiet)
}
