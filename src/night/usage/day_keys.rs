//! What a day's usage was rolled up from, as digests: its calls, and the lines that they were joined with.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use sha2::{Digest, Sha256};

use crate::domain::{CallKeys, Zone, hex};
use crate::record::LegWindow;
use crate::steps::usage::former_lines::Joinable;
use crate::steps::usage::moved_lines::MovedLines;
use crate::steps::usage::roll_up::COUNTING_RULE;

/// The distinct contents that sources gave to a day: the same export under another name changes nothing.
pub(in crate::night) fn contents_of(windows: &[LegWindow]) -> String {
    let contents: BTreeSet<&str> = windows
        .iter()
        .filter(|window| window.rows > 0)
        .map(|window| window.digest.as_str())
        .collect();
    let mut hasher = Sha256::new();
    for content in contents {
        hasher.update(content);
        hasher.update([0]);
    }
    hex(&hasher.finalize()[..16])
}

/// The contents of a day, the lines that they are joined with, and the rules by which they are counted: ours, and where
/// the zone's rules let the day begin and end.
pub(in crate::night) fn key_of(day: NaiveDate, windows: &[LegWindow], spans: &Spans, zone: &Zone) -> String {
    let mut hasher = Sha256::new();
    hasher.update(contents_of(windows));
    hasher.update(spans.on(day).to_le_bytes());
    hasher.update(COUNTING_RULE.to_le_bytes());
    for end in ends_of(day, zone) {
        hasher.update(end.to_le_bytes());
    }
    hex(&hasher.finalize()[..16])
}

/// The instants at which a day begins and ends by the zone's rules.
pub(in crate::night) fn ends_of(day: NaiveDate, zone: &Zone) -> [i64; 2] {
    [day, day.succ_opt().unwrap_or(day)].map(|end| zone.start_of(end).timestamp())
}

/// A digest of the lines that held a seat on a day: sums of line digests, swept over the days on which one begins or ends.
pub(in crate::night) struct Spans {
    always: u128,
    /// The digest from each of these days on.
    from: BTreeMap<NaiveDate, u128>,
}

impl Spans {
    pub(in crate::night) fn new(joinable: &Joinable<'_>, moved: &MovedLines) -> Spans {
        let moves = moved
            .all_moves()
            .map(|(on, from, to)| digest_of(&[&on.to_string(), from, to]));
        let mut always = moves.fold(0_u128, u128::wrapping_add);
        let mut steps: BTreeMap<NaiveDate, u128> = BTreeMap::new();
        // A line that leaves the list is joined with its earlier calls as before, so those days stay as they are.
        for line in joinable.sealed_keys().chain(joinable.former.iter().cloned()) {
            let digest = keys_digest(&line);
            match line.since {
                None => always = always.wrapping_add(digest),
                Some(since) => {
                    let step = steps.entry(since).or_default();
                    *step = step.wrapping_add(digest);
                }
            }
            if let Some(after) = line.until.and_then(|until| until.succ_opt()) {
                let step = steps.entry(after).or_default();
                *step = step.wrapping_sub(digest);
            }
        }
        let mut sum = always;
        let from = steps.into_iter().map(|(day, step)| {
            sum = sum.wrapping_add(step);
            (day, sum)
        });
        Spans {
            always,
            from: from.collect(),
        }
    }

    fn on(&self, day: NaiveDate) -> u128 {
        self.from
            .range(..=day)
            .next_back()
            .map_or(self.always, |(_, digest)| *digest)
    }
}

/// What calls are joined to a line by.
fn keys_digest(line: &CallKeys) -> u128 {
    let since = line
        .phone_since
        .map(|since| format!("{} {:?}", since.extension, since.sip_ids));
    let keys = [&line.line_id, &line.extension]
        .into_iter()
        .chain(&line.users)
        .chain(&line.sip_ids)
        .chain(&line.dids)
        .chain(&since);
    digest_of(&keys.map(String::as_str).collect::<Vec<_>>())
}

fn digest_of(texts: &[&str]) -> u128 {
    let mut hasher = Sha256::new();
    for text in texts {
        hasher.update((text.len() as u64).to_le_bytes());
        hasher.update(text);
    }
    let digest: [u8; 32] = hasher.finalize().into();
    let (half, _) = digest.split_at(16);
    half.iter().fold(0, |sum, byte| (sum << 8) | u128::from(*byte))
}
