//! Where secrets are. Their text is never read here.

use std::collections::BTreeMap;

use super::load::Base;
use super::section::Section;
use super::{SecretSource, Setting};

/// Reads where the secret `name` of a section is, from `<name>_file` and `<name>_env`. A value that looks like the secret
/// itself is refused, and not repeated.
pub(super) fn read(
    section: &mut Section<'_>,
    base: &Base,
    name: &str,
    [file_key, variable_key]: [&'static str; 2],
) -> SecretSource {
    let file = section.text(file_key).map(|path| base.join(&path));
    let variable = section.text(variable_key).unwrap_or_default();
    let fits = |letter: char| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_';
    if variable.is_empty() || !variable.chars().all(fits) {
        section.fault(
            variable_key,
            "must be the name of an environment variable (A-Z, 0-9 and _), not the secret itself",
        );
    }
    SecretSource {
        key: section.key(name),
        file,
        variable,
    }
}

/// For `config show`: whether the secret is set, and where.
pub(super) fn setting(secret: &SecretSource, environment: &BTreeMap<String, String>) -> Setting {
    let env = |name: &str| environment.get(name).map(std::ffi::OsString::from);
    let place = secret.place(&env);
    let value = match &place {
        Some(_) => "(set)",
        None => "(not set)",
    };
    Setting {
        key: secret.key.clone(),
        value: value.to_owned(),
        source: place.unwrap_or_else(|| format!("none in: {}", secret.looked_at(&env))),
    }
}
