//! Takes people out of text before finance reads it: out of sentences, and out of the labels that somebody gave to lines,
//! contracts and cost centres. Findings should bear no names; this is the second lock.

use std::collections::{HashMap, HashSet};

use crate::domain::{Line, NameParts, Statement, UserSort, folded, user_key};
use crate::render::values::group_words::is_of_group;
use crate::render::values::safe::clean;

/// Groups of fewer people than this are somebody's: they are merged where finance reads.
pub(crate) const SMALLEST_GROUP: usize = 5;

/// A name has no more parts.
const LONGEST_NAME: usize = 6;
/// A shorter part may be part of any word.
const SHORTEST_IN_A_WORD: usize = 3;
const HIDDEN: &str = "[holder]";

#[derive(Debug, Default)]
pub(crate) struct Discretion {
    /// Names and logins as folded words with one blank between them.
    people: HashSet<String>,
    longest: usize,
    /// Every login, address, what stands before its `@`, and name, each as a [`key`].
    keys: HashSet<String>,
    /// Names and logins of several parts, as [`key`]s: known wherever their parts follow each other, and where it says so also
    /// within one word. A single part may be any word's.
    parted: HashMap<String, bool>,
    /// Logins of named people, as [`key`]s, but for a first or last name alone, which may be any word.
    logins: HashSet<String>,
    /// What the lines are called.
    ids: HashSet<String>,
}

impl Discretion {
    pub(crate) fn of(statement: &Statement) -> Discretion {
        let accounts = &statement.accounts;
        let scored = accounts.iter().flat_map(|account| &account.lines);
        let others = accounts.iter().flat_map(|account| &account.named_elsewhere);
        let findings = || accounts.iter().flat_map(|account| &account.findings);
        let mut discretion = Discretion::of_people(scored.map(|scored| &scored.line), others);
        discretion.learn_billed(findings().filter_map(|finding| finding.extension.as_deref()));
        for id in findings().filter_map(|finding| finding.contract_id.as_deref()) {
            discretion.hide_in_sentences(id);
        }
        discretion
    }

