//! Holds a night to what the program promises, from what was lived and from what the night left; it asks the program nothing.

mod bill;
mod decisions;
mod ledger;
mod lines;
mod mails;
mod numbers;
mod since;
mod sums;

use chrono::NaiveDate;

use super::company::{Company, Line};
use super::delivery::Delivery;
use super::office::Office;
use super::plan::Plan;
use super::report::Report;
use super::vendor::{Bill, Vendor};

pub use mails::Outbox;

/// A promise that was not kept.
#[derive(Debug, Clone)]
pub struct Breach {
    pub day: NaiveDate,
    /// One word or a few with dashes: what kind of promise.
    pub kind: &'static str,
    pub what: String,
}

/// All that is true on a day.
pub struct Truth<'a> {
    pub plan: &'a Plan,
    pub day: NaiveDate,
    pub company: &'a Company,
    pub vendor: &'a Vendor,
    pub office: &'a Office,
    pub delivery: &'a Delivery,
    /// The nights that the store knows, tonight among them.
    pub nights: &'a [NaiveDate],
    /// Days of silence after which the rule calls a line idle.
    pub window_days: u64,
}

impl Truth<'_> {
    /// Whether some night saw that a line was gone before a bill was made: one that was held, or that the store has forgotten, did not.
    pub fn is_seen_gone(&self, removed: NaiveDate, bill: &Bill) -> bool {
        self.nights
            .iter()
            .any(|night| removed <= *night && *night < bill.date)
    }

    /// Whether a line changed its extension, and no night tells which one it had on the day of a bill: then only what is billed does.
    pub fn is_blurred(&self, line: &Line, bill: &Bill) -> bool {
        !line.former_extensions.is_empty() && !self.nights.contains(&bill.date)
    }

    /// Whether a line without an id of its own got another extension and then another holder, and no night that the store knows saw
    /// it in between: nothing tells that it is the same line. Of these, its extensions.
    pub fn lost_extensions(&self, line: &Line) -> Vec<&str> {
        let seat = || self.company.lines.iter().filter(|other| other.seat == line.seat);
        let heirs =
            seat().filter_map(|heir| Some(heir.seat_since).filter(|since| *since > self.company.first_night));
        let heirs: Vec<NaiveDate> = heirs.collect();
        let is_lost = |former: &Line| {
            former.external_id.is_empty()
                && former.former_ids.iter().any(|(on, _)| {
                    let unseen = |heir: &&NaiveDate| {
                        **heir >= *on && !self.nights.iter().any(|night| on <= night && night < *heir)
                    };
                    heirs.iter().any(|heir| unseen(&heir))
                })
        };
        if !seat().any(is_lost) {
            return Vec::new();
        }
        seat()
            .flat_map(|line| line.former_extensions.iter().chain([&line.extension]))
            .map(String::as_str)
            .collect()
    }

    /// The newest bill that a night can have seen.
    pub fn bill(&self) -> Option<&Bill> {
        self.vendor.newest(self.day)
    }
}

/// What is compared from night to night.
#[derive(Default)]
pub struct Judge {
    pub breaches: Vec<Breach>,
    pub last_good: Option<(NaiveDate, Report)>,
    ledger: ledger::Book,
    /// The next night is not compared with the one before, and why.
    pub starts_anew: Option<&'static str>,
}

impl Judge {
    pub fn say(&mut self, day: NaiveDate, kind: &'static str, what: impl Into<String>) {
        let what = what.into();
        self.breaches.push(Breach { day, kind, what });
    }

    /// A night that came to its end and said so with 0.
    pub fn good_night(&mut self, truth: &Truth<'_>, report: Report, outbox: &Outbox) {
        let mut found: Vec<(&'static str, String)> = Vec::new();
        let mut say = |kind: &'static str, what: String| found.push((kind, what));
        sums::check(&report, &mut say);
        lines::check(truth, &report, &mut say);
        bill::check(truth, &report, &mut say);
        decisions::check(truth, &report, &mut say);
        mails::check(truth, &report, outbox, &mut say);
        numbers::names_stay_where_they_belong(truth, &report, &mut say);
        since::check(
            truth,
            self.last_good.as_ref(),
            self.starts_anew.take(),
            &report,
            &mut say,
        );
        self.ledger.check(truth, &report, &mut say);
        for (kind, what) in found {
            self.say(truth.day, kind, what);
        }
        self.last_good = Some((truth.day, report));
    }

    /// The program's memory was taken back to an earlier day: it compares with another night, and its ledger has lost some.
    pub fn forgets(&mut self) {
        self.last_good = None;
        self.ledger.is_broken = true;
    }

    /// No outside number is older anywhere than the retention allows.
    pub fn numbers(&mut self, truth: &Truth<'_>, work: &std::path::Path, outbox: &Outbox) {
        for what in numbers::too_old(truth, work, outbox) {
            self.say(truth.day, "outside-number", what);
        }
    }
}
