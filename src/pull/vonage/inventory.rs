//! Account, locations, users and extensions, brought together into one `lines` file: a row for each extension, and one for
//! each user without.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::client::Client;
use super::details::{recordings, service_types};
use super::error::VonageError;
use super::known_ids::KnownIds;
use super::line_rows::{Extension, LineRow, Location, User, line_rows, set_tiers};
use super::page::{Page, Text};
use super::raw_store::RawFolder;
use super::received::{Received, Standing, Traits, other_page_size, whole_row};
use crate::domain::{Account, Gate, Suite};
use crate::durable::{FILE_MODE, WriteError, write_file};

/// Users and extensions in a page.
const PAGE_SIZE: u32 = 100;
const MOST_PAGES: u64 = 10_000;
pub(super) const LINES_FILE: &str = "lines.jsonl";

#[derive(Debug, Default, Deserialize)]
struct AccountAnswer {
    id: Option<Text>,
}

/// How much there is, for `check` too.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct InventorySeen {
    pub users: usize,
    pub extensions: usize,
    pub locations: usize,
}

impl InventorySeen {
    /// G1: an account without a user or an extension has no line to speak of; most likely the login may not see them.
    pub(super) fn refuse_empty(&self, account_id: &str) -> Result<(), VonageError> {
        let what = match (self.users, self.extensions) {
            (0, 0) => "no user and no extension",
            (0, _) => "no user",
            (_, 0) => "no extension",
            _ => return Ok(()),
        };
        Err(VonageError::Data {
            gate: Gate::G1Completeness,
            endpoint: format!("GET /api/accounts/{account_id}"),
            what: format!(
                "Vonage lists {what}: is the login an account administrator's, and is this the account's number? Lines can \
                 also come from a file (sources.lines.from = \"files\")"
            ),
        })
    }
}

/// What a pull of the inventory came to, for the night.
#[derive(Debug, Default)]
pub(super) struct Inventory {
    /// In words, what could not be had and is left out.
    pub left_out: Option<String>,
    /// What it says of the lines.
    pub known_ids: KnownIds,
}

/// Pulls the whole inventory of one account into the folder's `lines.jsonl`.
pub(super) fn pull_inventory(
    client: &mut Client,
    account: &Account,
    folder: &RawFolder,
    known: &KnownIds,
) -> Result<Inventory, VonageError> {
    check_account(client, &account.account_id)?;
    let (locations, left_out) = locations(client, account)?;
    let users: Vec<User> = all(client, account, "users", User::key)?;
    let extensions: Vec<Extension> = all(client, account, "extensions", Extension::key)?;
    let seen = InventorySeen {
        users: users.len(),
        extensions: extensions.len(),
        locations: locations.len(),
    };
    seen.refuse_empty(&account.account_id)?;
    let recordings = recordings(client, account, folder, &users)?;
    let mut rows = line_rows(&account.account_id, &locations, users, extensions, &recordings);
    let known_ids = known.fill(&mut rows, left_out.is_some());
    let types = service_types(client, account, folder, &rows)?;
    set_tiers(&mut rows, &|external_id| {
        client.api.tiers.get(types.get(external_id)?).copied()
    });
    write_rows(folder, &rows)?;
    Ok(Inventory { left_out, known_ids })
}

/// The account that the credential leads to must be the job's: another company's phones look just as silent.
pub(super) fn check_account(client: &mut Client, account_id: &str) -> Result<(), VonageError> {
    let path = format!("/api/accounts/{account_id}");
    let answer = client.get(Suite::Provisioning, &path, &[])?;
    let page = Page::parse(&answer.endpoint, &answer.body, 1)?;
    let ids: Vec<String> = page
        .rows
        .iter()
        .filter_map(|row| serde_json::from_str::<AccountAnswer>(row.get()).ok()?.id)
        .map(|id| id.0.trim().to_owned())
        .collect();
    if ids.is_empty() {
        return Err(VonageError::Schema {
            endpoint: answer.endpoint,
            what: format!(
                "the account's answer bears no id, so nobody can tell that it is account {account_id}"
            ),
        });
    }
    match ids.into_iter().find(|id| id != account_id) {
        None => Ok(()),
        Some(other) => Err(VonageError::Data {
            gate: Gate::G3Join,
            endpoint: answer.endpoint,
            what: format!("the answer is of account {other}, and the job asks for {account_id}"),
        }),
    }
}

/// The places are for reading only: a list that does not come whole is left out, and told.
fn locations(client: &mut Client, account: &Account) -> Result<(Vec<Location>, Option<String>), VonageError> {
    // S has no pages here; where the answer tells of more, they are asked for.
    let first = one_pass(client, account, "locations", None)?;
    let pass = match first.received.standing(None) {
        Standing::Whole => first,
        _ => one_pass(client, account, "locations", Some(PAGE_SIZE))?,
    };
    let rows = pass.rows.iter().map(|row| serde_json::from_str(row)).collect();
    match (pass.received.standing(None), rows) {
        (Standing::Whole, Ok(rows)) => Ok((rows, None)),
        (Standing::Whole, Err(error)) => Ok((Vec::new(), Some(format!("one of the locations: {error}")))),
        (Standing::Doubtful(what) | Standing::Missing(what) | Standing::Stuck(what), _) => {
            Ok((Vec::new(), Some(format!("locations: {what}"))))
        }
    }
}

