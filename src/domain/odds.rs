//! The chances of one pattern of days, for `quietline odds`.

use serde::Serialize;

use super::LineModel;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PatternOdds {
    pub pattern: String,
    /// Fitted to an account, or the prior.
    pub parameters: LineModel,
    pub account_id: Option<String>,
    /// Natural logarithm of the pattern's chance.
    pub log_likelihood: f64,
    pub p_silent: Vec<SilentFor>,
    pub p_gone: f64,
    pub p_away: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SilentFor {
    pub business_days: usize,
    /// Chance of silence on all of them.
    pub chance: f64,
}
