//! From when on a line's phone is its own: its extension and its SIP ids may have been another line's before.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::domain::{CallKeys, KnownLine, PhoneSince, SeenKeys, without_zeros};

/// What earlier nights knew of the phones of lines, by tonight's ids.
pub struct Phones<'a> {
    known: HashMap<&'a str, &'a KnownLine>,
    seen: &'a [SeenKeys],
    as_of: NaiveDate,
}

impl<'a> Phones<'a> {
    pub fn of(known: &'a [KnownLine], seen: &'a [SeenKeys], as_of: NaiveDate) -> Phones<'a> {
        let known = known.iter().map(|known| (known.line.line_id.as_str(), known));
        Phones {
            known: known.collect(),
            seen,
            as_of,
        }
    }

    /// None where nothing tells that the line has ever had another extension.
    pub fn since(&self, keys: &CallKeys) -> Option<PhoneSince> {
        let held = &self.known.get(keys.line_id.as_str())?.extensions;
        let is_own = |other: &str| without_zeros(other) == without_zeros(&keys.extension);
        let first = held.iter().position(|held| is_own(&held.extension));
        let before = match first.unwrap_or(held.len()) {
            0 => return None,
            at => held.get(at - 1)?,
        };
        let day = before.last_on.succ_opt()?;
        let seen_on = first
            .and_then(|at| held.get(at))
            .map_or(self.as_of, |held| held.first_on);
        let mut others = self.seen.iter().map(|seen| &seen.keys);
        // A phone that was carried from one extension to the other.
        let is_carried = others.any(|other| {
            other.line_id == keys.line_id
                && !is_own(&other.extension)
                && other.sip_ids.iter().any(|id| keys.sip_ids.contains(id))
        });
        Some(PhoneSince {
            extension: day,
            seen_on,
            sip_ids: (!is_carried).then_some(day),
        })
    }
}
