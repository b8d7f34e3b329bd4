//! Every row is accounted for, and not too many of them are set aside.

use crate::domain::{InputRead, Quarantined};

use crate::pull::PullError;

/// Used + duplicate + quarantined = read, for every file, on every run.
pub(in crate::pull) fn check_identity(input: &InputRead) -> Result<(), PullError> {
    if input.used + input.duplicates + input.quarantined == input.rows_read {
        return Ok(());
    }
    Err(PullError::Data {
        file: input.name.clone(),
        row: None,
        column: None,
        what: format!(
            "{} rows read are not {} used + {} duplicate + {} quarantined; this is a fault of quietline, please report it",
            input.rows_read, input.used, input.duplicates, input.quarantined
        ),
    })
}

/// Fails when more rows of a table were quarantined than the larger of `max_quarantined_rows` and 1 % of its rows.
pub fn check_quarantine(
    table: &str,
    rows: u64,
    quarantined: u64,
    listed: &[Quarantined],
    max_quarantined_rows: u32,
) -> Result<(), PullError> {
    let limit = u64::from(max_quarantined_rows).max(rows / 100);
    if quarantined <= limit {
        return Ok(());
    }
    Err(PullError::TooManyQuarantined {
        table: table.to_string(),
        quarantined,
        rows,
        limit,
        rows_listed: listed.to_vec(),
    })
}
