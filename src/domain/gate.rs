//! Gates: silence is never read from missing data (docs/gates.md).

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Cents, Currency, SignIns, words};

words! {
    Gate {
        G1Completeness => "G1", G2Empty => "G2", G3Join => "G3", G4MassFlag => "G4", G5Freshness => "G5",
        G6Clock => "G6", G7History => "G7", G8Grace => "G8", G9Schema => "G9",
        G10Bill => "G10",
    }
}
words! {
    /// The higher, the graver.
    GateStatus { Ok => "ok", Warn => "warn", Hold => "hold", Block => "block" }
}

/// What a gate saw. `accept` is the hash that releases exactly this hold or block (`--accept-change HASH`), where one can.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateReport {
    pub gate: Gate,
    pub status: GateStatus,
    pub detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accept: Option<String>,
}

/// What a good night leaves behind for the gates of the next.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Baseline {
    /// Digest of the settings that bear on verdicts; another one starts a new baseline.
    pub scoring_digest: String,
    pub accounts: BTreeMap<String, AccountBaseline>,
}

/// The good nights that a night is measured by.
#[derive(Debug, Clone, Default)]
pub struct GoodNights {
    /// The newest. An earlier revision of this very night is as good a measure as an earlier night.
    pub last: Option<(NaiveDate, Baseline)>,
    /// Those before this night, as far back as a night is measured.
    pub lately: BTreeMap<NaiveDate, Baseline>,
}

/// The night whose figure stands while there is no new one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastGood {
    pub as_of: NaiveDate,
    /// Idle money a month of each account, by its name; none of a night that kept no amounts.
    pub idle: Vec<(String, Cents, Currency)>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountBaseline {
    pub flagged: BTreeSet<String>,
    /// What each of them costs a month; none where nothing told a price.
    #[serde(default)]
    pub idle_costs: BTreeMap<String, Option<Cents>>,
    /// When each of them was last used.
    #[serde(default)]
    pub idle_last_used: BTreeMap<String, Option<NaiveDate>>,
    /// Keeps of lists by their lines, with their last days; also those of earlier nights that no other decision has followed.
    #[serde(default)]
    pub kept: BTreeMap<String, NaiveDate>,
    /// Leaves of the lines' holders, likewise; also those of earlier nights of which the directory tells nothing any more.
    #[serde(default)]
    pub away: BTreeMap<String, NaiveDate>,
    /// The last sign-ins of the lines' holders, those included that only an earlier night's directory tells.
    #[serde(default)]
    pub signed_in: BTreeMap<String, SignIns>,
    pub users: u32,
    pub lines: u32,
    /// Lines used in the last 30 days.
    #[serde(default)]
    pub active_lines: u32,
    pub billed_total: Cents,
    /// Matched among the call rows that name a line, in hundredths of a percent.
    pub joined_basis_points: Option<u32>,
    /// A share of rows that name no line, as high as this, was accepted.
    #[serde(default)]
    pub accepted_nameless_basis_points: Option<u32>,
    /// The last night on which a mass change of the account was accepted: nights before it measure nothing any more.
    #[serde(default)]
    pub accepted_on: Option<NaiveDate>,
}
