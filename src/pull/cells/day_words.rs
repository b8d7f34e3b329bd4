//! The words in which days are written: months, weekdays, ordinals and what stands between them, in the languages of the markets.

use std::collections::BTreeSet;

use chrono::Weekday;

use crate::domain::without_accents;

/// Without accents; each may be shortened as long as it is one month's alone.
const MONTHS: [&str; 12] = [
    "january januar janner janvier enero gennaio janeiro januari",
    "february februar feber fevrier febrero febbraio fevereiro februari",
    "march marz maerz mars marzo marco maart mrt",
    "april avril abril aprile",
    "may mai mayo maggio maio mei maj",
    "june juni juin junio giugno junho",
    "july juli juillet julio luglio julho",
    "august aout agosto augustus augusti",
    "september septembre septiembre settembre setembro",
    "october oktober octobre octubre ottobre outubro",
    "november novembre noviembre novembro",
    "december dezember decembre diciembre dicembre dezembro",
];

const WEEKDAYS: [(Weekday, &str); 7] = [
    (Weekday::Mon, "monday montag lundi lunes lunedi segunda maandag"),
    (
        Weekday::Tue,
        "tuesday dienstag mardi martes martedi terca dinsdag",
    ),
    (
        Weekday::Wed,
        "wednesday mittwoch mercredi miercoles mercoledi quarta woensdag",
    ),
    (
        Weekday::Thu,
        "thursday donnerstag jeudi jueves giovedi quinta donderdag",
    ),
    (
        Weekday::Fri,
        "friday freitag vendredi viernes venerdi sexta vrijdag",
    ),
    (
        Weekday::Sat,
        "saturday samstag sonnabend samedi sabado sabato zaterdag",
    ),
    (Weekday::Sun, "sunday sonntag dimanche domingo domenica zondag"),
];

const FILLERS: [&str; 14] = [
    "de", "del", "di", "do", "of", "the", "le", "den", "der", "el", "il", "d", "am", "on",
];

const ORDINALS: [&str; 8] = ["st", "nd", "rd", "th", "er", "e", "º", "°"];

pub(in crate::pull) fn month_of(text: &str) -> Option<usize> {
    let word = plain(text);
    let is_named = |names: &str| word.len() >= 3 && begins_one_of(names, &word);
    let mut months = (1..).zip(MONTHS).filter(|(_, names)| is_named(names));
    match (months.next(), months.next()) {
        (Some((month, _)), None) => Some(month),
        _ => None,
    }
}

pub(in crate::pull) fn is_filler(word: &str) -> bool {
    FILLERS.contains(&plain(word).as_str())
}

/// `31st`, `1er`, `1º` as numbers.
pub(in crate::pull) fn without_ordinal(text: &str) -> &str {
    let number = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let ordinal = &text[number.len()..];
    match ORDINALS.iter().any(|known| ordinal.eq_ignore_ascii_case(known)) {
        true => number,
        false => text,
    }
}

/// The weekdays that a word in front may stand for, and the text after it.
pub(in crate::pull) fn after_weekday(text: &str) -> (Option<BTreeSet<u32>>, &str) {
    let end = text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    let rest = rest
        .trim_start_matches("-feira")
        .trim_start_matches([',', '.', ' ']);
    let word = plain(word);
    let days: BTreeSet<u32> = WEEKDAYS
        .iter()
        .filter(|(_, names)| word.len() >= 2 && begins_one_of(names, &word))
        .map(|(day, _)| day.num_days_from_monday())
        .collect();
    // `mar` is March too.
    let has_month = |text: &str| {
        let mut words = text.split(|c: char| !c.is_alphabetic());
        words.any(|word| month_of(word).is_some())
    };
    match days.is_empty() || month_of(&word).is_some() && !has_month(rest) {
        true => (None, text),
        false => (Some(days), rest),
    }
}

fn begins_one_of(names: &str, word: &str) -> bool {
    names.split(' ').any(|name| name.starts_with(word))
}

fn plain(text: &str) -> String {
    without_accents(text).to_lowercase()
}
