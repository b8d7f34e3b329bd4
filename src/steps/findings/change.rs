//! Tonight's idle money against the last night that can be compared, by cause.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::domain::{
    AccountBaseline, Baseline, Cents, ChangeCause, IdleChange, KnownSum, ScoredLine, SinceLast, Verdict,
};

/// `last` is the last reported night before this one.
pub fn since_last(
    last: Option<(NaiveDate, &Baseline)>,
    scoring_digest: &str,
    account_id: &str,
    lines: &[ScoredLine],
) -> SinceLast {
    let Some((since, baseline)) = last else {
        return SinceLast::First;
    };
    let unlike = |why: &str| SinceLast::Unlike(since, why.to_owned());
    if baseline.scoring_digest != scoring_digest {
        return unlike("lines have been judged by other settings since");
    }
    match baseline.accounts.get(account_id) {
        None => unlike("this account was not part of it"),
        Some(before) if before.idle_costs.len() != before.flagged.len() => {
            unlike("it was made by a version that kept no amounts")
        }
        Some(before) if before.idle_last_used.len() != before.flagged.len() => {
            unlike("it was made by a version that did not keep the days of last use")
        }
        Some(before) => SinceLast::Compared(change(since, before, lines)),
    }
}

fn change(since: NaiveDate, before: &AccountBaseline, lines: &[ScoredLine]) -> IdleChange {
    let mut causes: BTreeMap<ChangeCause, KnownSum> = BTreeMap::new();
    let mut add = |cause, amount: Option<Cents>| causes.entry(cause).or_default().add(amount);
    let now: BTreeMap<&str, &ScoredLine> = lines
        .iter()
        .map(|line| (line.line.line_id.as_str(), line))
        .collect();
    for (line_id, cost) in &before.idle_costs {
        let gone = cost.map(|cost| -cost);
        match now.get(line_id.as_str()) {
            None => add(ChangeCause::Removed, gone),
            Some(line) if line.verdict.is_waste() => {
                let moved = line.cost.monthly_cost - known(*cost);
                if !moved.is_zero() {
                    add(ChangeCause::CostChanged, Some(moved));
                }
            }
            Some(line) => {
                let last_used = before.idle_last_used.get(line_id).copied().flatten();
                add(went_because(line, *cost, last_used), gone);
            }
        }
    }
    for line in lines.iter().filter(|line| line.verdict.is_waste()) {
        if !before.idle_costs.contains_key(&line.line.line_id) {
            add(ChangeCause::NewlyIdle, line.cost.known());
        }
    }
    IdleChange {
        since,
        before: before.idle_costs.values().copied().collect(),
        causes: causes.into_iter().collect(),
    }
}

/// What a line without a price bears in a sum.
fn known(cost: Option<Cents>) -> Cents {
    cost.unwrap_or_default()
}

/// The fact that took it off the list: only a call that was not known then says that it is used again.
fn went_because(line: &ScoredLine, cost: Option<Cents>, last_used: Option<NaiveDate>) -> ChangeCause {
    match line.verdict {
        Verdict::InUse | Verdict::Watch if line.activity.last_used_on > last_used => ChangeCause::UsedAgain,
        Verdict::Watch if line.is_held_back => ChangeCause::HeldBack,
        Verdict::InUse | Verdict::Watch if line.cost.monthly_cost != known(cost) => ChangeCause::OtherPrice,
        Verdict::InUse | Verdict::Watch => ChangeCause::OtherData,
        Verdict::Exempt => ChangeCause::KeptByDecision,
        _ => ChangeCause::NotJudged,
    }
}
