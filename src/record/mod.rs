//! The state store: what one night must remember for the next.
//!
//! One SQLite file, `<store>/state.sqlite`, opened by one process at a time under a kernel lock. Usage and
//! legs are Parquet files beside it; callers write those first (see [`crate::durable`]) and only then commit the row
//! that points at them, so a crash leaves at most a file that no row names.

mod accepted_days;
mod coverage;
mod error;
mod findings;
mod flags;
mod forget;
mod halts;
mod inputs;
mod known_lines;
mod legs;
mod lock;
mod moved_lines;
mod night_before;
mod open_nights;
mod origins;
mod retention;
mod row;
mod runs;
mod schema;
mod seen_keys;
mod store;
mod told;
mod unread_names;
mod usage_files;

pub use coverage::Coverage;
pub use error::Error;
pub use forget::NamingColumn;
pub use halts::Halt;
pub use inputs::ReadInput;
pub use legs::LegWindow;
pub use open_nights::Unended;
pub use retention::Retention;
pub use runs::{Ending, NewRun, Run, RunStatus};
pub use store::{Store, Tables};
pub use unread_names::UnreadName;
pub use usage_files::{UsageFiles, month_name};

#[cfg(test)]
mod tests;
