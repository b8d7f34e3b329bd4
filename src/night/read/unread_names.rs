//! Whom call rows name that could not be used: never silent, also when their file has rolled away, until the rows are mended or
//! their days are past.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};

use crate::domain::{
    Account, KnownLine, Line, Seal, UnreadCall, UnreadNames, extension_name, login_name, names_in,
    number_name, sip_id_name, sought_name,
};
use crate::failure::Failure;
use crate::frames::legs as columns;
use crate::job::Job;
use crate::pull::{CallFile, CallsRead, LegStore, Tables};
use crate::record::{Store, UnreadName};
use crate::steps::usage::line_keys::names_of;

/// Days beyond those that are judged, for nights that are made again.
const KEPT_BEYOND_DAYS: u64 = 130;
/// Call ids that are kept of one name and stretch of days; the rows of more are mended in their own file only.
const MOST_CALL_IDS: usize = 20;

/// What a call file is read for.
pub(crate) struct Reading<'a> {
    /// The day of rows that tell none, in a file that covers none.
    pub as_of: NaiveDate,
    /// Numbers that are a line's: outside numbers are not kept.
    pub own_numbers: BTreeSet<&'a str>,
}

impl<'a> Reading<'a> {
    pub(crate) fn new(as_of: NaiveDate, lines: &'a [Line]) -> Reading<'a> {
        let own_numbers = lines.iter().flat_map(|line| &line.dids).map(String::as_str);
        Reading {
            as_of,
            own_numbers: own_numbers.collect(),
        }
    }

    /// What a file brings replaces what it brought before, on the days that it covers.
    pub(crate) fn rows(&self, file: &CallFile, read: &CallsRead, seal: &Seal) -> Vec<UnreadName> {
        let mut ids: BTreeMap<(NaiveDate, NaiveDate, &str), Vec<&UnreadCall>> = BTreeMap::new();
        for call in &read.unread {
            let (first, last) = match call.day {
                Some(day) => (day, day),
                None => read.window.unwrap_or((self.as_of, self.as_of)),
            };
            let names: BTreeSet<&str> = call.names.iter().map(String::as_str).collect();
            for name in names.into_iter().filter(|name| self.is_inside(name)) {
                ids.entry((first, last, name)).or_default().push(call);
            }
        }
        let mut rows = Vec::new();
        for ((first_day, last_day, name), calls) in ids {
            let id = |call: &&UnreadCall| {
                call.call_id
                    .as_deref()
                    .map(|id| seal.seal(id))
                    .unwrap_or_default()
            };
            let mut by_id: BTreeMap<String, u64> = BTreeMap::new();
            for call in &calls {
                *by_id.entry(id(call)).or_default() += 1;
            }
            if by_id.len() > MOST_CALL_IDS {
                by_id = BTreeMap::from([(String::new(), calls.len() as u64)]);
            }
            rows.extend(by_id.into_iter().map(|(call_id, rows)| UnreadName {
                account: file.account.account_id.clone(),
                source: file.source_id.clone(),
                first_day,
                last_day,
                name: seal.seal(&sought_name(name)),
                call_id,
                rows,
            }));
        }
        rows
    }

    fn is_inside(&self, name: &str) -> bool {
        name.strip_prefix("number ")
            .is_none_or(|number| self.own_numbers.contains(number))
    }
}

/// Drops the names of rows that another file has brought since so that they can be used: of the same call, naming the same.
pub(crate) fn drop_mended(account_id: &str, legs: &LegStore, store: &Store) -> Result<(), Failure> {
    let seal = store.tables().seal()?;
    let mut by_source: BTreeMap<String, Vec<UnreadName>> = BTreeMap::new();
    for name in store.tables().unread_names(account_id)? {
        if !name.call_id.is_empty() {
            by_source.entry(name.source.clone()).or_default().push(name);
        }
    }
    let windows = store.tables().leg_windows(account_id)?;
    for (source, names) in by_source {
        let days: BTreeSet<NaiveDate> = windows
            .iter()
            .filter(|window| window.source != source && window.rows > 0 && !window.pruned)
            .map(|window| window.day)
            .filter(|day| {
                names
                    .iter()
                    .any(|name| (name.first_day..=name.last_day).contains(day))
            })
            .collect();
        let days: Vec<NaiveDate> = days.into_iter().collect();
        let called = called(legs, account_id, &days, &|_, other| other != source, &seal)?;
        for name in names {
            let is_mended = |called: &BTreeSet<String>| called.contains(&name.name);
            if called.get(&name.call_id).is_some_and(is_mended) {
                store.tables().drop_unread_name(&name)?;
            }
        }
    }
    Ok(())
}

/// Whom the legs of each call name; all sealed.
fn called(
    legs: &LegStore,
    account_id: &str,
    days: &[NaiveDate],
    counts: &dyn Fn(NaiveDate, &str) -> bool,
    seal: &Seal,
) -> Result<BTreeMap<String, BTreeSet<String>>, Failure> {
    type Name = fn(&str) -> String;
    const ENDS: [(&str, Name); 8] = [
        (columns::SOURCE_EXTENSION, extension_name),
        (columns::DESTINATION_EXTENSION, extension_name),
        (columns::SOURCE_SIP_ID, sip_id_name),
        (columns::DESTINATION_SIP_ID, sip_id_name),
        (columns::SOURCE_USER, login_name),
        (columns::DESTINATION_USER, login_name),
        (columns::FROM, extension_name),
        (columns::TO, extension_name),
    ];
    let mut called: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    if days.is_empty() {
        return Ok(called);
    }
    let frame = legs.read_days(account_id, days, counts)?.into_lazy().collect()?;
    let ids = frame.column(columns::CALL_ID)?.str()?.clone();
    for (column, name) in ENDS {
        let cells = frame.column(column)?.str()?;
        for (id, cell) in ids.iter().zip(cells.iter()) {
            let (Some(id), Some(cell)) = (id, cell) else {
                continue;
            };
            let names = called.entry(seal.seal(id)).or_default();
            for part in std::iter::once(cell).chain(names_in(cell)) {
                names.insert(seal.seal(&sought_name(&name(part))));
            }
            if matches!(column, columns::FROM | columns::TO) {
                names.insert(seal.seal(&number_name(cell)));
            }
        }
    }
    Ok(called)
}

/// Whom rows name that could not be used: of those who can be in tonight's report, and as the lists name them.
pub(crate) fn unread_names(
    account_id: &str,
    (lines, known): (&[Line], &[KnownLine]),
    tables: &Tables,
    as_of: NaiveDate,
    store: &Store,
) -> Result<UnreadNames, Failure> {
    let here = tables
        .unread_lines
        .iter()
        .filter(|(account, _)| account == account_id);
    let mut names: UnreadNames = here.map(|(_, name)| (name.clone(), Default::default())).collect();
    let mut kept: BTreeMap<String, Vec<UnreadName>> = BTreeMap::new();
    for name in store.tables().unread_names(account_id)? {
        if name.first_day <= as_of {
            kept.entry(name.name.clone()).or_default().push(name);
        }
    }
    if kept.is_empty() {
        return Ok(names);
    }
    let seal = store.tables().seal()?;
    let lines = lines.iter().chain(known.iter().map(|known| &known.line));
    let of_lines = lines.flat_map(|line| {
        let numbers = line.dids.iter().map(|did| number_name(did));
        names_of(line).chain(numbers)
    });
    let of_charges = tables
        .charges
        .iter()
        .filter(|charge| charge.account_id == account_id)
        .flat_map(|charge| {
            let extension = charge.extension.as_deref().map(extension_name);
            [extension, charge.email.as_deref().map(login_name)]
        });
    let sought: BTreeSet<String> = of_lines.chain(of_charges.flatten()).collect();
    for name in sought {
        for row in kept.get(&seal.seal(&sought_name(&name))).into_iter().flatten() {
            let days = names.entry(name.clone()).or_default();
            days.add(row.rows, (row.first_day, row.last_day.min(as_of)));
        }
    }
    Ok(names)
}

/// Days that no night looks at any more go.
pub(crate) fn prune(job: &Job, account: &Account, as_of: NaiveDate, store: &Store) -> Result<(), Failure> {
    let days = u64::from(job.scoring.window_days) + KEPT_BEYOND_DAYS;
    let before = as_of - Days::new(days);
    Ok(store.tables().prune_unread_names(&account.account_id, before)?)
}
