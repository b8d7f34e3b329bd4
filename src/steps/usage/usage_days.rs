//! Replacing days of the usage table.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use polars::prelude::*;

use crate::frames::usage;
use crate::steps::usage::tally::to_epoch;

/// Whether a row's day is one of these.
pub fn is_among(days: &BTreeSet<NaiveDate>) -> PolarsResult<Expr> {
    let days = Column::new(
        "days".into(),
        days.iter().map(|day| to_epoch(*day)).collect::<Vec<i32>>(),
    );
    Ok(col(usage::DAY)
        .cast(DataType::Int32)
        .is_in(lit(days.as_materialized_series().clone()).implode(true), false))
}

/// A month with `rolled` in place of its `replaced` days. On `kept_too` days some of the legs behind the old rows have
/// left the store (retention), so that the larger of old and new counts stands: never fewer calls than were seen.
pub fn replace_days(
    month: DataFrame,
    rolled: DataFrame,
    replaced: &BTreeSet<NaiveDate>,
    kept_too: &BTreeSet<NaiveDate>,
) -> PolarsResult<DataFrame> {
    let untouched = is_among(replaced)?.not().or(is_among(kept_too)?);
    let stacked = concat(
        [month.lazy().filter(untouched), rolled.lazy()],
        UnionArgs::default(),
    )?;
    let key = [usage::LINE_ID, usage::DAY];
    let counts = usage::SCHEMA
        .iter_names()
        .filter(|name| !key.contains(&name.as_str()));
    stacked
        .group_by(key.map(col))
        .agg(counts.map(|name| col(name.clone()).max()).collect::<Vec<_>>())
        .select(
            usage::SCHEMA
                .iter_names()
                .map(|name| col(name.clone()))
                .collect::<Vec<_>>(),
        )
        .sort([usage::DAY, usage::LINE_ID], SortMultipleOptions::default())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[(&str, i32, u32)]) -> DataFrame {
        let ids: Vec<&str> = rows.iter().map(|row| row.0).collect();
        let days = Column::new(
            usage::DAY.into(),
            rows.iter().map(|row| row.1).collect::<Vec<_>>(),
        );
        let mut columns = vec![
            Column::new(usage::LINE_ID.into(), ids),
            days.cast(&DataType::Date).unwrap(),
        ];
        for (name, dtype) in usage::SCHEMA.iter().skip(2) {
            columns.push(
                Column::new(name.clone(), rows.iter().map(|row| row.2).collect::<Vec<_>>())
                    .cast(dtype)
                    .unwrap(),
            );
        }
        DataFrame::new_infer_height(columns).unwrap()
    }

    fn day(epoch: i32) -> NaiveDate {
        NaiveDate::default() + chrono::Duration::days(i64::from(epoch))
    }

    #[test]
    fn a_replaced_day_forgets_its_old_rows() {
        let month = table(&[("a", 1, 5), ("a", 2, 5), ("b", 2, 7)]);
        let replaced =
            replace_days(month, table(&[("a", 2, 3)]), &[day(2)].into(), &BTreeSet::new()).unwrap();
        assert!(replaced.equals(&table(&[("a", 1, 5), ("a", 2, 3)])));
    }

    #[test]
    fn a_day_whose_legs_have_left_never_loses_calls() {
        let month = table(&[("a", 2, 5), ("b", 2, 7)]);
        let kept = replace_days(
            month,
            table(&[("a", 2, 3), ("c", 2, 1)]),
            &[day(2)].into(),
            &[day(2)].into(),
        )
        .unwrap();
        assert!(kept.equals(&table(&[("a", 2, 5), ("b", 2, 7), ("c", 2, 1)])));
    }
}
