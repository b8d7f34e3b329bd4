//! What the pages of one list say of themselves, put together: whether all of it came, and each row once. One judgement for
//! calls, users, extensions and locations.

use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

use super::error::VonageError;
use super::page::Page;
use crate::domain::counted;

/// A list as it came once, page by page.
#[derive(Debug, Clone, Default)]
pub(super) struct Received {
    /// Each `total_items` told; one value where nothing changed meanwhile.
    totals: BTreeSet<u64>,
    seen: HashMap<u128, usize>,
    traits: Traits,
}

/// What a second attempt is held against.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Traits {
    /// Rows of each page.
    lengths: Vec<usize>,
    /// The rows that stood on two pages.
    doubled: BTreeSet<String>,
}

/// Whether a list can be believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Standing {
    Whole,
    /// Not yet: with other pages it may come out whole.
    Doubtful(String),
    /// Two attempts whose pages truly differed do not agree.
    Missing(String),
    /// Two attempts that tell the same, from pages of the same lengths or short of the same rows: pages of another size
    /// cannot be had, and only a shorter list can be judged.
    Stuck(String),
}

impl Received {
    /// Takes a page in; `key` says which rows are the same one. False where the page is the one before once more.
    pub(super) fn take(&mut self, page: &Page<'_>, key: impl Fn(&str) -> u128) -> bool {
        let number = self.traits.lengths.len();
        self.totals.extend(page.total_items);
        let mut news = page.rows.is_empty();
        for row in &page.rows {
            let hash = key(row.get());
            let first = *self.seen.entry(hash).or_insert(number);
            news |= first == number;
            if first != number {
                self.traits.doubled.insert(format!("{hash:032x}"));
            }
        }
        self.traits.lengths.push(page.rows.len());
        news
    }

    pub(super) fn rows(&self) -> u64 {
        self.traits.lengths.iter().sum::<usize>() as u64
    }

    /// The most rows that came on one page.
    pub(super) fn longest_page(&self) -> usize {
        self.traits.lengths.iter().copied().max().unwrap_or(0)
    }

    pub(super) fn total(&self) -> Option<u64> {
        self.totals.first().copied().filter(|_| self.totals.len() == 1)
    }

    /// A page, unless it lies beyond all rows that were told of and tells nothing: it cannot be read, or brings no other row.
    pub(super) fn unless_beyond<'a>(
        &self,
        page: Result<Page<'a>, VonageError>,
        key: impl Fn(&str) -> u128,
    ) -> Result<Option<Page<'a>>, VonageError> {
        match page {
            Err(_) if self.is_as_told() => Ok(None),
            Ok(page) if self.is_as_told() && self.knows_all_of(&page, key) => Ok(None),
            page => page.map(Some),
        }
    }

    /// Whether a service that refuses to give the next page says by it that there is none.
    pub(super) fn ends_with(&self, refusal: &VonageError) -> bool {
        self.is_as_told() && refusal.is_of_request()
    }

    /// Whether as many rows came as any page told of. One more page is then asked for only where the last one was full, since
    /// a count may be wrong.
    fn is_as_told(&self) -> bool {
        self.totals.last().is_some_and(|total| self.rows() >= *total)
    }

    /// Whether every row of the page came before; so it is with an empty one.
    fn knows_all_of(&self, page: &Page<'_>, key: impl Fn(&str) -> u128) -> bool {
        page.rows
            .iter()
            .all(|row| self.seen.contains_key(&key(row.get())))
    }

    pub(super) fn into_traits(self) -> Traits {
        self.traits
    }

    /// `before` is what the attempt before this one came to, with another page size asked for.
    pub(super) fn standing(&self, before: Option<&Traits>) -> Standing {
        let doubled = self.traits.doubled.len();
        let miscount = match self.totals.len() {
            2.. => Some(format!("total_items changed while paging ({:?})", self.totals)),
            _ => self.total().filter(|total| *total != self.rows()).map(|total| {
                format!(
                    "{} came where total_items says {total}",
                    counted(self.rows(), "row", "rows")
                )
            }),
        };
        let twice =
            (doubled > 0).then(|| format!("{} on two pages", counted(doubled, "row stands", "rows stand")));
        let Some(what) = miscount.clone().or_else(|| twice.clone()) else {
            return Standing::Whole;
        };
        match before {
            None => Standing::Doubtful(what),
            Some(before) if twice.is_some() && self.is_paged_apart_from(before) => {
                match miscount.is_none() && self.traits.doubled == before.doubled {
                    true => Standing::Whole,
                    false => Standing::Missing(what),
                }
            }
            Some(_) => Standing::Stuck(what),
        }
    }

    /// Whether no page ends where one of the other attempt does: else a row that slipped there slips again.
    fn is_paged_apart_from(&self, before: &Traits) -> bool {
        let ends = |lengths: &[usize]| -> BTreeSet<usize> {
            let mut so_far = 0;
            let all = lengths.iter().map(|length| {
                so_far += length;
                so_far
            });
            let mut ends: BTreeSet<usize> = all.collect();
            ends.pop_last();
            ends
        };
        ends(&self.traits.lengths).is_disjoint(&ends(&before.lengths))
    }
}

