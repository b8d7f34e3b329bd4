//! A finding as it begins: its id, the same every night for the same thing, and no money yet.

use chrono::NaiveDate;
use sha2::{Digest, Sha256};

use crate::domain::{Account, Action, Cents, Finding, FindingKind, FindingState, Line, Recoverable, hex};

/// A line nobody uses is one thing, whether it is idle tonight or its holder has left tomorrow.
fn family(kind: FindingKind) -> &'static str {
    match kind.is_waste_line() {
        true => "line",
        false => kind.as_str(),
    }
}

/// The same id every night for the same thing. The account begins the key: two accounts may hold the same extension.
pub fn finding_id(kind: FindingKind, key: &[&str]) -> String {
    let mut hasher = Sha256::new();
    hasher.update(family(kind));
    for part in key {
        // Lengths keep ("ab", "c") and ("a", "bc") apart.
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    let digest = hex(&hasher.finalize()[..6]);
    format!("{}-{digest}", family(kind).replace('_', "-"))
}

/// The id of a finding that nobody uses the line: of this holder, for whatever reason.
pub fn waste_line_id(line: &Line) -> String {
    id_of_holder(FindingKind::IdleLine, line)
}

/// The id of a finding that a smaller tier will do for this holder.
pub fn right_size_id(line: &Line) -> String {
    id_of_holder(FindingKind::RightSize, line)
}

fn id_of_holder(kind: FindingKind, line: &Line) -> String {
    let holder = line.seat_since.map(|day| day.to_string()).unwrap_or_default();
    finding_id(kind, &[&line.account_id, &line.line_id, &holder])
}

/// A finding without money or proof yet, for one night of an account.
pub(in crate::steps) fn blank(kind: FindingKind, account: &Account, as_of: NaiveDate) -> Finding {
    Finding {
        finding_id: String::new(),
        kind,
        account_id: account.account_id.clone(),
        line_id: None,
        extension: None,
        invoice_id: None,
        contract_id: None,
        subject: String::new(),
        evidence: String::new(),
        monthly_amount: Cents::ZERO,
        amount_to_date: Cents::ZERO,
        currency: account.currency,
        recoverable: Recoverable::None,
        recoverable_on: None,
        notice_by: None,
        confidence: "high".to_owned(),
        action: Action::Review,
        first_seen: as_of,
        state: FindingState::Identified,
        decided: None,
    }
}
