//! Names as words: where a name is parted, and when a word of a rule stands in it.

use std::collections::HashSet;
use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::is_invisible;

/// Parts that are joined to find a word of several, as in `front-desk` and `call box`.
const LONGEST_RUN: usize = 6;

/// What stands beside a thing's word in one written without a gap: `liftphone`, `hauptfax`. Folded, without accents.
#[rustfmt::skip]
const BESIDE: &[&str] = &[
    "phone", "telephone", "tel", "line", "room", "box", "panel", "server", "machine", "gateway", "system", "device", "unit", "desk",
    "station", "point", "post", "area", "number", "car", "cab", "cabin", "shaft", "bank", "call", "set", "handset", "door",
    "gate", "main", "side", "front", "rear", "back", "left", "right", "upper", "lower", "top", "bottom", "north", "south", "east",
    "west", "floor", "level", "lobby", "building", "bldg", "block", "wing", "tower", "house", "office", "site", "staff", "visitor", "guest",
    "service", "freight", "goods", "fire", "emergency", "security",
    "telefon", "fon", "apparat", "gerat", "geraet", "anschluss", "leitung", "raum", "zimmer", "kabine", "schacht", "nummer", "platz",
    "haupt", "haus", "neben", "nord", "sud", "sued", "ost", "etage", "gebaeude", "gebaude", "eingang",
    "telefono", "linea", "linha", "telefone", "ligne", "poste", "salle", "batiment", "edificio", "stanza", "sala",
    "telefoon", "toestel", "lijn", "kamer", "noord", "zuid", "oost", "verdieping", "gebouw", "este", "norte",
    "passenger", "hydraulic", "platform", "wheelchair", "control", "video", "overhead", "deck", "pool", "button", "stop", "night",
];

/// What stands between the words of a thing's name, as in `area of refuge`, and never at its ends.
const BETWEEN: &[&str] = &[
    "of", "for", "and", "de", "du", "del", "di", "da", "do", "van", "no", "nr",
];

/// A word or several as a rule gives them: `lift`, `front desk`, `notruf*` (what begins so), `*aufzug` (what ends so).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameWord {
    written: String,
    /// Without accents, and with `ae` for `ä`; each as its words, each of those in singular and plural.
    spellings: Vec<Vec<Vec<String>>>,
    open_before: bool,
    open_after: bool,
}

impl FromStr for NameWord {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<NameWord, &'static str> {
        let written = text.trim();
        let (open_before, word) = match written.strip_prefix('*') {
            Some(word) => (true, word),
            None => (false, written),
        };
        let (open_after, word) = match word.strip_suffix('*') {
            Some(word) => (true, word),
            None => (false, word),
        };
        if word.contains('*') || !word.chars().any(char::is_alphabetic) {
            return Err("must be a word such as \"lift\", \"front desk\" or \"*aufzug*\"");
        }
        let transcribed = transcribed(word);
        let mut spellings: Vec<Vec<Vec<String>>> = [word, &transcribed]
            .into_iter()
            .map(|word| {
                NameParts::of(word)
                    .parts
                    .iter()
                    .map(|part| forms_of(part))
                    .collect()
            })
            .collect();
        spellings.dedup();
        Ok(NameWord {
            written: written.to_owned(),
            spellings,
            open_before,
            open_after,
        })
    }
}

impl fmt::Display for NameWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

impl Serialize for NameWord {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.written)
    }
}

impl NameWord {
    /// Whether joined parts of a name are this word and nothing else.
    fn is(&self, found: &str) -> bool {
        self.spellings.iter().any(|words| is_all_of(found, words))
    }

    /// Whether the word stands at the open end of a part.
    fn is_within(&self, part: &str) -> bool {
        let cuts = || part.char_indices().map(|(at, _)| at).skip(1);
        (self.open_after && cuts().any(|end| self.is(&part[..end])))
            || (self.open_before && cuts().any(|start| self.is(&part[start..])))
            || (self.open_before
                && self.open_after
                && self.spellings.iter().any(|words| part.contains(&singular(words))))
    }
}

/// Words of a rule, to look names up in.
#[derive(Debug, Clone, Default)]
pub struct NameWords<'a> {
    /// Of those of one part, all forms.
    forms: HashSet<&'a str>,
    of_several: Vec<&'a NameWord>,
    open: Vec<&'a NameWord>,
}

