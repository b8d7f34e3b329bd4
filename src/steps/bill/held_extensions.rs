//! The extensions that lines had on earlier nights: a bill bears the one of its day.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;

use crate::domain::{KnownLine, Line, without_zeros};

/// By extension, without leading zeros.
#[derive(Debug, Clone, Default)]
pub struct HeldExtensions<'a>(HashMap<&'a str, Vec<Holding<'a>>>);

/// A line's time with one extension.
#[derive(Debug, Clone)]
struct Holding<'a> {
    line: &'a Line,
    extension: &'a str,
    /// None: from before the first night on.
    from: Option<NaiveDate>,
    /// The last day on which a night saw the line with the one before; none for its first.
    previous: Option<NaiveDate>,
    /// The last day.
    until: NaiveDate,
    /// The first day on which a night saw the line with another one; the last of all days where that is tonight.
    next: Option<NaiveDate>,
}

impl<'a> HeldExtensions<'a> {
    /// Of these lines, by what earlier nights knew of them.
    pub fn of(lines: &[&'a Line], known: &'a [KnownLine]) -> HeldExtensions<'a> {
        let by_id: BTreeMap<&str, &Line> = lines.iter().map(|line| (line.line_id.as_str(), *line)).collect();
        let nights = known.iter().flat_map(|known| &known.extensions);
        let first_night = nights.map(|held| held.first_on).min();
        let mut holdings: HashMap<&str, Vec<Holding>> = HashMap::new();
        for known in known {
            let Some(line) = by_id.get(known.line.line_id.as_str()) else {
                continue;
            };
            let mut before: Option<NaiveDate> = None;
            let mut following = known.extensions.iter().skip(1);
            for held in &known.extensions {
                // A line that was there on the first night was there before; one that came later began with its seat.
                let from = match before {
                    Some(_) => Some(held.first_on),
                    None if Some(held.first_on) == first_night => None,
                    None => known.line.seat_since.into_iter().chain([held.first_on]).min(),
                };
                let previous = before.replace(held.last_on);
                let tonight = || (line.extension != held.extension).then_some(NaiveDate::MAX);
                let key = without_zeros(&held.extension);
                holdings.entry(key).or_default().push(Holding {
                    line,
                    extension: &held.extension,
                    from,
                    previous,
                    until: held.last_on,
                    next: following.next().map(|next| next.first_on).or_else(tonight),
                });
            }
        }
        HeldExtensions(holdings)
    }

    /// The lines that had an extension on a day.
    pub(in crate::steps) fn on(&self, extension: &str, day: NaiveDate) -> Vec<&'a Line> {
        self.holders(extension, |holding| {
            holding.from.is_none_or(|from| from <= day) && day <= holding.until
        })
    }

    /// The lines that had an extension on the last night before a day and another on the first one after it.
    pub(super) fn perhaps_on(&self, extension: &str, day: NaiveDate) -> Vec<&'a Line> {
        self.holders(extension, |holding| {
            holding.until < day && holding.next.is_some_and(|next| day < next)
        })
    }

    /// The lines that had another extension on the last night before a day and this one on the first night after it.
    pub(super) fn perhaps_from(&self, extension: &str, day: NaiveDate) -> Vec<&'a Line> {
        self.holders(extension, |holding| {
            holding.from.is_some_and(|from| day < from) && holding.previous.is_some_and(|last| last < day)
        })
    }

    /// The lines that got another extension, or left, between the last night before a day and the first one after it: on the day they
    /// may have had one that no night saw.
    pub(super) fn changed_around(&self, day: NaiveDate) -> Vec<&'a Line> {
        let is_unseen = |holding: &&Holding<'a>| {
            holding.until < day
                && holding
                    .next
                    .or(holding.line.seat_until)
                    .is_some_and(|next| day < next)
        };
        let mut lines: Vec<&Line> = self
            .0
            .values()
            .flatten()
            .filter(is_unseen)
            .map(|holding| holding.line)
            .collect();
        lines.sort_by(|one, other| one.line_id.cmp(&other.line_id));
        lines
    }

    /// Whether an extension changed hands between the last night before a day and the first one after it.
    pub(super) fn changed_unseen(&self, extension: &str, day: NaiveDate) -> bool {
        !self.perhaps_on(extension, day).is_empty() || !self.perhaps_from(extension, day).is_empty()
    }

    fn holders(&self, extension: &str, is_held: impl Fn(&Holding<'a>) -> bool) -> Vec<&'a Line> {
        self.named(extension)
            .filter(|holding| is_held(holding))
            .map(|holding| holding.line)
            .collect()
    }

    /// The line that had an extension last, on some day before this one.
    pub(in crate::steps) fn last_before(&self, extension: &str, day: NaiveDate) -> Option<&'a Line> {
        let held = |holding: &&Holding| holding.from.is_none_or(|from| from <= day);
        let last = self
            .named(extension)
            .filter(held)
            .max_by_key(|holding| holding.until)?;
        Some(last.line)
    }

    /// With leading zeros where they tell lines apart.
    fn named<'x>(&'x self, extension: &'x str) -> impl Iterator<Item = &'x Holding<'a>> {
        let all = self.0.get(without_zeros(extension));
        let all = all.map(Vec::as_slice).unwrap_or_default();
        let is_exact = move |holding: &Holding| holding.extension == extension;
        let has_exact = all.iter().any(is_exact);
        all.iter().filter(move |holding| !has_exact || is_exact(holding))
    }
}
