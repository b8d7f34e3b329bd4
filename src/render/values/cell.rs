//! One value of a table, free of any format: the page, the CSV files and the workbook each write it their own way.

use chrono::NaiveDate;

use crate::domain::{Cents, Currency};
use crate::render::values::safe;
use crate::render::values::spark::Spark;

pub(crate) use crate::domain::{counted, thousands};

/// A value with its type, so that a number is never mistaken for text and text never for a formula.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    Blank,
    /// Anything that came from outside: names, descriptions, extensions.
    Text(String),
    /// A word of our own.
    Word(&'static str),
    Money(Cents, Currency),
    Count(u64),
    Day(NaiveDate),
    /// Something to be done before this day.
    Before(NaiveDate),
    /// A share as numerator and denominator; not written where the denominator is 0.
    Percent(i64, i64),
    /// A chance in millionths.
    Chance(u32),
    /// A number with this many decimals, in units of the last one.
    Decimal(i64, u8),
    /// Several short texts under each other.
    Lines(Vec<String>),
    /// The same, with what only a page can show.
    Told(Box<Told>),
}

/// Short texts with a picture above them, a link below, or a name that links elsewhere can lead to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    pub lines: Vec<String>,
    pub picture: Option<Spark>,
    /// Where it leads, and its words.
    pub link: Option<(String, &'static str)>,
    pub anchor: Option<String>,
}

impl Cell {
    pub fn text(text: &str) -> Cell {
        if text.trim().is_empty() {
            Cell::Blank
        } else {
            Cell::Text(text.trim_end().to_owned())
        }
    }

    pub fn maybe(text: &Option<String>) -> Cell {
        text.as_deref().map_or(Cell::Blank, Cell::text)
    }

    pub fn lines(lines: Vec<String>) -> Cell {
        Cell::Lines(lines)
    }

    pub fn day(day: Option<NaiveDate>) -> Cell {
        day.map_or(Cell::Blank, Cell::Day)
    }

    pub fn count(count: u32) -> Cell {
        Cell::Count(count.into())
    }

    /// For whoever reads it; a table that is summed has a blank in its place.
    pub fn known(amount: Option<Cents>, currency: Currency) -> Cell {
        amount.map_or(Cell::Word(NOT_KNOWN), |amount| Cell::Money(amount, currency))
    }

    /// A share or chance from 0 to 1; blank where it is none.
    pub fn share(share: f64) -> Cell {
        match share.is_finite() {
            true => Cell::Chance((share.clamp(0.0, 1.0) * 1e6).round() as u32),
            false => Cell::Blank,
        }
    }

    pub fn decimal(number: f64, places: u8) -> Cell {
        match number.is_finite() {
            true => Cell::Decimal((number * 10_f64.powi(places.into())).round() as i64, places),
            false => Cell::Blank,
        }
    }

    /// As a CSV field: money and shares are bare numbers, text is made safe for spreadsheets.
    pub fn csv(&self) -> String {
        match self {
            Cell::Blank => String::new(),
            Cell::Text(text) => safe::spreadsheet_text(text),
            Cell::Word(word) => (*word).to_owned(),
            Cell::Money(amount, _) => amount.to_string(),
            Cell::Count(count) => count.to_string(),
            Cell::Day(day) | Cell::Before(day) => day.to_string(),
            Cell::Percent(part, whole) => tenths_of_percent(*part, *whole)
                .map(one_decimal)
                .unwrap_or_default(),
            Cell::Chance(millionths) => format!("{}.{:06}", millionths / 1_000_000, millionths % 1_000_000),
            Cell::Decimal(units, places) => decimal(*units, *places),
            Cell::Lines(lines) => safe::spreadsheet_text(&lines.join("; ")),
            Cell::Told(told) => safe::spreadsheet_text(&told.lines.join("; ")),
        }
    }

    /// As people read it.
    pub fn shown(&self) -> String {
        match self {
            Cell::Blank => String::new(),
            Cell::Text(text) => safe::clean(text),
            Cell::Word(word) => (*word).to_owned(),
            Cell::Money(amount, currency) => money(*amount, *currency),
            Cell::Count(count) => thousands(&count.to_string()),
            Cell::Day(day) => day.to_string(),
            Cell::Before(day) => format!("before {day}"),
            Cell::Percent(part, whole) => percent(*part, *whole),
            Cell::Chance(millionths) => percent((*millionths).into(), 1_000_000),
            Cell::Decimal(units, places) => thousands(&decimal(*units, *places)),
            Cell::Lines(lines) => safe::clean(&lines.join("; ")),
            Cell::Told(told) => safe::clean(&told.lines.join("; ")),
        }
    }

