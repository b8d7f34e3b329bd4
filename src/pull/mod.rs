//! Pull: files become typed tables, calls become legs in a store. Nothing here judges what they say.

mod calls;
mod cells;
mod error;
mod fault;
mod files;
mod look;
mod tables;
pub mod vonage;

pub use calls::leg_store::{DayRows, LegStore};
pub use calls::{CallFile, CallsRead, READING_RULE, call_files, read_calls};
pub use error::PullError;
pub use files::pages::{PagedFile, check_pages};
pub use files::{Page, Stamp, file_digest};
pub use look::sample::{Proposal, Sample};
pub use look::{Seems, look_at, shown};
pub use tables::row_counts::check_quarantine;
pub use tables::{Tables, read_tables};
