//! The words of a judgement: verdict, action, and when the money comes back.

use super::words;

words! {
    /// Exactly one per line: the first of [`VERDICT_ORDER`] that holds.
    Verdict {
        InUse => "in_use", Watch => "watch", Idle => "idle", NeverUsed => "never_used",
        Unassigned => "unassigned", Leaver => "leaver", New => "new", OnLeave => "on_leave",
        Exempt => "exempt", Protected => "protected", Unknown => "unknown",
    }
}

/// The verdict table's rows, written here and nowhere else; docs/rules.md tells when each holds.
pub const VERDICT_ORDER: [Verdict; 11] = [
    Verdict::Exempt,
    Verdict::Protected,
    Verdict::Leaver,
    Verdict::OnLeave,
    Verdict::New,
    Verdict::Unknown,
    Verdict::Unassigned,
    Verdict::NeverUsed,
    Verdict::Idle,
    Verdict::Watch,
    Verdict::InUse,
];

impl Verdict {
    /// The verdicts whose lines' cost is idle money.
    pub fn is_waste(self) -> bool {
        matches!(
            self,
            Verdict::Idle | Verdict::NeverUsed | Verdict::Unassigned | Verdict::Leaver
        )
    }
}

words! {
    Action {
        Keep => "keep", AskHolder => "ask_holder", RerouteThenReclaim => "reroute_then_reclaim",
        Reclaim => "reclaim", Reassign => "reassign", Downgrade => "downgrade",
        ReleaseNumber => "release_number", Dispute => "dispute", Review => "review",
    }
}

words! {
    /// When a finding's money can be recovered (docs/rules.md); buckets are never added into one headline.
    Recoverable {
        Now => "now", NextBill => "next_bill", AtRenewal => "at_renewal", ReassignOnly => "reassign_only",
        Undetermined => "undetermined", None => "none",
    }
}
