//! Legs -> usage: only the days that changed are rolled up again.

pub(super) mod cut_otherwise;
pub(super) mod day_keys;
pub(super) mod roll;
