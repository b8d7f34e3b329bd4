//! How right verdicts have been, as people and machines read it: one set of sentences and tables behind every format.

mod json;
mod section;
pub(super) mod tables;
mod text;
pub(super) mod words;

pub(super) use json::BacktestJson;
pub use json::backtest_json;
pub(super) use section::{admin_items, items};
pub use text::backtest_text;
pub(super) use words::{in_a_row, short};

/// The section's heading on every page.
pub(super) const HEADING: &str = "How right such verdicts have been";
