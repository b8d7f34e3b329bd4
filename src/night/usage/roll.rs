//! Brings the usage table up to date: only the days whose calls, or whose lines' keys, changed are rolled up again.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};
use polars::prelude::DataFrame;
use serde::{Deserialize, Serialize};

use crate::domain::Account;
use crate::failure::Failure;
use crate::frames::usage::{self, Usage};
use crate::night::usage::cut_otherwise::cut_otherwise;
use crate::night::usage::day_keys::{Spans, contents_of, ends_of, key_of};
use crate::progress::Progress;
use crate::pull::LegStore;
use crate::record::{LegWindow, Store, UsageFiles, month_name};
use crate::steps::coverage::{CoverageLedger, RowsByDay, Scope};
use crate::steps::usage::day_join::{DayJoin, Directions};
use crate::steps::usage::former_lines::Joinable;
use crate::steps::usage::moved_lines::MovedLines;
use crate::steps::usage::roll_up::roll_up;
use crate::steps::usage::usage_days::{is_among, replace_days};

/// What a day's usage was rolled up from, and how its legs joined: kept beside the usage, since legs leave the store.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DayRecord {
    pub key: String,
    /// The part of it that stands for the calls alone.
    #[serde(default)]
    pub calls: String,
    pub join: DayJoin,
    /// The night whose ids of lines its usage bears; none in a record that is older than all moves.
    #[serde(default)]
    pub ids_of: Option<NaiveDate>,
    /// The instants between which its calls were counted; none in a record that is older than these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends: Option<[i64; 2]>,
}

/// An account's usage, up to date, and what is known of its days.
pub(crate) struct Rolled {
    /// Under tonight's ids.
    pub usage: Usage,
    pub days: BTreeMap<NaiveDate, DayRecord>,
    pub covered: BTreeSet<NaiveDate>,
    /// Days that were rolled up over other lines than there are now, and whose legs have left the store.
    pub stale: BTreeSet<NaiveDate>,
    /// Days whose calls are new tonight, or others than the last reported night had.
    pub brought: BTreeSet<NaiveDate>,
    /// In words: days that stay counted as the zone's rules of then cut them.
    pub cut_otherwise: Option<String>,
}

