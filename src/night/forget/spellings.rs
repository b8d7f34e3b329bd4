//! How a person may be written in what the program keeps, and putting a neutral word in the place of it.

use std::collections::BTreeSet;

use regex::{Match, Regex};

use super::escapes::letters;

use crate::domain::{
    Action, Audience, DecisionKind, DirectoryStatus, FindingKind, FindingState, FoldedText, Kind,
    NightStatus, Status, Term, Tier, UnknownWord, Verdict, folded, user_key,
};
use crate::failure::{ExitKind, Failure, OrFail};

/// Stands where the person stood.
pub(super) const NEUTRAL: &str = "forgotten";
/// Under these names a person stands as a whole cell: in reports, in calls and in what the API sent.
const PERSONAL: [&str; 14] = [
    "user_id",
    "user_name",
    "login_name",
    "login",
    "email",
    "holder",
    "owner",
    "manager_email",
    "first_name",
    "last_name",
    "source_user",
    "destination_user",
    "source_user_full_name",
    "destination_user_full_name",
];

/// What a text is, where that decides whether a word in it is the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kinds {
    Prose,
    /// Names of fields are nobody's.
    Json,
    /// Tags, styles and scripts are nobody's.
    Html,
}

/// All spellings of one person.
#[derive(Debug)]
pub(super) struct Spellings {
    /// Folded; equal to a whole cell of a person's column.
    cells: BTreeSet<String>,
    anywhere: Option<Regex>,
    /// A number, or a word that the program itself uses (a login `reception`): the person only where the field says so.
    by_field: Option<Regex>,
    /// Stay wherever they stand, although they hold the person.
    stay: Vec<String>,
}

impl Spellings {
    /// Of names as `First Last`, and of logins, addresses and ids. `stay` is left alone wherever it stands.
    pub(super) fn new(
        names: &BTreeSet<String>,
        ids: &BTreeSet<String>,
        stay: &BTreeSet<String>,
    ) -> Result<Spellings, Failure> {
        let names = || names.iter().map(|name| folded(name).into_owned());
        let ids = ids
            .iter()
            .flat_map(|id| [folded(id).into_owned(), user_key(id).into_owned()]);
        let mut words: BTreeSet<String> = names().chain(ids).collect();
        words.retain(|word| !word.is_empty());
        let cells = words.clone();
        for name in names() {
            if let Some((first, last)) = name.rsplit_once(' ') {
                words.insert(format!("{last}, {first}"));
            }
        }
        let (weak, strong): (Vec<String>, Vec<String>) = words.into_iter().partition(|word| is_no_name(word));
        let shown_as = weak
            .iter()
            .flat_map(|word| [format!("user:{word}"), format!("login {word}")]);
        let anywhere: BTreeSet<String> = strong
            .into_iter()
            .chain(shown_as)
            .flat_map(|word| written(&word))
            .collect();
        let fields = PERSONAL.join("|");
        let by_field = one_of(weak).map(|weak| format!(r#""(?:{fields})"\s*:\s*"?(?:{weak})["\s,}}]"#));
        Ok(Spellings {
            cells,
            anywhere: one_of(anywhere).map(|words| compiled(&words)).transpose()?,
            by_field: by_field.map(|pattern| compiled(&pattern)).transpose()?,
            stay: stay.iter().map(|word| folded(word).into_owned()).collect(),
        })
    }

    pub(super) fn is_personal(field: &str) -> bool {
        PERSONAL.contains(&field.trim().to_lowercase().as_str())
    }

    /// Whether the person, and nothing else, stands in a cell.
    pub(super) fn is_cell(&self, cell: &str) -> bool {
        [folded(cell), user_key(cell)]
            .iter()
            .any(|word| self.cells.contains(word.as_ref()))
    }

    pub(super) fn stand_in(&self, text: &str, kind: Kinds) -> bool {
        let text = Text::of(text);
        let by_field = self.by_field.as_ref();
        self.first(&text, 0, kind).is_some()
            || by_field.is_some_and(|regex| regex.is_match(text.folded.as_str()))
    }

    /// The text without the person; none where it does not hold them.
    pub(super) fn blanked(&self, text: &str, kind: Kinds) -> Option<String> {
        let seen = Text::of(text);
        let (mut blanked, mut at, mut from) = (String::new(), 0, 0);
        while let Some(found) = self.first(&seen, from, kind) {
            let stands = seen.folded.origin(found.range());
            blanked.push_str(text.get(at..stands.start)?);
            blanked.push_str(NEUTRAL);
            (at, from) = (stands.end, found.end());
        }
        if at == 0 {
            return None;
        }
        blanked.push_str(text.get(at..)?);
        Some(blanked)
    }

    fn first<'t>(&self, text: &'t Text<'_>, from: usize, kind: Kinds) -> Option<Match<'t>> {
        let regex = self.anywhere.as_ref()?;
        let folded = text.folded.as_str();
        let mut at = from;
        while let Some(found) = regex.find_at(folded, at) {
            if stands_alone(folded, &found) && is_meant(text, &found, kind) && !self.stays(folded, &found) {
                return Some(found);
            }
            at = found.start() + found.as_str().chars().next().map_or(1, char::len_utf8);
        }
        None
    }

    /// Whether what was found lies in something that stays.
    fn stays(&self, text: &str, found: &Match<'_>) -> bool {
        self.stay.iter().any(|stay| {
            let from = floor(text, found.start().saturating_sub(stay.len()));
            let to = ceil(text, found.end() + stay.len());
            let around = text.get(from..to).unwrap_or_default();
            around
                .match_indices(stay.as_str())
                .any(|(at, _)| from + at <= found.start() && found.end() <= from + at + stay.len())
        })
    }
}

/// As it stands, and as it is searched.
struct Text<'t> {
    plain: &'t str,
    folded: FoldedText,
}

impl Text<'_> {
    fn of(plain: &str) -> Text<'_> {
        Text {
            plain,
            folded: FoldedText::of(letters(plain), plain.len()),
        }
    }
}

