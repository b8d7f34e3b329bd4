//! `deadlines.ics`: the notice deadlines for a calendar (RFC 5545), whole days with reminders. No names.

use chrono::{Days, NaiveDate};

use super::{cell, figures};
use crate::domain::{Cents, FindingKind, REMINDERS, Recoverable};
use crate::render::for_finance::{FinanceAccount, FinanceFinding, FinanceNight};

/// Octets of a line, without its end (RFC 5545, 3.1).
const LINE_OCTETS: usize = 75;

/// One event for each day on which a notice runs out.
pub fn deadlines_ics(night: &FinanceNight) -> Vec<u8> {
    let mut out = Lines::default();
    out.put("BEGIN:VCALENDAR");
    out.put("VERSION:2.0");
    out.put("PRODID:-//quietline//deadlines//EN");
    out.put("METHOD:PUBLISH");
    for account in &night.accounts {
        for event in events(account, night.as_of) {
            event.write(&mut out, account, night);
        }
    }
    out.put("END:VCALENDAR");
    out.0.into_bytes()
}

struct Event<'a> {
    day: NaiveDate,
    findings: Vec<&'a FinanceFinding>,
}

fn events<'f>(account: &'f FinanceAccount<'_>, as_of: NaiveDate) -> Vec<Event<'f>> {
    let mut events: Vec<Event> = Vec::new();
    for finding in figures::by_deadline(account.findings.iter().filter(|finding| finding.is_open())) {
        let Some(day) = finding.notice_by.filter(|day| *day > as_of) else {
            continue;
        };
        match events.iter_mut().find(|event| event.day == day) {
            Some(event) => event.findings.push(finding),
            None => events.push(Event {
                day,
                findings: vec![finding],
            }),
        }
    }
    events
}

impl Event<'_> {
    fn write(&self, out: &mut Lines, account: &FinanceAccount, night: &FinanceNight) {
        let at_stake: Cents = self
            .findings
            .iter()
            .filter(|finding| finding.recoverable == Recoverable::AtRenewal)
            .map(|finding| finding.monthly_amount)
            .sum();
        let currency = account.currency;
        let contracts = self
            .findings
            .iter()
            .filter(|finding| finding.kind == FindingKind::RenewalNotice)
            .map(|finding| finding.evidence.as_str());
        let told: Vec<&str> = contracts.collect();
        let day = |day: NaiveDate| day.format("%Y%m%d");
        out.put("BEGIN:VEVENT");
        // The same event on every night, so that a calendar brings it up to date instead of adding another.
        out.put(&format!(
            "UID:{}-{}-notice@quietline",
            account.account_id,
            day(self.day)
        ));
        out.put(&format!("DTSTAMP:{}T000000Z", day(night.as_of)));
        out.put(&format!("DTSTART;VALUE=DATE:{}", day(self.day)));
        out.put(&format!("DTEND;VALUE=DATE:{}", day(self.day + Days::new(1))));
        out.put(&format!(
            "SUMMARY:{}",
            escaped(&format!(
                "{}: last day to give notice, {currency} {at_stake} a month",
                account.name
            ))
        ));
        out.put(&format!(
            "DESCRIPTION:{}",
            escaped(
                format!(
                    "After this day {currency} {at_stake} a month stays for another term. {}",
                    told.join(" ")
                )
                .trim_end()
            )
        ));
        out.put("TRANSP:TRANSPARENT");
        for days in REMINDERS {
            out.put("BEGIN:VALARM");
            out.put("ACTION:DISPLAY");
            out.put(&format!(
                "DESCRIPTION:Notice runs out in {}",
                cell::counted(days, "day", "days")
            ));
            out.put(&format!("TRIGGER:-P{days}D"));
            out.put("END:VALARM");
        }
        out.put("END:VEVENT");
    }
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace(';', "\\;")
        .replace(',', "\\,")
        .replace('\n', "\\n")
}

/// Content lines, folded between characters.
#[derive(Default)]
struct Lines(String);

impl Lines {
    fn put(&mut self, line: &str) {
        let mut octets = 0;
        for letter in line.chars() {
            if octets + letter.len_utf8() > LINE_OCTETS {
                self.0.push_str("\r\n ");
                octets = 1;
            }
            self.0.push(letter);
            octets += letter.len_utf8();
        }
        self.0.push_str("\r\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn signs_of_the_format_are_escaped() {
        assert_eq!(escaped("a, b; c\\d\ne"), "a\\, b\\; c\\\\d\\ne");
    }

    proptest! {
        #[test]
        fn a_folded_line_is_short_and_unfolds_to_itself(line in "[^\r\n]{0,300}") {
            let mut out = Lines::default();
            out.put(&line);
            prop_assert!(out.0.split("\r\n").all(|part| part.len() <= LINE_OCTETS));
            prop_assert_eq!(out.0.replace("\r\n ", ""), line + "\r\n");
        }
    }
}