/// All rows of a list, each once. One that does not add up, or has two rows with one key, is asked for once more with other
/// pages, then refused.
fn all<T: for<'de> Deserialize<'de>>(
    client: &mut Client,
    account: &Account,
    list: &str,
    key: impl Fn(&T) -> Option<String>,
) -> Result<Vec<T>, VonageError> {
    let first = one_pass(client, account, list, Some(PAGE_SIZE))?;
    let mut fault = first.fault(list, None, &key)?;
    let mut pass = first;
    if fault.is_some() {
        let (longest, total) = (pass.received.longest_page(), pass.received.total());
        let before = pass.received.into_traits();
        pass = one_pass(
            client,
            account,
            list,
            Some(other_page_size(PAGE_SIZE, longest, total)),
        )?;
        fault = pass.fault(list, Some(&before), &key)?;
    }
    match fault {
        None => pass.parsed(list),
        Some(what) => Err(VonageError::Data {
            gate: Gate::G1Completeness,
            endpoint: pass.endpoint,
            what: format!("{list}: {what}, twice with different pages"),
        }),
    }
}

/// The first page of each list, read: what the published examples are held to.
#[cfg(test)]
pub(super) fn first_pages(client: &mut Client, account_id: &str) -> Result<InventorySeen, VonageError> {
    fn rows<T: for<'de> Deserialize<'de>>(
        client: &mut Client,
        account_id: &str,
        list: &str,
        size: Option<u32>,
    ) -> Result<usize, VonageError> {
        let query = size.map(|size| [("page", "1".to_owned()), ("page_size", size.to_string())]);
        let path = format!("/api/accounts/{account_id}/{list}");
        let answer = client.get(
            Suite::Provisioning,
            &path,
            query.as_ref().map_or(&[], |query| query),
        )?;
        let page = Page::parse(&answer.endpoint, &answer.body, 1)?;
        let read = page
            .rows
            .iter()
            .filter(|row| serde_json::from_str::<T>(row.get()).is_ok());
        Ok(read.count())
    }
    Ok(InventorySeen {
        locations: rows::<Location>(client, account_id, "locations", None)?,
        users: rows::<User>(client, account_id, "users", Some(PAGE_SIZE))?,
        extensions: rows::<Extension>(client, account_id, "extensions", Some(PAGE_SIZE))?,
    })
}

struct Pass {
    endpoint: String,
    rows: Vec<String>,
    received: Received,
}

impl Pass {
    /// Why the list cannot be used as it came.
    fn fault<T: for<'de> Deserialize<'de>>(
        &self,
        list: &str,
        before: Option<&Traits>,
        key: impl Fn(&T) -> Option<String>,
    ) -> Result<Option<String>, VonageError> {
        if let Standing::Doubtful(what) | Standing::Missing(what) | Standing::Stuck(what) =
            self.received.standing(before)
        {
            return Ok(Some(what));
        }
        let mut keys = BTreeSet::new();
        for row in self.parsed::<T>(list)? {
            let key = key(&row).ok_or_else(|| VonageError::Schema {
                endpoint: self.endpoint.clone(),
                what: format!("one of the {list} bears nothing that tells it from the others"),
            })?;
            if let Some(twice) = keys.replace(key) {
                return Ok(Some(format!("{twice} stands twice, so another may be missing")));
            }
        }
        Ok(None)
    }

    fn parsed<T: for<'de> Deserialize<'de>>(&self, list: &str) -> Result<Vec<T>, VonageError> {
        let refuse = |error: serde_json::Error| VonageError::Schema {
            endpoint: self.endpoint.clone(),
            what: format!("one of the {list}: {error}"),
        };
        self.rows
            .iter()
            .map(|row| serde_json::from_str(row).map_err(refuse))
            .collect()
    }
}

/// The list once, in pages of that size; in one answer where none is given.
fn one_pass(
    client: &mut Client,
    account: &Account,
    list: &str,
    page_size: Option<u32>,
) -> Result<Pass, VonageError> {
    let path = format!("/api/accounts/{}/{list}", account.account_id);
    let mut pass = Pass {
        endpoint: format!("GET {path}"),
        rows: Vec::new(),
        received: Received::default(),
    };
    for number in 1..=MOST_PAGES {
        let query = page_size.map(|size| [("page", number.to_string()), ("page_size", size.to_string())]);
        let answer = match client.get(
            Suite::Provisioning,
            &path,
            query.as_ref().map_or(&[], |query| query),
        ) {
            Err(error) if pass.received.ends_with(&error) => break,
            answer => answer?,
        };
        let page = Page::parse(&answer.endpoint, &answer.body, number);
        let Some(page) = pass.received.unless_beyond(page, whole_row)? else {
            break;
        };
        let is_new = pass.received.take(&page, whole_row);
        let came = page.rows.len();
        let may_be_followed = page.may_be_followed(number, page_size);
        pass.rows
            .extend(page.rows.into_iter().map(|row| row.get().to_owned()));
        let is_last = match (page.total_items, page.total_pages) {
            (Some(total), _) => pass.received.rows() >= total && !may_be_followed,
            (None, Some(pages)) if pages > 0 || came == 0 => number >= pages,
            _ if page_size.is_none() => true,
            _ => {
                return Err(VonageError::Schema {
                    endpoint: pass.endpoint,
                    what: "total_items is missing, so nobody can tell whether all rows came".to_owned(),
                });
            }
        };
        if came == 0 || is_last || !is_new || page_size.is_none() {
            break;
        }
    }
    Ok(pass)
}

fn write_rows(folder: &RawFolder, rows: &[LineRow]) -> Result<(), VonageError> {
    let path = folder.file(LINES_FILE);
    let mut bytes = Vec::new();
    for row in rows {
        let line = serde_json::to_vec(row).map_err(|error| WriteError::new("write", &path, error.into()))?;
        bytes.extend(line);
        bytes.push(b'\n');
    }
    Ok(write_file(&path, &bytes, FILE_MODE)?)
}
