//! What a gate saw, and the hash by which a person accepts it.

use sha2::{Digest, Sha256};

use crate::domain::{Gate, GateReport, GateStatus, hex};

pub(in crate::steps) fn report(gate: Gate, status: GateStatus, detail: String) -> GateReport {
    GateReport {
        gate,
        status,
        detail,
        accept: None,
    }
}

/// The hash that accepts exactly one change.
pub(in crate::steps) fn change_hash(parts: impl IntoIterator<Item = String>) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
        hasher.update([0]);
    }
    hex(&hasher.finalize()[..6])
}

/// A hold or block passes, as a warning, when its very hash was accepted.
pub(in crate::steps) fn unless_accepted(found: GateReport, hash: String, accepted: &[String]) -> GateReport {
    if accepted.contains(&hash) {
        GateReport {
            status: GateStatus::Warn,
            detail: format!("accepted ({hash}): {}", found.detail),
            ..found
        }
    } else {
        GateReport {
            accept: Some(hash),
            ..found
        }
    }
}
