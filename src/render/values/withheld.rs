//! A night without a figure: what is not printed, and what stands instead.

use chrono::NaiveDate;

use crate::domain::{AccountStatement, NightStatus, Statement};

/// Held and blocked nights print neither figures nor lists.
pub(crate) fn is_withheld(statement: &Statement) -> bool {
    matches!(statement.status, NightStatus::Held | NightStatus::Blocked)
}

/// The accounts whose figures may be printed: none on a held or blocked night.
pub(crate) fn printed_accounts(statement: &Statement) -> &[AccountStatement] {
    if is_withheld(statement) {
        &[]
    } else {
        &statement.accounts
    }
}

/// Which report stands where this night has none.
pub(crate) fn what_stands(last_good: Option<NaiveDate>) -> String {
    match last_good {
        Some(night) => format!("The report of {night} stands"),
        None => "There is no earlier report".to_owned(),
    }
}
