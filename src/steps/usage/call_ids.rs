//! Whether a call id is one call's own. A spreadsheet cuts long numbers to fifteen digits, and then all calls of a day bear one id:
//! what such an id brings together was never one call. Nor do rows without an id tell of each other.

use chrono::NaiveDate;
use polars::prelude::PlHashMap;

/// Digits that a spreadsheet keeps of a number.
const KEPT_DIGITS: usize = 15;
/// Legs that begin within an hour are one call's.
const SAME_CALL_MS: i64 = 3_600_000;
/// Those of a longer call begin before another has ended, or soon after.
const SOON_MS: i64 = 300_000;
/// So many legs over more than an hour are a company's, not a call's.
const MOST_LEGS: usize = 50;

/// Why an id groups nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::steps) enum Spoilt {
    Absent,
    Rounded,
    Shared,
}

/// One leg, as far as its id goes.
#[derive(Debug, Clone, Copy)]
pub(in crate::steps) struct Bearer<'a> {
    pub id: Option<&'a str>,
    pub day: NaiveDate,
    pub start_ms: i64,
    pub end_ms: Option<i64>,
}

/// The call that a leg is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::steps) struct Call {
    /// Legs of one number are one call's; an id that groups nothing gives each of its legs a number of its own.
    pub number: u32,
    pub spoilt: Option<Spoilt>,
}

/// From the first to the last start of the legs that bear one id on a day.
struct Span {
    first_ms: i64,
    last_ms: i64,
}

/// The call of each leg; `cut` as [`are_cut`] tells of many days.
pub(in crate::steps) fn calls_of<'a>(legs: &[Bearer<'a>], cut: bool) -> Vec<Call> {
    let mut spans: Vec<Span> = Vec::new();
    let mut numbers: PlHashMap<(NaiveDate, Option<&str>), u32> = PlHashMap::default();
    let mut number_of = |leg: &Bearer<'a>| {
        let begun = || {
            spans.push(Span {
                first_ms: leg.start_ms,
                last_ms: leg.start_ms,
            });
            spans.len() as u32 - 1
        };
        let number = *numbers.entry((leg.day, leg.id)).or_insert_with(begun);
        let span = &mut spans[number as usize];
        span.first_ms = span.first_ms.min(leg.start_ms);
        span.last_ms = span.last_ms.max(leg.start_ms);
        number
    };
    let by_id: Vec<(&Bearer, u32)> = legs.iter().map(|leg| (leg, number_of(leg))).collect();
    // Only what is spread over more than an hour is looked at closely.
    let is_spread = |leg: &Bearer, number: u32| {
        let Span { first_ms, last_ms } = spans[number as usize];
        leg.id.is_some() && last_ms - first_ms > SAME_CALL_MS
    };
    let mut spread: PlHashMap<u32, Vec<(i64, i64)>> = PlHashMap::default();
    for (leg, number) in by_id.iter().filter(|(leg, number)| is_spread(leg, *number)) {
        let end = leg.end_ms.unwrap_or(leg.start_ms).max(leg.start_ms);
        spread.entry(*number).or_default().push((leg.start_ms, end));
    }
    spread.retain(|_, times| times.len() > MOST_LEGS || has_a_gap(times));
    let mut free = spans.len() as u32..;
    let call = |(leg, number): (&Bearer, u32)| {
        let spoilt = match leg.id {
            None => Some(Spoilt::Absent),
            Some(id) if is_scientific(id) || (cut && is_cut(id)) => Some(Spoilt::Rounded),
            Some(_) if spread.contains_key(&number) => Some(Spoilt::Shared),
            Some(_) => None,
        };
        let own = spoilt.and_then(|_| free.next());
        Call {
            number: own.unwrap_or(number),
            spoilt,
        }
    };
    by_id.into_iter().map(call).collect()
}

fn has_a_gap(times: &mut [(i64, i64)]) -> bool {
    times.sort_unstable();
    let mut ended = i64::MAX;
    for (start, end) in times.iter() {
        if *start > ended.saturating_add(SOON_MS) {
            return true;
        }
        ended = match ended {
            i64::MAX => *end,
            ended => ended.max(*end),
        };
    }
    false
}

/// `1.76012E+18`.
fn is_scientific(id: &str) -> bool {
    const LONGEST: usize = 24;
    let Some((digits, power)) = Some(id)
        .filter(|id| id.len() <= LONGEST)
        .and_then(|id| id.split_once(['e', 'E']))
    else {
        return false;
    };
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_whole = |digits: &str| match digits.split_once(['.', ',']) {
        Some((before, after)) => is_number(&[before, after].concat()),
        None => is_number(digits) && power.starts_with('+'),
    };
    is_number(power.trim_start_matches('+')) && is_whole(digits)
}

/// Digits of which nothing but zeros stands beyond those that are kept.
fn is_cut(id: &str) -> bool {
    is_long_number(id) && id.bytes().skip(KEPT_DIGITS).all(|byte| byte == b'0')
}

fn is_long_number(id: &str) -> bool {
    id.len() > KEPT_DIGITS && id.bytes().all(|byte| byte.is_ascii_digit())
}

/// Of whole numbers one in ten ends in a zero; where most do, they were cut.
pub(in crate::steps) fn are_cut<'a>(ids: impl Iterator<Item = &'a str>) -> bool {
    let (mut long, mut cut) = (0_usize, 0_usize);
    for id in ids.filter(|id| is_long_number(id)) {
        long += 1;
        cut += usize::from(is_cut(id));
    }
    cut * 2 > long
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spoilt(legs: &[(&str, i64, i64)]) -> Vec<Option<Spoilt>> {
        let bearers: Vec<Bearer> = legs
            .iter()
            .map(|(id, minute, minutes)| Bearer {
                id: Some(id),
                day: NaiveDate::default(),
                start_ms: minute * 60_000,
                end_ms: Some((minute + minutes) * 60_000),
            })
            .collect();
        let calls = calls_of(&bearers, are_cut(legs.iter().map(|(id, ..)| *id)));
        calls.iter().map(|call| call.spoilt).collect()
    }

    #[test]
    fn a_number_that_a_spreadsheet_has_cut_is_no_id() {
        for id in ["1.76012E+18", "1,76012e+18", "2E+19", "1760120000000000000"] {
            assert_eq!(spoilt(&[(id, 0, 1)]), [Some(Spoilt::Rounded)], "{id}");
        }
        for id in [
            "1760123456789012345",
            "c1",
            "1e5",
            "beef",
            "17601200",
            "6e1",
            "E2E",
        ] {
            assert_eq!(spoilt(&[(id, 0, 1)]), [None], "{id}");
        }
        let among_whole = [
            ("1760123456789010", 0, 1),
            ("1760123456789012", 1, 1),
            ("1760123456789013", 2, 1),
        ];
        assert_eq!(spoilt(&among_whole), [None; 3], "one in ten ends in a zero");
    }

    #[test]
    fn legs_hours_apart_are_no_call() {
        assert_eq!(spoilt(&[("a", 0, 1), ("a", 5, 1), ("b", 6, 1)]), [None; 3]);
        assert_eq!(
            spoilt(&[("a", 0, 150), ("a", 150, 20)]),
            [None; 2],
            "a long call that is passed on"
        );
        let far = spoilt(&[("a", 300, 1), ("a", 0, 1), ("b", 0, 1)]);
        assert_eq!(far, [Some(Spoilt::Shared), Some(Spoilt::Shared), None]);
    }
}
