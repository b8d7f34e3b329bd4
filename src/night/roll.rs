//! Brings the usage table up to date: only the days whose calls, or whose lines' keys, changed are rolled up again.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};
use polars::prelude::DataFrame;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::domain::{Account, Line};
use crate::failure::Failure;
use crate::frames::usage::{self, Usage};
use crate::progress::Progress;
use crate::pull::LegStore;
use crate::record::{LegWindow, Store, UsageFiles, month_name};
use crate::steps::coverage::{Ledger, RowsByDay, Scope};
use crate::steps::day_join::{DayJoin, Directions};
use crate::steps::roll_up::roll_up;
use crate::steps::usage_days::replace_days;

/// What a day's usage was rolled up from, and how its legs joined: kept beside the usage, since legs leave the store.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayRecord {
    pub key: String,
    pub join: DayJoin,
}

/// An account's usage, up to date, and what is known of its days.
pub struct Rolled {
    pub usage: Usage,
    pub days: BTreeMap<NaiveDate, DayRecord>,
    pub covered: BTreeSet<NaiveDate>,
    /// Days that were rolled up over other lines than there are now, and whose legs have left the store.
    pub stale: BTreeSet<NaiveDate>,
}

/// Rolls up what changed for one account.
pub fn bring_up_to_date(
    account: &Account,
    lines: &[Line],
    legs: &LegStore,
    store: &mut Store,
    usage_files: &UsageFiles,
    progress: &Progress,
) -> Result<Rolled, Failure> {
    let id = &account.account_id;
    let windows = by_day(store.tables().leg_windows(id)?);
    let mut days = day_records(store, id)?;
    let spans = Spans::new(lines);
    drop_days_without_source(id, &windows, &mut days, store, usage_files)?;
    let (changed, stale): (BTreeMap<_, _>, BTreeMap<_, _>) = windows
        .iter()
        .map(|(day, windows)| (*day, key_of(*day, windows, &spans)))
        .filter(|(day, key)| days.get(day).is_none_or(|record| record.key != *key))
        .partition(|(day, _)| windows[day].iter().any(|window| !window.pruned));
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
            lines,
        )?;
        let mut usage = replace_days(
            usage_files.load_month(id, month)?,
            rolled.usage,
            &replaced,
            &kept_too,
        )?;
        save_month(id, month, &mut usage, store, usage_files)?;
        let records = keys.into_iter().map(|(day, key)| {
            let join = rolled.days.get(&day).cloned().unwrap_or_default();
            let before = days
                .get(&day)
                .filter(|_| kept_too.contains(&day))
                .map(|record| record.join.clone());
            (
                day,
                DayRecord {
                    key,
                    join: larger(join, before),
                },
            )
        });
        let records: BTreeMap<NaiveDate, DayRecord> = records.collect();
        save_records(store, id, &records)?;
        bar.inc(records.len() as u64);
        days.extend(records);
    }
    bar.finish();
    let usage = Usage::parse(polars::prelude::IntoLazy::lazy(usage_files.load(id)?))?;
    Ok(Rolled {
        usage,
        days,
        covered: windows.into_keys().collect(),
        stale: stale.into_keys().collect(),
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
pub fn legs_by_day(
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
pub fn forget_days(
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
    tables.forget_usage_days(account_id, from)?;
    Ok(())
}

impl Rolled {
    /// What the coverage is judged from, up to `as_of`.
    pub fn ledger(
        &self,
        as_of: NaiveDate,
        holidays: BTreeSet<NaiveDate>,
        provisional: BTreeSet<NaiveDate>,
    ) -> Ledger {
        Ledger {
            covered: self.covered.iter().copied().filter(|day| *day <= as_of).collect(),
            provisional,
            rows: self
                .days
                .iter()
                .map(|(day, record)| (*day, record.join.legs))
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

    /// The joins of the days in a span, together.
    pub fn joined(&self, from: NaiveDate, to: NaiveDate) -> DayJoin {
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

/// The distinct contents that sources gave to a day, and the lines they are joined with: the same export under another
/// name changes nothing.
fn key_of(day: NaiveDate, windows: &[LegWindow], spans: &Spans) -> String {
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
    hasher.update(spans.on(day).to_le_bytes());
    hasher
        .finalize()
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Where some of a day's legs have left the store, its older and fuller join stands.
fn larger(join: DayJoin, before: Option<DayJoin>) -> DayJoin {
    before.filter(|before| before.legs > join.legs).unwrap_or(join)
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

/// A digest of the lines that held a seat on a day: sums of line digests, swept over the days on which one begins or ends.
struct Spans {
    always: u128,
    /// The digest from each of these days on.
    from: BTreeMap<NaiveDate, u128>,
}

impl Spans {
    fn new(lines: &[Line]) -> Spans {
        let mut always = 0_u128;
        let mut steps: BTreeMap<NaiveDate, u128> = BTreeMap::new();
        for line in lines {
            let digest = line_digest(line);
            match line.seat_since {
                None => always = always.wrapping_add(digest),
                Some(since) => {
                    let step = steps.entry(since).or_default();
                    *step = step.wrapping_add(digest);
                }
            }
            if let Some(after) = line.seat_until.and_then(|until| until.succ_opt()) {
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
fn line_digest(line: &Line) -> u128 {
    let mut hasher = Sha256::new();
    let users = [&line.login_name, &line.email, &line.user_id]
        .into_iter()
        .flatten();
    let keys = [&line.line_id, &line.extension]
        .into_iter()
        .chain(users)
        .chain(&line.sip_ids)
        .chain(&line.dids);
    for key in keys {
        hasher.update((key.len() as u64).to_le_bytes());
        hasher.update(key);
    }
    let digest: [u8; 32] = hasher.finalize().into();
    let (half, _) = digest.split_at(16);
    half.iter().fold(0, |sum, byte| (sum << 8) | u128::from(*byte))
}

/// Legs of each line over some days.
pub fn legs_by_line(
    rolled: &Rolled,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<BTreeMap<String, u64>, Failure> {
    use polars::prelude::{DataType, col, lit};
    let sums = rolled
        .usage
        .clone()
        .into_lazy()
        .filter(
            col(usage::DAY)
                .gt_eq(lit(from))
                .and(col(usage::DAY).lt_eq(lit(to))),
        )
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
