//! A workbook's cells as the text that the tables read: numbers without a float's noise, days and times by their format.

use calamine::{DataRef, ExcelDateTime};
use chrono::{Duration, NaiveDate};

use crate::domain::DecimalMark;

/// Excel's own limit, in characters.
const LONGEST_CELL: usize = 32_767;
/// Excel keeps so many digits of a number.
const DIGITS: usize = 15;
const DAY_MS: f64 = 86_400_000.0;
/// Serial day of 1 January 10000.
const LAST_SERIAL: f64 = 2_958_466.0;

/// How the numbers of one workbook are to be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading {
    /// Days count from 1904, as old Macs had it.
    pub from_1904: bool,
    pub recalculates: bool,
    /// Some of its cells are merged.
    pub has_merged: bool,
    pub decimal: DecimalMark,
}

/// A cell's text, and why it cannot be used.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Cell {
    pub text: String,
    pub bad: Option<&'static str>,
}

impl Cell {
    pub(super) fn is_blank(&self) -> bool {
        self.text.trim().is_empty() && self.bad.is_none()
    }

    fn bad(text: impl Into<String>, why: &'static str) -> Cell {
        Cell {
            text: text.into(),
            bad: Some(why),
        }
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Cell {
        Cell { text, bad: None }
    }
}

impl Reading {
    pub(super) fn cell(&self, value: &DataRef, is_formula: bool) -> Cell {
        const UNCOMPUTED: &str =
            "is a formula that was never computed; open the workbook in Excel or LibreOffice and save it";
        let is_zero = matches!(value, DataRef::Float(0.0) | DataRef::Int(0));
        match value {
            DataRef::Empty if is_formula => Cell::bad("", UNCOMPUTED),
            _ if is_formula && is_zero && self.recalculates => Cell::bad("0", UNCOMPUTED),
            DataRef::Empty => Cell::default(),
            DataRef::SharedString(text) => bounded(text),
            DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => bounded(text),
            DataRef::Bool(value) => value.to_string().into(),
            DataRef::Int(value) => self.number(*value as f64),
            DataRef::Float(value) => self.number(*value),
            DataRef::DateTime(at) => self.time(at),
            DataRef::Error(error) => Cell::bad(
                error.to_string(),
                "is an error of the sheet; correct its formula, or put the value in its place",
            ),
        }
    }

    fn number(&self, value: f64) -> Cell {
        match plain(value) {
            None => Cell::bad(
                value.to_string(),
                "is a number of more than 15 digits, of which a workbook keeps 15; save the column as text",
            ),
            Some(text) => match (self.decimal, text.split_once('.')) {
                (DecimalMark::Comma, Some((whole, fraction))) => format!("{whole},{fraction}").into(),
                // The cell is a number: three decimals are no thousands here.
                (DecimalMark::Auto, Some((_, fraction))) if fraction.len() == 3 => format!("{text}0").into(),
                _ => text.into(),
            },
        }
    }

    /// Below one day it is a time of day or a length; from there on a day, with its time.
    fn time(&self, at: &ExcelDateTime) -> Cell {
        let serial = at.as_f64();
        if !(0.0..LAST_SERIAL).contains(&serial) {
            return Cell::bad(
                serial.to_string(),
                "has the format of a day or a time and is none; correct it, or give it the format of a number",
            );
        }
        let ms = (serial * DAY_MS).round() as i64;
        if at.is_duration() || serial < 1.0 {
            return length(ms).into();
        }
        match self.day_and_time(ms) {
            Some(text) => text.into(),
            None => Cell::bad(
                serial.to_string(),
                "is 29 February 1900, a day that only Excel knows",
            ),
        }
    }

