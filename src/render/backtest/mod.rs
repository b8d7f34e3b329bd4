//! How right verdicts have been, as people and machines read it: one set of sentences and tables behind every format.

mod json;
mod section;
mod sheet;
mod tables;
mod text;
mod words;

pub use json::{BacktestJson, backtest_json};
pub use section::{admin_items, items};
pub use sheet::write as write_sheet;
pub use text::backtest_text;
pub use words::{in_a_row, short};

/// The section's heading on every page.
pub const HEADING: &str = "How right such verdicts have been";
