//! Writes the legs of one file into staging, day by day, in bounded memory.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use polars::prelude::*;
use polars_io::parquet::write::{ParquetCompression, ParquetWriter, StatisticsOptions};
use rayon::prelude::*;

use crate::frames::legs;

use crate::pull::PullError;
use crate::pull::calls::Leg;
use crate::pull::calls::leg_store::{DayRows, make_folder};
use crate::pull::calls::staging::{self, Window};

/// Rows held in memory over all days before all are written.
const ROWS_HELD: usize = 200_000;

pub(in crate::pull) struct LegWriter {
    account: PathBuf,
    source_id: String,
    draft: Option<u64>,
    held: BTreeMap<NaiveDate, DayColumns>,
    rows_held: usize,
    written: BTreeMap<NaiveDate, DayTotals>,
}

#[derive(Default)]
struct DayTotals {
    files: u32,
    rows: u64,
    digest: u128,
}

impl LegWriter {
    pub(crate) fn begin(account: &Path, source_id: &str, draft: Option<u64>) -> Result<LegWriter, PullError> {
        staging::discard(account, source_id)?;
        make_folder(&staging::folder(account, source_id))?;
        Ok(LegWriter {
            account: account.to_path_buf(),
            source_id: source_id.to_string(),
            draft,
            held: BTreeMap::new(),
            rows_held: 0,
            written: BTreeMap::new(),
        })
    }

    pub(crate) fn push(&mut self, leg: &Leg, hash: u128) -> Result<(), PullError> {
        self.held.entry(leg.day).or_insert_with(DayColumns::new).push(leg);
        let totals = self.written.entry(leg.day).or_default();
        totals.rows += 1;
        totals.digest = totals.digest.wrapping_add(hash);
        self.rows_held += 1;
        if self.rows_held >= ROWS_HELD {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), PullError> {
        let staged = staging::folder(&self.account, &self.source_id);
        let mut files = Vec::with_capacity(self.held.len());
        for (day, columns) in std::mem::take(&mut self.held) {
            let folder = staged.join(day.to_string());
            let totals = self.written.entry(day).or_default();
            if totals.files == 0 {
                make_folder(&folder)?;
            }
            files.push((folder.join(format!("{}.parquet", totals.files)), day, columns));
            totals.files += 1;
        }
        self.rows_held = 0;
        // Side by side: while one core packs a day, the disk takes another's.
        files
            .into_par_iter()
            .try_for_each(|(path, day, columns)| write(&path, columns, day))
    }

    /// Moves everything into the store, replacing what the source held there from the first to the last day, or in
    /// the declared days; in a draft, once that is kept. Gives every day with rows.
    pub(crate) fn commit(
        mut self,
        (from, to): (Option<NaiveDate>, Option<NaiveDate>),
    ) -> Result<Vec<DayRows>, PullError> {
        self.flush()?;
        let days = || self.written.keys().copied();
        let first = days().chain(from).min();
        let last = days().chain(to).max();
        match (first, last) {
            (Some(first), Some(last)) => {
                let draft = self.draft;
                staging::commit(&self.account, &self.source_id, Window { first, last, draft })?
            }
            _ => staging::discard(&self.account, &self.source_id)?,
        }
        let day_rows = |(day, totals): (&NaiveDate, &DayTotals)| DayRows {
            day: *day,
            digest: format!("{:032x}", totals.digest),
            rows: totals.rows,
        };
        Ok(self.written.iter().map(day_rows).collect())
    }
}

fn write(path: &Path, columns: DayColumns, day: NaiveDate) -> Result<(), PullError> {
    let failed = |error: &dyn std::fmt::Display| PullError::store(path, error);
    let mut frame = columns.finish(day).map_err(|error| failed(&error))?;
    // Through memory, not a buffered file: a full disk must be an error here, not be lost when a buffer is dropped.
    // Snappy: legs stay for days, so the time to write them counts for more than the room they take. They are read whole, so
    // that nothing asks for statistics.
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes)
        .with_compression(ParquetCompression::Snappy)
        .with_statistics(StatisticsOptions::empty())
        .set_parallel(false)
        .finish(&mut frame)
        .map_err(|error| failed(&error))?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(|error| failed(&error))?;
    file.write_all(&bytes).map_err(|error| failed(&error))?;
    file.sync_all().map_err(|error| failed(&error))
}

/// The columns of one day, growing row by row.
struct DayColumns {
    texts: [StringChunkedBuilder; 11],
    starts: Vec<i64>,
    ends: Vec<Option<i64>>,
    lengths: Vec<Option<i64>>,
    international: Vec<Option<bool>>,
    recorded: Vec<Option<bool>>,
}

/// The text columns, in the order in which a leg is pushed.
const TEXTS: [&str; 11] = [
    legs::CALL_ID,
    legs::DIRECTION,
    legs::RESULT,
    legs::FROM,
    legs::TO,
    legs::SOURCE_EXTENSION,
    legs::DESTINATION_EXTENSION,
    legs::SOURCE_SIP_ID,
    legs::DESTINATION_SIP_ID,
    legs::SOURCE_USER,
    legs::DESTINATION_USER,
];

impl DayColumns {
    fn new() -> DayColumns {
        DayColumns {
            texts: TEXTS.map(|name| StringChunkedBuilder::new(name.into(), 64)),
            starts: Vec::new(),
            ends: Vec::new(),
            lengths: Vec::new(),
            international: Vec::new(),
            recorded: Vec::new(),
        }
    }

    fn push(&mut self, leg: &Leg) {
        let texts: [Option<&str>; 11] = [
            leg.call_id.as_deref(),
            Some(leg.direction.as_str()),
            leg.result.as_deref(),
            leg.from.as_deref(),
            leg.to.as_deref(),
            leg.source_extension.as_deref(),
            leg.destination_extension.as_deref(),
            leg.source_sip_id.as_deref(),
            leg.destination_sip_id.as_deref(),
            leg.source_user.as_deref(),
            leg.destination_user.as_deref(),
        ];
        for (builder, text) in self.texts.iter_mut().zip(texts) {
            builder.append_option(text);
        }
        self.starts.push(leg.start_ms);
        self.ends.push(leg.end_ms);
        self.lengths.push(leg.length_seconds);
        self.international.push(leg.international);
        self.recorded.push(leg.recorded);
    }

    /// A frame in the order of the legs' schema.
    fn finish(self, day: NaiveDate) -> PolarsResult<DataFrame> {
        let height = self.starts.len();
        let instant = DataType::Datetime(TimeUnit::Milliseconds, None);
        let epoch_days = day.signed_duration_since(NaiveDate::default()).num_days() as i32;
        let mut columns: Vec<Column> = self.texts.map(|texts| texts.finish().into_column()).into();
        columns.push(Column::new(legs::START.into(), self.starts).cast(&instant)?);
        columns.push(Column::new(legs::END.into(), self.ends).cast(&instant)?);
        columns.push(Column::new(legs::DAY.into(), vec![epoch_days; height]).cast(&DataType::Date)?);
        columns.push(Column::new(legs::LENGTH_SECONDS.into(), self.lengths));
        columns.push(Column::new(legs::INTERNATIONAL.into(), self.international));
        columns.push(Column::new(legs::RECORDED.into(), self.recorded));
        DataFrame::new(height, columns)?.select(legs::SCHEMA.iter_names_cloned())
    }
}
