//! Passwords and secret URLs: read from a safe place, never printed.

pub mod hidden;
pub mod pasted;

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
        read_file(path, 0o077, "the job")
    }
}

/// Names by which secrets were looked for before all began with QUIETLINE_; asked last.
const FORMER_NAMES: [(&str, &str); 3] = [
    ("QUIETLINE_SMTP_PASSWORD", "SMTP_PASSWORD"),
    ("QUIETLINE_VONAGE_PASSWORD", "VONAGE_PASSWORD"),
    ("QUIETLINE_VONAGE_CLIENT_SECRET", "VONAGE_CLIENT_SECRET"),
];

/// Where a secret is: never its text. Where `file` is set, nothing else is asked; else systemd's credential of the variable's
/// name in lower case, the file that `<variable>_FILE` names, and the variable itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretSource {
    /// The secret's own key, such as `mail.smtp.password`; the job's keys for its places add `_file` and `_env`.
    pub key: String,
    pub file: Option<PathBuf>,
    pub variable: String,
}

/// One place to look at.
enum Place {
    JobFile(PathBuf),
    Credential(String, Option<PathBuf>),
    PointedFile(String, Option<PathBuf>),
    Variable(String, Option<OsString>),
}

impl SecretSource {
    fn places(&self, env: &dyn Fn(&str) -> Option<OsString>) -> Vec<Place> {
        if let Some(file) = &self.file {
            return vec![Place::JobFile(file.clone())];
        }
        let folder = env("CREDENTIALS_DIRECTORY").map(PathBuf::from);
        let former = FORMER_NAMES.iter().filter(|(name, _)| *name == self.variable);
        std::iter::once(self.variable.as_str())
            .chain(former.map(|(_, former)| *former))
            .flat_map(|name| {
                let (credential, pointer) = (name.to_lowercase(), format!("{name}_FILE"));
                let path = folder.as_ref().map(|folder| folder.join(&credential));
                let pointed = env(&pointer).map(PathBuf::from);
                [
                    Place::Credential(credential, path.filter(|path| path.exists())),
                    Place::PointedFile(pointer, pointed),
                    Place::Variable(name.to_owned(), env(name)),
                ]
            })
            .collect()
    }

    /// The first place that has it, in words; none where it is set nowhere.
    pub fn place(&self, env: &dyn Fn(&str) -> Option<OsString>) -> Option<String> {
        self.places(env).into_iter().find_map(|place| match place {
            Place::JobFile(file) => file.exists().then(|| file.display().to_string()),
            Place::Credential(name, path) => path.map(|_| format!("systemd credential {name}")),
            Place::PointedFile(name, path) => path.map(|_| name),
            Place::Variable(name, value) => value.map(|_| shown_name(&name, &self.key)),
        })
    }

    /// The secret, or `None` where it is set nowhere.
    ///
    /// # Errors
    /// A place that says it has it, and holds what cannot be taken.
    pub fn find(&self, env: &dyn Fn(&str) -> Option<OsString>) -> Result<Option<Secret>, SecretError> {
        for place in self.places(env) {
            match place {
                Place::JobFile(path) => {
                    return read_file(&path, 0o077, &format!("{}_file", self.key)).map(Some);
                }
                // systemd grants its service by an access list, which shows as group bits.
                Place::Credential(name, Some(path)) => return read_file(&path, 0o007, &name).map(Some),
                Place::PointedFile(name, Some(path)) => return read_file(&path, 0o077, &name).map(Some),
                Place::Variable(name, Some(value)) => {
                    let origin = dollar(&name, &self.key);
                    let form = SecretError::Form {
                        origin: origin.clone(),
                    };
                    return clean(value.into_string().map_err(|_| form)?, origin).map(Some);
                }
                _ => {}
            }
        }
        Ok(None)
    }

    /// The secret, which there must be.
    ///
    /// # Errors
    /// As [`SecretSource::find`], and [`SecretError::Nowhere`].
    pub fn get(
        &self,
        what: &'static str,
        env: &dyn Fn(&str) -> Option<OsString>,
    ) -> Result<Secret, SecretError> {
        let nowhere = || SecretError::Nowhere {
            what,
            looked: self.looked_at(env),
        };
        self.find(env)?.ok_or_else(nowhere)
    }

    /// Every place that was asked, for whoever expected it in one of them.
    pub fn looked_at(&self, env: &dyn Fn(&str) -> Option<OsString>) -> String {
        let own = format!("{}_file in the job", self.key);
        let others = self.places(env).into_iter().map(|place| match place {
            Place::JobFile(_) => String::new(),
            Place::Credential(name, _) => format!("systemd's credential {}", shown_name(&name, &self.key)),
            Place::PointedFile(name, _) => format!("the file that {} names", dollar(&name, &self.key)),
            Place::Variable(name, _) => dollar(&name, &self.key),
        });
        let places: Vec<String> = std::iter::once(own)
            .chain(others)
            .filter(|place| !place.is_empty())
            .collect();
        places.join(", ")
    }
}

