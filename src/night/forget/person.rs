//! Who is meant: the rows of the lists and kept reports that are one person's, found by what they share.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use crate::domain::{folded, user_key};
use crate::failure::Failure;
use crate::job::Job;
use crate::pull::Tables;

/// One row in which somebody stands.
#[derive(Debug, Clone, Default)]
struct Mention {
    account: String,
    user_id: Option<String>,
    login: Option<String>,
    email: Option<String>,
    name: Option<String>,
    line_id: Option<String>,
    extension: String,
    /// Tonight's table; none for a kept report.
    table: Option<&'static str>,
}

/// All that is known of one person's spellings.
#[derive(Debug, Default)]
pub(super) struct Person {
    pub names: BTreeSet<String>,
    /// Logins, addresses and user ids.
    pub ids: BTreeSet<String>,
    /// `account extension`, for the operator.
    pub lines: BTreeSet<String>,
    /// Ids under which the list as it is now counts their calls.
    pub current_line_ids: BTreeSet<String>,
    /// The job's own tables that still name them.
    pub tables: BTreeSet<&'static str>,
    /// Somebody else bears the same name.
    pub has_namesake: bool,
}

impl Person {
    /// Of whom nothing is known but what was typed.
    fn only(typed: &str) -> Person {
        let set = BTreeSet::from([typed.to_owned()]);
        match typed.contains(' ') {
            true => Person {
                names: set,
                ..Person::default()
            },
            false => Person {
                ids: set,
                ..Person::default()
            },
        }
    }

    /// `Ann O'Hara, ann.ohara, ann@example.test`
    pub(super) fn shown(&self) -> String {
        let all: Vec<&str> = self.names.iter().chain(&self.ids).map(String::as_str).collect();
        all.join(", ")
    }
}

/// The one person that the words name; none where no list and no kept report knows them, and the words are too common to
/// be looked for as they are.
///
/// # Errors
/// More than one person of that name.
pub(super) fn find(
    job: &Job,
    accounts: &BTreeSet<String>,
    tables: &Tables,
    typed: &str,
) -> Result<Option<Person>, Failure> {
    let mut mentions = listed(accounts, tables);
    mentions.extend(kept(job));
    let wanted = folded(typed).into_owned();
    let is_meant = |mention: &Mention| {
        let words = [&mention.user_id, &mention.login, &mention.email, &mention.name];
        words.into_iter().flatten().any(|word| folded(word) == wanted)
    };
    let (keyed, by_name): (Vec<Mention>, Vec<Mention>) = mentions
        .into_iter()
        .partition(|mention| !mention.keys().is_empty());
    let mut people: Vec<Vec<usize>> = Vec::new();
    for at in (0..keyed.len()).filter(|at| is_meant(&keyed[*at])) {
        if !people.iter().any(|person| person.contains(&at)) {
            people.push(closed_over(&keyed, at));
        }
    }
    if people.len() > 1 {
        let rows = people
            .iter()
            .map(|person| person_of(person.iter().map(|at| &keyed[*at])));
        let shown: Vec<String> = rows.map(|person| described(&person)).collect();
        return Err(Failure::usage(
            format!(
                "`{}` fits {} people:\n  {}",
                typed.trim(),
                people.len(),
                shown.join("\n  ")
            ),
            "name one of them by e-mail address, login or user id",
        ));
    }
    let theirs = people.pop().unwrap_or_default();
    let named = by_name.iter().filter(|mention| is_meant(mention));
    let mut person = person_of(theirs.iter().map(|at| &keyed[*at]).chain(named));
    if person.names.is_empty() && person.ids.is_empty() {
        let is_telling = wanted.contains(['@', '.', '_', ' ']);
        return Ok(is_telling.then(|| Person::only(typed.trim())));
    }
    // Rows without login, address or id, of the same name, in reports from before the list bore them.
    let own: BTreeSet<String> = person
        .names
        .iter()
        .map(|name| folded(name).into_owned())
        .collect();
    let bears = |mention: &Mention| {
        mention
            .name
            .as_ref()
            .is_some_and(|name| own.contains(folded(name).as_ref()))
    };
    person.has_namesake = (0..keyed.len()).any(|at| !theirs.contains(&at) && bears(&keyed[at]));
    Ok(Some(person))
}

