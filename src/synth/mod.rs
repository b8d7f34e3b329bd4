//! A seeded generator of made-up accounts: lines, calls, invoices and the truth about them, ready to run as a job.
//! It serves tests, benchmarks, and people who want to try a big account before they use their own.
//!
//! The same options give the same rows on every platform: whole numbers only, no clock, no maps without an order. Calls are
//! made and written day by day, so memory does not grow with the days.

mod billing;
mod call_files;
mod calls;
mod contracts;
mod days;
mod findings;
mod habit;
mod histories;
mod inventory;
mod kinds;
mod leg_text;
mod legs;
mod life;
mod people;
mod planted;
mod population;
mod prng;
mod rhythm;
mod seats;
mod truth;
mod write;

use std::io;
use std::path::{Path, PathBuf};

use chrono::{Datelike, NaiveDate};

use crate::domain::Zone;
use call_files::{Badges, CallFile};
use days::{DayClock, Span, shift};
use habit::Day;
pub use histories::{SynthCompany, SynthHistory, company, public_holidays};
pub use kinds::TruthKind;
use population::Population;

crate::domain::words! {
    /// The shape of the call files; `both` is every other month in the portal's.
    CallShape { Reports => "reports", Portal => "portal", Both => "both" }
}
crate::domain::words! {
    /// The make-up of the population.
    Mix {
        /// Mostly people who use their phone every day.
        Office => "office",
        /// Many who are quiet in the same months of every year.
        Seasonal => "seasonal",
        /// Many who use it weekly or monthly.
        Sparse => "sparse",
    }
}

/// An account to make. Money is in US dollars.
#[derive(Debug, Clone)]
pub struct SynthOptions {
    /// Lines on the last day, from 1 to 20,000. Former holders and removed lines stand beside them.
    pub lines: u32,
    /// Days of calls, ending with `last_day`, from 1 to 3,660.
    pub days: u32,
    pub seed: u64,
    /// In the account's time zone.
    pub last_day: NaiveDate,
    pub time_zone: Zone,
    pub shape: CallShape,
    /// Letters, digits, `-` and `_`.
    pub account_id: String,
    /// The folder to fill: a new or empty one.
    pub out: PathBuf,
    pub mix: Mix,
    pub gzip: bool,
    /// Plants billing faults and near misses on the newest invoice, the contracts and the inventory, and tells the faults in
    /// `truth_findings.csv`; from 60 lines and 90 days of calls on. The shape `reports` alone has a person with two lines:
    /// the portal's files name people, so that one person's lines cannot be told apart.
    pub faults: bool,
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SynthSummary {
    pub legs: u64,
    pub calls: u64,
    /// Rows of `lines.csv` that are somebody's seat or a seat of nobody's: former holders included, queues and users
    /// without an extension not.
    pub lines: u64,
    pub files: u64,
    pub charges: u64,
}

/// Why an account could not be made.
#[derive(Debug, thiserror::Error)]
pub enum SynthError {
    #[error("cannot write {}: {source}", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("{} is not empty: name a new folder, so that no file of another account is read with this one", path.display())]
    FolderNotEmpty { path: PathBuf },
    #[error("{option} = {value} cannot be made: {valid}")]
    Option {
        option: &'static str,
        value: String,
        valid: &'static str,
    },
}

impl SynthError {
    fn write(path: &Path, source: io::Error) -> SynthError {
        SynthError::Write {
            path: path.to_owned(),
            source,
        }
    }

    fn option(option: &'static str, value: impl ToString, valid: &'static str) -> SynthError {
        SynthError::Option {
            option,
            value: value.to_string(),
            valid,
        }
    }
}

/// Writes the account into `options.out`: the job file, its sources, and the truth tables beside them.
pub fn generate(options: &SynthOptions) -> Result<SynthSummary, SynthError> {
    check(options)?;
    write::empty_folder(&options.out)?;
    let first = shift(options.last_day, 1 - i64::from(options.days));
    let population = Population::draw(options, Span::new(first, options.last_day));
    let calls = write_calls(options, &population)?;
    let invoices = billing::invoices(options, &population);
    let contracts = contracts::contracts(options, &population);
    let mut tables = inventory::write(options, &population, &invoices, &contracts)?
        + truth::write(options, &population, &invoices)?;
    if options.faults {
        tables += findings::write(options, &population, &invoices, &contracts)?;
    }
    Ok(SynthSummary {
        legs: calls.legs,
        calls: calls.calls,
        lines: population.lines.len() as u64,
        files: calls.files + tables,
        charges: invoices.iter().map(|invoice| invoice.charges.len() as u64).sum(),
    })
}

fn check(options: &SynthOptions) -> Result<(), SynthError> {
    if !(1..=20_000).contains(&options.lines) {
        return Err(SynthError::option(
            "lines",
            options.lines,
            "from 1 to 20000 lines",
        ));
    }
    if !(1..=3_660).contains(&options.days) {
        return Err(SynthError::option("days", options.days, "from 1 to 3660 days"));
    }
    if options.faults && (options.lines < 60 || options.days < 90) {
        return Err(SynthError::option(
            "faults",
            options.faults,
            "from 60 lines and 90 days on",
        ));
    }
    if !(2010..=2100).contains(&options.last_day.year()) {
        return Err(SynthError::option(
            "last_day",
            options.last_day,
            "a day of the years 2010 to 2100",
        ));
    }
    let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    if options.account_id.is_empty() || !options.account_id.chars().all(plain) {
        return Err(SynthError::option(
            "account_id",
            &options.account_id,
            "letters, digits, - and _ only",
        ));
    }
    Ok(())
}

#[derive(Default)]
struct CallTotals {
    legs: u64,
    calls: u64,
    files: u64,
}

fn write_calls(options: &SynthOptions, population: &Population) -> Result<CallTotals, SynthError> {
    let folder = options.out.join("calls");
    write::empty_folder(&folder)?;
    let badges = Badges::new(population);
    let mut totals = CallTotals::default();
    let mut date = population.span.first;
    while date <= population.span.last {
        let month_index = totals.files as u32;
        let mut file = CallFile::create(&folder, date, month_index, options.shape, options.gzip)?;
        totals.files += 1;
        let month = date.month();
        while date <= population.span.last && date.month() == month {
            let day = Day {
                date,
                kind: population.span.kind(date),
            };
            let clock = DayClock::new(date, &options.time_zone);
            let (legs, calls) = calls::day_legs(options.seed, population, &clock, day);
            for leg in &legs {
                file.write(leg, &badges, &clock)?;
            }
            totals.legs += legs.len() as u64;
            totals.calls += calls;
            date = shift(date, 1);
        }
        file.finish()?;
    }
    Ok(totals)
}

#[cfg(test)]
mod tests;
