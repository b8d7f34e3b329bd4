//! Whether an audience is written to about a night, and why.

use chrono::{Datelike, Days, NaiveDate};

use crate::domain::{Cadence, LastTold, Occasion, REMINDERS, Rhythm, Told};

/// What tonight holds for an audience.
#[derive(Debug, Clone, Copy)]
pub struct Tonight<'a> {
    pub as_of: NaiveDate,
    pub told: &'a Told,
    /// The audience was told since its last mail that there is no figure.
    pub figure_is_back: bool,
}

/// None: it is not written to. `last` is what it was sent before, an earlier revision of tonight included.
pub fn occasion(rhythm: &Rhythm, tonight: &Tonight<'_>, last: Option<&LastTold>) -> Option<Occasion> {
    let Some(before) = last else {
        return Some(Occasion::First);
    };
    if before.report_on == tonight.as_of {
        return Some(Occasion::Correction);
    }
    if tonight.figure_is_back {
        return Some(Occasion::FigureBack);
    }
    deadline(tonight, before).or_else(|| by_cadence(rhythm, tonight, before))
}

/// The nearest deadline that has come under one of the reminders since the last mail. One that was passed while no night
/// ran is caught up by the next; one that the last mail did not bear is told at once when it is nearer than the first.
fn deadline(tonight: &Tonight<'_>, before: &LastTold) -> Option<Occasion> {
    let left = |notice_by: NaiveDate, as_of: NaiveDate| (notice_by - arrival(as_of)).num_days();
    let is_due = |deadline: &&(String, NaiveDate)| {
        let now = left(deadline.1, tonight.as_of);
        let then = before
            .told
            .deadlines
            .contains(*deadline)
            .then(|| left(deadline.1, before.as_of));
        now >= 0
            && REMINDERS
                .map(i64::from)
                .iter()
                .any(|days| now <= *days && then.is_none_or(|then| then > *days))
    };
    let due = tonight.told.deadlines.iter().filter(is_due);
    let notice_by = due.map(|(_, notice_by)| *notice_by).min()?;
    Some(Occasion::Deadline {
        notice_by,
        days_left: u32::try_from(left(notice_by, tonight.as_of)).unwrap_or_default(),
    })
}

fn by_cadence(rhythm: &Rhythm, tonight: &Tonight<'_>, before: &LastTold) -> Option<Occasion> {
    match rhythm.cadence {
        Cadence::Nightly => Some(Occasion::Nightly),
        Cadence::Weekly => {
            let today = arrival(tonight.as_of);
            let due_since = today - Days::new(today.weekday().days_since(rhythm.weekday).into());
            (arrival(before.as_of) < due_since).then_some(Occasion::Weekly)
        }
        Cadence::OnChange if before.told != *tonight.told => Some(Occasion::Change),
        Cadence::OnChange => {
            let silent = (tonight.as_of - before.as_of).num_days();
            (silent >= i64::from(rhythm.heartbeat_days)).then_some(Occasion::Heartbeat {
                since: before.report_on,
            })
        }
    }
}

