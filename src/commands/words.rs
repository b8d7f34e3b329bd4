//! Words that many commands take: the job, days, hashes, KEY=VALUE. The messages say what would be right.

use std::fmt::Display;
use std::path::PathBuf;
use std::str::FromStr;

use chrono::NaiveDate;
use clap::Args;

use crate::domain::{Audience, Zone, parse_day};
use crate::zones;

/// The job, and settings laid over it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct JobWords {
    /// Job file [default: ./quietline.toml where there is one]
    #[arg(value_name = "JOB", env = "QUIETLINE_JOB", hide_env_values = true)]
    pub job: Option<PathBuf>,
    #[command(flatten)]
    pub set: SetWords,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct SetWords {
    /// Lay a setting over the job's, as in scoring.window_days=120 (repeatable)
    #[arg(long, value_name = "KEY=VALUE", value_parser = assignment)]
    pub set: Vec<(String, String)>,
}

pub(super) fn day(text: &str) -> Result<NaiveDate, String> {
    parse_day(text).ok_or_else(|| "not a day such as 2026-10-31".to_owned())
}

pub(super) fn assignment(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.trim().is_empty() => Ok((key.trim().to_owned(), value.trim().to_owned())),
        _ => Err("write KEY=VALUE, as in scoring.window_days=120".to_owned()),
    }
}

/// The hash of one change; "all" or a prefix of a few letters would accept what nobody has looked at.
pub(super) fn change_hash(text: &str) -> Result<String, String> {
    let fits = (8..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if fits {
        Ok(text.to_ascii_lowercase())
    } else {
        Err("not a hash of a change; copy the one in the operator's mail or in `quietline status`".to_owned())
    }
}

pub(super) fn zone(text: &str) -> Result<Zone, String> {
    zones::named(text).ok_or_else(|| "not an IANA time zone such as America/New_York".to_owned())
}

/// An address alone: it is the one that the mail goes to.
pub(super) fn address(text: &str) -> Result<String, String> {
    match text.parse::<lettre::Address>() {
        Ok(address) if !text.chars().any(char::is_control) => Ok(address.to_string()),
        _ => Err("not a mail address alone, such as me@example.com".to_owned()),
    }
}

/// By the names that they have in the job.
pub(super) fn readers(text: &str) -> Result<Audience, String> {
    match text {
        "finance" => Ok(Audience::Finance),
        "admins" => Ok(Audience::Admin),
        _ => Err("neither finance nor admins".to_owned()),
    }
}

/// One of a type's words.
pub(super) fn word<T: FromStr<Err: Display>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error: T::Err| error.to_string())
}
