//! One finding for each line that nobody uses.

use std::collections::HashSet;

use chrono::NaiveDate;

use crate::domain::{
    Action, Cents, Currency, Finding, FindingKind, FindingState, Line, ScoredLine, Verdict, user_key,
};
use crate::steps::finding::waste_line_id;

/// One finding for each wasted line, and for each that a keep sets aside. `billed_since(line)` is what the line's seat was billed for while it was silent.
pub(crate) fn line_findings(
    lines: &[ScoredLine],
    currency: Currency,
    invoice_id: Option<&str>,
    as_of: NaiveDate,
    billed_since: impl Fn(&ScoredLine) -> Cents,
) -> Vec<Finding> {
    let holders = holders_in_use(lines);
    let finding = |line: &ScoredLine| {
        let has_another = users_of(&line.line).any(|user| holders.contains(&user));
        let kind = kind_of(line.kept_from.unwrap_or(line.verdict), has_another)?;
        Some(Finding {
            finding_id: waste_line_id(&line.line),
            kind,
            account_id: line.line.account_id.clone(),
            line_id: Some(line.line.line_id.clone()),
            extension: Some(line.line.extension.clone()),
            invoice_id: invoice_id.map(str::to_owned),
            contract_id: None,
            subject: format!("extension {}", line.line.extension),
            evidence: line.reason.clone(),
            monthly_amount: match line.kept_from {
                Some(_) => line.cost.saving(),
                None => line.monthly_saving,
            },
            amount_to_date: billed_since(line),
            currency,
            recoverable: line.recoverable,
            recoverable_on: line.recoverable_on,
            notice_by: line.notice_by,
            confidence: confidence(line).to_owned(),
            action: line.action,
            first_seen: as_of,
            state: match line.kept_from {
                Some(_) => FindingState::Dismissed,
                None => FindingState::Identified,
            },
            decided: None,
        })
    };
    lines.iter().filter_map(finding).collect()
}

/// People with a line in use: another one that lies still is a line too many.
fn holders_in_use(lines: &[ScoredLine]) -> HashSet<String> {
    let used = lines.iter().filter(|line| line.verdict == Verdict::InUse);
    used.flat_map(|line| users_of(&line.line)).collect()
}

/// By each of their keys: rows of one person need not bear the same ones.
fn users_of(line: &Line) -> impl Iterator<Item = String> {
    let keys = [&line.email, &line.login_name, &line.user_id];
    keys.into_iter().flatten().map(|key| user_key(key).into_owned())
}

fn kind_of(verdict: Verdict, has_another: bool) -> Option<FindingKind> {
    match verdict {
        Verdict::Idle | Verdict::NeverUsed if has_another => Some(FindingKind::ExtraLine),
        Verdict::Idle => Some(FindingKind::IdleLine),
        Verdict::NeverUsed => Some(FindingKind::NeverUsedLine),
        Verdict::Unassigned => Some(FindingKind::UnassignedLine),
        Verdict::Leaver => Some(FindingKind::LeaverLine),
        _ => None,
    }
}

fn confidence(line: &ScoredLine) -> &'static str {
    match line.action {
        Action::Review => "low",
        Action::AskHolder => "medium",
        _ => "high",
    }
}
