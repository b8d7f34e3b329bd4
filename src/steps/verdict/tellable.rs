//! Whether the calls of a line can be told at all: what cannot be told is never read as silence.

use std::collections::{BTreeSet, HashMap};

use chrono::{Days, NaiveDate};

use crate::domain::{Activity, Line, UnreadDays, UnreadNames, counted, number_name, without_zeros};
use crate::steps::input::AccountInput;
use crate::steps::usage::day_join::NamedBy;
use crate::steps::usage::line_keys::{is_joinable, names_of};
use crate::steps::usage::unlisted::{Unlisted, taken_for};

/// How the rows name their ends, and what they leave in doubt.
pub(in crate::steps) struct Tellable<'a> {
    named_by: NamedBy,
    unread: &'a UnreadNames,
    /// Rows of earlier days say nothing of tonight.
    unread_from: NaiveDate,
    /// Extensions that are others' but for their zeros, in rows that bear none.
    without_their_zeros: BTreeSet<&'a str>,
    unlisted: &'a [Unlisted],
}

impl<'a> Tellable<'a> {
    pub(in crate::steps) fn of(input: &'a AccountInput<'_>) -> Tellable<'a> {
        let live = |line: &&Line| !line.extension.is_empty() && !line.ended_by(input.as_of);
        let mut alike: HashMap<&str, BTreeSet<&str>> = HashMap::new();
        for line in input.roster.lines.iter().filter(live) {
            let extension = line.extension.as_str();
            alike
                .entry(without_zeros(extension))
                .or_default()
                .insert(extension);
        }
        let bear_none = input.named_by.found.zeros == 0;
        let several = alike.into_values().filter(|alike| alike.len() > 1 && bear_none);
        let with_zeros = |extension: &&str| without_zeros(extension) != *extension;
        Tellable {
            named_by: input.named_by,
            unread: input.unread,
            unread_from: input.as_of - Days::new(u64::from(input.scoring.window_days)),
            without_their_zeros: several.flatten().filter(with_zeros).collect(),
            unlisted: input.unlisted,
        }
    }

    /// Whether the rows name lines by a key that this line has.
    pub(in crate::steps) fn is_joinable(&self, line: &Line) -> bool {
        is_joinable(line, self.named_by)
    }

    /// Whether rows may miss that a call was passed on, and answered elsewhere.
    pub(in crate::steps) fn may_hide_passed_on(&self) -> bool {
        self.named_by.without_call_ids
    }

    /// The rows that name it and could not be used.
    pub(in crate::steps) fn unread_rows(&self, line: &Line) -> Option<UnreadDays> {
        let numbers = line.dids.iter().map(|did| number_name(did));
        let named = names_of(line).chain(numbers);
        let rows = named.filter_map(|name| self.unread.get(&name));
        rows.filter(|days| days.span.is_none_or(|(_, last)| last > self.unread_from))
            .max_by_key(|days| days.rows)
            .cloned()
    }

    pub(in crate::steps) fn tells(&self, line: &Line) -> bool {
        self.is_joinable(line) && self.unread_rows(line).is_none() && !self.is_anothers_but_for_zeros(line)
    }

    fn is_anothers_but_for_zeros(&self, line: &Line) -> bool {
        let by_other_keys = || Line {
            extension: String::new(),
            ..line.clone()
        };
        self.without_their_zeros.contains(line.extension.as_str())
            && !is_joinable(&by_other_keys(), self.named_by)
    }

    /// Why its silence may be somebody's use under another name.
    pub(in crate::steps) fn doubt(
        &self,
        line: &Line,
        activity: &Activity,
        first_known: NaiveDate,
    ) -> Option<String> {
        if self.is_anothers_but_for_zeros(line) {
            return Some(format!(
                "The call rows bear no leading zeros, and another line has extension {}: its calls cannot be told from that line's",
                without_zeros(&line.extension)
            ));
        }
        let other = taken_for(line, activity, first_known, self.unlisted)?;
        Some(format!(
            "{} from {} to {} {} of {}, which no line has, and may be its own (a login that was changed, or is \
             written otherwise in the line list): correct the list, or give that name to its line",
            counted(other.rows, "call row", "call rows"),
            other.first_on,
            other.last_on,
            if other.rows == 1 { "is" } else { "are" },
            other.name
        ))
    }
}