    /// `others` are logins, addresses and names of people whom no line need have.
    pub(crate) fn of_people<'a>(
        lines: impl IntoIterator<Item = &'a Line>,
        others: impl IntoIterator<Item = &'a String>,
    ) -> Discretion {
        let mut discretion = Discretion::default();
        let lines: Vec<&Line> = lines.into_iter().collect();
        let things = lines.iter().filter(|line| line.is_of_nobody());
        let things: HashSet<String> = things
            .flat_map(|line| forms(line))
            .map(|form| key(&form))
            .collect();
        for other in others
            .into_iter()
            .filter(|other| !things.contains(&key(before_at(other))))
        {
            discretion.learn_other(other);
        }
        let mut covered: HashMap<&str, usize> = HashMap::new();
        for line in &lines {
            discretion.learn(line);
            *covered
                .entry(line.contract_id.as_deref().unwrap_or_default())
                .or_default() += 1;
        }
        for line in &lines {
            let contract = line.contract_id.as_ref();
            let its_own = contract.filter(|id| {
                covered
                    .get(id.as_str())
                    .is_some_and(|lines| *lines < SMALLEST_GROUP)
            });
            for id in [Some(&line.line_id), Some(&line.extension), its_own]
                .into_iter()
                .flatten()
            {
                if is_called_by_holder(id, line) {
                    discretion.keys.insert(key(id));
                }
            }
        }
        for line in &lines {
            for id in [
                Some(&line.line_id),
                Some(&line.extension),
                line.contract_id.as_ref(),
            ]
            .into_iter()
            .flatten()
            {
                discretion.ids.insert(folded(id).into_owned());
                discretion.hide_in_sentences(id);
            }
        }
        discretion
    }

    /// What bills call extensions. One that no line has is somebody's login, for all that is known, unless it is a number.
    pub(crate) fn learn_billed<'a>(&mut self, extensions: impl Iterator<Item = &'a str>) {
        for extension in extensions {
            if extension.contains(char::is_alphabetic) && !self.ids.contains(folded(extension).as_ref()) {
                self.keys.insert(key(extension));
                self.hide_in_sentences(extension);
            }
        }
    }

    /// An id that people gave, unless it is or holds somebody's login, address or name.
    pub(crate) fn shown_id(&self, id: &str) -> Option<String> {
        // A former holder's line is called by its id, an `@` and a day.
        let is_known = [id, before_at(id)].iter().any(|id| self.keys.contains(&key(id)));
        (!is_known && self.label(id) == clean(id)).then(|| id.to_owned())
    }

    /// The same where something has to stand.
    pub(crate) fn shown(&self, id: &str) -> String {
        self.shown_id(id).unwrap_or_else(|| HIDDEN.to_owned())
    }

    /// The name of a group, without whoever it is called by.
    pub(crate) fn label(&self, label: &str) -> String {
        let without = self.without_names(label);
        let words =
            without.split(' ').map(
                |word| match runs(word).any(|(run, _)| self.logins.contains(&run)) {
                    true => format!("{HIDDEN}{}", trailing(word)),
                    false => word.to_owned(),
                },
            );
        let without = words.collect::<Vec<_>>().join(" ");
        match self.holds_name(&without) {
            true => HIDDEN.to_owned(),
            false => without,
        }
    }

    fn learn(&mut self, line: &Line) {
        // A login of digits is nobody's either: it is an extension.
        if !line.is_of_nobody() {
            let told = forms(line);
            let names = told.iter().chain(&line.first_name).chain(&line.last_name);
            let parts = names.flat_map(|name| [name.as_str(), before_at(name)]);
            let parts = parts.filter(|part| part.contains(char::is_alphabetic));
            self.keys.extend(parts.map(key));
            for form in &told {
                self.learn_parts(form);
            }
            if line.is_named() {
                let own = [&line.first_name, &line.last_name].map(|name| name.as_deref().map(key));
                let logins = told.iter().map(|form| key(before_at(&user_key(form))));
                self.logins.extend(logins.filter(|login| {
                    let letters = login.chars().filter(|c| c.is_alphabetic()).count();
                    letters >= SHORTEST_IN_A_WORD && !own.contains(&Some(login.clone()))
                }));
            }
            if let Some(manager) = &line.manager_email {
                self.learn_other(manager);
            }
        }
        for form in forms(line) {
            // A login such as "1001" or "lobby" is no name, and would take extensions and plain words out of sentences.
            let words = folded_words(&form);
            if words.len() > 1 || words.iter().any(|word| word.contains(['.', '_', '@', '-'])) {
                self.add(&words);
            }
        }
    }

    /// By a login, an address, a name, or a name with its address.
    fn learn_other(&mut self, text: &str) {
        let name = text.split('<').next().unwrap_or_default();
        for form in [text, name] {
            let is_code = UserSort::of(&user_key(form)) == UserSort::Id;
            if is_code || !form.contains(char::is_alphabetic) || is_of_group(&parts_of(form)) {
                continue;
            }
            self.keys.extend([key(form), key(before_at(form))]);
            self.learn_parts(form);
            let words = folded_words(before_at(form));
            if words.len() > 1 || words.iter().any(|word| word.contains(['.', '_', '-'])) {
                self.add(&words);
            }
        }
    }

    /// In both orders, and with the first name's letter alone.
    fn learn_parts(&mut self, name: &str) {
        let parts = parts_of(name);
        if (2..=LONGEST_NAME).contains(&parts.all().len()) {
            self.know(parts.all().concat(), false);
        }
        let is_of_letters = |part: &&String| part.chars().all(char::is_alphabetic);
        let words: Vec<&str> = parts
            .all()
            .iter()
            .filter(is_of_letters)
            .map(String::as_str)
            .collect();
        let [first, .., last] = words[..] else { return };
        let in_a_word = words
            .iter()
            .all(|word| word.chars().count() >= SHORTEST_IN_A_WORD);
        for name in [words.concat(), format!("{first}{last}"), format!("{last}{first}")] {
            self.know(name, in_a_word);
        }
        let letter: String = first.chars().take(1).collect();
        self.know(format!("{letter}{last}"), false);
        for name in [[first, last], [last, first]] {
            self.add(&name.map(str::to_owned));
        }
    }

    fn know(&mut self, name: String, in_a_word: bool) {
        *self.parted.entry(name).or_default() |= in_a_word;
    }

    /// Sentences name it too.
    fn hide_in_sentences(&mut self, id: &str) {
        if !id.is_empty() && self.shown_id(id).is_none() {
            self.add(&folded_words(id));
        }
    }

    fn add(&mut self, name: &[String]) {
        if !name.is_empty() {
            self.longest = self.longest.max(name.len());
            self.people.insert(name.join(" "));
        }
    }

    /// The text with known people as `[holder]` and anything like an address as `[e-mail]`.
    pub(crate) fn without_names(&self, text: &str) -> String {
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
                Some(_) => format!("{HIDDEN}{}", trailing(last)),
                None if is_address(last) => format!("[e-mail]{}", trailing(last)),
                None if self.holds_name(last) => format!("{HIDDEN}{}", trailing(last)),
                None => last.to_owned(),
            });
            at += span.unwrap_or(1);
        }
        kept.join(" ")
    }

    /// Whether a name of several parts stands in it, whatever stands between them and beside: `Birch_Ada-2025`.
    fn holds_name(&self, text: &str) -> bool {
        let is_one_word = |text: &str| text.bytes().all(|byte| byte.is_ascii_lowercase());
        if self.parted.is_empty() || !text.contains(char::is_alphabetic) {
            return false;
        }
        // Most words of sentences.
        if is_one_word(text) {
            return self.parted.get(text).is_some_and(|in_a_word| *in_a_word);
        }
        runs(text).any(|(run, parts)| {
            self.parted
                .get(&run)
                .is_some_and(|in_a_word| parts > 1 || *in_a_word)
        })
    }
}

