//! How well the data is known and what the checks saw, whole: for administrators. Finance reads `sentences` and `for_finance`.

use crate::domain::{CoverageSummary, GateReport, GateStatus, NightStatus, Statement};
use crate::render::values::cell::counted;
use crate::render::values::safe::clean;
use crate::render::values::withheld::is_withheld;
use crate::render::values::withheld::what_stands;
use crate::render::words::figures;
use crate::render::words::trust::Trust;
use crate::render::words::trust::coverage_words;

/// `calls known on 394 days, 6 not complete, newest call 2026-10-16 21:58 UTC`; the account where there are several.
fn data_words(statement: &Statement, coverage: &CoverageSummary) -> String {
    let told = coverage_words(coverage);
    let head = format!("{} {}: ", coverage.account_id, coverage.source);
    let days = told.strip_prefix(&head).unwrap_or(&told);
    match statement.accounts.len() {
        0 | 1 => format!("{}: {days}", coverage.source),
        _ => format!("account {}, {}: {days}", coverage.account_id, coverage.source),
    }
}

/// Whether the figure can be trusted, in one line.
pub(crate) fn health(statement: &Statement) -> String {
    let mut parts: Vec<String> = statement
        .coverage
        .iter()
        .map(|coverage| clean(&data_words(statement, coverage)))
        .collect();
    if parts.is_empty() {
        parts.push("no coverage is recorded".to_owned());
    }
    parts.push(format!(
        "{} set aside",
        counted(
            u32::try_from(statement.quarantine.len()).unwrap_or(u32::MAX),
            "input row",
            "input rows"
        )
    ));
    parts.push(format!(
        "{} no line",
        counted(statement.unmatched_calls, "call row fits", "call rows fit")
    ));
    let warnings = figures::gates_that_spoke(statement).count() as u32;
    parts.push(match warnings {
        0 => "all checks passed".to_owned(),
        some => format!("{} below", counted(some, "warning", "warnings")),
    });
    format!("Data: {}.", parts.join("; "))
}

/// What administrators are told of the data.
pub(crate) fn trust(statement: &Statement) -> Trust {
    Trust {
        withheld: is_withheld(statement).then(|| withheld(statement)),
        health: health(statement),
        warnings: warnings(statement),
    }
}

/// Each check that had something to say.
pub(crate) fn warnings(statement: &Statement) -> Vec<String> {
    figures::gates_that_spoke(statement)
        .map(|gate| check_words(statement, gate))
        .collect()
}

/// What a check saw, without the words of its making: the account is named where there are several, the check at the end.
pub(crate) fn check_words(statement: &Statement, gate: &GateReport) -> String {
    let detail = match &statement.accounts[..] {
        [only] => {
            let prefix = format!("account {}: ", only.account_id);
            gate.detail.strip_prefix(&prefix).unwrap_or(&gate.detail)
        }
        _ => &gate.detail,
    };
    let mut letters = detail.chars();
    let first: String = letters
        .next()
        .map(|letter| letter.to_uppercase().collect())
        .unwrap_or_default();
    format!("{first}{} (check {}).", letters.as_str(), gate.gate)
}

/// Why there is no figure tonight.
pub(crate) fn withheld(statement: &Statement) -> String {
    let stopped: Vec<String> = statement
        .gates
        .iter()
        .filter(|gate| gate.status >= GateStatus::Hold)
        .map(|gate| gate.detail.clone())
        .collect();
    let why = if stopped.is_empty() {
        "a check failed".to_owned()
    } else {
        stopped.join("; ")
    };
    let what = match statement.status {
        NightStatus::Held => "held until an operator has looked at it",
        _ => "the data cannot be trusted",
    };
    format!(
        "No figure tonight ({what}): {why}. {}.",
        what_stands(statement.stands)
    )
}
