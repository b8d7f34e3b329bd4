//! How keys and values of the job are written for people.

use config::{Value, ValueKind};

use super::Setting;
use super::load::Base;
use crate::domain::Account;
use crate::secret;

const LONGEST_SHOWN_CHARS: usize = 120;

/// Keys under which people write secrets.
pub(super) const SECRET_KEYS: [&str; 9] = [
    "password",
    "passwd",
    "pass",
    "secret",
    "client_secret",
    "token",
    "api_key",
    "url",
    "credential",
];

/// Sections that name the place of a secret: it may stand by mistake at any of their keys, and as one, and no look tells a
/// passphrase from a word.
const SECRET_SECTIONS: [&str; 4] = ["mail.smtp", "vonage", "webhook", "ping"];

/// Whether nothing that is wrong in a section, or in one below it, is repeated.
pub(super) fn takes_a_secret(section: &str) -> bool {
    SECRET_SECTIONS.iter().any(|secret| {
        let below = section.strip_prefix(secret);
        below.is_some_and(|below| below.is_empty() || below.starts_with('.'))
    })
}

/// Whether a secret may stand at a key by mistake, where its file or variable is to be named, or within an address
/// ("user:password@host"). What is wrong there is not repeated.
pub(super) fn may_hold_a_secret(key: &str) -> bool {
    let endings = ["_file", "_env", "_url", "host"];
    SECRET_KEYS.contains(&key) || endings.iter().any(|ending| key.ends_with(ending))
}

/// A value that may be shown, or what stands in its place: a path where no file is, or a name that sounds like none, may be a
/// pasted secret.
fn discreet(key: &str, value: &Value, base: &Base) -> String {
    let shown = self::value(value);
    let text = scalar(value).unwrap_or_default();
    if let Some(of) = key.strip_suffix("_env") {
        return match secret::shown_name(&text, of) == text {
            true => shown,
            false => "(a name that sounds like none; not shown)".to_owned(),
        };
    }
    match key.ends_with("_file") && !text.is_empty() && !base.join(&text).exists() {
        true => "(no such file; not shown)".to_owned(),
        false => shown,
    }
}

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
pub(super) fn settings(root: &Value, base: &Base) -> Vec<Setting> {
    let mut settings = Vec::new();
    collect(root, "", base, &mut settings);
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

fn collect(value: &Value, path: &str, base: &Base, settings: &mut Vec<Setting>) {
    match &value.kind {
        ValueKind::Table(table) => {
            for (name, inner) in table {
                collect(inner, &key(path, name), base, settings);
            }
        }
        _ => settings.push(Setting {
            key: path.to_owned(),
            value: discreet(path, value, base),
            source: value.origin().unwrap_or("?").to_owned(),
        }),
    }
}
