//! What leaves the raw store: with a night that was stopped, with the retention, and with a person who is forgotten.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use serde_json::Value;

use super::details::RECORDINGS_FILE;
use super::inventory::LINES_FILE;
use super::raw_store::{RawFolder, day_file_name};
use super::{ApiSources, VonageError};
use crate::durable::{FILE_MODE, WriteError, write_file};
use crate::pull::calls::source_id;

impl ApiSources<'_> {
    /// The nights of the newest pulls.
    pub fn pulled_nights(&self) -> Result<BTreeSet<NaiveDate>, VonageError> {
        let mut nights = BTreeSet::new();
        for (source, account) in self.of_api() {
            let pull = self.folder(source, account)?.state()?.pull;
            nights.extend(pull.map(|pull| pull.as_of));
        }
        Ok(nights)
    }

    /// Forgets what a night's pull brought, so that it is asked for again: what came was not to be trusted.
    pub fn distrust(&self, night: NaiveDate) -> Result<(), VonageError> {
        for (source, account) in self.of_api() {
            let folder = self.folder(source, account)?;
            let mut state = folder.state()?;
            if let Some(pull) = state.pull.take_if(|pull| pull.as_of == night) {
                state.days.retain(|_, through| *through != pull.frozen_at);
                folder.save_state(&state)?;
            }
        }
        Ok(())
    }

    /// Raw days leave on time, but for those that were pulled and that no reported night knows yet, by their source id:
    /// they wait for one.
    pub fn prune_before(
        &self,
        kept_from: &dyn Fn(&str) -> NaiveDate,
        is_known: &dyn Fn(&str, NaiveDate) -> bool,
    ) -> Result<(), VonageError> {
        for (source, account) in self.of_api() {
            let folder = self.folder(source, account)?;
            let first_kept = kept_from(&account.account_id);
            let pulled = folder.state()?.days;
            let waits = |day: NaiveDate| {
                pulled.contains_key(&day) && !is_known(&source_id(&source.name, &day_file_name(day)), day)
            };
            folder.prune(|day| day < first_kept && !waits(day))?;
        }
        Ok(())
    }

    /// What was pulled for sources of an account that the job does not name leaves too: its days on time, and all of it when
    /// the last pull is as old.
    pub fn prune_left(&self, account_id: &str, first_kept: NaiveDate) -> Result<(), VonageError> {
        let named: Vec<RawFolder> = self
            .of_api()
            .map(|(source, account)| RawFolder::at(&self.raw, &account.account_id, &source.name))
            .collect();
        let mut left = RawFolder::of_account(&self.raw, account_id)?;
        left.retain(|folder| !named.contains(folder));
        for folder in left {
            folder.prune(|day| day < first_kept)?;
            let pulled = folder.state()?.pull;
            if folder.days()?.is_empty() && pulled.is_none_or(|pull| pull.as_of < first_kept) {
                folder.remove()?;
            }
        }
        Ok(())
    }
}

/// How a person is found in what was pulled.
pub struct Sought<'a, E> {
    /// Whether a file holds the person.
    pub holds: &'a dyn Fn(&Path) -> Result<bool, E>,
    /// Whether a cell is the person, and nothing else.
    pub is_cell: &'a dyn Fn(&str) -> bool,
    /// Whether a reported night knows a day, by its source id.
    pub is_known: &'a dyn Fn(&str, NaiveDate) -> bool,
    /// What stands in the place of a login.
    pub neutral: &'a str,
}

impl ApiSources<'_> {
    /// Takes a person out of what was pulled, for whichever job and account, or only looks for them; the files. Days and pages go, the inventory loses the
    /// person's name. A day that no night knows yet is asked for again.
    pub fn forget_person<E: From<VonageError>>(
        &self,
        sought: &Sought<'_, E>,
        for_good: bool,
    ) -> Result<Vec<PathBuf>, E> {
        let mut found = Vec::new();
        for (folder, source) in RawFolder::all(&self.raw).map_err(VonageError::from)? {
            for again in folder.refetches().map_err(VonageError::from)? {
                let files = again.files().map_err(VonageError::from)?;
                if first_that_holds(&files, sought)?.is_some() {
                    found.push(again.file(""));
                    if for_good {
                        again.remove().map_err(VonageError::from)?;
                    }
                }
            }
            if let Some(page) = first_that_holds(&folder.pages().map_err(VonageError::from)?, sought)? {
                found.push(page);
                if for_good {
                    folder.drop_window()?;
                }
            }
            let mut state = folder.state()?;
            for (day, path) in folder.days().map_err(VonageError::from)? {
                if !(sought.holds)(&path)? {
                    continue;
                }
                if for_good {
                    if !(sought.is_known)(&source_id(&source, &day_file_name(day)), day) {
                        state.days.remove(&day);
                        folder.save_state(&state)?;
                    }
                    remove(&path)?;
                }
                found.push(path);
            }
            found.extend(inventory_without(&folder, sought, for_good)?);
        }
        Ok(found)
    }
}

