//! Text from outside, made harmless: for spreadsheets, for the eye, and for readers who must not see names.

use std::collections::HashSet;

use crate::domain::{Line, Statement, turns_reading, user_key};

/// Blanks instead of control characters; characters that reorder their neighbours are left out.
pub fn clean(text: &str) -> String {
    text.chars()
        .filter(|c| !turns_reading(*c) && *c != '\u{FEFF}')
        .map(|c| {
            if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') {
                ' '
            } else {
                c
            }
        })
        .collect()
}

/// Text of ours for a terminal, whatever stands in it from outside: nothing in it moves the cursor, colours or rings, and it is
/// read in the order in which it was written.
pub fn for_terminal(text: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(clean).collect();
    lines.join("\n")
}

/// The same for JSON, where each such character is written as its number and so keeps its meaning.
pub fn json_for_terminal(json: &str) -> String {
    let mut shown = String::with_capacity(json.len());
    for letter in json.chars() {
        let itself = letter.to_string();
        match letter == '\n' || clean(&itself) == itself {
            true => shown.push(letter),
            false => shown.push_str(&format!("\\u{:04x}", u32::from(letter))),
        }
    }
    shown
}

/// Text for a spreadsheet: what a program could take for a formula gets a leading apostrophe, also behind a semicolon, at which
/// half of the world's spreadsheets part cells.
pub fn spreadsheet_text(text: &str) -> String {
    let shown = clean(text);
    let shown = match shown.contains(';') {
        true => shown.split(';').map(disarmed).collect::<Vec<_>>().join(";"),
        false => disarmed(&shown),
    };
    match text.starts_with(['\t', '\r', '\n']) && !shown.starts_with('\'') {
        true => format!("'{shown}"),
        false => shown,
    }
}

fn disarmed(cell: &str) -> String {
    let first = cell.trim_start().chars().next();
    match matches!(first, Some('=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠')) {
        true => format!("'{cell}"),
        false => cell.to_owned(),
    }
}

/// Takes people out of free text before finance reads it. Findings should bear no names; this is the second lock.
#[derive(Debug, Default)]
pub struct Discretion {
    /// Names and logins as folded words with one blank between them.
    people: HashSet<String>,
    longest: usize,
    /// Every login, address, what stands before its `@`, and name, each as a [`key`].
    keys: HashSet<String>,
}

impl Discretion {
    pub fn of(statement: &Statement) -> Discretion {
        let scored = statement.accounts.iter().flat_map(|account| &account.lines);
        Discretion::of_lines(scored.map(|scored| &scored.line))
    }

    pub fn of_lines<'a>(lines: impl IntoIterator<Item = &'a Line>) -> Discretion {
        let mut discretion = Discretion::default();
        let lines: Vec<&Line> = lines.into_iter().collect();
        for line in &lines {
            discretion.learn(line);
        }
        for line in &lines {
            let ids = [
                Some(&line.line_id),
                Some(&line.extension),
                line.contract_id.as_ref(),
            ];
            for id in ids.into_iter().flatten().filter(|id| !id.is_empty()) {
                if discretion.shown_id(id).is_none() {
                    // Sentences name it too.
                    discretion.add(&folded_words(id));
                }
            }
        }
        discretion
    }

    /// An id that people gave, unless it is somebody's login, address or name.
    pub fn shown_id(&self, id: &str) -> Option<String> {
        let is_known = self.keys.contains(&key(id));
        (!is_known && self.without_names(id) == clean(id)).then(|| id.to_owned())
    }

    /// The same where something has to stand.
    pub fn shown(&self, id: &str) -> String {
        self.shown_id(id).unwrap_or_else(|| "[holder]".to_owned())
    }

    fn learn(&mut self, line: &Line) {
        let name = |part: &Option<String>| part.as_deref().unwrap_or_default().trim().to_owned();
        let (first, last) = (name(&line.first_name), name(&line.last_name));
        let mut forms = vec![name(&line.login_name), name(&line.email)];
        if !first.is_empty() && !last.is_empty() {
            forms.push(format!("{first} {last}"));
            forms.push(format!("{last} {first}"));
        }
        // A login of digits is nobody's either: it is an extension.
        if !line.is_of_nobody() {
            let names = forms.iter().chain([&first, &last]);
            let parts = names.flat_map(|name| [name.as_str(), name.split('@').next().unwrap_or_default()]);
            let parts = parts.filter(|part| part.contains(char::is_alphabetic));
            self.keys.extend(parts.map(key));
        }
        for form in forms {
            // A login such as "1001" or "lobby" is no name, and would take extensions and plain words out of sentences.
            let words = folded_words(&form);
            if words.len() > 1 || words.iter().any(|word| word.contains(['.', '_', '@', '-'])) {
                self.add(&words);
            }
        }
    }

    fn add(&mut self, name: &[String]) {
        if !name.is_empty() {
            self.longest = self.longest.max(name.len());
            self.people.insert(name.join(" "));
        }
    }

    /// The text with known holders as `[holder]` and anything like an address as `[e-mail]`.
    pub fn without_names(&self, text: &str) -> String {
        let text = clean(text);
        let words: Vec<&str> = text.split(' ').collect();
        let folded: Vec<String> = words.iter().map(|word| fold(word)).collect();
        let mut kept: Vec<String> = Vec::with_capacity(words.len());
        let mut at = 0;
        while at < words.len() {
            let span = (1..=self.longest.min(words.len() - at))
                .rev()
                .find(|span| self.people.contains(&folded[at..at + span].join(" ")));
            let last = words[at + span.unwrap_or(1) - 1];
            kept.push(match span {
                Some(_) => format!("[holder]{}", trailing(last)),
                None if is_address(last) => format!("[e-mail]{}", trailing(last)),
                None => last.to_owned(),
            });
            at += span.unwrap_or(1);
        }
        kept.join(" ")
    }
}

