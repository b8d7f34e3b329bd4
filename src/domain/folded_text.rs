//! A running text as [`folded`](super::folded) folds a name, with the way back: what is found in the fold stands somewhere in
//! the text.

use std::iter::once;
use std::ops::Range;

use unicode_normalization::char::canonical_combining_class;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

use super::identity::{is_invisible, small_letters};

#[derive(Debug)]
pub struct FoldedText {
    folded: String,
    /// For each byte of the fold, where in the text the letter begins that it was made of.
    begins: Vec<usize>,
    end: usize,
}

impl FoldedText {
    /// Of letters with the places where they begin, and the text's end.
    pub fn of(letters: impl IntoIterator<Item = (usize, char)>, end: usize) -> FoldedText {
        let mut text = FoldedText {
            folded: String::new(),
            begins: Vec::new(),
            end,
        };
        let (mut letter, mut begins) = (String::new(), 0);
        for (at, c) in letters {
            if !letter.is_empty() && !belongs_to_the_letter_before(c) {
                text.add(&letter, begins);
                letter.clear();
            }
            if letter.is_empty() {
                begins = at;
            }
            letter.push(c);
        }
        text.add(&letter, begins);
        text
    }

    /// Letters that do not meet in normalisation fold alone as they fold together; blanks are one.
    fn add(&mut self, letter: &str, begins: usize) {
        let small = match letter.is_ascii() {
            true => letter.to_ascii_lowercase(),
            false => small_letters(letter),
        };
        for c in small.chars() {
            let c = if c.is_whitespace() { ' ' } else { c };
            if c != ' ' || !self.folded.ends_with(' ') {
                self.folded.push(c);
                self.begins.resize(self.folded.len(), begins);
            }
        }
    }

    pub fn as_str(&self) -> &str {
        &self.folded
    }

    /// Where in the text a stretch of the fold stands, with the marks that nobody sees.
    pub fn origin(&self, stretch: Range<usize>) -> Range<usize> {
        let begins = |at: usize| self.begins.get(at).copied().unwrap_or(self.end);
        let last = begins(stretch.end.saturating_sub(1));
        let after = self.begins.get(stretch.end..).unwrap_or_default();
        let end = after.iter().copied().find(|begins| *begins > last);
        begins(stretch.start)..end.unwrap_or(self.end)
    }
}

/// An accent, a part of a syllable, a mark that nobody sees: normalisation may join it to what stands before it.
fn belongs_to_the_letter_before(c: char) -> bool {
    if c.is_ascii() {
        return false;
    }
    let first = once(c).nfkd().next().unwrap_or(c);
    is_invisible(c)
        || canonical_combining_class(first) != 0
        || is_nfkc_quick(once(first)) == IsNormalized::Maybe
}

#[cfg(test)]
mod tests {
    use super::super::folded;
    use super::*;
    use proptest::prelude::*;

    fn of(text: &str) -> FoldedText {
        FoldedText::of(text.char_indices(), text.len())
    }

    #[test]
    fn what_is_found_stands_in_the_text_with_all_its_marks() {
        for (text, stands) in [
            ("an ＡＤＡ Birch,", "ＡＤＡ Birch"),
            (
                "x a\u{ad}da\u{a0} \u{200b}birch\u{feff} y",
                "a\u{ad}da\u{a0} \u{200b}birch\u{feff}",
            ),
            ("ada birch", "ada birch"),
        ] {
            let folded = of(text);
            let at = folded.as_str().find("ada birch").unwrap();
            assert_eq!(&text[folded.origin(at..at + 9)], stands);
        }
        let zoe = of("Zoe\u{308} Zoë");
        assert_eq!(zoe.as_str(), "zoë zoë");
        assert_eq!(zoe.origin(0..4), 0..5);
    }

    proptest! {
        #[test]
        fn a_text_folds_as_a_name_does(text in "(\\PC|[ae가각ᅡᆨﾊﾞİıſς\u{308}\u{327}\u{200b}\u{a0} ]){0,12}") {
            let (running, name) = (of(&text), folded(&text));
            prop_assert_eq!(running.as_str().trim_matches(' '), name.as_ref());
        }
    }
}
