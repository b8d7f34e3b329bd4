//! Call logs: short windows with a frozen end, page by page into the raw store, and only a window that holds together
//! becomes days.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, Duration, NaiveDate, Utc};
use serde::Deserialize;
use xxhash_rust::xxh3::xxh3_128;

use super::client::Client;
use super::error::VonageError;
use super::page::{Page, Text};
use super::raw_store::{RawFolder, State};
use super::received::{Received, Standing, other_page_size, whole_row};
use super::window::{Stretch, Window};
use crate::domain::{Account, Gate, Suite, counted};
use crate::pull::calls::utc_instant;

/// Calls of a day can still come in or be corrected for so long after its end.
const SETTLE_HOURS: i64 = 48;
/// Local days in one window of the backfill; the overlap goes day by day, since its newest day still moves.
const WINDOW_DAYS: usize = 7;
/// A service that gives pages without end is not believed.
const MOST_PAGES: u64 = 100_000;
/// After so many pages without a row that is new, the service is taken to send one page again and again.
const MOST_PAGES_WITHOUT_NEWS: u32 = 3;
/// A count of rows that is a whole number of thousands may be the most that the service counts up to.
const ROUND: u64 = 1_000;

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
    through >= account.time_zone.start_of(day + Days::new(1)) + Duration::hours(SETTLE_HOURS)
}

