//! Whether a text may be a secret that somebody pasted where something else belongs.

const SHORTEST_CHARS: usize = 20;
const SHORTEST_HEX: usize = 24;
/// How the keys of well-known services begin.
const BEGINNINGS: [&str; 9] = [
    "ghp_",
    "gho_",
    "ghs_",
    "github_pat_",
    "glpat-",
    "xoxb-",
    "xoxp-",
    "xoxa-",
    "sk-",
];

/// Whether a word of it is long and mixed as only keys and tokens are; a file's name with its ending is none.
pub fn may_be_pasted(text: &str) -> bool {
    let is_around = |c: char| c.is_whitespace() || matches!(c, '/' | '\\' | '"' | '\'' | ',');
    text.split(is_around).any(|word| {
        let has = |is: fn(char) -> bool| word.contains(is);
        let length = word.chars().count();
        let is_mixed = has(char::is_uppercase) && has(char::is_lowercase) && has(char::is_numeric);
        let is_hex = length >= SHORTEST_HEX
            && word.bytes().all(|byte| byte.is_ascii_hexdigit())
            && has(char::is_alphabetic)
            && has(char::is_numeric);
        let is_known = has(char::is_numeric) && BEGINNINGS.iter().any(|begin| word.starts_with(begin));
        length >= SHORTEST_CHARS && (is_mixed || is_hex || is_known) && !is_file(word)
    })
}

/// Whether it has a file's ending. Client secrets have dots too; digits stand in endings of 3 letters at most, as in `.bz2`.
fn is_file(word: &str) -> bool {
    word.rsplit_once('.').is_some_and(|(name, ending)| {
        let longest = match ending.bytes().any(|byte| byte.is_ascii_digit()) {
            true => 3,
            false => 7,
        };
        (2..=longest).contains(&ending.len())
            && ending.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && !name.contains('~')
    })
}

#[cfg(test)]
mod tests {
    use super::may_be_pasted;

    #[test]
    fn a_token_is_told_from_a_word_and_a_file() {
        for text in [
            "Xk9vQ2tR7wLp0mN4zB6c",
            "/srv/lists/Xk9vQ2tR7wLp0mN4zB6c",
            "\"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w\"",
            "abc8Q~dLKJ34lkjLKJq.x7Yz9",
            "abc8Q~dLKJ34lkjLKJq.xYz",
            "0f1e2d3c4b5a69788796a5b4",
            "ghp_abcdefghijklmnop1234",
            "xoxb-123456789012-abcdefghijkl",
            "sk-proj-abcdefgh12345678",
        ] {
            assert!(may_be_pasted(text), "{text}");
        }
        for text in [
            "America/Argentina/Buenos_Aires",
            "Call-Logs-Report-2026-10-01.csv",
            "calls/Call_Logs_Report_2026_10.csv.gz",
            "2026-10-16T00:00:00Z",
            "99999999999999999999999",
            "lists/Users-October-2026-final.tar.bz2",
            "anna.example.2026@mail.example.com",
            "smtp-relay-2.eu-west.example.com",
            "sk-lists-of-october-2026.csv",
            "a-rather-long-setting-name",
        ] {
            assert!(!may_be_pasted(text), "{text}");
        }
    }
}
