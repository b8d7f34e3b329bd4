//! Names in the call rows that no line has, and the lines whose silence they may explain: a login that was changed, or is written
//! otherwise in the list, and is somebody's daily phone all the same.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use strsim::damerau_levenshtein;

use crate::domain::{
    Activity, Line, bare_extension, entries_in, folded, is_same_number, without_accents, without_zeros,
};
use crate::steps::usage::day_join::DayJoin;
use crate::steps::usage::line_keys::{login_of, users_of};

/// Days with rows from which on a name is more than a slip.
const FEWEST_DAYS: u32 = 3;
/// A weekend with a holiday lies between the last call under one name and the first under the next.
const DAYS_BETWEEN: u64 = 4;
/// Both names may be in use for some days.
const DAYS_BESIDE: u64 = 4;

/// A name that no line has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unlisted {
    /// As [`crate::steps::usage::line_keys::End::name`] gives it.
    pub name: String,
    pub first_on: NaiveDate,
    pub last_on: NaiveDate,
    pub days: u32,
    pub rows: u64,
    /// The lines' own numbers that stand at the same end.
    pub numbers: BTreeSet<String>,
}

/// All such names of the days, by name.
pub fn unlisted<'a>(days: impl Iterator<Item = (NaiveDate, &'a DayJoin)>) -> Vec<Unlisted> {
    let mut found: BTreeMap<&str, Unlisted> = BTreeMap::new();
    for (day, join) in days {
        let mut rows_of: BTreeMap<&str, u64> = BTreeMap::new();
        let mut numbers_of: BTreeMap<&str, BTreeSet<&String>> = BTreeMap::new();
        for (number, names) in &join.strangers_at {
            for (name, rows) in &names.0 {
                *rows_of.entry(name).or_default() += rows;
                numbers_of.entry(name).or_default().insert(number);
            }
        }
        // All their rows, where they are among the day's most frequent names.
        rows_of.extend(join.strangers.0.iter().map(|(name, rows)| (name.as_str(), *rows)));
        for (name, rows) in rows_of {
            let known = found.entry(name).or_insert_with(|| Unlisted {
                name: name.to_owned(),
                first_on: day,
                last_on: day,
                days: 0,
                rows: 0,
                numbers: BTreeSet::new(),
            });
            (known.first_on, known.last_on) = (known.first_on.min(day), known.last_on.max(day));
            known.days += 1;
            known.rows += rows;
            let numbers = numbers_of.remove(name).unwrap_or_default();
            known.numbers.extend(numbers.into_iter().cloned());
        }
    }
    found.into_values().collect()
}

/// The name that may be this line's user: one that stands beside its number, one that begins when the line falls silent, or one
/// written nearly as its own.
pub(in crate::steps) fn taken_for<'a>(
    line: &Line,
    activity: &Activity,
    first_known: NaiveDate,
    unlisted: &'a [Unlisted],
) -> Option<&'a Unlisted> {
    let silent_since = activity.last_used_on;
    let goes_on = |name: &&Unlisted| silent_since.is_none_or(|last| name.last_on >= last);
    let mut candidates = unlisted.iter().filter(goes_on);
    let usual_gap = u64::from(activity.usual_gap_business_days.unwrap_or(1)) * 7 / 5;
    let began = silent_since.or(line.seat_since).filter(|day| *day > first_known);
    let begins_then = |name: &&Unlisted| {
        began.is_some_and(|day| {
            name.days >= FEWEST_DAYS
                && name.first_on > first_known + Days::new(DAYS_BETWEEN)
                && name.first_on + Days::new(DAYS_BESIDE) >= day
                && name.first_on <= day + Days::new(DAYS_BETWEEN + usual_gap)
        })
    };
    let own: BTreeSet<String> = own_names(line).collect();
    let is_at_its_number = |name: &Unlisted| {
        let is_own = |number: &String| line.dids.iter().any(|own| is_same_number(own, number));
        name.numbers.iter().any(is_own)
    };
    let is_own = |name: &Unlisted| {
        resembles(&name.name, &own) || holds_words_of(&name.name, line) || is_at_its_number(name)
    };
    let most =
        |names: &mut dyn Iterator<Item = &'a Unlisted>| names.max_by_key(|name| (name.rows, &name.name));
    let alike = most(&mut candidates.clone().filter(|name| is_own(name)));
    alike.or_else(|| most(&mut candidates.by_ref().filter(begins_then)))
}

