//! When two texts name one and the same: decided here and nowhere else. Portals, spreadsheets and directories write one name in
//! many ways (letters in one piece or in two, wide letters, marks that nobody sees), and none of them makes another person.

use std::borrow::Cow;

use unicode_normalization::char::is_combining_mark;
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// What a login bears at its end in some places only.
const TOKEN_SUFFIX: &str = "@vbc.prod";

/// What parts several names in one cell.
const PARTING: [char; 6] = [';', ',', '|', '/', '&', '+'];

/// Marks that no reader sees: zero-width spaces and joiners, soft hyphens, direction marks, the byte order mark.
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{e0000}'..='\u{e007f}')
}

/// A text as it is shown: letters in one piece, no marks that nobody sees, blanks of one kind.
pub fn visible(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let is_odd = |c: char| is_invisible(c) || (c.is_whitespace() && !c.is_ascii());
    if is_nfc(text) && !text.contains(is_odd) {
        return Cow::Borrowed(text);
    }
    let blank = |c: char| match c.is_whitespace() && !c.is_control() {
        true => ' ',
        false => c,
    };
    let seen = text.chars().filter(|c| !is_invisible(*c)).map(blank);
    Cow::Owned(seen.nfc().collect())
}

/// As [`visible`], with wide letters and digits as narrow ones.
pub fn narrow(text: &str) -> Cow<'_, str> {
    match text.is_ascii() {
        true => Cow::Borrowed(text),
        false => Cow::Owned(visible(text).nfkc().collect()),
    }
}

/// As a keyboard without accents writes it: for words of a list, never for names of people.
pub fn without_accents(text: &str) -> Cow<'_, str> {
    match text.is_ascii() {
        true => Cow::Borrowed(text),
        false => Cow::Owned(text.nfd().filter(|c| !is_combining_mark(*c)).collect()),
    }
}

/// A text for comparison: case, width, composition, invisible marks, kinds of blanks, dashes and apostrophes do not count.
pub fn folded(text: &str) -> Cow<'_, str> {
    let is_plain = |byte: u8| byte.is_ascii_graphic() && !byte.is_ascii_uppercase();
    if text.bytes().all(is_plain) {
        return Cow::Borrowed(text);
    }
    // Millions of cells are of these two sorts.
    if text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Cow::Owned(text.to_ascii_lowercase());
    }
    if text.is_ascii() {
        return Cow::Owned(one_blank_apart(&text.to_ascii_lowercase()));
    }
    Cow::Owned(one_blank_apart(&small_letters(text)))
}

/// A text for comparison but for its blanks.
pub(super) fn small_letters(text: &str) -> String {
    let alike = |c: char| match c {
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2bc}' => '\'',
        c => c,
    };
    let composed: String = text.chars().filter(|c| !is_invisible(*c)).nfkc().collect();
    // By way of the capital: a final sigma and a long s are letters of their own only as small ones.
    let small = composed
        .chars()
        .map(alike)
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase);
    small.nfkc().collect::<String>().replace("i\u{307}", "i")
}

fn one_blank_apart(text: &str) -> String {
    let mut words = text.split_whitespace();
    let mut joined = String::with_capacity(text.len());
    joined.push_str(words.next().unwrap_or_default());
    for word in words {
        joined.push(' ');
        joined.push_str(word);
    }
    joined
}

/// Whether two texts name one and the same.
pub fn same(one: &str, other: &str) -> bool {
    folded(one) == folded(other)
}

/// A login, an address or a user id for comparison; the token's suffix is no part of it, and neither is what programs write
/// around it (`Ada Birch <ada@example.test>`, `mailto:`, `CORP\\ada`).
pub fn user_key(text: &str) -> Cow<'_, str> {
    match folded(bare_user(text)) {
        Cow::Borrowed(text) => Cow::Borrowed(text.strip_suffix(TOKEN_SUFFIX).unwrap_or(text)),
        Cow::Owned(text) => Cow::Owned(text.strip_suffix(TOKEN_SUFFIX).map(str::to_owned).unwrap_or(text)),
    }
}

fn bare_user(text: &str) -> &str {
    let is_dotted = text.contains('@') && text.ends_with('.');
    if !is_dotted && !text.contains(['<', ':', '\\', '"', '\'']) {
        return text;
    }
    let is_around = |c: char| c.is_whitespace() || is_invisible(c) || matches!(c, '"' | '\'');
    let text = text.trim_matches(is_around);
    let in_brackets = text
        .strip_suffix('>')
        .and_then(|text| text.rsplit_once('<'))
        .map_or(text, |(_, address)| address.trim_matches(is_around));
    let in_brackets = match in_brackets.contains('@') {
        true => in_brackets.trim_end_matches('.'),
        false => in_brackets,
    };
    // Exchange writes `SMTP:` before an address.
    let schemes = ["mailto:", "smtp:"];
    let after = schemes.iter().find_map(|scheme| {
        let start = in_brackets.get(..scheme.len())?;
        start
            .eq_ignore_ascii_case(scheme)
            .then(|| in_brackets[scheme.len()..].trim())
    });
    let address = after.unwrap_or(in_brackets);
    match address.rsplit_once('\\') {
        Some((_, login)) if !login.is_empty() => login,
        _ => address,
    }
}

