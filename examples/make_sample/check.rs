//! The generator's own check: the calls must say what the README says of each line. Counted anew from the legs,
//! with the rules of use written once more, so that a slip in a habit cannot pass.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::calls::{Direction, Leg, days, is_business, is_outage};
use crate::company::{Habit, Seat, day};
use crate::{AS_OF, FIRST};

/// Known calendar days of silence, worked out by hand in the README: extension, last use, days.
const SILENT: [(&str, &str, usize); 16] = [
    ("130", "2026-08-05", 66),
    ("218", "2026-08-03", 68),
    ("219", "2026-05-29", 134),
    ("131", "2026-05-15", 148),
    ("137", "2026-05-08", 155),
    ("217", "2026-04-30", 163),
    ("207", "2026-04-24", 169),
    ("214", "2026-03-27", 197),
    ("134", "2026-03-20", 204),
    ("135", "2026-03-13", 211),
    ("136", "2026-03-06", 218),
    ("146", "2026-03-02", 222),
    ("132", "2026-02-06", 246),
    ("208", "2025-12-12", 302),
    ("145", "2026-06-12", 120),
    ("142", "2026-07-10", 92),
];
const NEVER_USED: [&str; 7] = ["133", "138", "143", "144", "160", "181", "220"];

/// Used days by extension. The only extension with two holders is 133, and its second never uses it.
type Used<'a> = BTreeMap<&'a str, BTreeSet<NaiveDate>>;

pub fn holds(seats: &[Seat], legs: &[Leg]) {
    let used = used_days(legs);
    for (extension, last, silent) in SILENT {
        assert_eq!(
            used[extension].last(),
            Some(&day(last)),
            "last use of {extension}"
        );
        assert_eq!(known_days_after(day(last)), silent, "silent days of {extension}");
    }
    for extension in NEVER_USED {
        let since = seats
            .iter()
            .rfind(|seat| seat.extension == extension)
            .and_then(|seat| seat.since);
        let calls = used
            .get(extension)
            .into_iter()
            .flatten()
            .filter(|used| Some(**used) >= since);
        assert_eq!(calls.count(), 0, "{extension} is never used by its holder");
    }
    assert_eq!(
        used["133"].last(),
        Some(&day("2026-03-30")),
        "the former holder of 133"
    );
    assert_eq!(used["161"].last(), Some(&day("2026-05-20")), "the hot desk");
    assert_eq!(
        used["140"].last(),
        Some(&day("2026-08-28")),
        "the leaver's last call"
    );
    busy_people_call_every_day(seats, &used);
    the_young_line_is_unknown(&used);
    the_season_line_came_back(&used);
    every_day_but_the_outage_has_a_row(legs);
    assert!((3_000..15_000).contains(&legs.len()), "{} legs", legs.len());
}

/// Placed or answered; an outbound leg under the id of an inbound leg to the same line was placed by the system.
fn used_days(legs: &[Leg]) -> Used<'_> {
    let rung: BTreeSet<(&str, &str)> = legs
        .iter()
        .filter(|leg| leg.direction == Direction::Inbound)
        .filter_map(|leg| Some((leg.id.as_str(), leg.destination.as_ref()?.extension)))
        .collect();
    let mut used = Used::new();
    for leg in legs {
        let answered = leg.result == "Answered";
        if let Some(source) = &leg.source
            && (answered || !rung.contains(&(leg.id.as_str(), source.extension)))
        {
            used.entry(source.extension).or_default().insert(leg.day());
        }
        if let Some(destination) = &leg.destination
            && answered
        {
            used.entry(destination.extension).or_default().insert(leg.day());
        }
    }
    used
}

fn known_days_after(last: NaiveDate) -> usize {
    days().filter(|day| *day > last && !is_outage(*day)).count()
}

fn last_known_business_days(count: usize, place: &str) -> Vec<NaiveDate> {
    let mut days: Vec<NaiveDate> = days()
        .filter(|day| !is_outage(*day) && is_business(*day, place))
        .collect();
    days.split_off(days.len() - count)
}

fn busy_people_call_every_day(seats: &[Seat], used: &Used) {
    let is_open_ended = |seat: &&Seat| match seat.habit {
        Habit::Busy(_, to) => to == day(AS_OF),
        Habit::Forwarded | Habit::Evenings => true,
        _ => false,
    };
    for seat in seats.iter().filter(is_open_ended) {
        for busy in last_known_business_days(10, seat.place) {
            assert!(
                used[seat.extension].contains(&busy),
                "{} on {busy}",
                seat.extension
            );
        }
    }
    assert_eq!(used["126"].last(), Some(&day("2026-10-11")), "the weekend caller");
}

/// Ext. 147: used once, before the last 10 known business days; 19 of its 25 days are known, and 80 % would be 20.
fn the_young_line_is_unknown(used: &Used) {
    assert_eq!(used["147"].iter().collect::<Vec<_>>(), [&day("2026-09-25")]);
    assert!(last_known_business_days(10, "New York")[0] > day("2026-09-25"));
    assert_eq!(known_days_after(day("2026-09-21")), 19);
}

/// Ext. 219: silent in the 30 days before 16 October 2025, then used on 5 business days or more within 90 days.
fn the_season_line_came_back(used: &Used) {
    let this_day_last_year = day("2025-10-16");
    let after = |used: &&NaiveDate| (**used - this_day_last_year).num_days() <= 90;
    assert!(used["219"].first() > Some(&this_day_last_year));
    assert!(used["219"].iter().filter(after).count() >= 5);
    for idle in [
        "131", "132", "134", "135", "136", "137", "207", "208", "214", "217",
    ] {
        let before = used[idle].range(day("2025-09-17")..=this_day_last_year).count();
        assert!(
            before > 0,
            "{idle} was used at this time last year, so its silence is no season"
        );
    }
}

fn every_day_but_the_outage_has_a_row(legs: &[Leg]) {
    let seen: BTreeSet<NaiveDate> = legs.iter().map(Leg::day).collect();
    assert_eq!(
        days().filter(|day| !is_outage(*day)).collect::<BTreeSet<_>>(),
        seen
    );
    assert_eq!(days().count(), 400);
    assert_eq!(seen.first(), Some(&day(FIRST)));
}