impl<'a> FromIterator<&'a NameWord> for NameWords<'a> {
    fn from_iter<I: IntoIterator<Item = &'a NameWord>>(words: I) -> NameWords<'a> {
        let mut found = NameWords::default();
        for word in words {
            let is_one_part = |words: &Vec<Vec<String>>| words.len() == 1;
            match word.spellings.iter().all(is_one_part) {
                true => {
                    let forms = word.spellings.iter().flatten().flatten();
                    found.forms.extend(forms.map(String::as_str));
                }
                false => found.of_several.push(word),
            }
            if word.open_before || word.open_after {
                found.open.push(word);
            }
        }
        found
    }
}

impl NameWords<'_> {
    fn any_is(&self, name: &str) -> bool {
        self.forms.contains(name) || self.of_several.iter().any(|word| word.is(name))
    }

    fn any_is_within(&self, part: &str) -> bool {
        self.open.iter().any(|word| word.is_within(part))
    }
}

fn singular(words: &[Vec<String>]) -> String {
    words.iter().filter_map(|forms| forms.first()).cloned().collect()
}

fn is_all_of(found: &str, words: &[Vec<String>]) -> bool {
    match words.split_first() {
        None => found.is_empty(),
        Some((forms, rest)) => forms.iter().any(|form| {
            found
                .strip_prefix(form.as_str())
                .is_some_and(|found| is_all_of(found, rest))
        }),
    }
}

/// The word and its plurals as English, German, French, Spanish, Italian, Dutch and Portuguese make them.
fn forms_of(word: &str) -> Vec<String> {
    let mut forms = vec![word.to_owned()];
    if word.chars().any(|c| c.is_ascii_digit()) || word.chars().count() < 2 {
        return forms;
    }
    forms.extend(["s", "es", "e", "en", "n", "x"].map(|ending| format!("{word}{ending}")));
    let other_endings: [(&str, &[&str]); 12] = [
        ("y", &["ies"]),
        ("al", &["aux"]),
        ("l", &["is"]),
        ("m", &["ns"]),
        ("z", &["ces"]),
        ("ao", &["oes", "aes"]),
        ("co", &["chi"]),
        ("ca", &["che"]),
        ("o", &["i"]),
        ("a", &["e"]),
        ("e", &["i"]),
        ("us", &["i"]),
    ];
    for (ending, plurals) in other_endings {
        if let Some(stem) = word.strip_suffix(ending).filter(|stem| stem.len() > 1) {
            forms.extend(plurals.iter().map(|plural| format!("{stem}{plural}")));
        }
    }
    forms
}

/// What is left of a part when the words that stand beside a thing's are taken from its ends, one after the other:
/// `liftcarphones` is `carphones` beside `lift`, and `lift` beside `car` and `phones`.
fn rests(part: &str) -> Vec<&str> {
    let mut rests = Vec::new();
    let mut left = vec![part];
    if let Some(singular) = part.strip_suffix('s') {
        left.extend(BESIDE.iter().filter_map(|word| singular.strip_suffix(word)));
    }
    while let Some(rest) = left.pop() {
        if rest.is_empty() || rests.contains(&rest) {
            continue;
        }
        rests.push(rest);
        for word in BESIDE {
            if let Some(shorter) = rest.strip_prefix(word) {
                left.push(shorter);
                left.extend(BETWEEN.iter().filter_map(|word| shorter.strip_prefix(word)));
            }
            if let Some(shorter) = rest.strip_suffix(word) {
                left.push(shorter);
                left.extend(BETWEEN.iter().filter_map(|word| shorter.strip_suffix(word)));
            }
        }
    }
    rests
}

/// A name's parts in small letters without accents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameParts {
    parts: Vec<String>,
}

