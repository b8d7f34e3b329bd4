//! Letters that JSON and HTML write by their number.

/// The letters of a text and where each begins, `\u00eb` and `&#235;` as the letters that they stand for.
pub(super) fn letters(text: &str) -> impl Iterator<Item = (usize, char)> + '_ {
    let mut at = 0;
    let mut is_escaped = false;
    std::iter::from_fn(move || {
        let rest = text.get(at..)?;
        let c = rest.chars().next()?;
        // Of two backslashes the second begins nothing.
        let numbered = if is_escaped { None } else { by_number(rest) };
        is_escaped = c == '\\' && !is_escaped;
        let (letter, long) = numbered.unwrap_or((c, c.len_utf8()));
        is_escaped &= numbered.is_none();
        at += long;
        Some((at - long, letter))
    })
}

/// The letter that a text begins with by number, and how long that is written.
fn by_number(text: &str) -> Option<(char, usize)> {
    if let Some(unit) = utf16_unit(text) {
        let pair = [unit, text.get(6..).and_then(utf16_unit).unwrap_or_default()];
        let letter = char::decode_utf16(pair).next()?.ok()?;
        return Some((letter, 6 * letter.len_utf16()));
    }
    let entity = text.strip_prefix("&#")?;
    let (number, _) = entity.split_once(';').filter(|(number, _)| number.len() <= 7)?;
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => number.parse(),
    };
    Some((char::from_u32(code.ok()?)?, "&#;".len() + number.len()))
}

fn utf16_unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u16::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_the_letters_that_they_stand_for() {
        for (text, letters_of) in [
            (r"Zo\u00eb", "Zoë"),
            (r"\ud83d\ude00!", "\u{1f600}!"),
            (r"\\u00eb \ud83d \u00e", r"\\u00eb \ud83d \u00e"),
            ("O&#39;Hara &#xEB;&#235 &#; &amp;", "O'Hara ë&#235 &#; &amp;"),
        ] {
            let found: String = letters(text).map(|(_, letter)| letter).collect();
            assert_eq!(found, letters_of);
        }
        assert_eq!(letters(r"a\u00ebb").last(), Some((7, 'b')));
    }
}
