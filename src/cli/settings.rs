//! `config show`: every setting with its source.

use crate::job::Setting;

/// One line a setting, columns aligned as far as values are short.
pub fn settings_text(settings: &[Setting]) -> String {
    let widest_key = settings.iter().map(|setting| setting.key.chars().count()).max();
    let width = widest_key.unwrap_or_default();
    let line = |setting: &Setting| {
        let Setting { key, value, source } = setting;
        format!("{key:width$} = {value:<28} # {source}\n")
    };
    settings.iter().map(line).collect()
}

/// A list of `{key, value, source}`.
///
/// # Errors
/// None that plain texts could provoke.
pub fn settings_json(settings: &[Setting]) -> serde_json::Result<String> {
    serde_json::to_string_pretty(settings).map(|text| text + "\n")
}