/// Rolls up what changed for one account.
pub(crate) fn bring_up_to_date(
    account: &Account,
    (joinable, moved): (&Joinable<'_>, &MovedLines),
    legs: &LegStore,
    store: &mut Store,
    usage_files: &UsageFiles,
    progress: &Progress,
) -> Result<Rolled, Failure> {
    let id = &account.account_id;
    let windows = by_day(store.tables().leg_windows(id)?);
    let mut days = day_records(store, id)?;
    let spans = Spans::new(joinable, moved);
    drop_days_without_source(id, &windows, &mut days, store, usage_files)?;
    let (changed, stale): (BTreeMap<_, _>, BTreeMap<_, _>) = windows
        .iter()
        .map(|(day, windows)| (*day, key_of(*day, windows, &spans, &account.time_zone)))
        .filter(|(day, key)| days.get(day).is_none_or(|record| record.key != *key))
        .partition(|(day, _)| windows[day].iter().any(|window| !window.pruned));
    let mut brought = BTreeSet::new();
    let bar = progress.bar("rolling up days", changed.len() as u64);
    for (month, keys) in by_month(&changed) {
        let replaced: BTreeSet<NaiveDate> = keys.keys().copied().collect();
        let pruned = |day: &&NaiveDate| {
            windows[*day]
                .iter()
                .any(|window| window.pruned && window.rows > 0)
        };
        let kept_too: BTreeSet<NaiveDate> = replaced.iter().filter(pruned).copied().collect();
        let counts = |day: NaiveDate, source: &str| {
            let windows = windows.get(&day);
            windows.is_some_and(|windows| windows.iter().any(|window| window.source == source))
        };
        let rolled = roll_up(
            legs.read_days(id, &replaced.iter().copied().collect::<Vec<_>>(), &counts)?,
            joinable,
        )?;
        let counted = kept_too
            .iter()
            .filter_map(|day| Some((*day, days.get(day)?.ids_of)));
        let mut usage = replace_days(
            moved.usage(usage_files.load_month(id, month)?, &counted.collect())?,
            rolled.usage,
            &replaced,
            &kept_too,
        )?;
        save_month(id, month, &mut usage, store, usage_files)?;
        let records = keys.into_iter().map(|(day, key)| {
            let join = rolled.days.get(&day).cloned().unwrap_or_default();
            let calls = contents_of(&windows[&day]);
            if days.get(&day).is_none_or(|record| record.calls != calls) {
                brought.insert(day);
            }
            let before = days.get(&day).filter(|_| kept_too.contains(&day));
            let record = DayRecord {
                key,
                calls,
                join: larger(join, before.map(|record| record.join.clone())),
                ids_of: Some(moved.ids_of()),
                ends: Some(ends_of(day, &account.time_zone)),
            };
            (day, record)
        });
        let records: BTreeMap<NaiveDate, DayRecord> = records.collect();
        save_records(store, id, &records)?;
        bar.inc(records.len() as u64);
        days.extend(records);
    }
    bar.finish();
    let counted = days.iter().map(|(day, record)| (*day, record.ids_of));
    let usage = moved.usage(usage_files.load(id)?, &counted.collect())?;
    let usage = Usage::parse(polars::prelude::IntoLazy::lazy(usage))?;
    Ok(Rolled {
        usage,
        cut_otherwise: cut_otherwise(account, &days, &windows, store)?,
        days,
        covered: windows.into_keys().collect(),
        stale: stale.into_keys().collect(),
        brought,
    })
}

/// The usage of days that no source gives any more goes too: what was read from a wrong file must not stay.
fn drop_days_without_source(
    account_id: &str,
    windows: &BTreeMap<NaiveDate, Vec<LegWindow>>,
    days: &mut BTreeMap<NaiveDate, DayRecord>,
    store: &Store,
    usage_files: &UsageFiles,
) -> Result<(), Failure> {
    let orphans: BTreeMap<NaiveDate, String> = days
        .keys()
        .filter(|day| !windows.contains_key(day))
        .map(|day| (*day, String::new()))
        .collect();
    for (month, orphans) in by_month(&orphans) {
        let replaced: BTreeSet<NaiveDate> = orphans.into_keys().collect();
        let mut usage = without_days(account_id, month, &replaced, usage_files)?;
        save_month(account_id, month, &mut usage, store, usage_files)?;
    }
    store
        .tables()
        .forget_usage_of(account_id, orphans.keys().copied())?;
    days.retain(|day, _| windows.contains_key(day));
    Ok(())
}

/// A month's usage but for some of its days.
fn without_days(
    account_id: &str,
    month: NaiveDate,
    days: &BTreeSet<NaiveDate>,
    usage_files: &UsageFiles,
) -> Result<DataFrame, Failure> {
    let nothing = DataFrame::empty_with_schema(&usage::SCHEMA);
    let month = usage_files.load_month(account_id, month)?;
    Ok(replace_days(month, nothing, days, &BTreeSet::new())?)
}

/// Writes a month as part of the night's draft: its bytes first, then their digest.
fn save_month(
    account_id: &str,
    month: NaiveDate,
    usage: &mut DataFrame,
    store: &Store,
    usage_files: &UsageFiles,
) -> Result<(), Failure> {
    let month = month_name(month);
    let digest = usage_files.save_month(account_id, &month, usage)?;
    Ok(store.tables().put_usage_file(account_id, &month, &digest)?)
}

/// How many legs each day from `from` on has that is known to the store; 0 for one that was quiet.
pub(crate) fn legs_by_day(
    account_id: &str,
    from: NaiveDate,
    store: &Store,
) -> Result<BTreeMap<NaiveDate, u64>, Failure> {
    let records = day_records(store, account_id)?;
    let windows = by_day(store.tables().leg_windows(account_id)?);
    let legs = |day: NaiveDate| records.get(&day).map_or(0, |record| record.join.legs);
    Ok(windows
        .into_keys()
        .filter(|day| *day >= from)
        .map(|day| (day, legs(day)))
        .collect())
}

/// Forgets all that is known of the days from `from` on, so that it is read and rolled up anew.
pub(crate) fn forget_days(
    account_id: &str,
    from: NaiveDate,
    store: &mut Store,
    usage_files: &UsageFiles,
) -> Result<(), Failure> {
    for month in usage_files.months(account_id)? {
        let Ok(first) = format!("{month}-01").parse::<NaiveDate>() else {
            continue;
        };
        let days: BTreeSet<NaiveDate> = first
            .iter_days()
            .take_while(|day| day.month() == first.month())
            .filter(|day| *day >= from)
            .collect();
        if days.is_empty() {
            continue;
        }
        // A month that goes whole need not be readable.
        let mut kept = match days.contains(&first) {
            true => DataFrame::empty_with_schema(&usage::SCHEMA),
            false => without_days(account_id, first, &days, usage_files)?,
        };
        save_month(account_id, first, &mut kept, store, usage_files)?;
    }
    let tables = store.tables();
    tables.forget_inputs(account_id, from)?;
    tables.forget_leg_windows(account_id, from)?;
    tables.cut_unread_names(account_id, None, (from, NaiveDate::MAX))?;
    tables.forget_usage_days(account_id, from)?;
    Ok(())
}

impl Rolled {
    /// What the coverage is judged from, up to `as_of`.
    pub(crate) fn ledger(
        &self,
        as_of: NaiveDate,
        holidays: BTreeSet<NaiveDate>,
        provisional: BTreeSet<NaiveDate>,
    ) -> CoverageLedger {
        CoverageLedger {
            covered: self.covered.iter().copied().filter(|day| *day <= as_of).collect(),
            provisional,
            rows: self
                .days
                .iter()
                .map(|(day, record)| (*day, record.join.legs))
                .collect(),
            utc_days: self
                .days
                .iter()
                .filter_map(|(day, record)| Some((*day, record.join.utc_days?)))
                .collect(),
            parts: self.rows_by_direction(),
            of_few: BTreeSet::new(),
            accepted: BTreeMap::new(),
            holidays,
        }
    }

    /// Days whose record does not tell the directions are left out: what is not known is not nothing.
    fn rows_by_direction(&self) -> BTreeMap<Scope, RowsByDay> {
        let mut parts: BTreeMap<Scope, RowsByDay> = BTreeMap::new();
        for (day, DayRecord { join, .. }) in &self.days {
            let none = (join.legs == 0).then(Directions::default);
            let Some(directions) = join.directions.or(none) else {
                continue;
            };
            for (name, rows) in directions.by_name() {
                let part = parts.entry(Scope::Direction(name.to_owned())).or_default();
                part.insert(*day, rows);
            }
        }
        parts
    }

    /// What the rows of each day in a span name and no line has.
    pub(crate) fn joins(
        &self,
        from: NaiveDate,
        to: NaiveDate,
    ) -> impl Iterator<Item = (NaiveDate, &DayJoin)> {
        let days = self.days.range(from..=to);
        days.map(|(day, record)| (*day, &record.join))
    }

    /// The joins of the days in a span, together.
    pub(crate) fn joined(&self, from: NaiveDate, to: NaiveDate) -> DayJoin {
        self.days
            .range(from..=to)
            .fold(DayJoin::default(), |sum, (_, record)| sum.and(&record.join))
    }
}

fn by_day(windows: Vec<LegWindow>) -> BTreeMap<NaiveDate, Vec<LegWindow>> {
    let mut days: BTreeMap<NaiveDate, Vec<LegWindow>> = BTreeMap::new();
    for window in windows {
        days.entry(window.day).or_default().push(window);
    }
    days
}

fn by_month(days: &BTreeMap<NaiveDate, String>) -> BTreeMap<NaiveDate, BTreeMap<NaiveDate, String>> {
    let mut months: BTreeMap<NaiveDate, BTreeMap<NaiveDate, String>> = BTreeMap::new();
    for (day, key) in days {
        months
            .entry(day.with_day(1).unwrap_or(*day))
            .or_default()
            .insert(*day, key.clone());
    }
    months
}

/// Where some of a day's legs have left the store, its older and fuller join stands.
fn larger(join: DayJoin, before: Option<DayJoin>) -> DayJoin {
    before.filter(|before| before.legs > join.legs).unwrap_or(join)
}

/// Of each day whose usage is stored, the night whose ids of lines it bears.
pub(crate) fn ids_by_day(
    account_id: &str,
    store: &Store,
) -> Result<BTreeMap<NaiveDate, Option<NaiveDate>>, Failure> {
    let records = day_records(store, account_id)?;
    Ok(records
        .into_iter()
        .map(|(day, record)| (day, record.ids_of))
        .collect())
}

fn day_records(store: &Store, account_id: &str) -> Result<BTreeMap<NaiveDate, DayRecord>, Failure> {
    let stored = store.tables().usage_days(account_id)?;
    // A record that cannot be read is one of another version: its day is rolled up again.
    Ok(stored
        .into_iter()
        .filter_map(|(day, json)| Some((day, serde_json::from_str(&json).ok()?)))
        .collect())
}

fn save_records(
    store: &Store,
    account_id: &str,
    records: &BTreeMap<NaiveDate, DayRecord>,
) -> Result<(), Failure> {
    let json: Result<BTreeMap<NaiveDate, String>, serde_json::Error> = records
        .iter()
        .map(|(day, record)| Ok((*day, serde_json::to_string(record)?)))
        .collect();
    Ok(store.tables().put_usage_days(account_id, &json?)?)
}

/// Legs of each line on some days.
pub(crate) fn legs_by_line(
    rolled: &Rolled,
    days: &BTreeSet<NaiveDate>,
) -> Result<BTreeMap<String, u64>, Failure> {
    use polars::prelude::{DataType, col};
    let sums = rolled
        .usage
        .clone()
        .into_lazy()
        .filter(is_among(days)?)
        .group_by([col(usage::LINE_ID)])
        .agg([col(usage::LEGS).cast(DataType::UInt64).sum()])
        .collect()?;
    let (ids, legs) = (
        sums.column(usage::LINE_ID)?.str()?,
        sums.column(usage::LEGS)?.u64()?,
    );
    Ok(ids
        .iter()
        .zip(legs.iter())
        .filter_map(|(id, legs)| Some((id?.to_owned(), legs?)))
        .collect())
}
