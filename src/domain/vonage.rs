//! How Vonage's API is reached, as the job says it; checked when the job is read. No secret stands in here.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use super::{Tier, words};

words! {
    /// The API suites that quietline reads.
    Suite { Provisioning => "provisioning", Reports => "reports", Recording => "recording" }
}

/// `[vonage]` of the job: one application and one login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VonageApi {
    pub username: String,
    pub client_id: String,
    pub token_url: String,
    /// Where each suite's paths begin, version segment included, without a slash at the end.
    pub suites: BTreeMap<Suite, String>,
    /// Requests in any 60 seconds, over all jobs of the application on this machine.
    pub quota_per_minute: u32,
    /// The folder of the machine-wide count of requests.
    pub quota_folder: PathBuf,
    /// Rows asked for in one page of call logs, and in one page of users or extensions.
    pub page_size: u32,
    /// Days of calls fetched when nothing was fetched yet.
    pub backfill_days: u32,
    /// Calls younger than this at the start of the pull are left for the next night.
    pub lag: Duration,
    pub timeout: Duration,
    /// Tries of one request that fails in passing; the wait before the second, doubled from then on.
    pub tries: u32,
    pub backoff: Duration,
    /// All waiting that the service asks for (429) in one run.
    pub patience: Duration,
    /// An owner-only file that keeps the token between runs; none: memory only.
    pub token_file: Option<PathBuf>,
    pub ca_file: Option<PathBuf>,
    /// Ask for each extension's detail (`service_type_name`), one request each, and keep it for so many days.
    pub detail_days: Option<u32>,
    /// Ask for each user's on-demand recordings, one request each, and keep the answer for so many days.
    pub recording_days: Option<u32>,
    /// What a `service_type_name` says of the tier.
    pub tiers: BTreeMap<String, Tier>,
}
