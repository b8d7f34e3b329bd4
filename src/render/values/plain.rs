//! The tables' words as people say them.

use crate::domain::{
    Action, BridgePart, ChargeKind, CostSource, FindingKind, FindingState, Kind, NightStatus, Recoverable,
    ScoredLine, Term, Tier, Verdict,
};

pub(crate) fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::InUse => "in use",
        Verdict::Watch => "on watch",
        Verdict::Idle => "idle",
        Verdict::NeverUsed => "never a call",
        Verdict::Unassigned => "nobody holds it",
        Verdict::Leaver => "holder has left",
        Verdict::New => "new",
        Verdict::OnLeave => "holder on leave",
        Verdict::Exempt => "kept by decision",
        Verdict::Protected => "protected kind",
        Verdict::Unknown => "not enough data",
    }
}

pub(crate) fn action(action: Action) -> &'static str {
    match action {
        Action::Keep => "keep",
        Action::AskHolder => "ask the holder",
        Action::RerouteThenReclaim => "reroute its calls, then remove",
        Action::Reclaim => "remove",
        Action::Reassign => "offer the seat to a joiner",
        Action::Downgrade => "move to a cheaper tier",
        Action::ReleaseNumber => "release the number",
        Action::Dispute => "dispute the charge",
        Action::Review => "look at it",
    }
}

/// A line's step; a question goes to whoever kept it, where that has lapsed.
pub(crate) fn step(line: &ScoredLine) -> &'static str {
    match (&line.lapsed_keep, line.action) {
        (Some(_), Action::AskHolder) => "ask whoever kept it",
        (_, of_line) => action(of_line),
    }
}

pub(crate) fn recoverable(recoverable: Recoverable) -> &'static str {
    match recoverable {
        Recoverable::Now => "now, by disputing it",
        Recoverable::NextBill => "with the next bill",
        Recoverable::AtRenewal => "at renewal, with notice",
        Recoverable::ReassignOnly => "only by reassigning",
        Recoverable::Undetermined => "contract not known",
        Recoverable::None => "not recoverable",
    }
}

/// What a bucket of money means, for a reader who sees the word once a month.
pub(crate) fn recoverable_meaning(recoverable: Recoverable) -> &'static str {
    match recoverable {
        Recoverable::Now => "Billing errors: ask for a credit today.",
        Recoverable::NextBill => {
            "Month-to-month lines, annual ones that are credited in mid-term, released numbers and add-ons: stops with the next bill."
        }
        Recoverable::AtRenewal => {
            "Annual lines: stops at the end of the term, only if notice is given in time."
        }
        Recoverable::ReassignOnly => {
            "Removing it would fall below the committed number of lines: worth a new line's price to the next joiner."
        }
        Recoverable::Undetermined => {
            "The contract that covers these lines is missing: which one is it, and when does it end?"
        }
        Recoverable::None => "Nothing to recover.",
    }
}

pub(crate) fn bridge_part(part: BridgePart) -> &'static str {
    match part {
        BridgePart::InUse => "Lines in use or on watch",
        BridgePart::Protected => "Lines protected, kept by decision or on leave",
        BridgePart::NewUnknown => "Lines new, just ended or without enough data",
        BridgePart::Idle => "Idle lines",
        BridgePart::RightSize => "Dearer tier than needed (the difference)",
        BridgePart::Disputed => "Charges to dispute",
        BridgePart::Numbers => "Numbers without a line",
        BridgePart::Addons => "Add-ons and equipment",
        BridgePart::FeesTaxes => "Fees and taxes",
        BridgePart::OneTime => "One-time, usage and part months",
        BridgePart::Credits => "Credits and promotions",
        BridgePart::Unexplained => "Unexplained",
    }
}

pub(crate) fn finding_kind(kind: FindingKind) -> &'static str {
    match kind {
        FindingKind::IdleLine => "idle line",
        FindingKind::NeverUsedLine => "line never used for a call",
        FindingKind::UnassignedLine => "line nobody holds",
        FindingKind::LeaverLine => "line of somebody who left",
        FindingKind::ExtraLine => "second line of one person",
        FindingKind::RightSize => "dearer tier than needed",
        FindingKind::OrphanNumber => "number without a line",
        FindingKind::GhostCharge => "billed, not in the inventory",
        FindingKind::BilledAfterRemoval => "billed after removal",
        FindingKind::UnbilledLine => "line not billed",
        FindingKind::TierMismatch => "billed as another tier",
        FindingKind::TermMismatch => "billed on another term",
        FindingKind::RateAboveContract => "dearer than the contract",
        FindingKind::DuplicateCharge => "charged twice",
        FindingKind::ProrationError => "part month does not add up",
        FindingKind::PromotionEnded => "promotion has ended",
        FindingKind::AddonRedundant => "add-on not needed",
        FindingKind::AddonUnused => "add-on without activity",
        FindingKind::CommitmentShortfall => "fewer lines than committed",
        FindingKind::CommitmentExcess => "more lines committed than needed",
        FindingKind::RenewalNotice => "renewal ahead",
        FindingKind::InvoiceResidual => "part of the invoice unexplained",
    }
}

pub(crate) fn charge_kind(kind: ChargeKind) -> &'static str {
    match kind {
        ChargeKind::LineMrc => "lines",
        ChargeKind::LineAddon => "add-ons of lines",
        ChargeKind::AccountAddon => "add-ons of the account",
        ChargeKind::Did => "numbers",
        ChargeKind::TollFree => "toll-free numbers",
        ChargeKind::Usage => "usage",
        ChargeKind::Equipment => "equipment",
        ChargeKind::Proration => "part months",
        ChargeKind::Credit => "credits",
        ChargeKind::Promotion => "promotions",
        ChargeKind::OneTime => "charged once",
        ChargeKind::RegulatoryRecovery => "regulatory recovery",
        ChargeKind::E911 => "emergency 911 fee",
        ChargeKind::FederalUsf => "universal service fund",
        ChargeKind::StateTax => "state tax",
        ChargeKind::LocalTax => "local tax",
        ChargeKind::Other => "of unknown kind",
    }
}

pub(crate) fn finding_state(state: FindingState) -> &'static str {
    match state {
        FindingState::SlippedBack => "slipped back",
        other => other.as_str(),
    }
}

pub(crate) fn tier(tier: Option<Tier>) -> &'static str {
    tier.map_or("not known", Tier::as_str)
}

pub(crate) fn term(term: Option<Term>) -> &'static str {
    term.map_or("not known", Term::as_str)
}

pub(crate) fn kind(kind: Option<Kind>) -> &'static str {
    match kind {
        Some(Kind::CommonArea) => "common area",
        Some(kind) => kind.as_str(),
        None => "not known",
    }
}

pub(crate) fn cost_source(source: Option<CostSource>) -> &'static str {
    match source {
        Some(CostSource::Invoice) => "the newest invoice",
        Some(CostSource::Contract) => "the contract",
        Some(CostSource::PriceBook) => "the price book",
        Some(CostSource::Assumed) => "the price book, of the tier and term that prices.assume takes it for",
        None => "no invoice, contract or price",
    }
}

pub(crate) fn status(status: NightStatus) -> &'static str {
    match status {
        NightStatus::Ok => "all checks passed",
        NightStatus::Warned => "checks passed with warnings",
        NightStatus::Held => "held back",
        NightStatus::Blocked => "blocked",
    }
}