    pub fn is_number(&self) -> bool {
        matches!(
            self,
            Cell::Money(..) | Cell::Count(_) | Cell::Percent(..) | Cell::Chance(_) | Cell::Decimal(..)
        )
    }

    /// What rows are sorted by where that is not what is shown; numbers in whole units of their own.
    pub fn sort_key(&self) -> Option<String> {
        match self {
            Cell::Money(amount, _) => Some(amount.0.to_string()),
            Cell::Count(count) => Some(count.to_string()),
            Cell::Percent(part, whole) => {
                Some(tenths_of_percent(*part, *whole).unwrap_or_default().to_string())
            }
            Cell::Chance(millionths) => Some(millionths.to_string()),
            Cell::Decimal(units, places) => Some(decimal(*units, *places)),
            Cell::Before(day) => Some(day.to_string()),
            Cell::Blank | Cell::Text(_) | Cell::Word(_) | Cell::Day(_) | Cell::Lines(_) | Cell::Told(_) => {
                None
            }
        }
    }
}

/// What stands in place of an amount that nothing tells.
pub(crate) const NOT_KNOWN: &str = "not known";

/// `USD 1,234.50`, or that it is not known.
pub(crate) fn known(amount: Option<Cents>, currency: Currency) -> String {
    amount.map_or_else(|| NOT_KNOWN.to_owned(), |amount| money(amount, currency))
}

/// `USD 1,234.50`.
pub(crate) fn money(amount: Cents, currency: Currency) -> String {
    format!("{currency} {}", thousands(&amount.to_string()))
}

/// `9.4 %`, half up; a dash where there is nothing to be a share of.
pub(crate) fn percent(part: i64, whole: i64) -> String {
    tenths_of_percent(part, whole)
        .map_or_else(|| "-".to_owned(), |tenths| format!("{} %", one_decimal(tenths)))
}

fn tenths_of_percent(part: i64, whole: i64) -> Option<i64> {
    (whole > 0).then(|| Cents(part).ratio(1000, whole).0)
}

fn one_decimal(tenths: i64) -> String {
    let sign = if tenths < 0 { "-" } else { "" };
    format!("{sign}{}.{}", tenths.abs() / 10, tenths.abs() % 10)
}

fn decimal(units: i64, places: u8) -> String {
    let sign = if units < 0 { "-" } else { "" };
    let (digits, places) = (units.unsigned_abs(), usize::from(places));
    if places == 0 {
        return format!("{sign}{digits}");
    }
    let padded = format!("{digits:0>width$}", width = places + 1);
    let (whole, fraction) = padded.split_at(padded.len() - places);
    format!("{sign}{whole}.{fraction}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_keep_their_sign() {
        for (number, grouped) in [
            ("0.00", "0.00"),
            ("-12.00", "-12.00"),
            ("999", "999"),
            ("1000", "1,000"),
            ("-1234567.89", "-1,234,567.89"),
        ] {
            assert_eq!(thousands(number), grouped);
        }
    }

    #[test]
    fn a_share_of_nothing_is_not_a_number() {
        assert_eq!(percent(1, 0), "-");
        assert_eq!(percent(1, 3), "33.3 %");
        assert_eq!(percent(-1, 16), "-6.3 %");
        assert_eq!(Cell::Percent(1, 0).csv(), "");
    }

    #[test]
    fn a_chance_is_a_number_from_0_to_1() {
        assert_eq!(Cell::Chance(0).csv(), "0.000000");
        assert_eq!(Cell::Chance(915_949).csv(), "0.915949");
        assert_eq!(Cell::Chance(1_000_000).csv(), "1.000000");
    }

    #[test]
    fn a_decimal_keeps_its_places() {
        for (number, places, shown) in [
            (0.2041, 3, "0.204"),
            (41.0, 0, "41"),
            (1234.56, 1, "1,234.6"),
            (-0.05, 2, "-0.05"),
        ] {
            assert_eq!(Cell::decimal(number, places).shown(), shown);
        }
        assert_eq!(Cell::decimal(f64::NAN, 3), Cell::Blank);
    }

    #[test]
    fn a_credit_stays_a_number_and_a_phone_number_stays_text() {
        assert_eq!(Cell::Money(Cents(-1200), Currency::USD).csv(), "-12.00");
        assert_eq!(Cell::text("+49 30 1234").csv(), "'+49 30 1234");
    }
}