impl Mention {
    /// By what two rows are one person's. Ids and logins are an account's own.
    fn keys(&self) -> BTreeSet<String> {
        let own = |kind: &str, word: &Option<String>| {
            word.as_ref()
                .map(|word| format!("{kind} {} {}", self.account, user_key(word)))
        };
        let email = self.email.as_ref().map(|email| user_key(email).into_owned());
        let login_as_email = self
            .login
            .as_ref()
            .filter(|login| login.contains('@'))
            .map(|login| user_key(login).into_owned());
        [
            own("user", &self.user_id),
            own("login", &self.login),
            email,
            login_as_email,
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// The rows that share a key with the first, or with one that does.
fn closed_over(mentions: &[Mention], first: usize) -> Vec<usize> {
    let (mut rows, mut keys) = (vec![first], mentions[first].keys());
    loop {
        let more: Vec<usize> = (0..mentions.len())
            .filter(|at| !rows.contains(at) && !mentions[*at].keys().is_disjoint(&keys))
            .collect();
        if more.is_empty() {
            return rows;
        }
        keys.extend(more.iter().flat_map(|at| mentions[*at].keys()));
        rows.extend(more);
    }
}

fn person_of<'a>(mentions: impl Iterator<Item = &'a Mention>) -> Person {
    let mut person = Person::default();
    for mention in mentions {
        person.names.extend(mention.name.clone());
        let ids = [&mention.user_id, &mention.login, &mention.email];
        person.ids.extend(ids.into_iter().flatten().cloned());
        if !mention.extension.is_empty() {
            person.lines.insert(format!(
                "extension {} of account {}",
                mention.extension, mention.account
            ));
        }
        person.tables.extend(mention.table);
        if mention.table.is_some() {
            person.current_line_ids.extend(mention.line_id.clone());
        }
    }
    person
}

fn described(person: &Person) -> String {
    let lines: Vec<&str> = person.lines.iter().map(String::as_str).collect();
    format!("{} ({})", person.shown(), lines.join(", "))
}

/// Tonight's lists.
fn listed(accounts: &BTreeSet<String>, tables: &Tables) -> Vec<Mention> {
    let lines = tables.lines.iter().map(|line| Mention {
        account: line.account_id.clone(),
        user_id: line.user_id.clone(),
        login: line.login_name.clone(),
        email: line.email.clone(),
        name: line.is_named().then(|| line.user_name()),
        line_id: Some(line.line_id.clone()),
        extension: line.extension.clone(),
        table: Some("lines"),
    });
    let directory = tables.directory.iter().flat_map(|entry| {
        let of: Vec<&String> = match &entry.account_id {
            Some(account) => vec![account],
            None => accounts.iter().collect(),
        };
        let is_address = entry.email.contains('@');
        of.into_iter().map(move |account| Mention {
            account: account.clone(),
            login: entry
                .login
                .clone()
                .or_else(|| (!is_address).then(|| entry.email.clone())),
            email: is_address.then(|| entry.email.clone()),
            table: Some("directory"),
            ..Mention::default()
        })
    });
    lines.chain(directory).collect()
}

/// The folders of a job's nights, those without a figure and what a kill left included.
pub(super) fn night_folders(job: &Job) -> Vec<PathBuf> {
    let entries = fs::read_dir(job.reports.join(&job.name))
        .into_iter()
        .flatten()
        .flatten();
    let mut folders: Vec<PathBuf> = entries
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .map(|entry| entry.path())
        .collect();
    folders.sort();
    folders
}

/// The lines of the kept reports: they know people who have left the lists. A table that cannot be read tells nobody.
fn kept(job: &Job) -> Vec<Mention> {
    let tables = night_folders(job)
        .into_iter()
        .filter_map(|folder| csv::Reader::from_path(folder.join("lines.csv")).ok());
    tables.flat_map(mentions_in).collect()
}

fn mentions_in(mut table: csv::Reader<fs::File>) -> Vec<Mention> {
    let headings = table.headers().cloned().unwrap_or_default();
    let rows = table.records().flatten();
    let mention = |row: csv::StringRecord| {
        let cell = |heading: &str| {
            let at = headings.iter().position(|name| name == heading)?;
            let cell = row.get(at)?.trim().trim_start_matches('\'');
            (!cell.is_empty() && cell != super::spellings::NEUTRAL).then(|| cell.to_owned())
        };
        Mention {
            account: cell("account_id").unwrap_or_default(),
            user_id: cell("user_id"),
            email: cell("email"),
            name: cell("user_name"),
            extension: cell("extension").unwrap_or_default(),
            ..Mention::default()
        }
    };
    rows.map(mention).collect()
}
