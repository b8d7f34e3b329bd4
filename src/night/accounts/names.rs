//! What earlier nights knew of an account's lines, under tonight's ids.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use polars::prelude::{DataFrame, IntoLazy};

use crate::domain::{Baseline, CallKeys, KnownLine, Line, Seal, SeenKeys};
use crate::failure::Failure;
use crate::frames::usage::Usage;
use crate::record::Store;
use crate::steps::former_lines::former_keys;
use crate::steps::moved_lines::{MovedLines, new_moves};

/// The account's lines as earlier nights knew them, and what they knew them by.
pub(super) struct Names {
    pub(super) lines: Vec<KnownLine>,
    pub(super) first_seen: BTreeMap<String, NaiveDate>,
    pub(super) seal: Seal,
    pub(super) seen: Vec<SeenKeys>,
    pub(super) former: Vec<CallKeys>,
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
        let mut moves = tables.moved_lines(account_id)?;
        moves.extend(new_moves(&seen, &known, lines, &seal, as_of));
        let moved = MovedLines::new(moves, lines, as_of);
        Ok(Names {
            former: moved.keys(former_keys(&seen, lines, &seal, as_of)),
            lines: moved.known(known, lines),
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

    pub(super) fn usage(&self, usage: Usage) -> Result<Usage, Failure> {
        Ok(Usage::parse(self.moved.usage(usage.into_lazy())?)?)
    }

    /// The same of usage as it stood before tonight.
    pub(super) fn usage_before(&self, usage: DataFrame) -> Result<DataFrame, Failure> {
        Ok(self.moved.usage(usage.lazy())?.collect()?)
    }
}