fn floor(text: &str, at: usize) -> usize {
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

fn ceil(text: &str, at: usize) -> usize {
    (at..text.len())
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(text.len())
}

/// A number, or one of the program's own words: alone it tells nobody.
fn is_no_name(word: &str) -> bool {
    fn says<W: std::str::FromStr<Err = UnknownWord>>(word: &str) -> bool {
        word.parse::<W>().is_ok()
    }
    let is_ours = says::<Kind>(word)
        || says::<Tier>(word)
        || says::<Term>(word)
        || says::<Status>(word)
        || says::<Verdict>(word)
        || says::<Action>(word)
        || says::<FindingKind>(word)
        || says::<FindingState>(word)
        || says::<DecisionKind>(word)
        || says::<DirectoryStatus>(word)
        || says::<NightStatus>(word)
        || says::<Audience>(word);
    is_ours || word.len() < 3 || word.chars().all(|letter| letter.is_ascii_digit())
}

/// As it stands, and as JSON, HTML, CSV and calendars write it.
fn written(word: &str) -> BTreeSet<String> {
    let html = |[quote, apostrophe]: [&str; 2]| {
        word.replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
            .replace('"', quote)
            .replace('\'', apostrophe)
    };
    BTreeSet::from([
        word.to_owned(),
        word.replace('"', "\\\""),
        word.replace('"', "\"\""),
        word.replace(',', "\\,"),
        html(["&quot;", "'"]),
        html(["&quot;", "&apos;"]),
        html(["\"", "'"]),
    ])
}

/// One pattern for all words, the longest first; a blank is any white space.
fn one_of(words: impl IntoIterator<Item = String>) -> Option<String> {
    let mut words: Vec<String> = words.into_iter().collect();
    words.sort_by_key(|word| (std::cmp::Reverse(word.len()), word.clone()));
    let words: Vec<String> = words
        .iter()
        .map(|word| {
            word.split_whitespace()
                .map(regex::escape)
                .collect::<Vec<_>>()
                .join(r"\s+")
        })
        .collect();
    (!words.is_empty()).then(|| words.join("|"))
}

fn compiled(pattern: &str) -> Result<Regex, Failure> {
    Regex::new(pattern).or_fail(ExitKind::Failed)
}

/// Not a part of a longer word; an escape such as `\n` before it is none.
fn stands_alone(text: &str, found: &Match<'_>) -> bool {
    let joins = |letter: char| letter.is_alphanumeric() || letter == '_';
    let mut before = text[..found.start()].chars().rev();
    let begins = match before.next() {
        Some(letter) if joins(letter) => matches!(letter, 'n' | 'r' | 't') && before.next() == Some('\\'),
        _ => true,
    };
    begins && !text[found.end()..].chars().next().is_some_and(joins)
}

/// A word of letters alone may be a field or a tag of that name.
fn is_meant(text: &Text<'_>, found: &Match<'_>, kind: Kinds) -> bool {
    if !found.as_str().chars().all(char::is_alphabetic) {
        return true;
    }
    let stands = text.folded.origin(found.range());
    let (before, after) = (&text.plain[..stands.start], &text.plain[stands.end..]);
    match kind {
        Kinds::Prose => true,
        Kinds::Json => {
            !(before.ends_with('"')
                && after
                    .strip_prefix('"')
                    .is_some_and(|after| after.trim_start().starts_with(':')))
        }
        Kinds::Html => {
            let open = |begin: &str, end: &str| before.rfind(begin) > before.rfind(end);
            !open("<", ">") && !open("<style", "</style") && !open("<script", "</script")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(names: &[&str], ids: &[&str], stay: &[&str]) -> Spellings {
        let set = |words: &[&str]| {
            words
                .iter()
                .map(|word| (*word).to_owned())
                .collect::<BTreeSet<_>>()
        };
        Spellings::new(&set(names), &set(ids), &set(stay)).unwrap()
    }

    #[test]
    fn every_spelling_goes_and_longer_words_stay() {
        let ann = of(&["Ann O'Hara"], &["ann.ohara", "ann@example.test"], &[]);
        for (text, without) in [
            ("Ann O'Hara, and ANN\n O&#39;HARA", "forgotten, and forgotten"),
            ("O'Hara, Ann (Ann.Ohara)", "forgotten (forgotten)"),
            ("<ann@example.test>", "<forgotten>"),
            (r#""said\nann.ohara""#, r#""said\nforgotten""#),
            (
                "\u{ff21}nn O\u{2019}Hara, Ann\u{a0}O'Ha\u{ad}ra.",
                "forgotten, forgotten.",
            ),
            (r#"{"why":"\u0041nn O\u2019Hara's"}"#, r#"{"why":"forgotten's"}"#),
            ("(Ann.O\u{200b}hara@VBC.prod)", "(forgotten@VBC.prod)"),
        ] {
            assert_eq!(
                ann.blanked(text, Kinds::Prose).as_deref(),
                Some(without),
                "{text}"
            );
        }
        for text in ["joann.ohara", "ann.oharas", "Ann", "joann@example.test"] {
            assert_eq!(ann.blanked(text, Kinds::Prose), None, "{text}");
        }
    }

    #[test]
    fn a_login_that_is_a_number_or_a_word_of_ours_is_the_person_only_where_the_field_says_so() {
        let desk = of(&[], &["reception", "4021"], &[]);
        assert_eq!(desk.blanked("kind reception, extension 4021", Kinds::Prose), None);
        assert!(desk.stand_in(r#"{"source_user": "Reception"}"#, Kinds::Json));
        assert!(desk.stand_in(r#"{"user_id":4021}"#, Kinds::Json));
        assert!(!desk.stand_in(r#"{"extension":4021,"user_id":40211}"#, Kinds::Json));
        assert_eq!(
            desk.blanked("user:4021", Kinds::Json).as_deref(),
            Some("forgotten")
        );
        assert!(desk.is_cell(" Reception "));
    }

    #[test]
    fn fields_and_tags_are_nobody() {
        let rows = of(&[], &["rows"], &[]);
        let json = r#"{"rows": ["rows"], "why": "login rows"}"#;
        let without = r#"{"rows": ["forgotten"], "why": "login forgotten"}"#;
        assert_eq!(rows.blanked(json, Kinds::Json).as_deref(), Some(without));
        let page = "<style>.rows{}</style><td class=\"rows\">Rows</td>";
        let without = "<style>.rows{}</style><td class=\"rows\">forgotten</td>";
        assert_eq!(rows.blanked(page, Kinds::Html).as_deref(), Some(without));
    }

    #[test]
    fn what_stays_stays() {
        let ann = of(&[], &["ann.ohara"], &["user:ann.ohara"]);
        let text = "user:ann.ohara, ann.ohara";
        assert_eq!(
            ann.blanked(text, Kinds::Prose).as_deref(),
            Some("user:ann.ohara, forgotten")
        );
    }
}
