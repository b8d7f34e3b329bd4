//! `[accounts."<id>"]`: whose phones they are, and whose days.

use super::section::Section;
use crate::domain::{Account, Currency, Zone};
use crate::zones;

pub(super) fn read(mut section: Section<'_>) -> Vec<Account> {
    let children = section.children();
    if children.is_empty() {
        section.fault_here(
            "is missing; name an account by its id, with its zone: [accounts.\"913874\"] time_zone = \"America/New_York\"",
        );
    }
    children
        .into_iter()
        .filter_map(|(id, account)| read_one(id, account))
        .collect()
}

fn read_one(id: String, mut section: Section<'_>) -> Option<Account> {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.@".contains(letter);
    if id.is_empty() || id.len() > 64 || !id.chars().all(plain) || id.starts_with('.') {
        section.fault_here("the account id must be made of letters, digits, - _ . and @ (at most 64)");
    }
    let name = section.text("name").unwrap_or_else(|| id.clone());
    section.required(
        "time_zone",
        "name the account's zone, such as \"America/New_York\"; it decides on which day a call falls",
    );
    let time_zone = section.parsed("time_zone", zone);
    let currency = section.word("currency").unwrap_or(Currency::USD);
    section.finish();
    Some(Account {
        account_id: id,
        name,
        time_zone: time_zone?,
        currency,
    })
}

/// An IANA zone, with the nearest name where there is none such.
pub(super) fn zone(text: &str) -> Result<Zone, String> {
    zones::named(text).ok_or_else(|| match zones::nearest(text) {
        Some(name) => format!("is not an IANA time zone; did you mean {name}?"),
        None => "is not an IANA time zone such as America/New_York".to_owned(),
    })
}
