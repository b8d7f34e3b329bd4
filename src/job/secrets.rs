//! Where secrets are. Their text is never read here.

use std::collections::BTreeMap;
use std::path::Path;

use super::load::Base;
use super::section::Section;
use super::{SecretSource, Setting};

/// Reads where a secret is. A value that looks like the secret itself is refused, and not repeated.
pub(super) fn read(
    section: &mut Section<'_>,
    base: &Base,
    file_key: &'static str,
    variable_key: &'static str,
) -> SecretSource {
    let file = section.text(file_key).map(|path| base.join(&path));
    let variable = section.text(variable_key).unwrap_or_default();
    let fits = |letter: char| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_';
    if variable.is_empty() || !variable.chars().all(fits) {
        section.fault_unseen(
            variable_key,
            "must be the name of an environment variable (A-Z, 0-9 and _), not the secret itself",
        );
    }
    SecretSource { file, variable }
}

/// For `config show`: whether the secret is set, and where.
pub(super) fn setting(key: &str, secret: &SecretSource, environment: &BTreeMap<String, String>) -> Setting {
    let place = place(secret, environment);
    let value = match &place {
        Some(_) => "(set)",
        None => "(not set)",
    };
    Setting {
        key: key.to_owned(),
        value: value.to_owned(),
        source: place.unwrap_or_else(|| format!("no file, credential or {}", secret.variable)),
    }
}

/// The first place that has it, in the order of [`SecretSource`].
fn place(secret: &SecretSource, environment: &BTreeMap<String, String>) -> Option<String> {
    if let Some(file) = &secret.file {
        return file.exists().then(|| file.display().to_string());
    }
    let credential = secret.variable.to_lowercase();
    let folder = environment.get("CREDENTIALS_DIRECTORY");
    if folder.is_some_and(|folder| Path::new(folder).join(&credential).exists()) {
        return Some(format!("systemd credential {credential}"));
    }
    [format!("{}_FILE", secret.variable), secret.variable.clone()]
        .into_iter()
        .find(|name| environment.contains_key(name))
}
