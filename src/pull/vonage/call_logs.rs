//! Call logs: short windows with a frozen end, page by page into the raw store, and only a window that holds together
//! becomes days.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Days, Duration, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

use super::client::Client;
use super::error::VonageError;
use super::page::{Page, Text};
use super::raw_store::{RawFolder, State};
use crate::domain::{Account, Gate, Suite};
use crate::pull::calls::utc_instant;

/// Calls of a day can still come in or be corrected for so long after its end.
const SETTLE_HOURS: i64 = 48;
/// Local days in one window of the backfill; the overlap goes day by day, since its newest day still moves.
const WINDOW_DAYS: usize = 7;
/// A service that gives pages without end is not believed.
const MOST_PAGES: u64 = 100_000;

/// One stretch of whole local days that is asked for at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Window {
    first: NaiveDate,
    last: NaiveDate,
    from: DateTime<Utc>,
    /// The first second of the next day, which the neighbour has too, or the frozen end of the pull.
    to: DateTime<Utc>,
    page_size: u32,
    /// Hashes of rows that stood on two pages in the first attempt; the second must show the same ones.
    doubled_before: Option<Vec<String>>,
}

/// How far a pull is.
#[derive(Debug, Clone, Copy)]
pub struct PagesDone {
    pub pages: u64,
    /// An estimate until the last window has begun.
    pub expected: u64,
}

/// What a pull of one account's calls is made with.
pub(super) struct CallPull<'a> {
    pub account: &'a Account,
    pub folder: &'a RawFolder,
    /// The first day that is wanted.
    pub first: NaiveDate,
    pub as_of: NaiveDate,
    pub frozen_at: DateTime<Utc>,
    pub overlap_days: u32,
}

/// Whether a day that was asked for at `through` can change no more.
pub(super) fn is_settled(account: &Account, day: NaiveDate, through: DateTime<Utc>) -> bool {
    through >= account.start_of(day + Days::new(1)) + Duration::hours(SETTLE_HOURS)
}