/// `$NAME`
fn dollar(name: &str, key: &str) -> String {
    let shown = shown_name(name, key);
    match shown == name {
        true => format!("${name}"),
        false => shown,
    }
}

/// A variable's name, unless it does not sound like one: then the secret itself may stand where its name belongs.
pub fn shown_name(name: &str, key: &str) -> String {
    let telling = ["PASSWORD", "PASS", "SECRET", "TOKEN", "URL", "KEY", "CREDENTIAL"];
    let upper = name.to_uppercase();
    match name.contains('_') && upper.split('_').any(|part| telling.contains(&part)) {
        true => name.to_owned(),
        false => format!("[the name in {key}_env]"),
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
    /// Missing or unreadable file. The path is not repeated: people paste the secret itself where its file's path belongs.
    #[error(
        "the secret file that {named_by} names cannot be read: {source}. The path is not shown here, since it may be the secret itself; put the secret into a file of its own and give that file's path, which begins with / or at the job's folder"
    )]
    Read {
        /// The job's key or the variable.
        named_by: String,
        /// What the operating system answered.
        source: io::Error,
    },
    /// In no place.
    #[error("{what} is set nowhere; looked at: {looked}")]
    Nowhere {
        what: &'static str,
        /// Every place.
        looked: String,
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
    /// 77 for a refused file and where there is none, 78 else: the job names something that is not there.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Readable { .. } | Self::Nowhere { .. } => 77,
            Self::Read { .. } | Self::Form { .. } => 78,
        }
    }
}

/// Mode and content are taken from one open file, so it cannot be swapped in between.
fn read_file(path: &Path, forbidden: u32, named_by: &str) -> Result<Secret, SecretError> {
    let read_error = |source| SecretError::Read {
        named_by: named_by.to_owned(),
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

    fn smtp(file: Option<PathBuf>) -> SecretSource {
        SecretSource {
            key: "mail.smtp.password".to_owned(),
            file,
            variable: "QUIETLINE_SMTP_PASSWORD".to_owned(),
        }
    }

    #[test]
    fn places_are_asked_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let named = file(folder.path(), "named", "from the job", 0o600);
        file(folder.path(), "quietline_smtp_password", "from systemd", 0o440);
        let pointed = file(folder.path(), "pointed", "from the file", 0o600);
        let set: Vec<(&str, OsString)> = vec![
            ("CREDENTIALS_DIRECTORY", folder.path().into()),
            ("QUIETLINE_SMTP_PASSWORD_FILE", pointed.into()),
            ("QUIETLINE_SMTP_PASSWORD", "from the environment".into()),
            ("SMTP_PASSWORD", "from an older name".into()),
        ];
        let found = |file, left_out: usize| {
            let env = |name: &str| {
                let found = set[left_out..].iter().find(|(set, _)| *set == name);
                found.map(|(_, value)| value.clone())
            };
            let source = smtp(file);
            let secret = source.find(&env).unwrap();
            assert_eq!(secret.is_some(), source.place(&env).is_some());
            secret.map(|secret| secret.expose().to_owned())
        };
        assert_eq!(found(Some(named), 0).as_deref(), Some("from the job"));
        assert_eq!(found(None, 0).as_deref(), Some("from systemd"));
        assert_eq!(found(None, 1).as_deref(), Some("from the file"));
        assert_eq!(found(None, 2).as_deref(), Some("from the environment"));
        assert_eq!(found(None, 3).as_deref(), Some("from an older name"));
        assert_eq!(found(None, 4), None);
    }

    #[test]
    fn a_secret_in_the_place_of_a_path_or_a_name_is_not_repeated_and_every_place_is_named() {
        for pasted in [
            "canary",
            "/canary",
            "https://ping.example/canary",
            &"canary".repeat(99),
        ] {
            let error = smtp(Some(pasted.into())).find(&|_| None).unwrap_err().to_string();
            assert!(
                !error.contains("canary") && error.contains("mail.smtp.password_file"),
                "{error}"
            );
            let pointer = |name: &str| (name == "QUIETLINE_SMTP_PASSWORD_FILE").then(|| pasted.into());
            let error = smtp(None).find(&pointer).unwrap_err().to_string();
            assert!(
                !error.contains("canary") && error.contains("QUIETLINE_SMTP_PASSWORD_FILE"),
                "{error}"
            );
        }
        let mut by_name = smtp(None);
        by_name.variable = "CANARY7".to_owned();
        let error = by_name.get("the password", &|_| None).unwrap_err();
        assert!(!error.to_string().to_uppercase().contains("CANARY"), "{error}");
        let error = smtp(None).get("the password", &|_| None).unwrap_err();
        assert_eq!(error.exit_code(), 77);
        insta::assert_snapshot!(error, @"the password is set nowhere; looked at: mail.smtp.password_file in the job, systemd's credential quietline_smtp_password, the file that $QUIETLINE_SMTP_PASSWORD_FILE names, $QUIETLINE_SMTP_PASSWORD, systemd's credential smtp_password, the file that $SMTP_PASSWORD_FILE names, $SMTP_PASSWORD");
    }
}
