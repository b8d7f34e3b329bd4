//! `quietline run --dry-run --set ...`: which verdicts other settings would change, and the money. No names.

use std::collections::HashMap;
use std::fmt::Write;

use crate::domain::{AccountStatement, ScoredLine, Statement};
use crate::render::values::cell::{counted, known, money};
use crate::render::values::withheld::is_withheld;
use crate::render::values::{plain, safe};
use crate::render::words::figures;

/// The night under the job's own settings against the same night under others.
pub fn what_if(own: &Statement, tried: &Statement) -> String {
    if is_withheld(own) || is_withheld(tried) {
        return "The night is held or blocked: there is nothing to compare.\n".to_owned();
    }
    let mut text = String::new();
    let before: HashMap<&str, &AccountStatement> = own
        .accounts
        .iter()
        .map(|account| (account.account_id.as_str(), account))
        .collect();
    for account in &tried.accounts {
        if let Some(before) = before.get(account.account_id.as_str()) {
            text.push_str(&account_text(before, account));
        }
    }
    text
}

fn account_text(before: &AccountStatement, after: &AccountStatement) -> String {
    let changes = changes(before, after);
    let mut text = format!(
        "\nagainst the job's own settings, {} ({}): {}\n",
        safe::clean(&after.name),
        safe::clean(&after.account_id),
        match changes.len() as u32 {
            0 => "no verdict and no step changes".to_owned(),
            count => format!("{} would be judged otherwise", counted(count, "line", "lines")),
        }
    );
    for (old, new) in changes {
        let _ = writeln!(
            text,
            "  {:<8} {:<40} {:>12} a month{}",
            safe::clean(&new.line.extension),
            told(old, new),
            known(new.cost.known(), after.currency),
            new.forecast.map_or_else(String::new, |forecast| format!(
                "  silent for 90 days: {}",
                crate::render::values::cell::percent(forecast.p_silent_90.into(), 1_000_000)
            ))
        );
    }
    let mut row = |label: &str, old, new| {
        let change = match new == old {
            true => "unchanged".to_owned(),
            false => format!("from {}", money(old, after.currency)),
        };
        let _ = writeln!(text, "  {label:<24} {:>16}  {change}", money(new, after.currency));
    };
    row("idle money", before.idle_monthly, after.idle_monthly);
    for bucket in figures::BUCKETS {
        let amount = |account: &AccountStatement| {
            account
                .recoverable
                .get(bucket)
                .map_or_else(Default::default, |b| b.amount)
        };
        row(plain::recoverable(*bucket), amount(before), amount(after));
    }
    text
}

/// Lines whose verdict or proposed step differs, in the order of their ids.
fn changes<'a>(
    before: &'a AccountStatement,
    after: &'a AccountStatement,
) -> Vec<(&'a ScoredLine, &'a ScoredLine)> {
    let old: HashMap<&str, &ScoredLine> = before
        .lines
        .iter()
        .map(|line| (line.line.line_id.as_str(), line))
        .collect();
    let pair = |new: &'a ScoredLine| {
        let old = *old.get(new.line.line_id.as_str())?;
        ((old.verdict, old.action) != (new.verdict, new.action)).then_some((old, new))
    };
    after.lines.iter().filter_map(pair).collect()
}

fn told(old: &ScoredLine, new: &ScoredLine) -> String {
    match old.verdict == new.verdict {
        true => format!("{}: {} -> {}", new.verdict, old.action, new.action),
        false => format!("{} -> {}", old.verdict, new.verdict),
    }
}
