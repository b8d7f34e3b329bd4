//! A line's last year as a small picture: one bar a week, as high as its days with use.

use crate::domain::DayMark;
use crate::domain::counted;

/// Units of the drawing: a week's width, its bar's width, and the height of one day of use.
const WEEK: usize = 4;
const BAR: usize = 3;
const DAY: usize = 4;
const HEIGHT: usize = 7 * DAY;

/// The picture as SVG paths, and what it shows in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spark {
    pub width: usize,
    pub height: usize,
    pub used: String,
    /// Weeks with calls to the line and none placed or answered.
    pub demand: String,
    /// Weeks of which less than half is known.
    pub unknown: String,
    pub words: String,
}

impl Spark {
    /// `year` is oldest first; none where nothing of it is known.
    pub fn of(year: &[DayMark]) -> Option<Spark> {
        if year
            .iter()
            .all(|mark| matches!(mark, DayMark::Before | DayMark::Unknown))
        {
            return None;
        }
        // Whole weeks, counted back from the last day.
        let weeks: Vec<&[DayMark]> = year.rchunks(7).collect();
        let count = |week: &[DayMark], wanted: DayMark| week.iter().filter(|mark| **mark == wanted).count();
        let (mut used, mut demand, mut unknown) = (String::new(), String::new(), String::new());
        for (back, week) in weeks.iter().enumerate() {
            let x = (weeks.len() - 1 - back) * WEEK;
            let days = count(week, DayMark::Used);
            if days > 0 {
                used.push_str(&bar(x, days * DAY));
            } else if count(week, DayMark::DemandOnly) > 0 {
                demand.push_str(&bar(x, DAY));
            } else if count(week, DayMark::Unknown) * 2 > week.len() {
                unknown.push_str(&bar(x, DAY));
            }
        }
        let days = count(year, DayMark::Used);
        let known = year.len() - count(year, DayMark::Before) - count(year, DayMark::Unknown);
        Some(Spark {
            width: weeks.len() * WEEK,
            height: HEIGHT,
            used,
            demand,
            unknown,
            words: format!(
                "Last year by weeks: used on {days} of {}",
                counted(known, "known day", "known days")
            ),
        })
    }
}

fn bar(x: usize, height: usize) -> String {
    format!("M{x} {HEIGHT}v-{height}h{BAR}v{height}z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_week_stands_at_the_right_and_what_is_not_known_is_no_silence() {
        let mut year = vec![DayMark::Before; 7];
        year.extend([DayMark::Unknown; 7]);
        year.extend([DayMark::Silent; 6]);
        year.push(DayMark::DemandOnly);
        year.extend([DayMark::Used; 2]);
        year.extend([DayMark::Silent; 5]);
        let spark = Spark::of(&year).unwrap();
        assert_eq!(spark.used, "M12 28v-8h3v8z");
        assert_eq!(spark.demand, "M8 28v-4h3v4z");
        assert_eq!(spark.unknown, "M4 28v-4h3v4z");
        assert_eq!(spark.words, "Last year by weeks: used on 2 of 14 known days");
        assert_eq!(Spark::of(&[DayMark::Unknown; 20]), None);
    }
}
