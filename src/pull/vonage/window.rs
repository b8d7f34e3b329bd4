//! What is asked for at once: whole local days, in one stretch of time or, where the service gives no pages that can be
//! believed, in several shorter ones.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::received::Traits;

/// A stretch is cut in half until it is as short as this, and a window into so many at most: beyond that it is no help.
const SHORTEST: Duration = Duration::minutes(1);
const MOST_STRETCHES: usize = 1_000;

/// One run of whole local days. It has its place in the raw store until all of it came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Window {
    pub first: NaiveDate,
    pub last: NaiveDate,
    /// In order; each ends with the first second of the next.
    pub stretches: Vec<Stretch>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stretch {
    pub from: DateTime<Utc>,
    /// The first second of the neighbour, which has it too, or the frozen end of the pull.
    pub to: DateTime<Utc>,
    pub page_size: u32,
    /// What the first attempt came to; the second must bear it out.
    pub before: Option<Traits>,
}

impl Window {
    pub(super) fn whole(
        first: NaiveDate,
        last: NaiveDate,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        page_size: u32,
    ) -> Window {
        let stretch = Stretch {
            from,
            to,
            page_size,
            before: None,
        };
        Window {
            first,
            last,
            stretches: vec![stretch],
        }
    }

    pub(super) fn days(&self) -> i64 {
        (self.last - self.first).num_days() + 1
    }

    pub(super) fn each_day(&self) -> impl Iterator<Item = NaiveDate> + use<> {
        let last = self.last;
        self.first.iter_days().take_while(move |day| *day <= last)
    }

    /// Pages can be trusted only under the very bounds for which they were sent.
    pub(super) fn is_resumed_by(&self, wanted: &Window) -> bool {
        let bounds = |window: &Window| {
            let (first, last) = (window.stretches.first()?, window.stretches.last()?);
            Some((window.first, window.last, first.from, last.to))
        };
        bounds(self).is_some() && bounds(self) == bounds(wanted)
    }

    /// The window with one stretch in two halves; None where that would not help any more.
    pub(super) fn cut(mut self, at: usize) -> Option<Window> {
        let whole = self.stretches.get(at)?.clone();
        let half = (whole.to - whole.from) / 2;
        if half < SHORTEST || self.stretches.len() >= MOST_STRETCHES {
            return None;
        }
        let middle = whole.from + Duration::seconds(half.num_seconds());
        let later = Stretch {
            from: middle,
            before: None,
            ..whole.clone()
        };
        let earlier = Stretch {
            to: middle,
            before: None,
            ..whole
        };
        self.stretches.splice(at..=at, [earlier, later]);
        Some(self)
    }
}

impl Stretch {
    /// The same once more, with other pages.
    pub(super) fn again(&mut self, page_size: u32, before: Traits) {
        self.page_size = page_size;
        self.before = Some(before);
    }
}