/// A night's mails arrive on the day after its last one.
fn arrival(as_of: NaiveDate) -> NaiveDate {
    as_of + Days::new(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Weekday;
    use std::collections::BTreeSet;

    fn on(day: &str) -> NaiveDate {
        day.parse().unwrap()
    }

    fn rhythm(cadence: Cadence) -> Rhythm {
        Rhythm {
            cadence,
            weekday: Weekday::Mon,
            heartbeat_days: 7,
        }
    }

    fn told(digest: &str, deadlines: &[&str]) -> Told {
        let deadlines = deadlines.iter().map(|day| ("913874".to_owned(), on(day)));
        Told {
            digest: digest.to_owned(),
            deadlines: deadlines.collect::<BTreeSet<_>>(),
        }
    }

    fn last(as_of: &str, told: &Told) -> LastTold {
        LastTold {
            as_of: on(as_of),
            report_on: on(as_of),
            told: told.clone(),
        }
    }

    fn word(cadence: Cadence, as_of: &str, tonight: &Told, last: &LastTold) -> Option<&'static str> {
        let tonight = Tonight {
            as_of: on(as_of),
            told: tonight,
            figure_is_back: false,
        };
        occasion(&rhythm(cadence), &tonight, Some(last)).map(|occasion| occasion.as_str())
    }

    #[test]
    fn a_first_night_a_correction_and_a_figure_that_is_back_go_out_whatever_the_cadence() {
        let same = told("a", &[]);
        for cadence in Cadence::ALL {
            let mut tonight = Tonight {
                as_of: on("2026-10-14"),
                told: &same,
                figure_is_back: false,
            };
            let rhythm = rhythm(*cadence);
            assert_eq!(occasion(&rhythm, &tonight, None), Some(Occasion::First));
            let earlier = occasion(&rhythm, &tonight, Some(&last("2026-10-14", &same)));
            assert_eq!(earlier, Some(Occasion::Correction));
            tonight.figure_is_back = true;
            let back = occasion(&rhythm, &tonight, Some(&last("2026-10-13", &same)));
            assert_eq!(back, Some(Occasion::FigureBack));
        }
    }

    #[test]
    fn on_change_is_silent_until_something_changes_or_the_heartbeat_is_due() {
        let (same, other) = (told("a", &[]), told("b", &[]));
        let before = last("2026-10-05", &same);
        let word = |as_of, tonight| word(Cadence::OnChange, as_of, tonight, &before);
        assert_eq!(word("2026-10-06", &same), None);
        assert_eq!(word("2026-10-06", &other), Some("change"));
        assert_eq!(word("2026-10-11", &same), None);
        assert_eq!(word("2026-10-12", &same), Some("heartbeat"));
        assert_eq!(word("2026-10-20", &same), Some("heartbeat"), "nights were missed");
    }

    #[test]
    fn a_heartbeat_names_the_last_report_and_not_the_last_heartbeat() {
        let same = told("a", &[]);
        let before = LastTold {
            report_on: on("2026-09-28"),
            ..last("2026-10-05", &same)
        };
        let tonight = Tonight {
            as_of: on("2026-10-12"),
            told: &same,
            figure_is_back: false,
        };
        let heartbeat = Occasion::Heartbeat {
            since: on("2026-09-28"),
        };
        assert_eq!(
            occasion(&rhythm(Cadence::OnChange), &tonight, Some(&before)),
            Some(heartbeat)
        );
        let again = Tonight {
            as_of: on("2026-10-05"),
            ..tonight
        };
        assert_eq!(occasion(&rhythm(Cadence::OnChange), &again, Some(&before)), None);
    }

    /// 2026-10-12 is a Monday: the mail of the night of the 11th arrives on it.
    #[test]
    fn a_weekly_mail_comes_on_its_day_and_is_caught_up_after_it() {
        let same = told("a", &[]);
        let before = last("2026-10-04", &same);
        let word = |as_of| word(Cadence::Weekly, as_of, &same, &before);
        assert_eq!(word("2026-10-05"), None);
        assert_eq!(word("2026-10-10"), None);
        assert_eq!(word("2026-10-11"), Some("weekly"));
        assert_eq!(word("2026-10-13"), Some("weekly"), "the machine was off");
    }

    /// Days left are counted from the day on which the mail arrives.
    #[test]
    fn each_reminder_comes_once_and_a_missed_one_is_caught_up() {
        let deadline = told("a", &["2026-11-30"]);
        // Last mail, tonight, days left.
        let table = [
            ("2026-10-29", "2026-10-30", Some(30)),
            ("2026-10-30", "2026-10-31", None),
            ("2026-10-20", "2026-11-04", Some(25)),
            ("2026-11-04", "2026-11-05", None),
            ("2026-11-14", "2026-11-15", Some(14)),
            ("2026-10-20", "2026-11-20", Some(9)),
            ("2026-11-21", "2026-11-22", Some(7)),
            ("2026-11-22", "2026-11-27", None),
            ("2026-11-22", "2026-11-28", Some(1)),
            ("2026-11-27", "2026-11-29", Some(0)),
            ("2026-11-29", "2026-11-30", None),
        ];
        for (before, as_of, left) in table {
            for cadence in Cadence::ALL {
                let tonight = Tonight {
                    as_of: on(as_of),
                    told: &deadline,
                    figure_is_back: false,
                };
                let found = occasion(&rhythm(*cadence), &tonight, Some(&last(before, &deadline)));
                let days = match found {
                    Some(Occasion::Deadline { days_left, .. }) => Some(days_left),
                    _ => None,
                };
                assert_eq!(days, left, "{before} {as_of} {cadence}");
            }
        }
    }

    #[test]
    fn a_near_deadline_that_no_mail_has_borne_is_told_at_once() {
        let (before, now) = (
            told("a", &["2026-12-31"]),
            told("b", &["2026-11-30", "2026-12-31"]),
        );
        let before = last("2026-11-09", &before);
        assert_eq!(
            word(Cadence::Weekly, "2026-11-10", &now, &before),
            Some("deadline")
        );
        let far = told("b", &["2027-02-28"]);
        assert_eq!(word(Cadence::Weekly, "2026-11-10", &far, &before), None);
    }
}
