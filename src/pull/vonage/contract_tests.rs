//! Every request that the client makes, against a mock of Vonage's published OpenAPI files that refuses what they do not
//! allow; and every example answer, read. Switched on by `.ci/run`, which starts the mocks.

use chrono::NaiveDate;

use super::call_logs::{call_logs_path, page_query};
use super::client::Client;
use super::details::{ask_recordings, ask_service_type};
use super::inventory::{InventorySeen, check_account, first_pages};
use super::page::Page;
use super::token::{Credentials, Token};
use crate::domain::{Suite, VonageApi};
use crate::pull::calls::utc_instant;
use crate::secret::Secret;

/// The account of the published examples.
const ACCOUNT: &str = "571700";

fn client(suites: [(Suite, String); 3], quota: &std::path::Path) -> Client {
    let api = VonageApi {
        username: "svc".to_owned(),
        client_id: "app".to_owned(),
        token_url: "http://127.0.0.1:9/token".to_owned(),
        suites: suites.into(),
        quota_per_minute: 1_000,
        quota_folder: quota.to_owned(),
        page_size: 10,
        backfill_days: 1,
        lag: std::time::Duration::ZERO,
        timeout: std::time::Duration::from_secs(20),
        tries: 1,
        backoff: std::time::Duration::ZERO,
        patience: std::time::Duration::ZERO,
        token_file: None,
        ca_file: None,
        detail_days: None,
        recording_days: None,
        tiers: Default::default(),
    };
    let credentials = Credentials::new(&api, Secret::new("unused"), Secret::new("unused"));
    let mut client = Client::new(&api, credentials).unwrap();
    client.token = Token::parse(br#"{"access_token":"given by the test"}"#, chrono::Utc::now());
    client
}

#[test]
fn the_published_interface_takes_every_request_and_its_examples_are_read() {
    let address = |suite: Suite| std::env::var(format!("QUIETLINE_PRISM_{}", suite.as_str().to_uppercase()));
    let suites = [Suite::Provisioning, Suite::Reports, Suite::Recording].map(|suite| (suite, address(suite)));
    if suites.iter().any(|(_, address)| address.is_err()) {
        eprintln!("SKIPPED: needs mocks of the OpenAPI files; .ci/run starts them");
        return;
    }
    let quota = tempfile::tempdir().unwrap();
    let mut client = client(
        suites.map(|(suite, address)| (suite, address.unwrap())),
        quota.path(),
    );

    check_account(&mut client, ACCOUNT).unwrap();
    let seen: InventorySeen = first_pages(&mut client, ACCOUNT).unwrap();
    assert_eq!((seen.locations, seen.users, seen.extensions), (1, 1, 1));

    let day: NaiveDate = "2026-10-01".parse().unwrap();
    let from = day.and_time(chrono::NaiveTime::MIN).and_utc();
    let query = page_query(from, from + chrono::Duration::days(1), 1, 10);
    let answer = client
        .get(Suite::Reports, &call_logs_path(ACCOUNT), &query)
        .unwrap();
    let page = Page::parse(&answer.endpoint, &answer.body, 1).unwrap();
    let call: serde_json::Value = serde_json::from_str(page.rows[0].get()).unwrap();
    assert!(utc_instant(call["start"].as_str().unwrap()).is_some());
    assert_eq!(page.total_items, Some(100));

    // S wants a number for the id of an extension.
    assert_eq!(
        ask_service_type(&mut client, ACCOUNT, "789").unwrap().as_deref(),
        Some("UX")
    );
    let recordings = ask_recordings(&mut client, ACCOUNT, "745249").unwrap();
    assert!(recordings.newest.is_some());
}
