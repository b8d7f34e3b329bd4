//! Whether a text may be a secret that somebody pasted where something else belongs.

const SHORTEST_CHARS: usize = 20;

/// Whether a word of it is long and mixed as only keys and tokens are; a file's name with its ending is none.
pub fn may_be_pasted(text: &str) -> bool {
    let is_around = |c: char| c.is_whitespace() || matches!(c, '/' | '\\' | '"' | '\'' | ',');
    text.split(is_around).any(|word| {
        let has = |is: fn(char) -> bool| word.contains(is);
        let is_file = word.rsplit_once('.').is_some_and(|(_, ending)| {
            (2..=7).contains(&ending.len()) && ending.bytes().all(|byte| byte.is_ascii_alphanumeric())
        });
        let is_mixed = has(char::is_uppercase) && has(char::is_lowercase) && has(char::is_numeric);
        word.chars().count() >= SHORTEST_CHARS && is_mixed && !is_file
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
        ] {
            assert!(may_be_pasted(text), "{text}");
        }
        for text in [
            "America/Argentina/Buenos_Aires",
            "Call-Logs-Report-2026-10-01.csv",
            "calls/Call_Logs_Report_2026_10.csv.gz",
            "2026-10-16T00:00:00Z",
            "99999999999999999999999",
        ] {
            assert!(!may_be_pasted(text), "{text}");
        }
    }
}
