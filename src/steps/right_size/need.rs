//! What a line is seen to need of its tier: the price book's features, and what the data can show of each.

use crate::domain::{DayMark, Evidence, Feature, InForce, ScoredLine, Tier, counted};

/// What an account's data can show at all: where a kind of evidence never comes, its absence says nothing of a line.
#[derive(Debug, Clone)]
pub struct Shows<'a> {
    /// The inventory knows of handsets: some line of the account has one registered.
    pub handsets: bool,
    /// Every call row of the last 90 days says whether the call was recorded.
    pub recorded_flags: bool,
    /// Known business days below which a line has shown too little to go by.
    pub min_known_business_days: u32,
    pub contracts: InForce<'a>,
}

/// Whether a line needs a feature, with the words that say why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Need {
    Needed(String),
    NotSeen(String),
    Unknown,
}

impl Shows<'_> {
    pub fn need(&self, line: &ScoredLine, feature: &Feature) -> Need {
        match feature.evidence {
            Evidence::HandsetRegistered => match line.line.handset_registered_at {
                Some(day) => Need::Needed(format!("handset registered on {day}")),
                None if self.handsets => Need::NotSeen("no handset registered".to_owned()),
                None => Need::Unknown,
            },
            Evidence::Recordings => self.recordings_of(line),
            Evidence::Contract if self.contracts.rows().is_empty() || !self.contracts.is_whole() => {
                Need::Unknown
            }
            // A minimum tier is kept by `pinned`, whatever features the book has.
            Evidence::Contract => {
                Need::NotSeen("no minimum tier in the contract speaks against it".to_owned())
            }
            // `vtt_enabled` is said of the location; membership in queues stands in none of the tables.
            Evidence::VttEnabled | Evidence::QueueMembership | Evidence::None => Need::Unknown,
        }
    }

    /// A line that shows no recording yet, and has not been there for long enough to tell.
    pub fn is_young(&self, line: &ScoredLine, feature: &Feature) -> bool {
        let activity = &line.activity;
        feature.evidence == Evidence::Recordings
            && self.recorded_flags
            && (activity.calls_recorded, line.line.records_on_demand) == (0, None)
            && activity.known_business_days < self.min_known_business_days
    }

    fn recordings_of(&self, line: &ScoredLine) -> Need {
        let activity = &line.activity;
        match (activity.calls_recorded, line.line.records_on_demand) {
            (1.., _) => Need::Needed(format!("{} of its calls recorded", activity.calls_recorded)),
            (0, Some(true)) => Need::Needed("on-demand recordings in the archive".to_owned()),
            (0, Some(false)) => Need::NotSeen("no on-demand recording in the archive".to_owned()),
            (0, None) if !self.recorded_flags => Need::Unknown,
            (0, None) if activity.known_business_days < self.min_known_business_days => Need::Unknown,
            (0, None) => {
                let last_90 = &activity.year[activity.year.len().saturating_sub(90)..];
                let known = last_90
                    .iter()
                    .filter(|mark| !matches!(mark, DayMark::Unknown | DayMark::Before))
                    .count();
                Need::NotSeen(format!(
                    "no call recorded on {} of the last 90",
                    counted(known, "known day", "known days")
                ))
            }
        }
    }

    /// The tier below which no line of the account goes, by the contracts' `min_tier_reason`; `present` where a contract
    /// names no tier for it.
    pub fn pinned(&self, present: Tier) -> Option<Tier> {
        let pins = self
            .contracts
            .rows()
            .iter()
            .filter(|row| row.min_tier_reason.is_some());
        pins.map(|row| row.tier.unwrap_or(present)).max()
    }
}
