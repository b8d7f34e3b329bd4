//! Legs -> usage: which line each end of a call is, one row a line and day, and what the days say of each line.

pub(super) mod call_ids;
pub mod call_kinds;
pub(super) mod corrections;
pub mod day_join;
pub mod former_lines;
pub(super) mod leg_columns;
pub(super) mod line_ends;
pub mod line_keys;
pub mod main_numbers;
pub mod measure;
pub mod moved_lines;
pub mod phone_since;
pub mod roll_up;
pub mod tally;
pub mod unlisted;
pub mod usage_days;
