//! Pure steps from tables to a statement: no clock, no network, no files, no randomness.

pub mod account;
pub mod audit;
pub mod bridge;
pub mod charges;
pub mod cost;
pub mod coverage;
pub mod day_join;
pub mod freshness;
pub mod gates;
pub mod line_keys;
pub mod measure;
pub mod normalise;
mod reasons;
pub mod recommend;
pub mod recover;
pub mod roll_up;
pub mod tier_terms;
pub mod usage_days;
pub mod verdict;
