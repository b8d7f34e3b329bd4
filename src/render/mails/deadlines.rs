//! `deadlines.ics`: the notice deadlines for a calendar (RFC 5545), whole days with reminders. No names.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate};

use crate::domain::{Cents, FindingKind, REMINDERS, Recoverable};
use crate::render::for_finance::{FinanceAccount, FinanceFinding, FinanceNight};
use crate::render::values::cell;
use crate::render::values::safe::clean;
use crate::render::words::figures;

/// Octets of a line, without its end (RFC 5545, 3.1).
const LINE_OCTETS: usize = 75;

/// One event for each contract, on its first notice deadline ahead. None where no deadline is ahead: a calendar without an event
/// is none.
pub fn deadlines_ics(night: &FinanceNight) -> Option<Vec<u8>> {
    let mut out = Lines::default();
    out.put("BEGIN:VCALENDAR");
    out.put("VERSION:2.0");
    out.put("PRODID:-//quietline//deadlines//EN");
    out.put("METHOD:PUBLISH");
    let mut any = false;
    for account in &night.accounts {
        for event in events(account, night.as_of) {
            event.write(&mut out, account, night);
            any = true;
        }
    }
    out.put("END:VCALENDAR");
    any.then(|| out.0.into_bytes())
}

/// Whether a deadline is ahead.
pub(in crate::render) fn any_ahead(night: &FinanceNight) -> bool {
    let mut accounts = night.accounts.iter();
    accounts.any(|account| !events(account, night.as_of).is_empty())
}

/// What goes on where no notice is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Term,
    Month,
}

impl Kind {
    fn of(finding: &FinanceFinding) -> Kind {
        match finding.recoverable {
            Recoverable::NextBill => Kind::Month,
            _ => Kind::Term,
        }
    }

    /// In the event's id.
    fn as_str(self) -> &'static str {
        match self {
            Kind::Term => "notice",
            Kind::Month => "monthly-notice",
        }
    }
}

struct Event<'a> {
    contract_id: Option<&'a str>,
    kind: Kind,
    /// The first day, which is the event's, and those after it.
    first: NaiveDate,
    days: BTreeMap<NaiveDate, Vec<&'a FinanceFinding>>,
}

fn events<'f>(account: &'f FinanceAccount<'_>, as_of: NaiveDate) -> Vec<Event<'f>> {
    let mut by_contract: BTreeMap<(Option<&str>, Kind), BTreeMap<_, Vec<_>>> = BTreeMap::new();
    for finding in figures::by_deadline(account.findings.iter().filter(|finding| finding.is_open())) {
        if let Some(day) = finding.notice_by.filter(|day| *day > as_of) {
            let key = (finding.contract_id.as_deref(), Kind::of(finding));
            let days = by_contract.entry(key).or_default();
            days.entry(day).or_default().push(finding);
        }
    }
    let event = |((contract_id, kind), days): ((_, _), BTreeMap<NaiveDate, Vec<&'f FinanceFinding>>)| {
        let first = *days.keys().next()?;
        Some(Event {
            contract_id,
            kind,
            first,
            days,
        })
    };
    let mut events: Vec<Event> = by_contract.into_iter().filter_map(event).collect();
    events.sort_by_key(|event| event.first);
    events
}

impl Event<'_> {
    fn write(&self, out: &mut Lines, account: &FinanceAccount, night: &FinanceNight) {
        let day = |day: NaiveDate| day.format("%Y%m%d");
        let contract = self.contract_id.map_or_else(String::new, clean);
        out.put("BEGIN:VEVENT");
        // The same event on every night, whatever its day is then, so that a calendar moves it instead of adding another.
        out.put(&format!(
            "UID:{}",
            escaped(&format!(
                "{}-{contract}-{}@quietline",
                account.account_id,
                self.kind.as_str()
            ))
        ));
        out.put(&format!("DTSTAMP:{}T000000Z", day(night.as_of)));
        out.put(&format!("SEQUENCE:{}", night.as_of.num_days_from_ce()));
        out.put(&format!("DTSTART;VALUE=DATE:{}", day(self.first)));
        out.put(&format!("DTEND;VALUE=DATE:{}", day(self.first + Days::new(1))));
        out.put(&format!("SUMMARY:{}", escaped(&self.summary(account, &contract))));
        out.put(&format!("DESCRIPTION:{}", escaped(&self.description(account))));
        out.put("TRANSP:TRANSPARENT");
        for on in self.days.keys() {
            for days in REMINDERS {
                out.put("BEGIN:VALARM");
                out.put("ACTION:DISPLAY");
                out.put(&format!(
                    "DESCRIPTION:Notice runs out in {}",
                    cell::counted(days, "day", "days")
                ));
                out.put(&format!(
                    "TRIGGER:{}",
                    from_the_start((*on - self.first).num_days() - i64::from(days))
                ));
                out.put("END:VALARM");
            }
        }
        out.put("END:VEVENT");
    }

    fn summary(&self, account: &FinanceAccount, contract: &str) -> String {
        let of = match contract {
            "" => String::new(),
            id => format!(" for contract {id}"),
        };
        let stake = match at_stake(&self.days[&self.first]) {
            Cents::ZERO => String::new(),
            amount => format!(", {} {amount} a month", account.currency),
        };
        format!("{}: last day to give notice{of}{stake}", account.name)
    }

    fn description(&self, account: &FinanceAccount) -> String {
        let on = |(day, findings): (&NaiveDate, &Vec<&FinanceFinding>)| {
            let after = match *day == self.first {
                true => "After this day".to_owned(),
                false => format!("After {day}"),
            };
            let amount = at_stake(findings);
            let goes_on = match self.kind {
                _ if amount.is_zero() => None,
                Kind::Term => Some(format!(
                    "{after} {} {amount} a month stays for another term.",
                    account.currency
                )),
                Kind::Month => Some(format!(
                    "{after} {} {amount} is paid for another month.",
                    account.currency
                )),
            };
            let is_open = |finding: &&&FinanceFinding| finding.recoverable == Recoverable::Undetermined;
            let question = findings.iter().find(is_open).map(|_| {
                "Whether some of it comes back sooner is open: the contract's credit for lines removed in mid-term is not known."
                    .to_owned()
            });
            let renewals = findings
                .iter()
                .filter(|finding| finding.kind == FindingKind::RenewalNotice)
                .map(|finding| finding.evidence.clone());
            goes_on
                .into_iter()
                .chain(question)
                .chain(renewals)
                .collect::<Vec<_>>()
        };
        self.days.iter().flat_map(on).collect::<Vec<_>>().join(" ")
    }
}

fn at_stake(findings: &[&FinanceFinding]) -> Cents {
    findings.iter().map(|finding| finding.monthly_amount).sum()
}

/// A time from an event's start, as calendars write it.
fn from_the_start(days: i64) -> String {
    match days {
        0 => "PT0S".to_owned(),
        ..0 => format!("-P{}D", -days),
        1.. => format!("P{days}D"),
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
