//! What an origin's result was computed from, as a digest: the same days, lines, prices and settings need no second look.

use chrono::{Datelike, NaiveDate};
use sha2::{Digest, Sha256};

use super::{Past, Then};
use crate::domain::hex;

/// Raised whenever the same inputs would give another result.
const VERSION: u8 = 2;

pub(super) fn of(past: &Past<'_>, then: &Then) -> String {
    let mut hasher = Sha256::new();
    let scoring = past.scoring;
    hasher.update([VERSION]);
    hasher.update(format!(
        "{} {} {} {} {} {:?}",
        then.on,
        then.known_on,
        scoring.wrong_removal_cost,
        scoring.min_confidence,
        scoring.min_known_business_days,
        scoring.weekdays
    ));
    for calendar in &then.calendars {
        hasher.update(number(calendar.first()));
        for (day, known_business) in calendar.known_business_days() {
            hasher.update([u8::from(known_business), u8::from(calendar.is_known(day))]);
        }
        hasher.update(b".");
    }
    for line in then.lines(past) {
        hasher.update((line.line_id.len() as u64).to_le_bytes());
        hasher.update(line.line_id);
        hasher.update([u8::from(line.is_person), u8::from(then.is_kept(line))]);
        hasher.update((line.location as u64).to_le_bytes());
        match then.cost_of(line) {
            Some(cost) => hasher.update(cost.0.to_le_bytes()),
            None => hasher.update(b"no price"),
        }
        hasher.update(number(line.since));
        let removed = line.until.filter(|until| *until <= then.known_on);
        hasher.update(removed.map_or([0; 4], number));
        for day in then.used_by(line, then.known_on) {
            hasher.update(number(*day));
        }
        hasher.update(b".");
    }
    hex(&hasher.finalize()[..16])
}

fn number(day: NaiveDate) -> [u8; 4] {
    day.num_days_from_ce().to_le_bytes()
}
