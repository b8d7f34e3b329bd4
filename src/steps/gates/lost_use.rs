//! Use that was seen and is gone: days on which a line was used when its calls were last counted, and is not any more.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use polars::prelude::*;

use crate::frames::usage::{self, Usage};
use crate::steps::usage::tally::from_epoch;

/// By line, the days on which it was used and is not any more.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LostUse {
    /// The day's calls are others than they were, and nobody asked for that.
    pub with_calls: BTreeMap<String, BTreeSet<NaiveDate>>,
    /// The same calls fit other lines or are counted otherwise, or the day was read again on demand.
    pub explained: BTreeMap<String, BTreeSet<NaiveDate>>,
}

/// What the last reported night's usage shows and tonight's does not; `brought` are the days
/// whose calls are others, but for those that were read again on demand.
pub fn lost_use(before: DataFrame, after: &Usage, brought: &BTreeSet<NaiveDate>) -> PolarsResult<LostUse> {
    let key = || [col(usage::LINE_ID), col(usage::DAY)];
    let gone = used_days(before.lazy())
        .join(
            used_days(after.clone().into_lazy()),
            key(),
            key(),
            JoinArgs::new(JoinType::Anti),
        )
        .collect()?;
    let (lines, days) = (
        gone.column(usage::LINE_ID)?.str()?,
        gone.column(usage::DAY)?.i32()?,
    );
    let mut lost = LostUse::default();
    for (line_id, day) in lines.iter().zip(days.iter()) {
        let (Some(line_id), Some(day)) = (line_id, day.map(from_epoch)) else {
            continue;
        };
        let lines = match brought.contains(&day) {
            true => &mut lost.with_calls,
            false => &mut lost.explained,
        };
        lines.entry(line_id.to_owned()).or_default().insert(day);
    }
    Ok(lost)
}

fn used_days(usage: LazyFrame) -> LazyFrame {
    usage
        .filter((col(usage::CALLS_OUT) + col(usage::CALLS_IN_ANSWERED)).gt(lit(0)))
        .select([col(usage::LINE_ID), col(usage::DAY).cast(DataType::Int32)])
}
