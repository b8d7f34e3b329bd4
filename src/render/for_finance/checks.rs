//! Checks of the data in fixed words: what one saw may be a line, a login, a place or a file's name.

use super::{Check, RowsRead};
use crate::domain::{Gate, GateStatus, NightStatus, Statement};
use crate::render::values::withheld::what_stands;

impl Check {
    /// What the check looks at, in words.
    pub fn looks_at(&self) -> &'static str {
        match self.gate {
            Gate::G1Completeness => "whether the calls of enough days are complete",
            Gate::G2Empty => "whether calls are missing on days that should have some",
            Gate::G3Join => "whether the calls fit the list of lines",
            Gate::G4MassFlag => "whether too much has changed at once",
            Gate::G5Freshness => "whether calls and invoices are new enough",
            Gate::G6Clock => "whether calls are dated in the future, or clocks disagree",
            Gate::G7History => "whether the past is known for long enough",
            Gate::G8Grace => "whether new, kept and protected lines were left alone",
            Gate::G9Schema => "whether the calls have the shape that they should have",
            Gate::G10Bill => "whether the newest bill is understood",
        }
    }
}

fn saw(gate: Gate) -> &'static str {
    match gate {
        Gate::G1Completeness => {
            "some days or some kinds of calls may be missing; a day that is not complete counts neither as use nor as silence"
        }
        Gate::G2Empty => {
            "some days have no call where calls were expected; such a day counts neither as use nor as silence"
        }
        Gate::G3Join => "some calls fit no line of the list",
        Gate::G4MassFlag => "more than usual has changed at once",
        Gate::G5Freshness => "calls or invoices are older than they should be",
        Gate::G6Clock => "calls are dated in the future, or two clocks disagree",
        Gate::G7History => "the past is not known for long",
        Gate::G8Grace => "some lines could not be left alone as they should be",
        Gate::G9Schema => "the calls have another shape than they should have",
        Gate::G10Bill => "much of the newest bill is not explained",
    }
}

pub(super) fn warning(check: &Check) -> String {
    let said = saw(check.gate);
    let mut letters = said.chars();
    let first: String = letters
        .next()
        .map(|letter| letter.to_uppercase().collect())
        .unwrap_or_default();
    format!(
        "{first}{} (check {}; operators have the details).",
        letters.as_str(),
        check.gate
    )
}

/// A sheet's name may be somebody's.
pub(super) fn read_in_part(input: &RowsRead) -> impl Iterator<Item = String> {
    let table = input.table.replace('_', " ");
    input.read_in_part.iter().map(move |(number, files)| {
        let files = match files {
            1 => "a workbook was".to_owned(),
            some => format!("{some} workbooks were"),
        };
        format!(
            "Of {table} {files} read from sheet {number} alone; what stands in another sheet is not part of this report \
             (operators have the details)."
        )
    })
}

/// Why there is no figure tonight.
pub(super) fn withheld(statement: &Statement, checks: &[Check]) -> String {
    let stopped = checks.iter().filter(|check| check.status >= GateStatus::Hold);
    let why: Vec<String> = stopped
        .map(|check| format!("{} (check {})", saw(check.gate), check.gate))
        .collect();
    let why = match why.is_empty() {
        true => "a check failed".to_owned(),
        false => why.join("; "),
    };
    let what = match statement.status {
        NightStatus::Held => "held until an operator has looked at it",
        _ => "the data cannot be trusted",
    };
    format!(
        "No figure tonight ({what}): {why}. Operators have the details. {}.",
        what_stands(statement.stands)
    )
}