impl NameParts {
    /// Parted at blanks and marks, between letters and digits, and where capitals begin or end: `ELEVATOR_North2`, `FireAlarm`,
    /// `SOSTelefon`, `PBXlift`.
    pub fn of(name: &str) -> NameParts {
        let letters: Vec<char> = name.nfkc().filter(|c| !is_invisible(*c)).collect();
        let mut parts: Vec<String> = Vec::new();
        let mut part = String::new();
        for (at, letter) in letters.iter().enumerate() {
            if at > 0 && is_cut(&letters, at) {
                parts.push(std::mem::take(&mut part));
            }
            if is_of_a_word(*letter) {
                part.push(*letter);
            }
        }
        parts.push(part);
        NameParts {
            parts: parts
                .iter()
                .map(|part| folded(part))
                .filter(|part| !part.is_empty())
                .collect(),
        }
    }

    pub fn all(&self) -> &[String] {
        &self.parts
    }

    /// For each part, whether it belongs to one of these words.
    pub fn told_by(&self, words: &NameWords<'_>) -> Vec<bool> {
        let mut told = vec![false; self.parts.len()];
        for start in 0..self.parts.len() {
            let mut joined = String::new();
            for end in start..self.parts.len().min(start + LONGEST_RUN) {
                joined.push_str(&self.parts[end]);
                if words.any_is(&joined) {
                    told[start..=end].fill(true);
                }
            }
        }
        for (told, part) in told.iter_mut().zip(&self.parts) {
            *told = *told || words.any_is_within(part) || rests(part).iter().any(|rest| words.any_is(rest));
        }
        told
    }

    pub fn has(&self, words: &NameWords<'_>) -> bool {
        self.told_by(words).contains(&true)
    }

    /// Whether nothing in it could be a person's name: words for things, numbers, and a letter after one of these.
    pub fn is_of_things(&self, things: &NameWords<'_>) -> bool {
        !self.parts.is_empty() && !self.of_things(things).contains(&false)
    }

    /// Whether it is how things are called that bear a maker's name (`KONE 300-7`): a number, and at most one word that is no
    /// thing's.
    pub fn is_numbered(&self, things: &NameWords<'_>) -> bool {
        let others = self.of_things(things).into_iter().filter(|is_thing| !is_thing);
        let is_number = |part: &String| part.chars().all(char::is_numeric);
        self.parts.iter().any(is_number) && others.count() < 2
    }

    fn of_things(&self, things: &NameWords<'_>) -> Vec<bool> {
        let told = self.told_by(things);
        let is_thing = |(at, part): (usize, &String)| {
            let is_between = at > 0 && at + 1 < self.parts.len() && BETWEEN.contains(&part.as_str());
            told[at]
                || is_between
                || part.chars().all(char::is_numeric)
                || (at > 0 && part.chars().count() == 1)
                || is_beside(part)
        };
        self.parts.iter().enumerate().map(is_thing).collect()
    }
}

fn is_of_a_word(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c)
}

fn is_beside(part: &str) -> bool {
    [part, part.strip_suffix('s').unwrap_or(part)]
        .iter()
        .any(|word| BESIDE.contains(word))
}

/// Whether a part ends before the letter at `at`.
fn is_cut(letters: &[char], at: usize) -> bool {
    let (before, here) = (letters[at - 1], letters[at]);
    if !(is_of_a_word(before) && is_of_a_word(here)) {
        return true;
    }
    let upper = |at: Option<usize>| {
        at.and_then(|at| letters.get(at))
            .is_some_and(|c| c.is_uppercase())
    };
    let lower = |at: usize| letters.get(at).is_some_and(|c| c.is_lowercase());
    before.is_numeric() != here.is_numeric()
        || (before.is_lowercase() && here.is_uppercase())
        || (upper(Some(at)) && upper(at.checked_sub(1)) && lower(at + 1))
        || (lower(at) && upper(at.checked_sub(1)) && upper(at.checked_sub(2)))
}

/// Small letters without accents.
fn folded(text: &str) -> String {
    let mut folded = String::new();
    for c in text.to_lowercase().nfd().filter(|c| !is_combining_mark(*c)) {
        match c {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' => folded.push('d'),
            'ı' => folded.push('i'),
            c => folded.push(c),
        }
    }
    folded
}

/// As German is written where there are no umlauts.
fn transcribed(text: &str) -> String {
    let mut plain = String::new();
    for c in text.to_lowercase().nfc() {
        match c {
            'ä' => plain.push_str("ae"),
            'ö' => plain.push_str("oe"),
            'ü' => plain.push_str("ue"),
            c => plain.push(c),
        }
    }
    plain
}
