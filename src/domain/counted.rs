//! Numbers and articles before words, so that no sentence says "1 lines" or "a advanced seat".

use std::fmt::Display;

/// Sets commas into the whole part of a decimal number.
pub fn thousands(number: &str) -> String {
    let (sign, digits) = number.strip_prefix('-').map_or(("", number), |rest| ("-", rest));
    let (whole, fraction) = digits
        .split_once('.')
        .map_or((digits, None), |(w, f)| (w, Some(f)));
    let mut grouped = String::with_capacity(number.len() + 4);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    match fraction {
        Some(fraction) => format!("{sign}{grouped}.{fraction}"),
        None => format!("{sign}{grouped}"),
    }
}

/// `1 line`, `2 lines`.
pub fn counted(count: impl Display, one: &str, many: &str) -> String {
    let count = count.to_string();
    let what = if count == "1" { one } else { many };
    format!("{} {what}", thousands(&count))
}

/// `a premium`, `an advanced`: by the first letter, which is enough for words of our own.
pub fn with_article(words: &str) -> String {
    let article = match words.starts_with(['a', 'e', 'i', 'o']) {
        true => "an",
        false => "a",
    };
    format!("{article} {words}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_articles_fit_their_words() {
        let told = |count| counted(count, "line", "lines");
        assert_eq!(
            [0, 1, 2, 1_234].map(told),
            ["0 lines", "1 line", "2 lines", "1,234 lines"]
        );
        let words = [
            "advanced seat",
            "premium seat",
            "mobile seat",
            "emergency line",
            "idle line",
        ];
        assert_eq!(
            words.map(with_article),
            [
                "an advanced seat",
                "a premium seat",
                "a mobile seat",
                "an emergency line",
                "an idle line"
            ]
        );
    }
}
