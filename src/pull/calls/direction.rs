//! Which way a call went.

use crate::domain::words;

words! {
    Direction { Inbound => "inbound", Outbound => "outbound", Internal => "internal" }
}

pub(in crate::pull) fn direction(text: &str) -> Option<Direction> {
    let folded: String = text
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_ascii_lowercase();
    match folded.as_str() {
        "inbound" | "incoming" | "in" | "1" => Some(Direction::Inbound),
        "outbound" | "outgoing" | "out" | "2" => Some(Direction::Outbound),
        "internal" | "extension" | "intrapbx" => Some(Direction::Internal),
        _ => None,
    }
}
