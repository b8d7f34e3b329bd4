//! What a server says, without the secrets that it was or may have been told: whole or in pieces, as they are or encoded.

use std::collections::HashSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::Secret;

/// Letters of the shortest piece of a secret that is taken out.
const PIECE: usize = 8;
/// A shorter secret would take words apart.
const SHORTEST: usize = 4;

/// Every secret that was sent or received. Whatever a server answers goes through [`Hidden::taken_from`] before anybody sees it,
/// and before it is cut: what is left of a secret at a cut may be too short to be known again.
#[derive(Default)]
pub struct Hidden {
    /// The pieces of each secret and of its encodings; one that is shorter than a piece stands whole.
    pieces: HashSet<Vec<char>>,
}

impl Hidden {
    pub fn of<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Hidden {
        let mut hidden = Hidden::default();
        secrets.into_iter().for_each(|secret| hidden.add(secret));
        hidden
    }

    pub fn add(&mut self, secret: &Secret) {
        for form in forms(secret.expose()) {
            let letters: Vec<char> = form.chars().collect();
            let pieces = letters.windows(letters.len().clamp(SHORTEST, PIECE));
            self.pieces.extend(pieces.map(<[char]>::to_vec));
        }
    }

    /// The text without them.
    pub fn taken_from(&self, text: &str) -> String {
        let letters: Vec<char> = text.chars().collect();
        let mut is_hidden = vec![false; letters.len()];
        for length in SHORTEST..=PIECE {
            for (start, piece) in letters.windows(length).enumerate() {
                if self.pieces.contains(piece) {
                    is_hidden[start..start + length].fill(true);
                }
            }
        }
        let mut shown = String::with_capacity(text.len());
        for (at, letter) in letters.into_iter().enumerate() {
            match is_hidden[at] {
                false => shown.push(letter),
                true if at == 0 || !is_hidden[at - 1] => shown.push_str("***"),
                true => {}
            }
        }
        shown
    }
}

/// A secret as it is, in addresses and forms, and in base64 wherever it stands within what was encoded.
fn forms(secret: &str) -> Vec<String> {
    let mut forms = vec![secret.to_owned()];
    for kept in ["-._~", "-._*"] {
        let upper = in_percent(secret, kept, |byte| format!("%{byte:02X}"));
        forms.push(upper.replace("%20", "+"));
        forms.push(upper);
        forms.push(in_percent(secret, kept, |byte| format!("%{byte:02x}")));
    }
    for before in 0..3 {
        let encoded = STANDARD_NO_PAD.encode([&[0; 2][..before], secret.as_bytes()].concat());
        // The letters at both ends hold bits of the neighbours too.
        let first = (before * 8).div_ceil(6);
        let last = (before + secret.len()) * 8 / 6;
        let own = encoded.get(first..last).unwrap_or_default();
        forms.push(own.replace('+', "-").replace('/', "_"));
        forms.push(own.to_owned());
    }
    forms
}

fn in_percent(text: &str, kept: &str, written: fn(u8) -> String) -> String {
    let encoded = text.bytes().map(|byte| {
        let letter = char::from(byte);
        match letter.is_ascii_alphanumeric() || kept.contains(letter) {
            true => letter.to_string(),
            false => written(byte),
        }
    });
    encoded.collect()
}

/// What OAuth itself says of a refusal; no token sounds so.
const OAUTH_WORDS: [&str; 12] = [
    "invalid_request",
    "invalid_client",
    "invalid_grant",
    "invalid_scope",
    "unauthorized_client",
    "unsupported_grant_type",
    "unsupported_response_type",
    "access_denied",
    "interaction_required",
    "consent_required",
    "server_error",
    "temporarily_unavailable",
];

/// The word, where it is one of OAuth's own.
pub fn oauth_word(word: &str) -> Option<&'static str> {
    OAUTH_WORDS.into_iter().find(|known| *known == word)
}

/// A refusal's own words, without what may be a secret that nobody here knows: what is longer than words are, or has digits among
/// its letters. Microsoft's codes are what an administrator looks up.
pub fn without_tokens(text: &str) -> String {
    const LONGEST_WORD: usize = 19;
    let may_be_one = |word: &str| {
        let core = word.trim_matches(|c: char| c.is_ascii_punctuation());
        let has = |is: fn(char) -> bool| core.contains(is);
        let is_code = core
            .strip_prefix("AADSTS")
            .is_some_and(|code| code.len() < LONGEST_WORD && code.bytes().all(|byte| byte.is_ascii_digit()));
        let is_mixed = core.len() >= 8 && has(char::is_alphabetic) && has(char::is_numeric);
        let of_token = |letter: char| letter.is_alphanumeric() || "-._~+/=".contains(letter);
        let is_long = word
            .split(|letter| !of_token(letter))
            .any(|run| run.chars().count() > LONGEST_WORD);
        !is_code && oauth_word(core).is_none() && (is_mixed || is_long)
    };
    let words = text.split_whitespace().map(|word| match may_be_one(word) {
        true => "***",
        false => word,
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};

    #[test]
    fn a_secret_is_found_whole_cut_and_encoded() {
        let secret = "canary~Secret/+ kept?für";
        let hidden = Hidden::of([&Secret::new(secret), &Secret::new("ab"), &Secret::new("pass1")]);
        let told = |text: &str| hidden.taken_from(text);
        assert_eq!(told(&format!("no {secret}, {secret}.")), "no ***, ***.");
        assert_eq!(told("no canary~Secr"), "no ***");
        assert_eq!(told("no ret/+ kep"), "no ***");
        assert_eq!(told("pass1 abc"), "*** abc");
        for encoded in [
            "canary~Secret%2F%2B%20kept%3Ff%C3%BCr",
            "canary%7ESecret%2F%2B+kept%3Ff%C3%BCr",
            "canary~Secret%2f%2b%20kept%3ff%c3%bcr",
        ] {
            assert_eq!(told(encoded), "***");
        }
        for before in ["", "\0user\0", "user=a@b\x01auth=Bearer ", "u:", "us:"] {
            let text = format!("{before}{secret}\x01\x01");
            for encoded in [STANDARD.encode(&text), URL_SAFE.encode(&text)] {
                let left = told(&encoded).replace("***", "").len();
                assert!(left <= before.len() * 8 / 6 + 6, "{encoded}: {}", told(&encoded));
            }
        }
    }

    #[test]
    fn words_stay() {
        let hidden = Hidden::of([&Secret::new("correct horse battery staple"), &Secret::new("")]);
        let text = "535 5.7.8 wrong password; a horse of für tests";
        assert_eq!(hidden.taken_from(text), text);
    }

    #[test]
    fn what_may_be_a_token_leaves_a_refusal() {
        for token in [
            "canaryabcdefghijklmn",
            "canary-_=+/~.canaryxx",
            "<b>canaryabcdefghijklmn</b>",
            "canary-1",
        ] {
            assert_eq!(without_tokens(&format!("no {token}, sorry")), "no *** sorry");
        }
        for words in [
            "unsupported_grant_type: no",
            "AADSTS7000215: Invalid client secret provided.",
        ] {
            assert_eq!(without_tokens(words), words);
        }
    }
}
