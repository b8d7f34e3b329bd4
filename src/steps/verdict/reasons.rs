//! The sentences of a verdict: plain words and numbers that a person can check against the calls. No names in them but that of whoever kept a line.

use chrono::NaiveDate;

use crate::domain::{Activity, Cents, Kind, UnreadDays, counted, with_article};
use crate::steps::verdict::Case;

/// A device registration or directory sign-in newer than the last use: ask, do not act.
pub(crate) fn newer_sign_of_life(case: &Case) -> Option<String> {
    let newest = |day: Option<NaiveDate>| {
        day.filter(|day| Some(*day) > case.activity.last_used_on && *day <= case.as_of)
    };
    let sign_in = newest(case.last_sign_in_on)
        .map(|day| format!(" Its holder signed in to the directory on {day}: ask first."));
    sign_in.or_else(|| {
        newest(case.line.handset_registered_at)
            .map(|day| format!(" A handset registered on {day}: ask first."))
            .or_else(|| {
                newest(case.last_sign_in_tried_on).map(|day| {
                    format!(" A sign-in to the directory was tried on {day}, successfully or not: ask first.")
                })
            })
    })
}

/// "No call placed or answered on 127 known days; last on 2026-07-19; used to call every 3 business days."
pub(crate) fn silence(case: &Case) -> String {
    let Activity {
        days_silent,
        last_used_on,
        usual_gap_business_days,
        known_days,
        ..
    } = case.activity;
    match last_used_on {
        None => format!(
            "No call placed or answered on any of {}.",
            counted(*known_days, "known day", "known days")
        ),
        Some(day) if *days_silent == 0 => format!("Last call placed or answered on {day}."),
        Some(day) => {
            let habit = match usual_gap_business_days {
                None => String::new(),
                Some(0 | 1) => "; used to call every business day".to_owned(),
                Some(gap) => format!("; used to call every {gap} business days"),
            };
            format!(
                "No call placed or answered on {}; last on {day}{habit}.",
                counted(*days_silent, "known day", "known days")
            )
        }
    }
}

/// "No call placed or answered on 61 known business days, last on 2026-07-19; before, never more than 4 in a row."
pub(crate) fn silent_business_days(case: &Case) -> String {
    let Activity {
        silent_business_days,
        last_used_on,
        longest_silence_business_days,
        ..
    } = case.activity;
    let before = match longest_silence_business_days {
        None => String::new(),
        Some(0) => "; used on every business day before".to_owned(),
        Some(days) => format!("; before, never more than {days} in a row"),
    };
    format!(
        "No call placed or answered on {silent_business_days} known business days, last on {}{before}.",
        day_of(*last_used_on)
    )
}

pub(crate) fn used(case: &Case) -> String {
    format!(
        "Used on {} of the last 90 days; last on {}.",
        case.activity.active_days_90,
        day_of(case.activity.last_used_on)
    )
}

/// "84.4 %", with one decimal as everywhere else.
pub(crate) fn percent(chance: f64) -> String {
    let tenths = (1000.0 * chance).round() as u32;
    match tenths {
        0 if chance > 0.0 => "under 0.1 %".to_owned(),
        1000 if chance < 1.0 => "over 99.9 %".to_owned(),
        _ => format!("{}.{} %", tenths / 10, tenths % 10),
    }
}

/// "USD 27.99".
pub(crate) fn priced(case: &Case, amount: Cents) -> String {
    format!("{} {amount}", case.currency)
}

pub(crate) fn seen(case: &Case) -> String {
    let sentence = silence(case);
    let lowered = sentence
        .chars()
        .next()
        .map(|first| first.to_lowercase().to_string());
    lowered.map_or(sentence.clone(), |first| first + &sentence[1..])
}

pub(crate) fn demand(case: &Case) -> String {
    match case.activity.calls_missed_30 {
        0 => String::new(),
        1 => " One call to it went unanswered in the last 30 days: reroute the number first.".to_owned(),
        missed => {
            format!(" {missed} calls to it went unanswered in the last 30 days: reroute the number first.")
        }
    }
}

pub(crate) fn day_of(day: Option<NaiveDate>) -> String {
    day.map_or_else(|| "an unknown day".to_owned(), |day| day.to_string())
}

/// "An alarm line", "A lift line".
pub(crate) fn a_line_of(kind: Kind) -> String {
    let words = with_article(&format!("{} line", kind.as_str().replace('_', " ")));
    words.replacen('a', "A", 1)
}

/// The rows that name the line and could not be used, and what mends them.
pub(crate) fn could_not_be_read(UnreadDays { rows, span }: &UnreadDays) -> String {
    let count = counted(*rows, "call row", "call rows");
    let verb = if *rows == 1 { "names" } else { "name" };
    match span {
        None => "Rows that name it could not be read (see quarantine.csv)".to_owned(),
        Some((first, last)) if first == last => {
            format!(
                "{count} of {first} that {verb} it could not be read (see quarantine.csv of the night that read its file): mend it there, or wait until that day is past"
            )
        }
        Some((first, last)) => {
            format!(
                "{count} of {first} to {last} that {verb} it could not be read (see quarantine.csv of the night that read its file): mend it there, or wait until those days are past"
            )
        }
    }
}