/// Whether a part of an id is one of the names of the line's holder.
fn is_called_by_holder(id: &str, line: &Line) -> bool {
    if line.is_of_nobody() {
        return false;
    }
    let told = forms(line);
    let names = told.iter().chain(&line.first_name).chain(&line.last_name);
    let own: HashSet<String> = names
        .map(|name| key(before_at(name)))
        .filter(|name| name.chars().filter(|c| c.is_alphabetic()).count() > 1)
        .collect();
    !own.is_empty() && runs(id).any(|(run, _)| own.contains(&run))
}

/// What a line's holder is told by, in one piece each. The names of groups tell nobody.
fn forms(line: &Line) -> Vec<String> {
    let name = |part: &Option<String>| part.as_deref().unwrap_or_default().trim().to_owned();
    let (first, last) = (name(&line.first_name), name(&line.last_name));
    let mut forms = vec![name(&line.login_name), name(&line.email)];
    if !first.is_empty() && !last.is_empty() {
        forms.push(format!("{first} {last}"));
        forms.push(format!("{last} {first}"));
    }
    forms.retain(|form| !form.is_empty() && !is_of_group(&parts_of(form)));
    forms
}

/// Parts of a text that follow each other, joined, with how many they are.
fn runs(text: &str) -> impl Iterator<Item = (String, usize)> {
    let parts = NameParts::of(text).all().to_vec();
    (0..parts.len()).flat_map(move |start| {
        let longest = LONGEST_NAME.min(parts.len() - start);
        (1..=longest)
            .map(|count| (parts[start..start + count].concat(), count))
            .collect::<Vec<_>>()
    })
}

/// A name's parts; of an address those before its `@`.
fn parts_of(name: &str) -> NameParts {
    let own = before_at(name);
    match own.contains(['<', ':', '\\', '"']) {
        true => NameParts::of(before_at(&user_key(name))),
        false => NameParts::of(own),
    }
}

fn before_at(name: &str) -> &str {
    name.split('@').next().unwrap_or_default()
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
    NameParts::of(&user_key(name)).all().concat()
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
