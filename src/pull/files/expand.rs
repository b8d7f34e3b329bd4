//! From the job's paths and globs to the files that are there, in one order on every machine.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use super::super::PullError;
use crate::domain::{Source, TableName};
use crate::secret::pasted::may_be_pasted;

/// A file of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::pull) struct Found {
    pub path: PathBuf,
    /// Below the folder that the job names: the same on every machine.
    pub name: String,
    /// It lies where people lay their lists: what else lies there is left alone.
    pub is_handed_in: bool,
}

/// The files of a source, by name, and what of the source's places is there and holds none of them.
pub(in crate::pull) struct Expanded {
    pub files: Vec<Found>,
    /// Each with what is to be told of it.
    pub without_files: Vec<(String, String)>,
}

/// Every file of a source, by name. A path that is not there, or a glob without a match, is an error
/// unless the source is optional.
pub(in crate::pull) fn expand(source: &Source) -> Result<Expanded, PullError> {
    let mut found: BTreeMap<String, Found> = BTreeMap::new();
    let mut without_files = Vec::new();
    for path in &source.files {
        // A folder is a place to hand lists back: it may still be empty, and everything in it counts. No other table may be
        // empty without a word.
        let is_of_decisions = source.table == TableName::Decisions;
        let is_folder = is_of_decisions && path.is_dir();
        let named = match is_folder {
            true => Named::below(path.clone(), PathBuf::from("*")),
            false => Named::of(path),
        };
        let is_handed_in = is_of_decisions && named.pattern.is_some();
        let matches = named.matches(source)?;
        if matches.is_empty() {
            if !source.optional && !is_folder {
                let what = match named.pattern {
                    Some(_) => "no file matches",
                    None => "there is no such file",
                };
                return Err(unavailable(source, path, what));
            }
            without_files.extend(named.told_empty());
        }
        for path in matches {
            let name = name_below(&named.folder, &path);
            match check(source, &named.folder, &path) {
                Err(error) if is_handed_in => {
                    without_files.push((name, error.left_alone()?));
                    continue;
                }
                checked => checked?,
            }
            let file = Found {
                path,
                name: name.clone(),
                is_handed_in,
            };
            match found.insert(name.clone(), file.clone()) {
                Some(other) if other.path != file.path => return Err(same_name(source, &name)),
                _ => {}
            }
        }
    }
    if source.files.is_empty() && !source.optional {
        return Err(PullError::Job {
            key: format!("sources.{}.files", source.name),
            what: "names no file".into(),
        });
    }
    Ok(Expanded {
        files: found.into_values().collect(),
        without_files,
    })
}

/// Files as a job names them.
struct Named {
    /// As it is written: a folder named `Exports [Voice]` is that folder, not a pattern.
    folder: PathBuf,
    /// Below the folder; none where one file is named.
    pattern: Option<PathBuf>,
    file: PathBuf,
}

impl Named {
    /// What is there under its very name is no pattern, up to the first part that is not.
    fn of(path: &Path) -> Named {
        let is_pattern = |part: &Component| part.as_os_str().to_string_lossy().contains(['*', '?', '[']);
        let mut folder = PathBuf::new();
        let mut parts = path.components();
        loop {
            let rest = parts.as_path().to_path_buf();
            let Some(part) = parts.next() else {
                let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
                return Named {
                    folder,
                    pattern: None,
                    file: path.to_path_buf(),
                };
            };
            let next = folder.join(part);
            if is_pattern(&part) && next.symlink_metadata().is_err() {
                return Named::below(folder, rest);
            }
            folder = next;
        }
    }

    fn below(folder: PathBuf, pattern: PathBuf) -> Named {
        Named {
            file: folder.join(&pattern),
            folder,
            pattern: Some(pattern),
        }
    }

    fn matches(&self, source: &Source) -> Result<Vec<PathBuf>, PullError> {
        let Some(pattern) = &self.pattern else {
            return match self.file.symlink_metadata() {
                Ok(_) => Ok(vec![self.file.clone()]),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
                Err(error) => Err(unavailable(
                    source,
                    &self.file,
                    &format!("cannot be read: {error}"),
                )),
            };
        };
        let options = glob::MatchOptions {
            require_literal_separator: true,
            require_literal_leading_dot: true,
            ..glob::MatchOptions::default()
        };
        let folder = PathBuf::from(glob::Pattern::escape(&self.folder.to_string_lossy()));
        let whole = folder.join(pattern);
        let paths = glob::glob_with(&whole.to_string_lossy(), options).map_err(|error| PullError::Job {
            key: format!("sources.{}.files", source.name),
            what: format!("{} is no glob: {error}", self.file.display()),
        })?;
        let mut matches = Vec::new();
        for path in paths {
            match path {
                Ok(path) if path.is_dir() => {}
                // What Excel lays beside a sheet while somebody has it open.
                Ok(path)
                    if path
                        .file_name()
                        .is_some_and(|name| name.to_string_lossy().starts_with("~$")) => {}
                Ok(path) => matches.push(path),
                Err(error) => return Err(unavailable(source, error.path(), &error.error().to_string())),
            }
        }
        Ok(matches)
    }

    /// A place that is there, has something in it and none of the files: a slip in the name would look like this.
    fn told_empty(&self) -> Option<(String, String)> {
        let pattern = self.pattern.as_ref()?;
        let entries = self.folder.read_dir().ok()?.count();
        let name = self.folder.file_name()?.to_string_lossy().into_owned();
        let told = format!(
            "none of what lies there ({entries}) is a file that {:?} names",
            pattern.to_string_lossy()
        );
        (entries > 0).then_some((name, told))
    }
}

/// A regular file that does not lead out of the folder the job names, by whatever links.
fn check(source: &Source, folder: &Path, path: &Path) -> Result<(), PullError> {
    let real = |path: &Path| {
        path.canonicalize()
            .map_err(|error| unavailable(source, path, &format!("cannot be read: {error}")))
    };
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    if !real(path)?.starts_with(real(folder)?) {
        let what = "is a link that leads out of its folder; name the file itself in the job";
        return Err(unavailable(source, path, what));
    }
    let there = path
        .metadata()
        .map_err(|error| unavailable(source, path, &format!("cannot be read: {error}")))?;
    if !there.is_file() {
        return Err(unavailable(source, path, "is not a file"));
    }
    Ok(())
}

fn name_below(folder: &Path, path: &Path) -> String {
    let below = path.strip_prefix(folder).unwrap_or(path);
    let parts = below.components().map(|part| part.as_os_str().to_string_lossy());
    parts.collect::<Vec<_>>().join("/")
}

fn unavailable(source: &Source, path: &Path, what: &str) -> PullError {
    PullError::Unavailable {
        source_name: source.name.clone(),
        path: match path
            .file_name()
            .is_some_and(|name| may_be_pasted(&name.to_string_lossy()))
        {
            true => PathBuf::from("(a path that may be a pasted secret, not shown)"),
            false => path.to_path_buf(),
        },
        what: what.to_string(),
    }
}

fn same_name(source: &Source, name: &str) -> PullError {
    PullError::Job {
        key: format!("sources.{}.files", source.name),
        what: format!("two folders hold a file {name:?}; give each folder a source of its own"),
    }
}