fn first_that_holds<E>(files: &[PathBuf], sought: &Sought<'_, E>) -> Result<Option<PathBuf>, E> {
    for path in files {
        if (sought.holds)(path)? {
            return Ok(Some(path.clone()));
        }
    }
    Ok(None)
}

fn remove(path: &Path) -> Result<(), VonageError> {
    std::fs::remove_file(path).map_err(|error| WriteError::new("remove", path, error).into())
}

/// The inventory and the answers by user id, each rewritten without the person.
fn inventory_without<E>(
    folder: &RawFolder,
    sought: &Sought<'_, E>,
    for_good: bool,
) -> Result<Vec<PathBuf>, VonageError> {
    let mut found = Vec::new();
    type Rewrite<'a> = &'a dyn Fn(&str) -> Option<String>;
    let rewrites: [(&str, Rewrite<'_>); 2] = [
        (LINES_FILE, &|text| {
            lines_without(text, sought.is_cell, sought.neutral)
        }),
        (RECORDINGS_FILE, &|text| answers_without(text, sought.is_cell)),
    ];
    for (name, without) in rewrites {
        let path = folder.file(name);
        let Ok(text) = std::fs::read_to_string(&path) else {
            continue;
        };
        if let Some(text) = without(&text) {
            if for_good {
                write_file(&path, text.as_bytes(), FILE_MODE)?;
            }
            found.push(path);
        }
    }
    Ok(found)
}

/// A line that somebody holds goes on being held, by nobody that is known.
fn lines_without(text: &str, is_cell: &dyn Fn(&str) -> bool, neutral: &str) -> Option<String> {
    let mut any = false;
    let row = |row: &str| {
        let Ok(Value::Object(mut fields)) = serde_json::from_str::<Value>(row) else {
            return row.to_owned();
        };
        let word = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default();
        let name = format!("{} {}", word("first_name"), word("last_name"));
        let words = [word("user_id"), word("login_name"), word("email"), name.as_str()];
        if !words.into_iter().any(is_cell) {
            return row.to_owned();
        }
        any = true;
        for name in ["user_id", "email", "first_name", "last_name"] {
            fields.insert(name.to_owned(), Value::Null);
        }
        fields.insert("login_name".to_owned(), neutral.into());
        Value::Object(fields).to_string()
    };
    let rows: Vec<String> = text.lines().map(row).collect();
    any.then(|| rows.join("\n") + "\n")
}

fn answers_without(text: &str, is_cell: &dyn Fn(&str) -> bool) -> Option<String> {
    let mut answers: BTreeMap<String, Value> = serde_json::from_str(text).ok()?;
    let before = answers.len();
    answers.retain(|id, _| !is_cell(id));
    (answers.len() < before).then(|| serde_json::json!(answers).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_inventory_loses_the_person_and_keeps_the_line() {
        let text = "{\"extension\":\"101\",\"user_id\":\"7\",\"first_name\":\"Ann\",\"last_name\":\"Lee\"}\n\
                    {\"extension\":\"102\",\"user_id\":\"77\",\"login_name\":\"bob\"}\n";
        let without = lines_without(text, &|cell| cell == "7", "forgotten").unwrap();
        let rows: Vec<Value> = without
            .lines()
            .map(|row| serde_json::from_str(row).unwrap())
            .collect();
        assert_eq!(
            (&rows[0]["extension"], &rows[0]["login_name"]),
            (&"101".into(), &"forgotten".into())
        );
        assert_eq!(rows[1]["login_name"], "bob");
        assert!(!without.contains("Ann"));
        assert_eq!(lines_without(&without, &|cell| cell == "7", "forgotten"), None);
        assert_eq!(
            answers_without("{\"7\":1,\"77\":2}", &|id| id == "7").unwrap(),
            "{\"77\":2}"
        );
    }
}