/// What the line's user may be called in a row, letters and digits alone.
fn own_names(line: &Line) -> impl Iterator<Item = String> {
    let keys: Vec<String> = users_of(line).collect();
    let before_at: Vec<String> = keys
        .iter()
        .filter_map(|key| Some(key.split_once('@')?.0.to_owned()))
        .collect();
    let (first, last) = (line.first_name.as_deref(), line.last_name.as_deref());
    let whole = |one: Option<&str>, other: Option<&str>| {
        let name = format!("{} {}", one.unwrap_or_default(), other.unwrap_or_default());
        (one.is_some() || other.is_some()).then_some(name)
    };
    let initial = |name: Option<&str>| name.and_then(|name| name.chars().next()).map(String::from);
    let spellings = [
        whole(first, last),
        whole(last, first),
        whole(initial(first).as_deref(), last).filter(|_| first.is_some() && last.is_some()),
        whole(last, initial(first).as_deref()).filter(|_| first.is_some() && last.is_some()),
        whole(first, initial(last).as_deref()).filter(|_| first.is_some() && last.is_some()),
    ];
    let names = keys
        .into_iter()
        .chain(before_at)
        .chain(spellings.into_iter().flatten());
    names.map(|name| plain(&name)).filter(|name| !name.is_empty())
}

/// A name as it is spelled where nobody cares: `Jörg`, `Joerg` and `JORG` are one, and so are `Kjær` and `Kjaer`. It tells that two
/// may be the same, never that they are.
fn spelled_plainly(name: &str) -> String {
    let letters = [
        "ß/ss", "æ/a", "œ/o", "ø/o", "ł/l", "đ/d", "ð/d", "þ/th", "ae/a", "oe/o", "ue/u", "aa/a",
    ];
    let plain = without_accents(&folded(name)).into_owned();
    letters
        .iter()
        .filter_map(|pair| pair.split_once('/'))
        .fold(plain, |plain, (written, plainly)| plain.replace(written, plainly))
}

fn plain(name: &str) -> String {
    spelled_plainly(name)
        .chars()
        .filter(|c| c.is_alphanumeric())
        .collect()
}

/// Whether among the words of a name stand the line's extension or its holder's whole name, or one of the holder's names is all
/// of it: `Ms Ada Birch [101]`, `Ada`.
fn holds_words_of(name: &str, line: &Line) -> bool {
    if name.starts_with("extension ") {
        return false;
    }
    let words = words_in(login_of(name));
    let extension = without_zeros(&line.extension);
    let is_extension = |word: &String| without_zeros(bare_extension(word)) == extension;
    let [first, last] =
        [&line.first_name, &line.last_name].map(|name| words_in(name.as_deref().unwrap_or_default()));
    let is_whole =
        !first.is_empty() && !last.is_empty() && first.iter().chain(&last).all(|own| words.contains(own));
    let is_half = |half: &Vec<String>| !half.is_empty() && *half == words;
    // Hank Stone for Henry Stone.
    let initial = |word: &String| word.chars().next();
    let is_short_form = !last.is_empty()
        && last.iter().all(|own| words.contains(own))
        && words
            .iter()
            .any(|word| !last.contains(word) && first.iter().any(|own| initial(own) == initial(word)));
    (!extension.is_empty() && words.iter().any(is_extension))
        || is_whole
        || is_short_form
        || is_half(&first)
        || is_half(&last)
}

fn words_in(text: &str) -> Vec<String> {
    let plain = spelled_plainly(text);
    let words = plain
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

/// Whether a login is one of these names but for its writing: two logins that differ in a number are two people's.
fn resembles(name: &str, own: &BTreeSet<String>) -> bool {
    let Some(login) = name.strip_prefix("login ") else {
        return false;
    };
    let before_at = |name: &str| {
        name.split_once('@')
            .map_or(plain(name), |(before, _)| plain(before))
    };
    let forms: BTreeSet<String> = std::iter::once(login)
        .chain(entries_in(login))
        .flat_map(|name| [plain(name), before_at(name)])
        .collect();
    let near = |form: &String, own: &String| {
        let digits = |name: &str| name.chars().filter(|c| c.is_numeric()).collect::<String>();
        let slips = match form.chars().count().min(own.chars().count()) {
            0..5 => 0,
            5..10 => 1,
            _ => 2,
        };
        form == own || (slips > 0 && digits(form) == digits(own) && damerau_levenshtein(form, own) <= slips)
    };
    forms.iter().any(|form| own.iter().any(|own| near(form, own)))
}
