//! Account, locations, users and extensions, brought together into one `lines` file: a row for each extension, and one for
//! each user without.

use serde::Deserialize;

use super::client::Client;
use super::details::{recordings, service_types};
use super::error::VonageError;
use super::line_rows::{Extension, LineRow, Location, User, line_rows};
use super::page::{Page, Text};
use super::raw_store::RawFolder;
use crate::domain::{Account, Gate, Suite};
use crate::durable::{FILE_MODE, WriteError, write_file};

/// Users and extensions in a page.
const PAGE_SIZE: u64 = 100;
const MOST_PAGES: u64 = 10_000;
pub(super) const LINES_FILE: &str = "lines.jsonl";

#[derive(Debug, Default, Deserialize)]
struct AccountAnswer {
    id: Option<Text>,
}

/// What was seen, for `check`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct InventorySeen {
    pub users: usize,
    pub extensions: usize,
    pub locations: usize,
}

/// Pulls the whole inventory of one account into the folder's `lines.jsonl`.
pub(super) fn pull_inventory(
    client: &mut Client,
    account: &Account,
    folder: &RawFolder,
) -> Result<InventorySeen, VonageError> {
    check_account(client, &account.account_id)?;
    let locations: Vec<Location> = all(client, account, "locations", None)?;
    let users: Vec<User> = all(client, account, "users", Some(PAGE_SIZE))?;
    let extensions: Vec<Extension> = all(client, account, "extensions", Some(PAGE_SIZE))?;
    let seen = InventorySeen {
        users: users.len(),
        extensions: extensions.len(),
        locations: locations.len(),
    };
    let types = service_types(client, account, folder, &extensions)?;
    let recordings = recordings(client, account, folder, &users)?;
    let tier_of = |external_id: &str| client.api.tiers.get(types.get(external_id)?).copied();
    let rows = line_rows(
        &account.account_id,
        &locations,
        users,
        extensions,
        &tier_of,
        &recordings,
    );
    write_rows(folder, &rows)?;
    Ok(seen)
}

/// The account that the credential leads to must be the job's: another company's phones look just as silent.
pub(super) fn check_account(client: &mut Client, account_id: &str) -> Result<(), VonageError> {
    let path = format!("/api/accounts/{account_id}");
    let answer = client.get(Suite::Provisioning, &path, &[])?;
    let page = Page::parse(&answer.endpoint, &answer.body, 1)?;
    let ids = page
        .rows
        .iter()
        .filter_map(|row| serde_json::from_str::<AccountAnswer>(row.get()).ok()?.id);
    match ids.map(|id| id.0).find(|id| id != account_id) {
        None => Ok(()),
        Some(other) => Err(VonageError::Data {
            gate: Gate::G3Join,
            endpoint: answer.endpoint,
            what: format!("the answer is of account {other}, and the job asks for {account_id}"),
        }),
    }
}

/// All rows of a list, paged where `page_size` is given. Fewer or more rows than told are asked for once more, then refused.
fn all<T: for<'de> Deserialize<'de>>(
    client: &mut Client,
    account: &Account,
    list: &str,
    page_size: Option<u64>,
) -> Result<Vec<T>, VonageError> {
    let first = one_pass(client, account, list, page_size)?;
    let pass = match first.is_whole() {
        true => first,
        false => one_pass(client, account, list, page_size)?,
    };
    if !pass.is_whole() {
        return Err(VonageError::Data {
            gate: Gate::G1Completeness,
            endpoint: pass.endpoint,
            what: format!(
                "{} {list} came where the answer tells of {:?}",
                pass.rows.len(),
                pass.totals
            ),
        });
    }
    let refuse = |error: serde_json::Error| VonageError::Schema {
        endpoint: pass.endpoint.clone(),
        what: format!("one of the {list}: {error}"),
    };
    pass.rows
        .iter()
        .map(|row| serde_json::from_str(row).map_err(refuse))
        .collect()
}

/// The first page of each list, read: what the published examples are held to.
#[cfg(test)]
pub(super) fn first_pages(client: &mut Client, account_id: &str) -> Result<InventorySeen, VonageError> {
    fn rows<T: for<'de> Deserialize<'de>>(
        client: &mut Client,
        account_id: &str,
        list: &str,
        size: Option<u64>,
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
    /// Each `total_items` told; one value where nothing changed meanwhile.
    totals: Vec<u64>,
}

impl Pass {
    fn is_whole(&self) -> bool {
        match self.totals[..] {
            [] => true,
            [total] => total == self.rows.len() as u64,
            _ => false,
        }
    }
}

fn one_pass(
    client: &mut Client,
    account: &Account,
    list: &str,
    page_size: Option<u64>,
) -> Result<Pass, VonageError> {
    let path = format!("/api/accounts/{}/{list}", account.account_id);
    let mut pass = Pass {
        endpoint: format!("GET {path}"),
        rows: Vec::new(),
        totals: Vec::new(),
    };
    for number in 1..=MOST_PAGES {
        let query = page_size.map(|size| [("page", number.to_string()), ("page_size", size.to_string())]);
        let answer = client.get(
            Suite::Provisioning,
            &path,
            query.as_ref().map_or(&[], |query| query),
        )?;
        let page = Page::parse(&answer.endpoint, &answer.body, number)?;
        let came = page.rows.len();
        pass.rows
            .extend(page.rows.into_iter().map(|row| row.get().to_owned()));
        pass.totals.extend(page.total_items);
        pass.totals.dedup();
        let have = pass.rows.len() as u64;
        let is_last = match (page.total_items, page.total_pages) {
            (Some(total), _) => have >= total,
            (None, Some(pages)) => number >= pages,
            (None, None) => true,
        };
        if came == 0 || is_last || page_size.is_none() {
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