    /// The time is written also where it is midnight: whether the format shows it cannot be told, and a call may
    /// begin then. Days are read without it.
    fn day_and_time(&self, ms: i64) -> Option<String> {
        const FEIGNED_LEAP_DAY: i64 = 60;
        let day = ms.div_euclid(DAY_MS as i64);
        let (year, month, first, shift) = match (self.from_1904, day) {
            (true, _) => (1904, 1, 1, 0),
            (false, FEIGNED_LEAP_DAY) => return None,
            (false, ..FEIGNED_LEAP_DAY) => (1899, 12, 31, 0),
            (false, _) => (1899, 12, 31, 1),
        };
        let epoch = NaiveDate::from_ymd_opt(year, month, first)?.and_hms_opt(0, 0, 0)?;
        let at = epoch
            .checked_sub_signed(Duration::days(shift))?
            .checked_add_signed(Duration::milliseconds(ms))?;
        Some(at.format("%Y-%m-%d %H:%M:%S%.f").to_string())
    }
}

fn bounded(text: &str) -> Cell {
    match text.len() <= LONGEST_CELL || text.chars().nth(LONGEST_CELL).is_none() {
        true => text.to_string().into(),
        false => Cell::bad(
            text.chars().take(400).collect::<String>(),
            "is longer than a cell can be (32,767 characters)",
        ),
    }
}

/// Hours may go beyond a day; the part of a second is left out where there is none.
fn length(ms: i64) -> String {
    let (seconds, rest) = (ms / 1000, ms % 1000);
    let whole = format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    match rest {
        0 => whole,
        _ => format!("{whole}.{rest:03}"),
    }
}

/// A number to 15 digits, without an exponent; none where it has more digits before its decimal mark.
fn plain(value: f64) -> Option<String> {
    if !value.is_finite() || value.abs() >= 1e15 {
        return None;
    }
    let rounded: f64 = format!("{value:.*e}", DIGITS - 1).parse().ok()?;
    match rounded == 0.0 {
        true => Some("0".into()),
        false => Some(format!("{rounded}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::{CellErrorType, ExcelDateTimeType};
    use proptest::prelude::*;

    const PLAIN: Reading = Reading {
        from_1904: false,
        recalculates: false,
        has_merged: false,
        decimal: DecimalMark::Auto,
    };

    fn number(value: f64) -> String {
        let cell = PLAIN.cell(&DataRef::Float(value), false);
        assert_eq!(cell.bad, None, "{value}");
        cell.text
    }

    fn time(reading: Reading, serial: f64, kind: ExcelDateTimeType) -> Cell {
        reading.cell(
            &DataRef::DateTime(ExcelDateTime::new(serial, kind, reading.from_1904)),
            false,
        )
    }

    #[test]
    fn numbers_are_written_as_excel_shows_them() {
        for (value, text) in [
            (4021.0, "4021"),
            (13.99, "13.99"),
            (0.1 + 0.2, "0.3"),
            (20.99 * 3.0, "62.97"),
            (-5.0, "-5"),
            (-0.0, "0"),
            (17_325_550_142.0, "17325550142"),
            (999_999_999_999_999.0, "999999999999999"),
            (1e-7, "0.0000001"),
            (1.234, "1.2340"),
        ] {
            assert_eq!(number(value), text);
        }
        let comma = Reading {
            decimal: DecimalMark::Comma,
            ..PLAIN
        };
        assert_eq!(comma.cell(&DataRef::Float(1.234), false).text, "1,234");
        let point = Reading {
            decimal: DecimalMark::Point,
            ..PLAIN
        };
        assert_eq!(point.cell(&DataRef::Float(1.234), false).text, "1.234");
        for value in [1e15, -1e18, f64::NAN, f64::INFINITY] {
            assert!(PLAIN.cell(&DataRef::Float(value), false).bad.is_some(), "{value}");
        }
    }

    #[test]
    fn days_count_from_1900_or_from_1904_and_times_are_lengths() {
        use ExcelDateTimeType::{DateTime, TimeDelta};
        let mac = Reading {
            from_1904: true,
            ..PLAIN
        };
        for (reading, serial, kind, text) in [
            (PLAIN, 46_300.0, DateTime, "2026-10-05 00:00:00"),
            (mac, 44_838.0, DateTime, "2026-10-05 00:00:00"),
            (PLAIN, 46_300.543_090_277_8, DateTime, "2026-10-05 13:02:03"),
            (PLAIN, 59.0, DateTime, "1900-02-28 00:00:00"),
            (PLAIN, 61.0, DateTime, "1900-03-01 00:00:00"),
            (PLAIN, 1.0, DateTime, "1900-01-01 00:00:00"),
            (mac, 1.0, DateTime, "1904-01-02 00:00:00"),
            (PLAIN, 205.0 / 86_400.0, DateTime, "0:03:25"),
            (PLAIN, 0.0, DateTime, "0:00:00"),
            (PLAIN, 0.25 / 86_400.0, DateTime, "0:00:00.250"),
            (PLAIN, 1.5, TimeDelta, "36:00:00"),
            (mac, 1.5, TimeDelta, "36:00:00"),
        ] {
            let cell = time(reading, serial, kind);
            assert_eq!((cell.text.as_str(), cell.bad), (text, None));
        }
        for serial in [60.5, -0.5, 2_958_466.0, f64::NAN] {
            assert!(time(PLAIN, serial, DateTime).bad.is_some(), "{serial}");
        }
    }

    #[test]
    fn formulas_need_a_value_and_errors_are_none() {
        let computed = PLAIN.cell(&DataRef::Float(0.0), true);
        assert_eq!((computed.text.as_str(), computed.bad), ("0", None));
        let left_to_excel = Reading {
            recalculates: true,
            ..PLAIN
        };
        assert!(left_to_excel.cell(&DataRef::Float(0.0), true).bad.is_some());
        assert_eq!(left_to_excel.cell(&DataRef::Float(0.0), false).bad, None);
        assert_eq!(left_to_excel.cell(&DataRef::Float(2.0), true).text, "2");
        assert!(
            PLAIN
                .cell(&DataRef::Empty, true)
                .bad
                .is_some_and(|why| why.contains("save it"))
        );
        assert_eq!(PLAIN.cell(&DataRef::String(String::new()), true), Cell::default());
        let error = PLAIN.cell(&DataRef::Error(CellErrorType::Ref), true);
        assert!(error.text == "#REF!" && error.bad.is_some());
    }

    proptest! {
        #[test]
        fn cents_stay_exact(cents in -99_999_999_999_i64..99_999_999_999) {
            let text = number(cents as f64 / 100.0);
            prop_assert_eq!(text.parse::<crate::domain::Cents>(), Ok(crate::domain::Cents(cents)));
        }

        #[test]
        fn no_serial_panics(serial in any::<f64>(), from_1904 in any::<bool>()) {
            let reading = Reading { from_1904, ..PLAIN };
            let _ = time(reading, serial, ExcelDateTimeType::DateTime);
            let _ = time(reading, serial, ExcelDateTimeType::TimeDelta);
        }
    }
}
