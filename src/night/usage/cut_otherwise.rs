//! Days that were cut by older rules of their zone and cannot be counted again: their calls have left the store, and no call file
//! holds them any more.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::domain::{Account, counted};
use crate::failure::Failure;
use crate::night::read::calls::{key_of, name_by_other_rules};
use crate::night::usage::day_keys::ends_of;
use crate::night::usage::roll::DayRecord;
use crate::record::{LegWindow, Store};

/// Files that are named.
const NAMED: usize = 6;

/// Which days these are, and what would let them be counted again.
pub(in crate::night) fn cut_otherwise(
    account: &Account,
    days: &BTreeMap<NaiveDate, DayRecord>,
    windows: &BTreeMap<NaiveDate, Vec<LegWindow>>,
    store: &Store,
) -> Result<Option<String>, Failure> {
    let zone = &account.time_zone;
    let is_other = |(day, record): &(&NaiveDate, &DayRecord)| {
        record.ends.is_some_and(|ends| ends != ends_of(**day, zone))
    };
    let found: Vec<NaiveDate> = days.iter().filter(is_other).map(|(day, _)| *day).collect();
    let (Some(first), Some(last)) = (found.first(), found.last()) else {
        return Ok(None);
    };
    let of_days = found.iter().filter_map(|day| windows.get(day)).flatten();
    let sources: BTreeSet<&str> = of_days.map(|window| window.source.as_str()).collect();
    let mut names = BTreeSet::new();
    for source in sources {
        names.extend(name_by_other_rules(
            &key_of(source, &account.account_id),
            zone,
            store,
        )?);
    }
    let mut files = names.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > NAMED {
        files.push_str(&format!(" and {} more", names.len() - NAMED));
    }
    let from = match names.is_empty() {
        true => "their call files".to_owned(),
        false => files,
    };
    Ok(Some(format!(
        "{} ({first} to {last}) {} counted under older rules of the zone {zone}, and no call file at hand holds {}: a late call \
         may stand on the day beside its own. Hand in {from} again, and they are counted anew.",
        counted(found.len(), "day", "days"),
        if found.len() == 1 { "was" } else { "were" },
        if found.len() == 1 { "it" } else { "them" },
    )))
}
