//! Passwords and secret URLs: read from a safe place, never printed.

use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// Longer than any credential; a wrong path must not be read into memory whole.
const MAX_BYTES: u64 = 64 * 1024;

/// A value that prints as `***`. Only [`Secret::expose`] gives it out, which is easy to search for.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// Wraps a value.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The value itself, for the one place that hands it to a server.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Reads a file that only its owner can read; one line end at its end is not part of the secret.
    pub fn from_file(path: &Path) -> Result<Self, SecretError> {
        read_file(path, 0o077)
    }

    /// Looks for the secret `name` (upper case, like `SMTP_PASSWORD`): `file` as named by the job, systemd's
    /// credential folder (lower-case name), `<name>_FILE`, then `name` itself. `env` looks up the environment.
    /// `None` when it is set nowhere.
    pub fn resolve(
        name: &str,
        file: Option<&Path>,
        env: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Option<Self>, SecretError> {
        if let Some(path) = file {
            return Self::from_file(path).map(Some);
        }
        if let Some(folder) = env("CREDENTIALS_DIRECTORY") {
            let path = Path::new(&folder).join(name.to_lowercase());
            if path.exists() {
                // systemd grants its service by an access list, which shows as group bits.
                return read_file(&path, 0o007).map(Some);
            }
        }
        if let Some(path) = env(&format!("{name}_FILE")) {
            return Self::from_file(Path::new(&path)).map(Some);
        }
        let Some(value) = env(name) else { return Ok(None) };
        let value = value.into_string().map_err(|_| SecretError::Form {
            origin: format!("${name}"),
        })?;
        clean(value, format!("${name}")).map(Some)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// A secret that cannot be taken; names where it was looked for, never what was there.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// Missing or unreadable file.
    #[error("cannot read the secret file {}: {source}; check the path and its owner", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the operating system answered.
        source: io::Error,
    },
    /// Others can read it.
    #[error("the secret file {} can be read by others (mode {mode:04o}); run: chmod 600 {}", path.display(), path.display())]
    Readable {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// Empty, too long, not text, or more than one line.
    #[error("the secret in {origin} is empty or not one line of text; put just the secret there")]
    Form {
        /// The file or variable.
        origin: String,
    },
}

impl SecretError {
    /// 77 for a refused file, 78 else: the job names something that is not there.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Readable { .. } => 77,
            Self::Read { .. } | Self::Form { .. } => 78,
        }
    }
}

/// Mode and content are taken from one open file, so it cannot be swapped in between.
fn read_file(path: &Path, forbidden: u32) -> Result<Secret, SecretError> {
    let read_error = |source| SecretError::Read {
        path: path.to_owned(),
        source,
    };
    let file = File::open(path).map_err(read_error)?;
    let mode = file.metadata().map_err(read_error)?.permissions().mode() & 0o7777;
    if mode & forbidden != 0 {
        return Err(SecretError::Readable {
            path: path.to_owned(),
            mode,
        });
    }
    let mut text = String::new();
    file.take(MAX_BYTES)
        .read_to_string(&mut text)
        .map_err(read_error)?;
    clean(text, path.display().to_string())
}

fn clean(mut text: String, origin: String) -> Result<Secret, SecretError> {
    if text.ends_with('\n') {
        text.pop();
    }
    if text.ends_with('\r') {
        text.pop();
    }
    if text.is_empty() || text.chars().any(char::is_control) || text.len() as u64 >= MAX_BYTES - 2 {
        return Err(SecretError::Form { origin });
    }
    Ok(Secret(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    const NOTHING: fn(&str) -> Option<OsString> = |_| None;

    fn file(folder: &Path, name: &str, content: &str, mode: u32) -> PathBuf {
        let path = folder.join(name);
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path
    }

    #[test]
    fn it_never_prints_itself() {
        let secret = Secret::new("canary");
        assert_eq!(
            format!("{secret} {secret:?} {:?}", Some(&secret)),
            "*** *** Some(***)"
        );
    }

    #[test]
    fn a_file_is_taken_only_when_it_is_its_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(
            Secret::from_file(&file(folder.path(), "a", "pa ss\r\n", 0o600))
                .unwrap()
                .expose(),
            "pa ss"
        );
        for mode in [0o640, 0o604, 0o644] {
            let error = Secret::from_file(&file(folder.path(), "b", "canary", mode)).unwrap_err();
            assert_eq!(error.exit_code(), 77);
            assert!(
                error.to_string().contains("chmod 600") && !error.to_string().contains("canary"),
                "{error}"
            );
        }
    }

    #[test]
    fn empty_and_many_lined_secrets_are_refused_without_being_shown() {
        let folder = tempfile::tempdir().unwrap();
        for content in ["", "\n", "canary\nsecond", "canary\u{0}"] {
            let error = Secret::from_file(&file(folder.path(), "a", content, 0o600)).unwrap_err();
            assert!(matches!(error, SecretError::Form { .. }), "{content:?}: {error}");
            assert!(!error.to_string().contains("canary"));
        }
    }

    #[test]
    fn places_are_asked_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let named = file(folder.path(), "named", "from the job", 0o600);
        file(folder.path(), "smtp_password", "from systemd", 0o440);
        let pointed = file(folder.path(), "pointed", "from the file", 0o600);
        let env = |systemd: bool, pointer: bool| {
            let (folder, pointed) = (folder.path().to_owned(), pointed.clone());
            move |name: &str| match name {
                "CREDENTIALS_DIRECTORY" if systemd => Some(folder.clone().into_os_string()),
                "SMTP_PASSWORD_FILE" if pointer => Some(pointed.clone().into_os_string()),
                "SMTP_PASSWORD" => Some("from the environment".into()),
                _ => None,
            }
        };
        let found = |file, systemd, pointer| {
            Secret::resolve("SMTP_PASSWORD", file, env(systemd, pointer))
                .unwrap()
                .unwrap()
                .expose()
                .to_owned()
        };
        assert_eq!(found(Some(named.as_path()), true, true), "from the job");
        assert_eq!(found(None, true, true), "from systemd");
        assert_eq!(found(None, false, true), "from the file");
        assert_eq!(found(None, false, false), "from the environment");
        assert!(Secret::resolve("SMTP_PASSWORD", None, NOTHING).unwrap().is_none());
    }
}