/// The users in a cell, for comparison: the whole of it as one, and where several stand in it each of them.
pub fn users_in(cell: &str) -> impl Iterator<Item = Cow<'_, str>> {
    let parting = [';', ',', '|', '\n'];
    let several = cell.contains(parting).then(|| cell.split(parting));
    let each = several
        .into_iter()
        .flatten()
        .map(str::trim)
        .filter(|user| !user.is_empty());
    std::iter::once(cell).chain(each).map(user_key)
}

/// How what rows name is remembered where it leads to no line: by the sort of key, and the key for comparison.
pub fn extension_name(extension: &str) -> String {
    format!("extension {}", folded(extension))
}

/// As [`extension_name`], for what a user signs in with.
pub fn login_name(user: &str) -> String {
    format!("login {}", user_key(user))
}

/// As [`extension_name`], for the id of a phone.
pub fn sip_id_name(id: &str) -> String {
    format!("SIP id {}", folded(id))
}

/// As [`extension_name`], for a number of digits only.
pub fn number_name(digits: &str) -> String {
    format!("number {digits}")
}

/// A name as it is sought, where programs may have dropped an extension's leading zeros.
pub fn sought_name(name: &str) -> Cow<'_, str> {
    match name.strip_prefix("extension ") {
        Some(extension) => Cow::Owned(format!("extension {}", without_zeros(extension))),
        None => Cow::Borrowed(name),
    }
}

/// The entries of a cell, blanks in them kept: display names have some.
pub fn entries_in(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(PARTING).map(str::trim).filter(|part| !part.is_empty())
}

/// The names in a cell, where several stand there or one with something around it (`CORP\ada`, `Sales (ada.birch)`); none where
/// it is one name. Whatever no name is written with parts them.
pub fn names_in(cell: &str) -> Vec<&str> {
    let is_of_a_name =
        |c: char| c.is_alphanumeric() || is_invisible(c) || matches!(c, '.' | '_' | '-' | '@' | '\'' | '’');
    let parts = cell.split(|c| !is_of_a_name(c));
    let parts = parts.map(|part| part.trim_matches(|c: char| matches!(c, '.' | '-' | '\'' | '’')));
    let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        [only] if *only == cell => Vec::new(),
        _ => parts,
    }
}

/// The sorts of names that a system gives its users: rows that use one sort say nothing of who has only another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserSort {
    Login,
    Address,
    /// A number or a long code, which no person types.
    Id,
}

impl UserSort {
    pub fn of(user: &str) -> UserSort {
        let digits = user.bytes().filter(u8::is_ascii_digit).count();
        let is_code = |c: char| c.is_ascii_hexdigit() || c == '-';
        match user {
            _ if user.contains('@') => UserSort::Address,
            _ if digits == user.len() || (digits > 0 && user.len() >= 16 && user.chars().all(is_code)) => {
                UserSort::Id
            }
            _ => UserSort::Login,
        }
    }
}

/// An extension without the word for one: `x101`, `Ext. 101`, `#101`, `101 ext`, `sip:101@host` and `tel:101` are 101.
pub fn bare_extension(text: &str) -> &str {
    let text = address_part(text);
    let is_word = |word: &str| {
        let word = word.trim().trim_end_matches(['.', ':']);
        ["x", "ext", "extn", "extension", "#"]
            .iter()
            .any(|known| word.eq_ignore_ascii_case(known))
    };
    let is_letter = |c: char| !c.is_ascii_digit();
    let (from, until) = (
        text.trim_start_matches(is_letter),
        text.trim_end_matches(is_letter),
    );
    let (before, after) = (&text[..text.len() - from.len()], &text[until.len()..]);
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    match (before.is_empty(), after.is_empty()) {
        (false, true) if is_word(before) && is_number(from) => from,
        (true, false) if is_word(after) && is_number(until) => until,
        _ => text,
    }
}

fn address_part(text: &str) -> &str {
    let scheme = text.get(..4).unwrap_or_default();
    match ["sip:", "tel:"]
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known))
    {
        true => text[4..].split(['@', ';']).next().unwrap_or_default(),
        false => text,
    }
}

