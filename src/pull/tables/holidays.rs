//! `holidays`: one row is a day without business, at one location or everywhere.

use std::collections::BTreeMap;

use crate::domain::{Holiday, TableName};

use crate::pull::PullError;
use crate::pull::cells::Cells;
use crate::pull::fault::CellFault;
use crate::pull::files::headings::{Column, optional, required};
use crate::pull::tables::table::{Gathered, Table};

pub(in crate::pull) struct Holidays;

impl Table for Holidays {
    type Item = Holiday;
    const NAME: TableName = TableName::Holidays;
    const MAY_BE_EMPTY: bool = true;
    const COLUMNS: &'static [Column] = &[
        optional("account_id", &["account"]),
        optional("location", &["site", "office"]),
        required("day", &["date", "holiday date"]),
        optional("name", &["holiday", "description"]),
    ];

    fn parse(cells: &Cells) -> Result<Option<Holiday>, CellFault> {
        Ok(Some(Holiday {
            account_id: cells.account_if_named()?,
            location: cells.text("location")?,
            day: cells.needed_day("day")?,
            name: cells.text("name")?,
        }))
    }
}

/// A day has one name, whichever of its rows comes first.
pub(in crate::pull) fn reconcile(holidays: &mut Gathered<Holiday>) -> Result<(), PullError> {
    holidays.put_in_order(|holiday| format!("{holiday:?}"));
    let day = |holiday: &Holiday| {
        format!(
            "{:?}\0{:?}\0{}",
            holiday.account_id, holiday.location, holiday.day
        )
    };
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for holiday in holidays.items.iter().map(|placed| &placed.item) {
        if let Some(name) = &holiday.name {
            let first = names.entry(day(holiday)).or_insert_with(|| name.clone());
            if name < first {
                first.clone_from(name);
            }
        }
    }
    for placed in &mut holidays.items {
        placed.item.name = names.get(&day(&placed.item)).cloned();
    }
    holidays.drop_repeated(day);
    Ok(())
}