impl CallPull<'_> {
    /// Pulls every day that is not settled, and the overlap again. Each window's days are in `state` when it is whole.
    pub(super) fn run(
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
            .take_while(|day| *day <= self.as_of && self.account.time_zone.start_of(*day) < self.frozen_at)
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
            let to = self
                .account
                .time_zone
                .start_of(last + Days::new(1))
                .min(self.frozen_at);
            Some(Window::whole(
                first,
                last,
                self.account.time_zone.start_of(first),
                to,
                page_size,
            ))
        };
        stretches.into_iter().filter_map(window).collect()
    }

    /// Pulls one window until it holds together: a stretch that does not once more with another page size, then in halves.
    /// Gives the pages received.
    fn pull_window(
        &self,
        client: &mut Client,
        wanted: &Window,
        on_page: &mut dyn FnMut(u64, u64),
    ) -> Result<u64, VonageError> {
        let mut window = match self.folder.window::<Window>() {
            Ok(Some(left)) if left.is_resumed_by(wanted) => left,
            // Of other bounds, or left unreadable by a crash of the machine: asked for again.
            _ => {
                self.folder.begin_window(wanted)?;
                wanted.clone()
            }
        };
        let (mut at, mut pages, mut counts) = (0, 0, Vec::new());
        while let Some(stretch) = window.stretches.get(at) {
            let mut on_stretch_page = |page: u64, of: u64| on_page(pages + page, pages + of);
            let (came, count) = self.receive(client, stretch, at, &mut on_stretch_page)?;
            let standing = match came.standing(stretch.before.as_ref()) {
                Standing::Whole if came.total().is_some_and(|total| total > 0 && total % ROUND == 0) => {
                    Standing::Stuck(format!(
                        "the service tells of {}, and may count no further",
                        counted(came.rows(), "row", "rows")
                    ))
                }
                standing => standing,
            };
            let (changed, what) = match standing {
                Standing::Whole => {
                    at += 1;
                    pages += count;
                    counts.push(count);
                    continue;
                }
                Standing::Doubtful(what) => {
                    let mut window = window.clone();
                    let other = other_page_size(stretch.page_size, came.longest_page(), came.total());
                    if let Some(stretch) = window.stretches.get_mut(at) {
                        stretch.again(other, came.into_traits());
                    }
                    (Some(window), what)
                }
                Standing::Stuck(what) => (window.clone().cut(at), what),
                Standing::Missing(what) => (None, what),
            };
            let (from, to) = (stretch.from, stretch.to);
            let Some(changed) = changed else {
                self.folder.drop_window()?;
                return Err(self.data(
                    Gate::G1Completeness,
                    format!(
                        "{what} from {from} to {to}, and pages of another size or of a shorter time do not mend that: rows \
                         are missing"
                    ),
                ));
            };
            tracing::info!("pulling {from} to {to} once more: {what}");
            self.folder.change_window(&changed, at)?;
            window = changed;
        }
        self.split_into_days(&window, &counts)?;
        Ok(pages)
    }

    /// Stores every page of a stretch that is not stored yet; gives what they come to, and how many there are.
    fn receive(
        &self,
        client: &mut Client,
        stretch: &Stretch,
        at: usize,
        on_page: &mut dyn FnMut(u64, u64),
    ) -> Result<(Received, u64), VonageError> {
        let endpoint = self.endpoint();
        let mut received = Received::default();
        let mut without_news = 0;
        for number in 1..=MOST_PAGES {
            let (body, is_new) = match self.folder.page(at, number)? {
                Some(body) => (body, false),
                None => {
                    let query = page_query(stretch.from, stretch.to, number, stretch.page_size);
                    let path = call_logs_path(&self.account.account_id);
                    match client.get(Suite::Reports, &path, &query) {
                        Err(error) if received.ends_with(&error) => return Ok((received, number - 1)),
                        answer => (answer?.body, true),
                    }
                }
            };
            let Some(page) = received.unless_beyond(Page::parse(&endpoint, &body, number), call_key)? else {
                return Ok((received, number - 1));
            };
            let total = page.total_items.ok_or_else(|| VonageError::Schema {
                endpoint: endpoint.clone(),
                what: "total_items is missing, so nobody can tell whether all rows came".to_owned(),
            })?;
            if is_new {
                self.folder.store_page(at, number, &body)?;
            }
            match received.take(&page, call_key) {
                true => without_news = 0,
                false => without_news += 1,
            }
            let per_page = received.longest_page().max(1) as u64;
            on_page(number, total.div_ceil(per_page).max(number));
            let is_whole = received.rows() >= total && !page.may_be_followed(number, Some(stretch.page_size));
            if page.rows.is_empty() || is_whole || without_news == MOST_PAGES_WITHOUT_NEWS {
                return Ok((received, number));
            }
        }
        Err(self.data(
            Gate::G1Completeness,
            format!("more than {MOST_PAGES} pages in one window"),
        ))
    }

    /// Splits a window that holds together into days. `counts`: the pages of each stretch.
    fn split_into_days(&self, window: &Window, counts: &[u64]) -> Result<(), VonageError> {
        let mut writers = BTreeMap::new();
        for day in window.each_day() {
            writers.insert(day, self.folder.write_day(day)?);
        }
        for (at, (stretch, pages)) in window.stretches.iter().zip(counts).enumerate() {
            let is_last = at + 1 == window.stretches.len();
            for number in 1..=*pages {
                let body = self.folder.page(at, number)?.unwrap_or_default();
                let page = Page::parse(&self.endpoint(), &body, number)?;
                for row in page.rows {
                    let started = self.start_of(row.get(), stretch)?;
                    // The first second after a stretch is its neighbour's.
                    if started.is_some_and(|start| start >= stretch.to) && !is_last {
                        continue;
                    }
                    // A row whose start is no time goes with the first day, where its reader says so.
                    let day = started.map_or(window.first, |start| self.account.time_zone.day_of(start));
                    if let Some(writer) = writers.get_mut(&day) {
                        writer.row(row.get())?;
                    }
                }
            }
        }
        for writer in writers.into_values() {
            writer.finish()?;
        }
        Ok(self.folder.sync_days()?)
    }

    /// When a row's leg began; G6 where that lies outside what was asked for.
    fn start_of(&self, row: &str, asked: &Stretch) -> Result<Option<DateTime<Utc>>, VonageError> {
        #[derive(Deserialize)]
        struct Started {
            start: Option<Text>,
        }
        let started: Option<Started> = serde_json::from_str(row).ok();
        let Some(at) = started.and_then(|row| utc_instant(&row.start?.0)) else {
            return Ok(None);
        };
        if at < asked.from || at > asked.to + Duration::milliseconds(999) {
            return Err(self.data(
                Gate::G6Clock,
                format!(
                    "a call of {at} came where {} to {} was asked for",
                    asked.from, asked.to
                ),
            ));
        }
        Ok(Some(at))
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

/// Which rows are one leg, whatever became of it between two pages.
fn call_key(row: &str) -> u128 {
    #[derive(Deserialize)]
    struct Leg {
        id: Option<Text>,
        direction: Option<Text>,
        source_extension: Option<Text>,
        destination_extension: Option<Text>,
        source_sip_id: Option<Text>,
        destination_sip_id: Option<Text>,
        from: Option<Text>,
        to: Option<Text>,
        start: Option<Text>,
    }
    let Ok(leg) = serde_json::from_str::<Leg>(row) else {
        return whole_row(row);
    };
    let parts = [
        leg.id,
        leg.direction,
        leg.source_extension,
        leg.destination_extension,
        leg.source_sip_id,
        leg.destination_sip_id,
        leg.from,
        leg.to,
        leg.start,
    ];
    let parts = parts.map(|part| part.map_or_else(String::new, |text| text.0));
    xxh3_128(parts.join("\0").as_bytes())
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
