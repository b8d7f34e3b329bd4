//! From the job's paths and globs to the files that are there, in one order on every machine.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use super::super::PullError;
use crate::domain::{Source, TableName};

/// A file of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::pull) struct Found {
    pub path: PathBuf,
    /// Below the folder that the job names: the same on every machine.
    pub name: String,
}

/// Every file of a source, by name. A path that is not there, or a glob without a match, is an error
/// unless the source is optional.
pub(in crate::pull) fn expand(source: &Source) -> Result<Vec<Found>, PullError> {
    let mut found: BTreeMap<String, PathBuf> = BTreeMap::new();
    for pattern in &source.files {
        // A folder is a place to hand lists back: it may still be empty, and everything in it counts. No other table may be
        // empty without a word.
        let hand_in = source.table == TableName::Decisions && pattern.is_dir();
        let pattern = if hand_in { &pattern.join("*") } else { pattern };
        let folder = fixed_folder(pattern);
        let matches = matches_of(source, pattern)?;
        if matches.is_empty() && !source.optional && !hand_in {
            let what = if is_glob(pattern) {
                "no file matches"
            } else {
                "there is no such file"
            };
            return Err(unavailable(source, pattern, what));
        }
        for path in matches {
            check(source, &folder, &path)?;
            let name = name_below(&folder, &path);
            match found.insert(name.clone(), path.clone()) {
                Some(other) if other != path => return Err(same_name(source, &name)),
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
    Ok(found
        .into_iter()
        .map(|(name, path)| Found { path, name })
        .collect())
}

fn is_glob(pattern: &Path) -> bool {
    pattern.to_string_lossy().contains(['*', '?', '['])
}

/// The folder above the first part that is a glob, or above the file.
fn fixed_folder(pattern: &Path) -> PathBuf {
    let is_fixed = |part: &Component| !part.as_os_str().to_string_lossy().contains(['*', '?', '[']);
    let fixed: PathBuf = pattern.components().take_while(is_fixed).collect();
    match is_glob(pattern) && !pattern.exists() {
        true => fixed,
        false => pattern.parent().map(Path::to_path_buf).unwrap_or_default(),
    }
}

fn matches_of(source: &Source, pattern: &Path) -> Result<Vec<PathBuf>, PullError> {
    // A file whose own name holds a bracket is that file, not a pattern.
    if !is_glob(pattern) || pattern.exists() {
        let there = pattern.symlink_metadata();
        return match there {
            Ok(_) => Ok(vec![pattern.to_path_buf()]),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(unavailable(source, pattern, &format!("cannot be read: {error}"))),
        };
    }
    let options = glob::MatchOptions {
        require_literal_separator: true,
        require_literal_leading_dot: true,
        ..glob::MatchOptions::default()
    };
    let paths = glob::glob_with(&pattern.to_string_lossy(), options).map_err(|error| PullError::Job {
        key: format!("sources.{}.files", source.name),
        what: format!("{} is no glob: {error}", pattern.display()),
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
        path: path.to_path_buf(),
        what: what.to_string(),
    }
}

fn same_name(source: &Source, name: &str) -> PullError {
    PullError::Job {
        key: format!("sources.{}.files", source.name),
        what: format!("two folders hold a file {name:?}; give each folder a source of its own"),
    }
}
