//! The bridge from the billed total to its parts: every row goes to one part, so that they add up to the cent.

use crate::domain::{Bridge, BridgePart, ByLine, ChargeKind, FindingKind, Verdict};
use crate::steps::bill::charges::{MatchedCharge, is_queue_addon};

/// Of a line that has ended there is no verdict.
pub fn bridge(charges: &[MatchedCharge<'_>], verdicts: &ByLine<'_, Verdict>) -> Bridge {
    let mut bridge = Bridge::default();
    for row in charges {
        if let Some(part) = whole_part(row) {
            bridge.add(part, row.charge.amount);
            continue;
        }
        for (line, amount) in &row.shares {
            let addon = is_queue_addon(row.kind, line);
            bridge.add(
                if addon {
                    BridgePart::Addons
                } else {
                    verdict_part(verdicts.get(line).copied())
                },
                *amount,
            );
        }
        bridge.add(rest_part(row.kind), row.rest);
    }
    bridge
}

/// The part of rows that go whole, whatever line they belong to.
fn whole_part(row: &MatchedCharge<'_>) -> Option<BridgePart> {
    use ChargeKind::*;
    use FindingKind::{BilledAfterRemoval, DuplicateCharge, GhostCharge};
    if matches!(
        row.disputed_whole(),
        Some(GhostCharge | BilledAfterRemoval | DuplicateCharge)
    ) {
        return Some(BridgePart::Disputed);
    }
    match row.kind {
        LineMrc | LineAddon | Did | TollFree => None,
        AccountAddon | Equipment => Some(BridgePart::Addons),
        Usage | Proration | OneTime => Some(BridgePart::OneTime),
        Credit | Promotion => Some(BridgePart::Credits),
        RegulatoryRecovery | E911 | FederalUsf | StateTax | LocalTax => Some(BridgePart::FeesTaxes),
        Other => Some(BridgePart::Unexplained),
    }
}

/// Where a line's own charges stand. A line that ended within the period it was billed for is neither in use nor idle.
fn verdict_part(verdict: Option<Verdict>) -> BridgePart {
    match verdict {
        Some(Verdict::InUse | Verdict::Watch) => BridgePart::InUse,
        Some(Verdict::Protected | Verdict::Exempt | Verdict::OnLeave) => BridgePart::Protected,
        Some(Verdict::Idle | Verdict::NeverUsed | Verdict::Unassigned | Verdict::Leaver) => BridgePart::Idle,
        Some(Verdict::New | Verdict::Unknown) | None => BridgePart::NewUnknown,
    }
}

/// Where recurring money stands that no line bears.
fn rest_part(kind: ChargeKind) -> BridgePart {
    match kind {
        ChargeKind::Did | ChargeKind::TollFree => BridgePart::Numbers,
        ChargeKind::LineAddon => BridgePart::Addons,
        _ => BridgePart::Unexplained,
    }
}
