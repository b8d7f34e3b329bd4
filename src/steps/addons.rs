//! Add-ons of the account that nothing uses.

use super::audit::{cite, finding_id, priced_as};
use super::audited::Audited;
use super::charges::MatchedCharge;
use super::cost::one_month;
use super::fault_findings::blank;
use crate::domain::{
    Account, Action, Cents, ChargeKind, Finding, FindingKind, Kind, Line, Recoverable, ScoredLine,
};
use chrono::NaiveDate;

/// Share of the last 60 days that must be known before a queue without calls is called unused, in percent.
const MIN_KNOWN_PERCENT: u32 = 80;
/// Known days without a call to it that make a queue unused.
const UNUSED_AFTER_DAYS: u32 = 90;

/// Queue add-ons whose queue had no call, answered or not, on its last 90 known days and more. A queue whose calls cannot be
/// told is never called unused.
pub(super) fn unused(
    audited: &[Audited],
    lines: &[Line],
    scored: &[ScoredLine],
    is_tellable: impl Fn(&Line) -> bool,
    account: &Account,
    as_of: NaiveDate,
    next_period: NaiveDate,
) -> Vec<Finding> {
    let Some(newest) = audited.first() else {
        return Vec::new();
    };
    let found = newest.charges.iter().filter_map(|row| {
        let queue = &lines[queue_of(row, lines)?];
        let scored = scored.iter().find(|line| line.line.line_id == queue.line_id)?;
        let quiet = quiet_days(scored, as_of)?;
        is_tellable(queue).then_some((row, queue, quiet))
    });
    let told = |(row, queue, quiet): (&MatchedCharge, &Line, u32)| {
        let to_date = audited
            .iter()
            .flat_map(|audited| &audited.charges)
            .filter(|other| queue_of(other, lines).is_some_and(|line| lines[line].line_id == queue.line_id))
            .filter(|other| other.charge.period_start > as_of - chrono::Days::new(u64::from(quiet)))
            .map(|other| other.charge.amount)
            .sum();
        let monthly = one_month(&row.charge);
        Finding {
            finding_id: finding_id(FindingKind::AddonUnused, &[&account.account_id, &queue.line_id]),
            line_id: Some(queue.line_id.clone()),
            extension: Some(queue.extension.clone()),
            invoice_id: Some(row.charge.invoice_id.clone()),
            subject: format!("queue {} has no calls", queue.extension),
            evidence: format!(
                "{} bills {} a month for queue {}, and no call came to it on its last {quiet} known days. Cancel it, unless \
                 calls reach it in a way that the call log does not show.",
                cite(row),
                priced_as(row, monthly),
                queue.extension,
            ),
            monthly_amount: monthly,
            amount_to_date: to_date,
            recoverable: Recoverable::NextBill,
            recoverable_on: Some(next_period),
            confidence: "medium".to_owned(),
            action: Action::Review,
            ..blank(FindingKind::AddonUnused, account, as_of)
        }
    };
    found.map(told).collect()
}

/// The queue that an add-on row names.
fn queue_of(row: &MatchedCharge, lines: &[Line]) -> Option<usize> {
    let is_addon = matches!(row.kind, ChargeKind::LineAddon | ChargeKind::AccountAddon)
        && row.charge.amount > Cents::ZERO;
    row.line()
        .filter(|line| is_addon && lines[*line].kind == Some(Kind::Queue))
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
