//! `quietline check`: one page of each source, and nothing stored.

use chrono::{DateTime, Days, Utc};

use super::call_logs::call_logs_path;
use super::client::Client;
use super::inventory::{InventorySeen, check_account};
use super::page::{Page, Text};
use super::{ApiSources, PullOrder, SKEW_WARN_SECONDS, VonageError, clock};
use crate::domain::{Suite, TableName, counted};

impl ApiSources<'_> {
    /// Logs in and asks for one page of each source; stores nothing. A line for each thing seen.
    pub fn check(&self, order: PullOrder<'_>) -> Result<Vec<String>, VonageError> {
        let mut client = Client::new(order.api, order.credentials)?;
        let mut seen = Vec::new();
        for (source, account) in self.of_api() {
            let id = &account.account_id;
            if source.table == TableName::Lines {
                check_account(&mut client, id)?;
                let mut count = |list: &str| {
                    let path = format!("/api/accounts/{id}/{list}");
                    count_of(&mut client, Suite::Provisioning, &path)
                };
                let there = InventorySeen {
                    locations: count("locations")?,
                    users: count("users")?,
                    extensions: count("extensions")?,
                };
                there.refuse_empty(id)?;
                seen.push(format!(
                    "lines from Vonage, account {id}: {} locations, {} users, {} extensions",
                    there.locations, there.users, there.extensions
                ));
            } else {
                seen.push(format!(
                    "calls from Vonage, account {id}: {}",
                    newest_call(&mut client, id)?
                ));
            }
        }
        seen.push(format!(
            "Vonage took the login of {}; {} requests a minute at most",
            client.api.username, client.api.quota_per_minute
        ));
        if client.clock_skew_seconds > SKEW_WARN_SECONDS {
            seen.push(clock(client.clock_skew_seconds).detail);
        }
        Ok(seen)
    }
}

fn count_of(client: &mut Client, suite: Suite, path: &str) -> Result<usize, VonageError> {
    let query = [("page", "1".to_owned()), ("page_size", "1".to_owned())];
    let answer = client.get(suite, path, &query)?;
    let page = Page::parse(&answer.endpoint, &answer.body, 1)?;
    let told = page.total_items.and_then(|total| usize::try_from(total).ok());
    Ok(told.unwrap_or(page.rows.len()))
}

/// The newest call of the last week, from the last page of it.
fn newest_call(client: &mut Client, account_id: &str) -> Result<String, VonageError> {
    #[derive(serde::Deserialize)]
    struct Started {
        start: Option<Text>,
    }
    let now = Utc::now();
    let stamp = |at: DateTime<Utc>| at.format("%Y-%m-%d %H:%M:%S").to_string();
    let query = [
        ("start:gte", stamp(now - Days::new(7))),
        ("start:lte", stamp(now)),
        ("page", "1".to_owned()),
        ("page_size", "1".to_owned()),
        ("order", "desc".to_owned()),
    ];
    let answer = client.get(Suite::Reports, &call_logs_path(account_id), &query)?;
    let page = Page::parse(&answer.endpoint, &answer.body, 1)?;
    let newest = page
        .rows
        .first()
        .and_then(|row| serde_json::from_str::<Started>(row.get()).ok()?.start);
    let rows = page
        .total_items
        .map_or("an untold number of rows".to_owned(), |total| {
            counted(total, "row", "rows")
        });
    Ok(match newest {
        Some(start) => format!("{rows} in the last 7 days, the newest of {} UTC", start.0),
        None => "no call in the last 7 days".to_owned(),
    })
}
