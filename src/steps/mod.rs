//! Pure steps from tables to a statement: no clock, no network, no files, no randomness.

pub mod account;
pub mod backtest;
pub mod bill;
pub mod cadence;
pub mod chances;
pub mod coverage;
pub mod finding;
pub mod findings;
mod gate_report;
pub mod gates;
pub mod input;
pub mod right_size;
pub mod roster;
pub mod savings;
pub mod usage;
pub mod verdict;