impl CallPull<'_> {
    /// Pulls every day that is not settled, and the overlap again. Each window's days are in `state` when it is whole.
    pub fn run(
        &self,
        client: &mut Client,
        state: &mut State,
        on_page: &mut dyn FnMut(PagesDone),
    ) -> Result<(), VonageError> {
        let windows = self.windows(state, client.api.page_size);
        let total_days: i64 = windows.iter().map(Window::days).sum();
        let (mut pages, mut days) = (0_u64, 0);
        for wanted in windows {
            let mut on_window_page = |page: u64, of: u64| {
                let so_far = pages + page;
                let begun = days + wanted.days();
                let expected = (pages + of) * total_days.unsigned_abs() / begun.unsigned_abs().max(1);
                on_page(PagesDone {
                    pages: so_far,
                    expected: expected.max(so_far),
                });
            };
            pages += self.pull_window(client, &wanted, &mut on_window_page)?;
            days += wanted.days();
            for day in wanted.each_day() {
                state.days.insert(day, self.frozen_at);
            }
            self.folder.save_state(state)?;
            self.folder.drop_window()?;
        }
        Ok(())
    }

    fn windows(&self, state: &State, page_size: u32) -> Vec<Window> {
        let first = self.first;
        let overlap_from = first.max(self.as_of - Days::new(u64::from(self.overlap_days).saturating_sub(1)));
        let settled = |day: NaiveDate| {
            state
                .days
                .get(&day)
                .is_some_and(|at| is_settled(self.account, day, *at))
        };
        let wanted = first
            .iter_days()
            .take_while(|day| *day <= self.as_of && self.account.start_of(*day) < self.frozen_at)
            .filter(|day| *day >= overlap_from || !settled(*day));
        let mut stretches: Vec<Vec<NaiveDate>> = Vec::new();
        for day in wanted {
            match stretches.last_mut() {
                Some(open)
                    if open.last().and_then(|last| last.succ_opt()) == Some(day)
                        && open.len() < WINDOW_DAYS
                        && day < overlap_from =>
                {
                    open.push(day);
                }
                _ => stretches.push(vec![day]),
            }
        }
        let window = |days: Vec<NaiveDate>| {
            let (first, last) = (*days.first()?, *days.last()?);
            Some(Window {
                first,
                last,
                from: self.account.start_of(first),
                to: self.account.start_of(last + Days::new(1)).min(self.frozen_at),
                page_size,
                doubled_before: None,
            })
        };
        stretches.into_iter().filter_map(window).collect()
    }

    /// Pulls one window until it holds together, with another page size the second time. Gives the pages received.
    fn pull_window(
        &self,
        client: &mut Client,
        wanted: &Window,
        on_page: &mut dyn FnMut(u64, u64),
    ) -> Result<u64, VonageError> {
        let mut window = match self.folder.window::<Window>() {
            Ok(Some(left)) if left.is_resumed_by(wanted) => left,
            // Of other bounds, or left unreadable by a crash of the machine: asked for again.
            _ => self.begin(wanted.clone())?,
        };
        loop {
            let pages = self.receive(client, &window, on_page)?;
            let told = self.settle(&window, pages)?;
            let Some(drift) = told else { return Ok(pages) };
            if window.doubled_before.is_some() {
                self.folder.drop_window()?;
                return Err(self.data(
                    Gate::G1Completeness,
                    format!(
                        "{}, twice with different page sizes: rows are missing",
                        drift.what
                    ),
                ));
            }
            tracing::info!(
                "pulling {} to {} once more: {}",
                window.first,
                window.last,
                drift.what
            );
            window = self.begin(Window {
                page_size: other_page_size(window.page_size),
                doubled_before: Some(drift.doubled),
                ..window
            })?;
        }
    }

    fn begin(&self, window: Window) -> Result<Window, VonageError> {
        self.folder.begin_window(&window)?;
        Ok(window)
    }

    /// Stores every page that is not stored yet; gives how many there are.
    fn receive(
        &self,
        client: &mut Client,
        window: &Window,
        on_page: &mut dyn FnMut(u64, u64),
    ) -> Result<u64, VonageError> {
        let endpoint = self.endpoint();
        let mut received = 0;
        for number in 1..=MOST_PAGES {
            let (body, is_new) = match self.folder.page(number)? {
                Some(body) => (body, false),
                None => (self.ask(client, window, number)?, true),
            };
            let page = Page::parse(&endpoint, &body, number)?;
            let total = page.total_items.ok_or_else(|| VonageError::Schema {
                endpoint: endpoint.clone(),
                what: "total_items is missing, so nobody can tell whether all rows came".to_owned(),
            })?;
            if is_new {
                self.folder.store_page(number, &body)?;
            }
            received += page.rows.len() as u64;
            let per_page = u64::from(window.page_size).max(1);
            on_page(number, total.div_ceil(per_page).max(number));
            if page.rows.is_empty() || received >= total {
                return Ok(number);
            }
        }
        Err(self.data(
            Gate::G1Completeness,
            format!("more than {MOST_PAGES} pages in one window"),
        ))
    }

    fn ask(&self, client: &mut Client, window: &Window, number: u64) -> Result<Vec<u8>, VonageError> {
        let query = page_query(window.from, window.to, number, window.page_size);
        let path = call_logs_path(&self.account.account_id);
        Ok(client.get(Suite::Reports, &path, &query)?.body)
    }

    /// Splits a window that holds together into days; else says why it does not, and leaves the days as they were.
    fn settle(&self, window: &Window, pages: u64) -> Result<Option<Drift>, VonageError> {
        let mut writers = BTreeMap::new();
        for day in window.each_day() {
            writers.insert(day, self.folder.write_day(day)?);
        }
        let mut totals = BTreeSet::new();
        let mut received = 0;
        let mut seen: HashMap<u128, u64> = HashMap::new();
        let mut doubled = BTreeSet::new();
        for number in 1..=pages {
            let body = self.folder.page(number)?.unwrap_or_default();
            let page = Page::parse(&self.endpoint(), &body, number)?;
            totals.extend(page.total_items);
            received += page.rows.len() as u64;
            for row in page.rows {
                let hash = xxh3_128(row.get().as_bytes());
                if *seen.entry(hash).or_insert(number) != number {
                    doubled.insert(format!("{hash:032x}"));
                }
                // A row whose start is no time goes with the first day, where its reader says so.
                let day = self.day_of(row.get(), window)?.unwrap_or(window.first);
                // The first second after the window is the neighbour's.
                if let Some(writer) = writers.get_mut(&day) {
                    writer.row(row.get())?;
                }
            }
        }
        let doubled: Vec<String> = doubled.into_iter().collect();
        let what = if totals.len() > 1 {
            Some(format!("total_items changed while paging ({totals:?})"))
        } else if totals.first().is_some_and(|total| *total != received) {
            Some(format!("{received} rows came where total_items says {totals:?}"))
        } else if !doubled.is_empty() && window.doubled_before.as_ref() != Some(&doubled) {
            Some(format!("{} rows stand on two pages", doubled.len()))
        } else {
            None
        };
        if let Some(what) = what {
            return Ok(Some(Drift { what, doubled }));
        }
        for writer in writers.into_values() {
            writer.finish()?;
        }
        self.folder.sync_days()?;
        Ok(None)
    }

    /// The account-local day of a row; G6 where it lies outside what was asked for.
    fn day_of(&self, row: &str, window: &Window) -> Result<Option<NaiveDate>, VonageError> {
        #[derive(Deserialize)]
        struct Started {
            start: Option<Text>,
        }
        let started: Option<Started> = serde_json::from_str(row).ok();
        let Some(at) = started.and_then(|row| utc_instant(&row.start?.0)) else {
            return Ok(None);
        };
        if at < window.from || at > window.to + Duration::milliseconds(999) {
            return Err(self.data(
                Gate::G6Clock,
                format!(
                    "a call of {at} came where {} to {} was asked for",
                    window.from, window.to
                ),
            ));
        }
        Ok(Some(at.with_timezone(&self.account.time_zone).date_naive()))
    }

    fn endpoint(&self) -> String {
        format!("GET {}", call_logs_path(&self.account.account_id))
    }

    fn data(&self, gate: Gate, what: String) -> VonageError {
        VonageError::Data {
            gate,
            endpoint: self.endpoint(),
            what,
        }
    }
}