/// An extension or a line's id without the leading zeros that spreadsheets drop.
pub fn without_zeros(text: &str) -> &str {
    // Some programs write whole numbers with a point.
    let text = match text.strip_suffix(".0") {
        Some(whole) if !whole.is_empty() && whole.bytes().all(|byte| byte.is_ascii_digit()) => whole,
        _ => text,
    };
    let trimmed = text.trim_start_matches('0');
    match trimmed.is_empty() {
        true => &text[text.len().saturating_sub(1)..],
        false => trimmed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_person_in_many_spellings() {
        for other in [
            "ADA.BIRCH",
            " ada.birch\u{200b}",
            "\u{feff}ada.birch",
            "ada\u{ad}.bir\u{2060}ch",
            "ａｄａ.birch",
            "Ada.Birch@vbc.prod",
            "ada.birch\u{a0}",
        ] {
            assert_eq!(user_key(other), "ada.birch", "{other:?}");
        }
        for other in [
            "mailto:ada.birch",
            "MAILTO: Ada.Birch",
            "Ada Birch <ada.birch>",
            "\"Birch, Ada\" <mailto:ada.birch>",
            "<ada.birch>",
            "\"ada.birch\"",
            "CORP\\ada.birch",
        ] {
            assert_eq!(user_key(other), "ada.birch", "{other:?}");
        }
        assert_eq!(user_key("t'hooft"), "t'hooft");
        let several: Vec<Cow<str>> = users_in("ada@example.test; Bo <bo@example.test>").collect();
        assert_eq!(several[1..], ["ada@example.test", "bo@example.test"]);
        assert_eq!(users_in("ada").collect::<Vec<_>>(), ["ada"]);
        for (one, other) in [
            ("Zoë Müller", "Zoe\u{308}\u{a0} Mu\u{308}ller"),
            ("STRASSE", "straße"),
            ("İlker", "ilker"),
            ("ΣΟΦΟΣ", "σοφος"),
            ("O’Neil", "o'neil"),
            ("Jean‑Luc", "jean-luc"),
        ] {
            assert!(same(one, other), "{one:?} {other:?}");
        }
        assert!(!same("müller", "muller"), "an accent may tell two people apart");
    }

    #[test]
    fn several_names_in_a_cell_are_each_a_name() {
        assert_eq!(names_in("leo.marsh; kim.lund"), ["leo.marsh", "kim.lund"]);
        assert_eq!(names_in("leo.marsh|kim.lund\nned.orr").len(), 3);
        assert_eq!(names_in("leo.marsh"), [""; 0]);
        assert_eq!(names_in(" leo.marsh;"), ["leo.marsh"]);
        for cell in [
            "CORP\\leo.marsh",
            "mailto:leo.marsh",
            "Sales Group (leo.marsh)",
            "leo.marsh#700100",
            "kim、leo.marsh",
            "kim -> leo.marsh",
            "leo.marsh->kim",
            "leo.marsh • kim",
            "<leo.marsh>",
            "\"leo.marsh\"",
        ] {
            assert!(names_in(cell).contains(&"leo.marsh"), "{cell}");
        }
    }

    #[test]
    fn names_are_of_three_sorts() {
        let sort = |user| UserSort::of(user);
        assert_eq!(
            [sort("ada.birch"), sort("ada7"), sort("beef")],
            [UserSort::Login; 3]
        );
        assert_eq!(sort("ada.birch@example.test"), UserSort::Address);
        let code = "0f8fad5b-d9cb-469f-a165-70867728950e";
        assert_eq!([sort("4711"), sort(code)], [UserSort::Id; 2]);
    }

    #[test]
    fn an_extension_is_told_from_the_word_before_it() {
        let written = [
            "x101",
            "Ext. 101",
            "#101",
            "101 ext",
            "SIP:101@pbx.example.test",
            "tel:101",
        ];
        assert_eq!(written.map(bare_extension), ["101"; 6]);
        for other in ["x", "lobby", "sip", "é:1", "10x1"] {
            assert_eq!(bare_extension(other), other);
        }
    }

    #[test]
    fn the_last_zero_stays() {
        let trimmed = ["0415", "415", "415.0", "000", "0", "0.0"].map(without_zeros);
        assert_eq!(trimmed, ["415", "415", "415", "0", "0", "0"]);
    }

    proptest! {
        #[test]
        fn folding_once_is_enough(text in "\\PC{0,12}") {
            let once = folded(&text).into_owned();
            prop_assert_eq!(folded(&once).into_owned(), once.clone());
            prop_assert_eq!(folded(&visible(&text)).into_owned(), once);
        }

        #[test]
        fn marks_that_nobody_sees_change_nothing(text in "[a-z.@0-9]{1,12}", at in 0_usize..12, mark in 0_usize..6) {
            let mark = ['\u{200b}', '\u{feff}', '\u{ad}', '\u{2060}', '\u{200d}', '\u{202a}'][mark];
            let mut marked = text.clone();
            marked.insert(at.min(text.len()), mark);
            prop_assert!(same(&text, &marked));
            prop_assert_eq!(visible(&marked), text);
        }
    }
}
