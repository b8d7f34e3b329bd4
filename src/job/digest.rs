//! Digests of settings, to tell whether two nights were judged alike.

use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::domain::{Account, GatePolicy, PriceBook, Scoring, hex};

/// Over everything in the job that bears on the figures.
pub(super) fn of_figures(
    scoring: &Scoring,
    gates: &GatePolicy,
    book: &PriceBook,
    accounts: &[Account],
) -> String {
    let accounts: Vec<_> = accounts
        .iter()
        .map(|account| json!([account.account_id, account.time_zone.name(), account.currency]))
        .collect();
    of(&(scoring, gates, book, accounts))
}

pub(super) fn of_scoring(scoring: &Scoring) -> String {
    of(scoring)
}

/// The fields of a struct are written in the order of its definition, so equal settings have equal bytes.
fn of(settings: &impl Serialize) -> String {
    let bytes = serde_json::to_vec(settings).expect("plain structs with text keys always have a JSON form");
    hex(&Sha256::digest(bytes))
}
