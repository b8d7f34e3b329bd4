//! How keys and values of the job are written for people.

use config::{Value, ValueKind};

use super::Setting;
use crate::domain::Account;

const LONGEST_SHOWN_CHARS: usize = 120;

/// A key below `path`, quoted where TOML would have it quoted.
pub(super) fn key(path: &str, key: &str) -> String {
    let bare = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-';
    let key = if !key.is_empty() && key.chars().all(bare) {
        key.to_owned()
    } else {
        format!("{key:?}")
    };
    if path.is_empty() {
        key
    } else {
        format!("{path}.{key}")
    }
}

/// A single value as text; none for lists and sections.
pub(super) fn scalar(value: &Value) -> Option<String> {
    match &value.kind {
        ValueKind::String(text) => Some(text.clone()),
        ValueKind::Boolean(_) | ValueKind::I64(_) => Some(value.kind.to_string()),
        _ => None,
    }
}

/// A value as it would stand in the job file.
pub(super) fn value(value: &Value) -> String {
    match &value.kind {
        ValueKind::String(text) if is_plain_number(text) => text.clone(),
        // A pattern reads better without its backslashes doubled.
        ValueKind::String(text) if text.contains('\\') && !text.contains('\'') => format!("'{text}'"),
        ValueKind::String(text) => format!("{text:?}"),
        ValueKind::Array(items) => {
            let items: Vec<String> = items.iter().map(self::value).collect();
            format!("[{}]", items.join(", "))
        }
        ValueKind::Table(_) => "{..}".to_owned(),
        kind => kind.to_string(),
    }
}

/// Variables and flags give numbers as texts.
fn is_plain_number(text: &str) -> bool {
    text.parse::<i64>().is_ok_and(|number| number.to_string() == text)
}

/// The same for a message, where a long value would hide the words.
pub(super) fn shortened(value: &Value) -> String {
    let text = self::value(value);
    if text.chars().count() <= LONGEST_SHOWN_CHARS {
        return text;
    }
    let start: String = text.chars().take(LONGEST_SHOWN_CHARS).collect();
    format!("{start}...")
}

/// Where a value comes from; for a section, where its first value by name does.
pub(super) fn origin(value: &Value) -> Option<String> {
    match &value.kind {
        ValueKind::Table(table) => {
            let first = table.iter().min_by_key(|(key, _)| key.as_str());
            first.and_then(|(_, inner)| origin(inner))
        }
        _ => value.origin().map(str::to_owned),
    }
}

/// Every value with where it came from, in the order of the keys.
pub(super) fn settings(root: &Value) -> Vec<Setting> {
    let mut settings = Vec::new();
    collect(root, "", &mut settings);
    settings.sort_by(|a, b| a.key.cmp(&b.key));
    settings
}

/// Values that nobody wrote down, since they follow from others; in the order of the keys again.
pub(super) fn add_implied(settings: &mut Vec<Setting>, name: &str, accounts: &[Account]) {
    let mut implied = vec![("job.name".to_owned(), name.to_owned(), "the job file's name")];
    for account in accounts {
        let path = key("accounts", &account.account_id);
        implied.push((format!("{path}.name"), account.name.clone(), "the account id"));
        implied.push((
            format!("{path}.currency"),
            account.currency.to_string(),
            super::DEFAULT,
        ));
    }
    for (key, value, source) in implied {
        if !settings.iter().any(|setting| setting.key == key) {
            settings.push(Setting {
                key,
                value: format!("{value:?}"),
                source: source.to_owned(),
            });
        }
    }
    settings.sort_by(|a, b| a.key.cmp(&b.key));
}

fn collect(value: &Value, path: &str, settings: &mut Vec<Setting>) {
    match &value.kind {
        ValueKind::Table(table) => {
            for (name, inner) in table {
                collect(inner, &key(path, name), settings);
            }
        }
        _ => settings.push(Setting {
            key: path.to_owned(),
            value: self::value(value),
            source: value.origin().unwrap_or("?").to_owned(),
        }),
    }
}