/// A little less than was asked for, or than came where that is fewer, so that rows fall on other pages.
pub(super) fn other_page_size(asked: u32, longest: usize, total: Option<u64>) -> u32 {
    let came = u32::try_from(longest).unwrap_or(u32::MAX);
    let is_capped = came > 0 && came < asked && total.is_some_and(|total| total > longest as u64);
    match if is_capped { came } else { asked } {
        1 => 2,
        size => size - size.div_ceil(8),
    }
}

/// A row as a whole; one that was sent twice in the same words is the same.
pub(super) fn whole_row(row: &str) -> u128 {
    xxh3_128(row.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn received(total: u64, pages: &[&[u32]]) -> Received {
        let mut received = Received::default();
        for rows in pages {
            let body = format!(r#"{{"total_items":{total},"_embedded":{{"data":{rows:?}}}}}"#);
            received.take(&Page::parse("GET /x", body.as_bytes(), 1).unwrap(), whole_row);
        }
        received
    }

    fn second(total: u64, first: &[&[u32]], pages: &[&[u32]]) -> Standing {
        received(total, pages).standing(Some(&received(total, first).into_traits()))
    }

    #[test]
    fn repeats_are_believed_only_from_pages_that_end_elsewhere() {
        use Standing::{Doubtful, Missing, Stuck, Whole};
        assert_eq!(received(3, &[&[1, 2], &[3]]).standing(None), Whole);
        assert_eq!(received(3, &[&[1, 1, 3]]).standing(None), Whole);
        let twice: &[&[u32]] = &[&[1, 2, 3], &[3, 4]];
        assert!(matches!(received(5, twice).standing(None), Doubtful(_)));
        assert_eq!(second(5, twice, &[&[1, 2], &[3, 3], &[4]]), Whole);
        // Two of one row, far apart in an order that is not by time.
        let apart: &[&[u32]] = &[&[1, 2, 3], &[4, 1]];
        assert_eq!(second(5, apart, &[&[1, 2], &[3, 4], &[1]]), Whole);
        assert!(matches!(second(5, twice, twice), Stuck(_)));
        assert!(matches!(second(5, twice, &[&[1, 2], &[2, 3], &[3]]), Missing(_)));
        assert!(matches!(second(6, twice, &[&[1, 2], &[3, 3], &[4]]), Stuck(_)));
    }

    #[test]
    fn a_list_is_whole_when_every_page_tells_what_came() {
        assert!(matches!(
            received(4, &[&[1, 2], &[3]]).standing(None),
            Standing::Doubtful(_)
        ));
        assert!(matches!(
            second(2, &[&[1], &[2]], &[&[1, 2, 3]]),
            Standing::Stuck(_)
        ));
        assert_eq!(received(0, &[&[]]).standing(None), Standing::Whole);
    }

    #[test]
    fn the_other_page_size_is_one_that_the_service_gives() {
        assert_eq!(other_page_size(1_000, 1_000, Some(5_000)), 875);
        assert_eq!(other_page_size(1_000, 100, Some(5_000)), 87);
        assert_eq!(other_page_size(1_000, 40, Some(40)), 875);
        assert_eq!(other_page_size(1_000, 0, Some(900)), 875);
        assert_eq!(other_page_size(1, 1, Some(2)), 2);
    }
}