/// Why a window does not hold together.
struct Drift {
    what: String,
    doubled: Vec<String>,
}

impl Window {
    fn days(&self) -> i64 {
        (self.last - self.first).num_days() + 1
    }

    fn each_day(&self) -> impl Iterator<Item = NaiveDate> + use<> {
        let last = self.last;
        self.first.iter_days().take_while(move |day| *day <= last)
    }

    /// Pages can be trusted only under the very bounds for which they were sent.
    fn is_resumed_by(&self, wanted: &Window) -> bool {
        (self.first, self.last, self.from, self.to) == (wanted.first, wanted.last, wanted.from, wanted.to)
    }
}

/// A little smaller, so that rows fall on other pages.
fn other_page_size(size: u32) -> u32 {
    match size {
        1 => 2,
        size => size - size.div_ceil(8),
    }
}

pub(super) fn call_logs_path(account_id: &str) -> String {
    format!("/accounts/{account_id}/call-logs")
}

/// What a page of call logs is asked for with; instants in UTC, both ends included.
pub(super) fn page_query(
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    number: u64,
    page_size: u32,
) -> [(&'static str, String); 5] {
    let stamp = |at: DateTime<Utc>| at.format("%Y-%m-%d %H:%M:%S").to_string();
    [
        ("start:gte", stamp(from)),
        ("start:lte", stamp(to)),
        ("page", number.to_string()),
        ("page_size", page_size.to_string()),
        ("order", "asc".to_owned()),
    ]
}
