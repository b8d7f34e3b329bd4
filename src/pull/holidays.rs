//! `holidays`: one row is a day without business, at one location or everywhere.

use crate::domain::{Holiday, TableName};

use super::PullError;
use super::cells::{Cells, Fault};
use super::headings::{Column, optional, required};
use super::table::{Gathered, Table};

pub(super) struct Holidays;

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

    fn parse(cells: &Cells) -> Result<Option<Holiday>, Fault> {
        Ok(Some(Holiday {
            account_id: cells.account_if_named()?,
            location: cells.text("location")?,
            day: cells.needed_day("day")?,
            name: cells.text("name")?,
        }))
    }
}

pub(super) fn settle(holidays: &mut Gathered<Holiday>) -> Result<(), PullError> {
    let key = |holiday: &Holiday| {
        format!(
            "{:?}\0{:?}\0{}",
            holiday.account_id, holiday.location, holiday.day
        )
    };
    holidays.one_per_key(key, |holiday, place| {
        Fault::new(
            "day",
            format!(
                "{} is a holiday already, under another name ({place})",
                holiday.day
            ),
        )
    })
}
