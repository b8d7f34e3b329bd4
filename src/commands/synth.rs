//! `quietline synth`: a made-up account.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::Args;

use super::surroundings::{Surroundings, print};
use super::words::{day, word, zone};
use crate::domain::Zone;
use crate::failure::Failure;
use crate::synth::{CallShape, Mix, SynthOptions, generate};

/// Make up an account from a seed, with a job file to run it
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct Synth {
    /// Folder to fill: a new or empty one
    #[arg(long, value_name = "FOLDER")]
    pub out: PathBuf,
    /// Lines on the last day
    #[arg(long, default_value_t = 500)]
    pub lines: u32,
    /// Days of calls
    #[arg(long, default_value_t = 540)]
    pub days: u32,
    /// The same seed makes the same account
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    #[arg(long, value_name = "DAY", value_parser = day, default_value = "2026-10-16")]
    pub last_day: NaiveDate,
    #[arg(long, value_name = "ZONE", value_parser = zone, default_value = "America/New_York")]
    pub time_zone: Zone,
    /// Call files: reports, portal or both
    #[arg(long, value_parser = word::<CallShape>, default_value = "both")]
    pub shape: CallShape,
    /// Population: office, seasonal or sparse
    #[arg(long, value_parser = word::<Mix>, default_value = "office")]
    pub mix: Mix,
    #[arg(long, value_name = "ID", default_value = "913874")]
    pub account: String,
    /// Write plain call files instead of gzip
    #[arg(long)]
    pub plain: bool,
    /// Plant billing faults, told in truth_findings.csv
    ///
    /// From 60 lines and 90 days on. A person with two lines is among them with --shape reports only.
    #[arg(long)]
    pub faults: bool,
}

impl Synth {
    pub fn work(self, _: &Surroundings) -> Result<u8, Failure> {
        let job_file = self.out.join("job.toml");
        let made = generate(&SynthOptions {
            lines: self.lines,
            days: self.days,
            seed: self.seed,
            last_day: self.last_day,
            time_zone: self.time_zone.clone(),
            shape: self.shape,
            account_id: self.account,
            out: self.out,
            mix: self.mix,
            gzip: !self.plain,
            faults: self.faults,
        })?;
        print(&format!(
            "{} lines, {} calls in {} legs, {} charges, {} files; run it with: quietline run {}\n",
            made.lines,
            made.calls,
            made.legs,
            made.charges,
            made.files,
            job_file.display()
        ))?;
        Ok(0)
    }
}
