//! What an invoice calls a charge, as far as it names nobody: finance's files hold nothing of a person.

use std::collections::HashSet;

use crate::domain::PriceBook;

/// Words of bills beside those of the price book's rules.
const USUAL: &str = "a and annual auto basic business by charge conference credit days did extension ext federal fee for from fund in incl \
    including line lines month monthly net new no number of on per phone plan plans plus porting pro proration queue removed removal \
    rental sales seat seats service standard state term the to unlimited user users vbc voice vonage was with without year";
/// What may follow a word of a rule.
const ENDINGS: [&str; 7] = ["s", "es", "al", "tion", "tional", "ed", "ing"];
/// A shorter word with an ending may be a name: `Porter`.
const MIN_STEM: usize = 5;

/// A telephone number has at least so many digits.
const NUMBER_DIGITS: usize = 7;

/// The words that may be said of any charge.
pub(in crate::steps) struct OwnWords(HashSet<String>);

impl OwnWords {
    pub(in crate::steps) fn of(book: &PriceBook) -> OwnWords {
        let of_rules = book.charge_rules.iter().flat_map(|rule| {
            let words = without_escapes(&rule.pattern);
            let words = words.split(|c: char| !c.is_alphabetic());
            words
                .filter(|word| word.len() > 1)
                .map(str::to_lowercase)
                .collect::<Vec<_>>()
        });
        OwnWords(of_rules.chain(USUAL.split(' ').map(str::to_owned)).collect())
    }

    /// A description with what may be a name left out; none where nothing else is in it.
    pub(in crate::steps) fn without_names(&self, description: &str) -> Option<String> {
        let mut said = Vec::new();
        let mut any = false;
        for word in description.split_whitespace() {
            let letters = word.trim_matches(|c: char| !c.is_alphabetic());
            let digits = word.chars().filter(char::is_ascii_digit).count();
            let is_known = digits < NUMBER_DIGITS
                && letters
                    .split(|c: char| !c.is_alphabetic())
                    .all(|part| self.knows(part));
            any |= is_known && !letters.is_empty();
            match is_known {
                true => said.push(word),
                false if said.last() != Some(&"...") => said.push("..."),
                false => {}
            }
        }
        any.then(|| said.join(" "))
    }

    fn knows(&self, part: &str) -> bool {
        let word = part.to_lowercase();
        let has_stem = |ending: &&str| {
            let stem = word.strip_suffix(*ending);
            stem.is_some_and(|stem| stem.len() >= MIN_STEM && self.0.contains(stem))
        };
        word.is_empty() || self.0.contains(&word) || ENDINGS.iter().any(has_stem)
    }
}

/// A pattern without `\b` and its like, whose letter is no letter of the word that follows.
fn without_escapes(pattern: &str) -> String {
    let mut letters = pattern.chars();
    let mut plain = String::new();
    while let Some(letter) = letters.next() {
        if letter == '\\' {
            letters.next();
            plain.push(' ');
        } else {
            plain.push(letter);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_a_name_is_left_out() {
        let book: PriceBook = serde_json::from_str(
            r#"{"currency":"USD","prices":[],"charge_rules":[{"pattern":"(?i)\\bpremium\\b.*\\b(annual|promo)\\b","kind":"line_mrc"}]}"#,
        )
        .unwrap();
        let words = OwnWords::of(&book);
        let said = |description: &str| words.without_names(description);
        assert_eq!(
            said("VBC Premium, annual plan").as_deref(),
            Some("VBC Premium, annual plan")
        );
        assert_eq!(
            said("Premium line - Ann O'Able (ext. 101), annual").as_deref(),
            Some("Premium line - ... (ext. 101), annual")
        );
        assert_eq!(said("Promotion Promoter").as_deref(), Some("Promotion ..."));
        assert_eq!(said("Ann Able"), None);
    }
}
