//! A line's last year as a calendar for the terminal: one column a week, one row a weekday.

use chrono::{Datelike, Days, NaiveDate};

use crate::domain::DayMark;

const LEGEND: &str =
    "# used   o calls to it, none answered   . silent   ? not known   (blank) before it began";
const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// `year` ends with `as_of`. Months stand over the week in which they begin.
pub(crate) fn year(year: &[DayMark], as_of: NaiveDate) -> String {
    let Some(before) = year.len().checked_sub(1) else {
        return String::new();
    };
    let first = as_of - Days::new(before as u64);
    let lead = first.weekday().num_days_from_monday() as usize;
    let weeks = (lead + year.len()).div_ceil(7);
    let mut rows = vec![vec![' '; weeks]; 7];
    for (offset, mark) in year.iter().enumerate() {
        rows[(lead + offset) % 7][(lead + offset) / 7] = sign(*mark);
    }
    let mut text = format!("       {}\n", months(first, lead, weeks).trim_end());
    for (weekday, row) in WEEKDAYS.iter().zip(rows) {
        let row: String = row.into_iter().collect();
        text.push_str(format!("  {weekday}  {row}").trim_end());
        text.push('\n');
    }
    text + "  " + LEGEND + "\n"
}

fn sign(mark: DayMark) -> char {
    match mark {
        DayMark::Used => '#',
        DayMark::DemandOnly => 'o',
        DayMark::Silent => '.',
        DayMark::Unknown => '?',
        DayMark::Before => ' ',
    }
}

fn months(first: NaiveDate, lead: usize, weeks: usize) -> String {
    let mut head = vec![' '; weeks + 3];
    let days = first.iter_days().take(weeks * 7 - lead).enumerate();
    for (offset, day) in days.filter(|(_, day)| day.day() == 1) {
        let place = (lead + offset) / 7;
        for (index, letter) in day.format("%b").to_string().chars().enumerate() {
            head[place + index] = letter;
        }
    }
    head.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_day_stands_at_the_end_and_the_first_of_a_month_under_its_name() {
        let as_of = crate::domain::parse_day("2026-10-16").unwrap();
        let mut marks = vec![DayMark::Silent; 40];
        marks[..5].fill(DayMark::Before);
        marks[39] = DayMark::Used;
        marks[24] = DayMark::DemandOnly;
        marks[23] = DayMark::Unknown;
        insta::assert_snapshot!(year(&marks, as_of), @"
                Oct
        Mon   .....
        Tue   .....
        Wed   ..?..
        Thu   ..o..
        Fri   ....#
        Sat  .....
        Sun  .....
        # used   o calls to it, none answered   . silent   ? not known   (blank) before it began
        ");
        assert_eq!(year(&[], as_of), "");
    }
}
