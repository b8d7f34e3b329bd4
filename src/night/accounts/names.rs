//! What earlier nights knew of an account's lines, under tonight's ids.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;

use crate::domain::{Baseline, CallKeys, KnownLine, Line, PhoneSince, Seal, SeenKeys};
use crate::failure::Failure;
use crate::record::Store;
use crate::steps::usage::former_lines::{former_keys, sealed_keys};
use crate::steps::usage::moved_lines::{MovedLines, new_moves};
use crate::steps::usage::phone_since::Phones;

/// The account's lines as earlier nights knew them, and what they knew them by.
pub(super) struct Names {
    pub(super) lines: Vec<KnownLine>,
    pub(super) first_seen: BTreeMap<String, NaiveDate>,
    pub(super) seal: Seal,
    /// Under tonight's ids, as all that stands here.
    pub(super) seen: Vec<SeenKeys>,
    pub(super) former: Vec<CallKeys>,
    pub(super) phone_since: HashMap<String, PhoneSince>,
    pub(super) moved: MovedLines,
}

impl Names {
    /// `lines` are tonight's, under the ids that they keep.
    pub(super) fn of(
        account_id: &str,
        lines: &[Line],
        known: Vec<KnownLine>,
        as_of: NaiveDate,
        store: &Store,
    ) -> Result<Names, Failure> {
        let tables = store.tables();
        let (seal, seen) = (tables.seal()?, tables.seen_keys(account_id)?);
        let newest = tables.keys_seen_on(account_id)?;
        let tonights = new_moves(&seen, &known, lines, &seal, as_of);
        let moves = tables.moved_lines(account_id)?;
        let moved = MovedLines::new(moves, tonights, lines, newest, as_of);
        let seen = moved.seen(&seen, newest);
        let known = moved.known(known, lines);
        let phones = Phones::of(&known, &seen, as_of);
        let mut former = former_keys(&seen, lines, &seal, as_of);
        for keys in &mut former {
            keys.phone_since = phones.since(keys);
        }
        let since = |line: &Line| Some((line.line_id.clone(), phones.since(&sealed_keys(line, &seal))?));
        Ok(Names {
            former,
            phone_since: lines.iter().filter_map(since).collect(),
            lines: known,
            first_seen: moved.first_seen(tables.first_seen(account_id)?),
            seal,
            seen,
            moved,
        })
    }

    /// What the night of `day` left of an account for later ones.
    pub(super) fn carry_over(&self, account_id: &str, day: NaiveDate, night: &mut Baseline) {
        if let Some(before) = night.accounts.get_mut(account_id) {
            self.moved.baseline(before, day);
        }
    }
}
