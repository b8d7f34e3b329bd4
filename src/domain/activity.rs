//! What a line's calls say, counted on known days only.

use chrono::NaiveDate;

/// What one day of a line was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayMark {
    /// A call placed or answered.
    Used,
    /// Calls to it, and none of them answered.
    DemandOnly,
    Silent,
    /// Its calls are not known.
    Unknown,
    /// Before the line, or its present holder, began.
    Before,
}

/// A line's activity up to `as_of`. Days are the account's; "30, 60, 90 days" are calendar days ending with `as_of`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Activity {
    /// The day from which the line counts: seat_since, else first seen, else the first known day.
    pub since: Option<NaiveDate>,
    pub first_used_on: Option<NaiveDate>,
    pub last_used_on: Option<NaiveDate>,
    pub last_outbound_on: Option<NaiveDate>,
    pub last_answered_on: Option<NaiveDate>,
    pub last_missed_on: Option<NaiveDate>,
    /// Known calendar days after the last use; for a line never used, since `since`.
    pub days_silent: u32,
    /// Known calendar days since `since`.
    pub known_days: u32,
    /// Known business days since `since`.
    pub known_business_days: u32,
    /// Known business days after the last use (or since `since`).
    pub silent_business_days: u32,
    /// Of the last 60 days (or since `since`): how many are known, of how many.
    pub recent_known: (u32, u32),
    /// Used on one of the account's last 10 known business days, or after the earliest of them.
    pub used_lately: bool,
    pub active_days_30: u32,
    pub active_days_60: u32,
    pub active_days_90: u32,
    pub active_days_all: u32,
    pub calls_out_90: u32,
    pub calls_answered_90: u32,
    pub calls_missed_90: u32,
    pub calls_missed_30: u32,
    /// Placed and answered seconds.
    pub seconds_90: u64,
    /// Calls placed or answered that bear a recorded flag, on all days of the line; without one nobody knows.
    pub calls_recorded: u32,
    /// Median of the known business days from one used day to the next; none under two used days.
    pub usual_gap_business_days: Option<u32>,
    /// The most known business days in a row without use, before the last use; none without use.
    pub longest_silence_business_days: Option<u32>,
    /// Silent at this time last year too, and then back on this day (season guard).
    pub came_back_last_year_on: Option<NaiveDate>,
    /// The last year, oldest first, ending with `as_of`.
    pub year: Vec<DayMark>,
}
