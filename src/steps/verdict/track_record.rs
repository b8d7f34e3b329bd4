//! What became of the lines that were flagged on earlier nights. The flags stand as they were sent.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use crate::domain::{FlagOutcome, Line, SentFlag, TrackRecord, Verdict};
use crate::steps::verdict::judging::Judged;

/// A line of tonight, as far as the fate of a flag depends on it.
pub struct Fate<'a> {
    pub line: &'a Line,
    /// Sorted days of use up to tonight.
    pub used: &'a [NaiveDate],
    pub kept: bool,
}

/// The earlier flags with what is known of them on `as_of`. An outcome that was settled by then stays as it was.
pub fn follow(flags: &[SentFlag], lines: &[Fate<'_>], as_of: NaiveDate) -> Vec<SentFlag> {
    let by_id: HashMap<&str, &Fate> = lines
        .iter()
        .map(|fate| (fate.line.line_id.as_str(), fate))
        .collect();
    let followed = flags.iter().filter(|flag| flag.flagged_on < as_of).map(|flag| {
        let settled = flag.outcome_on.is_some_and(|day| day <= as_of);
        let (outcome, outcome_on) = match settled {
            true => (flag.outcome, flag.outcome_on),
            false => fate_of(flag, by_id.get(flag.line_id.as_str()).copied(), as_of),
        };
        SentFlag {
            outcome,
            outcome_on,
            ..flag.clone()
        }
    });
    followed.collect()
}

fn fate_of(flag: &SentFlag, fate: Option<&Fate<'_>>, as_of: NaiveDate) -> (FlagOutcome, Option<NaiveDate>) {
    let Some(Fate { line, used, kept }) = fate else {
        return (FlagOutcome::Removed, Some(as_of));
    };
    let next_use = used
        .get(used.partition_point(|day| *day <= flag.flagged_on))
        .copied();
    // Somebody else's line now: it was taken from the holder who was silent.
    let handed_on = line.seat_since.filter(|since| *since > flag.flagged_on);
    let ended = line.seat_until.filter(|until| *until <= as_of);
    let gone = handed_on.into_iter().chain(ended).min();
    match (next_use, gone) {
        (Some(day), gone) if gone.is_none_or(|gone| day < gone) => (FlagOutcome::CameBack, Some(day)),
        (_, Some(gone)) => (FlagOutcome::Removed, Some(gone)),
        (_, None) if *kept => (FlagOutcome::Exempted, Some(as_of)),
        (_, None) => (FlagOutcome::StillSilent, None),
    }
}

/// Tonight's flags: lines flagged for their silence that have no flag standing. A night that is made up for after a later
/// one adds none to lines which that one has flagged: it is the same silence.
pub fn new_flags(
    sent: &[SentFlag],
    followed: &[SentFlag],
    judged: &[Judged<'_>],
    as_of: NaiveDate,
) -> Vec<SentFlag> {
    let later = sent.iter().filter(|flag| flag.flagged_on > as_of);
    let standing: HashSet<&str> = followed
        .iter()
        .filter(|flag| flag.outcome == FlagOutcome::StillSilent)
        .chain(later)
        .map(|flag| flag.line_id.as_str())
        .collect();
    let for_silence = |judged: &&Judged<'_>| {
        matches!(
            judged.judgement.verdict,
            Verdict::Idle | Verdict::NeverUsed | Verdict::Unassigned
        ) && !standing.contains(judged.line.line_id.as_str())
    };
    let flag = |judged: &Judged<'_>| SentFlag {
        account_id: judged.line.account_id.clone(),
        line_id: judged.line.line_id.clone(),
        flagged_on: as_of,
        verdict: judged.judgement.verdict,
        p_silent_90: judged.forecast.map(|forecast| forecast.p_silent_90),
        monthly_cost: judged.cost.monthly_cost,
        outcome: FlagOutcome::StillSilent,
        outcome_on: None,
    };
    judged.iter().filter(for_silence).map(flag).collect()
}

/// The flags of earlier nights, summed.
pub fn track_record(followed: &[SentFlag]) -> TrackRecord {
    let count = |outcome| followed.iter().filter(|flag| flag.outcome == outcome).count() as u32;
    let mut after: Vec<u32> = followed
        .iter()
        .filter(|flag| flag.outcome == FlagOutcome::CameBack)
        .filter_map(|flag| u32::try_from((flag.outcome_on? - flag.flagged_on).num_days()).ok())
        .collect();
    after.sort_unstable();
    TrackRecord {
        flags: followed.len() as u32,
        first_flag_on: followed.iter().map(|flag| flag.flagged_on).min(),
        still_silent: count(FlagOutcome::StillSilent),
        came_back: count(FlagOutcome::CameBack),
        came_back_after_days: after.get(after.len() / 2).copied(),
        removed: count(FlagOutcome::Removed),
        exempted: count(FlagOutcome::Exempted),
    }
}
