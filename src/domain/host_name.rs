//! Names of machines, as mail servers take them.

/// Whether a mail server would take this for a domain (RFC 5321, 4.1.2): labels of letters, digits and inner hyphens, and
/// not the name that every machine has.
pub fn is_domain(name: &str) -> bool {
    let is_label = |label: &str| {
        let inner = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
        (1..=63).contains(&label.len())
            && label.chars().all(inner)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let is_number = |label: &str| label.bytes().all(|byte| byte.is_ascii_digit());
    let last = name.rsplit('.').next().unwrap_or_default();
    name.len() <= 253
        && name.split('.').all(is_label)
        && !is_number(last)
        && !name
            .split('.')
            .next()
            .is_some_and(|first| first.eq_ignore_ascii_case("localhost"))
}

#[cfg(test)]
mod tests {
    use super::is_domain;

    #[test]
    fn only_what_a_mail_server_takes_is_a_domain() {
        for name in [
            "vm",
            "mail-01.example.com",
            "xn--bcher-kva.example",
            "1and1.example",
        ] {
            assert!(is_domain(name), "{name}");
        }
        let long = "a".repeat(64);
        for name in [
            "",
            "my_host",
            "-a.example",
            "a-.example",
            "a..b",
            "a.",
            "büro",
            "a b",
            "10.0.0.1",
            "42",
            "localhost",
            "Localhost.localdomain",
            long.as_str(),
            "x\r\ny",
        ] {
            assert!(!is_domain(name), "{name:?}");
        }
    }
}
