//! What the job decides: the rule's window, grace, protected kinds, gate limits. Checked when the job is read.

use chrono::{NaiveDate, Weekday};
use serde::Serialize;

use super::{Cents, Kind, NameWord, words};

words! {
    Model {
        /// Removing is worth more than waiting, by the chance that the line stays silent.
        Probability => "probability",
        /// A fixed window of silence.
        Rule => "rule",
    }
}

/// How lines are judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Scoring {
    pub model: Model,
    /// What a wrong removal costs, in each account's own currency.
    pub wrong_removal_cost: Cents,
    /// Chance of 90 silent days below which nothing is idle, and from which a line is taken back without a question; in
    /// millionths.
    pub min_confidence: u32,
    pub sure: u32,
    /// Silent known calendar days that make a line idle.
    pub window_days: u32,
    /// Watch starts this many days before the window.
    pub watch_days_before: u32,
    /// Known business days in which an unused new line is left alone.
    pub grace_business_days: u32,
    /// Known business days that an account, and a line, must have before anything is recommended.
    pub min_known_business_days: u32,
    /// Share of a line's last 60 days that must be known, in percent.
    pub min_known_percent: u32,
    pub protected_kinds: Vec<Kind>,
    #[serde(serialize_with = "weekday_names")]
    pub weekdays: Vec<Weekday>,
    pub kind_rules: Vec<KindRule>,
    pub keep_rules: Vec<KeepRule>,
}

fn weekday_names<S: serde::Serializer>(days: &[Weekday], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(days.iter().map(|day| day.to_string().to_lowercase()))
}

/// Reads a blank `kind` from a line's name, extension or location. Every condition given must hold; a name fits by a word, a
/// label or the pattern.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KindRule {
    /// The job key, for messages.
    pub name: String,
    pub kind: Kind,
    /// Words that tell the kind in any name.
    pub words: Vec<NameWord>,
    /// Words that are people's names too: they tell it where nobody holds the line, or nothing else in its name could be a
    /// person's.
    pub labels: Vec<NameWord>,
    /// A regular expression on the holder's name, known to compile.
    pub name_pattern: Option<String>,
    /// First and last extension, both included.
    pub extensions: Option<(u64, u64)>,
    pub location: Option<String>,
}

/// A standing keep for a group of lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeepRule {
    pub name: String,
    pub department: Option<String>,
    pub role: Option<String>,
    pub extensions: Option<(u64, u64)>,
    pub location: Option<String>,
    pub reason: String,
    /// Valid through this day.
    pub expires_on: NaiveDate,
}

/// Limits of the gates; percentages are whole numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GatePolicy {
    /// Days confirmed as quiet although empty.
    pub accept_empty: Vec<NaiveDate>,
    /// A day with fewer rows than this share of its weekday's is not known, where its weekday has `min_day_rows`.
    pub min_day_percent: u32,
    pub min_day_rows: u32,
    pub min_joined_percent: u32,
    pub max_joined_drop_points: u32,
    pub max_contradiction_percent: u32,
    pub max_nameless_rise_points: u32,
    pub max_one_line_percent: u32,
    pub max_unknown_result_percent: u32,
    /// From this share of a file's rows on, calls of the future block.
    pub max_future_percent: u32,
    pub mass_flag_lines: u32,
    pub mass_flag_percent: u32,
    pub max_shrink_percent: u32,
    pub calls_warn_business_hours: u32,
    pub calls_block_business_hours: u32,
    pub invoice_warn_days: u32,
    pub invoice_block_days: u32,
}