/// The punctuation after a word.
fn trailing(word: &str) -> &str {
    &word[word.trim_end_matches(|c: char| !c.is_alphanumeric()).len()..]
}

/// Lower case, without punctuation around it.
fn fold(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}

/// A login, an address or a name for comparison, whatever stands between its parts: `Ada_Birch` is `Ada Birch`.
fn key(name: &str) -> String {
    user_key(name).chars().filter(|c| c.is_alphanumeric()).collect()
}

fn folded_words(name: &str) -> Vec<String> {
    let words = name.split_whitespace().map(fold);
    words.filter(|word| !word.is_empty()).collect()
}

fn is_address(word: &str) -> bool {
    word.split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_formula_gets_an_apostrophe() {
        for text in [
            "=1+1",
            "+49 30",
            "-2",
            "@SUM",
            "  =1",
            "\u{a0}=1",
            "＝1",
            "＋1",
            "－1",
            "＠1",
            "\tx",
            "\rx",
            "\u{202e}=1",
        ] {
            assert!(spreadsheet_text(text).starts_with('\''), "{text:?} went through");
        }
        for text in ["Anna", "x=1", "1001", "", "(none)", "Pike; Oona"] {
            assert_eq!(spreadsheet_text(text), text);
        }
        assert_eq!(spreadsheet_text("Pike;=1+1; @x"), "Pike;'=1+1;' @x");
    }

    #[test]
    fn names_cannot_reorder_or_break_a_row() {
        assert_eq!(clean("a\u{202e}b\r\nc\u{7}"), "ab  c ");
        assert_eq!(clean("a\u{61c}\u{200e}\u{200f}\u{202a}\u{2066}\u{2069}b"), "ab");
    }

    #[test]
    fn a_terminal_is_told_nothing_but_text() {
        assert_eq!(for_terminal("a\u{1b}[31m\r\u{9b}2J\nb\u{202e}"), "a [31m  2J\nb");
        let json = serde_json::to_string(&["\u{9b}2J\u{202e}\u{7f}\u{1b} ä"]).unwrap();
        let shown = json_for_terminal(&json);
        assert!(!shown.chars().any(char::is_control), "{shown}");
        assert_eq!(
            serde_json::from_str::<[String; 1]>(&shown).unwrap(),
            serde_json::from_str::<[String; 1]>(&json).unwrap()
        );
    }

    #[test]
    fn people_leave_the_sentence_and_extensions_stay() {
        let mut discretion = Discretion::default();
        for name in ["anna smith", "smith anna", "a.smith"] {
            discretion.people.insert(name.to_owned());
        }
        discretion.longest = 2;
        assert_eq!(
            discretion.without_names("MRC 1001 (Smith, Anna) A.Smith x.y@example.com, row 12"),
            "MRC 1001 [holder]) [holder] [e-mail], row 12"
        );
        assert_eq!(discretion.without_names("billed @ 13.99"), "billed @ 13.99");
    }
}
